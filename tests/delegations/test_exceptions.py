"""Exceptions from deadlines count wherever somebody registers: by an invitation, and in a delegation."""

from datetime import timedelta

import pytest

from planner import clock, db
from planner.delegations import inviting
from planner.delegations.rules import State
from planner.errors import Refusal
from planner.registration import deadlines
from tests.delegations.people import (
    delegation,
    form,
    home,
    invitation_home,
    invited,
    invitee,
    letters_of,
    mistakes,
    row_of,
    team,
)
from tests.delegations.test_invitations import filled, now, state
from tests.registration.people import change_form, leave_room, offered

pytestmark = pytest.mark.usefixtures("demo_sqlite")
ORGANISER = inviting.Sender("organiser@example.org", "Olga Organiser")


def close():
    change_form(closes_at=clock.now() - timedelta(minutes=1), changes_close_at=clock.now() - timedelta(minutes=1))


def allow(email):
    there = offered()
    with db.write() as session:
        deadlines.allow(session, there, "organiser@example.org", email, clock.now() + timedelta(hours=1), "Was ill.")


def used(email):
    with db.read() as session:
        return deadlines.of_address(session, offered().form.meeting_id, email, clock.now()).used_at is not None


def over(row):
    with db.write() as session:
        session.get_one(type(row), row.id).expires_at = clock.now() - timedelta(minutes=1)


def test_an_invitation_outlasts_the_deadline_for_whom_an_exception_was_made(client):
    leave_room(5)
    row, other = invited(invitee()), invited(invitee("Ugo"))
    here, there = invitation_home(row), invitation_home(other)
    sent, late = filled(client, here), filled(client, there)
    close()
    over(row)
    over(other)
    assert client.post(here, data=sent).status_code == 409
    allow("Iva@known.example")
    assert "Welcome, Iva Invited" in client.get(here).text
    assert client.get(f"{here}/refusal").status_code == 200
    answer = client.post(here, data=sent)
    assert answer.status_code == 303, mistakes(answer.text)
    assert (state(row), used("iva@known.example")) == (State.ANSWERED, True)
    assert "has expired" in client.get(there).text
    assert client.post(there, data=late).status_code == 409


def test_by_a_forwarded_link_nobody_else_gets_past_the_deadline(client):
    row = invited(invitee())
    here = invitation_home(row)
    close()
    allow("iva@known.example")
    other = filled(client, here) | {"given": "Oto", "family": "Other", "email": "oto@other.example"}
    answer = client.post(here, data=other)
    assert (answer.status_code, "Registration is closed" in answer.text) == (422, True)
    assert client.post(f"{here}/refusal").status_code == 303
    assert state(row) is State.DECLINED


def test_a_contact_with_an_exception_registers_and_changes_colleagues_after_the_deadline(client):
    here = home(delegation())
    close()
    assert 'name="given-1"' not in client.get(here).text
    assert client.post(here, data=form("Ana")).status_code == 409
    allow("contact3@partner.example")
    assert 'name="given-1"' in client.get(here).text
    assert client.post(here, data=form("Ana", "Ben")).status_code == 303
    assert set(team()) == {"Ana", "Ben"}
    one = f"{here}/people/{row_of('Ana').slug}"
    assert "Keep the changes" in client.get(one).text


def test_a_colleague_with_an_exception_is_registered_and_nobody_else_with_them(client):
    here = home(delegation())
    close()
    allow("ben@team.example")
    answer = client.post(here, data=form("Ana", "Ben"))
    assert (answer.status_code, mistakes(answer.text)) == (422, {"email-1"})
    assert set(team()) == {"Ben"}
    assert "Registration is closed" in client.get(here).text


def test_after_the_change_deadline_a_contact_reads_why_nothing_can_be_changed(client):
    here = home(delegation())
    client.post(here, data=form("Ana"))
    close()
    page = client.get(f"{here}/people/{row_of('Ana').slug}").text
    assert "Changes were possible until" in page and "Keep the changes" not in page


def test_an_invitation_never_promises_more_time_than_there_is():
    there = offered()
    until = there.form.closes_at + timedelta(days=2)
    with db.write() as session:
        [row] = inviting.invite(session, there, [invitee()], ORGANISER, until)
    assert now(row).expires_at == there.form.closes_at
    close()
    with pytest.raises(Refusal, match="Registration is closed"), db.write() as session:
        inviting.invite(session, offered(), [invitee("Ugo")], ORGANISER, until)
    allow("ugo@known.example")
    with db.write() as session:
        [row] = inviting.invite(session, offered(), [invitee("Ugo")], ORGANISER, until)
    assert clock.now() < now(row).expires_at < until
    assert len(letters_of("ugo@known.example")) == 2
