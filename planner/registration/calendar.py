"""How a registration shows in a calendar: the meeting as one entry, for the letter that confirms a place."""

from __future__ import annotations

from planner.ical import Head, calendar_bytes
from planner.language import say
from planner.meetings.calendar import meeting_entry
from planner.registration.offer import Offer
from planner.settings import settings


def attachment(offer: Offer, language: str) -> bytes:
    """The meeting's days under its own UID, so that a subscription to the meeting shows it no second time."""
    entry = meeting_entry(offer.found.project, offer.found.meeting, settings().public_url, language, offer.venue)
    name = say(offer.found.meeting.title, wish=language).text
    return calendar_bytes(Head(name, language=language, updated=entry.updated), [entry])
