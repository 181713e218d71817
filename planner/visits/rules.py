"""What is true of study visits and transport."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time


def seats(capacity: int | None, vehicle_seats: Iterable[int | None] = ()) -> int | None:
    """How many people can come along: the fewest that any part takes. None where nobody counts (on foot)."""
    return min((part for part in (capacity, *vehicle_seats) if part is not None), default=None)


def moved_along(wall: time, written_for: time | None, starts: time | None) -> time:
    """A time of a visit or ride whose item begins at `starts` now and began at `written_for` when it was written."""
    if written_for is None or starts is None:
        return wall
    minutes = _minute(wall) + _minute(starts) - _minute(written_for)
    return time(minutes // 60 % 24, minutes % 60)


def _minute(wall: time) -> int:
    return wall.hour * 60 + wall.minute
