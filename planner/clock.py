"""The only place that knows what time it is and how wall-clock time becomes an instant.

What happened is an aware UTC instant. What is planned is a date, a time of day and the venue's IANA zone.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones


def now() -> datetime:
    """This instant, aware, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def arrival() -> datetime:
    """This instant, aware, in UTC, to the microsecond: for lines of people, where a second holds more than one."""
    return datetime.now(UTC)


@cache
def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises ValueError for a name that is not in the database."""
    if name not in available_timezones():
        raise ValueError(f"no such time zone: {name!r}")
    return ZoneInfo(name)


def at(day: date, wall: time, zone_name: str) -> datetime:
    """The planned wall-clock time as an aware datetime in its zone.

    A time that happens twice means the first one (RFC 5545, 3.3.5); `exists` tells those that never happen.
    """
    return datetime.combine(day, wall, tzinfo=zone(zone_name))


def instant(day: date, wall: time, zone_name: str) -> datetime:
    """The planned wall-clock time as a UTC instant."""
    return at(day, wall, zone_name).astimezone(UTC)


def exists(day: date, wall: time, zone_name: str) -> bool:
    """Whether that wall-clock time happens: false inside the hour that a clock change skips."""
    planned = at(day, wall, zone_name)
    return planned.astimezone(UTC).astimezone(planned.tzinfo).replace(tzinfo=None) == planned.replace(tzinfo=None)


def repeated(day: date, wall: time, zone_name: str) -> bool:
    """Whether that wall-clock time happens twice: inside the hour that a clock change goes back."""
    planned = at(day, wall, zone_name)
    return exists(day, wall, zone_name) and planned.utcoffset() != planned.replace(fold=1).utcoffset()


def local(moment: datetime, zone_name: str) -> datetime:
    """A UTC instant as wall-clock time of the zone, aware."""
    return moment.astimezone(zone(zone_name))


def span(day: date, starts: time, ends: time, zone_name: str) -> tuple[datetime, datetime]:
    """Start and end of something planned; an end at or before the start is on the next day."""
    last = day if ends > starts else day + timedelta(days=1)
    return at(day, starts, zone_name), at(last, ends, zone_name)
