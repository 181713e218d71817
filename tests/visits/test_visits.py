"""Study visits: what is shown, and how many can come along."""

from __future__ import annotations

import pytest
from litestar.testing import TestClient

from planner import db
from planner.agenda.queries import programme
from planner.meetings.queries import find
from planner.visits.queries import outings
from planner.visits.rules import seats
from planner.visits.views import Outings


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
