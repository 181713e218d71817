"""Golden rows of the reference data: who stands on which list, in which order, under which name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from planner import db
from planner.attendance.queries import Listed, day, participants, signature_rows, turnout
from planner.attendance.rules import blank_rows, is_on_list, signs
from planner.errors import Missing
from planner.meetings.queries import Found, find

FROZEN = datetime(2023, 11, 12, 15, tzinfo=UTC)
BEFORE, AFTER = FROZEN - timedelta(hours=1), FROZEN + timedelta(hours=1)


def meeting(session: Session, slug: str) -> Found:
    return find(session, "secon", slug)


def printed(slug: str, number: int) -> list[Listed]:
    with db.read() as session:
        found = meeting(session, slug)
        return signature_rows(session, found, day(session, found, number))


@pytest.mark.parametrize(
    ("slug", "expected"),
    [
        ("haskovo-2023", [(1, 25, 24, 1, 7), (2, 23, 22, 0, 7)]),
        ("harghita-2024", [(1, 29, 27, 0, 0), (2, 37, 35, 1, 0), (3, 31, 28, 0, 0)]),
        ("mazowieckie-2024", [(1, 5, 5, 0, 0)]),
    ],
)
def test_lists_of_past_meetings_have_the_known_figures(
    demo_sqlite: str, slug: str, expected: list[tuple[int, int, int, int, int]]
) -> None:
    with db.read() as session:
        days = turnout(session, meeting(session, slug))
    assert [(it.day.number, it.printed, it.signed, it.written_in, it.online) for it in days] == expected


def test_the_figures_are_the_same_on_postgres(demo_postgres: str) -> None:
    with db.read() as session:
        days = turnout(session, meeting(session, "haskovo-2023"))
    assert [(it.printed, it.signed, it.written_in, it.online) for it in days] == [(25, 24, 1, 7), (23, 22, 0, 7)]


@pytest.mark.parametrize(
    ("slug", "number", "first", "last"),
    [
        ("haskovo-2023", 1, "Hadjinikita", "Vachev"),
        ("haskovo-2023", 2, "Hadjinikita", "Todorova-Kadreva"),
        ("harghita-2024", 1, "Liakopoulou-Zerva", "Todorova-Kadreva"),
        ("harghita-2024", 2, "Liakopoulou-Zerva", "Todorova-Kadreva"),
        ("harghita-2024", 3, "Liakopoulou-Zerva", "Todorova-Kadreva"),
        ("mazowieckie-2024", 1, "Chrząszczewski", "Żółciński"),
    ],
)
def test_the_first_and_the_last_row_are_those_of_the_reference(
    demo_sqlite: str, slug: str, number: int, first: str, last: str
) -> None:
    rows = printed(slug, number)
    assert rows[0].name.endswith(first)
    assert rows[-1].name.endswith(last)


def test_rows_go_by_partner_and_then_by_folded_latin_name(demo_sqlite: str) -> None:
    rows = printed("harghita-2024", 2)
    numbers = [int(row.partner.split()[0]) for row in rows]
    assert numbers == sorted(numbers)
    oliveira = [row.name for row in rows if row.partner.startswith("8 ")]
    assert oliveira == ["Joana Figueirinhas de Sá e Melo", "Tomé Brandão Quaresma"]
    harghita = [row.name for row in rows if row.partner.startswith("7 ")]
    assert harghita[:3] == ["Bándi Réka", "Corina Brașoveanu", "Előd Dósa-Papp"]
    riga = [row.name for row in rows if row.partner.startswith("9 ")]
    assert riga == ["Ģirts Ķauķis", "Līga Ķirse", "Ilze Kļaviņa-Ozolkalne", "Jānis Ņikiforovs"]


def test_a_row_shows_both_scripts_and_the_names_of_that_day(demo_sqlite: str) -> None:
    rows = {row.name: row for row in printed("haskovo-2023", 1)}
    zoe = rows["Zoe Hadjinikita"]
    assert (zoe.own_name, zoe.partner, zoe.country) == ("Ζωή Χατζηνικήτα", "2 KMOP", "GR")
    assert zoe.organisation["en"] == "KMOP – Social Action and Innovation Centre"
    assert zoe.organisation["el"] == "ΚΜΟΠ – Κέντρο Κοινωνικής Δράσης και Καινοτομίας"
    assert "Kőszeghy Emőke" in rows


def test_a_partner_has_the_name_of_the_day(demo_sqlite: str) -> None:
    with db.read() as session:
        found = meeting(session, "haskovo-2023")
        there = day(session, found, 1)
        people = [row for row in participants(session, found) if row.partner.startswith("5 ")]
        new = {row.organisation["el"] for row in people}
        found.meeting.first_day = there.date.replace(year=2023, month=5, day=24)
        old = {row.organisation["el"] for row in participants(session, found) if row.partner.startswith("5 ")}
    assert len(new) == len(old) == 1
    assert new != old


def test_nobody_else_is_printed(demo_sqlite: str) -> None:
    names = {row.name for number in (1, 2, 3) for row in printed("harghita-2024", number)}
    assert "Szőcs Bálint" in names
    others = {"Kerekes-Nagy Tünde": "interprets", "Rui Falcão Tavares": "waits", "Deniz Özdoğan": "waits"}
    assert names & {*others, "Bakó Zsombor-Attila"} == set()


def test_addresses_are_printed_only_with_a_yes(demo_sqlite: str) -> None:
    with db.read() as session:
        rows = {row.name: row.email for row in participants(session, meeting(session, "mazowieckie-2024"))}
    without = [name for name, email in rows.items() if not email]
    assert len(rows) == 5
    assert [name for name in without if "Jagoda" in name] == without
    assert without


def test_a_day_that_is_not_there_is_missing(demo_sqlite: str) -> None:
    with db.read() as session, pytest.raises(Missing):
        day(session, meeting(session, "haskovo-2023"), 3)


@pytest.mark.parametrize(
    ("status", "history", "on_list"),
    [
        ("confirmed", [], True),
        ("cancelled", [(BEFORE, "confirmed"), (AFTER, "cancelled")], True),
        ("cancelled", [(BEFORE, "confirmed"), (BEFORE, "cancelled")], False),
        ("cancelled", [(BEFORE, "waiting"), (AFTER, "cancelled")], False),
        ("cancelled", [(AFTER, "confirmed"), (AFTER, "cancelled")], False),
        ("submitted", [(BEFORE, "submitted")], False),
        ("waiting", [(BEFORE, "waiting")], False),
        ("declined", [(BEFORE, "confirmed"), (AFTER, "declined")], False),
        ("duplicate", [(BEFORE, "duplicate")], False),
        ("walk_in", [(AFTER, "walk_in")], False),
    ],
)
def test_who_stands_on_a_list(status: str, history: list[tuple[datetime, str]], on_list: bool) -> None:
    assert is_on_list(status, history, FROZEN) is on_list


def test_lists_that_were_never_frozen_lose_whoever_cancels() -> None:
    assert not is_on_list("cancelled", [(BEFORE, "confirmed"), (AFTER, "cancelled")], None)


def test_interpreters_do_not_sign() -> None:
    categories = ("partner_staff", "stakeholder", "host_local", "speaker", "programme", "interpreter")
    assert [category for category in categories if not signs(category)] == ["interpreter"]


@pytest.mark.parametrize(
    ("typed", "rows"),
    [("", 10), ("0", 0), ("40", 40), ("41", 40), ("999", 40), ("9999", 10), ("-1", 10), ("x", 10), ("٣", 10)],
)
def test_empty_rows_are_as_many_as_asked_for(typed: str, rows: int) -> None:
    assert blank_rows(typed) == rows
