"""Somebody's own calendar: the days they come, their visit, their buses, and where they speak."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session

from planner.agenda.calendar import NO_NOTE, item_entry
from planner.agenda.queries import programme
from planner.agenda.views import DayView, ItemView
from planner.consortium.tables import Project
from planner.ical import Entry, Head, calendar_bytes
from planner.language import say
from planner.meetings.calendar import meeting_entry, subscription
from planner.meetings.queries import Found, places
from planner.meetings.tables import Meeting
from planner.own.ticket import calendar_path
from planner.registration.calendar import PlannedDay, as_theirs, day_entry
from planner.registration.queries import choices
from planner.registration.rules import LIVE
from planner.registration.tables import Registration
from planner.vevents import Status
from planner.visits.calendar import notes
from planner.visits.queries import outings


def own_calendar(session: Session, row: Registration, base_url: str, language: str) -> bytes:
    """The calendar in that language. Who gave up or was erased gets what they had marked as cancelled, or nothing."""
    meeting = session.get_one(Meeting, row.meeting_id)
    found = Found(session.get_one(Project, meeting.project_id), meeting)
    entries = [] if row.erased_at else list(_entries(session, found, row, base_url, language))
    head = Head(
        name=f"{found.project.acronym}: {say(meeting.title, wish=language).text}",
        url=f"{base_url}/{found.project.slug}/{meeting.slug}",
        source=subscription(base_url, calendar_path(row), language).https,
        language=language,
        updated=max([row.updated_at, meeting.updated_at, *(entry.updated for entry in entries)]),
    )
    return calendar_bytes(head, entries)


def _status(row: Registration, meeting: Meeting) -> Status:
    if meeting.cancelled_at or row.status not in (*LIVE, "walk_in"):
        return "CANCELLED"
    return "CONFIRMED" if row.status in ("confirmed", "walk_in") else "TENTATIVE"


def _entries(session: Session, found: Found, row: Registration, base_url: str, language: str) -> Iterator[Entry]:
    days, chosen = programme(session, found, cancelled=True), choices(session, row.id or 0)
    status, told = _status(row, found.meeting), notes(outings(session, found, days), language)
    venue = next((place for place in places(session, found.meeting.id or 0).values() if place.kind == "venue"), None)
    frame = meeting_entry(found.project, found.meeting, base_url, language, venue)
    if not chosen.days:
        yield as_theirs(frame, row, status)
    for day in days:
        if mode := chosen.days.get(day.id):
            yield as_theirs(day_entry(frame, found, row, _planned(day, mode), language), row, status)
    mine = {*chosen.rides, *([chosen.visit] if chosen.visit else [])}
    for item in (item for day in days for item in day.items if item.id in mine or _speaks(item, row)):
        made = item_entry(found.project, found.meeting, item, base_url, language, told.get(item.id, NO_NOTE))
        yield made if status == "CONFIRMED" else as_theirs(made, row, status)


def _speaks(item: ItemView, row: Registration) -> bool:
    return row.person_id is not None and any(speaker.person.id == row.person_id for speaker in item.speakers)


def _planned(day: DayView, mode: str) -> PlannedDay:
    items = [item for item in day.items if item.cancelled_at is None]
    hours = (min(item.starts for item in items), max(item.ends for item in items)) if items else None
    return PlannedDay(day.id, day.date, mode, None, hours)
