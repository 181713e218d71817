"""Places by hand, exceptions from deadlines, the opening phase, and the desk's pages about them."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from planner import clock, db
from planner.allocation import overriding
from planner.allocation.overriding import Costly
from planner.audit import AuditNote
from planner.errors import Refusal
from planner.outbox import OutboxLetter
from planner.registration import deadlines, letters, queries
from planner.registration.place_tables import DeadlineException
from planner.registration.pools import MEETING, ride
from planner.registration.serving import serve_waiting_lists
from planner.registration.tables import StatusChange
from tests.reception import sign_in
from tests.registration.people import MEETING as RIGA
from tests.registration.people import (
    PROJECT,
    REGISTER,
    change,
    change_form,
    chosen,
    days,
    entry,
    form,
    leave_bus,
    leave_room,
    now,
    offered,
    register,
    subjects,
    withdraw,
)

ORGANISER = "organiser@secon.example"
DESK = f"/{PROJECT}/{RIGA}/desk"
HOUR = timedelta(hours=1)


def override(row, pool, mark="", reason="The minister asked."):
    there = offered()
    with db.write() as session:
        overriding.override(session, there, row.id, ORGANISER, pool, reason, mark)


def history(row):
    with db.read() as session:
        query = select(StatusChange).where(StatusChange.registration_id == row.id).order_by(col(StatusChange.id))
        return [(step.status, step.actor, step.reason) for step in session.exec(query)]


def waiting_before():
    """Those of the demo who wait already: they came first."""
    with db.read() as session:
        return [claim for claim in queries.claims(session, offered().form.meeting_id) if claim.status == "waiting"]


def allow(email, until=None):
    there = offered()
    with db.write() as session:
        deadlines.allow(session, there, ORGANISER, email, until or clock.now() + HOUR, "Ill last week.")


@pytest.mark.usefixtures("demo_database")
class TestByHand:
    def test_a_place_at_the_meeting_beyond_the_last_one_is_warned_about_and_then_counted(self):
        leave_room(0)
        first, second = register(entry("Ana")), register(entry("Ben"))
        with pytest.raises(Costly) as costly:
            override(second, MEETING)
        (cost,) = costly.value.costs
        assert (cost.taken - cost.size, cost.passed) == (0, 1)
        assert now(second).status == "waiting"
        override(second, MEETING, costly.value.mark)
        assert (now(first).status, now(second).status) == ("waiting", "confirmed")
        assert history(second)[-1] == ("confirmed", ORGANISER, "The minister asked.")
        with db.read() as session:
            seats = dict(queries.seats(session, offered().form))["on_site"]
            note = session.exec(select(AuditNote).where(AuditNote.act == "registration.override")).one()
        assert (seats.taken, seats.full) == (seats.seats + 1, True)
        assert (note.actor, note.details["reason"], note.details["passed"]) == (ORGANISER, "The minister asked.", 1)
        assert note.details["beyond"] == [f"{seats.taken}/{seats.seats}"]

    def test_agreeing_to_other_numbers_is_not_enough(self):
        leave_room(0)
        row = register(entry("Ana"))
        with pytest.raises(Costly) as costly:
            override(row, MEETING)
        leave_room(-1)
        with pytest.raises(Costly) as again:
            override(row, MEETING, costly.value.mark)
        assert again.value.mark != costly.value.mark

    def test_a_free_place_costs_nothing(self):
        leave_room(0)
        row = register(entry("Ana"))
        leave_room(1)
        override(row, MEETING)
        assert now(row).status == "confirmed"

    def test_after_a_withdrawal_the_pool_shrinks_before_it_gives_again(self):
        leave_room(1)
        first, second, third = (register(entry(name)) for name in ("Ana", "Ben", "Cleo"))
        with pytest.raises(Costly) as costly:
            override(second, MEETING)
        override(second, MEETING, costly.value.mark)
        withdraw(first)
        assert now(third).status == "waiting"

    def test_a_seat_on_a_full_bus(self):
        bus = ride(leave_bus("d1-bus-hotel", 0))
        row = register(entry("Ana", days=days("on_site", 1), rides=(bus[1],)))
        (place,) = chosen(row).places
        assert (row.status, place.state, place.position) == ("confirmed", "waiting", 1)
        with pytest.raises(Costly) as costly:
            override(row, bus)
        override(row, bus, costly.value.mark)
        assert [one.state for one in chosen(row).places] == ["held"]
        status, actor, reason = history(row)[-1]
        assert (status, actor) == ("confirmed", ORGANISER)
        assert reason.endswith("given by an organiser: The minister asked.")
        assert subjects(row)[-1] == "There is a place for you"
        with pytest.raises(Refusal):
            override(row, bus)

    def test_beside_the_meeting_only_who_comes_for_sure_gets_something(self):
        leave_room(0)
        bus = ride(leave_bus("d1-bus-hotel", 3))
        row = register(entry("Ana", days=days("on_site", 1), rides=(bus[1],)))
        assert [one.state for one in chosen(row).places] == ["wished"]
        with pytest.raises(Refusal):
            override(row, bus)


@pytest.mark.usefixtures("demo_database")
class TestPhases:
    def test_quotas_count_until_their_phase_ends_and_then_those_who_wait_come_in_order(self):
        leave_room(2 + len(waiting_before()))
        partner = offered().partners[2].id
        change_form(quota_partner_staff=0, quota_until=clock.now() + HOUR)
        staff = {"category": "partner_staff", "partner_id": partner}
        people = [register(entry(name, **staff)) for name in ("Ana", "Ben", "Cleo")]
        assert {(row.status, row.waiting_for) for row in people} == {("waiting", "quota")}
        serve_waiting_lists()
        assert {now(row).status for row in people} == {"waiting"}
        change_form(quota_until=clock.now() - timedelta(seconds=1))
        serve_waiting_lists()
        serve_waiting_lists()
        assert [now(row).status for row in people] == ["confirmed", "confirmed", "waiting"]
        assert now(people[2]).waiting_for == "place"
        assert subjects(people[0])[1:] == ["There is a place for you"]

    def test_more_seats_reach_those_who_wait_without_anybody_acting(self):
        leave_room(0)
        row = register(entry("Ana"))
        leave_room(1)
        serve_waiting_lists()
        assert now(row).status == "confirmed"

    def test_after_the_deadline_for_changes_one_can_only_withdraw(self):
        row = register(entry())
        change_form(changes_close_at=clock.now() - timedelta(seconds=1))
        with pytest.raises(Refusal):
            change(row, entry(remarks="One more thing."))
        allow("ANA@guests.example")
        assert change(row, entry(remarks="One more thing.")).remarks == "One more thing."
        withdraw(row)
        assert now(row).status == "cancelled"

    def test_an_exception_lets_one_address_register_until_it_ends(self):
        change_form(closes_at=clock.now() - HOUR)
        allow("ana@guests.example")
        with pytest.raises(Refusal):
            register(entry("Ben"))
        row = register(entry("Ana"))
        with db.read() as session:
            made = session.exec(select(DeadlineException)).one()
            letter = session.exec(select(OutboxLetter).where(OutboxLetter.about == f"exception:{made.id}")).one()
        assert (row.status, made.used_at is not None, made.granted_by) == ("confirmed", True, ORGANISER)
        assert letter.to_address == "ana@guests.example"
        with db.write() as session:
            deadlines.end(session, offered(), ORGANISER, made.id)
        withdraw(row)
        with pytest.raises(Refusal):
            register(entry("Ana"))

    def test_an_exception_that_is_over_lets_nobody_in(self):
        change_form(closes_at=clock.now() - HOUR)
        with pytest.raises(Refusal) as refusal:
            allow("ana@guests.example", clock.now())
        assert refusal.value.field == "until"

    def test_who_waits_and_wants_something_else_stands_at_the_end_of_that_line(self):
        leave_room(0, online=0)
        online = days("online", 1)
        row = register(entry("Ana"))
        with db.write() as session:
            session.merge(now(row)).submitted_at -= HOUR
        other = register(entry("Ben", days=online))
        change(row, entry("Ana", days=online))
        with db.read() as session:
            assert [queries.position(session, offered().form, one.id) for one in (other, row)] == [1, 2]


@pytest.mark.usefixtures("demo_sqlite")
class TestPages:
    def test_the_queue_is_shown_and_a_place_given_after_a_warning(self, client):
        leave_room(0)
        row = register(entry("Ana"))
        sign_in(client, "organiser")
        page = client.get(f"{DESK}/queues")
        assert (page.status_code, "Ana Guest" in page.text) == (200, True)
        address = f"{DESK}/queues/people/{row.id}"
        csrf = csrf_of(client.get(f"{address}?pool=meeting:0:").text)
        wish = {"csrf": csrf, "pool": "meeting:0:", "reason": "The minister asked."}
        assert client.post(f"{address}/places", data={**wish, "reason": ""}).status_code == 422
        warned = client.post(f"{address}/places", data=wish)
        assert warned.status_code == 409
        assert "places are taken. With this one it would be" in warned.text
        mark = warned.text.split('name="mark" value="')[1].split('"')[0]
        done = client.post(f"{address}/places", data={**wish, "mark": mark}, follow_redirects=False)
        assert done.status_code == 303
        assert now(row).status == "confirmed"
        assert "overbooked" in client.get(f"{DESK}/queues").text

    def test_what_is_not_offered_and_who_is_not_there(self, client):
        row = register(entry("Ana"))
        sign_in(client, "organiser")
        address = f"{DESK}/queues/people/{row.id}"
        csrf = csrf_of(client.get(address).text)
        for pool in ("ride:999999:", "visit:x:", "", "meeting:0:", "x" * 300):
            answer = client.post(f"{address}/places", data={"csrf": csrf, "pool": pool, "reason": "Why not."})
            assert answer.status_code in (404, 422), pool
        assert client.get(f"{DESK}/queues/people/99999999999999999999").status_code == 404
        assert client.get(f"{DESK}/queues/people/999999").status_code == 404

    def test_strangers_see_no_queues(self, client):
        for path in ("queues", "exceptions", "queues/people/1"):
            assert client.get(f"{DESK}/{path}", follow_redirects=False).status_code in (302, 303)

    def test_an_exception_opens_the_form_for_its_link_only(self, client):
        change_form(closes_at=clock.now() - HOUR)
        assert 'id="registration"' not in client.get(REGISTER).text
        allow("ana@guests.example")
        with db.read() as session:
            secret = deadlines.token(session.exec(select(DeadlineException)).one())
        address = f"{REGISTER}?late={secret}"
        assert 'id="registration"' in client.get(address).text
        assert 'id="registration"' not in client.get(f"{REGISTER}?late=1-nonsense").text
        who = {"given": "Ana", "family": "Guest", "email": "ana@guests.example", "category": "host_local"}
        answer = client.post(REGISTER, data={**form(client, address), **who}, follow_redirects=False)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/my/")

    def test_exceptions_are_made_and_taken_back_at_the_desk(self, client):
        sign_in(client, "organiser")
        csrf = csrf_of(client.get(f"{DESK}/exceptions").text)
        late = {"csrf": csrf, "email": "ana@guests.example", "until": "2099-01-01T12:00", "reason": "Ill."}
        for field, wrong in (("email", "nobody"), ("until", "2001-01-01T12:00"), ("until", "soon"), ("until", "")):
            assert client.post(f"{DESK}/exceptions", data={**late, field: wrong}).status_code == 422, wrong
        assert client.post(f"{DESK}/exceptions", data=late, follow_redirects=False).status_code == 303
        with db.read() as session:
            made = session.exec(select(DeadlineException)).one()
        ended = client.post(f"{DESK}/exceptions/{made.id}/end", data={"csrf": csrf}, follow_redirects=False)
        assert ended.status_code == 303
        assert "taken back" in client.get(f"{DESK}/exceptions").text

    def test_the_person_sees_the_number_in_the_queue(self, client):
        bus = leave_bus("d1-bus-hotel", 0)
        row = register(entry("Ana", days=days("on_site", 1), rides=(bus,)))
        page = client.get(f"/my/{letters.token(row)}").text
        assert "full; you are number 1 on the waiting list" in page
        with db.read() as session:
            letter = session.exec(select(OutboxLetter).where(OutboxLetter.about == letters.about(row))).one()
        assert b"full; you are number 1 on the" in letter.mime.replace(b"=\r\n", b"")


def csrf_of(page):
    return page.split('name="csrf" value="')[1].split('"')[0]
