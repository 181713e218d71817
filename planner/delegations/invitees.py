"""Whom one may invite: people of the directory and of earlier meetings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from planner.consortium.queries import PartnerRow
from planner.consortium.tables import Organisation, Person
from planner.delegations.tables import PersonalInvitation
from planner.language import say
from planner.meetings.tables import Meeting
from planner.names import fold, full, sort_key
from planner.registration.offer import Offer
from planner.registration.rules import LIVE, identity
from planner.registration.tables import Registration


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody who may be invited. `known` says why not: `invited` already, or `registered`."""

    key: str
    given: str
    family: str
    email: str
    category: str
    latin_given: str = ""
    latin_family: str = ""
    title: str = ""
    order: str = "given_first"
    function: str = ""
    organisation: str = ""
    country: str = ""
    language: str = "en"
    partner_id: int | None = None
    person_id: int | None = None
    known: str = ""

    @property
    def name(self) -> str:
        """As the bearer shows it."""
        return full(self.given, self.family, self.order, self.title)

    @property
    def identity(self) -> str:
        """Who this is."""
        return identity(self.given, self.family, self.email)


def from_directory(session: Session, offer: Offer, search: str = "") -> list[Invitee]:
    """People of the project's directory who have an address, by family name; `search` narrows them."""
    project, partners = offer.found.project, {partner.id: partner for partner in offer.partners}
    query = select(Person, Organisation).join(
        Organisation, col(Organisation.id) == Person.organisation_id, isouter=True
    )
    found = session.exec(query.where(Person.project_id == project.id, Person.email != "")).all()
    people = [_of_directory(person, office, partners) for person, office in found]
    return _marked(session, offer, _narrowed(people, search))


def _of_directory(person: Person, office: Organisation | None, partners: dict[int, PartnerRow]) -> Invitee:
    partner = partners.get(person.partner_id or (office.partner_id if office else 0) or 0)
    staff = person.partner_id is not None
    return Invitee(
        key=f"p{person.id}",
        given=person.given,
        family=person.family,
        email=person.email,
        category="partner_staff" if staff else "stakeholder" if partner else "speaker",
        latin_given=person.latin_given,
        latin_family=person.latin_family,
        title=person.title,
        order=person.order,
        function=say(person.function, wish=person.language).text,
        organisation=say(office.names, wish=person.language).text if office else "",
        country=office.country if office else partner.country if partner else "",
        language=person.language,
        partner_id=partner.id if partner else None,
        person_id=person.id,
    )


def from_meeting(session: Session, offer: Offer, before: int, search: str = "") -> list[Invitee]:
    """Who was registered for another meeting of the project."""
    query = select(Registration).where(
        Registration.meeting_id == before,
        col(Registration.status).in_((*LIVE, "walk_in")),
        Registration.email != "",
    )
    return _marked(session, offer, _narrowed([_of_meeting(row) for row in session.exec(query)], search))


def _of_meeting(row: Registration) -> Invitee:
    kept = ("given", "family", "email", "latin_given", "latin_family", "title", "order", "function", "organisation",
            "country", "language", "partner_id", "person_id")  # fmt: skip
    category = "stakeholder" if row.category == "host_local" and row.partner_id else row.category
    return Invitee(key=f"r{row.id}", category=category, **{name: getattr(row, name) for name in kept})


def _narrowed(people: list[Invitee], search: str) -> list[Invitee]:
    words = fold(search).split()
    found = [
        one
        for one in people
        if all(
            word
            in fold(f"{one.given} {one.family} {one.latin_given} {one.latin_family} {one.email} {one.organisation}")
            for word in words
        )
    ]
    return sorted(found, key=lambda one: sort_key(f"{one.latin_family or one.family} {one.latin_given or one.given}"))


def _marked(session: Session, offer: Offer, people: Sequence[Invitee]) -> list[Invitee]:
    """The same, with who is registered or invited already; nobody twice."""
    number = offer.form.meeting_id
    here = select(Registration.identity).where(
        Registration.meeting_id == number, col(Registration.status).in_((*LIVE, "unconfirmed"))
    )
    asked = select(PersonalInvitation.identity).where(
        PersonalInvitation.meeting_id == number, col(PersonalInvitation.revoked_at).is_(None)
    )
    known = dict.fromkeys(session.exec(asked), "invited") | dict.fromkeys(session.exec(here), "registered")
    once = {one.identity: one for one in reversed(people)}
    return [replace(one, known=known.get(one.identity, "")) for one in people if once[one.identity] is one]


def meetings_before(session: Session, meeting: Meeting) -> Sequence[Meeting]:
    """The project's other meetings that somebody registered for, the latest first."""
    registered = select(Registration.meeting_id).distinct()
    query = select(Meeting).where(
        Meeting.project_id == meeting.project_id, Meeting.id != meeting.id, col(Meeting.id).in_(registered)
    )
    return session.exec(query.order_by(col(Meeting.first_day).desc())).all()
