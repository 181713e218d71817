"""What differs between two versions of an agenda around its items: headings, and what is said of a whole day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from planner.agenda.rows import Rows
from planner.agenda.tables import Block, Day
from planner.db import Texts

HEADING, CHAIR, NOTE = "heading", "chair", "note"


@dataclass(frozen=True, slots=True)
class Around:
    """What became of a heading or a day. `title` is the heading, empty for a day; `before` what the heading was."""

    what: str
    day: date
    title: Texts
    before: Texts
    hidden: bool = False


def around(before: Rows | None, after: Rows) -> list[Around]:
    """Other headings above items that stay, other chairs and notes of days that stay; nothing for a first version."""
    if before is None:
        return []
    days = {row.id: row for row in before.days}
    found = [one for day in after.days if day.id in days for one in _of_day(days[day.id], day)]
    return sorted([*found, *_headings(before, after)], key=lambda one: one.day)


def _of_day(old: Day, new: Day) -> Iterable[Around]:
    if old.chair_id != new.chair_id:
        yield Around(CHAIR, new.date, {}, {})
    if old.note != new.note:
        yield Around(NOTE, new.date, {}, {})


def _headings(before: Rows, after: Rows) -> Iterable[Around]:
    was, now = _shown(before), _shown(after)
    open_now = _shown(after.public())
    for number in sorted(was.keys() & now.keys()):
        old, new = was[number], now[number]
        if old.title != new.title:
            yield Around(HEADING, after.day[new.day_id].date, new.title, old.title, number not in open_now)


def _shown(rows: Rows) -> dict[int, Block]:
    """Blocks that readers see: those with something that takes place in them."""
    there = {row.block_id for row in rows.items if row.cancelled_at is None}
    return {row.id or 0: row for row in rows.blocks if row.id in there}
