"""What is asked about requests for erasure and about runs of the retention plan."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, or_, select

from planner.admin.tables import RetentionRun
from planner.errors import Missing
from planner.meetings.queries import Found
from planner.meetings.tables import Meeting
from planner.registration.tables import ErasureRequest, Registration
from planner.roster.tables import Merge


def open_request(session: Session, registration_id: int) -> ErasureRequest | None:
    """The request of that registration that is not done yet."""
    query = select(ErasureRequest).where(ErasureRequest.registration_id == registration_id)
    return session.exec(query.where(col(ErasureRequest.done_at).is_(None))).first()


def request_of(session: Session, registration_id: int) -> ErasureRequest | None:
    """The newest request of that registration, done or not."""
    query = select(ErasureRequest).where(ErasureRequest.registration_id == registration_id)
    return session.exec(query.order_by(col(ErasureRequest.id).desc())).first()


def requests(session: Session, found: Found) -> Sequence[tuple[ErasureRequest, Registration]]:
    """All requests at a meeting: the open ones first, by the day they are due."""
    query = (
        select(ErasureRequest, Registration)
        .join(Registration, col(Registration.id) == ErasureRequest.registration_id)
        .where(Registration.meeting_id == found.meeting.id)
        .order_by(col(ErasureRequest.done_at).is_not(None), col(ErasureRequest.due_on), col(ErasureRequest.id))
    )
    return session.exec(query).all()


def find_request(session: Session, found: Found, number: int) -> ErasureRequest:
    """The request of that number, if it is about this meeting. Raises Missing."""
    row = next((asked for asked, _row in requests(session, found) if asked.id == number), None)
    if row is None:
        raise Missing
    return row


def merged_with(session: Session, row: Registration) -> Sequence[Registration]:
    """A registration and those that were found to be the same one, in whatever order they were merged."""
    found: set[int] = {row.id or 0}
    while True:
        pairs = session.exec(
            select(Merge.kept_id, Merge.other_id).where(
                or_(col(Merge.kept_id).in_(found), col(Merge.other_id).in_(found)), col(Merge.undone_at).is_(None)
            )
        ).all()
        more = {number for pair in pairs for number in pair} | found
        if more == found:
            return session.exec(select(Registration).where(col(Registration.id).in_(found))).all()
        found = more


def same_person(session: Session, row: Registration) -> Sequence[Registration]:
    """All registrations of one person at the meetings of a project, this one among them."""
    project = select(Meeting.project_id).where(Meeting.id == row.meeting_id).scalar_subquery()
    merged = {one.id for one in merged_with(session, row)}
    is_known = [col(Registration.id).in_(merged), col(Registration.identity) == row.identity]
    if row.person_id:
        is_known.append(col(Registration.person_id) == row.person_id)
    query = select(Registration).join(Meeting).where(Meeting.project_id == project, or_(*is_known))
    return session.exec(query.order_by(col(Registration.id))).all()


def meetings_of_project(session: Session, row: Registration) -> frozenset[int]:
    """All meetings of the project that a registration is for one of."""
    project = select(Meeting.project_id).where(Meeting.id == row.meeting_id).scalar_subquery()
    return frozenset(number or 0 for number in session.exec(select(Meeting.id).where(Meeting.project_id == project)))


def runs(session: Session, meeting_id: int | None = None, limit: int = 20) -> Sequence[RetentionRun]:
    """The newest runs: those of a meeting and the daily ones; without a meeting, all of them."""
    query = select(RetentionRun)
    if meeting_id is not None:
        query = query.where(or_(col(RetentionRun.meeting_id).is_(None), RetentionRun.meeting_id == meeting_id))
    return session.exec(query.order_by(col(RetentionRun.id).desc()).limit(limit)).all()
