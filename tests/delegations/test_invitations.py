"""Stories of people who are invited by name: what is filled in, what they answer, and who else may get the link."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlmodel import select

from planner import clock, db
from planner.delegations import chores, invitations, inviting
from planner.delegations.rules import State
from planner.delegations.tables import PersonalInvitation
from planner.errors import Refusal
from planner.meetings.tables import Meeting
from planner.registration.tables import Registration
from tests.delegations.people import (
    delegation,
    form,
    home,
    invitation_home,
    invited,
    invitee,
    letters_of,
    mistakes,
)
from tests.queries import counting
from tests.reception import sign_in
from tests.registration.people import change_form, leave_room, meeting_id, offered, withdraw
from tests.registration.people import form as shown_form

pytestmark = pytest.mark.usefixtures("demo_sqlite")


def now(row):
    with db.read() as session:
        return session.get_one(PersonalInvitation, row.id)


def state(row):
    return invitations.state_of(now(row), clock.now())


def text_of(letter):
    return message_from_bytes(letter.mime, policy=policy.default).get_body(("plain",)).get_content()


def filled(client, here):
    """The form exactly as the browser would send it, with nothing typed."""
    page = client.get(here).text
    fields = shown_form(client, here)
    texts = re.findall(r'<input id="([\w-]+)" name="([\w-]+)" type="(?:text|email|tel)" value="([^"]*)"', page)
    chosen = re.findall(r'<select id="[\w-]+" name="([\w-]+)".*?</select>', page, re.DOTALL)
    for name in chosen:
        block = page[page.index(f'name="{name}"') :].partition("</select>")[0]
        value = re.search(r'<option value="([^"]*)" selected', block)
        fields[name] = value[1] if value else ""
    return fields | {name: value for _id, name, value in texts}


def test_an_invited_person_types_nothing(client):
    leave_room(5)
    row = invited(invitee(function="Manager"))
    [letter] = letters_of("iva@known.example")
    here = invitation_home(row)
    assert here in text_of(letter) and f"{here}/refusal" in text_of(letter)
    assert "Olga Organiser invites you to:" in text_of(letter)
    answer = client.post(here, data=filled(client, here))
    assert answer.status_code == 303, mistakes(answer.text)
    assert client.get(answer.headers["location"]).status_code == 200
    assert state(row) is State.ANSWERED
    with db.read() as session:
        kept = session.get_one(Registration, now(row).registration_id)
    assert (kept.given, kept.organisation, kept.country, kept.category, kept.function) == (
        "Iva", "Harbour Cooperative", "BE", "stakeholder", "Manager",
    )  # fmt: skip
    assert kept.status in ("confirmed", "waiting")


def test_who_gets_the_link_forwarded_gets_an_own_registration(client):
    leave_room(5)
    row = invited(invitee())
    here = invitation_home(row)
    assert "You are not Iva Invited?" in client.get(here).text
    other = filled(client, here) | {"given": "Oto", "family": "Other", "email": "oto@other.example"}
    assert client.post(here, data=other).status_code == 303
    assert state(row) is State.SENT
    assert client.post(here, data=filled(client, here)).status_code == 303
    assert state(row) is State.ANSWERED

    page = client.get(here).text
    assert "This invitation was answered" in page
    assert "iva@known.example" not in page and 'value="Iva"' not in page
    third = filled(client, here) | {"given": "Ria", "family": "Third", "email": "ria@third.example"}
    assert third["organisation"] == "Harbour Cooperative"
    assert client.post(here, data=third).status_code == 303
    with db.read() as session:
        assert now(row).registration_id == session.get_one(Registration, now(row).registration_id).id
    assert len(letters_of("ria@third.example")) == 1
    before = len(letters_of("iva@known.example"))
    assert "We have mailed the link" in client.post(f"{here}/link").text
    assert len(letters_of("iva@known.example")) == before  # the last letter with it is younger than ten minutes


def test_looking_declines_nothing_and_one_click_does(client):
    row = invited(invitee())
    here = invitation_home(row)
    for path in ("", "/refusal"):
        assert client.get(here + path).status_code == client.head(here + path).status_code == 200
    assert state(row) is State.SENT
    assert client.post(f"{here}/refusal").headers["location"] == here
    assert state(row) is State.DECLINED
    assert "Changed your mind?" in client.get(here).text
    assert client.post(here, data=filled(client, here)).status_code == 303
    assert state(row) is State.ANSWERED


def test_a_revoked_or_expired_invitation_leads_to_the_form_for_everybody(client):
    row = invited(invitee())
    here, sent = invitation_home(row), filled(client, invitation_home(row))
    with db.write() as session:
        inviting.revoke(session, session.get_one(PersonalInvitation, row.id), "organiser@example.org")
    assert "was taken back" in client.get(here).text
    assert client.post(here, data=sent).status_code == 409
    assert client.post(f"{here}/refusal").status_code == 422
    other = invited(invitee("Ugo"))
    with db.write() as session:
        kept = session.get_one(PersonalInvitation, other.id)
        kept.expires_at = clock.now() - timedelta(minutes=1)
        session.add(kept)
    assert "has expired" in client.get(invitation_home(other)).text
    assert state(other) is State.EXPIRED
    assert client.get("/invitations/nobody").status_code == 404


def test_nobody_is_invited_twice_or_reminded_at_once(client):
    row = invited(invitee())
    with pytest.raises(IndexError):
        invited(invitee())
    place = offered()
    with db.write() as session:
        assert inviting.remind(session, place, "organiser@example.org") == 0
        kept = session.get_one(PersonalInvitation, row.id)
        kept.sent_at -= timedelta(days=3)
        session.add(kept)
    with db.write() as session:
        assert inviting.remind(session, place, "organiser@example.org") == 1
    with db.write() as session:
        assert inviting.remind(session, place, "organiser@example.org") == 0
    assert state(row) is State.REMINDED
    assert letters_of("iva@known.example")[-1].subject.startswith("Are you coming?")
    assert invitation_home(row) in text_of(letters_of("iva@known.example")[-1])
    client.post(f"{invitation_home(row)}/refusal")
    again = invited(invitee())
    assert (again.id, state(again)) == (row.id, State.SENT)
    assert client.get(invitation_home(row)).status_code == 404  # the new letter has a new link


def test_an_invitation_cannot_end_in_the_past():
    with db.write() as session, pytest.raises(Refusal):
        inviting.invite(session, offered(), [invitee()], inviting.Sender("x", "y"), clock.now())


def test_a_contact_invites_instead_of_registering(client):
    here = home(delegation())
    assert client.post(here, data=form("Ana", act="invite")).status_code == 303
    [letter] = letters_of("ana@team.example")
    assert "Griet Contact invites you to:" in text_of(letter)
    link = text_of(letter).partition("http://127.0.0.1:8000")[2].split()[0]
    assert client.post(link, data=filled(client, link)).status_code == 303
    assert "ana@team.example" in client.get(here).text


def test_invitations_are_forgotten_a_month_after_the_meeting():
    invited(invitee())
    chores.forget_invitations()
    with db.read() as session:
        assert len(session.exec(select(PersonalInvitation)).all()) == 1
    with db.write() as session:
        meeting = session.get_one(Meeting, meeting_id())
        meeting.first_day = meeting.last_day = (clock.now() - timedelta(days=40)).date()
        session.add(meeting)
    chores.forget_invitations()
    with db.read() as session:
        assert session.exec(select(PersonalInvitation)).all() == []


def test_before_registration_opens_the_invitation_says_when(client):
    row = invited(invitee())
    change_form(opens_at=clock.now() + timedelta(days=1))
    assert "Your invitation stays valid" in client.get(invitation_home(row)).text


def test_one_and_thirty_invitations_cost_the_same_questions(client):
    sign_in(client, "organiser")
    invited(invitee())
    address = "/secon/riga-upcoming/desk/invitations"
    client.get(address)
    with counting() as one:
        assert client.get(address).status_code == 200
    for number in range(29):
        invited(invitee(f"G{number}"))
    with counting() as many:
        assert client.get(address).text.count("@known.example") == 30
    assert many.number == one.number


def test_who_withdraws_cannot_come_and_may_come_back_by_the_same_link(client):
    leave_room(5)
    row = invited(invitee())
    here = invitation_home(row)
    client.post(here, data=filled(client, here))
    with db.read() as session:
        registration = session.get_one(Registration, now(row).registration_id)
    withdraw(registration)
    with db.read() as session:
        [listed] = invitations.invitations(session, meeting_id(), clock.now())
    assert listed.state is State.DECLINED
    page = client.get(here).text
    assert "Changed your mind?" in page and 'value="iva@known.example"' in page
    assert client.post(f"{here}/refusal").status_code == 303
    assert client.post(here, data=filled(client, here)).status_code == 303
    assert now(row).registration_id != registration.id and state(row) is State.ANSWERED
