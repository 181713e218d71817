"""Many people are registered at once from a table: counted in memory, written in batches, in the order of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, select

from planner.audit import note
from planner.consortium.tables import Person
from planner.language import _
from planner.names import fold
from planner.outbox import write_letter
from planner.registration import letters, notices, queries, rows
from planner.registration.actions import change_to, finish, letter_of
from planner.registration.entry import Entry
from planner.registration.rules import CERTAIN, Demand, Group, Places, Verdict, arrive
from planner.registration.tables import Registration
from planner.registration.waiting_list import PLANNER, Round, set_status


@dataclass(slots=True)
class _Line:
    """Who holds and waits for the meeting's places, in sums: it grows with everybody who arrives."""

    places: Places
    approval: Sequence[str]
    crowd: Counter[tuple[str, str, Demand]] = field(default_factory=Counter)

    def arrive(self, demand: Demand) -> tuple[Verdict, int]:
        """What the next one gets, and as which number they wait."""
        groups = [Group(*key, count) for key, count in self.crowd.items()]
        verdict, position = arrive(demand, self.places, groups, self.approval)
        self.crowd[verdict.status, verdict.waiting_for, demand] += 1
        return verdict, position


Outcome = tuple[Verdict, int, str]
"""What somebody gets, as which number they wait, and why when it is an organiser's will."""


def foresee(session: Session, turn: Round, entries: Sequence[Entry], *, certain: bool) -> list[Outcome]:
    """What each of those people would get in that order; `certain`: confirmed, whatever the number of places."""
    if certain:
        return [(Verdict(CERTAIN), 0, _("Confirmed with the table, whatever the places"))] * len(entries)
    line = _Line(queries.places(session, turn.form, turn.moment), turn.form.approval)
    for group in queries.groups(session, turn.form.meeting_id, 0):
        line.crowd[group.status, group.waiting_for, group.demand] += group.count
    return [(*line.arrive(entry.demand), "") for entry in entries]


def register_all(
    session: Session, turn: Round, people: Sequence[tuple[str, Entry]], actor: str, *, certain: bool
) -> None:
    """Register people by the keys of their forms, with what `foresee` says, and write to each of them.

    The number of questions to the database does not grow with the people, only that of batches. They wish nothing
    beside a place at the meeting, and answer no questions.
    """
    outcomes = foresee(session, turn, [entry for _key, entry in people], certain=certain)
    new = [rows.registration(turn.form.meeting_id, entry, key, turn.arrival) for key, entry in people]
    _name(session, turn, new)
    session.add_all(new)
    session.flush()
    for row, (_key, entry), outcome in zip(new, people, outcomes, strict=True):
        session.add(change_to(row, "submitted", turn.moment, actor))
        session.add_all(rows.choices(row.id or 0, entry))
        if turn.offer.wording is not None:
            wording = turn.offer.wording.id or 0
            session.add_all(rows.consents(row.id or 0, entry.consents, wording, turn.moment))
        _take(session, turn, row, entry, actor, outcome)
    if new:
        finish(session, turn, new[-1], actor, "registration.import", people=len(new))
    session.flush()


def _name(session: Session, turn: Round, new: Sequence[Registration]) -> None:
    """Connect them with the people of the directory who have their names and addresses, and with the notice."""
    query = select(Person).where(Person.project_id == turn.offer.found.project.id)
    known = {(one.email.lower(), fold(f"{one.given} {one.family}")): one.id for one in session.exec(query)}
    notice = notices.shown(session, turn.offer.found, turn.offer.notice, turn.offer.controller.id) if new else None
    for row in new:
        row.person_id = known.get((row.email.lower(), fold(f"{row.given} {row.family}")))
        row.notice_id = notice


def _take(session: Session, turn: Round, row: Registration, entry: Entry, actor: str, outcome: Outcome) -> None:
    verdict, position, reason = outcome
    if verdict.status == "waiting":
        row.waiting_for = verdict.waiting_for
        session.add(change_to(row, "waiting", turn.moment, PLANNER))
    else:
        set_status(session, row, verdict.status, turn.moment, actor if reason else PLANNER, reason)
    note(session, actor, "registration.register", letters.about(row), status=row.status)
    write_letter(session, letter_of(turn, row, queries.chosen(entry, [], {}), position))
