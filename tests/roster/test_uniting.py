"""Doubles with places beside the meeting: what either holds, waits for, was offered or answered, and the way back."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from planner import db
from planner.errors import Refusal
from planner.meetings.queries import at_desk
from planner.registration import apart, queries
from planner.registration.place_tables import PlaceOffer, PlaceWish
from planner.registration.tables import Registration
from planner.roster.merging import merge
from planner.roster.parting import undo
from planner.roster.tables import Merge
from tests.registration import people

pytestmark = pytest.mark.usefixtures("demo_sqlite")
WHO = "organiser@example.org"


def come(name: str, **values: object) -> Registration:
    row = people.register(people.entry(name, **values))
    assert row
    return people.now(row)


def unite(kept: Registration, other: Registration) -> None:
    with db.write() as session:
        found = at_desk(session, people.PROJECT, people.MEETING)
        seen = (people.now(kept).version, people.now(other).version)
        merge(session, found, kept.id or 0, other.id or 0, (), seen, WHO)


def part() -> None:
    with db.write() as session:
        number = session.exec(select(Merge.id).order_by(col(Merge.id).desc())).first()
        undo(session, at_desk(session, people.PROJECT, people.MEETING), number or 0, WHO)


def stands(row: Registration) -> dict[str, tuple[str, int]]:
    with db.read() as session:
        found = apart.standings(session, session.get_one(Registration, row.id))
        return {one.pool[0]: (one.state, one.position) for one in found}


def wishes(row: Registration) -> list[PlaceWish]:
    with db.read() as session:
        return list(session.exec(select(PlaceWish).where(PlaceWish.registration_id == row.id)))


def offers(row: Registration) -> list[tuple[str, str]]:
    with db.read() as session:
        query = select(PlaceOffer).where(PlaceOffer.registration_id == row.id).order_by(col(PlaceOffer.id))
        return [(one.kind, one.outcome) for one in session.exec(query)]


@pytest.fixture
def bus() -> int:
    """There is room at the meeting, and on one bus for nobody more."""
    people.leave_room(9)
    people.change_form(approval=[])
    return people.leave_bus("d1-bus-hotel", 0)


def test_a_wish_of_the_other_one_keeps_its_turn(bus: int) -> None:
    other = come("Ana", rides=(bus,))
    rival, kept = come("Ben", rides=(bus,)), come("Anna")
    since = wishes(other)[0].since
    unite(kept, other)
    assert stands(kept) == {"ride": ("waiting", 1)} and stands(rival) == {"ride": ("waiting", 2)}
    assert wishes(kept)[0].since == since
    part()
    assert stands(kept) == {} and stands(other) == {"ride": ("waiting", 1)}


def test_what_both_wait_for_is_waited_for_since_the_earlier(bus: int) -> None:
    other, rival, kept = (come(name, rides=(bus,)) for name in ("Ana", "Ben", "Anna"))
    assert stands(kept) == {"ride": ("waiting", 3)}
    unite(kept, other)
    assert [stands(row)["ride"][1] for row in (kept, rival)] == [1, 2]
    part()
    assert [stands(row)["ride"][1] for row in (other, rival, kept)] == [1, 2, 3]


def test_nobody_waits_for_what_the_other_one_holds(bus: int) -> None:
    people.leave_bus("d1-bus-hotel", 1)
    other, kept = come("Ana", rides=(bus,)), come("Anna", rides=(bus,))
    assert [stands(row)["ride"][0] for row in (other, kept)] == ["held", "waiting"]
    unite(kept, other)
    assert stands(kept) == {"ride": ("held", 0)} and wishes(kept) == []
    part()
    assert [stands(row)["ride"] for row in (other, kept)] == [("held", 0), ("waiting", 1)]


def option() -> tuple[int, str]:
    _kind, question, slug = people.limited_option(1)
    return question, slug


def answers(row: Registration) -> dict[int, object]:
    with db.read() as session:
        return {number: one.value for number, one in queries.choices(session, row.id or 0).answers.items()}


def test_a_limited_option_goes_with_its_answer(bus: int) -> None:
    question, slug = option()
    pick = {"answers": {question: slug}, "picks": (("option", question, slug),)}
    other, kept, late = come("Ana", **pick), come("Anna"), come("Ben", **pick)
    assert [stands(row).get("option") for row in (other, late)] == [("held", 0), ("waiting", 1)]
    unite(kept, other)
    assert (answers(kept), stands(kept)) == ({question: slug}, {"option": ("held", 0)})
    assert stands(late) == {"option": ("waiting", 1)}
    part()
    assert (answers(kept), answers(other)) == ({}, {question: slug})
    assert [stands(row).get("option") for row in (other, kept)] == [("held", 0), None]


def test_a_wish_for_an_option_meets_the_place_of_the_other_one(bus: int) -> None:
    question, slug = option()
    pick = {"answers": {question: slug}, "picks": (("option", question, slug),)}
    other, kept = come("Ana", **pick), come("Anna", **pick)
    unite(kept, other)
    assert stands(kept) == {"option": ("held", 0)} and wishes(kept) == []
    part()
    assert [stands(row)["option"][0] for row in (other, kept)] == ["held", "waiting"]


def test_what_the_other_one_was_offered_is_offered_to_the_kept_one(bus: int) -> None:
    people.change_form(offer_hours=24)
    people.leave_bus("d1-bus-hotel", 1)
    first, other = come("Zoe", rides=(bus,)), come("Ana", rides=(bus,))
    kept, rival = come("Anna"), come("Ben", rides=(bus,))
    people.withdraw(first)
    assert offers(other) == [("ride", "")]
    unite(kept, other)
    assert (offers(other), offers(kept), offers(rival)) == ([("ride", "void")], [("ride", "")], [])
    part()
    assert offers(kept) == [("ride", "void")]
    assert offers(other) == [("ride", "void"), ("ride", "")] and offers(rival) == []


def test_a_place_at_the_meeting_that_is_offered_stays_the_person_s() -> None:
    people.change_form(offer_hours=24, approval=[])
    people.leave_room(1)
    first, other, kept, rival = (come(name) for name in ("Zoe", "Ana", "Anna", "Ben"))
    people.withdraw(first)
    assert [people.now(row).status for row in (other, kept, rival)] == ["offered", "waiting", "waiting"]
    unite(kept, other)
    assert [people.now(row).status for row in (other, kept, rival)] == ["duplicate", "offered", "waiting"]
    part()
    assert [people.now(row).status for row in (other, kept, rival)] == ["offered", "waiting", "waiting"]


def test_two_halves_make_no_place_that_others_wait_for() -> None:
    people.leave_room(5, 0)
    here = come("Ana")
    first = come("Ben", days=people.days("online", 2))
    there = come("Anna", days=people.days("online", 2))
    assert [row.status for row in (here, first, there)] == ["confirmed", "waiting", "waiting"]
    with pytest.raises(Refusal, match="online are taken"):
        unite(here, there)
    assert [people.now(row).status for row in (here, there)] == ["confirmed", "waiting"]


def test_a_wish_that_is_taken_over_keeps_its_own_turn() -> None:
    people.leave_seats("d2-visit-a", 1)
    (visit,) = people.visits("d2-visit-a")
    second_day = {"days": people.days("on_site", 2), "visits": (visit,)}
    early, holder = come("Ana", days=people.days("on_site", 2)), come("Ben", **second_day)
    first, double = come("Cleo", **second_day), come("Anna", **second_day)
    unite(early, double)
    assert (stands(first), stands(early)) == ({"visit": ("waiting", 1)}, {"visit": ("waiting", 2)})
    people.withdraw(holder)
    assert stands(first) == {"visit": ("held", 0)}
