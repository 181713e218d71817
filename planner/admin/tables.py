"""What went when: runs of the retention plan."""

from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field

from planner.db import Table


class RetentionRun(Table, table=True):
    """One run of the retention plan: how much of each kind went, never whose. `day` is set on the daily run alone.

    `meeting_id` is the meeting it was about, empty for the whole installation.
    """

    __tablename__ = "retention_run"

    id: int | None = Field(default=None, primary_key=True)
    day: str | None = Field(default=None, unique=True)
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id", index=True, ondelete="CASCADE")
    at: datetime
    actor: str
    counts: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
