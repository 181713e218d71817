"""Places that are offered, on both databases: accepted, declined, lapsed, passed on, and never to two people."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from planner import clock, db
from planner.errors import Missing, Refusal
from planner.registration import letters, offers, queries
from planner.registration.place_tables import PlaceOffer
from planner.registration.serving import serve_waiting_lists
from tests.registration.people import (
    change,
    change_form,
    chosen,
    days,
    entry,
    leave_room,
    leave_seats,
    now,
    offered,
    register,
    subjects,
    visits,
    withdraw,
)

pytestmark = pytest.mark.usefixtures("demo_database")


def offers_to(row, outcome=""):
    with db.read() as session:
        query = select(PlaceOffer).where(PlaceOffer.registration_id == row.id, PlaceOffer.outcome == outcome)
        return list(session.exec(query.order_by(col(PlaceOffer.id))))


def answer(verb, row, place):
    there = offered()
    with db.write() as session:
        verb(session, there, row.id, place.id)


def let_pass(place):
    """Its time is over, as far as the clock is concerned."""
    with db.write() as session:
        session.get_one(PlaceOffer, place.id).expires_at = clock.now() - timedelta(seconds=1)


def full(*names, hours=24, room=1):
    leave_room(room)
    change_form(offer_hours=hours)
    return [register(entry(name)) for name in names]


def test_a_free_place_is_given_at_once_to_who_registers():
    (row,) = full("Ana")
    assert row.status == "confirmed"


def test_a_freed_place_is_offered_to_the_first_who_waits_and_to_nobody_else():
    first, second, third = full("Ana", "Ben", "Cleo")
    before = clock.now()
    withdraw(first)
    (place,) = offers_to(second)
    assert [now(row).status for row in (second, third)] == ["offered", "waiting"]
    assert place.expires_at >= before + timedelta(hours=24)
    assert subjects(second)[-1] == "A place is free for you, please answer"
    assert subjects(third) == ["You are on the waiting list"]


def test_an_offered_place_is_taken():
    first, _second = full("Ana", "Ben")
    withdraw(first)
    assert register(entry("Dora")).status == "waiting"
    with db.read() as session:
        seats = dict(queries.seats(session, offered().form))["on_site"]
    assert seats.taken == seats.seats


def test_who_accepts_has_the_place_and_is_written_to():
    first, second = full("Ana", "Ben")
    withdraw(first)
    (place,) = offers_to(second)
    answer(offers.accept, second, place)
    answer(offers.accept, second, place)
    assert now(second).status == "confirmed"
    assert subjects(second)[-1] == "You are registered"
    assert len(subjects(second)) == 3


def test_who_declines_withdraws_and_the_next_is_asked():
    first, second, third = full("Ana", "Ben", "Cleo")
    withdraw(first)
    (place,) = offers_to(second)
    answer(offers.decline, second, place)
    assert [now(row).status for row in (second, third)] == ["cancelled", "offered"]


def test_an_offer_that_nobody_answers_passes_on_and_its_owner_goes_to_the_end():
    first, second, third, fourth = full("Ana", "Ben", "Cleo", "Dan")
    withdraw(first)
    (place,) = offers_to(second)
    serve_waiting_lists()
    assert now(second).status == "offered"
    let_pass(place)
    with pytest.raises(Refusal):
        answer(offers.accept, second, place)
    serve_waiting_lists()
    serve_waiting_lists()
    assert [now(row).status for row in (second, third, fourth)] == ["waiting", "offered", "waiting"]
    assert subjects(second)[-1] == "The place has gone to somebody else"
    assert len(offers_to(third)) == 1
    with db.read() as session:
        assert [queries.position(session, offered().form, row.id) for row in (fourth, second)] == [1, 2]


def test_who_waits_alone_is_asked_twice_and_no_third_time():
    first, second = full("Ana", "Ben")
    withdraw(first)
    let_pass(offers_to(second)[0])
    serve_waiting_lists()
    assert now(second).status == "offered"
    assert subjects(second)[1:] == ["A place is free for you, please answer"] * 2
    let_pass(offers_to(second)[0])
    serve_waiting_lists()
    assert now(second).status == "cancelled"
    assert subjects(second)[-1] == "The place has gone to somebody else"


def test_an_offer_never_outlives_the_waiting_list_or_the_meeting():
    first, second, third = full("Ana", "Ben", "Cleo", hours=24 * 365)
    change_form(waiting_list_closes_at=None)
    closes = clock.now() + timedelta(hours=3)
    withdraw(first)
    (place,) = offers_to(second)
    meeting = offered().found.meeting
    assert clock.local(place.expires_at, meeting.zone).date() == meeting.first_day
    change_form(waiting_list_closes_at=closes)
    answer(offers.decline, second, place)
    assert offers_to(third)[0].expires_at == closes


def test_the_offer_of_somebody_else_is_not_there():
    first, second, third = full("Ana", "Ben", "Cleo")
    withdraw(first)
    (place,) = offers_to(second)
    with pytest.raises(Missing):
        answer(offers.accept, third, place)


def test_a_withdrawal_ends_the_offer_and_the_next_is_asked():
    first, second, third = full("Ana", "Ben", "Cleo")
    withdraw(first)
    withdraw(second)
    assert [now(row).status for row in (second, third)] == ["cancelled", "offered"]
    assert len(offers_to(second, "void")) == 1


def test_a_seat_on_a_visit_is_offered_and_accepted_for_the_second_choice():
    leave_seats("d2-visit-a", 1)
    leave_seats("d2-visit-b", 2)
    change_form(offer_hours=24)
    wish = {"days": days("on_site", 1, 2), "visits": visits("d2-visit-a", "d2-visit-b")}
    first = register(entry("Ana", **wish))
    second = register(entry("Ben", keeps_first=True, **wish))
    first_choice, second_choice = wish["visits"]
    assert (chosen(first).visit, chosen(second).visit) == (first_choice, second_choice)
    withdraw(first)
    (place,) = offers_to(second)
    assert (place.kind, place.number) == ("visit", first_choice)
    assert chosen(second).visit == second_choice
    answer(offers.accept, second, place)
    assert chosen(second).visit == first_choice
    with db.read() as session:
        seats = queries.visit_seats_by_item(session, offered().form.meeting_id)
    assert seats[second_choice].seats - seats[second_choice].taken == 2


def test_who_declines_a_better_visit_keeps_the_seat_and_is_not_asked_again():
    leave_seats("d2-visit-a", 1)
    change_form(offer_hours=24)
    wish = {"days": days("on_site", 1, 2), "visits": visits("d2-visit-a", "d2-visit-b")}
    first, second = register(entry("Ana", **wish)), register(entry("Ben", keeps_first=True, **wish))
    withdraw(first)
    answer(offers.decline, second, offers_to(second)[0])
    serve_waiting_lists()
    assert chosen(second).visit == wish["visits"][1]
    assert offers_to(second) == []


def test_a_change_that_no_longer_needs_the_place_ends_the_offer():
    leave_seats("d2-visit-a", 1)
    change_form(offer_hours=24)
    wish = {"days": days("on_site", 1, 2)}
    first = register(entry("Ana", visits=visits("d2-visit-a"), **wish))
    second = register(entry("Ben", visits=visits("d2-visit-a"), **wish))
    withdraw(first)
    assert len(offers_to(second)) == 1
    change(second, entry("Ben", **wish))
    assert offers_to(second) == []
    assert len(offers_to(second, "void")) == 1


def test_looking_at_an_offer_takes_nothing(client):
    first, second = full("Ana", "Ben")
    withdraw(first)
    (place,) = offers_to(second)
    address = f"/my/{letters.token(now(second))}/offers/{place.id}"
    assert client.head(address).status_code in (200, 405)
    page = client.get(address)
    assert (page.status_code, "Yes, I take this place" in page.text) == (200, True)
    assert client.get(f"{address}/acceptance").status_code == 405
    assert now(second).status == "offered"
    assert client.post(f"{address}/acceptance", follow_redirects=False).status_code == 303
    assert now(second).status == "confirmed"
    assert "You have taken this place" in client.get(address).text


def test_an_offer_that_is_over_says_so(client):
    first, second = full("Ana", "Ben")
    withdraw(first)
    (place,) = offers_to(second)
    let_pass(place)
    address = f"/my/{letters.token(now(second))}/offers/{place.id}"
    answered = client.post(f"{address}/acceptance")
    assert answered.status_code == 409
    assert "This offer is over" in answered.text
    assert client.get(f"/my/{letters.token(now(first))}/offers/{place.id}").status_code == 404
