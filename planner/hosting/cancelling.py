"""Calling a whole meeting off, and taking that back: readers see it at once, calendars too, and everybody is told."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from planner.audit import note
from planner.clock import now
from planner.db import Texts
from planner.delegations.unanswered import Asked, asked
from planner.errors import Refusal
from planner.hosting.letters import turned, turned_for_asked
from planner.language import _
from planner.meetings.queries import Found
from planner.meetings.tables import Meeting
from planner.outbox import write_letter
from planner.registration.offer import offer_of
from planner.registration.offers import stood_still
from planner.registration.queries import form_of
from planner.registration.rules import LIVE
from planner.registration.tables import Registration


def registered(session: Session, meeting_id: int) -> Sequence[Registration]:
    """Everybody who has or waits for a place and can be written to, by name."""
    wanted = (Registration.meeting_id == meeting_id, col(Registration.status).in_(LIVE), Registration.email != "")
    query = select(Registration).where(*wanted)
    return session.exec(query.order_by(col(Registration.latin_family), col(Registration.id))).all()


def unanswered(session: Session, meeting_id: int) -> list[Asked]:
    """Who was asked to come or to register others, and is not registered under that address."""
    known = {row.email.casefold() for row in registered(session, meeting_id)}
    return [one for one in asked(session, meeting_id, now()) if one.email.casefold() not in known]


def cancel(session: Session, found: Found, actor: str, reason: Texts) -> int:
    """Call the meeting off: registration ends, its page and all its calendar entries say so, and everybody who is
    registered or was asked gets a letter. The answer is how many were written to. Raises Refusal when it is called
    off already.
    """
    meeting = _locked(session, found)
    if meeting.cancelled_at is not None:
        raise Refusal(_("This meeting is cancelled already."))
    meeting.cancelled_at, meeting.reason = now(), dict(reason)
    _turn(session, meeting)
    told = _tell(session, found, back=False)
    note(session, actor, "meeting.cancel", f"meeting:{meeting.id}", told=told)
    return told


def restore(session: Session, found: Found, actor: str) -> int:
    """Take it back: the meeting takes place after all, registrations are as they were, and everybody is told.

    Raises Refusal when the meeting is not called off.
    """
    meeting = _locked(session, found)
    if meeting.cancelled_at is None:
        raise Refusal(_("This meeting is not cancelled."))
    since, meeting.cancelled_at, meeting.reason = meeting.cancelled_at, None, {}
    _turn(session, meeting)
    if form_of(session, meeting.id or 0):
        stood_still(session, offer_of(session, meeting.id or 0), since)
    told = _tell(session, found, back=True)
    note(session, actor, "meeting.restore", f"meeting:{meeting.id}", told=told)
    return told


def _tell(session: Session, found: Found, *, back: bool) -> int:
    """Write to everybody whom it concerns; how many that are. Nobody knows of a meeting that was never published."""
    number = found.meeting.id or 0
    if not found.meeting.published_at:
        return 0
    written = [turned(found, row, back=back) for row in registered(session, number)]
    written += [turned_for_asked(found, one, back=back) for one in unanswered(session, number)]
    for letter in written:
        write_letter(session, letter)
    return len(written)


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
