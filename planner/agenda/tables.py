"""The agenda: days, blocks, items, who speaks, documents and releases."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from planner.consortium.tables import texts
from planner.db import Table, Texts
from planner.tokens import mint


class Day(Table, table=True):
    """A day of a meeting; number 0 is the day of arrival.

    Days, blocks and items are the draft, which only the desk shows; what was given out is in `Release.content`.
    `version` rises with every change. What is deleted keeps its row, so that choices of people never hang in the air.
    Ids are never used again: the history of changes knows rows by them.
    """

    __tablename__ = "agenda_day"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True, ondelete="CASCADE")
    number: int
    date: date
    chair_id: int | None = Field(default=None, foreign_key="person.id")
    note: Texts = texts()
    version: int = 1
    deleted_at: datetime | None = None


class Block(Table, table=True):
    """Items under one heading. audience: public, partners, steering_group; `hidden` keeps it off the public agenda."""

    __tablename__ = "agenda_block"
    __table_args__ = (UniqueConstraint("day_id", "slug"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    day_id: int = Field(foreign_key="agenda_day.id", index=True, ondelete="CASCADE")
    slug: str
    position: int
    title: Texts = texts()
    audience: str = "public"
    hidden: bool = False
    version: int = 1
    deleted_at: datetime | None = None


class Item(Table, table=True):
    """Something on the agenda, planned by wall clock in the meeting's zone; an end before the start is the next day.

    An item without a block waits in the pool; one below another (`parent_id`) stands in that one's block and may have
    no time of its own. `audience` is empty (that of its block), public, partners, steering_group, stakeholders or
    named (then `partners` holds their ids); `hidden` keeps it off the public agenda. `evidence` items belong into the
    evidence file. `points` are sub-items without times. `capacity` counts people. `minutes` is how long an item takes
    that has a length but no times, in the pool. `sequence` and `updated_at` are the
    calendar's SEQUENCE and LAST-MODIFIED in a release only: publishing counts them.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (UniqueConstraint("meeting_id", "slug"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True, ondelete="CASCADE")
    block_id: int | None = Field(default=None, foreign_key="agenda_block.id", index=True, ondelete="CASCADE")
    parent_id: int | None = Field(default=None, foreign_key="agenda_item.id", index=True, ondelete="CASCADE")
    slug: str
    position: int
    kind: str
    starts: time | None = None
    ends: time | None = None
    minutes: int | None = None
    place_id: int | None = Field(default=None, foreign_key="place.id")
    track: str = ""
    mode: str = "on_site"
    evidence: bool = False
    own_expense: bool = False
    capacity: int | None = None
    audience: str = ""
    partners: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    hidden: bool = False
    language: str = ""
    title: Texts = texts()
    text: Texts = texts()
    points: list[Texts] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    interpretation: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    uid: str = Field(unique=True)
    sequence: int = 0
    created_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None = None
    version: int = 1
    deleted_at: datetime | None = None


class Track(Table, table=True):
    """What a track of a meeting is called: items name it by its `code`, readers see its name."""

    __tablename__ = "agenda_track"
    __table_args__ = (UniqueConstraint("meeting_id", "code"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True, ondelete="CASCADE")
    code: str
    name: Texts = texts()
    version: int = 1


class Speaking(Table, table=True):
    """Who speaks in an item, in order. role: speaker, welcome, moderator, panel, chair. mode: on_site or online.

    `function` and `organisation` are those in which somebody speaks there; empty: as the directory has them.
    """

    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="agenda_item.id", index=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", index=True)
    position: int
    role: str
    mode: str = "on_site"
    function: str = Field(default="", sa_column_kwargs={"server_default": ""})
    organisation: str = Field(default="", sa_column_kwargs={"server_default": ""})


class ItemPractice(Table, table=True):
    """A good practice that an item presents or a visit shows."""

    __tablename__ = "item_practice"
    __table_args__ = (UniqueConstraint("item_id", "practice_id"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="agenda_item.id", ondelete="CASCADE")
    practice_id: int = Field(foreign_key="good_practice.id")


class Document(Table, table=True):
    """Something to read for a meeting (or for the project, without one): a file that is kept here, or a link.

    `item_uid` names the agenda item it belongs to, if one: items come and go in drafts, their uid stays. `speaker_id`
    is whose it is of those who speak there. `key` is its address. kind: presentation, paper, minutes, photo, other.
    audience: public or participants. `file` is its name in the store, empty for a link; sha256 and crc32 are of what
    is stored. `version` rises with every change. What is
    deleted keeps its row and its file for a while, so that it can be brought back.
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default_factory=mint, unique=True)
    project_id: int = Field(foreign_key="project.id", index=True, ondelete="CASCADE")
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id", index=True, ondelete="CASCADE")
    item_uid: str = Field(default="", index=True)
    speaker_id: int | None = Field(default=None, foreign_key="person.id")
    position: int = 0
    title: Texts = texts()
    kind: str = "other"
    audience: str = "public"
    link: str = ""
    file: str = ""
    file_name: str = ""
    media_type: str = ""
    size: int = 0
    sha256: str = ""
    crc32: str = ""
    uploaded_at: datetime | None = None
    uploaded_by: str = ""
    version: int = 1
    deleted_at: datetime | None = Field(default=None, index=True)


class Release(Table, table=True):
    """A version of the agenda that was given out. state: planned, provisional, final, held.

    `content` is the agenda of that moment, row by row; it never changes. Nothing public is read from anywhere else.
    """

    __tablename__ = "agenda_release"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True, ondelete="CASCADE")
    number: int
    state: str
    released_at: datetime
    released_by: str = ""
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class ReleasedItem(Table, table=True):
    """An item that the newest release shows to the public (`cancelled` ones to calendars): an index for addresses."""

    __tablename__ = "agenda_released_item"
    __table_args__ = (UniqueConstraint("meeting_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", ondelete="CASCADE")
    item_id: int = Field(foreign_key="agenda_item.id", ondelete="CASCADE")
    slug: str
    cancelled: bool = False
