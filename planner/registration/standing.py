"""How a meeting's registration stands: figures for the desk, and what to do next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import Session, col, select

from planner.agenda.tables import Day
from planner.clock import local
from planner.meetings.queries import Found
from planner.meetings.rules import is_past
from planner.registration.queries import Seats, form_of, seats
from planner.registration.record import days
from planner.registration.rules import Phase, phase
from planner.registration.tables import PlannedDay, Registration, RegistrationForm


class Step(StrEnum):
    """What an organiser does next about the registrations."""

    NONE = "none"
    OPENS_LATER = "opens_later"
    DECIDE = "decide"
    OPEN = "open"
    PRINT = "print"
    SIGN = "sign"
    OVER = "over"


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
    step: Step
    statuses: Counter[str]
    days: list[DayCount]
    seats: list[tuple[str, Seats]]


def next_step(now_open: Phase, submitted: int, *, begun: bool, over: bool) -> Step:
    """What comes next: people first, then the papers."""
    if submitted and not over:
        return Step.DECIDE
    if now_open == Phase.NONE:
        return Step.NONE
    if over:
        return Step.OVER
    if begun:
        return Step.SIGN
    return {Phase.BEFORE: Step.OPENS_LATER, Phase.OPEN: Step.OPEN}.get(now_open, Step.PRINT)


def standing(session: Session, found: Found, moment: datetime) -> Standing:
    """How the registration of a meeting stands at that moment."""
    meeting = found.meeting
    number = meeting.id or 0
    form, today = form_of(session, number), local(moment, meeting.zone).date()
    statuses = _statuses(session, number)
    begun, over = today >= meeting.first_day, is_past(meeting.last_day, today)
    step = next_step(phase(form, moment), statuses["submitted"], begun=begun, over=over)
    return Standing(form, step, statuses, _days(session, number), seats(session, form) if form else [])


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
    ]
