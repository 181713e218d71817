"""What organisers do to the items of an agenda. Every act is remembered and can be undone.

All of them raise Missing for what is not this meeting's, Stale when the item is not that version any more (its
`current` is the row as it is now), and Refusal in a sentence. They change the draft only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from planner import history
from planner.agenda.drafting import Drafting, drafting, history_of
from planner.agenda.entry import ItemValues, Spoken, check_item, values_of
from planner.agenda.neighbours import Direction, after_the_last, length, neighbour, placed
from planner.agenda.quick import Line
from planner.agenda.rows import Rows
from planner.agenda.rules import LONGEST, minute_of, same_people, wall_of
from planner.agenda.shifting import begin, shift, shift_below
from planner.agenda.tables import Item, ItemPractice, Speaking
from planner.clock import now
from planner.errors import Missing, Refusal
from planner.history import Change
from planner.ical import mint_uid
from planner.language import _
from planner.names import written_in
from planner.settings import settings

FARTHEST = 12 * 60
"""Minutes that things are shifted by at most."""


def add_item(session: Session, meeting_id: int, actor: str, line: Line, *, block_id: int | None) -> Item:
    """Add what a line says at the end of a block, or to the pool without one.

    Without a start it begins when the last item of the block ends. A room that is not known stays as text.
    """
    with drafting(session, meeting_id, actor, "item.add") as act:
        if not line.title.strip():
            raise Refusal(_("Please write what it is."), "line")
        if (line.minutes or 0) > LONGEST:
            raise Refusal(_("That is too long for an item."), "line")
        language = written_in(line.title, act.meeting.working_language)
        block = act.block(block_id) if block_id else None
        starts = line.starts or (after_the_last(act.rows(), block.id or 0) if block else None)
        ends = wall_of(minute_of(starts) + line.minutes) if starts and line.minutes else None
        item = Item(
            meeting_id=meeting_id,
            block_id=block.id if block else None,
            slug=_free_slug(act, line.kind),
            position=_next_position(act, block_id),
            kind=line.kind,
            starts=starts,
            ends=ends,
            minutes=None if starts else line.minutes,
            place_id=line.place_id,
            track=line.track,
            audience="" if block and block.audience == line.audience else line.audience,
            title={language: line.title.strip()},
            text={language: line.room} if line.room else {},
            uid=mint_uid("item", urlsplit(settings().public_url).hostname or "planner"),
            created_at=now(),
            updated_at=now(),
        )
        check_item(session, act.meeting, item, ItemValues.of(item))
        act.record.add(item)
    return item


def edit_item(session: Session, meeting_id: int, actor: str, item_id: int, version: int, values: ItemValues) -> Item:
    """Write all that a form says. Items below go along when its start changes."""
    with drafting(session, meeting_id, actor, "item.edit", title=values.title) as act:
        item = act.item(item_id, version, values)
        parent = check_item(session, act.meeting, item, values)
        if parent is not None:
            act.change(item, block_id=parent.block_id)
        if values.starts:
            shift_below(act, act.rows(), item, values.starts)
        act.change(item, **values.columns())
        _set_speakers(act, item, values.speakers)
        _set_practices(act, item, values.practices)
    return item


def move_item(
    session: Session,
    meeting_id: int,
    actor: str,
    item_id: int,
    version: int,
    *,
    block_id: int | None,
    starts: time | None,
    place_id: int | None,
    track: str,
    shift_later: bool = False,
) -> Item:
    """Take an item, with those below it, to another block, time, place or track; it stays as long as it was.

    Without a block it goes to the pool and keeps its time as a wish. Without a start it keeps its own, or begins when
    the block's last item ends. `shift_later`: what begins then or after that on the day makes room for it.
    """
    wish = Move(block_id, starts, place_id, track, shift_later)
    with drafting(session, meeting_id, actor, "item.move") as act:
        item = act.item(item_id, version, wish)
        rows, before = act.rows(), (item.starts, item.track, item.block_id)
        minutes = length(item, rows)
        new = starts or item.starts or (after_the_last(rows, block_id) if block_id else None)
        block = act.block(block_id) if block_id else None
        if block and shift_later and new:
            _make_room(act, rows, item, block.day_id, track, minute_of(new), minutes)
        if block_id != item.block_id:
            act.change(item, block_id=block_id, position=_next_position(act, block_id), parent_id=None)
            for below in rows.under[item.id or 0]:
                act.change(below, block_id=block_id)
        if new and (new, track, block_id) != before:
            begin(act, rows, item, minute_of(new), minutes)
        act.change(item, place_id=place_id, track=track)
        check_item(session, act.meeting, item, values_of(session, item))
    return item


@dataclass(frozen=True, slots=True)
class Move:
    """Where somebody wants an item to be: what a form said that came too late."""

    block_id: int | None
    starts: time | None
    place_id: int | None
    track: str
    shift_later: bool


def nudge(session: Session, meeting_id: int, actor: str, item_id: int, version: int, direction: Direction) -> Item:
    """Let an item and its neighbour in the same track change places in time; both keep length, block and the gap
    between them.
    """
    with drafting(session, meeting_id, actor, f"item.{direction}") as act:
        item = act.item(item_id, version, direction)
        rows = act.rows()
        other = neighbour(rows, item, direction)
        first, second = (other, item) if direction == "earlier" else (item, other)
        one, two = rows.times[first.id or 0], rows.times[second.id or 0]
        gap = max(two.starts - one.ends, 0)
        shift(act, rows, second, one.starts - two.starts)
        shift(act, rows, first, two.ends - two.starts + gap)
    return item


def shift_after(
    session: Session, meeting_id: int, actor: str, item_id: int, version: int, minutes: int
) -> list[Item]:  # fmt: skip
    """Shift everything that begins after this item on its day by so many minutes (fewer than none: earlier)."""
    with drafting(session, meeting_id, actor, "item.shift", minutes=minutes) as act:
        item = act.item(item_id, version, minutes)
        if not minutes or abs(minutes) > FARTHEST:
            raise Refusal(_("Say by how many minutes, at most twelve hours."), "minutes")
        rows = act.rows()
        starts = placed(rows, item)
        later = [row for row in rows.tops[rows.day_of(item).id or 0] if rows.times[row.id or 0].starts > starts]
        for row in later:
            shift(act, rows, row, minutes)
    return later


def cancel_item(session: Session, meeting_id: int, actor: str, item_id: int, version: int) -> Item:
    """Mark an item as cancelled; it stays on the agenda as such."""
    return _mark(session, meeting_id, actor, item_id, version, cancelled=True)


def restore_item(session: Session, meeting_id: int, actor: str, item_id: int, version: int) -> Item:
    """Take a cancellation back."""
    return _mark(session, meeting_id, actor, item_id, version, cancelled=False)


def _mark(session: Session, meeting_id: int, actor: str, item_id: int, version: int, *, cancelled: bool) -> Item:
    with drafting(session, meeting_id, actor, "item.cancel" if cancelled else "item.restore") as act:
        item = act.item(item_id, version)
        if cancelled is (item.cancelled_at is not None):
            raise Refusal(_("It is cancelled already.") if cancelled else _("It is not cancelled."))
        act.change(item, cancelled_at=now() if cancelled else None)
    return item


def delete_item(session: Session, meeting_id: int, actor: str, item_id: int, version: int) -> None:
    """Take an item, with those below it, off the draft. If it was given out, the next version says it is cancelled."""
    with drafting(session, meeting_id, actor, "item.delete") as act:
        item = act.item(item_id, version)
        for row in (item, *act.rows().under[item.id or 0]):
            act.change(row, deleted_at=now())


def undo_change(session: Session, meeting_id: int, actor: str, change_id: int) -> None:
    """Take an act on this meeting back. Raises Missing, and Refusal when the same things were changed since."""
    with drafting(session, meeting_id, actor, "undo"):  # an act of its own: it waits for the others
        change = session.get(Change, change_id, populate_existing=True)
        if change is None or change.scope != history_of(meeting_id):
            raise Missing
        history.undo(session, change, actor)


def _next_position(act: Drafting, block_id: int | None) -> int:
    query = select(Item.position).where(Item.meeting_id == act.meeting.id, Item.block_id == block_id)
    return max(act.session.exec(query), default=-1) + 1


def _free_slug(act: Drafting, kind: str) -> str:
    """A name for addresses that no item of the meeting ever had; it says nothing of a draft."""
    taken = set(act.session.exec(select(Item.slug).where(Item.meeting_id == act.meeting.id)))
    stem = kind.replace("_", "-")
    return next(slug for number in range(1, len(taken) + 2) if (slug := f"{stem}-{number}") not in taken)


def _make_room(
    act: Drafting, rows: Rows, item: Item, day_id: int, track: str, minute: int, length: int | None
) -> None:  # fmt: skip
    for row in rows.tops[day_id]:
        if row.id != item.id and same_people(row.track, track) and rows.times[row.id or 0].starts >= minute:
            shift(act, rows, row, length or 0)


def _set_speakers(act: Drafting, item: Item, wanted: Sequence[Spoken]) -> None:
    query = select(Speaking).where(Speaking.item_id == item.id).order_by(col(Speaking.position), col(Speaking.id))
    there = act.session.exec(query).all()
    if [Spoken.of(row) for row in there] == list(wanted):
        return
    for row in there:
        act.record.remove(row)
    for position, one in enumerate(wanted):
        act.record.add(one.row(item.id or 0, position))
    act.touch(item)


def _set_practices(act: Drafting, item: Item, wanted: Sequence[int]) -> None:
    """Only what differs is written: a practice is there once, and taking the act back must not need it twice."""
    query = select(ItemPractice).where(ItemPractice.item_id == item.id)
    there = {row.practice_id: row for row in act.session.exec(query)}
    if set(there) == set(wanted):
        return
    for number, row in there.items():
        if number not in wanted:
            act.record.remove(row)
    for number in dict.fromkeys(wanted):
        if number not in there:
            act.record.add(ItemPractice(item_id=item.id or 0, practice_id=number))
    act.touch(item)
