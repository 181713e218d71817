"""Lists as people paste them, and how invitations stand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.delegations.rules import MOST_ROWS, Line, State, may_remind, pasted, row_key, state
from tests.registration.naughty import NAUGHTY

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANA, BEN = Line("Ana", "Silva", "ana@x.org"), Line("Ben", "Kovač", "ben@y.org")


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ('Ana Silva <ana@x.org>; "Kovač, Ben" <ben@y.org>', [ANA, BEN]),
        ("Ana Silva <ana@x.org>, Ben Kovač <ben@y.org>", [ANA, BEN]),
        ("Ana\tSilva\tana@x.org\nBen\tKovač\tben@y.org\tMayor", [ANA, Line("Ben", "Kovač", "ben@y.org", "Mayor")]),
        ("Given name;Family name;E-mail\r\nAna;Silva;ana@x.org\r\n\r\nBen;Kovač;ben@y.org", [ANA, BEN]),
        ("Surname\tFirst name\tE-mail\nSilva\tAna\tana@x.org", [ANA]),
        ("Επώνυμο\tΌνομα\tΗλεκτρονική διεύθυνση\nΠαππά\tΜαρία\tm@x.gr", [Line("Μαρία", "Παππά", "m@x.gr")]),
        ("Ana,Silva,ana@x.org,Director", [Line("Ana", "Silva", "ana@x.org", "Director")]),
        ("Ana Silva ana@x.org", [ANA]),
        ("Ana Silva, ana@x.org", [ANA]),
        ("Griet van den Eynden <g@x.be>", [Line("Griet", "van den Eynden", "g@x.be")]),
        ("ana@x.org; ben@y.org", [Line(email="ana@x.org"), Line(email="ben@y.org")]),
        ("<mailto:ana@x.org>", [Line(email="ana@x.org")]),
        ("Ana Silva\nBen Kovač", [Line("Ana", "Silva"), Line("Ben", "Kovač")]),
        ("Παππά", [Line("", "Παππά")]),
        ("", []),
        (" \n\t\n;;;\n,,,", []),
    ],
)
def test_lists_from_spreadsheets_and_mail_programs_are_read(text, people):
    assert pasted(text) == people


@given(st.lists(st.text(max_size=40), max_size=6).map(lambda parts: "\t<@;,\n\"'x@y.z>".join(parts)))
def test_whatever_is_pasted_is_read_without_failing(text):
    assert len(pasted(text)) <= MOST_ROWS


@pytest.mark.parametrize("value", NAUGHTY.values(), ids=NAUGHTY)
def test_texts_that_break_careless_programs_break_nothing(value):
    assert pasted(value) is not None
    assert pasted(f"{value} <ana@x.org>")[-1].email == "ana@x.org"


def test_a_very_long_list_is_cut():
    assert len(pasted("\n".join(f"P{number} Team <p{number}@x.org>" for number in range(5000)))) == MOST_ROWS


@given(st.text(), st.text(max_size=3))
def test_keys_of_rows_follow_from_the_form_and_differ(key, row):
    assert row_key(key, row) == row_key(key, row) != row_key(key, row + "x")
    assert len(row_key(key, row)) == 48


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({}, State.SENT),
        ({"reminded_at": NOW}, State.REMINDED),
        ({"expires_at": NOW}, State.EXPIRED),
        ({"declined_at": NOW, "expires_at": NOW}, State.DECLINED),
        ({"declined_at": NOW, "revoked_at": NOW}, State.REVOKED),
        ({"answered": True, "declined_at": NOW, "revoked_at": NOW, "expires_at": NOW}, State.ANSWERED),
    ],
)
def test_how_an_invitation_stands(told, found):
    usual = {"answered": False, "declined_at": None, "revoked_at": None, "reminded_at": None}
    assert state(**{**usual, "expires_at": NOW + timedelta(days=1), "moment": NOW, **told}) is found


def test_nobody_is_reminded_within_two_days():
    day = timedelta(days=1)
    assert not may_remind(NOW - day, None, NOW)
    assert may_remind(NOW - 2 * day, None, NOW)
    assert not may_remind(NOW - 9 * day, NOW - day, NOW)
