"""Whom organisers invite needs no approval, as long as they come as what they were invited as."""

import pytest
from sqlmodel import select

from planner import db
from planner.delegations import inviting
from planner.delegations.tables import PersonalInvitation
from planner.registration.tables import Registration
from tests.delegations.people import delegation, form, home, invitation_home, invitee, letters_of
from tests.delegations.test_invitations import filled, text_of
from tests.reception import sign_in
from tests.registration.people import change_form, leave_room, now, offered, register, withdraw
from tests.registration.people import entry as somebody

pytestmark = pytest.mark.usefixtures("demo_sqlite")
NEW = "/secon/riga-upcoming/desk/invitations"


def invited(*, approves=True):
    there, sender = offered(), inviting.Sender("organiser@example.org", "Olga Organiser", approves=approves)
    with db.write() as session:
        return inviting.invite(session, there, [invitee()], sender, there.form.closes_at)[0]


def registered():
    with db.read() as session:
        return session.exec(select(Registration).where(Registration.email == "iva@known.example")).one()


@pytest.mark.parametrize(("approves", "status"), [(True, "confirmed"), (False, "submitted")])
def test_the_yes_is_said_beforehand_or_not(client, approves, status):
    leave_room(5)
    change_form(approval=["stakeholder"], quota_stakeholder=None)
    here = invitation_home(invited(approves=approves))
    client.post(here, data=filled(client, here))
    assert registered().status == status


def test_it_counts_for_nothing_else_than_was_meant(client):
    leave_room(5)
    change_form(approval=["speaker", "stakeholder"])
    here = invitation_home(invited())
    client.post(here, data=filled(client, here) | {"category": "speaker"})
    assert registered().status == "submitted"


def test_it_still_counts_for_who_waited_first(client):
    leave_room(1)
    change_form(approval=["stakeholder"], quota_stakeholder=None)
    first = register(somebody("Ana"))
    here = invitation_home(invited())
    client.post(here, data=filled(client, here))
    assert registered().status == "waiting"
    withdraw(first)
    assert now(registered()).status == "confirmed"


def test_a_contact_cannot_say_it(client):
    change_form(approval=["partner_staff"], quota_partner_staff=None)
    leave_room(5)
    client.post(home(delegation()), data=form("Ana", act="invite", approve="yes"))
    [letter] = letters_of("ana@team.example")
    link = text_of(letter).partition("http://127.0.0.1:8000")[2].split()[0]
    client.post(link, data=filled(client, link))
    with db.read() as session:
        row = session.exec(select(Registration).where(Registration.email == "ana@team.example")).one()
    assert row.status == "submitted"


@pytest.mark.parametrize("said", ["yes", None])
def test_the_desk_asks_when_somebody_has_to_approve(client, said):
    change_form(approval=[])
    csrf = sign_in(client, "organiser")
    assert "They need no approval" not in client.get(f"{NEW}/new").text
    change_form(approval=["stakeholder"])
    page = client.get(f"{NEW}/new?from=list").text
    assert 'name="approve" value="yes" checked' in page
    person = {"given-1": "Iva", "family-1": "Invited", "email-1": "iva@known.example", "category": "speaker"}
    told = {"csrf": csrf, "from": "list", "act": "invite", "rows": "4", "partner": "other", "language": "en"}
    answer = client.post(NEW, data=told | person | ({"approve": said} if said else {}))
    assert answer.status_code == 303
    with db.read() as session:
        assert session.exec(select(PersonalInvitation.approved)).all() == [bool(said)]
