"""Who was asked to come and has not answered: they too are told when the meeting is called off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from planner.delegations.invitations import state_of
from planner.delegations.letters import about_delegation, about_invitation, delegation_address, invitation_address
from planner.delegations.rules import OPEN
from planner.delegations.tables import DelegationLink, PersonalInvitation
from planner.names import full
from planner.registration.tables import Delegation


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who was asked by a letter: for themselves, or for a delegation (`is_contact`)."""

    name: str
    email: str
    language: str
    link: str
    about: str
    is_contact: bool


def asked(session: Session, meeting_id: int, moment: datetime) -> list[Asked]:
    """Everybody with an open invitation, and every contact who was asked and did not refuse; each address once."""
    everybody = [*_invited(session, meeting_id, moment), *_contacts(session, meeting_id)]
    found = {one.email.casefold(): one for one in everybody}
    return sorted(found.values(), key=lambda one: one.email)


def _invited(session: Session, meeting_id: int, moment: datetime) -> Iterable[Asked]:
    query = select(PersonalInvitation).where(PersonalInvitation.meeting_id == meeting_id)
    for row in session.exec(query):
        if state_of(row, moment) in OPEN:
            name = full(row.given, row.family, row.order, row.title)
            yield Asked(name, row.email, row.language, invitation_address(row), about_invitation(row), is_contact=False)


def _contacts(session: Session, meeting_id: int) -> Iterable[Asked]:
    query = (
        select(Delegation, DelegationLink)
        .join(DelegationLink, col(DelegationLink.delegation_id) == Delegation.id)
        .where(Delegation.meeting_id == meeting_id, DelegationLink.email != "")
        .where(col(DelegationLink.sent_at).is_not(None), col(DelegationLink.refused_at).is_(None))
    )
    for row, link in session.exec(query):
        about = about_delegation(row)
        yield Asked(
            link.name or link.email, link.email, link.language, delegation_address(link), about, is_contact=True
        )
