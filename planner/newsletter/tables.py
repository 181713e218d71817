"""News of the project, what comes next, and issues of the newsletter that point at both."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from planner.consortium.tables import texts
from planner.db import Table, Texts


class NewsItem(Table, table=True):
    """A piece of news, perhaps the report of a meeting."""

    __tablename__ = "news_item"
    __table_args__ = (UniqueConstraint("project_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id", index=True, ondelete="CASCADE")
    slug: str
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id", index=True)
    date: date
    title: Texts = texts()
    text: Texts = texts()


class ComingNext(Table, table=True):
    """Something the project works on next, with the partner who leads it."""

    __tablename__ = "coming_next"
    __table_args__ = (UniqueConstraint("project_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id", index=True, ondelete="CASCADE")
    slug: str
    position: int
    partner_id: int | None = Field(default=None, foreign_key="partner.id")
    title: Texts = texts()
    text: Texts = texts()
    link: str = ""


class Newsletter(Table, table=True):
    """An issue: an order of sections, each pointing at records by their slugs."""

    __table_args__ = (UniqueConstraint("project_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id", index=True, ondelete="CASCADE")
    slug: str
    number: int
    language: str
    published: date
    title: Texts = texts()
    greeting: Texts = texts()
    sections: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
