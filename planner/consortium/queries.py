"""What is asked about the project and its partners."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from planner.consortium.rules import mark
from planner.consortium.tables import Organisation, Partner, PartnerName, Person, PolicyInstrument, Project
from planner.db import Texts
from planner.errors import Missing


def projects(session: Session) -> Sequence[Project]:
    """All projects, by acronym."""
    return session.exec(select(Project).order_by(Project.acronym)).all()


def project(session: Session, slug: str) -> Project:
    """The project of that address. Raises Missing."""
    found = session.exec(select(Project).where(Project.slug == slug)).first()
    if found is None:
        raise Missing
    return found


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A partner as lists show it: its official names in all languages are those valid on the day asked for."""

    id: int
    slug: str
    number: int
    short: str
    role: str
    country: str
    city: Texts
    latitude: float
    longitude: float
    language: str
    names: Texts
    instrument: Texts


def partner_names(session: Session, project_id: int, on: date) -> dict[int, Texts]:
    """Each partner's official names (language → name) valid on that day."""
    rows = session.exec(
        select(PartnerName).join(Partner).where(Partner.project_id == project_id).order_by(col(PartnerName.id))
    )
    names: dict[int, Texts] = defaultdict(dict)
    for row in rows:
        if (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on <= row.valid_to):
            names[row.partner_id][row.lang] = row.name
    return names


def partners(session: Session, project_id: int, on: date) -> list[PartnerRow]:
    """The consortium by number, with the names of that day."""
    names = partner_names(session, project_id, on)
    rows = session.exec(
        select(Partner, PolicyInstrument.title)
        .join(PolicyInstrument, isouter=True)
        .where(Partner.project_id == project_id)
        .order_by(col(Partner.number))
    )
    return [_partner_row(partner, names, dict(instrument or {})) for partner, instrument in rows]


def _partner_row(partner: Partner, names: dict[int, Texts], instrument: Texts) -> PartnerRow:
    kept = ("slug", "number", "short", "role", "country", "city", "latitude", "longitude", "language")
    number = partner.id or 0
    official = names.get(number) or {"en": partner.short}
    values = {name: getattr(partner, name) for name in kept}
    return PartnerRow(id=number, names=official, instrument=instrument, **values)


def organisations(session: Session, project_id: int) -> Sequence[Organisation]:
    """Organisations around the project, by address."""
    return session.exec(
        select(Organisation).where(Organisation.project_id == project_id).order_by(col(Organisation.slug))
    ).all()


def person(session: Session, project_id: int, number: int) -> Person:
    """Somebody of the project's directory. Raises Missing."""
    known = abs(number) < 2**31  # PostgreSQL compares no larger ones
    query = select(Person).where(Person.project_id == project_id, Person.id == number)
    found = session.exec(query).first() if known else None
    if found is None:
        raise Missing
    return found


def people_with_offices(session: Session, project_id: int) -> Sequence[tuple[Person, Organisation | None]]:
    """The project's directory, with organisations, in no order."""
    query = select(Person, Organisation).join(
        Organisation, col(Organisation.id) == Person.organisation_id, isouter=True
    )
    return session.exec(query.where(Person.project_id == project_id)).all()


def person_mark(row: Person) -> str:
    """Changes with whatever is said about a person."""
    return mark(
        row.given, row.family, row.latin_given, row.latin_family, row.order, row.title, sorted(row.function.items()),
        row.language, row.email, row.partner_id, row.organisation_id,
    )  # fmt: skip


def person_slugs(session: Session, project_id: int) -> set[str]:
    """The short names of people that are taken."""
    return set(session.exec(select(Person.slug).where(Person.project_id == project_id)))


def organisation_slugs(session: Session, project_id: int) -> set[str]:
    """The short names of organisations that are taken."""
    return set(session.exec(select(Organisation.slug).where(Organisation.project_id == project_id)))
