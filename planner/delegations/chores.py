"""What happens unasked: invitations are forgotten after the meeting."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col, select

from planner.clock import now
from planner.db import write
from planner.delegations.tables import PersonalInvitation
from planner.meetings.tables import Meeting

KEPT = timedelta(days=30)
"""How long after a meeting's last day one may still ask who was invited."""


def forget_invitations() -> None:
    """Delete the invitations of meetings that are over for a month, whatever was answered."""
    with write() as session:
        over = select(Meeting.id).where(Meeting.last_day < (now() - KEPT).date())
        session.execute(delete(PersonalInvitation).where(col(PersonalInvitation.meeting_id).in_(over)))
