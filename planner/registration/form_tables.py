"""When and for how many a meeting is open, what people are told about their data, and what they say yes to."""

from datetime import date, datetime

from sqlalchemy import JSON, Column, UniqueConstraint, text
from sqlmodel import Field

from planner.consortium.tables import texts
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


class PrivacyNotice(Table, table=True):
    """What a host tells about people's data (GDPR, Article 13), in versions; number 0 is the draft of the next one.

    A published version never changes. `published_by` is `planner` for a text made out of the project's own data:
    `digest` finds it again. `contact` and `dpo` say how to reach the host and its data protection officer.
    """

    __tablename__ = "privacy_notice"
    __table_args__ = (UniqueConstraint("partner_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int = Field(foreign_key="partner.id", index=True, ondelete="CASCADE")
    number: int
    name: Texts = texts()
    address: str = ""
    contact: str = ""
    dpo: str = ""
    summary: Texts = texts()
    purposes: Texts = texts()
    recipients: Texts = texts()
    rights: Texts = texts()
    authority: Texts = texts()
    digest: str = ""
    updated_at: datetime
    published_at: datetime | None = None
    published_by: str = ""


class RegistrationForm(Table, table=True):
    """When and for how many a meeting is open. This row is the lock of all the meeting's places.

    Seats count people who come at least one day that way. `quota_…` are places per partner and category, None is
    no limit; from `quota_until` on nobody counts them any more. `approval` lists the categories whose registrations
    wait for an organiser. `offer_hours`: how long a freed place is offered to the first who waits; None gives it at
    once. `changes_close_at`: until when people may change what they chose. `revision` rises whenever the number of
    free places may have changed. `arrived_at` is the last moment that counts as an arrival: the next one is later,
    also when a clock was put back or two servers differ. `sensitive_days`: days after the meeting until care notes go.
    `confirm_unknown`: who has an address of a domain that nobody knows, and that is not among `known_domains`, has
    to answer a letter first.
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
    quota_until: datetime | None = None
    offer_hours: int | None = None
    changes_close_at: datetime | None = None
    waiting_list_closes_at: datetime | None = None
    catering_frozen_at: datetime | None = None
    papers_frozen_at: datetime | None = None
    controller_partner_id: int = Field(foreign_key="partner.id")
    privacy_contact: str = ""
    sensitive_days: int = 30
    confirm_unknown: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    known_domains: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default=text("'[]'"))
    )
    logistics_days: int = Field(default=90, sa_column_kwargs={"server_default": "90"})
    contact_days: int = Field(default=365, sa_column_kwargs={"server_default": "365"})
    consent_days: int = Field(default=1095, sa_column_kwargs={"server_default": "1095"})
    wording_id: int | None = Field(default=None, foreign_key="consent_wording.id")
    revision: int = 1
    arrived_at: datetime | None = None


class Quota(Table, table=True):
    """Another number of places than the form's, for one partner and category (partner_staff or stakeholder)."""

    __table_args__ = (UniqueConstraint("form_id", "partner_id", "category"),)

    id: int | None = Field(default=None, primary_key=True)
    form_id: int = Field(foreign_key="registration_form.id", index=True, ondelete="CASCADE")
    partner_id: int = Field(foreign_key="partner.id")
    category: str
    seats: int
