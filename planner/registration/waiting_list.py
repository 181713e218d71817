"""Gives free places to those who wait, in order of arrival. The only code that hands out places.

Whoever calls it holds the lock of the registration form's row, so what it counts stays true until the end of the
transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from planner.audit import note
from planner.outbox import write_letter
from planner.registration import letters, queries
from planner.registration.offer import Offer
from planner.registration.rules import Verdict, visits_for, walk
from planner.registration.tables import Registration, RegistrationForm, StatusChange, VisitPlace

PLANNER = "planner"
"""Who acts when places are given by the rules alone."""


@dataclass(frozen=True, slots=True)
class Round:
    """One act under the lock: what the meeting offers, its form as it is now, and when this happens."""

    offer: Offer
    form: RegistrationForm
    moment: datetime

    @property
    def is_moving(self) -> bool:
        """Whether free places still go to those who wait."""
        closes = self.form.waiting_list_closes_at
        return closes is None or self.moment <= closes

    def serves(self, registration_id: int, newcomer: Registration) -> bool:
        """Whether that registration may get something: after the list is closed only the one who acts."""
        return self.is_moving or registration_id == newcomer.id


def promote(session: Session, turn: Round, newcomer: Registration) -> None:
    """Give every free place of the meeting and its visits to the first who waits for it.

    All who got something are written to, except the `newcomer` whose act this is and who gets a letter anyway.
    """
    served = _give_seats(session, turn, newcomer) | _give_visits(session, turn, newcomer)
    query = select(Registration).where(col(Registration.id).in_(served - {newcomer.id}))
    for row in session.exec(query.order_by(col(Registration.submitted_at), col(Registration.id))):
        write_letter(session, letters.promoted(turn.offer, row, queries.choices(session, row.id or 0)))
        note(session, PLANNER, "registration.promote", letters.about(row), status=row.status)


def _give_seats(session: Session, turn: Round, newcomer: Registration) -> set[int]:
    session.flush()
    live = queries.claims(session, turn.form.meeting_id)
    if all(claim.status != "waiting" for claim in live):
        return set()
    told = [
        (claim.registration_id, verdict)
        for claim, verdict in walk(queries.places(session, turn.form), live, turn.form.approval)
        if verdict != Verdict(claim.status, claim.waiting_for) and turn.serves(claim.registration_id, newcomer)
    ]
    return {number for number, verdict in told if _settle(session, number, verdict, turn)}


def _settle(session: Session, number: int, verdict: Verdict, turn: Round) -> bool:
    """Write down what became of somebody who waits; whether a place was given."""
    row = session.get_one(Registration, number)
    if verdict.status == "waiting":
        row.waiting_for = verdict.waiting_for
        session.add(row)
        return False
    set_status(session, row, verdict.status, turn.moment, PLANNER)
    return True


def set_status(
    session: Session, row: Registration, status: str, moment: datetime, actor: str, reason: str = ""
) -> None:
    """From now on the registration has that status, and it is written down who said so."""
    row.status, row.waiting_for, row.updated_at = status, "", moment
    row.version += 1
    session.add(row)
    session.add(StatusChange(registration_id=row.id or 0, status=status, at=moment, actor=actor, reason=reason))


def _give_visits(session: Session, turn: Round, newcomer: Registration) -> set[int]:
    session.flush()
    wishes = queries.wishes(session, turn.form.meeting_id)
    if not wishes:
        return set()
    given, _left = visits_for(wishes, queries.seats_left_on_visits(session, turn.form.meeting_id))
    served = {number: item for number, item in given.items() if turn.serves(number, newcomer)}
    session.add_all(
        VisitPlace(registration_id=number, item_id=item, given_at=turn.moment) for number, item in served.items()
    )
    session.flush()
    return set(served)
