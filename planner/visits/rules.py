"""What is true of study visits and transport."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from itertools import pairwise

WALKING = ("easy", "moderate", "demanding")
"""How much walking a visit asks of people."""
RIDES = ("coach", "minibus", "train", "foot")
"""How people are moved."""
ON_FOOT = "foot"
LONGEST = 16 * 60
"""Minutes that a ride or a stop takes at most; more is a slip of the pen, not a night."""
LONGEST_WAIT = 6 * 60
"""Minutes before a departure that people can be asked to be there."""


def seats(capacity: int | None, vehicle_seats: Iterable[int | None] = ()) -> int | None:
    """How many people can come along: the fewest that any part takes. None where nobody counts (on foot)."""
    return min((part for part in (capacity, *vehicle_seats) if part is not None), default=None)


def moved_along(wall: time, written_for: time | None, starts: time | None) -> time:
    """A time of a visit or ride whose item begins at `starts` now and began at `written_for` when it was written."""
    if written_for is None or starts is None:
        return wall
    return _wall(_minute(wall) + _minute(starts) - _minute(written_for))


def follows(first: time, second: time, most: int = LONGEST) -> bool:
    """Whether the second time can come after the first, that night included, within so many minutes."""
    return minutes_between(first, second) <= most


def in_order(stops: Iterable[Times]) -> bool:
    """Whether each stop begins when the one before it has ended, by the clock of a night out."""
    return all(follows(before[1], after[0]) for before, after in pairwise(stops))


Times = tuple[time, time]
"""When people arrive somewhere and when they leave."""


def swapped(first: Times, second: Times) -> tuple[Times, Times]:
    """Two stops change places: the new times of what was `first`, then of what was `second`.

    Both take as long as before, the way between them too.
    """
    begins, way = _minute(first[0]), _minute(second[0]) - _minute(first[1])
    turn = begins + _length(second)
    return (_wall(turn + way), _wall(turn + way + _length(first))), (first[0], _wall(turn))


def minutes_between(first: time, second: time) -> int:
    """From one time of day to the next other one: less than a day."""
    return (_minute(second) - _minute(first)) % (24 * 60)


def _length(times: Times) -> int:
    return minutes_between(*times)


def _wall(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _minute(wall: time) -> int:
    return wall.hour * 60 + wall.minute
