"""Riga's delegations for tests: a partner's link, forms with several people, invitations."""

import re
from typing import Any

from sqlmodel import col, select

from planner import db
from planner.consortium.tables import Partner
from planner.delegations import actions, inviting, letters, queries
from planner.delegations.invitees import Invitee
from planner.delegations.queries import Contact
from planner.delegations.tables import DelegationLink, PersonalInvitation
from planner.outbox import OutboxLetter
from planner.registration.form_tables import Quota
from planner.registration.tables import Delegation, Registration
from tests.registration.people import aged_key, meeting_id, offered

PARTNER = 3
"""Flemish Brabant."""


def delegation(number: int = PARTNER, slug: str = "test") -> Delegation:
    """A delegation of that partner at Riga, beside those of the demo."""
    with db.write() as session:
        partner = session.exec(
            select(Partner).where(Partner.number == number, Partner.project_id == offered().found.project.id)
        ).one()
        row = Delegation(meeting_id=meeting_id(), slug=f"{slug}-{number}", partner_id=partner.id)
        session.add(row)
        session.flush()
        contact = Contact("Griet Contact", f"contact{number}@partner.example", "en")
        actions.name_contact(session, row, contact, "organiser@example.org")
        return row


def home(row: Delegation) -> str:
    """The address of a delegation's page."""
    with db.read() as session:
        return f"/delegations/{letters.delegation_token(session.get_one(DelegationLink, row.id))}"


def quota(partner: int, category: str, seats: int) -> None:
    """Give a partner so many places, whatever the form says."""
    with db.write() as session:
        place = offered()
        number = next(one.id for one in place.partners if one.number == partner)
        row = session.exec(
            select(Quota).where(Quota.form_id == place.form.id, Quota.partner_id == number, Quota.category == category)
        ).first() or Quota(form_id=place.form.id or 0, partner_id=number, category=category, seats=seats)
        row.seats = seats
        session.add(row)


def leave_quota(partner: int, category: str, free: int) -> None:
    """Leave a partner so many places beside those its people of the demo hold."""
    with db.read() as session:
        place = offered()
        number = next(one.id for one in place.partners if one.number == partner)
        share = next(one for one in queries.shares(session, place, number) if one.category == category)
    quota(partner, category, share.taken + free)


def form(*people: str, **values: Any) -> dict[str, Any]:
    """The form with staff of the partner in its rows: only names are given, addresses follow from them."""
    rows: dict[str, Any] = {}
    for number, name in enumerate(people, 1):
        rows |= {f"given-{number}": name, f"family-{number}": "Team", f"email-{number}": f"{name.lower()}@team.example"}
    days = {f"day_{day.number}": "on_site" if day.number == 1 else "no" for day in offered().days}
    usual = {"form_key": aged_key(), "rows": "4", "category": "partner_staff", "language": "en", "act": "register"}
    return {**usual, **days, **rows, **values}


def row_of(name: str) -> Registration:
    """The registration of somebody of the team."""
    with db.read() as session:
        query = select(Registration).where(Registration.email == f"{name.lower()}@team.example")
        return session.exec(query.order_by(col(Registration.id).desc())).all()[0]


def team() -> dict[str, str]:
    """What became of the team: given names and statuses."""
    with db.read() as session:
        query = select(Registration).where(col(Registration.email).endswith("@team.example"))
        return {row.given: row.status for row in session.exec(query)}


def letters_of(address: str) -> list[OutboxLetter]:
    """The letters to an address, in order."""
    with db.read() as session:
        query = select(OutboxLetter).where(OutboxLetter.to_address == address).order_by(col(OutboxLetter.id))
        return list(session.exec(query))


def mistakes(text: str) -> set[str]:
    """The fields that have a sentence beside them."""
    return set(re.findall(r'id="([\w-]+)-mistake"', text))


def invitee(name: str = "Iva", **values: Any) -> Invitee:
    """Somebody to invite: a guest of the third partner."""
    partner = next(one for one in offered().partners if one.number == PARTNER)
    usual = {
        "key": name,
        "given": name,
        "family": "Invited",
        "email": f"{name.lower()}@known.example",
        "category": "stakeholder",
        "organisation": "Harbour Cooperative",
        "country": "BE",
        "partner_id": partner.id,
        "latin_given": name,
        "latin_family": "Invited",
    }
    return Invitee(**{**usual, **values})


def invited(one: Invitee) -> PersonalInvitation:
    """Invite somebody until registration closes."""
    place = offered()
    sender = inviting.Sender("organiser@example.org", "Olga Organiser")
    with db.write() as session:
        return inviting.invite(session, place, [one], sender, place.form.closes_at)[0]


def invitation_home(row: PersonalInvitation) -> str:
    """The address of an invitation."""
    return f"/invitations/{letters.invitation_token(row)}"
