"""Who was asked to come is told when the meeting does not take place, and when it does after all."""

from datetime import timedelta

import pytest

from planner import clock, db
from planner.delegations import actions, queries
from planner.hosting.cancelling import cancel, restore
from planner.hosting.cancelling import registered as on_the_list
from planner.meetings.queries import at_desk
from planner.meetings.tables import Meeting
from planner.registration.place_tables import PlaceOffer
from tests.delegations.people import delegation, home, invitation_home, invited, invitee, letters_of
from tests.delegations.test_invitations import text_of
from tests.reception import sign_in
from tests.registration import people

pytestmark = pytest.mark.usefixtures("demo_sqlite")
ANA = "ana@planner.example"


def riga(session):
    return at_desk(session, people.PROJECT, people.MEETING)


def call_off():
    with db.write() as session:
        return cancel(session, riga(session), ANA, {"en": "The hall was flooded."})


def take_back():
    with db.write() as session:
        return restore(session, riga(session), ANA)


def sent_link(row):
    there = people.offered()
    with db.write() as session:
        actions.send_link(session, there, queries.of_slug(session, row.meeting_id, row.slug), ANA)
    return row


def test_everybody_who_was_asked_is_told_once(client):
    iva, declined = invited(invitee()), invited(invitee("Ugo"))
    client.post(f"{invitation_home(declined)}/refusal")
    there, silent = sent_link(delegation()), delegation(4)
    with db.read() as session:
        registered = len(on_the_list(session, people.meeting_id()))
    assert call_off() == registered + 2
    letter = letters_of("iva@known.example")[-1]
    assert letter.subject.startswith("Cancelled:")
    assert "The hall was flooded." in text_of(letter) and invitation_home(iva) in text_of(letter)
    assert "registration" not in text_of(letter)
    assert home(there) in text_of(letters_of("contact3@partner.example")[-1])
    assert letters_of("contact4@partner.example") == [] and silent
    assert [one.subject[:9] for one in letters_of("ugo@known.example")] == ["You are i"]
    page = client.get(invitation_home(iva)).text
    assert "This meeting does not take place" in page and "The hall was flooded." in page
    assert take_back() == registered + 2
    assert letters_of("iva@known.example")[-1].subject.startswith("It takes place after all")
    assert "Welcome, Iva Invited" in client.get(invitation_home(iva)).text


def test_the_desk_names_them_beforehand(client):
    csrf = sign_in(client, "organiser")
    invited(invitee())
    asked = client.post("/secon/riga-upcoming/desk/cancellation", data={"csrf": csrf, "reason-en": "Flood"}).text
    assert "<li>Iva Invited</li>" in asked


def test_offers_stand_still_meanwhile():
    people.change_form(offer_hours=2)
    people.leave_room(1)
    first, second = people.register(people.entry("Ana")), people.register(people.entry("Ben"))
    people.withdraw(first)
    call_off()
    with db.write() as session:  # two days ago, with an hour left to answer
        session.get_one(Meeting, people.meeting_id()).cancelled_at -= timedelta(days=2)
        place = session.exec(people.select(PlaceOffer).where(PlaceOffer.registration_id == second.id)).one()
        place.expires_at -= timedelta(days=2, hours=1)
    take_back()
    with db.read() as session:
        until = session.get_one(PlaceOffer, place.id).expires_at
    assert timedelta(minutes=50) < until - clock.now() <= timedelta(hours=1)
    assert people.now(second).status == "offered"
