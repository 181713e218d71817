"""A registration that nobody proved is forgotten, with all that hangs on it, as its letter has promised."""

from __future__ import annotations

from sqlmodel import Session, col, delete, select

from planner import post
from planner.outbox import OutboxLetter
from planner.registration.answering import forget as forget_answers
from planner.registration.letters import about
from planner.registration.tables import Registration
from planner.settings import settings


def forget(session: Session, row: Registration) -> None:
    """Delete a registration with its answers, their files and its letters, also the copies in the mail folder.

    Nothing may stay filed under its number: SQLite gives the number of the last row to the next one.
    """
    mine = col(OutboxLetter.about) == about(row)
    post.forget(settings().mail_url, session.exec(select(OutboxLetter.message_id).where(mine)).all())
    session.exec(delete(OutboxLetter).where(mine))
    forget_answers(session, [row.id or 0])
    session.flush()
    session.delete(row)
