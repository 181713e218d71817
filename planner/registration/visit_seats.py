"""How full the study visits are that the public sees."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, select

from planner.agenda.releases import released_parts
from planner.agenda.tables import ReleasedItem
from planner.db import Texts
from planner.registration.queries import Seats, visit_seats_by_item


def visit_seats(session: Session, meeting_id: int) -> list[tuple[Texts, Seats]]:
    """The study visits that the public sees, in the agenda's order, with their seats."""
    parts = released_parts(session, meeting_id, ("days", "blocks", "items"))
    if parts is None:
        return []
    days, blocks, items = ({row["id"]: row for row in part or ()} for part in parts)
    counted, public = visit_seats_by_item(session, meeting_id), _public_items(session, meeting_id)
    order = {number: place for place, number in enumerate(blocks)}
    shown = [row for number, row in items.items() if number in counted and number in public]
    shown.sort(key=lambda row: (_day_number(row, blocks, days), order[row["block_id"]], row["position"]))
    return [(dict(row["title"]), counted[row["id"]]) for row in shown]


def _day_number(item: dict[str, Any], blocks: dict[int, Any], days: dict[int, Any]) -> int:
    return int(days[blocks[item["block_id"]]["day_id"]]["number"])


def _public_items(session: Session, meeting_id: int) -> set[int]:
    query = select(ReleasedItem.item_id).where(
        ReleasedItem.meeting_id == meeting_id, col(ReleasedItem.cancelled).is_(False)
    )  # fmt: skip
    return set(session.exec(query))
