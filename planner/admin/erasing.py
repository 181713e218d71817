"""How rows about people are found and emptied: the plan's parts, whatever table they are of."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, String, and_, cast, delete, func, or_, select
from sqlalchemy import Table as Shape
from sqlmodel import Session, col
from sqlmodel import select as ask

from planner import files
from planner.admin.plan import GONE, PARTS, Part
from planner.admin.rules import ANSWERS, CARE
from planner.db import Table
from planner.history import Change

AT_ONCE = 500
"""Ids in one question: databases limit how many values one may hold."""
_STORED = re.compile(r"[0-9a-f]{40}")
NAMED = ("family", "latin_family")
FOLLOWING = ("search_key", "name_key")
"""Columns that are put together from others."""


@dataclass(frozen=True, slots=True)
class Target:
    """A part of the plan for some registrations (or whatever its `by` names, addresses in small letters).

    Of answers only those to `questions`, of rows with an own last day only those that lie `before` a day.
    """

    part: Part
    ids: Collection[int] | Collection[str]
    questions: Collection[int] | None = None
    before: date | None = None


def holders(session: Session, target: Target) -> list[Any]:
    """Whose each row is that would go or be emptied: none when there is nothing left to do."""
    shape = _shape(target.part.table)
    found: list[Any] = []
    for where in _wheres(target):
        found += session.connection().execute(select(shape.c[target.part.by]).where(where)).scalars()
    return found


def clear(session: Session, target: Target) -> int:
    """Delete or empty those rows, with their files; how many."""
    number = len(holders(session, target))
    if number:
        session.flush()
        _discard_files(session, target)
        for where in _wheres(target):
            if target.part.columns:
                _empty(session, target.part, where)
            else:
                session.connection().execute(delete(_shape(target.part.table)).where(where))
        session.expire_all()
    return number


def _empty(session: Session, part: Part, where: ColumnElement[bool]) -> None:
    """Row by row: what follows from a column (what lists search in) is then written anew too."""
    kinds = {str(kind.__tablename__): kind for kind in Table.__subclasses__()}
    shape = _shape(part.table)
    for row in session.exec(ask(kinds[part.table]).where(where)).all():
        for name in part.columns:
            setattr(row, name, _blank(shape.c[name], row))
        session.add(row)
    session.flush()


def _shape(table: str) -> Shape:
    return Table.metadata.tables[table]


def _wheres(target: Target) -> Iterator[ColumnElement[bool]]:
    shape, ids = _shape(target.part.table), sorted(target.ids)
    whose: ColumnElement[Any] = shape.c[target.part.by]
    if target.part.by == "email":
        whose = func.lower(whose)
    for start in range(0, len(ids), AT_ONCE):
        yield and_(whose.in_(ids[start : start + AT_ONCE]), *_further(shape, target))


def _further(shape: Shape, target: Target) -> Iterator[ColumnElement[bool]]:
    if target.part.columns:
        yield or_(*(_is_filled(shape.c[name]) for name in target.part.columns))
    if target.questions is not None:
        yield shape.c.question_id.in_(target.questions)
    if target.before is not None and target.part.until:
        yield shape.c[target.part.until] < target.before


def _is_filled(column: Column[Any]) -> ColumnElement[bool]:
    if column.nullable:
        return column.is_not(None)
    if isinstance(getattr(column.type, "impl_instance", column.type), JSON):
        return cast(column, String).not_in(("{}", "[]"))
    filled: ColumnElement[bool] = column != _blank(column)
    return filled


def _blank(column: Column[Any], row: Any = None) -> Any:
    """What stands in a column when what it said is gone. An identity stays unlike all others."""
    if column.name == "identity":
        return f"#{row.id}" if row else "#" + cast(column.table.c.id, String)
    if column.name in NAMED:
        return GONE
    return None if column.nullable else ""


def _discard_files(session: Session, target: Target) -> None:
    """Before the rows: a run that breaks off leaves rows without files, and the next one finds the rows."""
    if not target.part.files:
        return
    shape = _shape(target.part.table)
    for where in _wheres(target):
        for value in session.connection().execute(select(shape.c[target.part.files]).where(where)).scalars():
            discard_in(value)


def discard_in(value: Any) -> None:
    """Remove the stored files that a value names, wherever in it."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            discard_in(one)
    elif isinstance(value, str) and _STORED.fullmatch(value):
        files.discard(value)


def forget_changes(session: Session, ended: Mapping[str, Collection[int]]) -> int:
    """Take kinds of data (each of those registrations) out of the history of changes too, so that no undoing brings
    them back; how many changes were about them.
    """
    parts = [(part, frozenset(ended[part.kind])) for part in PARTS if ended.get(part.kind)]
    if care := frozenset(ended.get(CARE, ())):  # a change does not say what an answer was about: all of them go
        parts += [(part, care) for part in PARTS if part.kind == ANSWERS]
    number = 0
    for change in _changes(session) if parts else ():
        rows = [row for row in (_left(row, parts) for row in change.rows) if row is not None]
        if rows != change.rows:
            change.rows, change.details = rows, {}
            session.add(change)
            number += 1
    session.flush()
    return number


def _changes(session: Session) -> Sequence[Change]:
    tables = sorted({part.table for part in PARTS})
    told = cast(col(Change.rows), String)
    return session.exec(ask(Change).where(or_(*(told.contains(f'"{table}"') for table in tables)))).all()


def _left(row: dict[str, Any], parts: Iterable[tuple[Part, frozenset[int]]]) -> dict[str, Any] | None:
    """A remembered row without what goes; None when all of it goes."""
    for part, ids in parts:
        if part.table != row["table"] or not _is_of(row, part, ids):
            continue
        if not part.columns:
            return None
        row = {**row, **{side: _bare(row[side], part) for side in ("before", "after")}}
    return row


def _is_of(row: dict[str, Any], part: Part, ids: frozenset[int]) -> bool:
    return any((row[side] or {}).get(part.by) in ids for side in ("before", "after"))


def _bare(values: dict[str, Any] | None, part: Part) -> dict[str, Any] | None:
    if values is None:
        return None
    gone = [name for name in (*part.columns, *FOLLOWING) if name in values]
    return {**values, **{name: _nothing(name, values[name]) for name in gone}}


def _nothing(name: str, value: Any) -> str | None:
    """What stands for a remembered value."""
    if name in NAMED:
        return GONE
    return "" if isinstance(value, str) else None
