"""What the organisers' table remembers of its own: views, pairs that are two people, and pairs that were one."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from planner.db import Table


class RosterView(Table, table=True):
    """A list of a meeting under a name: `query` is its address's query with filter, order and columns.

    It is its owner's own, or `shared` with everybody who may see the list.
    """

    __tablename__ = "roster_view"
    __table_args__ = (UniqueConstraint("meeting_id", "account_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True, ondelete="CASCADE")
    account_id: int = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    name: str
    query: str
    shared: bool = False
    version: int = 1


class TwoPeople(Table, table=True):
    """Somebody looked at two registrations that resemble each other: they are not the same person. First < second."""

    __tablename__ = "two_people"

    first_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    second_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    at: datetime
    actor: str


class Merge(Table, table=True):
    """Two registrations of one person became one. `other_status` is what the other one was before.

    `added` are numbers only: the rows that the kept one got, and the field changes with its former values.
    """

    id: int | None = Field(default=None, primary_key=True)
    kept_id: int = Field(foreign_key="registration.id", index=True, ondelete="CASCADE")
    other_id: int = Field(foreign_key="registration.id", index=True, ondelete="CASCADE")
    at: datetime
    actor: str
    other_status: str
    added: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    undone_at: datetime | None = None
