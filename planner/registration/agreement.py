"""What people agree to: answers are only ever added, the newest of a purpose counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from planner.audit import note
from planner.clock import now
from planner.registration import letters, queries, rows
from planner.registration.answering import forget
from planner.registration.offer import Offer
from planner.registration.tables import CareNote, Registration

REGISTRANT = "registrant"
"""Who acts by the link in a letter."""


def answer_consents(session: Session, offer: Offer, number: int, answers: Mapping[str, bool]) -> None:
    """Answer the questions about consent anew, at any time. Without the one for it, notes of diet and access go.

    Of somebody who was erased nothing new is kept.
    """
    row = session.get_one(Registration, number)
    if row.erased_at is not None:
        return
    agree(session, offer, row, answers, now())
    if not answers.get("sensitive"):
        session.exec(delete(CareNote).where(col(CareNote.registration_id) == row.id))
        forget(session, [number], ["care"])
    note(session, REGISTRANT, "registration.consents", letters.about(row), **answers)


def agree(session: Session, offer: Offer, row: Registration, answers: Mapping[str, bool], moment: datetime) -> None:
    """Keep those answers that differ from the ones given before, with the wording and the moment."""
    if offer.wording is None:
        return
    number = row.id or 0
    known = {answer.purpose: answer.granted for answer in queries.answers(session, number)}
    new = {purpose: granted for purpose, granted in answers.items() if known.get(purpose) != granted}
    session.add_all(rows.consents(number, new, offer.wording.id or 0, moment))


def move_ends(session: Session, meeting_id: int, days: int) -> None:
    """A meeting now ends so many days later: notes of diet and access are needed, and kept, as much longer."""
    mine = select(Registration.id).where(Registration.meeting_id == meeting_id)
    for care in session.exec(select(CareNote).where(col(CareNote.registration_id).in_(mine))) if days else ():
        care.delete_after += timedelta(days=days)
        session.add(care)
