"""What happens unasked: offers that nobody answered pass on, and places that became free otherwise are given."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from planner.clock import now
from planner.db import read, write
from planner.meetings.tables import Meeting
from planner.registration import apart
from planner.registration.actions import lock
from planner.registration.form_tables import RegistrationForm
from planner.registration.offer import offer_of
from planner.registration.offers import pass_on
from planner.registration.place_tables import PlaceWish, VisitChoice
from planner.registration.rules import HOLDING
from planner.registration.tables import Registration
from planner.registration.waiting_list import Round, apart_due, seats_due


def serve_waiting_lists() -> None:
    """Pass on offers whose time is over; give what became free because a phase ended, or because there is more now.

    Looks first and locks only where something is due: a second worker at the same moment finds nothing left to do.
    """
    with read() as session:
        due = [number for number in _with_people_waiting(session) if _is_due(session, number)]
    for number in due:
        with write() as session:
            pass_on(session, lock(session, offer_of(session, number)))


def _with_people_waiting(session: Session) -> list[int]:
    """Meetings that are not over and in which somebody waits for something, or was offered something."""
    mine = select(Registration.meeting_id)
    waiting = mine.where(col(Registration.status).in_(("waiting", "offered")))
    holding = mine.where(col(Registration.status).in_(HOLDING))
    wishing = [holding.join(table, col(table.registration_id) == Registration.id) for table in (PlaceWish, VisitChoice)]
    query = (
        select(Meeting.id)
        .join(RegistrationForm, col(RegistrationForm.meeting_id) == Meeting.id)
        .where(
            col(Meeting.cancelled_at).is_(None),
            Meeting.last_day >= _yesterday(now()).date(),
            or_(*(col(Meeting.id).in_(people) for people in (waiting, *wishing))),
        )
    )
    return [number for number in session.exec(query.order_by(col(Meeting.id))) if number]


def _yesterday(moment: datetime) -> datetime:
    return moment - timedelta(days=1)  # somewhere the last day may not be over yet


def _is_due(session: Session, meeting_id: int) -> bool:
    offered = offer_of(session, meeting_id)
    turn = Round(offered, offered.form, now())
    return bool(
        apart.due_offers(session, meeting_id, turn.moment) or seats_due(session, turn) or apart_due(session, turn)
    )
