"""Acts of organisers on the draft of a meeting, one transaction each, and the draft as plain values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlmodel import col, select

from planner import db
from planner.agenda.rows import drafted
from planner.agenda.tables import Item
from planner.history import Change, changes, values
from planner.meetings.tables import Meeting
from tests.agenda.giving import ACTOR, found, item

HASKOVO = "haskovo-2023"
UNCOUNTED = ("version", "updated_at")


def act(work: Callable[..., Any], *arguments: Any, meeting: str = HASKOVO, **more: Any) -> Any:
    """Do that act on a meeting of the demo."""
    with db.write() as session:
        return work(session, number(meeting), ACTOR, *arguments, **more)


def number(meeting: str = HASKOVO) -> int:
    """The id of a meeting."""
    with db.read() as session:
        return session.exec(select(Meeting.id).where(Meeting.slug == meeting)).one() or 0


def of(slug: str, meeting: str = HASKOVO) -> tuple[int, int]:
    """Id and version of an item, as its form carries them."""
    with db.read() as session:
        row = item(session, meeting, slug)
        return row.id or 0, row.version


def row(slug: str, meeting: str = HASKOVO) -> Item:
    """An item as it is now."""
    with db.read() as session:
        return item(session, meeting, slug)


def when(*slugs: str, meeting: str = HASKOVO) -> list[str]:
    """From when to when items are by wall clock, as written."""
    rows = [row(slug, meeting) for slug in slugs]
    return [f"{one.starts:%H:%M}–" + (f"{one.ends:%H:%M}" if one.ends else "") for one in rows]


def block_of(slug: str, meeting: str = HASKOVO) -> int:
    """The block an item stands in."""
    return row(slug, meeting).block_id or 0


def snapshot(meeting: str = HASKOVO) -> dict[str, Any]:
    """The whole draft without the marks that only say that a row was touched."""
    with db.read() as session:
        rows = drafted(session, found(session, meeting).meeting)
        parts = (rows.days, rows.blocks, rows.items, rows.pool, rows.speakings, rows.practices)
        return {
            f"{type(one).__name__} {getattr(one, 'id', 0)}": {
                name: value for name, value in values(one).items() if name not in UNCOUNTED
            }
            for part in parts
            for one in part
        }


def done(meeting: str = HASKOVO) -> list[Change]:
    """The acts that were not undone and undo nothing, newest first."""
    with db.read() as session:
        rows = changes(session, f"meeting:{number(meeting)}", 1000)
        return [one for one in rows if one.undone_at is None and one.undoes_id is None]


def last_item(meeting: str = HASKOVO) -> Item:
    """The newest item."""
    with db.read() as session:
        query = select(Item).where(Item.meeting_id == number(meeting)).order_by(col(Item.id).desc())
        return session.exec(query.limit(1)).one()
