"""What is done about people's data: it goes when its time has come, or when its owner asks. Only these write."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, func, select

from planner.admin import elsewhere, retention
from planner.admin.letters import received
from planner.admin.queries import open_request
from planner.admin.retention import today_at
from planner.admin.rules import KINDS, answer_by
from planner.admin.tables import RetentionRun
from planner.audit import note
from planner.clock import now
from planner.consortium.tables import Project
from planner.errors import Missing, Refusal
from planner.language import _
from planner.meetings.queries import Found, all_meetings
from planner.outbox import write_letter
from planner.registration.letters import about
from planner.registration.offer import Offer
from planner.registration.queries import form_of
from planner.registration.tables import CareNote, ErasureRequest, Registration

PLANNER = "planner"
"""Who acts when the plan is carried out unasked."""


def run_daily(session: Session) -> bool:
    """Carry out the plan for the whole installation, once a day; false when that was done already.

    The row of the day comes first: of two workers at once, one waits for the other and then learns that it is there.
    Raises IntegrityError then.
    """
    moment = now()
    day = moment.date().isoformat()
    if session.exec(select(RetentionRun.id).where(RetentionRun.day == day)).first() is not None:
        return False
    run = RetentionRun(day=day, at=moment, actor=PLANNER)
    session.add(run)
    session.flush()
    run.counts = clear_everywhere(session, moment)
    session.add(run)
    return True


def clear_everywhere(session: Session, moment: datetime) -> dict[str, int]:
    """Take what is past its end out of every meeting, and old texts out of the whole installation."""
    counts = dict.fromkeys(KINDS, 0)
    for project in session.exec(select(Project)).all():
        for meeting in all_meetings(session, project.id or 0):
            _add(counts, retention.clear_due(session, Found(project, meeting), moment))
    _add(counts, retention.clear_old_traces(session, moment))
    return {kind: number for kind, number in counts.items() if number}


def _add(counts: dict[str, int], more: dict[str, int]) -> None:
    for kind, number in more.items():
        counts[kind] += number


def run_now(session: Session, found: Found, actor: str) -> RetentionRun:
    """Carry out the plan for one meeting, because somebody wants it done now."""
    moment = now()
    counts = dict.fromkeys(KINDS, 0)
    _add(counts, retention.clear_due(session, found, moment))
    ids = retention.people_of(session, found, today_at(found, moment)).ids
    _add(counts, retention.clear_old_traces(session, moment, ids))
    run = RetentionRun(meeting_id=found.meeting.id, at=moment, actor=actor)
    run.counts = {kind: number for kind, number in counts.items() if number}
    session.add(run)
    note(session, actor, "retention.run", f"meeting:{found.meeting.id}", **run.counts)
    return run


def ask_erasure(session: Session, offer: Offer, row: Registration, actor: str, *, everywhere: bool) -> ErasureRequest:
    """Somebody asks to be erased: a row with the day by which it must be answered, and a letter that says so.

    Asking again changes nothing but how far it reaches.
    """
    session.exec(select(Registration.id).where(Registration.id == row.id).with_for_update()).one()
    if (known := open_request(session, row.id or 0)) is not None:
        known.everywhere = known.everywhere or everywhere
        session.add(known)
        return known
    moment = now()
    asked = ErasureRequest(
        registration_id=row.id or 0,
        asked_at=moment,
        asked_by=actor,
        due_on=answer_by(today_at(offer.found, moment)),
        everywhere=everywhere,
    )
    session.add(asked)
    note(session, actor, "erasure.ask", about(row), everywhere=everywhere)
    if row.email:
        write_letter(session, received(offer, row, asked))
    return asked


def erase_address(session: Session, found: Found, address: str, actor: str) -> None:
    """Forget somebody who was written to and never registered: invitations, exceptions, letters, a delegation's link.

    Raises Refusal when somebody is registered with that address, or nothing is known of it at this meeting.
    """
    number = found.meeting.id or 0
    theirs = func.lower(Registration.email) == address.lower(), Registration.meeting_id == number
    if session.exec(select(Registration.id).where(*theirs)).first():
        raise Refusal(_("Somebody is registered with that address. Please record their request above."))
    rows = elsewhere.forget_address(session, address, {number})
    if not rows:
        raise Refusal(_("Nothing is kept here about that address."))
    note(session, actor, "erasure.address", f"meeting:{number}", rows=rows)


def set_archive_date(session: Session, project: Project, actor: str, wished: date | None) -> None:
    """Until when the project keeps attendance; None counts from the project's end."""
    project.archive_until = wished
    session.add(project)
    note(session, actor, "project.archive_date", f"project:{project.id}", until=wished.isoformat() if wished else None)


def set_days(session: Session, found: Found, actor: str, days: dict[str, int]) -> None:
    """How many days after the meeting each kind of data is kept. Notes about health follow at once."""
    form = form_of(session, found.meeting.id or 0)
    if form is None:
        raise Missing
    for name, number in days.items():
        setattr(form, name, number)
    session.add(form)
    mine = select(Registration.id).where(Registration.meeting_id == found.meeting.id)
    for care in session.exec(select(CareNote).where(col(CareNote.registration_id).in_(mine))):
        care.delete_after = found.meeting.last_day + timedelta(days=form.sensitive_days)
        session.add(care)
    note(session, actor, "retention.days", f"meeting:{found.meeting.id}", **days)
