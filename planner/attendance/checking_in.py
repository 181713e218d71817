"""Somebody is at the door."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, select

from planner.agenda.tables import Day
from planner.attendance.tables import CheckIn
from planner.audit import note
from planner.clock import local, now
from planner.errors import Refusal
from planner.language import _
from planner.meetings.queries import Found
from planner.registration.letters import about
from planner.registration.tables import Registration


def day_of(found: Found, days: Iterable[Day], moment: datetime) -> Day | None:
    """The day of the meeting that it is where it takes place, if it is one."""
    today = local(moment, found.meeting.zone).date()
    return next((day for day in days if day.date == today and day.deleted_at is None), None)


def check_in(session: Session, found: Found, row: Registration, actor: str) -> None:
    """Note that somebody is there today; a second time nothing happens. Raises Refusal on other days."""
    day = day_of(found, session.exec(select(Day).where(Day.meeting_id == found.meeting.id)).all(), now())
    if day is None:
        raise Refusal(_("Today is not a day of this meeting."))
    if row.erased_at is not None:
        raise Refusal(_("This ticket is no longer valid."))
    known = select(CheckIn).where(CheckIn.registration_id == row.id, CheckIn.day_id == day.id)
    if session.exec(known).first() is None:
        session.add(CheckIn(registration_id=row.id or 0, day_id=day.id or 0, at=now(), by=actor))
        note(session, actor, "attendance.check_in", about(row), day=day.date.isoformat())
