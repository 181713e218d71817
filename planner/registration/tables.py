"""Registrations. Proof of attendance, care for the person and consents are kept apart, each with its own end."""

from datetime import date, datetime

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from planner.db import Table, Texts


class ConsentWording(Table, table=True):
    """A version of what people say yes or no to: purpose → text per language."""

    __tablename__ = "consent_wording"
    __table_args__ = (UniqueConstraint("project_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id", index=True, ondelete="CASCADE")
    slug: str
    valid_from: date
    purposes: dict[str, Texts] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class RegistrationForm(Table, table=True):
    """When and for how many a meeting is open. This row is the lock of all the meeting's places.

    Seats count people who come at least one day that way. `quota_…` are places per partner and category, None is
    no limit. `approval` lists the categories whose registrations wait for an organiser. `revision` rises whenever
    the number of free places may have changed. `sensitive_days`: days after the meeting until care notes go.
    """

    __tablename__ = "registration_form"

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", unique=True, ondelete="CASCADE")
    opens_at: datetime | None = None
    closes_at: datetime
    seats_on_site: int
    seats_online: int
    quota_partner_staff: int | None = None
    quota_stakeholder: int | None = None
    approval: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    waiting_list_closes_at: datetime | None = None
    catering_frozen_at: datetime | None = None
    papers_frozen_at: datetime | None = None
    controller_partner_id: int = Field(foreign_key="partner.id")
    privacy_contact: str = ""
    sensitive_days: int = 30
    wording_id: int | None = Field(default=None, foreign_key="consent_wording.id")
    revision: int = 1


class Quota(Table, table=True):
    """Another number of places than the form's, for one partner and category (partner_staff or stakeholder)."""

    __table_args__ = (UniqueConstraint("form_id", "partner_id", "category"),)

    id: int | None = Field(default=None, primary_key=True)
    form_id: int = Field(foreign_key="registration_form.id", index=True, ondelete="CASCADE")
    partner_id: int = Field(foreign_key="partner.id")
    category: str
    seats: int


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

    status: submitted, confirmed, waiting, declined, cancelled, duplicate, walk_in. waiting_for: place or quota.
    category: partner_staff, stakeholder, host_local, speaker, programme, interpreter. `identity` is the folded name
    and address; only one live registration of a meeting has it. `form_key` makes a resubmitted form the same
    registration. The secret of /my/… follows from `uid` and `token_version`; only its hash is kept.
    """

    __table_args__ = (
        Index(
            "uq_registration_identity",
            "meeting_id",
            "identity",
            unique=True,
            sqlite_where=text("status IN ('submitted', 'confirmed', 'waiting')"),
            postgresql_where=text("status IN ('submitted', 'confirmed', 'waiting')"),
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
    submitted_at: datetime | None = None
    updated_at: datetime
    version: int = 1


class StatusChange(Table, table=True):
    """A registration's status from that moment on, by whom and why: withdrawals and confirmations are rows here."""

    __tablename__ = "status_change"

    id: int | None = Field(default=None, primary_key=True)
    registration_id: int = Field(foreign_key="registration.id", index=True, ondelete="CASCADE")
    status: str
    at: datetime
    actor: str
    reason: str = ""


class PlannedDay(Table, table=True):
    """A person means to come on a day, on_site or online."""

    __tablename__ = "planned_day"

    registration_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    day_id: int = Field(foreign_key="agenda_day.id", primary_key=True, ondelete="CASCADE")
    mode: str


class VisitChoice(Table, table=True):
    """A wish for a study visit (an agenda item): rank 1 or 2."""

    __tablename__ = "visit_choice"

    registration_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    rank: int = Field(primary_key=True)
    item_id: int = Field(foreign_key="agenda_item.id", ondelete="CASCADE")


class VisitPlace(Table, table=True):
    """The seat on a study visit that a person was given. A `locked` one stays whatever is proposed."""

    __tablename__ = "visit_place"

    registration_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    item_id: int = Field(foreign_key="agenda_item.id", index=True, ondelete="CASCADE")
    given_at: datetime
    locked: bool = False


class VisitNews(Table, table=True):
    """An organiser has changed somebody's seat since the person was last told: `told_item_id` is what they know."""

    __tablename__ = "visit_news"

    registration_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    told_item_id: int | None = Field(default=None, foreign_key="agenda_item.id", ondelete="CASCADE")


class MealChoice(Table, table=True):
    """A meal (an agenda item) that a person takes part in."""

    __tablename__ = "meal_choice"

    registration_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    item_id: int = Field(foreign_key="agenda_item.id", primary_key=True, ondelete="CASCADE")


class RideChoice(Table, table=True):
    """A bus (an agenda item) that a person wants a seat on."""

    __tablename__ = "ride_choice"

    registration_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    item_id: int = Field(foreign_key="agenda_item.id", primary_key=True, ondelete="CASCADE")


class CareNote(Table, table=True):
    """Diet and access needs: health data, seen by the organiser only and deleted after `delete_after`."""

    __tablename__ = "care_note"

    registration_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    diet: str = ""
    diet_note: str = ""
    access: str = ""
    delete_after: date


class Consent(Table, table=True):
    """An answer to one purpose of a wording; the newest row of a purpose counts, the older ones stay as proof."""

    id: int | None = Field(default=None, primary_key=True)
    registration_id: int = Field(foreign_key="registration.id", index=True, ondelete="CASCADE")
    purpose: str
    granted: bool
    given_at: datetime
    wording_id: int = Field(foreign_key="consent_wording.id")
