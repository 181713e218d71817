"""How a registration shows in a calendar: the days somebody comes, each from its first item to its last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from planner.ical import Entry, Head, calendar_bytes
from planner.language import _, say, speaking
from planner.meetings.calendar import meeting_entry
from planner.meetings.queries import Found
from planner.meetings.tables import Place
from planner.registration.tables import Registration
from planner.settings import settings
from planner.vevents import Status


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """A day somebody comes: how, when the meeting begins there, and from when until when its agenda goes (aware)."""

    id: int
    date: date
    mode: str
    starts: time | None
    hours: tuple[datetime, datetime] | None


def attachment(
    found: Found, venue: Place | None, row: Registration, days: Sequence[PlannedDay], status: Status
) -> bytes:
    """The days somebody comes, for a letter, under the same UIDs as in their own calendar."""
    frame = meeting_entry(found.project, found.meeting, settings().public_url, row.language, venue)
    entries = [as_theirs(day_entry(frame, found, row, day, row.language), row, status) for day in days]
    name = say(found.meeting.title, wish=row.language).text
    return calendar_bytes(Head(name, language=row.language, updated=max(frame.updated, row.updated_at)), entries)


def day_entry(frame: Entry, found: Found, row: Registration, day: PlannedDay, language: str) -> Entry:
    """A day of the meeting (`frame` is the whole of it) as somebody comes; all day where the agenda is empty."""
    with speaking(language):
        way = _("Online") if day.mode == "online" else _("On site")
    starts, ends = day.hours or (day.date, day.date + timedelta(days=1))
    is_online = day.mode == "online" and row.status == "confirmed"
    return replace(
        frame,
        uid=f"day-{sha256(f'{row.uid}:{day.id}'.encode()).hexdigest()[:32]}@planner.invalid",
        summary=f"{frame.summary} ({way})",
        starts=starts,
        ends=ends,
        location=way if day.mode == "online" else frame.location,
        description=say(found.meeting.online_note, wish=language).text if is_online else "",
        conference=found.meeting.online_link if is_online else "",
        transparent=False,
        related_to=found.meeting.uid,
    )


def as_theirs(entry: Entry, row: Registration, status: Status) -> Entry:
    """An entry as it stands for this person: every change of the registration counts as one of the entry."""
    worst = "CANCELLED" if "CANCELLED" in (entry.status, status) else status
    updated = max(entry.updated, row.updated_at)
    return replace(entry, status=worst, sequence=entry.sequence + row.version, updated=updated)
