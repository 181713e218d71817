"""The agenda row by row: as the organisers draft it, or as it was given out. Views and papers are made from these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import time
from functools import cached_property
from typing import Any

from sqlalchemy.orm import class_mapper
from sqlmodel import Session, col, select

from planner.agenda.rules import Planned, Span, minute_of, span_among
from planner.agenda.tables import Block, Day, Item, ItemPractice, Speaking, Track
from planner.db import Table, Texts
from planner.history import revived, values
from planner.meetings.queries import places
from planner.meetings.tables import Meeting, Place

Content = dict[str, Any]
Extras = Mapping[str, Mapping[str, Any]]
"""What later rooms know of items: name of the part (`visits`) → id of the item, as text → values JSON takes."""

SECTIONS: dict[str, type[Table]] = {
    "days": Day, "blocks": Block, "items": Item, "speakings": Speaking, "practices": ItemPractice, "places": Place,
    "tracks": Track,
}  # fmt: skip
_OWN = frozenset({*SECTIONS, "zone", "meeting", "gone"})


@dataclass(frozen=True)
class Rows:
    """An agenda: `items` are those that have their place in a block, `pool` those that wait for one.

    `gone` are items that are no longer on the agenda or not for everybody any more, as they were shown last and as
    cancelled, with what they hung on: calendars still hold them.
    """

    zone: str
    days: Sequence[Day] = ()
    blocks: Sequence[Block] = ()
    items: Sequence[Item] = ()
    speakings: Sequence[Speaking] = ()
    practices: Sequence[ItemPractice] = ()
    places: Sequence[Place] = ()
    tracks: Sequence[Track] = ()
    pool: Sequence[Item] = ()
    extras: Extras = field(default_factory=dict)
    gone: Rows | None = None

    @cached_property
    def block(self) -> dict[int, Block]:
        """Blocks by id."""
        return {row.id or 0: row for row in self.blocks}

    @cached_property
    def day(self) -> dict[int, Day]:
        """Days by id."""
        return {row.id or 0: row for row in self.days}

    @cached_property
    def place(self) -> dict[int, Place]:
        """Places by id."""
        return {row.id or 0: row for row in self.places}

    @cached_property
    def track_names(self) -> dict[str, Texts]:
        """Names of tracks by their codes; a track that nobody named has none."""
        return {row.code: row.name for row in self.tracks if row.name}

    @cached_property
    def hidden(self) -> frozenset[int]:
        """The items that the public does not see: their own wish, their block's or that of what they stand below."""
        own = {row.id for row in self.items if row.hidden or self.block[row.block_id or 0].hidden}
        return frozenset(row.id or 0 for row in self.items if row.id in own or row.parent_id in own)

    @cached_property
    def tops(self) -> dict[int, list[Item]]:
        """The items of each day, by its id, without those below another."""
        found: dict[int, list[Item]] = defaultdict(list)
        for row in self.items:
            if row.parent_id is None:
                found[self.block[row.block_id or 0].day_id].append(row)
        return found

    @cached_property
    def below(self) -> dict[int, list[Item]]:
        """The items below another one, by its id."""
        found: dict[int, list[Item]] = defaultdict(list)
        for row in self.items:
            if row.parent_id is not None:
                found[row.parent_id].append(row)
        return found

    @cached_property
    def under(self) -> dict[int, list[Item]]:
        """The same for items in the pool too: whoever is moved takes them along."""
        found: dict[int, list[Item]] = defaultdict(list)
        for row in (*self.items, *self.pool):
            if row.parent_id is not None:
                found[row.parent_id].append(row)
        return found

    @cached_property
    def times(self) -> dict[int, Span]:
        """When each item happens, in minutes of its day. Only items that take place end the one before them, and
        hidden ones none that is public, so that no end gives away what is not shown."""
        found: dict[int, Span] = {}
        for tops in self.tops.values():
            live = [(row, planned(row)) for row in tops if row.cancelled_at is None]
            everybody = [plan for _row, plan in live]
            public = [plan for row, plan in live if row.id not in self.hidden]
            for row in tops:
                span = span_among(planned(row), everybody if row.id in self.hidden else public)
                found[row.id or 0] = span
                found |= _spans_below(span, self.below[row.id or 0])
        return found

    def day_of(self, item: Item) -> Day:
        """The day an item is on."""
        return self.day[self.block[item.block_id or 0].day_id]

    def public(self) -> Rows:
        """The same without blocks and items that are not for the public."""
        blocks = [row for row in self.blocks if not row.hidden]
        items = [row for row in self.items if row.id not in self.hidden]
        return replace(self, blocks=blocks, items=items, pool=(), gone=self.gone and self.gone.public())

    def fallen(self) -> Rows | None:
        """What is gone and not among these items: calendars have to say that it was cancelled."""
        there = {row.id for row in self.items}
        return self.gone and replace(self.gone, items=[row for row in self.gone.items if row.id not in there])

    def taking_place(self) -> Rows:
        """The same without what is cancelled."""
        return replace(self, items=[row for row in self.items if row.cancelled_at is None])


def planned(item: Item) -> Planned:
    """When somebody wants an item to be."""
    return Planned(item.starts or time(), item.ends, item.track)


def _spans_below(parent: Span, items: Sequence[Item]) -> dict[int, Span]:
    """Items below another begin with it when they have no time, and end with the next of them, or with it."""
    starts = [parent.starts if row.starts is None else minute_of(row.starts) for row in items]
    found = {}
    for row, begins in zip(items, starts, strict=True):
        until = min((other for other in starts if other > begins), default=max(parent.ends, begins))
        ends = minute_of(row.ends) if row.ends else until
        found[row.id or 0] = Span(begins, ends if ends >= begins else ends + 24 * 60)
    return found


def drafted(session: Session, meeting: Meeting, extras: Extras | None = None) -> Rows:
    """The agenda as the organisers have it now, in a constant number of questions."""
    number = meeting.id or 0
    days, blocks = days_and_blocks(session, number)
    items = session.exec(select(Item).where(Item.meeting_id == number, col(Item.deleted_at).is_(None))).all()
    placed, waiting = _told_apart(items, {row.id for row in blocks})
    mine = select(Item.id).where(Item.meeting_id == number, col(Item.deleted_at).is_(None))
    speakings = select(Speaking).where(col(Speaking.item_id).in_(mine))
    practices = select(ItemPractice).where(col(ItemPractice.item_id).in_(mine))
    return Rows(
        zone=meeting.zone,
        days=days,
        blocks=blocks,
        items=placed,
        speakings=session.exec(speakings.order_by(col(Speaking.position), col(Speaking.id))).all(),
        practices=session.exec(practices.order_by(col(ItemPractice.id))).all(),
        places=list(places(session, number).values()),
        tracks=session.exec(select(Track).where(Track.meeting_id == number).order_by(col(Track.code))).all(),
        pool=waiting,
        extras=extras or {},
    )


def days_and_blocks(session: Session, meeting_id: int) -> tuple[Sequence[Day], Sequence[Block]]:
    """The days of a draft and their blocks, each in its order."""
    days = select(Day).where(Day.meeting_id == meeting_id, col(Day.deleted_at).is_(None))
    blocks = select(Block).join(Day).where(Day.meeting_id == meeting_id, col(Day.deleted_at).is_(None))
    there = blocks.where(col(Block.deleted_at).is_(None)).order_by(col(Block.position), col(Block.id))
    return session.exec(days.order_by(col(Day.number))).all(), session.exec(there).all()


def _told_apart(items: Sequence[Item], blocks: set[int | None]) -> tuple[list[Item], list[Item]]:
    """Those on the agenda and those in the pool. Who lost the item above, or the block around, waits again."""
    ordered = sorted(items, key=lambda row: (row.starts or time(), row.position, row.id or 0))
    tops = {row.id for row in ordered if row.parent_id is None and row.block_id in blocks and row.starts is not None}
    placed = [row for row in ordered if row.id in tops or (row.parent_id in tops and row.block_id in blocks)]
    known = {row.id for row in placed}
    return placed, [row for row in ordered if row.id not in known]


def frozen(rows: Rows) -> Content:
    """The rows as JSON takes them, without what waits in the pool."""
    known = {row.id for row in rows.items}
    parts: dict[str, Iterable[Table]] = {name: getattr(rows, name) for name in SECTIONS}
    parts["speakings"] = [row for row in rows.speakings if row.item_id in known]
    parts["practices"] = [row for row in rows.practices if row.item_id in known]
    content: Content = {name: [values(row) for row in part] for name, part in parts.items()}
    return content | {"zone": rows.zone} | {name: dict(part) for name, part in rows.extras.items()}


def thawed(content: Mapping[str, Any]) -> Rows:
    """The rows of something frozen; they belong to no session."""
    gone = content.get("gone")
    parts: dict[str, Any] = {
        name: [_built(kind, revived(kind, row)) for row in content.get(name, [])] for name, kind in SECTIONS.items()
    }
    return Rows(
        zone=content.get("zone", "UTC"),
        **parts,
        extras={name: part for name, part in content.items() if name not in _OWN},
        gone=thawed(gone) if gone else None,
    )


def _built(kind: type[Table], known: dict[str, Any]) -> Table:
    """A row the way the database hands it out, which is many times faster than making one by hand."""
    missing = kind.model_fields.keys() - known.keys()
    row: Table = class_mapper(kind).class_manager.new_instance()
    defaults = {name: kind.model_fields[name].get_default(call_default_factory=True) for name in missing}
    row.__dict__.update(defaults, **known)
    return row
