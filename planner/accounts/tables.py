"""Accounts of organisers and helpers, their rights, their sign-in links and their signed-in browsers."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from planner.db import Table


class Account(Table, table=True):
    """Somebody who signs in: organisers, reception, controllers, the administrator. Participants need none."""

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True)
    name: str
    password_hash: str = ""
    language: str = "en"
    created_at: datetime


class Grant(Table, table=True):
    """A role in a scope: `installation`, a project or one meeting (scope_id is that project's or meeting's id)."""

    __table_args__ = (UniqueConstraint("account_id", "role", "scope", "scope_id"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    role: str
    scope: str
    scope_id: int = 0
    granted_at: datetime


class SignInLink(Table, table=True):
    """A link that signs one account in, once, for a short time. Only the hash of its secret is kept."""

    __tablename__ = "sign_in_link"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    token_hash: str = Field(unique=True)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class SignedInBrowser(Table, table=True):
    """A browser somebody signed in with. Only the hash of its cookie is kept; ended_at ends it."""

    __tablename__ = "signed_in_browser"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    token_hash: str = Field(unique=True)
    created_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None


class SignInAttempt(Table, table=True):
    """One try to sign in, to slow down guessing: counted per address asked for."""

    __tablename__ = "sign_in_attempt"

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(index=True)
    at: datetime = Field(index=True)
