"""What is asked about delegations and invitations."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from planner.consortium.tables import Partner, Person
from planner.delegations.tables import DelegationLink
from planner.errors import Missing
from planner.meetings.tables import Meeting
from planner.names import full, sort_key
from planner.registration import queries as registration
from planner.registration.offer import Offer
from planner.registration.rules import HOLDING, LIVE, WITH_QUOTA, position
from planner.registration.tables import Delegation, PlannedDay, Registration
from planner.tokens import digest


def of_token(session: Session, token: str) -> tuple[Delegation, DelegationLink]:
    """The delegation that a secret address opens. Raises Missing."""
    query = select(Delegation, DelegationLink).where(
        DelegationLink.delegation_id == Delegation.id, DelegationLink.token_hash == digest(token)
    )
    found = session.exec(query).first()
    if found is None:
        raise Missing
    return found


def of_slug(session: Session, meeting_id: int, slug: str) -> Delegation:
    """A delegation of a meeting. Raises Missing."""
    query = select(Delegation).where(Delegation.meeting_id == meeting_id, Delegation.slug == slug)
    found = session.exec(query).first()
    if found is None:
        raise Missing
    return found


def link_of(session: Session, delegation: Delegation) -> DelegationLink | None:
    """The link to a delegation's page, if it has one already."""
    return session.get(DelegationLink, delegation.id)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of a delegation, as its contact sees them: nothing about food, access or remarks.

    `position` is the number in the queue of whoever waits for the meeting, else 0.
    """

    id: int
    slug: str
    name: str
    email: str
    function: str
    category: str
    status: str
    position: int
    days: dict[int, str]

    @property
    def is_live(self) -> bool:
        """Whether there is something to change or to withdraw."""
        return self.status in LIVE


def colleagues(session: Session, offer: Offer, delegation_id: int) -> list[Colleague]:
    """The people of one delegation by family name, whoever withdrew last."""
    there, live = registration.places(session, offer.form), registration.claims(session, offer.form.meeting_id)
    rows = session.exec(select(Registration).where(Registration.delegation_id == delegation_id)).all()
    days: dict[int, dict[int, str]] = defaultdict(dict)
    planned = select(PlannedDay).join(Registration, col(Registration.id) == PlannedDay.registration_id)
    for day in session.exec(planned.where(Registration.delegation_id == delegation_id)):
        days[day.registration_id][day.day_id] = day.mode
    rows = sorted(rows, key=lambda row: (row.status not in LIVE, sort_key(f"{row.latin_family} {row.latin_given}")))
    return [
        Colleague(
            row.id or 0,
            row.slug,
            full(row.given, row.family, row.order, row.title),
            row.email,
            row.function,
            row.category,
            row.status,
            position(row.id or 0, there, live) if row.status == "waiting" else 0,
            days[row.id or 0],
        )
        for row in rows
    ]


def colleague(session: Session, delegation: Delegation, slug: str) -> Registration:
    """Somebody of this very delegation. Raises Missing for everybody else."""
    query = select(Registration).where(Registration.delegation_id == delegation.id, Registration.slug == slug)
    found = session.exec(query).first()
    if found is None:
        raise Missing
    return found


@dataclass(frozen=True, slots=True)
class Share:
    """A partner's places of one category: how many there are (None: no limit), are taken and are waited for."""

    category: str
    seats: int | None
    taken: int
    waiting: int

    @property
    def is_full(self) -> bool:
        """Whether the next one waits."""
        return self.seats is not None and self.taken + self.waiting >= self.seats


def shares(session: Session, offer: Offer, partner_id: int | None) -> list[Share]:
    """The places of a partner, by category, whoever registered its people."""
    if partner_id is None:
        return []
    query = (
        select(Registration.category, Registration.status, func.count())
        .where(
            Registration.meeting_id == offer.form.meeting_id,
            Registration.partner_id == partner_id,
            col(Registration.status).in_(LIVE),
        )
        .group_by(Registration.category, Registration.status)
    )
    held, waiting = Counter[str](), Counter[str]()
    for category, status, count in session.exec(query):
        (held if status in HOLDING else waiting)[category] += count
    places = registration.places(session, offer.form)
    seats = {name: places.of(("quota", partner_id, name)) for name in WITH_QUOTA}
    return [
        Share(name, None if math.isinf(count) else int(count), held[name], waiting[name])
        for name, count in seats.items()
    ]


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """A delegation at the organisers' desk. `people` counts by status."""

    slug: str
    partner: str
    contact: str
    email: str
    language: str
    sent_at: datetime | None
    refused_at: datetime | None
    people: Counter[str]
    is_one_of_several: bool

    @property
    def has_answered(self) -> bool:
        """Whether somebody is registered, or the contact has said that nobody comes."""
        return bool(self.people.total()) or self.refused_at is not None


def delegations(session: Session, meeting_id: int) -> list[DelegationRow]:
    """All delegations of a meeting by partner."""
    counted = select(Registration.delegation_id, Registration.status, func.count()).where(
        Registration.meeting_id == meeting_id, col(Registration.delegation_id).is_not(None)
    )
    people: dict[int, Counter[str]] = defaultdict(Counter)
    for delegation_id, status, count in session.exec(
        counted.group_by(col(Registration.delegation_id), Registration.status)
    ):
        people[delegation_id or 0][status] += count
    query = (
        select(Delegation, DelegationLink, Partner, Person)
        .join(DelegationLink, col(DelegationLink.delegation_id) == Delegation.id, isouter=True)
        .join(Partner, col(Partner.id) == Delegation.partner_id, isouter=True)
        .join(Person, col(Person.id) == Delegation.contact_id, isouter=True)
        .where(Delegation.meeting_id == meeting_id)
        .order_by(col(Partner.number), Delegation.slug)
    )
    rows = session.exec(query).all()
    per_partner = Counter(delegation.partner_id for delegation, *_more in rows)
    return [_row(*found, people[found[0].id or 0], per_partner[found[0].partner_id] > 1) for found in rows]


def _row(
    delegation: Delegation,
    link: DelegationLink | None,
    partner: Partner | None,
    person: Person | None,
    people: Counter[str],
    is_one_of_several: bool,
) -> DelegationRow:
    contact = contact_of(link, person)
    return DelegationRow(
        delegation.slug,
        f"{partner.number}. {partner.short}" if partner else "",
        contact.name,
        contact.email,
        contact.language,
        link.sent_at if link else None,
        link.refused_at if link else None,
        people,
        is_one_of_several,
    )


@dataclass(frozen=True, slots=True)
class Contact:
    """Who answers for a delegation."""

    name: str = ""
    email: str = ""
    language: str = "en"


def contact_of(link: DelegationLink | None, person: Person | None) -> Contact:
    """Who is written to: what the organisers wrote down, else the contact person of the directory."""
    if link is not None and link.email:
        return Contact(link.name, link.email, link.language)
    if person is None:
        return Contact()
    return Contact(full(person.given, person.family, person.order, person.title), person.email, person.language)


def usual_contacts(session: Session, meeting: Meeting) -> dict[int, int]:
    """Whom to ask for each partner: the contact of its last delegation, else its first person with an address."""
    people = select(Person.partner_id, Person.id).where(
        Person.project_id == meeting.project_id, col(Person.partner_id).is_not(None), Person.email != ""
    )
    found = {partner or 0: person or 0 for partner, person in session.exec(people.order_by(col(Person.id).desc()))}
    earlier = (
        select(Delegation.partner_id, Delegation.contact_id)
        .join(Meeting, col(Meeting.id) == Delegation.meeting_id)
        .where(
            Meeting.project_id == meeting.project_id,
            col(Delegation.partner_id).is_not(None),
            col(Delegation.contact_id).is_not(None),
        )
        .order_by(col(Meeting.first_day), col(Delegation.id).desc())
    )
    return found | {partner or 0: person or 0 for partner, person in session.exec(earlier)}
