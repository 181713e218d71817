"""Two registrations become one and two again: nothing that somebody has is lost, and no place is given twice."""

from __future__ import annotations

from typing import Any

import pytest
from litestar.testing import TestClient
from sqlmodel import Session, select

from planner import db
from planner.clock import now
from planner.registration import queries
from planner.registration.place_tables import MealChoice
from planner.registration.tables import Consent, FieldChange, PlannedDay, Registration
from tests.reception import registration, scope_of, sign_in

HASKOVO = "/secon/haskovo-2023/desk"


@pytest.fixture
def organiser(demo_sqlite: str, client: TestClient) -> str:
    """Somebody who organises is signed in; two registrations of one person count. The token of their forms."""
    with db.write() as session:
        double = session.exec(select(Registration).where(Registration.slug == "has-34")).one()
        double.status, double.function = "confirmed", "Head of unit"
        form = queries.form_of(session, double.meeting_id)
        assert form
        form.seats_on_site, form.seats_online, form.quota_partner_staff = 100, 100, None
        session.add_all([double, form])
    return sign_in(client, "organiser")


def choices(session: Session, slug: str) -> dict[str, Any]:
    """What somebody chose, as values."""
    made = queries.choices(session, registration(slug).id or 0)
    return {"days": dict(made.days), "meals": sorted(made.meals), "visit": made.visit, "care": bool(made.care)}


def merged(client: TestClient, token: str, **form: str) -> Any:
    """Make has-03 and has-34 one, has-03 is kept."""
    one, two = registration("has-03"), registration("has-34")
    versions = {f"version_{row.id}": str(row.version) for row in (one, two)}
    data = {"csrf": token, "keep": str(one.id), **versions, **form}
    return client.post(f"{HASKOVO}/doubles/{one.id}/{two.id}", data=data)


def test_the_double_of_the_reference_data_is_proposed(organiser: str, client: TestClient) -> None:
    page = client.get(f"{HASKOVO}/doubles").text
    one, two = registration("has-03").id, registration("has-34").id
    assert f'href="{HASKOVO}/doubles/{one}/{two}"' in page
    assert "apart from accents, capitals and letters that look alike" in page
    assert client.get(f"{HASKOVO}/doubles/{one}/{two}").status_code == 200


def test_not_the_same_person_is_kept(organiser: str, client: TestClient) -> None:
    one, two = registration("has-03").id, registration("has-34").id
    answer = client.post(f"{HASKOVO}/doubles/{two}/{one}/two-people", data={"csrf": organiser})
    assert answer.status_code == 303
    assert f"/doubles/{one}/{two}" not in client.get(f"{HASKOVO}/doubles").text


def test_one_gets_the_choices_of_both_and_the_newest_consents(organiser: str, client: TestClient) -> None:
    one, two = registration("has-03"), registration("has-34")
    with db.write() as session:
        day = session.exec(select(PlannedDay).where(PlannedDay.registration_id == one.id)).first()
        wording = session.exec(select(Consent.wording_id).where(Consent.registration_id == one.id)).first()
        meal = session.exec(select(MealChoice.item_id)).first()
        assert day and wording and meal
        session.merge(PlannedDay(**(day.model_dump() | {"registration_id": two.id})))
        session.delete(day)
        session.merge(MealChoice(registration_id=two.id or 0, item_id=meal))
        answer = {"purpose": "photo", "granted": False, "given_at": now(), "wording_id": wording}
        session.add(Consent(registration_id=two.id or 0, **answer))
        lost = day.day_id, meal
    answer = merged(client, organiser, take_function=str(two.id))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HASKOVO}/registrations/{one.id}")
    assert [registration(slug).status for slug in ("has-03", "has-34")] == ["confirmed", "duplicate"]
    assert registration("has-03").function == "Head of unit"
    with db.read() as session:
        after = choices(session, "has-03")
        assert lost[0] in after["days"] and lost[1] in after["meals"]
        assert queries.choices(session, one.id or 0).consents["photo"].granted is False
        change = session.exec(select(FieldChange).where(FieldChange.registration_id == one.id)).one()
        assert (change.act, change.field, change.after) == ("merge", "function", "Head of unit")
    page = client.get(f"{HASKOVO}/registrations/{one.id}").text
    assert "Merged" in page and "Function: " in page


def test_taking_back_leaves_everything_as_it_was(organiser: str, client: TestClient) -> None:
    with db.read() as session:
        before = [choices(session, slug) for slug in ("has-03", "has-34")]
    was = registration("has-03").function
    merged(client, organiser, take_function=str(registration("has-34").id))
    page = client.get(f"{HASKOVO}/doubles").text
    assert "Take it back" in page
    undoing = f"{HASKOVO}/doubles/merges/1/undoing"
    assert client.post(undoing, data={"csrf": organiser}).status_code == 303
    with db.read() as session:
        assert [choices(session, slug) for slug in ("has-03", "has-34")] == before
    assert [registration(slug).status for slug in ("has-03", "has-34")] == ["confirmed", "confirmed"]
    assert registration("has-03").function == was
    assert client.post(undoing, data={"csrf": organiser}).status_code in (409, 422)


def test_an_old_page_makes_nothing_one(organiser: str, client: TestClient) -> None:
    number = registration("has-03").id
    assert merged(client, organiser, **{f"version_{number}": "77"}).status_code == 409
    assert registration("has-34").status == "confirmed"


def test_pairs_of_other_meetings_and_odd_numbers_are_not_found(organiser: str, client: TestClient) -> None:
    one, other = registration("has-03").id, registration("har-40").id
    for pair in (f"{one}/{other}", f"{one}/{one}", f"{one}/{9**15}", "0/1"):
        assert client.get(f"{HASKOVO}/doubles/{pair}").status_code == 404
        assert client.post(f"{HASKOVO}/doubles/{pair}/two-people", data={"csrf": organiser}).status_code == 404
    assert client.post(f"{HASKOVO}/doubles/merges/{9**15}/undoing", data={"csrf": organiser}).status_code == 404


def test_who_only_reads_decides_nothing(demo_sqlite: str, client: TestClient) -> None:
    token = sign_in(client, "controller", scope_of("haskovo-2023"))
    one, two = registration("has-03").id, registration("has-34").id
    assert client.get(f"{HASKOVO}/doubles").status_code == 200
    assert client.get(f"{HASKOVO}/doubles/{one}/{two}").status_code == 404
    assert client.post(f"{HASKOVO}/doubles/{one}/{two}/two-people", data={"csrf": token}).status_code == 404
