"""Where people come from: the partner and the organisation of a registration, named as on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlmodel import Session

from planner.consortium import queries as consortium
from planner.consortium.queries import PartnerRow
from planner.consortium.tables import Organisation
from planner.db import Texts
from planner.meetings.queries import Found
from planner.names import person_key


class _Affiliated(Protocol):
    """A registration, or a row of a list that knows as much of it."""

    @property
    def partner_id(self) -> int | None: ...
    @property
    def organisation_id(self) -> int | None: ...
    @property
    def organisation(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def country(self) -> str: ...


class _Named(_Affiliated, Protocol):
    """The same with a name to sort by."""

    @property
    def id(self) -> int | None: ...
    @property
    def sort_key(self) -> str: ...
    @property
    def latin_given(self) -> str: ...
    @property
    def latin_family(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Affiliations:
    """Partners and organisations by id, with the names valid on the meeting's day."""

    partners: Mapping[int, PartnerRow]
    organisations: Mapping[int, Organisation]

    def partner(self, partner_id: int | None) -> PartnerRow | None:
        """The partner somebody belongs to."""
        return self.partners.get(partner_id or 0)

    def organisation(self, row: _Affiliated) -> Texts:
        """The names of somebody's organisation: its record's, as typed, or the partner's own for its staff."""
        if (known := self.organisations.get(row.organisation_id or 0)) is not None:
            return known.names
        partner = self.partner(row.partner_id)
        if partner is not None and (row.category == "partner_staff" or not row.organisation):
            return partner.names
        return {"en": row.organisation} if row.organisation else {}

    def country(self, row: _Affiliated) -> str:
        """The country somebody comes from: as given, else the organisation's, else the partner's."""
        organisation, partner = self.organisations.get(row.organisation_id or 0), self.partner(row.partner_id)
        return row.country or (organisation.country if organisation else partner.country if partner else "")


def affiliations(session: Session, found: Found, on: date | None = None) -> Affiliations:
    """The partners and organisations of a meeting's project, named as on that day or on its first."""
    number = found.project.id or 0
    return Affiliations(
        {row.id: row for row in consortium.partners(session, number, on or found.meeting.first_day)},
        {row.id or 0: row for row in consortium.organisations(session, number)},
    )


def by_partner(row: _Named, known: Affiliations) -> tuple[object, ...]:
    """What lists sort by: partner number (none last), then the person, see planner.collation."""
    partner = known.partner(row.partner_id)
    name = person_key(row.sort_key or row.latin_family, row.latin_given)
    return (partner.number if partner else 10_000, name, row.id)
