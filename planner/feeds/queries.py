"""What is asked about feeds: what they depend on and when that last changed, each in one indexed question."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from planner.db import probe
from planner.errors import Missing


class Mark(NamedTuple):
    """What a feed depends on (ids and revisions), and when any of it last changed (UTC)."""

    key: tuple[object, ...]
    changed: datetime


def meeting_mark(project: str, meeting: str) -> Mark:
    """The mark of a published meeting with its agenda. Raises Missing."""
    return _mark(
        "SELECT p.id, p.revision, m.id, m.revision, p.updated_at, m.updated_at,"
        " (SELECT MAX(r.released_at) FROM agenda_release r WHERE r.meeting_id = m.id)"
        " FROM meeting m JOIN project p ON p.id = m.project_id"
        " WHERE p.slug = ? AND m.slug = ? AND m.published_at IS NOT NULL",
        (project, meeting),
        4,
    )


def item_mark(project: str, meeting: str, item: str) -> Mark:
    """The mark of an item on the public agenda of a published meeting. Raises Missing."""
    return _mark(
        "SELECT p.revision, m.revision, i.item_id, p.updated_at, m.updated_at,"
        " (SELECT MAX(r.released_at) FROM agenda_release r WHERE r.meeting_id = m.id)"
        " FROM agenda_released_item i JOIN meeting m ON m.id = i.meeting_id JOIN project p ON p.id = m.project_id"
        " WHERE p.slug = ? AND m.slug = ? AND i.slug = ? AND m.published_at IS NOT NULL",
        (project, meeting, item),
        3,
    )


def project_mark(project: str) -> Mark:
    """The mark of a project with its published meetings and its calls. Raises Missing."""
    return _mark(
        "SELECT p.id, p.revision, COUNT(m.id), SUM(m.revision), SUM(m.id * m.revision),"
        " (SELECT COUNT(*) FROM call_change c JOIN call_series s ON s.id = c.series_id WHERE s.project_id = p.id),"
        " p.updated_at, MAX(m.updated_at),"
        " (SELECT MAX(s.updated_at) FROM call_series s WHERE s.project_id = p.id),"
        " (SELECT MAX(c.updated_at) FROM call_change c JOIN call_series s ON s.id = c.series_id"
        " WHERE s.project_id = p.id)"
        " FROM project p LEFT JOIN meeting m ON m.project_id = p.id AND m.published_at IS NOT NULL"
        " WHERE p.slug = ? GROUP BY p.id, p.revision, p.updated_at",
        (project,),
        6,
    )


def _mark(sql: str, parameters: tuple[str, ...], numbers: int) -> Mark:
    """The first row: that many numbers, then moments."""
    row = probe(sql, parameters)
    if row is None:
        raise Missing
    moments = [_moment(value) for value in row[numbers:] if value is not None]
    return Mark((*map(str, row[:numbers]), *map(str, moments)), max(moments))


def _moment(value: datetime | str) -> datetime:
    """A stored instant as its driver gives it: SQLite's gives text, and no zone, since all are UTC."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
