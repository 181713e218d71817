"""Calendars in the iCalendar format (RFC 5545, 7986), for feeds, downloads and invitations by mail (RFC 5546).

The only module that writes iCalendar. It knows entries, not meetings: rooms hand it `Entry` values. Components are
built by the icalendar library; where that library writes something clients misread, a guard here says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

import structlog
from icalendar import Calendar, Event, Parameters, vCalAddress, vDDDTypes

from planner.contentlines import clean, mailto, text
from planner.recurrence import occurrences
from planner.vevents import Entry, add_link, utc, vevents, zone_of
from planner.zones import vtimezone

PRODUCER = "-//Planner//Planner//EN"
REFRESH = timedelta(hours=1)
ZONE_OF_EMPTY = "Europe/Brussels"
KEPT = 16_384
END = b"END:VCALENDAR\r\n"

Method = Literal["", "REQUEST", "CANCEL", "PUBLISH"]

__all__ = ["Entry", "Guest", "Head", "Organizer", "calendar_bytes", "clean", "mint_uid", "occurrences"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Organizer:
    """Who invites: the mailbox the mail comes from (RFC 6047, 2.3), the person's name, who sends on their behalf."""

    address: str
    name: str = ""
    sent_by: str = ""


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is invited, with the answer known so far (3.2.12)."""

    address: str
    name: str = ""
    answer: Literal["NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED"] = "NEEDS-ACTION"
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """What is said of the calendar as a whole; `updated` is an aware UTC instant.

    With a method it is a mail: it then says nothing of the calendar, carries organizer and guests, and `updated` is
    when the message was made (3.8.7.2).
    """

    name: str
    description: str = ""
    url: str = ""
    source: str = ""
    language: str = "en"
    updated: datetime | None = None
    method: Method = ""
    organizer: Organizer | None = None
    guests: tuple[Guest, ...] = ()


def calendar_bytes(head: Head, entries: Iterable[Entry]) -> bytes:
    """The calendar as UTF-8 bytes: head, one VTIMEZONE for each zone used, events in the order given (3.4, 3.6).

    The same input gives the same bytes. In a feed (no method) a link that is none is left out and an entry that cannot
    be written is skipped, both with a warning in the log. In a mail such an entry raises ValueError instead.
    """
    events = [_mailed(entry, head) if head.method else _listed(entry) for entry in entries]
    zones = {zone for _, zone in events if zone}
    if not any(event for event, _ in events):
        zones.add(ZONE_OF_EMPTY)
    return b"".join([_head(head), *(vtimezone(zone) for zone in sorted(zones)), *(event for event, _ in events), END])


def mint_uid(kind: str, host: str) -> str:
    """A new, globally unique UID (3.8.4.7). Call it once, when the thing is created, and store what it gives."""
    return f"{kind}-{uuid.uuid4()}@{host}"


def _head(head: Head) -> bytes:
    """Everything before the first component (3.7, RFC 7986 section 5)."""
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", text(PRODUCER))
    calendar.add("CALSCALE", "GREGORIAN")
    if head.method:
        calendar.add("METHOD", head.method)
    else:
        _describe(calendar, head)
    return bytes(calendar.to_ical()).removesuffix(END)


def _describe(calendar: Calendar, head: Head) -> None:
    """Name, text, addresses and how often to look; the X- forms are what most programs read."""
    spoken = {"LANGUAGE": head.language} if head.language else {}
    for name, older, value in (("NAME", "X-WR-CALNAME", head.name), ("DESCRIPTION", "X-WR-CALDESC", head.description)):
        if said := text(value):
            calendar.add(name, said, parameters=spoken)
            calendar.add(older, text(value))
    # The library leaves out VALUE=DURATION, which RFC 7986, 5.7 requires.
    calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", text("PT1H"))
    add_link(calendar, "URL", head.url)
    add_link(calendar, "SOURCE", head.source, Parameters(VALUE="URI"))
    if head.updated:
        calendar.add("LAST-MODIFIED", utc(head.updated))


def _listed(entry: Entry) -> tuple[bytes, str]:
    """The entry's bytes and the zone they use, or nothing and a warning: one bad row must never kill a feed."""
    try:
        zone = zone_of(entry)
        return _event_bytes(entry, zone), zone
    except Exception as problem:  # whatever a row holds, the rest of the feed goes out
        log.warning("calendar entry skipped", uid=entry.uid, problem=repr(problem))
        return b"", ""


def _mailed(entry: Entry, head: Head) -> tuple[bytes, str]:
    """The entry as a message to its guests (RFC 5546, 3.2.2 and 3.2.5)."""
    zone = zone_of(entry)
    events = vevents(entry, zone)
    for event in events:
        if head.updated:
            event["DTSTAMP"] = vDDDTypes(utc(head.updated))
        if head.organizer:
            event.add("ORGANIZER", _organizer(head.organizer))
        for guest in head.guests:
            event.add("ATTENDEE", _guest(guest))
    return _joined(events), zone


def _organizer(organizer: Organizer) -> vCalAddress:
    names = {"CN": clean(organizer.name), "SENT-BY": mailto(organizer.sent_by) if organizer.sent_by else ""}
    return vCalAddress(mailto(organizer.address), params={name: value for name, value in names.items() if value})


def _guest(guest: Guest) -> vCalAddress:
    params = {
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "OPT-PARTICIPANT" if guest.optional else "REQ-PARTICIPANT",
        "PARTSTAT": guest.answer,
        "RSVP": "TRUE",
    }
    return vCalAddress(mailto(guest.address), params=params | ({"CN": clean(guest.name)} if guest.name else {}))


@lru_cache(maxsize=KEPT)
def _event_bytes(entry: Entry, zone: str) -> bytes:
    """The entry's VEVENTs. The zone is part of the key since equal instants in two zones make equal entries."""
    return _joined(vevents(entry, zone))


def _joined(events: list[Event]) -> bytes:
    return b"".join(event.to_ical() for event in events)
