"""What differs between two versions of an agenda, item by item; an item stays itself wherever it goes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, NamedTuple

from planner.agenda.entry import Spoken
from planner.agenda.rows import Rows
from planner.agenda.rules import DAY, Span, minute_of
from planner.agenda.tables import Item
from planner.db import Texts

NEW, MOVED, CHANGED, CANCELLED = "new", "moved", "changed", "cancelled"
_WALL = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d")


class Slot(NamedTuple):
    """When and where an item is: its day, from when to when in minutes of it, and its place with the venue's."""

    day: date
    span: Span
    place: tuple[Any, ...]

    @property
    def place_name(self) -> Texts:
        """The name of the place, if it has one."""
        return self.place[0] if self.place else {}


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of an item. kind: new, moved, changed (its place in time and room is the same), cancelled.

    `what` names the facts that changed, moved items' too; `before` and `after` are there when the item was.
    """

    kind: str
    item_id: int
    slug: str
    title: Texts
    before: Slot | None
    after: Slot | None
    what: tuple[str, ...] = ()


class Face(NamedTuple):
    """All that readers see of an item."""

    slot: Slot
    facts: Mapping[str, Any]


_FACTS = (
    "kind", "title", "text", "points", "track", "mode", "own_expense", "capacity", "partners", "language",
    "interpretation", "block_id", "parent_id",
)  # fmt: skip


def faces(rows: Rows) -> dict[int, Face]:
    """What readers see of each item that takes place."""
    speakers: dict[int, list[Spoken]] = defaultdict(list)
    for speaking in rows.speakings:
        speakers[speaking.item_id].append(Spoken.of(speaking))
    practices: dict[int, set[int]] = defaultdict(set)
    for practice in rows.practices:
        practices[practice.item_id].add(practice.practice_id)
    return {
        row.id or 0: Face(_slot(row, rows), _facts(row, rows) | {
            "speakers": speakers[row.id or 0], "practices": practices[row.id or 0],
        })
        for row in rows.items
        if row.cancelled_at is None
    }  # fmt: skip


def _slot(item: Item, rows: Rows) -> Slot:
    place = rows.place.get(item.place_id or 0)
    venue = next((row for row in rows.places if row.kind == "venue"), None) if place and place.kind == "room" else None
    where = () if place is None else (place.name, place.address, place.step_free)
    around = () if venue is None else (venue.name, venue.address)
    return Slot(rows.day_of(item).date, rows.times.get(item.id or 0, Span(0, 0)), (*where, *around))


def _facts(item: Item, rows: Rows) -> dict[str, Any]:
    facts = {name: getattr(item, name) for name in _FACTS}
    facts["audience"] = item.audience or rows.block[item.block_id or 0].audience
    facts["hidden"] = item.id in rows.hidden
    facts["zone"] = rows.zone
    facts["track_name"] = rows.track_names.get(item.track, {})
    return facts | {name: _from_start(part.get(str(item.id)), item.starts) for name, part in rows.extras.items()}


def _from_start(known: Any, starts: time | None) -> Any:
    """What a later room knows of an item, its times as minutes after the item's start: they move along with it."""
    if isinstance(known, Mapping):
        return {name: _from_start(value, starts) for name, value in known.items()}
    if isinstance(known, list):
        return [_from_start(value, starts) for value in known]
    if starts and isinstance(known, str) and _WALL.fullmatch(known):
        return (minute_of(time.fromisoformat(known)) - minute_of(starts)) % DAY
    return known


def diff(before: Rows | None, after: Rows) -> list[Difference]:
    """What is new, moved, changed or cancelled in `after`, by day and time. What was there and is not is cancelled."""
    old, new = faces(before) if before else {}, faces(after)
    items = {row.id or 0: row for rows in (before, after) if rows for row in rows.items}
    found = [
        _difference(items[number], old.get(number), new.get(number))
        for number in items
        if old.get(number) != new.get(number)
    ]
    return sorted(found, key=_when)


def _when(difference: Difference) -> tuple[date, Span]:
    slot = difference.after or difference.before
    return (slot.day, slot.span) if slot else (date.min, Span(0, 0))


def _difference(item: Item, before: Face | None, after: Face | None) -> Difference:
    was, now = before.slot if before else None, after.slot if after else None
    what = _changed(before, after) if before and after else ()
    if before is None or after is None:
        kind = NEW if before is None else CANCELLED
    else:
        kind = MOVED if was != now else CHANGED
    return Difference(kind, item.id or 0, item.slug, item.title, was, now, what)


def _changed(before: Face, after: Face) -> tuple[str, ...]:
    slots = zip(("day", "time", "place"), before.slot, after.slot, strict=True)
    moved = [name for name, one, other in slots if one != other]
    names = sorted({*before.facts, *after.facts})
    return (*moved, *(name for name in names if before.facts.get(name) != after.facts.get(name)))
