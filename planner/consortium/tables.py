"""The project and its consortium. Names are dated: a printed list shows the name that was valid on its day."""

from datetime import date, datetime

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from planner.db import Table, Texts, TextsType


def texts() -> Texts:
    """A column for text in several languages (language code → text), empty at first."""
    field: Texts = Field(default_factory=dict, sa_type=TextsType, nullable=False)
    return field


class Project(Table, table=True):
    """An interregional project. `revision` rises with every change that its public pages show."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    acronym: str
    names: Texts = texts()
    about: Texts = texts()
    programme: str
    reference: str
    starts: date
    ends: date
    website: str = ""
    archive_until: date | None = None
    funding: Texts = texts()
    disclaimer: Texts = texts()
    social_links: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    demo: bool = False
    revision: int = 1
    updated_at: datetime


class Phase(Table, table=True):
    """A phase of the project's life."""

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id", index=True, ondelete="CASCADE")
    name: Texts = texts()
    starts: date
    ends: date


class Semester(Table, table=True):
    """A reporting period of six months."""

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id", index=True, ondelete="CASCADE")
    number: int
    starts: date
    ends: date


class Indicator(Table, table=True):
    """Something the project promised in numbers. `counted_by` says how progress is counted; `entered` by hand."""

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id", index=True, ondelete="CASCADE")
    position: int
    code: str
    label: Texts = texts()
    target: int
    counted_by: str
    entered: int | None = None


class Partner(Table, table=True):
    """A partner of the consortium, numbered; role is `lead` or `partner`. Place on the map in degrees."""

    __table_args__ = (UniqueConstraint("project_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id", index=True, ondelete="CASCADE")
    slug: str
    number: int
    short: str
    role: str
    country: str
    city: Texts = texts()
    latitude: float
    longitude: float
    zone: str
    language: str


class PartnerName(Table, table=True):
    """A partner's official name in one language, valid from and to a day (both included, open when None)."""

    __tablename__ = "partner_name"

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int = Field(foreign_key="partner.id", index=True, ondelete="CASCADE")
    lang: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None


class PolicyInstrument(Table, table=True):
    """The policy a partner wants to improve."""

    __tablename__ = "policy_instrument"

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int = Field(foreign_key="partner.id", unique=True, ondelete="CASCADE")
    title: Texts = texts()


class Organisation(Table, table=True):
    """An organisation around the project: stakeholder of a partner, host of a visit, supplier, programme body."""

    __table_args__ = (UniqueConstraint("project_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id", index=True, ondelete="CASCADE")
    slug: str
    partner_id: int | None = Field(default=None, foreign_key="partner.id", index=True)
    kind: str
    country: str
    town: str
    names: Texts = texts()


class Person(Table, table=True):
    """A person of the directory: names in own script and in Latin letters as that person writes them.

    `order` is given_first or family_first; lists sort by the family name all the same, `sort_key` where that
    would sort wrongly. A person belongs to a partner or to an organisation.
    """

    __table_args__ = (UniqueConstraint("project_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id", index=True, ondelete="CASCADE")
    slug: str
    title: str = ""
    given: str
    family: str
    latin_given: str
    latin_family: str
    order: str = "given_first"
    sort_key: str = ""
    function: Texts = texts()
    language: str = "en"
    email: str = ""
    partner_id: int | None = Field(default=None, foreign_key="partner.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)


class GoodPractice(Table, table=True):
    """A good practice that a partner found."""

    __tablename__ = "good_practice"
    __table_args__ = (UniqueConstraint("project_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id", index=True, ondelete="CASCADE")
    slug: str
    partner_id: int = Field(foreign_key="partner.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    since: int
    themes: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    title: Texts = texts()
    summary: Texts = texts()
