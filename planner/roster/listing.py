"""What is asked for the desk: everybody who registered for a meeting, searched, narrowed, sorted and paged."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy
from sqlalchemy import Select, func
from sqlmodel import Session, col, select

from planner.agenda.tables import Day
from planner.clock import local
from planner.consortium.queries import PartnerRow
from planner.db import Texts
from planner.meetings.queries import Found
from planner.names import fold, full
from planner.registration.affiliations import Affiliations, affiliations, by_partner
from planner.registration.queries import claims, form_of, places
from planner.registration.rules import position
from planner.registration.tables import PlannedDay, Registration
from planner.roster.selection import FACETS, NOBODY, Selection

PAGE = 50
"""Rows on one page of the list."""
STATUSES = ("submitted", "waiting", "confirmed", "walk_in", "cancelled", "declined", "duplicate")
"""All a registration can be, those that somebody has to look after first."""
UNDECIDED = ("submitted", "waiting")


@dataclass(frozen=True, slots=True)
class Applicant:
    """A registration as lists know it, without anything sensitive. Walk-ins arrived when they were noted."""

    id: int
    status: str
    waiting_for: str
    category: str
    partner_id: int | None
    organisation_id: int | None
    organisation: str
    country: str
    given: str
    family: str
    latin_given: str
    latin_family: str
    order: str
    sort_key: str
    email: str
    language: str
    arrived: datetime

    @property
    def name(self) -> str:
        """The name in Latin letters, as its bearer shows it."""
        return full(self.latin_given, self.latin_family, self.order)

    @property
    def own_name(self) -> str:
        """The name in its own script; empty when that is the same."""
        own = full(self.given, self.family, self.order)
        return "" if own == self.name else own


_ARRIVED = func.coalesce(col(Registration.submitted_at), col(Registration.updated_at))
_COLUMNS = [*(getattr(Registration, name) for name in Applicant.__dataclass_fields__ if name != "arrived"), _ARRIVED]


def entries(session: Session, meeting_id: int) -> list[Applicant]:
    """Every registration of a meeting, whatever became of it. Plain rows: there may be thousands."""
    query = sqlalchemy.select(*_COLUMNS).where(col(Registration.meeting_id) == meeting_id)
    return [Applicant(*row) for row in session.connection().execute(query)]


def searched(rows: Sequence[Applicant], q: str, known: Affiliations) -> Sequence[Applicant]:
    """The rows in which every word stands: in a name, the e-mail address or a name of the organisation."""
    words = fold(q).split()
    return [row for row in rows if _fits(words, _haystack(*_texts(row, known)))] if words else rows


def narrowed(rows: Iterable[Applicant], selected: Selection, known: Affiliations, without: str = "") -> list[Applicant]:
    """The rows that fit the facets; one facet may be left out, to count what it would offer."""
    facets = [(VALUES[name], selected.chosen(name)) for name in FACETS if name != without and selected.chosen(name)]
    return [row for row in rows if all(value(row, known) == chosen for value, chosen in facets)]


def _fits(words: Sequence[str], haystack: str) -> bool:
    return all(word in haystack for word in words)


def _texts(row: Applicant, known: Affiliations) -> tuple[str, ...]:
    names = (row.given, row.family, row.latin_given, row.latin_family)
    return (*names, row.email, *known.organisation(row).values())


@lru_cache(maxsize=8192)
def _haystack(*texts: str) -> str:
    return fold(" ".join(texts))


def _partner_value(row: Applicant, known: Affiliations) -> str:
    partner = known.partner(row.partner_id)
    return str(partner.number) if partner else NOBODY


VALUES: dict[str, Callable[[Applicant, Affiliations], str]] = {
    "status": lambda row, _known: row.status,
    "partner": _partner_value,
    "category": lambda row, _known: row.category,
}
"""What a row counts as in each facet."""


def counted(rows: Sequence[Applicant], selected: Selection, known: Affiliations, facet: str) -> Counter[str]:
    """How many of the rows each value of a facet would show, the other facets kept."""
    return Counter(VALUES[facet](row, known) for row in narrowed(rows, selected, known, without=facet))


def in_order(rows: Iterable[Applicant], known: Affiliations, order: str) -> list[Applicant]:
    """Sorted by partner number (none last) and Latin name, or by time, the latest first."""
    if order == "latest":
        return sorted(rows, key=lambda row: (row.arrived, row.id), reverse=True)
    return sorted(rows, key=lambda row: by_partner(row, known))


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the list, with the numbers of its days. `arrived` is in the meeting's zone, `position` 0 without one."""

    person: Applicant
    organisation: Texts
    partner: PartnerRow | None
    country: str
    arrived: datetime
    on_site: tuple[int, ...] = ()
    online: tuple[int, ...] = ()
    position: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list, with how many there are and how many each facet would show."""

    lines: list[Line]
    total: int
    page: int
    pages: int
    facets: Mapping[str, Counter[str]]
    known: Affiliations

    @property
    def open(self) -> bool:
        """Whether there is somebody on this page to decide about."""
        return any(line.person.status in UNDECIDED for line in self.lines)


def listing(session: Session, found: Found, selected: Selection) -> Listing:
    """The page of a meeting's list that an address asks for; past the end, the last page."""
    known = affiliations(session, found)
    rows = searched(entries(session, found.meeting.id or 0), selected.q, known)
    fitting = in_order(narrowed(rows, selected, known), known, selected.sort)
    pages = max(1, -(-len(fitting) // PAGE))
    page = min(selected.page, pages)
    shown = fitting[(page - 1) * PAGE : page * PAGE]
    facets = {facet: counted(rows, selected, known, facet) for facet in FACETS}
    return Listing(_lines(session, found, shown, known), len(fitting), page, pages, facets, known)


def chosen(session: Session, found: Found, selected: Selection) -> tuple[list[Applicant], Affiliations]:
    """All rows that an address asks for, on all pages."""
    known = affiliations(session, found)
    rows = searched(entries(session, found.meeting.id or 0), selected.q, known)
    return in_order(narrowed(rows, selected, known), known, selected.sort), known


def _lines(session: Session, found: Found, shown: Sequence[Applicant], known: Affiliations) -> list[Line]:
    days = planned_days(session, [row.id for row in shown])
    waiting = positions(session, found, [row.id for row in shown if row.status == "waiting"])
    return [
        replace(
            _line(row, known, found.meeting.zone),
            on_site=tuple(days[row.id].get("on_site", ())),
            online=tuple(days[row.id].get("online", ())),
            position=waiting.get(row.id, 0),
        )
        for row in shown
    ]


def _line(row: Applicant, known: Affiliations, zone: str) -> Line:
    arrived = local(row.arrived, zone)
    return Line(row, known.organisation(row), known.partner(row.partner_id), known.country(row), arrived)


def planned_days(session: Session, ids: Collection[int] | Select[Any]) -> dict[int, dict[str, list[int]]]:
    """Numbers of the days each of those registrations comes, by `on_site` and `online`; ids, or a question for them."""
    query = (
        select(PlannedDay.registration_id, PlannedDay.mode, Day.number)
        .join(Day, col(Day.id) == PlannedDay.day_id)
        .where(col(PlannedDay.registration_id).in_(ids))
        .order_by(col(Day.number))
    )
    found: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for number, mode, day in session.exec(query):
        found[number].setdefault(mode, []).append(day)
    return found


def positions(session: Session, found: Found, ids: Collection[int]) -> dict[int, int]:
    """Where waiting people stand in their queue, from 1."""
    meeting = found.meeting.id or 0
    if not ids or (form := form_of(session, meeting)) is None:
        return {}
    there, live = places(session, form), claims(session, meeting)
    return {number: position(number, there, live) for number in ids}
