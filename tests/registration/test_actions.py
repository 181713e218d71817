"""Registering, changing, withdrawing and deciding, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from planner import clock, db
from planner.errors import Refusal, Stale
from planner.outbox import OutboxLetter
from planner.registration import actions, agreement, letters, queries
from planner.registration.actions import MOST_PER_ADDRESS
from planner.registration.form_tables import RegistrationForm
from planner.registration.place_tables import VisitPlace
from planner.registration.tables import CareNote, Consent, Registration
from planner.tokens import digest, mint
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


def revision():
    with db.read() as session:
        return session.get_one(RegistrationForm, offered().form.id).revision


def history(row):
    with db.read() as session:
        return [(step.status, step.actor) for step in queries.history(session, row.id)]


def decide(verb, row, *arguments):
    with db.write() as session:
        getattr(actions, verb)(session, session.get_one(Registration, row.id), "organiser@secon.example", *arguments)


def test_a_free_place_is_confirmed_at_once():
    before = revision()
    row = register(entry(visits=visits("d2-visit-a"), days=days("on_site", 1, 2)))
    assert (row.status, row.waiting_for) == ("confirmed", "")
    assert history(row) == [("submitted", "registrant"), ("confirmed", "planner")]
    assert chosen(row).visit == visits("d2-visit-a")[0]
    assert subjects(row) == ["You are registered"]
    assert revision() > before
    assert digest(letters.token(row)) == row.token_hash


def test_the_last_place_goes_to_the_first_and_the_next_waits():
    leave_room(1)
    first, second, third = (register(entry(name)) for name in ("Ana", "Ben", "Cleo"))
    assert [first.status, second.status, third.status] == ["confirmed", "waiting", "waiting"]
    assert (second.waiting_for, history(second)[-1]) == ("place", ("waiting", "planner"))
    with db.read() as session:
        form = offered().form
        assert [queries.position(session, form, row.id) for row in (first, second, third)] == [0, 1, 2]


def test_the_quota_of_a_partner_holds():
    partner = next(partner.id for partner in offered().partners if partner.short == "KMOP")
    row = register(entry(category="partner_staff", partner_id=partner))
    assert (row.status, row.waiting_for) == ("waiting", "quota")


def test_speakers_wait_for_an_organiser_and_hold_their_place():
    leave_room(1)
    speaker = register(entry("Ana", category="speaker", partner_id=None))
    assert (speaker.status, register(entry("Ben")).status) == ("submitted", "waiting")
    decide("confirm", speaker)
    assert now(speaker).status == "confirmed"
    assert subjects(speaker) == ["We have your registration", "You are registered"]


def test_the_same_form_twice_is_one_registration():
    key = mint()
    first, second, other = register(entry(), key), register(entry(), key), register(entry("Another"), key)
    assert first.id == second.id != other.id
    assert subjects(first) == subjects(other) == ["You are registered"]


def test_the_same_person_twice_is_told_nothing_and_gets_one_more_letter_in_ten_minutes():
    row = register(entry())
    assert register(entry()) is None
    assert subjects(row) == ["You are registered"]
    with db.write() as session:
        for letter in session.exec(select(OutboxLetter).where(OutboxLetter.about == letters.about(row))):
            letter.created_at -= timedelta(minutes=11)
            session.add(letter)
    assert register(entry()) is None
    assert register(entry("ANA", given="aNa")) is None
    assert subjects(row) == ["You are registered", "Your registration"]


def test_after_a_withdrawal_one_can_register_again():
    row = register(entry())
    withdraw(row)
    again = register(entry())
    assert again is not None
    assert (now(row).status, again.status) == ("cancelled", "confirmed")


def test_one_address_cannot_be_flooded_with_letters():
    for number in range(MOST_PER_ADDRESS):
        register(entry(f"Guest{number}", email="one@guests.example"))
    with pytest.raises(Refusal) as refusal:
        register(entry("Last", email="ONE@guests.example"))
    assert refusal.value.field == "email"


def test_nobody_registers_before_the_opening_or_after_the_end():
    moment = clock.now()
    change_form(opens_at=moment + timedelta(hours=1))
    with pytest.raises(Refusal):
        register(entry())
    change_form(opens_at=None, closes_at=moment - timedelta(seconds=1))
    with pytest.raises(Refusal):
        register(entry())


def test_a_withdrawal_lets_the_first_who_waits_come():
    leave_room(1)
    first, second, third = (register(entry(name)) for name in ("Ana", "Ben", "Cleo"))
    withdraw(first)
    assert [now(row).status for row in (first, second, third)] == ["cancelled", "confirmed", "waiting"]
    assert subjects(first) == ["You are registered", "You have withdrawn"]
    assert subjects(second) == ["You are on the waiting list", "There is a place for you"]
    assert subjects(third) == ["You are on the waiting list"]
    withdraw(first)
    assert subjects(first)[2:] == []


def test_a_withdrawal_gives_the_seat_on_the_visit_to_the_first_who_waits_for_it():
    leave_seats("d2-visit-a", 1)
    wish = {"days": days("on_site", 1, 2), "visits": visits("d2-visit-a")}
    first, second = register(entry("Ana", **wish)), register(entry("Ben", **wish))
    assert (second.status, chosen(second).visit) == ("confirmed", None)
    withdraw(first)
    assert chosen(first).visit is None
    assert chosen(second).visit == visits("d2-visit-a")[0]
    assert subjects(second) == ["You are registered", "There is a place for you"]


def test_the_second_choice_counts_when_the_first_is_full():
    leave_seats("d2-visit-a", 0)
    row = register(entry(days=days("on_site", 2), visits=visits("d2-visit-a", "d2-visit-b")))
    assert chosen(row).visit == visits("d2-visit-b")[0]


def test_the_seats_of_the_bus_limit_the_visit():
    with db.read() as session:
        seats = queries.seats_on_visits(session, offered().form.meeting_id)
    assert [seats[number] for number in visits("d2-visit-a", "d2-visit-b", "d2-visit-c")] == [20, 20, 15]


def test_a_closed_waiting_list_moves_no_more():
    leave_room(1)
    first, second = register(entry("Ana")), register(entry("Ben"))
    change_form(waiting_list_closes_at=clock.now() - timedelta(seconds=1))
    withdraw(first)
    assert now(second).status == "waiting"
    assert register(entry("Cleo")).status == "waiting"


def test_a_declined_registration_frees_its_place():
    leave_room(1)
    first, second = register(entry("Ana")), register(entry("Ben"))
    decide("decline", first, "Somebody else of your office comes.")
    assert (now(first).status, now(second).status) == ("declined", "confirmed")
    assert subjects(first)[-1] == "Your registration was declined"
    with db.read() as session:
        letter = session.exec(select(OutboxLetter).where(OutboxLetter.about == letters.about(first))).all()[-1]
        assert b"Somebody else of your office comes." in letter.mime
        assert queries.history(session, first.id)[-1].reason == "Somebody else of your office comes."


def test_an_organiser_cannot_confirm_more_people_than_there_are_places():
    leave_room(1)
    register(entry("Ana"))
    second = register(entry("Ben"))
    with pytest.raises(Refusal):
        decide("confirm", second)
    leave_room(1)
    decide("confirm", second)
    assert now(second).status == "confirmed"


def test_who_has_withdrawn_is_neither_confirmed_nor_declined():
    row = register(entry())
    withdraw(row)
    for verb, arguments in (("confirm", ()), ("decline", ("No.",))):
        with pytest.raises(Refusal):
            decide(verb, row, *arguments)


def test_a_change_gives_up_a_place_only_for_a_free_one():
    leave_room(1, online=1)
    row = register(entry("Ana", days=days("online", 1)))
    register(entry("Ben"))
    with pytest.raises(Refusal) as refusal:
        change(row, entry("Ana"))
    assert refusal.value.field == "day_1"
    assert (now(row).status, chosen(row).days) == ("confirmed", days("online", 1))


def test_a_change_frees_what_it_gives_up():
    leave_room(1, online=1)
    first, second = register(entry("Ana")), register(entry("Ben"))
    change(first, entry("Ana", days=days("online", 1)))
    assert [now(row).status for row in (first, second)] == ["confirmed", "confirmed"]
    assert chosen(first).days == days("online", 1)
    assert subjects(first)[-1] == "Your registration was changed"


def test_a_change_keeps_the_place_in_the_queue():
    leave_room(1)
    first, second, third = (register(entry(name)) for name in ("Ana", "Ben", "Cleo"))
    change(second, entry("Ben", remarks="I bring a colleague."))
    withdraw(first)
    assert [now(row).status for row in (second, third)] == ["confirmed", "waiting"]


def test_who_waits_and_asks_for_something_free_gets_it():
    leave_room(0, online=1)
    row = register(entry())
    assert row.status == "waiting"
    assert change(row, entry(days=days("online", 1))).status == "confirmed"


def test_a_seat_on_a_visit_is_kept_when_the_other_is_full():
    leave_seats("d2-visit-b", 0)
    wish = {"days": days("on_site", 2)}
    row = register(entry(visits=visits("d2-visit-a"), **wish))
    with pytest.raises(Refusal) as refusal:
        change(row, entry(visits=visits("d2-visit-b"), **wish))
    assert refusal.value.field == "visit_1"
    change(row, entry(visits=visits("d2-visit-b", "d2-visit-a"), **wish))
    assert chosen(row).visit == visits("d2-visit-a")[0]
    leave_seats("d2-visit-b", 1)
    change(row, entry(visits=visits("d2-visit-b", "d2-visit-a"), **wish))
    assert chosen(row).visit == visits("d2-visit-b")[0]
    change(row, entry(days=days("on_site", 1)))
    with db.read() as session:
        assert session.get(VisitPlace, row.id) is None


def test_a_change_from_an_old_page_is_refused():
    row = register(entry())
    old = row.version
    change(row, entry(remarks="First."))
    with pytest.raises(Stale):
        change(row, entry(remarks="Second."), version=old)
    assert now(row).remarks == "First."


def test_a_new_address_gets_the_letter_and_ends_the_old_link():
    row = register(entry())
    old = row.token_hash
    changed = change(row, entry(email="new@guests.example"))
    assert changed.token_hash != old
    with db.read() as session:
        letter = session.exec(select(OutboxLetter).where(OutboxLetter.about == letters.about(row))).all()[-1]
    assert letter.to_address == "new@guests.example"
    assert letters.token(changed).encode() in letter.mime.replace(b"=\r\n", b"")


def test_nobody_changes_into_somebody_else():
    register(entry("Ana"))
    row = register(entry("Ben"))
    with pytest.raises(Refusal):
        change(row, replace(entry("Ana"), remarks="It is me."))


def test_becoming_a_speaker_needs_an_organiser_again():
    row = register(entry())
    assert change(row, entry(category="speaker", partner_id=None)).status == "submitted"


def test_consents_are_rows_and_the_newest_counts():
    row = register(entry())
    with db.write() as session:
        agreement.answer_consents(session, offered(), row.id, {"photo": False, "participant_list": False})
    with db.read() as session:
        answers = session.exec(select(Consent).where(Consent.registration_id == row.id, Consent.purpose == "photo"))
        assert [answer.granted for answer in answers] == [True, False]
    assert chosen(row).consents["photo"].granted is False
    assert chosen(row).consents["photo"].wording_id == offered().wording.id


def test_without_consent_nothing_about_health_is_kept():
    yes = {**entry().consents, "sensitive": True}
    row = register(entry(diet="vegan", access="A ramp.", consents=yes))
    note = chosen(row).care
    assert (note.diet, note.access) == ("vegan", "A ramp.")
    assert note.delete_after == offered().found.meeting.last_day + timedelta(days=30)
    with db.write() as session:
        agreement.answer_consents(session, offered(), row.id, {"sensitive": False})
    with db.read() as session:
        assert session.get(CareNote, row.id) is None


def test_a_withdrawal_ends_the_notes_about_health():
    row = register(entry(diet="vegan", consents={"sensitive": True}))
    withdraw(row)
    assert chosen(row).care is None


def test_somebody_of_the_directory_is_recognised_by_name_and_address():
    with db.read() as session:
        known = session.exec(select(Registration).where(Registration.slug == "rig-16")).one()
    withdraw(known)
    again = entry(given=known.given.upper(), family=known.family, email=known.email.upper())
    assert now(register(again)).person_id == known.person_id
    assert now(register(replace(again, given="Somebody"))).person_id is None


def test_letters_speak_the_language_of_their_reader():
    row = register(entry(language="el"))
    with db.read() as session:
        letter = session.exec(select(OutboxLetter).where(OutboxLetter.about == letters.about(row))).one()
    assert b"Content-Language: el" in letter.mime
    assert b"text/calendar" in letter.mime
