"""What the tracks of a meeting are called: items name a track by its code, readers see its name in their language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from planner.agenda.drafting import drafting
from planner.agenda.tables import Item, Track
from planner.db import Texts
from planner.errors import Missing, Stale
from planner.language import _
from planner.tokens import digest


@dataclass(frozen=True, slots=True)
class Named:
    """Tracks of a draft by their codes, each with its names; `mark` tells whether somebody has changed one since."""

    names: Mapping[str, Texts]

    @property
    def mark(self) -> str:
        """Changes with every name."""
        return digest(repr(sorted((code, sorted(name.items())) for code, name in self.names.items())))[:16]


def tracks(session: Session, meeting_id: int) -> Named:
    """All tracks that items of the draft are in, and those that have a name, in two questions."""
    used = select(Item.track).where(Item.meeting_id == meeting_id, col(Item.deleted_at).is_(None), Item.track != "")
    named = {row.code: dict(row.name) for row in _rows(session, meeting_id)}
    return Named({code: named.get(code, {}) for code in sorted({*session.exec(used.distinct()), *named})})


def _rows(session: Session, meeting_id: int) -> list[Track]:
    query = select(Track).where(Track.meeting_id == meeting_id).order_by(col(Track.code))
    return list(session.exec(query.execution_options(populate_existing=True)))


def name_tracks(session: Session, meeting_id: int, actor: str, seen: str, names: Mapping[str, Texts]) -> None:
    """Write the names of tracks, as one act. A track without a name shows its code.

    Raises Stale when the names are not those that were seen, Missing for a track that is none.
    """
    with drafting(session, meeting_id, actor, "track.edit") as act:
        now = tracks(session, meeting_id)
        if now.mark != seen:
            raise Stale(_("Somebody else has changed this in the meantime."), current=now, typed=names)
        if not names.keys() <= now.names.keys():
            raise Missing
        there = {row.code: row for row in _rows(session, meeting_id)}
        for code, name in names.items():
            row = there.get(code)
            if row is None and name:
                act.record.add(Track(meeting_id=meeting_id, code=code, name=dict(name)))
            elif row is not None and row.name != name:
                act.record.touch(row)
                row.name, row.version = dict(name), row.version + 1
                session.add(row)
