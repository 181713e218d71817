"""Who goes on which study visit: the rules, the golden case, and what organisers do about it."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient
from sqlmodel import select

from planner import db
from planner.agenda.tables import Item
from planner.allocation import actions as allocating
from planner.allocation.queries import Board, board, mark_of, proposal
from planner.allocation.rules import Room, Seeker, Why, propose, uses_wheelchair
from planner.errors import Refusal, Stale
from planner.meetings.queries import Found, at_desk
from planner.registration.place_tables import VisitPlace
from planner.registration.tables import CareNote, Registration
from planner.visits.tables import Transport
from tests.reception import counted_questions, registration, scope_of, sign_in
from tests.registration.people import (
    change,
    chosen,
    days,
    entry,
    leave_room,
    leave_seats,
    now,
    register,
    subjects,
    visits,
)

A, B, C = 1, 2, 3
START = datetime(2026, 1, 1, tzinfo=UTC)
HARGHITA, RIGA = "harghita-2024", "riga-upcoming"
DESK = "/secon/riga-upcoming/desk/allocation"


def seeker(number: int, *choices: int, **more: object) -> Seeker:
    return Seeker(number, START + timedelta(minutes=number), choices, **more)  # type: ignore[arg-type]


def outcome(seekers: list[Seeker], **seats: int) -> dict[int, tuple[int | None, Why]]:
    rooms = {{"A": A, "B": B, "C": C}[name]: Room(count) for name, count in seats.items()}
    return {one.number: (one.item, one.why) for one in propose(seekers, rooms)}


def found(session: db.Session, slug: str) -> Found:
    return at_desk(session, "secon", slug)


def view_of(slug: str) -> Board:
    with db.read() as session:
        return board(session, found(session, slug), with_care=True)


def place(slug: str) -> str | None:
    """The visit that somebody of the demo goes on."""
    with db.read() as session:
        query = select(Item.slug).join(VisitPlace).join(Registration).where(Registration.slug == slug)
        return session.exec(query).first()


def seated(slug: str, *people: str, item: str | None) -> None:
    """Give people a seat the way the page does."""
    numbers = {registration(one).id or 0: _item(place(one)) for one in people}
    with db.write() as session:
        allocating.assign(session, found(session, slug), "host@example.org", numbers, _item(item))


def _item(slug: str | None) -> int | None:
    return visits(slug)[0] if slug else None


def apply(slug: str, mark: str = "") -> None:
    with db.write() as session:
        there = found(session, slug)
        wanted = mark or mark_of(proposal(board(session, there, with_care=True)))
        allocating.apply_proposal(session, there, "host@example.org", wanted, with_care=True)


def test_first_choices_come_before_second_ones_in_order_of_arrival() -> None:
    people = [seeker(1, A, B), seeker(2, A, B), seeker(3, B, A)]
    assert outcome(people, A=1, B=1) == {1: (A, Why.FIRST), 2: (None, Why.FULL), 3: (B, Why.FIRST)}


def test_locked_people_and_those_put_by_hand_stay() -> None:
    people = [seeker(1, A), seeker(2, A, current=A, locked=True), seeker(3, A, current=B)]
    assert outcome(people, A=1, B=1) == {1: (None, Why.FULL), 2: (A, Why.LOCKED), 3: (B, Why.BY_HAND)}


def test_wheelchairs_go_where_there_is_a_place_for_them() -> None:
    people = [seeker(1, A, B, wheelchair=True), seeker(2, A, B), seeker(3, A, wheelchair=True)]
    told = propose(people, {A: Room(5, 0), B: Room(5, 1)})
    assert [(one.item, one.why) for one in told] == [
        (B, Why.SECOND_STEP_FREE), (A, Why.FIRST), (None, Why.NOT_STEP_FREE),
    ]  # fmt: skip
    assert propose(people, {A: Room(5), B: Room(5)})[0].item == A


@pytest.mark.parametrize("note", ["Uses a wheelchair", "Αναπηρικό αμαξίδιο", "Rollstuhl, 62 cm", "WHEELCHAIR"])
def test_wheelchairs_are_recognised_in_notes(note: str) -> None:
    assert uses_wheelchair(note)
    assert not uses_wheelchair("An induction loop")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.permutations([A, B, C]), st.sampled_from([None, A, B]), st.booleans(), st.booleans())),
    st.tuples(*[st.integers(0, 4)] * 3),
)
def test_there_are_never_more_people_than_seats(
    people: list[tuple[list[int], int | None, bool, bool]], seats: tuple[int, int, int]
) -> None:
    rooms = dict(zip((A, B, C), map(Room, seats), strict=True))
    seekers = [
        seeker(number, *choices[:2], current=current, locked=locked, wheelchair=chair)
        for number, (choices, current, locked, chair) in enumerate(people)
    ]
    told = propose(seekers, rooms)
    staying = Counter(one.current for one in seekers if one.stays)
    given_out = Counter(one.item for one in told if one.item is not None)
    assert all(given_out[item] <= max(room.seats, staying[item]) for item, room in rooms.items())
    assert [one.number for one in told] == [one.number for one in seekers]


def test_harghita_has_26_first_choices_for_24_seats_and_the_last_two_get_their_second(demo_database: str) -> None:
    with db.write() as session:
        people = select(Registration).where(Registration.meeting_id == scope_of(HARGHITA).id)
        for row in session.exec(people):
            if (place := session.get(VisitPlace, row.id)) is not None:
                session.delete(place)
            if row.status == "cancelled":  # cancelled after the lists were printed: then everybody was still coming
                row.status = "confirmed"
                session.add(row)
    view = view_of(HARGHITA)
    told = {one.number: one for one in proposal(view)}
    first = view.columns[0]
    assert (first.visit.seats, sum(guest.choices[:1] == (first.visit.id,) for guest in view.guests)) == (24, 26)
    late = [told[registration(slug).id or 0] for slug in ("har-24", "har-31")]
    assert [(one.why, one.place, one.of, one.item) for one in late] == [
        (Why.SECOND, 25, 26, view.columns[1].visit.id), (Why.SECOND, 26, 26, view.columns[1].visit.id),
    ]  # fmt: skip
    apply(HARGHITA)
    after = view_of(HARGHITA)
    assert len(after.columns[0].guests) == 24
    assert {guest.number for guest in after.columns[1].guests} >= {one.number for one in late}


def test_harghitas_wheelchair_goes_by_the_coach_with_the_lift(demo_sqlite: str) -> None:
    with db.write() as session:
        notes = session.exec(select(CareNote)).all()
        chair = next(row.registration_id for row in notes if _of(session, row) and uses_wheelchair(row.access))
        ride = session.exec(select(Transport).where(Transport.item_id == view_of(HARGHITA).columns[0].visit.id)).one()
        ride.wheelchair_places = 0
        session.add(ride)
    told = next(one for one in proposal(view_of(HARGHITA)) if one.number == chair)
    assert told.why in (Why.SECOND_STEP_FREE, Why.NOT_STEP_FREE)


def _of(session: db.Session, note: CareNote) -> bool:
    return session.get_one(Registration, note.registration_id).meeting_id == scope_of(HARGHITA).id


def newcomer(name: str, *wishes: str) -> Registration:
    row = register(entry(name, days=days("on_site", 1, 2), visits=visits(*wishes)))
    assert row is not None
    return row


def test_nobody_is_seated_on_a_full_visit(demo_database: str) -> None:
    leave_room(5)
    leave_seats("d2-visit-a", 0)
    rows = [newcomer(name, "d2-visit-b") for name in ("Ana", "Eva")]
    seats = {row.id or 0: visits("d2-visit-b")[0] for row in rows}
    with pytest.raises(Refusal, match="Only 0 places are left"), db.write() as session:
        allocating.assign(session, found(session, RIGA), "host@example.org", seats, visits("d2-visit-a")[0])
    assert [chosen(row).visit for row in rows] == list(seats.values())


def test_two_organisers_at_once_never_fill_a_seat_twice(demo_postgres: str) -> None:
    leave_room(5)
    leave_seats("d2-visit-a", 1)
    rows = [newcomer(name, "d2-visit-b") for name in ("Ana", "Eva", "Mia")]

    def seat(row: Registration) -> bool:
        try:
            with db.write() as session:
                seen = {row.id or 0: visits("d2-visit-b")[0]}
                allocating.assign(session, found(session, RIGA), "host@example.org", seen, visits("d2-visit-a")[0])
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(3) as organisers:
        assert sorted(organisers.map(seat, rows)) == [False, False, True]


def test_who_was_seen_elsewhere_is_not_moved(demo_sqlite: str) -> None:
    leave_room(5)
    row = newcomer("Ana", "d2-visit-b")
    with pytest.raises(Stale), db.write() as session:
        allocating.assign(session, found(session, RIGA), "host@example.org", {row.id or 0: None}, None)


def test_who_is_put_where_nobody_wished_is_locked_and_keeps_the_place_after_a_change(demo_sqlite: str) -> None:
    leave_room(5)
    leave_seats("d2-visit-c", 2)
    row = newcomer("Ana", "d2-visit-b")
    with db.write() as session:
        seen = {row.id or 0: visits("d2-visit-b")[0]}
        allocating.assign(session, found(session, RIGA), "host@example.org", seen, visits("d2-visit-c")[0])
    assert next(guest for guest in view_of(RIGA).guests if guest.number == row.id).locked
    for wishes in ((), ("d2-visit-b",)):
        change(row, entry("Ana", days=days("on_site", 1, 2), visits=visits(*wishes)), now(row).version)
        assert chosen(row).visit == visits("d2-visit-c")[0]
    with pytest.raises(Refusal, match="is locked"), db.write() as session:
        seen = {row.id or 0: visits("d2-visit-c")[0]}
        allocating.assign(session, found(session, RIGA), "host@example.org", seen, None)


def test_only_those_whose_place_changed_get_a_letter_and_only_once(demo_sqlite: str) -> None:
    leave_room(5)
    leave_seats("d2-visit-b", 3)
    leave_seats("d2-visit-c", 3)
    moved, back = newcomer("Ana", "d2-visit-b", "d2-visit-c"), newcomer("Eva", "d2-visit-b", "d2-visit-c")
    b, c = visits("d2-visit-b")[0], visits("d2-visit-c")[0]
    for seen, to in (({moved.id or 0: b, back.id or 0: b}, c), ({back.id or 0: c}, b)):
        with db.write() as session:
            allocating.assign(session, found(session, RIGA), "host@example.org", seen, to)
    assert [guest.number for guest in view_of(RIGA).untold] == [moved.id]
    for letters in (1, 0):
        with db.write() as session:
            assert allocating.send(session, found(session, RIGA), "host@example.org") == letters
    assert subjects(moved)[-1] == "Your study visit"
    assert "Your study visit" not in subjects(back)


def test_an_outdated_proposal_is_not_applied(demo_sqlite: str) -> None:
    with pytest.raises(Stale):
        apply(RIGA, "of yesterday")


def test_the_board_asks_the_same_for_every_meeting(demo_sqlite: str) -> None:
    asked = []
    for slug in (HARGHITA, RIGA):
        with db.read() as session, counted_questions() as questions:
            board(session, found(session, slug), with_care=True)
        asked.append(len(questions))
    assert asked[0] == asked[1]


def test_the_pages_move_lock_and_propose(demo_database: str, client: TestClient) -> None:
    token = sign_in(client, "organiser")
    leave_room(5)
    leave_seats("d2-visit-b", 3)
    row = newcomer("Ana", "d2-visit-b")
    page = client.get(DESK).text
    value = next(iter(re.findall(rf'value="({row.id}:[^"]+)"', page)))
    form = {"csrf": token, "person": value}
    assert client.post(f"{DESK}/locks", data=form | {"lock": "yes"}).status_code == 303
    locked = client.post(f"{DESK}/places", data=form | {"to": "none"})
    assert (locked.status_code, "Ana Guest is locked" in locked.text) == (422, True)
    assert client.post(f"{DESK}/locks", data=form | {"lock": "no"}).status_code == 303
    assert client.post(f"{DESK}/places", data=form | {"to": "none"}).status_code == 303
    stale = client.post(f"{DESK}/places", data=form | {"to": "none"})
    assert (stale.status_code, f'value="{row.id}:none" checked' in stale.text) == (409, True)
    proposed = client.get(f"{DESK}/proposal").text
    assert "first choice" in proposed
    mark = re.findall(r'name="mark" value="(\w+)"', proposed)[0]
    assert client.post(f"{DESK}/proposal", data={"csrf": token, "mark": mark}).status_code == 303
    assert chosen(row).visit == visits("d2-visit-b")[0]
    assert client.post(f"{DESK}/proposal", data={"csrf": token, "mark": "other"}).status_code == 409
    sent = client.post(f"{DESK}/letters", data={"csrf": token}).headers["location"]
    assert re.fullmatch(rf"{DESK}\?sent=\d+", sent)
    assert "on their way" in client.get(sent).text or "is on its way" in client.get(sent).text


@pytest.mark.parametrize(
    "form", [{}, {"person": "x"}, {"person": "99999999999:1", "to": "1"}, {"person": "1:1", "to": "elsewhere"}]
)
def test_damaged_forms_are_refused_in_a_sentence(demo_sqlite: str, client: TestClient, form: dict[str, str]) -> None:
    token = sign_in(client, "organiser")
    assert client.post(f"{DESK}/places", data={"csrf": token, **form}).status_code == 422


def test_people_of_other_meetings_are_not_found(demo_sqlite: str, client: TestClient) -> None:
    token = sign_in(client, "organiser")
    foreign = {"csrf": token, "person": f"{registration('has-03').id}:none", "to": "none"}
    assert client.post(f"{DESK}/places", data=foreign).status_code == 404


def test_only_organisers_allocate(demo_sqlite: str, client: TestClient) -> None:
    sign_in(client, "reception")
    assert client.get(DESK).status_code == 404


def test_columns_stand_by_track_and_have_short_names(demo_sqlite: str) -> None:
    named = [(column.letter, column.visit.title["en"].partition(":")[0]) for column in view_of(RIGA).columns]
    assert named == [("A", "Visit A"), ("B", "Visit B"), ("C", "Visit C")]
