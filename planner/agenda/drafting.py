"""What every act of the editor begins and ends with: one writer at a time, versions compared, rows remembered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from planner.agenda.entry import BlockValues, DayValues, values_of
from planner.agenda.rows import Rows, drafted
from planner.agenda.tables import Block, Day, Item
from planner.clock import now
from planner.errors import Missing, Stale
from planner.history import Record, recording
from planner.language import _
from planner.meetings.tables import Meeting

Versioned = TypeVar("Versioned", Day, Block, Item)


def history_of(meeting_id: int) -> str:
    """The scope under which the acts on a meeting are remembered."""
    return f"meeting:{meeting_id}"


@dataclass(slots=True)
class Drafting:
    """An act in progress. `changed` are the rows whose version it has raised already."""

    session: Session
    meeting: Meeting
    record: Record
    changed: list[object]

    def day(self, number: int, version: int | None = None, typed: object = None) -> Day:
        """A day of this meeting, at that version when one is named. Raises Missing and Stale."""
        row = self._mine(_fresh(self.session, Day, number))
        _compare(row.version, version, DayValues.of(row), typed)
        return row

    def block(self, number: int, version: int | None = None, typed: object = None) -> Block:
        """A block of this meeting. Raises Missing and Stale."""
        row = self._mine(_fresh(self.session, Block, number))
        _compare(row.version, version, BlockValues.of(row), typed)
        return row

    def item(self, number: int, version: int | None = None, typed: object = None) -> Item:
        """An item of this meeting. Raises Missing and Stale."""
        row = self._mine(_fresh(self.session, Item, number))
        _compare(row.version, version, values_of(self.session, row), typed)
        return row

    def _mine(self, row: Versioned | None) -> Versioned:
        if row is None or row.deleted_at is not None or self._meeting_of(row) != self.meeting.id:
            raise Missing
        return row

    def _meeting_of(self, row: Day | Block | Item) -> int | None:
        return self.day(row.day_id).meeting_id if isinstance(row, Block) else row.meeting_id

    def rows(self) -> Rows:
        """The draft as it is now, this act's changes included."""
        self.session.flush()
        return drafted(self.session, self.meeting)

    def change(self, row: Day | Block | Item, **values: Any) -> None:
        """Write those columns, if that changes anything."""
        if all(getattr(row, name) == value for name, value in values.items()):
            return
        self.touch(row)
        for name, value in values.items():
            setattr(row, name, value)
        self.session.add(row)

    def touch(self, row: Day | Block | Item) -> None:
        """Raise the version of a row once in this act, for what is changed in it or hangs on it."""
        self.record.touch(row)
        if any(known is row for known in self.changed):
            return
        self.changed.append(row)
        row.version += 1
        if isinstance(row, Item):
            row.updated_at = now()
        self.session.add(row)


def _compare(current: int, version: int | None, values: object, typed: object) -> None:
    if version is not None and current != version:
        raise Stale(_("Somebody else has changed this in the meantime."), current=values, typed=typed)


def _fresh(session: Session, kind: type[Versioned], number: int) -> Versioned | None:
    """A row as it is now, whatever this session has seen before."""
    query = select(kind).where(col(kind.id) == number)
    return session.exec(query.execution_options(populate_existing=True)).first()


@contextmanager
def drafting(session: Session, meeting_id: int, actor: str, act: str, **details: Any) -> Iterator[Drafting]:
    """Inside the block, one act of that meeting: all of it or nothing. Acts of one meeting wait for each other.

    Raises Missing when there is no such meeting.

    `details` are words for its history: {"title": {"en": …}}.
    """
    query = select(Meeting).where(Meeting.id == meeting_id).with_for_update()
    meeting = session.exec(query.execution_options(populate_existing=True)).first()
    if meeting is None:
        raise Missing
    with session.begin_nested(), recording(session, history_of(meeting_id), actor, act, **details) as record:
        yield Drafting(session, meeting, record, [])
