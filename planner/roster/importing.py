"""People from a table: all of it or nothing, with the places that they would get one after the other.

A dry run counts places and queues as the real one does, and writes nothing. What takes long, reading the rows and
writing the letters, is done before others have to wait: under the lock only places are counted and rows put in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from planner import db
from planner.audit import note
from planner.clock import now
from planner.errors import Refusal
from planner.language import _
from planner.meetings.queries import at_desk
from planner.names import full
from planner.registration import actions, words
from planner.registration.entry import Entry
from planner.registration.offer import offer
from planner.registration.tables import Registration
from planner.registration.together import Newcomer, Place, foresee, newcomer, register_all
from planner.registration.waiting_list import Round
from planner.roster.reading import Mistake, people
from planner.tabular import Table

MOST_PEOPLE = 5000
"""Rows of a table of people."""
PLACES, CONFIRMED = "places", "confirmed"
WAYS = (PLACES, CONFIRMED)
"""Take a place or a turn like everybody, or be confirmed whatever the number of places."""
LATE = (50, 50, MOST_PEOPLE)
"""So many letters may be left for the first, second and last try: others wait while they are written."""
NEW, KNOWN = "new", "known"


@dataclass(frozen=True, slots=True)
class Step:
    """What a row does: a new registration with the status it gets, or a person who is there already."""

    row: int
    name: str
    what: str
    status: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a table does: step by step, or the mistakes that keep all of it from being done."""

    steps: list[Step]
    mistakes: list[Mistake]

    @property
    def new(self) -> int:
        """How many people are added."""
        return sum(step.what == NEW for step in self.steps)


def import_table(project: str, meeting: str, table: Table, actor: str, way: str = PLACES, *, write: bool) -> Outcome:
    """Register everybody in a table: all of it, or nothing when one row has a mistake. `way` is one of WAYS.

    Without `write` it is only foreseen. Whoever is registered under that name and address is passed over, so
    the same table changes nothing again. Raises Missing for a meeting that is not there or has no registration form.
    """
    group = _Group(table, way)
    for late in LATE:
        with db.read() as session:
            there = offer(session, at_desk(session, project, meeting))
            group.look(session, Round(there, there.form, now()))
        if not write or group.mistakes:
            break
        group.prepare()
        with db.write() as session:
            group.look(session, actions.lock(session, offer(session, at_desk(session, project, meeting))))
            if group.mistakes or len(group.unprepared()) <= late:
                group.enter(session, actor)
                break
    return Outcome(group.steps(), group.mistakes)


@dataclass(slots=True)
class _Group:
    """A table on its way in: who is in it, and, as things stood at the last look, who is new and gets what."""

    table: Table
    way: str
    turn: Round = field(init=False)
    mark: object = None
    revision: int = 0
    entries: list[tuple[int, Entry]] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    known: Mapping[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    ready: dict[str, Newcomer] = field(default_factory=dict)

    def look(self, session: Session, turn: Round) -> None:
        """See who is new and what they get; read the rows again only when the meeting asks something else."""
        self.turn = turn
        if self.mark != (mark := _mark(turn)):
            self.mark, self.revision, self.ready = mark, 0, {}
            self.entries, self.mistakes = people(self.table, turn.offer)
        if self.mistakes:
            return
        known, self.known = self.known, _known(session, turn)
        if (self.revision, known) == (turn.form.revision, self.known):
            return
        self.revision = turn.form.revision
        fresh = [entry for _row, entry in self.entries if entry.identity not in self.known]
        places = foresee(session, turn, fresh, certain=self.way == CONFIRMED)
        self.places = {entry.identity: place for entry, place in zip(fresh, places, strict=True)}

    def unprepared(self) -> list[Entry]:
        """Those whose letter does not say what they get by now."""
        fresh = [entry for _row, entry in self.entries if entry.identity in self.places]
        return [
            entry
            for entry in fresh
            if (one := self.ready.get(entry.identity)) is None or not one.knows(self.places[entry.identity])
        ]

    def prepare(self) -> None:
        """Make the rows and letters that are not there yet."""
        for entry in self.unprepared():
            one = self.ready.get(entry.identity) or newcomer(self.turn, entry, _key(self.turn, entry))
            one.write(self.turn, self.places[entry.identity])
            self.ready[entry.identity] = one

    def enter(self, session: Session, actor: str) -> None:
        """Put everybody who is new in; nobody when there are mistakes."""
        if self.mistakes:
            return
        self.prepare()
        register_all(session, self.turn, [(self.ready[who], place) for who, place in self.places.items()], actor)
        about = f"meeting:{self.turn.form.meeting_id}"
        note(session, actor, "registrations.import", about, rows=len(self.entries), new=len(self.places), way=self.way)

    def steps(self) -> list[Step]:
        """What each row does; nothing when there are mistakes."""
        rows: Sequence[tuple[int, Entry]] = () if self.mistakes else self.entries
        return [self._step(number, entry) for number, entry in rows]

    def _step(self, number: int, entry: Entry) -> Step:
        name, place = full(entry.latin_given, entry.latin_family), self.places.get(entry.identity)
        if place is None:
            return Step(number, name, KNOWN, self.known[entry.identity])
        return Step(number, name, NEW, place.verdict.status)


def _mark(turn: Round) -> object:
    """What rows and letters depend on: another one, and they are read and written anew."""
    project, meeting = turn.offer.found.project, turn.offer.found.meeting
    return project.revision, meeting.revision, turn.form.model_dump(exclude={"revision", "arrived_at"})


def _key(turn: Round, entry: Entry) -> str:
    """The same for the same person, so that two who bring the same table register nobody twice."""
    return f"import-{hashlib.sha256(f'{turn.form.meeting_id}|{entry.identity}'.encode()).hexdigest()[:48]}"


def _known(session: Session, turn: Round) -> dict[str, str]:
    """Everybody who was ever registered, with what became of the newest registration."""
    query = select(Registration.identity, Registration.status).where(
        Registration.meeting_id == turn.form.meeting_id, Registration.identity != ""
    )
    return dict(session.exec(query.order_by(col(Registration.id))).all())


def status_text(step: Step) -> str:
    """What happens to somebody, in words."""
    status = words.status_text(step.status)
    return _("There already: %(status)s") % {"status": status} if step.what == KNOWN else status


def refused(outcome: Outcome) -> Refusal:
    """The mistakes of a table in one sentence after the other, for the command line."""
    told = _("Row %(row)d, %(column)s: %(sentence)s")
    lines = [told % {"row": one.row, "column": one.column or "–", "sentence": one.sentence} for one in outcome.mistakes]
    return Refusal("\n".join(lines))
