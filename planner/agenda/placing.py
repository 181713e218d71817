"""An item that is taken to another place among the others: what was between goes along, so that nothing overlaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session

from planner.agenda.drafting import Drafting, drafting
from planner.agenda.neighbours import kept_length, length
from planner.agenda.rows import Rows
from planner.agenda.rules import USUAL, Span, minute_of, same_people
from planner.agenda.shifting import begin, shift
from planner.agenda.tables import Block, Item
from planner.errors import Refusal
from planner.language import _

MORNING = 9 * 60
"""When the first item of an empty day begins that says nothing of it."""


class Place(NamedTuple):
    """Where somebody drops an item: before another of that block, or (None) at its end."""

    block_id: int
    before: int | None


def reordered(spans: Sequence[Span], mover: Span, place: int) -> tuple[list[int], int]:
    """Minutes by which the others of a day are shifted, and the mover, when it goes before the one at `place`.

    `spans` are the others, by start. All keep their lengths and the gaps between them, and the whole stretch between
    the old and the new place begins and ends as before.
    """
    old = sum(span.starts < mover.starts for span in spans)
    shifts = [0] * len(spans)
    between = range(min(old, place), max(old, place))
    if not between:
        return shifts, 0
    first, end = spans[between[0]].starts, max(spans[other].ends for other in between)
    if place < old:
        gap, move = max(mover.starts - end, 0), first - mover.starts
        along = mover.ends - mover.starts + gap
    else:
        gap, along = max(first - mover.ends, 0), mover.starts - first
        move = end - first + gap
    for other in between:
        shifts[other] = along
    return shifts, move


def inserted(spans: Sequence[Span], minutes: int, place: int, wish: int | None) -> tuple[list[int], int]:
    """Minutes by which the others of a day are shifted, and the start of a newcomer before the one at `place`.

    It begins when the one before it ends. Later ones make room only when there is none.
    """
    before = max((span.ends for span in spans[:place]), default=None)
    following = spans[place].starts if place < len(spans) else None
    starts = before if before is not None else (following if following is not None else wish)
    starts = MORNING if starts is None else starts
    needed = max(starts + minutes - following, 0) if following is not None else 0
    return [needed if other >= place else 0 for other in range(len(spans))], starts


def place_item(session: Session, meeting_id: int, actor: str, item_id: int, version: int, wish: Place) -> Item:
    """Take an item before another one, or to the end of a block. Raises Missing, Stale and Refusal.

    On its own day the items between the old and the new place slide by its length; on another one, later items make
    room when there is none.
    """
    with drafting(session, meeting_id, actor, "item.place") as act:
        item = act.item(item_id, version, wish)
        block = act.block(wish.block_id)
        rows = act.rows()
        others = _others(rows, item, block.day_id)
        place = _place(rows, others, wish)
        same_day = item.id in rows.times and item.parent_id is None and rows.day_of(item).id == block.day_id
        spans = [rows.times[other.id or 0] for other in others]
        if same_day:
            shifts, move = reordered(spans, rows.times[item.id or 0], place)
        else:
            takes = length(item, rows) or USUAL
            shifts, starts = inserted(spans, takes, place, minute_of(item.starts) if item.starts else None)
        for other, minutes in zip(others, shifts, strict=True):
            shift(act, rows, other, minutes)
        if same_day:
            shift(act, rows, item, move)
        else:
            begin(act, rows, item, starts, length(item, rows))
        _enter(act, rows, item, wish.block_id)
    return item


def _others(rows: Rows, item: Item, day_id: int) -> list[Item]:
    """What the same people do on that day, by start."""
    there = [row for row in rows.tops.get(day_id, []) if row.id != item.id and row.cancelled_at is None]
    return [row for row in there if same_people(row.track, item.track)]


def _place(rows: Rows, others: Sequence[Item], wish: Place) -> int:
    """Before which of the others: the named one (or the first that begins no earlier), or after the block's last."""
    block = rows.block.get(wish.block_id)
    if wish.before is not None:
        named = rows.times.get(wish.before)
        if named is None:
            raise Refusal(_("What stood there is gone. Please look again."))
        after = (n for n, row in enumerate(others) if rows.times[row.id or 0].starts > named.starts)
        exactly = (n for n, row in enumerate(others) if row.id == wish.before)
        return next(exactly, next(after, len(others)))
    mine = [place for place, row in enumerate(others) if row.block_id == wish.block_id]
    if mine or block is None:
        return max(mine, default=-1) + 1
    earlier = {row.id for row in rows.blocks if row.day_id == block.day_id and row.position < block.position}
    return max((place + 1 for place, row in enumerate(others) if row.block_id in earlier), default=0)


def _enter(act: Drafting, rows: Rows, item: Item, block_id: int) -> None:
    if item.block_id == block_id and item.parent_id is None:
        return
    position = max((row.position for row in rows.items if row.block_id == block_id), default=-1) + 1
    act.change(item, block_id=block_id, parent_id=None, position=position)
    for row in rows.under[item.id or 0]:
        act.change(row, block_id=block_id)


def place_on_day(session: Session, meeting_id: int, actor: str, item_id: int, version: int, day_id: int) -> Item:
    """Take an item to another day at the same time, into the block that goes on then."""
    with drafting(session, meeting_id, actor, "item.day") as act:
        item = act.item(item_id, version, day_id)
        rows = act.rows()
        block = _block_at(rows, act.day(day_id).id or 0, item)
        if item.starts is None:
            raise Refusal(_("Say when it starts: open that day and move it there."))
        if item.minutes:
            begin(act, rows, item, minute_of(item.starts), item.minutes)
        _enter(act, rows, item, block.id or 0)
    return item


def _block_at(rows: Rows, day_id: int, item: Item) -> Block:
    """The block of a day whose items begin last before an item does, or else its first."""
    mine = [block for block in rows.blocks if block.day_id == day_id]
    if not mine:
        raise Refusal(_("That day has no block yet."))
    begun = [row for row in rows.tops.get(day_id, []) if row.starts and item.starts and row.starts <= item.starts]
    wanted = begun[-1].block_id if begun else mine[0].id
    return next(block for block in mine if block.id == wanted)


def put_aside(session: Session, meeting_id: int, actor: str, item_id: int, version: int) -> Item:
    """Take an item off its day; it waits in the pool and keeps its time as a wish."""
    with drafting(session, meeting_id, actor, "item.aside") as act:
        item = act.item(item_id, version)
        rows = act.rows()
        whole = (item, *rows.under[item.id or 0])
        lengths = [kept_length(row, rows) for row in whole]  # before the first of them leaves
        for row, minutes in zip(whole, lengths, strict=True):
            act.change(row, block_id=None, minutes=minutes)
        act.change(item, parent_id=None)
    return item
