"""Series of events: recurrence rules (RFC 5545, 3.3.10) read, checked, spelled for calendars and expanded.

Only rules that every calendar program can store are taken: daily, weekly, monthly and yearly ones, without clock parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, tzinfo
from itertools import islice, takewhile

from dateutil.rrule import rrulestr

HORIZON = 20_000
"""How many occurrences of one series are looked at, at most: more than fifty years of days."""

COMMON = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
PARTS = {
    "DAILY": COMMON,
    "WEEKLY": COMMON | {"BYDAY"},
    "MONTHLY": COMMON | {"BYDAY", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": COMMON | {"BYMONTH", "BYDAY", "BYMONTHDAY", "BYSETPOS"},
}
_WRITABLE = re.compile(r"[A-Z0-9=;,+-]+")
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
_UNTIL = re.compile(r"[12]\d{7}(T\d{6}Z?)?")


def occurrences(
    rule: str,
    first: datetime,
    *,
    after: datetime | None = None,
    before: datetime | None = None,
    limit: int = 1000,
) -> list[datetime]:
    """The starts of a series that begins at `first` (aware, in its IANA zone), in that zone, earliest first.

    Gives those with `after` <= start < `before`, at most `limit` of them and none beyond HORIZON, so that an endless
    rule ends. The rule runs on wall-clock time: 10:00 stays 10:00 when the clocks change (3.3.10); a time that happens
    twice means the first, a skipped one uses the offset before the gap (3.3.5). Cancelled and moved dates are the
    caller's to take out. Raises ValueError when the rule cannot be read, when `first` is naive, or when `first` is not
    itself an occurrence of the rule (undefined by 3.8.5.3: programs disagree).
    """
    zone = first.tzinfo
    if zone is None:
        raise ValueError("The first start of a series needs its time zone")
    starts: Iterator[datetime] = (wall.replace(tzinfo=zone) for wall in _walls(rule, first.replace(tzinfo=None), zone))
    if before is not None:
        starts = takewhile(lambda start: start < before, starts)
    return list(islice((start for start in starts if after is None or start >= after), limit))


def spelled(rule: str, first: datetime | date) -> str:
    """The rule as it stands in a calendar: UNTIL in UTC for timed series, a date for all-day ones (3.3.10).

    Raises ValueError as `occurrences` does.
    """
    timed = isinstance(first, datetime)
    zone = (first.tzinfo if isinstance(first, datetime) else None) or UTC
    wall = first.replace(tzinfo=None) if isinstance(first, datetime) else datetime.combine(first, time())
    next(_walls(rule, wall, zone))
    parts = _parts(rule)
    if "UNTIL" in parts:
        last = _last_wall(parts["UNTIL"], zone)
        utc = last.replace(tzinfo=zone).astimezone(UTC)
        parts["UNTIL"] = f"{utc:%Y%m%dT%H%M%SZ}" if timed else f"{last:%Y%m%d}"
    return _joined(parts)


def _walls(rule: str, first: datetime, zone: tzinfo) -> Iterator[datetime]:
    """The wall-clock starts, `first` among them; raises before the first is taken."""
    parts = _parts(rule)
    if "UNTIL" in parts:
        parts["UNTIL"] = f"{_last_wall(parts['UNTIL'], zone):%Y%m%dT%H%M%S}"
    walls = islice(rrulestr(_joined(parts), dtstart=first), HORIZON)
    start = next(walls, None)
    if start != first.replace(microsecond=0):
        raise ValueError(f"{first} is not an occurrence of {rule}")
    yield start
    yield from walls


def _parts(rule: str) -> dict[str, str]:
    """The parts of a rule by name, refusing with ValueError what RFC 5545 forbids or calendar programs cannot store."""
    if not _WRITABLE.fullmatch(rule):
        raise ValueError(f"{rule!r} is no recurrence rule")
    pairs = [part.partition("=") for part in rule.split(";")]
    parts = {name: value for name, _, value in pairs}
    if len(parts) < len(pairs) or not all(parts.values()):
        raise ValueError(f"A part is empty or said twice in {rule!r}")
    if not parts.keys() <= PARTS.get(parts.get("FREQ", ""), frozenset()):
        raise ValueError(f"No calendar program would follow {rule!r}")
    if {"COUNT", "UNTIL"} <= parts.keys():
        raise ValueError(f"COUNT and UNTIL exclude each other in {rule!r}")
    if not all(_NUMBER.fullmatch(parts.get(name, "1")) for name in ("COUNT", "INTERVAL")):
        raise ValueError(f"COUNT and INTERVAL are whole numbers from 1 to 9999 in {rule!r}")
    return parts


def _joined(parts: dict[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _last_wall(until: str, zone: tzinfo) -> datetime:
    """UNTIL as wall-clock time of the zone; a bare date includes that whole day."""
    if not _UNTIL.fullmatch(until):
        raise ValueError(f"UNTIL={until} is neither a date nor a time")
    if "T" not in until:
        return datetime.combine(date.fromisoformat(until), time(23, 59, 59))
    last = datetime.fromisoformat(until)
    return last.astimezone(zone).replace(tzinfo=None) if last.tzinfo else last
