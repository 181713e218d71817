"""How meetings and calls show in a calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import quote

from planner.clock import at
from planner.consortium.tables import Project
from planner.db import Texts
from planner.ical import Entry, occurrences
from planner.language import DEFAULT, _, listed, say, speaking
from planner.meetings.tables import CallChange, CallSeries, Meeting, Place
from planner.vevents import Status

UNSETTLED = ("planned", "provisional")


@dataclass(frozen=True, slots=True)
class Subscription:
    """The addresses of a calendar: to copy, for programs that open webcal:, and for Google's."""

    https: str
    webcal: str
    google: str


def subscription(base_url: str, path: str, language: str) -> Subscription:
    """How to subscribe to the calendar at `path`. Only another language than English stands in the address."""
    address = f"{base_url}{path}" + ("" if language == DEFAULT else f"?lang={language}")
    webcal = f"webcal://{address.partition('://')[2]}"
    return Subscription(address, webcal, f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}")


def meeting_entry(
    project: Project, meeting: Meeting, base_url: str, language: str, venue: Place | None = None
) -> Entry:
    """The all-day frame of a meeting: from its first day to the day after its last (RFC 5545, 3.6.1).

    It blocks nobody's time, that do the items of its agenda. Texts are in `language` where they exist in it.
    """
    status: Status = "TENTATIVE" if meeting.state in UNSETTLED else "CONFIRMED"
    address = listed([say(venue.name, wish=language).text, venue.address]) if venue else ""
    return Entry(
        uid=meeting.uid,
        sequence=meeting.sequence,
        created=meeting.created_at,
        updated=meeting.updated_at,
        summary=titled(meeting.title, language, fell_out=meeting.cancelled_at is not None),
        starts=meeting.first_day,
        ends=meeting.last_day + timedelta(days=1),
        location=address or say(meeting.place, wish=language).text,
        description="\n".join(
            filter(None, (say(text, wish=language).text for text in (meeting.reason, meeting.summary)))
        ),
        url=f"{base_url}/{project.slug}/{meeting.slug}",
        status="CANCELLED" if meeting.cancelled_at else status,
        transparent=True,
    )


def titled(title: Texts, language: str, *, fell_out: bool) -> str:
    """The title of an entry. Some programs show a cancelled event as any other, so its title says it too."""
    said = say(title, wish=language).text
    if not fell_out:
        return said
    with speaking(language):
        return _("Cancelled: %(title)s") % {"title": said}


def call_entry(
    project: Project, series: CallSeries, changes: Sequence[CallChange], base_url: str, language: str
) -> Entry:
    """A series of calls: its rule, the cancelled dates as EXDATE and the moved ones as overrides (3.8.5).

    Calls are for those who have the link: a calendar that everybody may read does not hold it.
    """
    moved, fell_out = _told_apart(series, changes)
    updated = max([series.updated_at, *(change.updated_at for change in fell_out)])
    with speaking(language):
        online = _("Online")
    frame = Entry(
        uid=series.uid,
        sequence=series.sequence,
        created=series.created_at,
        updated=updated,
        summary=say(series.title, wish=language).text,
        starts=at(series.first, series.starts, series.zone),
        ends=at(series.first, series.ends, series.zone),
        location=online,
        description=say(series.summary, wish=language).text,
        url=f"{base_url}/{project.slug}",
        rule=series.rule,
        exdates=tuple(at(change.occurrence, series.starts, series.zone) for change in fell_out),
    )
    return replace(frame, overrides=tuple(_override(frame, series, change, language) for change in moved))


def _told_apart(series: CallSeries, changes: Sequence[CallChange]) -> tuple[list[CallChange], list[CallChange]]:
    """The moved and the cancelled dates of this series."""
    mine = [change for change in changes if change.series_id == series.id]
    return [change for change in mine if change.moved_to], [change for change in mine if not change.moved_to]


def _override(frame: Entry, series: CallSeries, change: CallChange, language: str) -> Entry:
    starts, ends = _moved(series, change)
    return replace(
        frame,
        sequence=max(frame.sequence, change.sequence),
        updated=change.updated_at,
        starts=starts,
        ends=ends,
        description="\n\n".join(filter(None, [say(change.reason, wish=language).text, frame.description])),
        rule="",
        exdates=(),
        recurrence_id=at(change.occurrence, series.starts, series.zone),
    )


def _moved(series: CallSeries, change: CallChange) -> tuple[datetime, datetime]:
    day = change.moved_to or change.occurrence
    return at(day, change.starts or series.starts, series.zone), at(day, change.ends or series.ends, series.zone)


@dataclass(frozen=True, slots=True)
class CallDate:
    """A date on which a call takes place, aware in the zone of its series; `moved_from` is its original start."""

    starts: datetime
    ends: datetime
    moved_from: datetime | None = None
    reason: Texts | None = None


def call_dates(series: CallSeries, changes: Sequence[CallChange], after: datetime, before: datetime) -> list[CallDate]:
    """When the calls of a series really begin from `after` until before `before` (both aware), in order."""
    moved, fell_out = _told_apart(series, changes)
    changed = {change.occurrence for change in (*moved, *fell_out)}
    starts = occurrences(series.rule, at(series.first, series.starts, series.zone), after=after, before=before)
    kept = [
        CallDate(start, at(start.date(), series.ends, series.zone)) for start in starts if start.date() not in changed
    ]
    return sorted([*kept, *_moved_into(series, moved, after, before)], key=lambda call: call.starts)


def _moved_into(series: CallSeries, moved: Sequence[CallChange], after: datetime, before: datetime) -> list[CallDate]:
    found = [
        CallDate(*_moved(series, change), at(change.occurrence, series.starts, series.zone), change.reason)
        for change in moved
    ]
    return [call for call in found if after <= call.starts < before]
