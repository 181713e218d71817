"""Time zones as calendars carry them: VTIMEZONE components made of two yearly rules (RFC 5545, 3.6.5).

The rules come from the POSIX line at the end of the zone's TZif file (RFC 9636, 3.3), which says how the zone behaves
from now on. That line knows nothing of what a zone did before its law changed, nor of clocks moved by yearly decree
(Africa/Casablanca until 2026): `zone_for` tells when a moment cannot be said by the rule and must be written in UTC.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur, vText

FIRST_YEAR = 1970
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
UTC_NAMES = frozenset({"UTC", "UCT", "Universal", "Zulu", "Greenwich", "GMT", "GMT0", "GMT+0", "GMT-0"})

_NAMED_OFFSET = r"(<[^>]+>|[A-Za-z]+)([-+\d:]*)"
_CHANGE = r",M(\d+)\.(\d)\.(\d)(?:/([-+\d:]+))?"
_POSIX = re.compile(f"{_NAMED_OFFSET}(?:{_NAMED_OFFSET}{_CHANGE}{_CHANGE})?")


@dataclass(frozen=True, slots=True)
class Change:
    """A yearly change of the clock: week 1 to 5 (5 = the last), weekday 0 = Monday, `at` after that midnight.

    `at` is wall-clock time before the change and may be negative or longer than a day.
    """

    month: int
    week: int
    weekday: int
    at: timedelta


@dataclass(frozen=True, slots=True)
class Season:
    """A part of the year: what the clock is called, how far ahead of UTC it is, and the change that begins it."""

    name: str
    offset: timedelta
    begins: Change | None = None


def zone_for(*moments: datetime) -> str:
    """The IANA name of the zone in which these moments can be written with a TZID, "" when it must be UTC.

    The zone is the first moment's. UTC it is for UTC and its aliases (3.2.19), for fixed offsets, for zones without a
    published rule, and for moments at which the rule of the zone's VTIMEZONE tells another offset than the zone's
    history, among them the second of two equal wall-clock times (3.3.5).
    """
    name = named_zone(moments[0])
    zone = moments[0].tzinfo
    agreed = name and all(
        _offset_at(name, local) == local.utcoffset() for local in (m.astimezone(zone) for m in moments)
    )
    return name if agreed else ""


def named_zone(moment: datetime) -> str:
    """The IANA name of the moment's zone when a VTIMEZONE can be made for it, else "" (UTC, fixed offsets)."""
    name = moment.tzinfo.key if isinstance(moment.tzinfo, ZoneInfo) else ""
    return name if name and name.removeprefix("Etc/") not in UTC_NAMES and seasons(name) else ""


@lru_cache(maxsize=64)
def vtimezone(name: str) -> bytes:
    """The VTIMEZONE of a zone, with RRULE and never RDATE: Outlook and others ignore lists of dates.

    The season further ahead of UTC is called DAYLIGHT whatever the law says (in Dublin winter is the exception), since
    clients expect it so; a zone without seasons is one STANDARD. Raises ValueError for a zone without a rule.
    """
    parts = seasons(name)
    if not parts:
        raise ValueError(f"No rule is known for the zone {name!r}")
    zone = Timezone()
    zone.add("TZID", vText(name))
    for season, other in zip(parts, parts[::-1], strict=True):
        zone.add_component(_observance(season, other))
    return bytes(zone.to_ical())


@lru_cache(maxsize=64)
def seasons(name: str) -> tuple[Season, ...]:
    """The seasons of a zone, one or two, as its POSIX rule tells them; none when no rule can be read."""
    match = _POSIX.fullmatch(_posix_rule(name))
    if not match:
        return ()
    std, std_offset, dst, dst_offset, *changes = match.groups()
    offset = -_span(std_offset)
    if not dst:
        return (Season(std.strip("<>"), offset),)
    summer = -_span(dst_offset) if dst_offset else offset + timedelta(hours=1)
    return (
        Season(std.strip("<>"), offset, _change(*changes[4:])),
        Season(dst.strip("<>"), summer, _change(*changes[:4])),
    )


def _posix_rule(name: str) -> str:
    """The last line of the very file that zoneinfo reads, lest an older system's clock and our rule tell two times."""
    system = (Path(folder, name) for folder in TZPATH)
    packaged = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    data = next((file.read_bytes() for file in (*system, packaged) if file.is_file()), b"")
    return data.rstrip(b"\n").rpartition(b"\n")[2].decode("ascii", "replace")


def _change(month: str, week: str, sunday_based: str, at: str | None) -> Change:
    return Change(int(month), int(week), (int(sunday_based) - 1) % 7, _span(at or "2"))


def _span(text: str) -> timedelta:
    """A POSIX time, `[+-]h[:mm[:ss]]`."""
    hours, minutes, seconds = (int(part) for part in (text.lstrip("+-") + ":0:0").split(":")[:3])
    span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -span if text.startswith("-") else span


def _onset(change: Change, year: int) -> datetime:
    """The wall-clock time, as shown before the change, at which it happens in that year."""
    weekday_of_first, length = calendar.monthrange(year, change.month)
    day = 1 + (change.weekday - weekday_of_first) % 7 + 7 * (change.week - 1)
    if day > length:
        day -= 7
    return datetime.combine(date(year, change.month, day), time()) + change.at


def _offset_at(name: str, local: datetime) -> timedelta:
    """The offset that a reader of our VTIMEZONE finds for this wall-clock time."""
    wall = local.replace(tzinfo=None)
    begin, end, summer, standard = _course(name, wall.year)
    in_summer = begin <= wall < end if begin < end else not end <= wall < begin
    return summer if in_summer else standard


@lru_cache(maxsize=1024)
def _course(name: str, year: int) -> tuple[datetime, datetime, timedelta, timedelta]:
    """When the second season of a year begins and ends, and the offsets in it and outside; all alike without one."""
    first, *second = seasons(name)
    if not second or not second[0].begins or not first.begins:
        never = datetime.min  # noqa: DTZ901 - wall-clock time
        return never, never, first.offset, first.offset
    return _onset(second[0].begins, year), _onset(first.begins, year), second[0].offset, first.offset


def _observance(season: Season, other: Season) -> TimezoneStandard | TimezoneDaylight:
    part = TimezoneDaylight() if season.offset > other.offset else TimezoneStandard()
    part.add("TZNAME", vText(season.name))
    part.add("TZOFFSETFROM", other.offset)
    part.add("TZOFFSETTO", season.offset)
    if season.begins:
        part.add("DTSTART", _onset(season.begins, FIRST_YEAR))
        part.add("RRULE", vRecur.from_ical(_yearly(season.begins)))
    else:
        part.add("DTSTART", datetime(FIRST_YEAR, 1, 1))  # noqa: DTZ001 - 3.6.5 wants local time
    return part


def _yearly(change: Change) -> str:
    """The RRULE of a change; one that a long `at` pushes to another day is said by the seven days it may fall on."""
    shift = change.at // timedelta(days=1)
    if not shift:
        week = -1 if change.week == 5 else change.week
        return f"FREQ=YEARLY;BYMONTH={change.month};BYDAY={week}{DAYS[change.weekday]}"
    length = calendar.monthrange(FIRST_YEAR, change.month)[1]
    first = shift + (length - 6 if change.week == 5 else 7 * (change.week - 1) + 1)
    weekday = DAYS[(change.weekday + shift) % 7]
    if first >= 1 and first + 6 <= length:
        return f"FREQ=YEARLY;BYMONTH={change.month};BYMONTHDAY={_seven(first)};BYDAY={weekday}"
    from_year_end = date(FIRST_YEAR, change.month, 1).timetuple().tm_yday - 1 + first - 366
    return f"FREQ=YEARLY;BYYEARDAY={_seven(from_year_end)};BYDAY={weekday}"


def _seven(first: int) -> str:
    return ",".join(str(day) for day in range(first, first + 7))
