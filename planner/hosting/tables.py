"""What a host still has to look at."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from planner.db import Table


class Look(Table, table=True):
    """Something of a copied meeting that was true of the one before: somebody looks at it and ticks it off.

    `topic` is one of planner.hosting.words.look_text, `details` what its sentence names.
    """

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True, ondelete="CASCADE")
    position: int
    topic: str
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    done_at: datetime | None = None
    done_by: str = ""
