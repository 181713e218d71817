"""What is done with delegations. Only these functions write their rows; registrations are written by their own room.

Places are given by the registration's one mechanism: all people of a form are registered in one transaction that
holds the lock of the meeting's places from the first to the last, in the order of the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, select

from planner.audit import note
from planner.clock import now
from planner.consortium.tables import Partner, Person
from planner.delegations import letters, queries
from planner.delegations.queries import Contact, contact_of
from planner.delegations.rules import row_key
from planner.delegations.tables import DelegationLink
from planner.errors import Refusal
from planner.language import _
from planner.meetings.tables import Meeting
from planner.outbox import write_letter
from planner.registration import actions as registration
from planner.registration import changing
from planner.registration.behalf import Behalf
from planner.registration.entry import Entry
from planner.registration.offer import Offer
from planner.registration.tables import Delegation, Registration
from planner.tokens import digest, mint


def open_delegations(session: Session, meeting: Meeting, actor: str) -> int:
    """A delegation for each partner that has none, with its usual contact person; how many that were."""
    there = set(session.exec(select(Delegation.partner_id).where(Delegation.meeting_id == meeting.id)))
    slugs = set(session.exec(select(Delegation.slug).where(Delegation.meeting_id == meeting.id)))
    contacts = queries.usual_contacts(session, meeting)
    partners = session.exec(select(Partner).where(Partner.project_id == meeting.project_id)).all()
    new = [
        Delegation(
            meeting_id=meeting.id or 0,
            slug=partner.slug if partner.slug not in slugs else f"{partner.slug}-{partner.number}",
            partner_id=partner.id,
            contact_id=contacts.get(partner.id or 0),
        )
        for partner in partners
        if partner.id not in there
    ]
    session.add_all(new)
    session.flush()
    for row in new:
        note(session, actor, "delegation.open", letters.about_delegation(row))
    return len(new)


def _link(session: Session, delegation: Delegation) -> DelegationLink:
    """The link to a delegation's page, made when it is first needed."""
    found = queries.link_of(session, delegation)
    if found is None:
        person = session.get(Person, delegation.contact_id) if delegation.contact_id else None
        contact = contact_of(None, person)
        found = DelegationLink(
            delegation_id=delegation.id or 0,
            uid=mint(),
            token_hash="",
            name=contact.name,
            email=contact.email,
            language=contact.language,
        )
        found.token_hash = digest(letters.delegation_token(found))
    session.add(found)
    session.flush()
    return found


def name_contact(session: Session, delegation: Delegation, contact: Contact, actor: str) -> None:
    """Write down who answers for a delegation. A new address makes the old link worthless."""
    link = _link(session, delegation)
    if link.email.casefold() != contact.email.casefold():
        _renew(link)
    link.name, link.email, link.language = contact.name, contact.email, contact.language
    session.add(link)
    note(session, actor, "delegation.name_contact", letters.about_delegation(delegation))


def renew_link(session: Session, offer: Offer, delegation: Delegation, actor: str) -> None:
    """A new secret for a delegation's page, mailed to its contact; the old link is dead."""
    _renew(_link(session, delegation))
    note(session, actor, "delegation.renew_link", letters.about_delegation(delegation))
    send_link(session, offer, delegation, actor)


def _renew(link: DelegationLink) -> None:
    link.token_version += 1
    link.token_hash = digest(letters.delegation_token(link))
    link.sent_at = None


def send_link(session: Session, offer: Offer, delegation: Delegation, actor: str) -> None:
    """Mail the link to a delegation's page to its contact. Raises Refusal when nobody is named."""
    link = _link(session, delegation)
    if not link.email:
        raise Refusal(_("Please write down first who answers for this delegation."), "email")
    link.sent_at = now()
    shares = queries.shares(session, offer, delegation.partner_id)
    contact = Contact(link.name, link.email, link.language)
    write_letter(session, letters.to_contact(offer, delegation, link, contact, shares))
    note(session, actor, "delegation.send_link", letters.about_delegation(delegation))


def send_links(session: Session, offer: Offer, actor: str) -> int:
    """Mail the link to everybody who has not answered yet, as a reminder to those who have it; how many letters."""
    waiting = [row for row in queries.delegations(session, offer.form.meeting_id) if row.email and not row.has_answered]
    for row in waiting:
        send_link(session, offer, queries.of_slug(session, offer.form.meeting_id, row.slug), actor)
    return len(waiting)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: a registration; none for somebody registered already; or why not, at which field."""

    registration: Registration | None = None
    refusal: str = ""
    field: str = ""


def register_colleagues(
    session: Session, offer: Offer, delegation: Delegation, entries: Mapping[str, Entry], form_key: str
) -> dict[str, Outcome]:
    """Register people in the order of their rows, each for itself: one that is refused keeps no other out.

    The same form sent again registers nobody twice.
    """
    registration.lock(session, offer)
    link = _link(session, delegation)
    behalf = _behalf(delegation, link)
    found = {row: _registered(session, offer, entry, row_key(form_key, row), behalf) for row, entry in entries.items()}
    link.refused_at = None
    return found


def actor_of(delegation: Delegation) -> str:
    """Who acts by the link to a delegation's page."""
    return letters.about_delegation(delegation)


def _registered(session: Session, offer: Offer, entry: Entry, key: str, behalf: Behalf) -> Outcome:
    try:
        with session.begin_nested():
            return Outcome(registration.register(session, offer, entry, key, behalf))
    except Refusal as refusal:
        return Outcome(refusal=refusal.sentence, field=refusal.field)


def change_colleague(
    session: Session, offer: Offer, delegation: Delegation, slug: str, entry: Entry, version: int
) -> Registration:
    """Change what somebody of this delegation comes for. Raises Missing, Stale and Refusal."""
    row = queries.colleague(session, delegation, slug)
    contact = _link(session, delegation).email
    changed = changing.change(session, offer, row.id or 0, entry, version, actor_of(delegation), contact)
    note(session, actor_of(delegation), "delegation.change", f"registration:{row.id}")
    return changed


def _behalf(delegation: Delegation, link: DelegationLink) -> Behalf:
    return Behalf(actor_of(delegation), link.name or link.email, delegation.id, link.email)


def withdraw_colleague(session: Session, offer: Offer, delegation: Delegation, slug: str) -> None:
    """Somebody of this delegation does not come; a second time nothing happens. Raises Missing and Refusal."""
    row = queries.colleague(session, delegation, slug)
    registration.withdraw(session, offer, row.id or 0, _behalf(delegation, _link(session, delegation)))
    note(session, actor_of(delegation), "delegation.withdraw", f"registration:{row.id}")


def answer_nobody(session: Session, delegation: Delegation) -> None:
    """The contact says that nobody comes; whoever registers somebody later takes that back."""
    link = _link(session, delegation)
    link.refused_at = link.refused_at or now()
    note(session, actor_of(delegation), "delegation.nobody", letters.about_delegation(delegation))
