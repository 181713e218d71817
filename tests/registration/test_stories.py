"""Stories of places, told from end to end as people and organisers live them, on both databases."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from planner import clock, db
from planner.allocation import overriding
from planner.allocation.overriding import Costly
from planner.outbox import OutboxLetter
from planner.registration import letters, offers, queries
from planner.registration.place_tables import PlaceOffer
from planner.registration.pools import MEETING, ride
from planner.registration.serving import serve_waiting_lists
from tests.registration.people import (
    change,
    change_form,
    chosen,
    days,
    entry,
    leave_bus,
    leave_room,
    leave_seats,
    limited_option,
    now,
    offered,
    register,
    subjects,
    visits,
    withdraw,
)

pytestmark = pytest.mark.usefixtures("demo_database")


def stands(row):
    """How somebody stands with everything limited, in the agenda's words."""
    return [(one.pool[0], one.state, one.position) for one in chosen(row).places]


def last_letter(row):
    """The text of the last letter to somebody, on one line."""
    with db.read() as session:
        query = select(OutboxLetter.mime).where(OutboxLetter.about == letters.about(row))
        mime = session.exec(query.order_by(col(OutboxLetter.id).desc())).first()
    return " ".join(mime.replace(b"=\r\n", b"").decode().split())


def offer_to(row):
    with db.read() as session:
        query = select(PlaceOffer).where(PlaceOffer.registration_id == row.id, PlaceOffer.outcome == "")
        return session.exec(query).one()


def time_passes(place):
    with db.write() as session:
        session.get_one(PlaceOffer, place.id).expires_at = clock.now() - timedelta(seconds=1)
    serve_waiting_lists()


def test_the_bus_is_full():
    """Three want the last seat on the bus to the hotel; all of them are at the meeting, one after the other rides."""
    bus = leave_bus("d1-bus-hotel", 1)
    wish = {"days": days("on_site", 1), "rides": (bus,)}
    ana, ben, cleo = (register(entry(name, **wish)) for name in ("Ana", "Ben", "Cleo"))
    assert {row.status for row in (ana, ben, cleo)} == {"confirmed"}
    assert [stands(row) for row in (ana, ben, cleo)] == [
        [("ride", "held", 0)],
        [("ride", "waiting", 1)],
        [("ride", "waiting", 2)],
    ]
    assert "full; you are number 2 on the waiting list" in last_letter(cleo)

    change(ana, entry("Ana", days=days("on_site", 1)))  # she takes a taxi
    assert [stands(row) for row in (ana, ben, cleo)] == [[], [("ride", "held", 0)], [("ride", "waiting", 1)]]
    assert subjects(ben) == ["You are registered", "There is a place for you"]

    change(ana, entry("Ana", **wish))  # she wants it back, and stands at the end
    assert [stands(row) for row in (cleo, ana)] == [[("ride", "waiting", 1)], [("ride", "waiting", 2)]]

    withdraw(ben)
    assert [stands(row) for row in (cleo, ana)] == [[("ride", "held", 0)], [("ride", "waiting", 1)]]
    with db.read() as session:
        there = queries.seats_apart(session, offered().form.meeting_id, offered().sizes)[ride(bus)]
    assert (there.seats - there.taken, there.waiting) == (0, 1)


def test_the_last_bed_in_the_castle():
    """A limited answer is a pool like any other: held, waited for, freed by a change."""
    bed = limited_option(1)
    ana, ben = (register(entry(name, picks=(bed,))) for name in ("Ana", "Ben"))
    assert [stands(row) for row in (ana, ben)] == [[("option", "held", 0)], [("option", "waiting", 1)]]
    assert "Where do you sleep?, In the castle" in last_letter(ben)
    change(ana, entry("Ana"))
    assert stands(ben) == [("option", "held", 0)]


def test_the_second_choice_of_a_visit():
    """Ben gets his second choice. Because he said so he still waits for the first, and Dora for what he leaves."""
    leave_seats("d2-visit-a", 1)
    leave_seats("d2-visit-b", 1)
    first, second = visits("d2-visit-a", "d2-visit-b")
    there = {"days": days("on_site", 2)}
    ana = register(entry("Ana", visits=(first,), **there))
    ben = register(entry("Ben", visits=(first, second), keeps_first=True, **there))
    cleo = register(entry("Cleo", visits=(first,), **there))
    dora = register(entry("Dora", visits=(second, first), **there))
    assert (chosen(ana).visit, chosen(ben).visit) == (first, second)
    assert stands(ben) == [("visit", "held", 0), ("visit", "waiting", 1)]
    assert stands(cleo) == [("visit", "waiting", 2)]
    assert stands(dora) == [("visit", "waiting", 1), ("visit", "waiting", 3)]

    withdraw(ana)
    assert (chosen(ben).visit, chosen(dora).visit, chosen(cleo).visit) == (first, second, None)
    assert stands(ben) == [("visit", "held", 0)]
    assert "d2-visit" not in last_letter(ben)
    assert subjects(ben)[-1] == subjects(dora)[-1] == "There is a place for you"


def test_without_that_wish_the_second_choice_is_kept():
    leave_seats("d2-visit-a", 1)
    first, second = visits("d2-visit-a", "d2-visit-b")
    ana, ben = (register(entry(name, visits=(first, second), days=days("on_site", 2))) for name in ("Ana", "Ben"))
    withdraw(ana)
    assert chosen(ben).visit == second
    assert subjects(ben) == ["You are registered"]


def test_the_offer_that_expires_and_passes_on():
    """Ana leaves. Ben is asked and says nothing, Cleo is asked and says yes, and Ben is behind Dora now."""
    leave_room(1)
    change_form(offer_hours=24)
    ana, ben, cleo, dora = (register(entry(name)) for name in ("Ana", "Ben", "Cleo", "Dora"))
    withdraw(ana)
    assert now(ben).status == "offered"
    assert f"/offers/{offer_to(ben).id}" in last_letter(ben)

    time_passes(offer_to(ben))
    assert [now(row).status for row in (ben, cleo, dora)] == ["waiting", "offered", "waiting"]
    assert "now at its end. Your place in the queue: 2" in last_letter(ben)

    place = offer_to(cleo)
    with db.write() as session:
        offers.accept(session, offered(), cleo.id, place.id)
    assert now(cleo).status == "confirmed"
    assert subjects(cleo)[-1] == "You are registered"

    withdraw(cleo)
    assert [now(row).status for row in (ben, dora)] == ["waiting", "offered"]


def test_partners_first_then_everybody():
    """In the first phase each partner has one place; what they leave is open to all, in the order of arrival."""
    with db.read() as session:
        waited = [one for one in queries.claims(session, offered().form.meeting_id) if one.status == "waiting"]
    leave_room(3 + len(waited))
    change_form(quota_partner_staff=0, quota_until=clock.now() + timedelta(hours=1))
    partner, other = offered().partners[2].id, offered().partners[4].id
    ana = register(entry("Ana", category="partner_staff", partner_id=partner))
    ben = register(entry("Ben", category="partner_staff", partner_id=other))
    cleo = register(entry("Cleo"))
    assert [(row.status, row.waiting_for) for row in (ana, ben)] == [("waiting", "quota")] * 2
    assert cleo.status == "confirmed"  # who counts for no quota does not stand behind those who do
    change_form(quota_until=clock.now() - timedelta(seconds=1))
    dora = register(entry("Dora", category="partner_staff", partner_id=partner))
    serve_waiting_lists()
    assert [now(row).status for row in (ana, ben, dora)] == ["confirmed", "confirmed", "waiting"]


def test_forty_one_of_forty():
    """The organiser is told what it costs, does it nevertheless, and the next free place closes the gap first."""
    leave_room(1)
    ana, ben, cleo = (register(entry(name)) for name in ("Ana", "Ben", "Cleo"))
    there = offered()
    with pytest.raises(Costly) as costly, db.write() as session:
        overriding.override(session, there, cleo.id, "organiser@secon.example", MEETING, "She speaks.", "")
    with db.write() as session:
        mark = costly.value.mark
        overriding.override(session, there, cleo.id, "organiser@secon.example", MEETING, "She speaks.", mark)
    with db.read() as session:
        seats = dict(queries.seats(session, offered().form))["on_site"]
        reason = queries.history(session, cleo.id)[-1].reason
    assert (seats.taken, reason) == (seats.seats + 1, "She speaks.")
    withdraw(ana)
    assert now(ben).status == "waiting"
    withdraw(cleo)
    assert now(ben).status == "confirmed"
