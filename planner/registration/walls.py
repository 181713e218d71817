"""Days and times that organisers type as they stand on the wall of the meeting's place."""

from __future__ import annotations

from datetime import UTC, datetime

from planner.clock import zone
from planner.forms import Check
from planner.language import _


def moment(check: Check, name: str, zone_name: str, *, needed: str = "") -> datetime | None:
    """A day and time on the wall of that zone, as an instant (UTC)."""
    value = check.text(name, needed=needed, limit=30)
    if not value:
        return None
    try:
        return datetime.fromisoformat(value).replace(tzinfo=zone(zone_name)).astimezone(UTC)
    except (ValueError, OverflowError):
        check.wrong(name, _("Please write day and time like 2026-11-22 18:00."))
        return None
