"""What is true of study visits and transport."""

from __future__ import annotations

from collections.abc import Iterable


def seats(capacity: int | None, vehicle_seats: Iterable[int | None] = ()) -> int | None:
    """How many people can come along: the fewest that any part takes. None where nobody counts (on foot)."""
    return min((part for part in (capacity, *vehicle_seats) if part is not None), default=None)
