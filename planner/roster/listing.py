"""What is asked for the organisers' table: a page of everybody who registered, searched, narrowed and sorted.

The database does the work: a page costs the same few questions for ten people and for five thousand.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Select
from sqlmodel import Session, col, select

from planner.agenda.tables import Day
from planner.clock import local
from planner.consortium.queries import PartnerRow
from planner.db import Database, Texts, current
from planner.meetings.queries import Found
from planner.names import full
from planner.registration.affiliations import Affiliations, affiliations
from planner.registration.queries import claims, form_of, places
from planner.registration.rules import Claim, Places, walk
from planner.registration.tables import PlannedDay, Registration
from planner.roster.narrowing import ARRIVED, Counts, counted, fitting, in_order, joined
from planner.roster.selection import NOBODY, Selection

PAGE = 50
"""Rows on one page of the list."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """A registration as lists know it, without anything sensitive. Walk-ins arrived when they were noted."""

    id: int
    status: str
    category: str
    partner_id: int | None
    organisation_id: int | None
    organisation: str
    country: str
    title: str
    given: str
    family: str
    latin_given: str
    latin_family: str
    order: str
    function: str
    email: str
    phone: str
    language: str
    remarks: str
    organiser_remarks: str
    registered_by: str
    submitted_at: datetime | None
    version: int
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


_COLUMNS = [*(getattr(Registration, name) for name in Applicant.__dataclass_fields__ if name != "arrived"), ARRIVED]


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


def listing(session: Session, found: Found, selected: Selection) -> Listing:
    """The page of a meeting's list that an address asks for; past the end, the last page."""
    known = affiliations(session, found)
    counts = counted(session, found, selected, known)
    pages = max(1, -(-counts.total // PAGE))
    page = min(selected.page, pages)
    query = _in_order(found, selected, known, counts, _COLUMNS).limit(PAGE).offset((page - 1) * PAGE)
    people = [Applicant(*row) for row in session.connection().execute(query)]
    return Listing(lines(session, found, people, known), counts.total, page, pages, counts.facets, known)


def _in_order(
    found: Found, selected: Selection, known: Affiliations, counts: Counts, columns: Sequence[Any]
) -> Select[Any]:
    query = joined(*columns).where(*fitting(found, selected, known))
    return in_order(query, selected.sort, [code for code in counts.facets["country"] if code != NOBODY])


def chosen(session: Session, found: Found, selected: Selection, known: Affiliations) -> list[int]:
    """The numbers of all registrations that an address asks for, on all pages and in its order."""
    counts = counted(session, found, selected, known)
    query = _in_order(found, selected, known, counts, [col(Registration.id)])
    return [number for (number,) in session.connection().execute(query)]


def of_numbers(session: Session, found: Found, numbers: Sequence[int], known: Affiliations) -> list[Line]:
    """The rows of those registrations of a meeting, in that order."""
    query = joined(*_COLUMNS).where(col(Registration.id).in_(numbers), col(Registration.meeting_id) == found.meeting.id)
    people = {person.id: person for person in (Applicant(*row) for row in session.connection().execute(query))}
    return lines(session, found, [people[number] for number in numbers if number in people], known)


def lines(session: Session, found: Found, people: Sequence[Applicant], known: Affiliations) -> list[Line]:
    """Those people as rows of the list."""
    days = planned_days(session, [row.id for row in people])
    waiting = positions(session, found, [row.id for row in people if row.status == "waiting"])
    return [
        Line(
            row,
            known.organisation(row),
            known.partner(row.partner_id),
            known.country(row),
            local(row.arrived, found.meeting.zone),
            tuple(days[row.id].get("on_site", ())),
            tuple(days[row.id].get("online", ())),
            waiting.get(row.id, 0),
        )
        for row in people
    ]


def planned_days(session: Session, ids: Collection[int]) -> dict[int, dict[str, list[int]]]:
    """Numbers of the days each of those registrations comes, by `on_site` and `online`."""
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


_queues: WeakKeyDictionary[Database, dict[int, tuple[int, dict[int, int]]]] = WeakKeyDictionary()


def positions(session: Session, found: Found, ids: Collection[int]) -> dict[int, int]:
    """Where waiting people stand in their queue, from 1. Counted once for each revision of the form."""
    meeting = found.meeting.id or 0
    if (form := form_of(session, meeting)) is None:
        return {}
    kept = _queues.setdefault(current(), {})
    if ids and (meeting not in kept or kept[meeting][0] != form.revision):
        kept[meeting] = form.revision, queue(places(session, form), claims(session, meeting))
    return {number: kept[meeting][1][number] for number in ids if number in kept[meeting][1]}


def queue(there: Places, live: Sequence[Claim]) -> dict[int, int]:
    """The same as `registration.rules.position` for everybody who waits, in one walk."""
    before: Counter[object] = Counter()
    found: dict[int, int] = {}
    for claim, verdict in walk(there, live, ()):
        seats = claim.demand.seats
        if verdict.waiting_for == "quota":
            found[claim.registration_id] = 1 + before[claim.demand.quota]
        else:
            found[claim.registration_id] = 1 + sum(
                count for other, count in before.items() if isinstance(other, tuple) and seats & other[0]
            )  # fmt: skip
            before[seats,] += 1
        before[claim.demand.quota] += 1
    return found
