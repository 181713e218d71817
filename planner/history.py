"""What was changed, row by row, so that every act can be undone: one table, written in the act's own transaction."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, col, select

from planner.clock import now
from planner.db import Table
from planner.errors import Refusal
from planner.language import _

Values = dict[str, Any]
UNCOMPARED = frozenset({"version", "updated_at"})
"""Columns that only say that a row was changed, not what it says."""


class Change(Table, table=True):
    """One act on the things of a scope (`meeting:7`). `rows` hold table, id, and the values before and after.

    `undone_at` is set when the act was undone, `undoes_id` on the act that did so.
    """

    id: int | None = Field(default=None, primary_key=True)
    scope: str = Field(index=True)
    at: datetime
    actor: str
    act: str
    details: Values = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    rows: list[Values] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    undone_at: datetime | None = None
    undoes_id: int | None = Field(default=None, foreign_key="change.id")


@dataclass(slots=True)
class Record:
    """Gathers the rows that an act touches. Touch a row before changing it."""

    session: Session
    touched: list[tuple[Table, Values | None]] = field(default_factory=list)
    removed: list[tuple[Table, Values]] = field(default_factory=list)

    def touch(self, row: Table) -> None:
        """Remember a row as it is now, once."""
        if not any(known is row for known, _before in self.touched):
            self.touched.append((row, values(row)))

    def add(self, row: Table) -> None:
        """Write a new row."""
        self.session.add(row)
        self.session.flush()
        self.touched.append((row, None))

    def remove(self, row: Table) -> None:
        """Delete a row. What hangs on it must have been removed before, or it cannot be brought back."""
        before = next((known for other, known in self.touched if other is row), values(row))
        self.touched = [(other, known) for other, known in self.touched if other is not row]
        if before is not None:
            self.removed.append((row, before))
        self.session.delete(row)
        self.session.flush()


@contextmanager
def recording(session: Session, scope: str, actor: str, act: str, **details: Any) -> Iterator[Record]:
    """Inside the block, one act changes rows through the record; at its end the change is written."""
    record = Record(session)
    yield record
    session.flush()
    rows = [_row(row, before, values(row)) for row, before in record.touched]
    rows += [_row(row, before, None) for row, before in record.removed]
    kept = [row for row in rows if row["before"] != row["after"]]
    if kept:
        session.add(Change(scope=scope, at=now(), actor=actor, act=act, details=details, rows=kept))


def _row(row: Table, before: Values | None, after: Values | None) -> Values:
    number = (after or before or {})["id"]
    return {"table": type(row).__tablename__, "id": number, "before": before, "after": after}


def values(row: Table) -> Values:
    """The columns of a row as JSON takes them."""
    return {column.key: _plain(getattr(row, column.key)) for column in _columns(type(row))}


def revived(kind: type[Table], kept: Mapping[str, Any]) -> Values:
    """The columns of a row out of what JSON kept of them; columns that are newer than that are left out."""
    readers = _readers(kind)
    return {name: readers[name](value) for name, value in kept.items() if name in readers}


@cache
def _readers(kind: type[Table]) -> dict[str, Callable[[Any], Any]]:
    """How each column of a table is read from JSON."""
    return {column.key: _reader(column) for column in _columns(kind)}


def _reader(column: Column[Any]) -> Callable[[Any], Any]:
    stored = getattr(column.type, "impl_instance", column.type).python_type  # a type may dress another one
    if stored not in (date, time, datetime):
        return _same_value
    return lambda value: stored.fromisoformat(value) if isinstance(value, str) else value


def _same_value(value: Any) -> Any:
    return value


def _columns(kind: type[Table]) -> list[Column[Any]]:
    return list(kind.metadata.tables[str(kind.__tablename__)].columns)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | time) else value


def changes(session: Session, scope: str, limit: int = 50) -> list[Change]:
    """The newest acts of a scope, newest first."""
    return list(session.exec(select(Change).where(Change.scope == scope).order_by(col(Change.id).desc()).limit(limit)))


def undo(session: Session, change: Change, actor: str) -> None:
    """Take an act back, as a new act that can be undone too. What others changed beside it stays.

    Raises Refusal when it was undone before, or when the same columns of a row were changed since.
    """
    if change.undone_at is not None:
        raise Refusal(_("This was undone already."))
    record, kinds = Record(session), {str(kind.__tablename__): kind for kind in Table.__subclasses__()}
    for row in reversed(change.rows):
        _take_back(record, kinds[row["table"]], row)
    session.flush()
    rows = [_row(row, before, values(row)) for row, before in record.touched]
    rows += [_row(row, before, None) for row, before in record.removed]
    change.undone_at = now()
    session.add(change)
    done = Change(scope=change.scope, at=now(), actor=actor, act="undo", details=change.details, rows=rows)
    done.undoes_id = change.id
    session.add(done)


def _take_back(record: Record, kind: type[Table], row: Values) -> None:
    current = record.session.get(kind, row["id"], populate_existing=True)
    if not _stands(values(current) if current else None, row):
        raise Refusal(_("This cannot be undone any more: somebody has changed the same thing since."))
    if current is None:
        record.add(kind(**revived(kind, row["before"])))
    elif row["before"] is None:
        _put_away(record, current)
    else:
        record.touch(current)
        _write_back(current, revived(kind, {name: row["before"][name] for name in _changed(row)}))
        record.session.flush()


def _put_away(record: Record, row: Table) -> None:
    """Take back a new row. Others may point at it by now, so one that can be marked as deleted stays."""
    if not hasattr(row, "deleted_at"):
        record.remove(row)
        return
    record.touch(row)
    _write_back(row, {"deleted_at": now()})


def _write_back(row: Table, before: Values) -> None:
    version = getattr(row, "version", None)
    for name, value in before.items():
        setattr(row, name, value)
    if version is not None:  # a form read before the undo is out of date
        setattr(row, "version", version + 1)  # noqa: B010  (not every table has versions)


def _stands(current: Values | None, row: Values) -> bool:
    """Whether what an act left is still there: of a row that it changed, only what it changed counts."""
    after = row["after"]
    if current is None or after is None:
        return current is after
    compared = _changed(row) if row["before"] else after
    return all(current[name] == after[name] for name in compared if name not in UNCOMPARED and name in current)


def _changed(row: Values) -> list[str]:
    """The columns that an act wrote in a row."""
    before, after = row["before"], row["after"]
    return [name for name in before if name not in UNCOMPARED and before[name] != after.get(name)]
