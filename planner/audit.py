"""Who did what, when: one append-only table, written in the same transaction as the act."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session

from planner.clock import now
from planner.db import Table


class AuditNote(Table, table=True):
    """One act: its name, who did it (an account's address, `registrant`, or `planner` itself) and to what."""

    __tablename__ = "audit_note"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    actor: str
    act: str
    subject: str = Field(index=True)
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


def note(session: Session, actor: str, act: str, subject: str, **details: Any) -> None:
    """Remember an act. `details` never holds diets, access needs, tokens or the text of letters."""
    session.add(AuditNote(at=now(), actor=actor, act=act, subject=subject, details=details))
