"""The directory of people who may speak."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient
from sqlmodel import select

from planner import db
from planner.agenda import speakers
from planner.consortium.rules import folded_names, short_name
from planner.consortium.tables import Organisation, Person
from tests.queries import counting
from tests.reception import scope_of, sign_in

HASKOVO = "/secon/haskovo-2023"
DESK = f"{HASKOVO}/desk/speakers"
ANA = {"given": "Ana", "family": "Žagar", "function_en": "Director", "language": "en", "email": "ana@example.org"}


@pytest.fixture
def organiser(demo_sqlite: str, client: TestClient) -> str:
    """Somebody who organises is signed in; the token of their forms."""
    return sign_in(client, "organiser")


def names(answer: httpx.Response) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]+"><bdi>([^<]+)</bdi>', answer.text)


def add(client: TestClient, csrf: str, **fields: Any) -> httpx.Response:
    return client.post(DESK, data={"csrf": csrf, **ANA, **fields})


def somebody(family: str = "Žagar") -> list[Person]:
    with db.read() as session:
        return list(session.exec(select(Person).where(Person.family == family).order_by(Person.id)))


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("vrettou", ["Kalliopi Vrettou"]),
        ("βρεττού καλλιοπη", ["Kalliopi Vrettou"]),
        ("ЧОЛАКОВ", ["Yordan Cholakov"]),
        ("%", []),
        ("nobody at all", []),
    ],
)
def test_people_are_found_in_any_script(organiser: str, client: TestClient, q: str, found: list[str]) -> None:
    assert names(client.get(DESK, params={"q": q})) == found


def test_the_directory_says_what_somebody_speaks_in_here(organiser: str, client: TestClient) -> None:
    page = client.get(DESK, params={"q": "cholakov"}).text
    assert re.search(r"<td>[^<]*<span[^>]*>[^<]+</span>", page.partition("person-")[2].rpartition("</tr>")[0])
    with db.read() as session:
        here = scope_of("haskovo-2023").id
        rows = {row.name: row for row in speakers.people(session, 1, meeting_id=here)}
        elsewhere = {row.name: row for row in speakers.people(session, 1)}
    assert rows["Yordan Cholakov"].items
    assert elsewhere["Yordan Cholakov"].items == ()


def test_htmx_gets_the_rows_alone_and_options_for_the_picker(organiser: str, client: TestClient) -> None:
    rows = client.get(DESK, params={"q": "vrettou"}, headers={"HX-Request": "true"}).text
    assert rows.lstrip().startswith('<section class="stack" id="rows">')
    options = client.get(f"{DESK}/options", params={"q": "vrettou"}, headers={"HX-Request": "true"}).text
    assert re.findall(r'<option value="\d+">([^<,]+)', options) == ["Kalliopi Vrettou"]
    assert "<html" not in options
    assert client.get(f"{DESK}/options").headers["location"] == DESK


def test_somebody_new_is_kept_as_typed(demo_database: str, clients: Callable[[], TestClient]) -> None:
    client = clients()
    csrf = sign_in(client, "organiser")
    answer = add(client, csrf, new_office="Kooperativa Žito", title="Dr.")
    (row,) = somebody()
    assert (answer.status_code, answer.headers["location"]) == (303, f"{DESK}#person-{row.id}")
    assert (row.slug, row.latin_given, row.latin_family, row.function) == (
        "ana-zagar", "Ana", "Žagar", {"en": "Director"},
    )  # fmt: skip
    page = client.get(DESK, params={"q": "zagar zito"})
    assert names(page) == ["Dr. Ana Žagar"]
    add(client, csrf, given="Bor", family="Zima", new_office="Kooperativa Žito")
    with db.read() as session:
        assert len(session.exec(select(Organisation).where(Organisation.slug == "kooperativa-zito")).all()) == 1


def test_a_name_in_other_letters_needs_latin_ones(organiser: str, client: TestClient) -> None:
    answer = add(client, organiser, given="Δανάη", family="Ψαρρού")
    assert answer.status_code == 422
    assert answer.text.count("Please write this name in Latin letters too") >= 2
    assert 'value="Δανάη"' in answer.text
    assert add(client, organiser, given="Δανάη", family="Ψαρρού", latin_given="Danai", latin_family="Psarrou")
    assert somebody("Ψαρρού")[0].slug == "danai-psarrou"


def test_namesakes_are_shown_before_there_are_two(organiser: str, client: TestClient) -> None:
    add(client, organiser)
    twin = add(client, organiser, given="ŽAGAR", family="ana")
    assert twin.status_code == 422
    assert "Somebody of this name is here already" in twin.text
    assert f'href="{DESK}/{somebody()[0].id}"' in twin.text
    assert add(client, organiser, another="yes").status_code == 303
    assert [row.slug for row in somebody()] == ["ana-zagar", "ana-zagar-2"]
    greek = add(client, organiser, given="Καλλιόπη", family="Βρεττού", latin_given="K.", latin_family="V.")
    assert "Kalliopi Vrettou" in greek.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"family": " "}, "Please write the family name"),
        ({"email": "nowhere"}, "Please write the e-mail address"),
        ({"office": "partner-999"}, "Please choose one of the offered answers"),
        ({"office": "partner-1", "new_office": "X"}, "one of the two"),
        ({"family": "a\x00b"}, "a character that cannot be kept"),
        ({"function_en": "x" * 201}, "Please shorten this"),
    ],
)
def test_a_mistake_keeps_the_form(organiser: str, client: TestClient, fields: dict[str, str], sentence: str) -> None:
    answer = add(client, organiser, **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Ana"' in answer.text
    assert somebody() == []


def test_the_second_of_two_organisers_sees_what_the_first_kept(organiser: str, client: TestClient) -> None:
    add(client, organiser)
    (row,) = somebody()
    page = client.get(f"{DESK}/{row.id}").text
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    said = {"csrf": organiser, **ANA, "seen": seen[1]}
    assert client.post(f"{DESK}/{row.id}", data={**said, "function_en": "Chair"}).status_code == 303
    late = client.post(f"{DESK}/{row.id}", data={**said, "function_en": "Member"})
    assert late.status_code == 409
    assert "<li>Chair</li>" in late.text
    assert 'value="Member"' in late.text
    assert somebody()[0].function == {"en": "Chair"}
    fresh = re.search(r'name="seen" value="(\w+)"', late.text)
    assert fresh
    again = client.post(f"{DESK}/{row.id}", data={**said, "function_en": "Member", "seen": fresh[1]})
    assert (again.status_code, somebody()[0].function) == (303, {"en": "Member"})


def test_a_function_in_a_language_that_is_not_asked_stays(organiser: str, client: TestClient) -> None:
    add(client, organiser)
    with db.write() as session:
        session.get_one(Person, somebody()[0].id).function = {"en": "Director", "lv": "Direktore"}
    row = somebody()[0]
    seen = re.search(r'name="seen" value="(\w+)"', client.get(f"{DESK}/{row.id}").text)
    assert seen
    client.post(f"{DESK}/{row.id}", data={"csrf": organiser, **ANA, "seen": seen[1], "function_en": ""})
    assert somebody()[0].function == {"lv": "Direktore"}


def test_a_changed_name_changes_the_public_agenda(organiser: str, client: TestClient, clients: Any) -> None:
    visitor = clients()
    before = visitor.get(f"{HASKOVO}/agenda")
    with db.read() as session:
        row = session.exec(select(Person).where(Person.latin_family == "Cholakov")).one()
    form = client.get(f"{DESK}/{row.id}").text
    fields = dict(re.findall(r'<input [^>]*?name="(\w+)"[^>]*? value="([^"]*)"', form))
    fields |= dict(re.findall(r'<select id="\w+" name="(\w+)".*?<option value="([^"]*)" selected', form, re.S))
    assert client.post(f"{DESK}/{row.id}", data={**fields, "latin_given": "Jordan"}).status_code == 303
    after = visitor.get(f"{HASKOVO}/agenda", headers={"if-none-match": before.headers["etag"]})
    assert "Jordan Cholakov" in after.text


def test_only_organisers_of_this_meeting_come_to_the_people(
    demo_sqlite: str, clients: Callable[[], TestClient]
) -> None:
    paths = ("", "/new", "/1", "/options")
    assert {clients().get(DESK + path).status_code for path in paths} == {303}
    for role, scope in (("reception", None), ("controller", None), ("organiser", scope_of("harghita-2024"))):
        other = clients()
        csrf = sign_in(other, role, *([scope] if scope else []))
        assert {other.get(DESK + path).status_code for path in paths} == {404}
        assert add(other, csrf).status_code == 404
    organiser = clients()
    sign_in(organiser, "administrator")
    for odd in ("0", "99999999", "99999999999999999999", "x"):
        assert organiser.get(f"{DESK}/{odd}").status_code == 404


def test_a_longer_directory_costs_no_more_questions(organiser: str, client: TestClient) -> None:
    numbers = []
    for family in ("Ena", "Dva"):
        add(client, organiser, family=family, email="")
        with counting() as count:
            assert client.get(DESK).status_code == 200
        numbers.append(count.number)
    assert numbers[0] == numbers[1]


@given(st.text(max_size=80), st.sets(st.sampled_from(["x", "a", "a-2", "x-2"])))
def test_short_names_are_fit_for_addresses_and_free(text: str, taken: set[str]) -> None:
    name = short_name(text, taken)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-?\d*", name)
    assert name not in taken


def test_names_are_the_same_in_any_order_and_script() -> None:
    greek = folded_names("Ευθυµία", "Λιακοπούλου", "Efthymia", "Liakopoulou")
    assert greek & folded_names("LIAKOPOULOU", "Efthymia", "", "")
    assert greek & folded_names("Λιακοπoύλου", "Ευθυμία", "", "")
    assert not greek & folded_names("Efthymia", "Other", "", "")
