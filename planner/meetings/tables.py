"""Meetings with their places, and series of online calls with their moved and cancelled dates."""

from datetime import date, datetime, time

from sqlalchemy import JSON, Column, UniqueConstraint, text
from sqlmodel import Field

from planner.consortium.tables import texts
from planner.db import Table, Texts, TextsType


class Meeting(Table, table=True):
    """A meeting. Planned times in it are wall-clock times of `zone`.

    kind: one of planner.meetings.rules.KINDS; `exchange_event` counts for the project's promise of exchange events.
    state: planned, provisional, final, held. mode: on_site, online, hybrid. Without `published_at` only
    the desk knows of it. `revision` rises with every change its public pages or feeds show; `sequence` and `updated_at`
    are the calendar's SEQUENCE and LAST-MODIFIED of the meeting's own entry; `uid` never changes. A meeting that is
    cancelled keeps `cancelled_at` and says why in `reason`; `turns` counts how often it was cancelled or taken back,
    last at `turned_at`: each raises the SEQUENCE of every item.
    """

    __table_args__ = (UniqueConstraint("project_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id", index=True, ondelete="CASCADE")
    slug: str
    kind: str
    number: int | None = None
    state: str
    host_partner_id: int = Field(foreign_key="partner.id")
    zone: str
    first_day: date
    last_day: date
    mode: str
    exchange_event: bool = False
    place: Texts = texts()
    title: Texts = texts()
    summary: Texts = texts()
    working_language: str = "en"
    interpretation: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    access: Texts = texts()
    travel: Texts = texts()
    online_link: str = ""
    online_note: Texts = texts()
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    uid: str = Field(unique=True)
    sequence: int = 0
    revision: int = 1
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None = None
    cancelled_at: datetime | None = None
    reason: Texts = Field(
        default_factory=dict, sa_column=Column(TextsType, nullable=False, server_default=text("'{}'"))
    )
    turns: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    turned_at: datetime | None = None


class Place(Table, table=True):
    """A place of a meeting: the venue itself, a room of it, or somewhere else (hotel, restaurant, station)."""

    __table_args__ = (UniqueConstraint("meeting_id", "slug"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True, ondelete="CASCADE")
    slug: str
    kind: str
    position: int
    name: Texts = texts()
    address: str = ""
    capacity: int | None = None
    step_free: bool | None = None


class CallSeries(Table, table=True):
    """A series of online calls: `first` at `starts`–`ends` wall-clock time of `zone`, repeated by `rule` (RRULE)."""

    __tablename__ = "call_series"
    __table_args__ = (UniqueConstraint("project_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id", index=True, ondelete="CASCADE")
    slug: str
    host_partner_id: int = Field(foreign_key="partner.id")
    title: Texts = texts()
    summary: Texts = texts()
    zone: str
    first: date
    starts: time
    ends: time
    rule: str
    online_link: str = ""
    online_note: Texts = texts()
    uid: str = Field(unique=True)
    sequence: int = 0
    created_at: datetime
    updated_at: datetime


class CallChange(Table, table=True):
    """One date of a series that is cancelled, or moved (then moved_to, starts and ends are set)."""

    __tablename__ = "call_change"
    __table_args__ = (UniqueConstraint("series_id", "occurrence"),)

    id: int | None = Field(default=None, primary_key=True)
    series_id: int = Field(foreign_key="call_series.id", index=True, ondelete="CASCADE")
    occurrence: date
    moved_to: date | None = None
    starts: time | None = None
    ends: time | None = None
    reason: Texts = texts()
    sequence: int = 1
    updated_at: datetime
