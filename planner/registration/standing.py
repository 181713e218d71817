"""How a meeting's registration stands: figures for the desk."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from planner.agenda.tables import Day
from planner.meetings.queries import Found
from planner.registration.form_tables import RegistrationForm
from planner.registration.queries import Seats, days, form_of, seats
from planner.registration.tables import PlannedDay, Registration


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many confirmed people come on a day."""

    day: Day
    on_site: int
    online: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Figures of a meeting's registration; `statuses` counts people by status."""

    form: RegistrationForm | None
    statuses: Counter[str]
    days: list[DayCount]
    seats: list[tuple[str, Seats]]


def standing(session: Session, found: Found) -> Standing:
    """How the registration of a meeting stands."""
    number = found.meeting.id or 0
    form = form_of(session, number)
    return Standing(form, _statuses(session, number), _days(session, number), seats(session, form) if form else [])


def _statuses(session: Session, meeting_id: int) -> Counter[str]:
    query = select(Registration.status, func.count()).where(Registration.meeting_id == meeting_id)
    return Counter(dict(session.exec(query.group_by(Registration.status)).all()))


def _days(session: Session, meeting_id: int) -> list[DayCount]:
    query = (
        select(PlannedDay.day_id, PlannedDay.mode, func.count())
        .join(Registration, col(Registration.id) == PlannedDay.registration_id)
        .where(Registration.meeting_id == meeting_id, Registration.status == "confirmed")
        .group_by(col(PlannedDay.day_id), PlannedDay.mode)
    )
    counts = {(day, mode): count for day, mode, count in session.exec(query)}
    return [
        DayCount(day, counts.get((day.id or 0, "on_site"), 0), counts.get((day.id or 0, "online"), 0))
        for day in days(session, meeting_id)
        if day.deleted_at is None
    ]
