"""Where an item stands among the others of its day: what comes before and after it, and how long it takes."""

from __future__ import annotations

from datetime import time
from typing import Literal

from planner.agenda.rows import Rows
from planner.agenda.rules import DAY, minute_of, same_people, wall_of
from planner.agenda.tables import Item
from planner.errors import Refusal
from planner.language import _

Direction = Literal["earlier", "later"]


def placed(rows: Rows, item: Item) -> int:
    """The minute of its day an item begins at. Raises Refusal for one in the pool."""
    if item.id not in rows.times:
        raise Refusal(_("It has no place on the agenda yet."))
    return rows.times[item.id].starts


def length(item: Item, rows: Rows) -> int | None:
    """How long an item takes as it stands now; None for one in the pool that says nothing of it."""
    if span := rows.times.get(item.id or 0):
        return span.ends - span.starts
    if item.starts and item.ends:
        return (minute_of(item.ends) - minute_of(item.starts)) % DAY
    return item.minutes


def kept_length(item: Item, rows: Rows) -> int | None:
    """What an item that goes to the pool has to remember: its length, unless its times say it."""
    return None if item.starts and item.ends else length(item, rows)


def after_the_last(rows: Rows, block_id: int) -> time:
    """When the last item of a block ends. Raises Refusal for an empty block."""
    ends = [rows.times[row.id or 0].ends for row in rows.items if row.block_id == block_id]
    if not ends:
        raise Refusal(_("Say when it starts."), "starts")
    if max(ends) >= DAY:
        raise Refusal(_("The last one ends after midnight: say when this one starts."), "starts")
    return wall_of(max(ends))


def neighbour(rows: Rows, item: Item, direction: Direction) -> Item:
    """What comes right before or after an item for the same people. Raises Refusal when that is not in its track."""
    starts = placed(rows, item)
    if item.parent_id is not None:
        raise Refusal(_("What stands below another item moves with it."))
    there = [row for row in rows.tops[rows.day_of(item).id or 0] if row.id != item.id and row.cancelled_at is None]
    mine = [row for row in there if same_people(row.track, item.track)]
    sign = -1 if direction == "earlier" else 1
    beyond = [row for row in mine if (rows.times[row.id or 0].starts - starts) * sign > 0]
    if not beyond:
        raise Refusal(_("It is the first of its day.") if sign < 0 else _("It is the last of its day."))
    nearest = min(beyond, key=lambda row: (rows.times[row.id or 0].starts - starts) * sign)
    if nearest.track != item.track:
        raise Refusal(_("Next to it is something in another track. Use Move."))
    return nearest
