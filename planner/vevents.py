"""Calendar entries and the VEVENT components they become (RFC 5545, 3.6.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import structlog
from icalendar import Component, Event, Parameters, vCategory, vRecur

from planner.contentlines import clean, link, text
from planner.recurrence import spelled
from planner.zones import named_zone, zone_for

Status = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event, one series (with `rule`), or one moved date of a series (with `recurrence_id`).

    Timed entries have aware starts and ends with a ZoneInfo zone, all-day ones dates; the end is exclusive (3.6.1). A
    whole series is written in the zone of its start. `sequence` and `updated` come from the stored revision, never from
    the clock. `exdates` and `recurrence_id` are original starts of the series (3.8.5.1, 3.8.4.4).
    """

    uid: str
    sequence: int
    created: datetime
    updated: datetime
    summary: str
    starts: datetime | date
    ends: datetime | date
    location: str = ""
    description: str = ""
    url: str = ""
    status: Status = "CONFIRMED"
    transparent: bool = False
    categories: tuple[str, ...] = ()
    conference: str = ""
    related_to: str = ""
    rule: str = ""
    exdates: tuple[datetime | date, ...] = ()
    recurrence_id: datetime | date | None = None
    overrides: tuple[Entry, ...] = ()


def zone_of(entry: Entry) -> str:
    """The zone an entry is written in, "" for UTC and for all-day entries.

    A series keeps its zone even where the zone's rule tells its history wrong: in UTC it would shift in summer.
    """
    series_start = entry.recurrence_id or (entry.starts if entry.rule else None)
    if isinstance(series_start, datetime):
        return named_zone(_aware(series_start))
    moments = [_aware(moment) for moment in (entry.starts, entry.ends) if isinstance(moment, datetime)]
    return zone_for(*moments) if moments else ""


def vevents(entry: Entry, zone: str) -> list[Event]:
    """The VEVENT of an entry and those of its moved dates, which share its UID and zone."""
    moved = [replace(override, uid=entry.uid, rule="", exdates=()) for override in entry.overrides]
    if any(override.recurrence_id is None for override in moved):
        raise ValueError("A moved date does not say which date it was")
    return [_event(part, zone) for part in (entry, *moved)]


def _event(entry: Entry, zone: str) -> Event:
    """One VEVENT (3.6.1). Without a method DTSTAMP is the same as LAST-MODIFIED (3.8.7.2)."""
    if not clean(entry.uid):
        raise ValueError("An entry without its UID")
    event = Event()
    event.add("UID", text(entry.uid))
    event.add("SEQUENCE", entry.sequence)
    event.add("CREATED", utc(entry.created))
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        event.add(name, utc(entry.updated))
    event.add("STATUS", entry.status)
    event.add("TRANSP", "TRANSPARENT" if entry.transparent else "OPAQUE")
    _add_times(event, entry, zone)
    _add_series(event, entry, zone)
    _add_words(event, entry)
    return event


def _add_times(event: Event, entry: Entry, zone: str) -> None:
    """Start and end; an end that is not later, as written, or of another type is left out, which RFC 5545 allows."""
    starts, ends = _written(entry.starts, zone), _written(entry.ends, zone)
    _add_moments(event, "DTSTART", starts, zone)
    if type(starts) is type(ends) and ends > starts:
        _add_moments(event, "DTEND", ends, zone)
    else:
        log.warning("calendar end left out", uid=entry.uid, starts=str(starts), ends=str(ends))


def _add_series(event: Event, entry: Entry, zone: str) -> None:
    """The rule, the dates that fall out, and which date of a series this is, all in the type and zone of DTSTART."""
    if entry.rule:
        event.add("RRULE", vRecur.from_ical(spelled(entry.rule, entry.starts)))
    moved = {override.recurrence_id for override in entry.overrides}
    if dropped := [_written(date, zone) for date in entry.exdates if date not in moved]:
        _add_moments(event, "EXDATE", dropped, zone)
    if entry.recurrence_id:
        _add_moments(event, "RECURRENCE-ID", _written(entry.recurrence_id, zone), zone)


def _add_words(event: Event, entry: Entry) -> None:
    """What people read; the link to join stands where every program shows it, as few know CONFERENCE."""
    location, description = entry.location, entry.description
    join = add_link(event, "CONFERENCE", entry.conference, Parameters(VALUE="URI", FEATURE=["AUDIO", "VIDEO"]))
    if join:
        location, description = (location, f"{join}\n\n{description}".rstrip()) if location else (join, description)
    words = {"SUMMARY": entry.summary, "LOCATION": location, "DESCRIPTION": description, "RELATED-TO": entry.related_to}
    for name, value in words.items():
        if said := text(value):
            event.add(name, said)
    add_link(event, "URL", entry.url)
    if entry.categories:
        categories = vCategory([])
        categories.cats = [text(category) for category in entry.categories]
        event.add("CATEGORIES", categories)


def add_link(component: Component, name: str, value: str, parameters: Parameters | None = None) -> str:
    """Adds a link and gives it as written; what is no link is left out with a warning and gives ""."""
    if not value:
        return ""
    uri = link(value)
    if uri is None:
        log.warning("calendar link left out", uid=str(component.get("UID", "")), link=value)
        return ""
    component.add(name, uri, parameters=parameters or Parameters())
    return str(uri)


def _written(moment: datetime | date, zone: str) -> datetime | date:
    """The moment as it stands in the calendar: wall-clock time of the zone, or UTC; a date stays a date."""
    if not isinstance(moment, datetime):
        return moment
    return _aware(moment).astimezone(ZoneInfo(zone)).replace(tzinfo=None) if zone else utc(moment)


def _add_moments(event: Event, name: str, value: object, zone: str) -> None:
    one = value[0] if isinstance(value, list) else value
    event.add(name, value, parameters=Parameters(TZID=zone) if zone and isinstance(one, datetime) else Parameters())


def utc(moment: datetime) -> datetime:
    """The moment in UTC; a naive one raises ValueError."""
    return _aware(moment).astimezone(UTC)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("A time without its zone")
    return moment
