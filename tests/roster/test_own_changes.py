"""What people change themselves stands field by field in the organisers' timeline; nothing about health does."""

from __future__ import annotations

import re

import httpx
import pytest
from sqlmodel import col, select

from planner import db
from planner.questions import actions as asking
from planner.questions.queries import asked
from planner.questions.rules import Draft
from planner.registration.letters import token
from planner.registration.tables import FieldChange, Registration
from tests.delegations import people as delegates
from tests.reception import sign_in
from tests.registration import people

pytestmark = pytest.mark.usefixtures("demo_sqlite")
RIGA = "/secon/riga-upcoming/desk"


def kept(row: Registration) -> dict[str, tuple[str, str]]:
    with db.read() as session:
        query = select(FieldChange).where(FieldChange.registration_id == row.id).order_by(col(FieldChange.id))
        rows = session.exec(query).all()
    assert {(one.act, one.actor) for one in rows} <= {("change", "registrant")}
    return {one.field: (one.before, one.after) for one in rows}


def registered(**values: object) -> Registration:
    row = people.register(people.entry("Ana", **values))
    assert row
    return people.now(row)


def test_each_field_is_a_line_and_what_stays_is_none() -> None:
    visit, other = people.visits("d2-visit-a", "d2-visit-b")
    meal = next(one for one in people.offered().meals if one.date == people.offered().days[2].date)
    row = registered(visits=(visit,), function="Clerk")
    days = people.days("on_site", 0, 1) | people.days("online", 2)
    after = people.entry("Ana", visits=(other, visit), function="Head", days=days, meals=(meal.id,), country="LV")
    people.change(row, after)
    found = kept(row)
    assert set(found) == {"function", "country", "days_on_site", "days_online", "visits", "meals"}
    assert found["function"] == ("Clerk", "Head")
    assert found["country"] == ("", "LV")
    assert found["days_on_site"] == ("1", "0, 1")
    assert found["days_online"] == ("", "2")
    titles = {one.id: one.title["en"] for one in people.offered().visits}
    assert found["visits"] == (titles[visit], f"{titles[other]}; {titles[visit]}")
    assert found["meals"] == ("", f"2: {meal.title['en']}")
    people.change(people.now(row), after)
    assert kept(row) == found


def test_the_desk_reads_it_in_words(client: httpx.Client) -> None:
    row = registered(days=people.days("on_site", 1))
    form = people.form(client, f"/my/{token(row)}/change")
    values = {"given": "Anna", "family": "Guest", "email": "ana@guests.example", "category": "speaker"}
    values |= {"partner": "other", "organisation": "School"}
    days = {f"day_{day.number}": "on_site" if day.number in (1, 2) else "no" for day in people.offered().days}
    answer = client.post(f"/my/{token(row)}/change", data={**form, **values, **days})
    assert answer.status_code == 303
    sign_in(client, "organiser")
    page = client.get(f"{RIGA}/registrations/{row.id}").text
    history = re.sub(r"<[^>]+>", " ", page.partition('id="history"')[2])
    for words in ("Changed", "by the person", "Given name: Ana → Anna", "Days on site: 1 → 1", "→ Invited speaker"):
        assert words in history, words
    assert "Organisation: – → School" in history


def test_health_and_answers_are_not_in_it(client: httpx.Client) -> None:
    with db.write() as session:
        for label, purpose in (("What do you need?", "care"), ("Your hobby?", "logistics")):
            draft = Draft("short", {"en": label}, purpose=purpose)
            asking.add(session, people.meeting_id(), "ana@planner.example", draft)
    with db.read() as session:
        care, hobby = [one.id for one in asked(session, people.meeting_id())][-2:]
    yes = {"photo": True, "participant_list": False, "future_invitations": False, "sensitive": True}
    row = registered()
    told = {"diet": "vegan", "diet_note": "No secretnuts", "access": "A secretramp"}
    answers = {care: "secretpills", hobby: "secretchess"}
    people.change(row, people.entry("Ana", consents=yes, answers=answers, told_care=True, **told))
    assert kept(row) == {f"q{hobby}": ("", "")}
    sign_in(client, "organiser")
    history = client.get(f"{RIGA}/registrations/{row.id}").text.partition('id="history"')[2]
    assert "Your hobby?: answered anew" in history
    assert "secret" not in history and "What do you need?" not in history


def test_a_change_by_the_delegation_is_theirs(client: httpx.Client) -> None:
    home = delegates.home(delegates.delegation())
    client.post(home, data=delegates.form("Bo"))
    row = delegates.row_of("Bo")
    address = f"{home}/people/{row.slug}"
    form = people.form(client, address)
    values = {"given": "Bob", "family": "Team", "category": "partner_staff", "function": "Clerk"}
    assert client.post(address, data={**form, **values}).status_code == 303
    sign_in(client, "organiser")
    history = client.get(f"{RIGA}/registrations/{row.id}").text.partition('id="history"')[2]
    assert "by the contact of the delegation" in history
    assert "Function: – → Clerk" in history and "delegation:" not in history
