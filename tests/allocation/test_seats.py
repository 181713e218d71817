"""How many can go on a study visit now: what readers see, what the draft says, and what is kept for somebody."""

from __future__ import annotations

import re
from datetime import date

import pytest
from litestar.testing import TestClient
from sqlmodel import select

from planner import clock, db
from planner.agenda.tables import Item
from planner.allocation import actions as allocating
from planner.allocation import seating
from planner.allocation.queries import Column, board, proposal
from planner.allocation.rules import Given, Why
from planner.errors import Refusal
from planner.meetings.queries import at_desk
from planner.registration.actions import lock
from planner.registration.place_tables import PlaceOffer
from planner.registration.tables import Registration
from planner.registration.waiting_list import promote
from planner.visits.tables import StudyVisit
from tests.reception import sign_in
from tests.registration.people import (
    change_form,
    chosen,
    days,
    entry,
    leave_room,
    leave_seats,
    offered,
    publish_anew,
    register,
    visits,
)

RIGA = "riga-upcoming"
DESK = f"/secon/{RIGA}/desk/allocation"


def column(letter: str) -> Column:
    with db.read() as session:
        view = board(session, at_desk(session, "secon", RIGA), with_care=True)
    return next(one for one in view.columns if one.letter == letter)


def proposed(row: Registration) -> Given:
    with db.read() as session:
        given = proposal(board(session, at_desk(session, "secon", RIGA), with_care=True))
    return next(one for one in given if one.number == row.id)


def change_visit(letter: str, more: int, *, publish: bool = False) -> int:
    """Let the hosts of a visit take so many more people; its item's number."""
    item = visits(f"d2-visit-{letter.lower()}")[0]
    with db.write() as session:
        visit = session.exec(select(StudyVisit).where(StudyVisit.item_id == item)).one()
        visit.capacity += more
        session.add(visit)
        if publish:
            publish_anew(session)
    return item


def cancel(letter: str) -> None:
    item = visits(f"d2-visit-{letter.lower()}")[0]
    with db.write() as session:
        row = session.get_one(Item, item)
        row.cancelled_at = clock.now()
        session.add(row)


def newcomer(name: str, *wishes: str) -> Registration:
    row = register(entry(name, days=days("on_site", 1, 2), visits=visits(*wishes)))
    assert row is not None
    return row


def move(row: Registration, item: int) -> None:
    with db.write() as session:
        seen = {row.id or 0: chosen_now(row)}
        allocating.assign(session, at_desk(session, "secon", RIGA), "host@example.org", seen, item)


def chosen_now(row: Registration) -> int | None:
    return chosen(row).visit


def test_seats_of_the_draft_are_not_given_before_they_are_published(demo_sqlite: str) -> None:
    leave_room(5)
    leave_seats("d2-visit-a", 0)
    row = newcomer("Ana", "d2-visit-a")
    full = column("A").seats
    item = change_visit("A", 5)
    assert (column("A").seats, column("A").is_changing, proposed(row).why) == (full, True, Why.FULL)
    with pytest.raises(Refusal, match="Only 0 places"):
        move(row, item)


def test_seats_that_the_draft_takes_away_are_not_given_any_more(demo_sqlite: str) -> None:
    leave_room(5)
    leave_seats("d2-visit-a", 3)
    row = newcomer("Ana", "d2-visit-b")
    item = change_visit("A", -3)
    assert column("A").seats == len(column("A").guests)
    with pytest.raises(Refusal, match="Only 0 places"):
        move(row, item)


def test_a_visit_takes_no_more_people_than_its_place_in_the_agenda(demo_sqlite: str) -> None:
    with db.write() as session:
        item = session.get_one(Item, visits("d2-visit-a")[0])
        item.capacity = 3
        session.add(item)
        publish_anew(session)
    assert (column("A").seats, column("A").visit.parts[-1]) == (3, ("places in the agenda", 3))


def test_nobody_is_sent_on_a_cancelled_visit(demo_sqlite: str, client: TestClient) -> None:
    leave_room(5)
    row = newcomer("Ana", "d2-visit-a", "d2-visit-b")
    cancel("A")
    assert (column("A").is_open, proposed(row).item, proposed(row).why) == (
        False, visits("d2-visit-b")[0], Why.SECOND_GONE,
    )  # fmt: skip
    other = newcomer("Eva", "d2-visit-b")
    with pytest.raises(Refusal, match="Only 0 places"):
        move(other, visits("d2-visit-a")[0])
    sign_in(client, "organiser")
    assert "the first choice does not take place" in client.get(f"{DESK}/proposal").text


def test_a_visit_that_readers_cannot_see_yet_takes_nobody(demo_sqlite: str, client: TestClient) -> None:
    leave_room(5)
    row, token = newcomer("Ana", "d2-visit-b"), sign_in(client, "organiser")
    with db.write() as session:
        meeting = at_desk(session, "secon", RIGA).meeting.id
        there = session.exec(select(Item.id).where(Item.meeting_id == meeting, Item.kind == "lunch")).first() or 0
        session.add(StudyVisit(item_id=there, capacity=9))
    form = {"csrf": token, "person": f"{row.id}:{chosen_now(row)}", "to": str(there)}
    answer = client.post(f"{DESK}/places", data=form)
    assert (answer.status_code, "Publish the agenda first" in answer.text) == (422, True)


def test_an_offered_seat_is_kept_until_the_organiser_gives_it(demo_database: str) -> None:
    leave_room(5)
    leave_seats("d2-visit-a", 0)
    first, second = newcomer("Ana", "d2-visit-a"), newcomer("Eva", "d2-visit-a")
    change_form(offer_hours=48)
    item = change_visit("A", 1, publish=True)
    there = offered()
    with db.write() as session:
        promote(session, lock(session, there), None)
    assert column("A").kept == 1
    assert [proposed(row).why for row in (first, second)] == [Why.OFFERED, Why.FULL]
    with pytest.raises(Refusal, match="Only 0 places"):
        move(second, item)
    move(first, item)
    assert (chosen_now(first), column("A").kept, column("A").seats) == (item, 0, len(column("A").guests))
    with db.read() as session:
        assert session.exec(select(PlaceOffer.outcome)).all() == ["void"]


def undo_last() -> None:
    with db.write() as session:
        there = at_desk(session, "secon", RIGA)
        act = seating.last_act(session, there)
        assert act is not None
        seating.undo(session, there, "host@example.org", act.id)


def test_moving_people_is_undone_as_one_act_with_their_locks_and_news(demo_database: str) -> None:
    leave_room(5)
    leave_seats("d2-visit-b", 3)
    leave_seats("d2-visit-c", 3)
    rows = [newcomer(name, "d2-visit-b") for name in ("Ana", "Eva")]
    b, c = visits("d2-visit-b")[0], visits("d2-visit-c")[0]
    with db.write() as session:
        there = at_desk(session, "secon", RIGA)
        allocating.assign(session, there, "host@example.org", {row.id or 0: b for row in rows}, c)
    undo_last()
    now = {guest.number: guest for guest in column("B").guests}
    assert [(now[row.id or 0].locked, now[row.id or 0].told) for row in rows] == [(False, True)] * 2


def test_a_move_is_undone_only_while_nobody_has_moved_the_same_person_since(
    demo_sqlite: str, client: TestClient
) -> None:
    leave_room(5)
    leave_seats("d2-visit-b", 2)
    row, token = newcomer("Ana", "d2-visit-b"), sign_in(client, "organiser")
    move(row, visits("d2-visit-c")[0])
    undo_last()
    move(row, visits("d2-visit-a")[0])
    undo = re.findall(rf'action="({DESK}/changes/\d+/undo)"', client.get(DESK).text)[0]
    with db.write() as session:
        there, seen = at_desk(session, "secon", RIGA), {row.id or 0: visits("d2-visit-a")[0]}
        allocating.set_locks(session, there, "host@example.org", seen, locked=False)
        allocating.assign(session, there, "host@example.org", seen, None)
    late = client.post(undo, data={"csrf": token})
    assert (late.status_code, "cannot be undone any more" in late.text) == (409, True)
    undo_last()
    assert client.post(undo, data={"csrf": token}).status_code == 303
    assert client.post(undo, data={"csrf": token}).status_code == 409
    assert chosen_now(row) == visits("d2-visit-b")[0]


def test_who_gets_the_seat_back_that_an_organiser_took_has_nothing_to_be_told(demo_sqlite: str) -> None:
    leave_room(5)
    leave_seats("d2-visit-b", 1)
    row, there = newcomer("Ana", "d2-visit-b"), offered()
    with db.write() as session:
        seen = {row.id or 0: visits("d2-visit-b")[0]}
        allocating.assign(session, at_desk(session, "secon", RIGA), "host@example.org", seen, None)
    with db.write() as session:
        promote(session, lock(session, there), None)
    assert [guest.told for guest in column("B").guests if guest.number == row.id] == [True]


@pytest.mark.parametrize("day", [None, date(2020, 1, 1)])
def test_nobody_is_written_to_about_a_meeting_that_is_over_or_cancelled(demo_sqlite: str, day: date | None) -> None:
    with db.write() as session:
        meeting = at_desk(session, "secon", RIGA).meeting
        meeting.last_day = day or meeting.last_day
        meeting.cancelled_at = None if day else clock.now()
        session.add(meeting)
    with pytest.raises(Refusal, match="nothing can be changed any more"), db.write() as session:
        allocating.send(session, at_desk(session, "secon", RIGA), "host@example.org")
