"""Study visits: what is shown, and how many can come along."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlmodel import select

from planner import db
from planner.agenda.queries import programme
from planner.agenda.tables import Item
from planner.clock import now
from planner.meetings.queries import find
from planner.visits.calendar import notes
from planner.visits.queries import outings
from planner.visits.releases import released_capacities
from planner.visits.rules import seats
from planner.visits.tables import StudyVisit, Transport
from planner.visits.views import Outings
from tests.agenda.giving import item, publish
from tests.queries import counting
from tests.reception import scope_of


def plan_of(meeting: str) -> Outings:
    with db.read() as session:
        found = find(session, "secon", meeting)
        return outings(session, found, programme(session, found))


@pytest.mark.parametrize(
    ("capacity", "vehicles", "expected"),
    [(20, [22], 20), (24, [16], 16), (20, [None], 20), (None, [30, 8], 8), (None, [None], None), (0, [5], 0)],
)
def test_seats_are_those_of_the_smallest_part(
    capacity: int | None, vehicles: list[int | None], expected: int | None
) -> None:
    assert seats(capacity, vehicles) == expected


def test_riga_offers_three_visits_in_order(demo_database: str) -> None:
    seen = [(visit.item.slug, visit.seats, len(visit.stops)) for visit in plan_of("riga-upcoming").visits]
    assert seen == [("d2-visit-a", 20, 2), ("d2-visit-b", 20, 2), ("d2-visit-c", 15, 2)]


def test_be_there_is_before_departure_on_every_ride(demo_sqlite: str) -> None:
    for meeting in ("haskovo-2023", "harghita-2024", "riga-upcoming"):
        plan = plan_of(meeting)
        rides = [visit.ride for visit in plan.visits if visit.ride] + [move.ride for move in plan.transfers]
        assert rides
        assert all(ride.be_there < ride.departs < ride.arrives for ride in rides)


def test_haskovos_transfers_stand_by_start(demo_sqlite: str) -> None:
    assert [move.item.slug for move in plan_of("haskovo-2023").transfers] == [
        "d1-bus-dinner", "d1-bus-hotel", "d2-bus-visit", "d2-bus-venue", "d2-bus-plovdiv", "d2-bus-sofia",
    ]  # fmt: skip


def test_the_page_says_where_to_be_and_what_to_know(demo_sqlite: str, client: TestClient) -> None:
    page = client.get("/secon/harghita-2024/visits").text
    for words in (
        "Be there at 08:05", "departure 08:15", "Back at 13:40", "24 places", "16 places",
        "1 wheelchair place on board",
        "Valley Basket Food Cooperative", "nr. 141, Sâncrăieni", "Ask each person in the workshop.",
        "Minibus without a lift, two high steps.", "In English", "Bálint Szőcs",
    ):  # fmt: skip
        assert words in page


def test_a_meeting_without_visits_says_so(demo_sqlite: str, client: TestClient) -> None:
    assert "Nothing is planned here yet." in client.get("/secon/caceres-2024/visits").text


RIGA = "riga-upcoming"


def riga_seats() -> dict[str, int]:
    """What registration counts with, by the item's short name."""
    with db.read() as session:
        there = released_capacities(session, scope_of(RIGA).id)
        return {session.get_one(Item, number).slug: seats for number, seats in there.items()}


def change_visit(slug: str, **values: Any) -> None:
    """Change the draft of a visit, its ride (`ride_…`) or its item (`item_…`)."""
    with db.write() as session:
        row = item(session, RIGA, slug)
        visit = session.exec(select(StudyVisit).where(StudyVisit.item_id == row.id)).one()
        for name, value in values.items():
            if name.startswith("ride_"):
                ride = session.exec(select(Transport).where(Transport.item_id == row.id)).one()
                setattr(ride, name.removeprefix("ride_"), value)
                session.add(ride)
            else:
                setattr(row if name.startswith("item_") else visit, name.removeprefix("item_"), value)
        session.add(visit)
        session.add(row)


SHOWN = {"d2-visit-a": 20, "d2-visit-b": 20, "d2-visit-c": 15}


@pytest.mark.parametrize(
    "values", [{"capacity": 3}, {"item_capacity": 3}, {"ride_seats": 3}], ids=["the visit", "its item", "its vehicle"]
)
def test_seats_of_a_visit_change_when_they_are_published_not_before(demo_database: str, values: dict[str, int]) -> None:
    assert riga_seats() == SHOWN
    change_visit("d2-visit-a", **values)
    assert riga_seats() == SHOWN
    publish(RIGA)
    assert riga_seats() == SHOWN | {"d2-visit-a": 3}
    assert {visit.item.slug: visit.seats for visit in plan_of(RIGA).visits} == riga_seats()


@pytest.mark.parametrize("name", ["item_cancelled_at", "item_deleted_at", "deleted_at"])
def test_what_takes_no_place_any_more_has_no_seats(demo_sqlite: str, name: str) -> None:
    change_visit("d2-visit-c", **{name: now()})
    assert riga_seats() == SHOWN
    publish(RIGA)
    assert riga_seats() == {slug: seats for slug, seats in SHOWN.items() if slug != "d2-visit-c"}


def test_seats_cost_one_question_and_nothing_is_promised_before_the_first_version(demo_sqlite: str) -> None:
    riga = scope_of(RIGA).id
    with db.read() as session, counting() as asked:
        released_capacities(session, riga)
        assert asked.number == 1, asked
        assert released_capacities(session, 0) == {}


def test_readers_and_calendars_know_how_many_vehicles_go_and_when_the_last_one_is_back(
    demo_sqlite: str, client: TestClient
) -> None:
    change_visit("d2-visit-b", ride_vehicles=2, ride_last_return=time(13, 45))
    publish(RIGA)
    page = client.get(f"/secon/{RIGA}/visits").text
    assert "Coach × 2, departure 08:30" in page
    plan = plan_of(RIGA)
    told = notes(plan, "en")[next(visit.item.id for visit in plan.visits if visit.item.slug == "d2-visit-b")].lines
    assert told[0].startswith("Coach × 2. Be there at 08:20")
    assert told[2] == "The last one goes back at 13:45"
