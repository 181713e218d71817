"""Questions of a registration form. What a question means is frozen in versions; how it is put to use is not."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from planner.db import Table, Texts, TextsType


class Question(Table, table=True):
    """Something a meeting asks. `current` is the number of the wording that is asked now.

    slug: what conditions and fields of forms call it, lasting and unique in the meeting. standard: the ready-made
    question it was made from, or nothing. limits: what an answer may be, by kind (see rules). seats: how many may
    choose an option, by the option's slug. purpose: attendance, logistics, care or communication. keep_days: days
    after the meeting's last day until answers go, None is the archive date. A removed question keeps its answers.
    """

    __table_args__ = (UniqueConstraint("meeting_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True, ondelete="CASCADE")
    slug: str
    standard: str = ""
    position: int
    required: bool = False
    limits: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    seats: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    purpose: str = "logistics"
    keep_days: int | None = None
    current: int = 1
    version: int = 1
    deleted_at: datetime | None = None


class QuestionVersion(Table, table=True):
    """What a question meant from then on: never changed, so that an answer says for ever what was asked.

    options: list of {slug, texts}. condition: {of, test, values} or nothing; the question is asked when it holds.
    """

    __tablename__ = "question_version"

    question_id: int = Field(foreign_key="question.id", primary_key=True, ondelete="CASCADE")
    number: int = Field(primary_key=True)
    kind: str
    label: Texts = Field(default_factory=dict, sa_column=Column(TextsType, nullable=False))
    hint: Texts = Field(default_factory=dict, sa_column=Column(TextsType, nullable=False))
    options: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    condition: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    made_at: datetime


class FormField(Table, table=True):
    """How a built-in field of the form is used in a meeting: off, optional or required. No row is the usual way."""

    __tablename__ = "form_field"

    meeting_id: int = Field(foreign_key="meeting.id", primary_key=True, ondelete="CASCADE")
    name: str = Field(primary_key=True)
    use: str
