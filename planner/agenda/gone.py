"""What calendars hold of items that are no longer shown to everybody: as it was shown last, and cancelled.

Items vanish from the agenda, or are closed. Either way their entry says no more than what was public before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from planner.agenda.rows import Content, Rows, frozen
from planner.agenda.rules import Span, wall_of
from planner.agenda.tables import Block, Day, Item, Track
from planner.history import values
from planner.meetings.tables import Place

Known = TypeVar("Known", Day, Block, Place)


class _Part(NamedTuple):
    """Items of one source that go to the next version's memory, and whether everybody saw them."""

    items: Sequence[Item]
    source: Rows
    public: bool


def gone_after(before: Rows, draft: Rows, moment: datetime) -> Content:
    """What the next version remembers of items that were given out and that `draft` does not show; empty without any.

    What everybody saw stays as they saw it, whatever becomes of it behind closed doors. What was for organisers only
    is remembered for them once it is off the agenda.
    """
    older = before.gone or Rows(before.zone)
    parts: list[_Part] = []
    there = {row.id for row in draft.public().items}
    for source, public in ((before.public(), True), (older.public(), True), (before, False), (older, False)):
        if not public and not parts[2:]:
            there |= {row.id for row in draft.items}
        items = [row for row in source.items if row.id not in there]
        there |= {row.id for row in items}
        parts.append(_Part(items, source, public))
    return _remembered(parts, before, moment) if any(part.items for part in parts) else {}


def _remembered(parts: Sequence[_Part], before: Rows, moment: datetime) -> Content:
    blocks = _first((part.source.blocks for part in parts), {row.block_id for part in parts for row in part.items})
    days = _first((part.source.days for part in parts), {row.day_id for row in blocks})
    open_blocks = {row.block_id for part in parts if part.public for row in part.items}
    content = frozen(Rows(
        zone=before.zone,
        days=days,
        blocks=blocks,
        items=[row for part in parts for row in part.items],
        speakings=[row for part in parts for row in part.source.speakings if _of(row.item_id, part)],
        practices=[row for part in parts for row in part.source.practices if _of(row.item_id, part)],
        places=_first((part.source.places for part in parts), None),
        tracks=_tracks(parts),
        extras=_extras(parts, before),
    ))  # fmt: skip
    content["items"] = [
        _cancelled(row, part.source.times.get(row.id or 0), moment) | {"hidden": not part.public}
        for part in parts
        for row in part.items
    ]
    content["blocks"] = [row | {"hidden": row["id"] not in open_blocks} for row in content["blocks"]]
    return content


def _of(item: int, part: _Part) -> bool:
    return any(row.id == item for row in part.items)


def _first(sources: Iterable[Iterable[Known]], wanted: Collection[int | None] | None) -> list[Known]:
    """The rows of those ids (None: all), each from the first source that has it."""
    found: dict[int | None, Known] = {}
    for source in sources:
        for row in source:
            if wanted is None or row.id in wanted:
                found.setdefault(row.id, row)
    return list(found.values())


def _tracks(parts: Sequence[_Part]) -> list[Track]:
    """Names of the tracks of items as they were shown: other names of a source may never have been public."""
    found: dict[str, Track] = {}
    for part in parts:
        used = {row.track for row in part.items}
        for track in part.source.tracks:
            if track.code in used:
                found.setdefault(track.code, track)
    return list(found.values())


def _extras(parts: Sequence[_Part], before: Rows) -> dict[str, dict[str, Any]]:
    """What later rooms knew of each item when it was shown. Old versions kept that beside what is on the agenda."""
    return {
        name: {
            number: known[number]
            for part in parts
            for known in [_section(part.source, before, name)]
            for row in part.items
            if (number := str(row.id)) in known
        }
        for name in before.extras
    }


def _section(source: Rows, before: Rows, name: str) -> Mapping[str, Any]:
    return source.extras.get(name, before.extras[name])


def _cancelled(row: Item, span: Span | None, moment: datetime) -> dict[str, Any]:
    """An item that does not take place: it keeps its times, even when its end followed from what came next."""
    if row.cancelled_at is not None:
        return values(row)
    changed = {"cancelled_at": moment.isoformat(), "updated_at": moment.isoformat(), "sequence": row.sequence + 1}
    if span:
        changed["ends"] = wall_of(span.ends).isoformat()
    return values(row) | changed
