"""What is done with invitations. Only these functions write them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from planner.audit import note
from planner.clock import now
from planner.delegations import letters
from planner.delegations.invitations import stands, state_of
from planner.delegations.invitees import Invitee
from planner.delegations.rules import OPEN, State, may_remind
from planner.delegations.tables import PersonalInvitation
from planner.errors import Refusal
from planner.language import _
from planner.outbox import write_letter
from planner.registration import actions as registration
from planner.registration import queries as registrations
from planner.registration.behalf import Behalf
from planner.registration.deadlines import registers_late
from planner.registration.entry import Entry
from planner.registration.offer import Offer
from planner.registration.tables import Registration
from planner.tokens import digest, mint

COPIED = (
    "title", "given", "family", "latin_given", "latin_family", "order", "email", "function", "organisation",
    "country", "category", "language", "partner_id", "person_id",
)  # fmt: skip
INVITEE = "invitee"
"""Who acts by the link in an invitation."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who invites: `actor` for the history, `name` for the letter, and the delegation the people would join.

    `approves`: an organiser says yes beforehand to whoever comes as what they are invited as. A contact cannot.
    """

    actor: str
    name: str
    delegation_id: int | None = None
    approves: bool = False


def invite(
    session: Session, offer: Offer, people: Iterable[Invitee], sender: Sender, expires_at: datetime
) -> list[PersonalInvitation]:
    """Write to everybody who is neither registered nor waiting to answer; the answer is who was written to.

    Whoever declined before, or was invited long ago, is asked once more under a new link.
    """
    moment = now()
    if moment < offer.form.closes_at and expires_at <= moment:
        raise Refusal(_("Please choose a date and time in the future."), "expires_at")
    written = []
    for one in people:
        until = _until(session, offer, one, expires_at, moment)
        if row := _invited(session, offer, one, sender, until, moment):
            written.append(row)
    return written


def _until(session: Session, offer: Offer, one: Invitee, wished: datetime, moment: datetime) -> datetime:
    """Until when somebody can answer: never longer than one can register. Raises Refusal when nobody can any more."""
    late = registers_late(session, offer.form, one.email, moment)
    closes = late.until if late else offer.form.closes_at
    if closes <= moment:
        raise Refusal(_("Registration is closed. Let it close later, or make an exception for the address first."))
    return min(wished, closes) if wished > moment else closes


def _invited(
    session: Session, offer: Offer, one: Invitee, sender: Sender, expires_at: datetime, moment: datetime
) -> PersonalInvitation | None:
    number = offer.form.meeting_id
    if registrations.live_of_identity(session, number, one.identity):
        return None
    query = select(PersonalInvitation).where(
        PersonalInvitation.meeting_id == number, PersonalInvitation.identity == one.identity
    )
    row = session.exec(query.with_for_update()).first()
    if row is not None and state_of(row, moment) in OPEN:
        return None
    row = row or PersonalInvitation(
        meeting_id=number, uid=mint(), token_version=0, token_hash="", identity=one.identity,
        given=one.given, family=one.family, email=one.email, category=one.category,
        sent_at=moment, expires_at=expires_at,
    )  # fmt: skip
    for name in COPIED:
        setattr(row, name, getattr(one, name))
    row.delegation_id, row.invited_by, row.approved = sender.delegation_id, sender.name, sender.approves
    row.token_version += 1
    row.token_hash = digest(letters.invitation_token(row))
    row.sent_at, row.expires_at = moment, expires_at
    row.reminded_at = row.revoked_at = row.declined_at = row.registration_id = None
    session.add(row)
    session.flush()
    write_letter(session, letters.invited(offer, row))
    note(session, sender.actor, "invitation.send", letters.about_invitation(row))
    return row


def remind(session: Session, offer: Offer, actor: str, number: int | None = None) -> int:
    """Write once more to those who have not answered, or to that one; how many letters.

    Nobody gets two within two days.
    """
    moment = now()
    query = select(PersonalInvitation).where(PersonalInvitation.meeting_id == offer.form.meeting_id)
    if number is not None:
        query = query.where(PersonalInvitation.id == number)
    due = [
        row
        for row in session.exec(query.with_for_update())
        if state_of(row, moment) in OPEN and may_remind(row.sent_at, row.reminded_at, moment)
    ]
    for row in due:
        row.reminded_at = moment
        session.add(row)
        write_letter(session, letters.reminded(offer, row))
        note(session, actor, "invitation.remind", letters.about_invitation(row))
    return len(due)


def revoke(session: Session, row: PersonalInvitation, actor: str) -> None:
    """Take an invitation back: its link is dead. What was answered stays answered."""
    if row.revoked_at is None:
        row.revoked_at = now()
        session.add(row)
        note(session, actor, "invitation.revoke", letters.about_invitation(row))


def decline(session: Session, offer: Offer, row: PersonalInvitation) -> None:
    """The person cannot come; a second time nothing happens. Raises Refusal for an invitation that no longer counts."""
    found = stands(session, offer, row, now())
    if found is State.DECLINED:
        return
    if found not in OPEN:
        raise Refusal(_("This invitation is no longer valid. Please ask the organisers."))
    row.declined_at = now()
    session.add(row)
    note(session, INVITEE, "invitation.decline", letters.about_invitation(row))


def is_owner(row: PersonalInvitation, entry: Entry) -> bool:
    """Whether somebody who registers by this link is the one who was invited, and not somebody it was forwarded to."""
    return entry.email.casefold() == row.email.casefold()


def accept(session: Session, offer: Offer, row: PersonalInvitation, entry: Entry, form_key: str) -> Registration | None:
    """The invited person registers. None means that they are registered already and got their link by mail."""
    held = session.get_one(PersonalInvitation, row.id, with_for_update=True, populate_existing=True)
    if held.revoked_at is not None or stands(session, offer, held, now()) is State.EXPIRED:
        raise Refusal(_("This invitation is no longer valid. Please ask the organisers."))
    approved = held.approved and (entry.category, entry.partner_id) == (held.category, held.partner_id)
    behalf = Behalf(actor=INVITEE, delegation_id=held.delegation_id, approved=approved)
    registered = registration.register(session, offer, entry, form_key, behalf)
    answer = registered or registrations.live_of_identity(session, offer.form.meeting_id, entry.identity)
    held.registration_id, held.declined_at = answer.id if answer else None, None
    session.add(held)
    note(session, INVITEE, "invitation.accept", letters.about_invitation(held))
    return registered


def send_own_link(session: Session, offer: Offer, row: PersonalInvitation) -> None:
    """Mail the link to the own registration again to whoever has answered this invitation."""
    if row.registration_id is not None:
        registration.send_link(session, offer, session.get_one(Registration, row.registration_id))
