"""Calling a whole meeting off, and taking that back: readers see it at once, calendars too, and everybody is told."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from planner.audit import note
from planner.clock import now
from planner.db import Texts
from planner.errors import Refusal
from planner.hosting.letters import called_off, takes_place
from planner.language import _
from planner.meetings.queries import Found
from planner.meetings.tables import Meeting
from planner.outbox import write_letter
from planner.registration.rules import LIVE
from planner.registration.tables import Registration


def registered(session: Session, meeting_id: int) -> Sequence[Registration]:
    """Everybody who has or waits for a place and can be written to, by name."""
    wanted = (Registration.meeting_id == meeting_id, col(Registration.status).in_(LIVE), Registration.email != "")
    query = select(Registration).where(*wanted)
    return session.exec(query.order_by(col(Registration.latin_family), col(Registration.id))).all()


def cancel(session: Session, found: Found, actor: str, reason: Texts) -> int:
    """Call the meeting off: registration ends, its page and all its calendar entries say so, and everybody who is
    registered gets a letter. The answer is how many were written to. Raises Refusal when it is called off already.
    """
    meeting = _locked(session, found)
    if meeting.cancelled_at is not None:
        raise Refusal(_("This meeting is cancelled already."))
    meeting.cancelled_at, meeting.reason = now(), dict(reason)
    _turn(session, meeting)
    people = registered(session, meeting.id or 0)
    for row in people if meeting.published_at else ():
        write_letter(session, called_off(found, row))
    note(session, actor, "meeting.cancel", f"meeting:{meeting.id}", told=len(people))
    return len(people)


def restore(session: Session, found: Found, actor: str) -> int:
    """Take it back: the meeting takes place after all, registrations are as they were, and everybody is told.

    Raises Refusal when the meeting is not called off.
    """
    meeting = _locked(session, found)
    if meeting.cancelled_at is None:
        raise Refusal(_("This meeting is not cancelled."))
    meeting.cancelled_at, meeting.reason = None, {}
    _turn(session, meeting)
    people = registered(session, meeting.id or 0)
    for row in people if meeting.published_at else ():
        write_letter(session, takes_place(found, row))
    note(session, actor, "meeting.restore", f"meeting:{meeting.id}", told=len(people))
    return len(people)


def _turn(session: Session, meeting: Meeting) -> None:
    """Every entry of the meeting says something else from now on: all count up (RFC 5545, 3.8.7.4)."""
    meeting.turns += 1
    meeting.sequence += 1
    meeting.revision += 1
    meeting.turned_at = meeting.updated_at = now()
    session.add(meeting)
    session.flush()


def _locked(session: Session, found: Found) -> Meeting:
    """The meeting as it is now, for this transaction alone."""
    query = select(Meeting).where(Meeting.id == found.meeting.id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()
