"""Tries that are limited: see `planner.limits`."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from planner.db import Table


class Knock(Table, table=True):
    """One try. `key` is a keyed hash of what it was and where it came from or whom it concerns."""

    __table_args__ = (Index(None, "key", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str
    at: datetime = Field(index=True)
