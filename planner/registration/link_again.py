"""The link again, without telling whether an address is registered.

A page only writes down that somebody asked, the same for every address, so neither its answer nor the time it takes
tells anything. The worker looks afterwards whether there is anybody to write to.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, func, select

from planner.clock import now
from planner.db import read, write
from planner.errors import Missing
from planner.registration import actions
from planner.registration.form_tables import RegistrationForm
from planner.registration.offer import offer_of
from planner.registration.tables import LinkRequest, Registration
from planner.registration.unconfirmed import ask_for_proof, pending_of_address

AT_A_TIME = 50


def ask(session: Session, email: str, meeting_id: int | None = None) -> None:
    """Write down that the link of that address is wanted: for one meeting, or for all of them."""
    session.add(LinkRequest(meeting_id=meeting_id, email=email, at=now()))


def send_asked_links() -> None:
    """The chore: mail the links that were asked for, each request in a transaction of its own."""
    with read() as session:
        waiting = select(LinkRequest.id).where(col(LinkRequest.done_at).is_(None)).order_by(col(LinkRequest.id))
        numbers = session.exec(waiting.limit(AT_A_TIME)).all()
    for number in numbers:
        with write() as session:
            _send(session, number or 0)


def _send(session: Session, number: int) -> None:
    query = select(LinkRequest).where(LinkRequest.id == number, col(LinkRequest.done_at).is_(None))
    asked = session.exec(query.with_for_update()).first()
    if asked is None:  # another worker was faster
        return
    for meeting_id in _meetings(session, asked):
        try:
            offer = offer_of(session, meeting_id)
        except Missing:
            continue
        actions.send_links(session, offer, asked.email)
        ask_for_proof(session, offer, pending_of_address(session, meeting_id, asked.email))
    asked.done_at = now()
    session.add(asked)


def _meetings(session: Session, asked: LinkRequest) -> Iterable[int]:
    """Where to look: at one meeting, or wherever registrations are."""
    if asked.meeting_id is not None:
        return [asked.meeting_id]
    query = select(RegistrationForm.meeting_id).where(
        col(RegistrationForm.meeting_id).in_(
            select(Registration.meeting_id).where(func.lower(Registration.email) == asked.email.lower())
        )
    )
    return session.exec(query.order_by(col(RegistrationForm.meeting_id))).all()
