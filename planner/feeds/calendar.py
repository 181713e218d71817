"""Whole calendars that everybody may subscribe to: a project's, a meeting's, one item."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from planner.agenda.calendar import NO_NOTE, item_entries, item_entry
from planner.agenda.queries import programme
from planner.consortium.queries import project as find_project
from planner.errors import Missing
from planner.ical import Entry, Head, calendar_bytes
from planner.language import say
from planner.meetings.calendar import call_entry, meeting_entry, subscription
from planner.meetings.queries import Found, changes, find, published, series
from planner.meetings.tables import Meeting, Place
from planner.visits.calendar import notes
from planner.visits.queries import outings


def project_calendar(session: Session, slug: str, base_url: str, language: str, updated: datetime) -> bytes:
    """All published meetings of a project as all-day frames, and its calls. Raises Missing."""
    project = find_project(session, slug)
    meetings = published(session, project.id or 0)
    there = _venues(session, meetings)
    rounds = series(session, project.id or 0)
    moved = changes(session, [one.id or 0 for one in rounds])
    frames = [meeting_entry(project, one, base_url, language, there.get(one.id or 0)) for one in meetings]
    calls = [call_entry(project, one, moved, base_url, language) for one in rounds]
    head = Head(
        name=project.acronym,
        description=say(project.names, wish=language).text,
        url=f"{base_url}/{slug}",
        source=subscription(base_url, f"/{slug}/calendar.ics", language).https,
        language=language,
        updated=updated,
    )
    return calendar_bytes(head, [*frames, *calls])


def meeting_calendar(
    session: Session, project: str, meeting: str, base_url: str, language: str, updated: datetime
) -> bytes:
    """A meeting as an all-day frame, and one entry for each item of its public agenda. Raises Missing."""
    found = find(session, project, meeting)
    venue = _venues(session, [found.meeting]).get(found.meeting.id or 0)
    frame = meeting_entry(found.project, found.meeting, base_url, language, venue)
    days = programme(session, found, cancelled=True)
    there = notes(outings(session, found, days), language)
    entries = item_entries(found.project, found.meeting, days, base_url, language, there)
    return _of_meeting(found, [frame, *entries], base_url, language, updated)


def item_calendar(
    session: Session, project: str, meeting: str, item: str, base_url: str, language: str, updated: datetime
) -> bytes:
    """One item of a public agenda. Raises Missing."""
    found = find(session, project, meeting)
    days = programme(session, found, cancelled=True)
    if (wanted := next((one for day in days for one in day.items if one.slug == item), None)) is None:
        raise Missing
    note = notes(outings(session, found, days), language).get(wanted.id, NO_NOTE)
    entry = item_entry(found.project, found.meeting, wanted, base_url, language, note)
    return _of_meeting(found, [entry], base_url, language, updated)


def _of_meeting(found: Found, entries: Iterable[Entry], base_url: str, language: str, updated: datetime) -> bytes:
    path = f"/{found.project.slug}/{found.meeting.slug}"
    head = Head(
        name=f"{found.project.acronym}: {say(found.meeting.title, wish=language).text}",
        description=say(found.meeting.summary, wish=language).text,
        url=f"{base_url}{path}",
        source=subscription(base_url, f"{path}/calendar.ics", language).https,
        language=language,
        updated=updated,
    )
    return calendar_bytes(head, entries)


def _venues(session: Session, meetings: Iterable[Meeting]) -> dict[int, Place]:
    """The venue of each meeting that has one."""
    numbers = [meeting.id or 0 for meeting in meetings]
    query = select(Place).where(col(Place.meeting_id).in_(numbers), Place.kind == "venue")
    return {place.meeting_id: place for place in session.exec(query)}
