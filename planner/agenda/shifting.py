"""How an item of a draft gets another time: what stands below it goes along, and it stays on its day."""

from __future__ import annotations

from datetime import time

from planner.agenda.drafting import Drafting
from planner.agenda.rows import Rows
from planner.agenda.rules import DAY, minute_of, wall_of
from planner.agenda.tables import Item
from planner.errors import Refusal
from planner.language import _


def shift(act: Drafting, rows: Rows, item: Item, minutes: int) -> None:
    """Shift an item by so many minutes. Raises Refusal when it would begin on another day."""
    if item.starts is None or not minutes:
        return
    _same_day(minute_of(item.starts) + minutes)
    for row in (item, *rows.under[item.id or 0]):
        act.change(row, starts=_later(row.starts, minutes), ends=_later(row.ends, minutes))


def shift_below(act: Drafting, rows: Rows, item: Item, starts: time) -> None:
    """Shift what stands below an item as if that began then."""
    minutes = minute_of(starts) - minute_of(item.starts) if item.starts else 0
    for row in rows.under[item.id or 0] if minutes else ():
        act.change(row, starts=_later(row.starts, minutes), ends=_later(row.ends, minutes))


def begin(act: Drafting, rows: Rows, item: Item, minute: int, length: int | None) -> None:
    """Let an item begin at that minute of its day and take that long, if anything says how long."""
    _same_day(minute)
    starts = wall_of(minute)
    shift_below(act, rows, item, starts)
    act.change(item, starts=starts, ends=wall_of(minute + length) if length else None, minutes=None)


def _same_day(minute: int) -> None:
    if not 0 <= minute < DAY:
        raise Refusal(_("Something would begin on another day. Move it there instead."), "minutes")


def _later(wall: time | None, minutes: int) -> time | None:
    return wall_of(minute_of(wall) + minutes) if wall else None
