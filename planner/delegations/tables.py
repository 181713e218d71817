"""Secret links: one for whoever answers for a delegation, and one for each person who is invited by name."""

from datetime import datetime

from sqlalchemy import UniqueConstraint, text
from sqlmodel import Field

from planner.db import Table


class DelegationLink(Table, table=True):
    """The page of a delegation, and who was written to about it. Only the hash of its secret is kept.

    The secret follows from `uid` and `token_version`. `refused_at`: the contact has said that nobody comes.
    """

    __tablename__ = "delegation_link"

    delegation_id: int = Field(foreign_key="delegation.id", primary_key=True, ondelete="CASCADE")
    uid: str = Field(unique=True)
    token_version: int = 1
    token_hash: str = Field(unique=True)
    email: str = ""
    name: str = ""
    language: str = "en"
    sent_at: datetime | None = None
    refused_at: datetime | None = None


class PersonalInvitation(Table, table=True):
    """Somebody is asked by name to come; the link opens a form that is filled in already.

    Nobody is invited twice to one meeting: `identity` is the folded name and address. `partner_id`, `delegation_id`
    and `category` are what the person would come as. `invited_by` is shown to the person. `approved`: who comes as
    that needs no approval.
    """

    __tablename__ = "personal_invitation"
    __table_args__ = (UniqueConstraint("meeting_id", "identity"),)

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True, ondelete="CASCADE")
    uid: str = Field(unique=True)
    token_version: int = 1
    token_hash: str = Field(unique=True)
    identity: str
    title: str = ""
    given: str
    family: str
    latin_given: str = ""
    latin_family: str = ""
    order: str = "given_first"
    email: str
    function: str = ""
    organisation: str = ""
    country: str = ""
    category: str
    language: str = "en"
    partner_id: int | None = Field(default=None, foreign_key="partner.id")
    person_id: int | None = Field(default=None, foreign_key="person.id")
    delegation_id: int | None = Field(default=None, foreign_key="delegation.id", ondelete="SET NULL")
    registration_id: int | None = Field(default=None, foreign_key="registration.id", index=True, ondelete="SET NULL")
    invited_by: str = ""
    approved: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    sent_at: datetime
    expires_at: datetime
    reminded_at: datetime | None = None
    revoked_at: datetime | None = None
    declined_at: datetime | None = None
