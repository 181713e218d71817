"""Registrations. Proof of attendance, care for the person and consents are kept apart, each with its own end."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint, event, text
from sqlmodel import Field

from planner.db import Table
from planner.names import person_key, searched


class Delegation(Table, table=True):
    """A group that comes together; its contact person answers for it."""

    __table_args__ = (UniqueConstraint("meeting_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True, ondelete="CASCADE")
    slug: str
    partner_id: int | None = Field(default=None, foreign_key="partner.id")
    contact_id: int | None = Field(default=None, foreign_key="person.id")


class Registration(Table, table=True):
    """One person for one meeting. Names and organisation are kept as they were given then.

    status: submitted, confirmed, waiting, offered, declined, cancelled, duplicate, walk_in,
    unconfirmed (the address has to be proved first: it holds nothing and waits for nothing).
    waiting_for: place or quota.
    `approved`: an organiser has invited the person as what they come, so that needs no approval any more.
    `queued_at` is since when it waits for what it waits for, when that is not since `submitted_at`.
    category: partner_staff, stakeholder, host_local, speaker, programme, interpreter. `identity` is the folded name
    and address; only one live registration of a meeting has it. `form_key` makes a resubmitted form the same
    registration. The secret of /my/… follows from `uid` and `token_version`; only its hash is kept.
    `organiser_remarks` are the organisers' own, never shown to the person's colleagues. `search_key` and `name_key`
    follow from the other columns whoever writes them: what lists search in, and what they sort by.
    """

    __table_args__ = (
        Index(
            "uq_registration_person",
            "meeting_id",
            "identity",
            unique=True,
            sqlite_where=text("status IN ('submitted', 'confirmed', 'waiting', 'offered')"),
            postgresql_where=text("status IN ('submitted', 'confirmed', 'waiting', 'offered')"),
        ),
        Index("ix_registration_places", "meeting_id", "status"),
    )

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True, ondelete="CASCADE")
    slug: str = Field(default="", index=True)
    uid: str = Field(unique=True)
    token_version: int = 1
    token_hash: str = Field(unique=True)
    form_key: str | None = Field(default=None, unique=True)
    identity: str
    status: str
    waiting_for: str = ""
    approved: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    category: str
    partner_id: int | None = Field(default=None, foreign_key="partner.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    organisation: str = ""
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    delegation_id: int | None = Field(default=None, foreign_key="delegation.id")
    registered_by: str = ""
    title: str = ""
    given: str
    family: str
    latin_given: str
    latin_family: str
    order: str = "given_first"
    sort_key: str = ""
    function: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    language: str = "en"
    remarks: str = ""
    organiser_remarks: str = Field(default="", sa_column_kwargs={"server_default": ""})
    search_key: str = Field(default="", sa_column_kwargs={"server_default": ""})
    name_key: str = Field(default="", sa_column_kwargs={"server_default": ""})
    submitted_at: datetime | None = None
    queued_at: datetime | None = None
    updated_at: datetime
    version: int = 1
    notice_id: int | None = Field(default=None, foreign_key="privacy_notice.id")
    erased_at: datetime | None = None


class StatusChange(Table, table=True):
    """A registration's status from that moment on, by whom and why: withdrawals and confirmations are rows here."""

    __tablename__ = "status_change"

    id: int | None = Field(default=None, primary_key=True)
    registration_id: int = Field(foreign_key="registration.id", index=True, ondelete="CASCADE")
    status: str
    at: datetime
    actor: str
    reason: str = ""


class FieldChange(Table, table=True):
    """A column of a registration got another value: which, by whom and when. Never diet, access or an answer.

    `act` is edit (an organiser), change (the person), merge or undo. Values are texts, as people read them.
    """

    __tablename__ = "field_change"

    id: int | None = Field(default=None, primary_key=True)
    registration_id: int = Field(foreign_key="registration.id", index=True, ondelete="CASCADE")
    at: datetime
    actor: str
    act: str
    field: str
    before: str
    after: str


class PlannedDay(Table, table=True):
    """A person means to come on a day, on_site or online."""

    __tablename__ = "planned_day"

    registration_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    day_id: int = Field(foreign_key="agenda_day.id", primary_key=True, ondelete="CASCADE")
    mode: str


class CareNote(Table, table=True):
    """Diet and access needs: health data, seen by the logistics role only and deleted after `delete_after`."""

    __tablename__ = "care_note"

    registration_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    diet: str = ""
    diet_note: str = ""
    access: str = ""
    delete_after: date


class Answer(Table, table=True):
    """What somebody answered to a question, in the words of the version it was given to.

    `value` by kind: text, option slug, list of slugs, ISO date, HH:MM, country code, or what a stored file is.
    """

    registration_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    question_id: int = Field(foreign_key="question.id", primary_key=True, ondelete="CASCADE")
    version: int
    value: Any = Field(sa_column=Column(JSON, nullable=False))


class LooseFile(Table, table=True):
    """A stored file that no answer names, yet or any more: it is deleted after `until`.

    `ref` is the secret by which the form it came with claims it; a form (`form_key`) keeps one for each question.
    """

    __tablename__ = "loose_file"

    id: int | None = Field(default=None, primary_key=True)
    ref: str = Field(unique=True)
    form_key: str = Field(default="", index=True)
    question_id: int = 0
    value: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    until: datetime = Field(index=True)


class Consent(Table, table=True):
    """An answer to one purpose of a wording; the newest row of a purpose counts, the older ones stay as proof."""

    id: int | None = Field(default=None, primary_key=True)
    registration_id: int = Field(foreign_key="registration.id", index=True, ondelete="CASCADE")
    purpose: str
    granted: bool
    given_at: datetime
    wording_id: int = Field(foreign_key="consent_wording.id")


class LinkRequest(Table, table=True):
    """Somebody asked for the link of that address again; a chore looks whether there is anybody to write to."""

    __tablename__ = "link_request"

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id", ondelete="CASCADE")
    email: str = Field(index=True)
    at: datetime = Field(index=True)
    done_at: datetime | None = None


class ErasureRequest(Table, table=True):
    """A person asks that their data are erased (GDPR, Article 17). `due_on`: within one month (Article 12(3)).

    `everywhere`: in all meetings of the project. `outcome` counts what went and what stays, by kind; it has no names.
    """

    __tablename__ = "erasure_request"

    id: int | None = Field(default=None, primary_key=True)
    registration_id: int = Field(foreign_key="registration.id", index=True, ondelete="CASCADE")
    asked_at: datetime
    asked_by: str
    due_on: date
    everywhere: bool = False
    done_at: datetime | None = None
    done_by: str = ""
    outcome: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


@event.listens_for(Registration, "before_insert")
@event.listens_for(Registration, "before_update")
def keep_keys(_mapper: object, _connection: object, row: Registration) -> None:
    """What lists search in and sort by follows its columns: many write them, and none may forget it."""
    row.search_key = searched(row.given, row.family, row.latin_given, row.latin_family, row.email, row.organisation)
    row.name_key = person_key(row.sort_key or row.latin_family or row.family, row.latin_given or row.given)
