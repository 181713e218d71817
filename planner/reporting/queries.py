"""What the project promised and what is reached, counted from what other rooms remember."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy
from sqlalchemy import func
from sqlmodel import Session, col, select

from planner.attendance.tables import OnlineLog, Signature
from planner.consortium.tables import GoodPractice, Indicator, Partner, Person, PolicyInstrument
from planner.db import Texts
from planner.meetings.tables import CallSeries, Meeting
from planner.registration.tables import Registration
from planner.reporting.rules import Presence, Progress, organisations


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator with its progress; by_hand when nothing in Planner counts it."""

    code: str
    label: Texts
    progress: Progress
    by_hand: bool


def presences(session: Session, project_id: int) -> list[Presence]:
    """Everybody who signed a list or stands in a log of the project's meetings and calls."""
    columns = (
        col(Registration.category),
        col(Registration.partner_id),
        col(Registration.organisation_id),
        col(Registration.organisation),
    )
    meetings = select(Meeting.id).where(Meeting.project_id == project_id)
    signed = select(Signature.registration_id)
    logged = select(OnlineLog.registration_id).where(col(OnlineLog.registration_id).is_not(None))
    there = sqlalchemy.select(*columns).where(
        col(Registration.meeting_id).in_(meetings),
        col(Registration.id).in_(signed) | col(Registration.id).in_(logged),
    )
    called = (
        select(Person.partner_id, Person.organisation_id)
        .join(OnlineLog, col(OnlineLog.person_id) == Person.id)
        .join(CallSeries, col(OnlineLog.series_id) == CallSeries.id)
        .where(CallSeries.project_id == project_id)
    )
    return [Presence(*row) for row in session.connection().execute(there)] + [
        Presence("partner_staff", partner, organisation, "") for partner, organisation in session.exec(called)
    ]


def _organisations(session: Session, project_id: int) -> int:
    return organisations(presences(session, project_id))


def _instruments(session: Session, project_id: int) -> int:
    query = select(func.count()).select_from(PolicyInstrument).join(Partner).where(Partner.project_id == project_id)
    return session.exec(query).one()


def _events(session: Session, project_id: int) -> int:
    query = select(func.count(col(Meeting.id))).where(
        Meeting.project_id == project_id, Meeting.state == "held", col(Meeting.exchange_event)
    )
    return session.exec(query).one()


def _practices(session: Session, project_id: int) -> int:
    query = select(func.count(col(GoodPractice.id))).where(GoodPractice.project_id == project_id)
    return session.exec(query).one()


COUNTS: dict[str, Callable[[Session, int], int]] = {
    "organisations with at least one counted participant": _organisations,
    "partners with a policy instrument": _instruments,
    "held meetings whose kind is an exchange event": _events,
    "good practices": _practices,
}
"""How an indicator's `counted_by` is counted; any other wording is entered by hand."""


def figures(session: Session, project_id: int) -> list[Figure]:
    """The project's indicators with their progress, in the order of the application."""
    query = select(Indicator).where(Indicator.project_id == project_id).order_by(col(Indicator.position))
    rows = session.exec(query).all()
    counted = {way: COUNTS[way](session, project_id) for way in sorted({row.counted_by for row in rows} & set(COUNTS))}
    return [_figure(row, counted) for row in rows]


def _figure(row: Indicator, counted: Mapping[str, int]) -> Figure:
    reached = counted.get(row.counted_by, row.entered or 0)
    return Figure(row.code, row.label, Progress(reached, row.target), row.counted_by not in counted)
