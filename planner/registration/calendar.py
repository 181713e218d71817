"""How a registration shows in a calendar: the meeting as one entry, for the letter that confirms a place."""

from __future__ import annotations

from planner.consortium.tables import Project
from planner.ical import Head, calendar_bytes
from planner.language import say
from planner.meetings.calendar import meeting_entry
from planner.meetings.tables import Meeting, Place
from planner.settings import settings


def attachment(project: Project, meeting: Meeting, venue: Place | None, language: str) -> bytes:
    """The meeting's days under its own UID, so that a subscription to the meeting shows it no second time."""
    entry = meeting_entry(project, meeting, settings().public_url, language, venue)
    name = say(meeting.title, wish=language).text
    return calendar_bytes(Head(name, language=language, updated=entry.updated), [entry])
