"""What is kept, in figures, and what a run of the plan would take: exactly as much as a run then takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, select

from planner.admin import erasing, traces
from planner.admin.erasing import Target
from planner.admin.retention import OWN, Shelf, ended, people_of, shelves, today_at
from planner.admin.rules import AUDIT, AUDIT_DAYS, CONTACT, KINDS, LETTER_DAYS, LETTERS
from planner.consortium.tables import Project
from planner.meetings.queries import Found, all_meetings
from planner.registration.rules import LIVE
from planner.registration.tables import Registration


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of data of a meeting in figures: until when, how much there is, and how much of it is due."""

    kind: str
    until: date | None
    days: int | None
    rows: int
    due: int


def overview(session: Session, found: Found, moment: datetime) -> list[Kept]:
    """What a meeting keeps of each kind, and what a run of the plan would take now. Nothing is changed."""
    today = today_at(found, moment)
    people = people_of(session, found, today)
    filled = {shelf.kind: shelf for shelf in shelves(session, found, people, today)}
    kept = {kind: _kept(session, shelf) for kind, shelf in filled.items()}
    late = traces.count_late(session, people.ids, ended(filled[CONTACT]), moment)
    notes = traces.count_details(session, people.ids, traces.old_details(moment))
    kept[LETTERS] = Kept(LETTERS, None, LETTER_DAYS, traces.count_texts(session, people.ids), late)
    kept[AUDIT] = Kept(AUDIT, None, AUDIT_DAYS, traces.count_details(session, people.ids), notes)
    return [kept[kind] for kind in KINDS]


def overview_of(session: Session, found: Found, row: Registration, moment: datetime) -> list[Kept]:
    """The same for one person: how much of each kind there is about them, and until when."""
    today = today_at(found, moment)
    people = people_of(session, found, today).only({row.id or 0})
    if row.status in LIVE and today < found.meeting.first_day:
        people = replace(people, coming=people.ids)
    mine = {shelf.kind: _kept(session, _personal(shelf)) for shelf in shelves(session, found, people, today)}
    mine[LETTERS] = Kept(LETTERS, None, LETTER_DAYS, traces.count_texts(session, people.ids), 0)
    mine[AUDIT] = Kept(AUDIT, None, AUDIT_DAYS, traces.count_details(session, people.ids), 0)
    return [mine[kind] for kind in KINDS if mine[kind].rows]


def _personal(shelf: Shelf) -> Shelf:
    return replace(shelf, all=[target for target in shelf.all if target.part.by in OWN], due=[])


def _kept(session: Session, shelf: Shelf) -> Kept:
    return Kept(shelf.kind, shelf.until, None, _number(session, shelf.all), _number(session, shelf.due))


def _number(session: Session, targets: Iterable[Target]) -> int:
    return sum(len(erasing.holders(session, target)) for target in targets)


def expected(session: Session, moment: datetime) -> dict[str, int]:
    """What a run for the whole installation would take now, by kind. Nothing is changed."""
    counts = dict.fromkeys(KINDS, 0)
    late: set[int] = set()
    for found in _meetings(session):
        today = today_at(found, moment)
        for shelf in shelves(session, found, people_of(session, found, today), today):
            counts[shelf.kind] += _number(session, shelf.due)
            late |= ended(shelf) if shelf.kind == CONTACT else set()
    counts[LETTERS], counts[AUDIT] = traces.count_everywhere(session, late, moment)
    return {kind: number for kind, number in counts.items() if number}


def _meetings(session: Session) -> list[Found]:
    projects = session.exec(select(Project)).all()
    return [Found(project, meeting) for project in projects for meeting in all_meetings(session, project.id or 0)]
