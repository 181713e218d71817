"""Many people are registered at once from a table: counted in memory, written in batches, in the order of its rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy
from sqlmodel import Session, col, select

from planner.audit import AuditNote
from planner.clock import now
from planner.consortium.tables import Person
from planner.db import Table
from planner.language import _
from planner.names import fold
from planner.outbox import OutboxLetter, stamped
from planner.registration import notices, queries, rows
from planner.registration.actions import finish, letter_of
from planner.registration.entry import Entry
from planner.registration.rules import CERTAIN, Demand, Group, Places, Verdict, arrive
from planner.registration.tables import Registration, StatusChange, keep_keys
from planner.registration.waiting_list import PLANNER, Round

Values = dict[str, Any]
"""What becomes a row, by column."""
Standing = tuple[str, str, int]
"""The status, what is waited for, and as which number."""


@dataclass(frozen=True, slots=True)
class Place:
    """What somebody gets, as which number they wait, and why when it is an organiser's will."""

    verdict: Verdict
    position: int = 0
    reason: str = ""

    @property
    def standing(self) -> Standing:
        """What a letter says about it."""
        return self.verdict.status, self.verdict.waiting_for, self.position


@dataclass(slots=True)
class _Line:
    """Who holds and waits for the meeting's places, in sums: it grows with everybody who arrives."""

    places: Places
    approval: Sequence[str]
    crowd: Counter[tuple[str, str, Demand]] = field(default_factory=Counter)

    def arrive(self, demand: Demand) -> Place:
        """What the next one gets."""
        groups = [Group(*key, count) for key, count in self.crowd.items()]
        verdict, position = arrive(demand, self.places, groups, self.approval)
        self.crowd[verdict.status, verdict.waiting_for, demand] += 1
        return Place(verdict, position)


def foresee(session: Session, turn: Round, entries: Sequence[Entry], *, certain: bool) -> list[Place]:
    """What each of those people would get in that order; `certain`: confirmed, whatever the number of places."""
    if certain:
        return [Place(Verdict(CERTAIN), reason=_("Confirmed with the table, whatever the places"))] * len(entries)
    line = _Line(queries.places(session, turn.form, turn.moment), turn.form.approval)
    for group in queries.groups(session, turn.form.meeting_id, 0):
        line.crowd[group.status, group.waiting_for, group.demand] += group.count
    return [line.arrive(entry.demand) for entry in entries]


@dataclass(slots=True)
class Newcomer:
    """A person of a table with all that can be made ready before anybody's place is counted.

    `beside` are the rows that hang on the registration, still without its number; `letters` say how the person stands,
    by what they say.
    """

    entry: Entry
    row: Registration
    beside: list[tuple[type[Table], Values]]
    letters: dict[Standing, Values] = field(default_factory=dict)

    def knows(self, place: Place) -> bool:
        """Whether there is a letter that says so."""
        return place.standing in self.letters

    def write(self, turn: Round, place: Place) -> None:
        """Write the letter that says what they get."""
        self.row.status, self.row.waiting_for = place.verdict.status, place.verdict.waiting_for
        letter = letter_of(turn, self.row, queries.chosen(self.entry, [], {}), place.position)
        self.letters[place.standing] = _values(stamped(letter))


def newcomer(turn: Round, entry: Entry, key: str) -> Newcomer:
    """Somebody by the key of their form. They wish nothing beside a place at the meeting, and answer no questions."""
    row = rows.registration(turn.form.meeting_id, entry, key, turn.arrival)
    keep_keys(None, None, row)
    beside = list(rows.choices(0, entry))
    if turn.offer.wording is not None:
        beside += rows.consents(0, entry.consents, turn.offer.wording.id or 0, turn.moment)
    return Newcomer(entry, row, [(type(one), _values(one)) for one in beside])


def _values(row: Table) -> Values:
    """All columns of a new row; its own number is the database's."""
    return row.model_dump(exclude={"id"})


def register_all(session: Session, turn: Round, people: Sequence[tuple[Newcomer, Place]], actor: str) -> None:
    """Register people with what `foresee` says, and write to each of them what their letter for that says.

    The number of questions to the database does not grow with the people, only that of batches.
    """
    if not people:
        return
    numbers = _register(session, turn, people)
    batches: dict[type[Table], list[Values]] = defaultdict(list)
    for one, place in people:
        number = numbers[one.row.uid]
        for table, values in _beside(turn, one, place, number, actor):
            batches[table].append(values)
    for table, batch in batches.items():
        session.connection().execute(sqlalchemy.insert(table), batch)
    last = session.get_one(Registration, numbers[people[-1][0].row.uid])
    finish(session, turn, last, actor, "registration.import", people=len(people))
    session.flush()


def _register(session: Session, turn: Round, people: Sequence[tuple[Newcomer, Place]]) -> dict[str, int]:
    """Put the registrations in; the answer is their numbers by uid, which rise as the people stand."""
    query = select(Person).where(Person.project_id == turn.offer.found.project.id)
    known = {(one.email.lower(), fold(f"{one.given} {one.family}")): one.id for one in session.exec(query)}
    notice = notices.shown(session, turn.offer.found, turn.offer.notice, turn.offer.controller.id)
    session.flush()
    values = [
        _values(one.row)
        | {
            "status": place.verdict.status,
            "waiting_for": place.verdict.waiting_for,
            "version": 1 if place.verdict.status == "waiting" else 2,
            "submitted_at": turn.arrival,
            "updated_at": turn.moment,
            "person_id": known.get((one.row.email.lower(), fold(f"{one.row.given} {one.row.family}"))),
            "notice_id": notice,
        }
        for one, place in people
    ]
    columns = col(Registration.uid), col(Registration.id)
    put = sqlalchemy.insert(Registration).returning(*columns, sort_by_parameter_order=True)
    return {uid: number or 0 for uid, number in session.connection().execute(put, values)}


def _beside(turn: Round, one: Newcomer, place: Place, number: int, actor: str) -> Iterable[tuple[type[Table], Values]]:
    """What hangs on a registration: days and consents, its history, the note of the act, and the letter."""
    status, about = place.verdict.status, f"registration:{number}"
    told = actor if place.reason else PLANNER
    for table, values in one.beside:
        yield table, values | {"registration_id": number}
    for what, who, why in (("submitted", actor, ""), (status, told, place.reason)):
        change = {"registration_id": number, "status": what, "at": turn.moment, "actor": who, "reason": why}
        yield StatusChange, change
    act = {"act": "registration.register", "subject": about, "details": {"status": status}}
    yield AuditNote, {"at": now(), "actor": actor, **act}
    yield OutboxLetter, one.letters[place.standing] | {"about": about}
