"""Until when people may register and change, and the exceptions that organisers make for single addresses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from planner.audit import note
from planner.clock import now
from planner.errors import Missing, Refusal
from planner.language import _, moment_text
from planner.outbox import write_letter
from planner.registration import letters
from planner.registration.form_tables import RegistrationForm
from planner.registration.offer import Offer
from planner.registration.place_tables import DeadlineException
from planner.registration.rules import Phase, phase
from planner.registration.tables import Registration
from planner.registration.waiting_list import Round
from planner.tokens import derive, mint

PURPOSE = "late"
"""What the secret of an exception is derived for."""


def token(row: DeadlineException) -> str:
    """The secret that opens the form for one address after the deadline: its number, and a proof of it."""
    return f"{row.id}-{derive(PURPOSE, row.uid, 1)}"


def admits(session: Session, meeting_id: int, secret: str) -> DeadlineException | None:
    """The exception of that meeting that a secret stands for, while it holds."""
    number, _sep, proof = secret.partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) < 9):
        return None
    row = session.get(DeadlineException, int(number))
    if row is None or row.meeting_id != meeting_id or not _holds(row, now()):
        return None
    return row if proof == derive(PURPOSE, row.uid, 1) else None


def _holds(row: DeadlineException, moment: datetime) -> bool:
    return row.ended_at is None and moment < row.until


def exceptions(session: Session, meeting_id: int) -> Sequence[DeadlineException]:
    """All exceptions of a meeting, the newest first."""
    query = select(DeadlineException).where(DeadlineException.meeting_id == meeting_id)
    return session.exec(query.order_by(col(DeadlineException.id).desc())).all()


def of_address(session: Session, meeting_id: int, email: str, moment: datetime) -> DeadlineException | None:
    """The exception that holds for an address at that moment."""
    query = select(DeadlineException).where(
        DeadlineException.meeting_id == meeting_id, func.lower(DeadlineException.email) == email.strip().lower()
    )
    return next((row for row in session.exec(query.order_by(col(DeadlineException.id))) if _holds(row, moment)), None)


def use_to_register(session: Session, turn: Round, email: str, contact: str = "") -> bool:
    """Whether that address, or the contact who acts for it, may register though registration has closed.

    Writes down that it did.
    """
    if phase(turn.form, turn.moment) is not Phase.CLOSED:
        return False
    return _use(session, turn, email, contact)


def _use(session: Session, turn: Round, *emails: str) -> bool:
    found = (of_address(session, turn.form.meeting_id, email, turn.moment) for email in emails if email)
    row = next((row for row in found if row), None)
    if row is not None:
        row.used_at = turn.moment
        session.add(row)
    return row is not None


def check_changes_open(session: Session, turn: Round, row: Registration, contact: str = "") -> None:
    """Raises Refusal when the time for changes is over, and no exception holds for that address or the contact's."""
    closes = turn.form.changes_close_at
    if closes is None or turn.moment < closes or _use(session, turn, row.email, contact):
        return
    raise Refusal(closed_text(turn.form, turn.offer.found.meeting.zone))


def closed_text(form: RegistrationForm, zone: str) -> str:
    """Why nothing can be changed any more, and what one can do."""
    until = moment_text(form.changes_close_at or form.closes_at, zone)
    return _("Changes were possible until %(until)s. You can still withdraw, or ask the organisers.") % {"until": until}


def may_change(
    session: Session, form: RegistrationForm, row: Registration, moment: datetime, contact: str = ""
) -> bool:
    """Whether somebody, or the contact who acts for them, may still change what they chose.

    Withdrawing is always possible until the meeting is over.
    """
    closes = form.changes_close_at
    if closes is None or moment < closes:
        return True
    return any(of_address(session, form.meeting_id, email, moment) for email in (row.email, contact) if email)


def registers_late(session: Session, form: RegistrationForm, email: str, moment: datetime) -> DeadlineException | None:
    """The exception by which that address may register now that everybody else is too late."""
    if not email or phase(form, moment) is not Phase.CLOSED:
        return None
    return of_address(session, form.meeting_id, email, moment)


def allow(session: Session, offer: Offer, actor: str, email: str, until: datetime, reason: str) -> None:
    """Let one address register or change until then, and tell it. Raises Refusal for a moment that is over."""
    moment = now()
    if until <= moment:
        raise Refusal(_("Please write a date and time in the future."), "until")
    row = DeadlineException(
        meeting_id=offer.form.meeting_id,
        uid=mint(),
        email=email,
        until=until,
        reason=reason,
        granted_by=actor,
        granted_at=moment,
    )
    session.add(row)
    session.flush()
    about = f"exception:{row.id}"
    note(session, actor, "registration.allow", about, until=until.isoformat())
    write_letter(session, letters.excepted(offer, email, until, token(row), about))


def end(session: Session, offer: Offer, actor: str, number: int) -> None:
    """Take an exception back. A second time nothing happens. Raises Missing."""
    row = session.get(DeadlineException, number)
    if row is None or row.meeting_id != offer.form.meeting_id:
        raise Missing
    if row.ended_at is None:
        row.ended_at = now()
        session.add(row)
        note(session, actor, "registration.disallow", f"exception:{row.id}")
