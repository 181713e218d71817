"""Many people at once at buses, options and offers: each place once, each offer answered once, on both databases."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlmodel import col, select

from planner import clock, db
from planner.errors import Refusal
from planner.registration import actions, apart, offers, queries
from planner.registration.place_tables import PlaceOffer
from planner.registration.pools import ride
from planner.registration.serving import serve_waiting_lists
from planner.registration.tables import Registration, StatusChange
from planner.registration.waiting_list import give
from planner.tokens import mint
from tests.registration.people import (
    change_form,
    days,
    entry,
    leave_bus,
    leave_room,
    limited_option,
    meeting_id,
    now,
    offered,
    register,
    withdraw,
)

CROWD = 24
SEATS = 5


def at_once(*verbs):
    """Do all of them at the same moment, each in a thread of its own; what each answered or raised."""
    start = Barrier(len(verbs))

    def run(verb):
        start.wait()
        try:
            return verb()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(verbs)) as threads:
        return list(threads.map(run, verbs))


def registering(number, there, **values):
    def verb():
        given = entry(f"Guest{number:03}", **values)
        with db.write() as session:
            return actions.register(session, there, given, mint())

    return verb


def standings():
    """How everybody of the crowd stands with each pool, in the order of arrival."""
    with db.read() as session:
        query = select(Registration).where(Registration.family == "Guest")
        people = session.exec(query.order_by(col(Registration.submitted_at), col(Registration.id))).all()
        return [{one.pool: one for one in apart.standings(session, row)} for row in people]


@pytest.mark.usefixtures("demo_database")
def test_a_crowd_gets_exactly_the_seats_of_the_bus_and_of_the_option():
    leave_room(CROWD)
    bus, option = ride(leave_bus("d1-bus-hotel", SEATS)), limited_option(SEATS + 2)
    there = offered()
    wish = {"days": days("on_site", 1), "rides": (bus[1],), "picks": (option,)}
    at_once(*(registering(number, there, **wish) for number in range(CROWD)))
    found = standings()
    assert len(found) == CROWD
    for pool, seats in ((bus, SEATS), (option, SEATS + 2)):
        states = [one[pool].state for one in found]
        assert states == ["held"] * seats + ["waiting"] * (CROWD - seats)
        assert [one[pool].position for one in found if one[pool].state == "waiting"] == list(
            range(1, CROWD - seats + 1)
        )


@pytest.mark.usefixtures("demo_database")
def test_those_who_leave_at_once_are_followed_in_order():
    leave_room(CROWD)
    bus = ride(leave_bus("d1-bus-hotel", SEATS))
    there, wish = offered(), {"days": days("on_site", 1), "rides": (bus[1],)}
    people = [registering(number, there, **wish)() for number in range(CROWD)]

    def leaving(row):
        def verb():
            with db.write() as session:
                actions.withdraw(session, there, row.id)

        return verb

    at_once(*(leaving(row) for row in (*people[:SEATS], *people[:SEATS])))
    kept = standings()[SEATS:]
    assert [one[bus].state for one in kept] == ["held"] * SEATS + ["waiting"] * (CROWD - 2 * SEATS)


@pytest.mark.usefixtures("demo_postgres")
def test_counting_the_bus_without_the_lock_sells_too_many_seats():
    """What this room does not do: count with its own questions, then give. All have counted before anybody writes."""
    leave_room(CROWD)
    bus = ride(leave_bus("d1-bus-hotel", SEATS))
    people = [register(entry(f"Guest{number:03}", days=days("on_site", 1))) for number in range(SEATS * 2)]
    size, counted = offered().sizes[bus], Barrier(len(people))

    def taking(row):
        def verb():
            with db.write() as session:
                free = apart.held(session, meeting_id())[bus] < size
                counted.wait()
                if free:
                    give(session, row.id, [bus], clock.now())

        return verb

    at_once(*(taking(row) for row in people))
    with db.read() as session:
        assert apart.held(session, meeting_id())[bus] == size + SEATS


def an_offer(hours=24):
    """Ana leaves, Ben is asked, Cleo waits behind."""
    leave_room(1)
    change_form(offer_hours=hours)
    first, second, third = (register(entry(name)) for name in ("Ana", "Ben", "Cleo"))
    withdraw(first)
    with db.read() as session:
        (place,) = apart.open_offers(session, second.id)
    return second, third, place


def answering(verb, row, place):
    there = offered()

    def answered():
        with db.write() as session:
            verb(session, there, row.id, place.id)
        return verb.__name__

    return answered


def over(place):
    with db.write() as session:
        session.get_one(PlaceOffer, place.id).expires_at = clock.now() - timedelta(seconds=1)


def taken():
    with db.read() as session:
        seats = dict(queries.seats(session, offered().form))["on_site"]
    return seats.taken - seats.seats


@pytest.mark.usefixtures("demo_database")
@pytest.mark.parametrize("is_over", [False, True])
def test_accepting_against_expiring_has_one_winner(is_over):
    second, third, place = an_offer()
    if is_over:
        over(place)
    answers = at_once(answering(offers.accept, second, place), serve_waiting_lists, serve_waiting_lists)
    states = (now(second).status, now(third).status)
    assert states == (("waiting", "offered") if is_over else ("confirmed", "waiting"))
    assert isinstance(answers[0], Refusal) == is_over
    assert taken() == 0


@pytest.mark.usefixtures("demo_database")
def test_accepting_against_withdrawing_leaves_one_of_the_two():
    second, third, place = an_offer()
    at_once(answering(offers.accept, second, place), lambda: withdraw(second))
    assert (now(second).status, now(third).status) == ("cancelled", "offered")
    assert taken() == 0


@pytest.mark.usefixtures("demo_database")
def test_two_browsers_and_a_second_thought_end_an_offer_once():
    second, third, place = an_offer()
    verbs = [answering(verb, second, place) for verb in (offers.accept, offers.decline, offers.accept, offers.decline)]
    at_once(*verbs)
    with db.read() as session:
        outcome = session.get_one(PlaceOffer, place.id).outcome
    ends = {"accepted": ("confirmed", "waiting"), "declined": ("cancelled", "offered")}
    assert (now(second).status, now(third).status) == ends[outcome]
    assert taken() == 0


@pytest.mark.usefixtures("demo_database")
def test_two_workers_pass_an_offer_on_once():
    second, third, place = an_offer()
    over(place)
    at_once(*[serve_waiting_lists] * 6)
    with db.read() as session:
        rows = session.exec(select(PlaceOffer.registration_id, PlaceOffer.outcome).order_by(col(PlaceOffer.id))).all()
        changes = Counter(session.exec(select(StatusChange.status).where(StatusChange.registration_id == second.id)))
    assert [tuple(row) for row in rows] == [(second.id, "lapsed"), (third.id, "")]
    assert changes == {"submitted": 1, "waiting": 2, "offered": 1}


@pytest.mark.usefixtures("demo_postgres")
def test_answering_without_the_lock_ends_an_offer_twice():
    """What this room does not do: look whether an offer is open, then end it. Both have looked before one writes."""
    _second, _third, place = an_offer()
    looked = Barrier(2)
    ended = []

    def ending(outcome):
        def verb():
            with db.write() as session:
                row = session.get_one(PlaceOffer, place.id)
                is_open = not row.outcome
                looked.wait()
                if is_open:
                    row.outcome = outcome
                    session.add(row)
                    ended.append(outcome)

        return verb

    at_once(ending("accepted"), ending("lapsed"))
    assert sorted(ended) == ["accepted", "lapsed"]
