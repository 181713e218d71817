"""What happens to people's data unasked: every day what is past its end goes."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, select

from planner import db
from planner.admin.actions import run_daily
from planner.admin.rules import LINK_HOURS
from planner.admin.tables import RetentionRun
from planner.clock import now
from planner.registration.tables import LinkRequest


def keep_to_the_plan() -> None:
    """Carry out the retention plan, once a day. Two workers at once do it once."""
    if _is_done_today():
        return
    try:
        with db.write() as session:
            done = run_daily(session)
    except IntegrityError:  # another worker has just done it
        return
    if done:
        db.shred()


def _is_done_today() -> bool:
    with db.read() as session:
        query = select(RetentionRun.id).where(RetentionRun.day == now().date().isoformat())
        return session.exec(query).first() is not None


def forget_link_requests() -> None:
    """Forget who asked for a link."""
    with db.write() as session:
        session.exec(delete(LinkRequest).where(col(LinkRequest.at) < now() - timedelta(hours=LINK_HOURS)))
