"""Signs people in at a visitor's browser, with the roles that a test gives them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from litestar.testing import TestClient
from sqlalchemy import event
from sqlmodel import select

from planner import db
from planner.accounts import actions, queries
from planner.accounts.guards import cookie_name
from planner.accounts.permissions import HOUSE, Scope
from planner.accounts.rules import page_token
from planner.meetings.tables import Meeting
from planner.registration.tables import Registration
from planner.settings import settings


def scope_of(slug: str) -> Scope:
    """A meeting of the demo as a scope of rights."""
    with db.read() as session:
        meeting = session.exec(select(Meeting).where(Meeting.slug == slug)).one()
        return Scope("meeting", meeting.id or 0, meeting.project_id)


def secret_of(role: str, scope: Scope = HOUSE) -> str:
    """What the browser of somebody with that role, and no other, has in its cookie."""
    email = f"{role}@example.org"
    with db.write() as session:
        account = queries.account_of(session, email) or actions.add_account(session, email, role.title())
        actions.grant(session, account, role, scope)
        return actions.sign_in(session, account.id or 0)


def sign_in(client: TestClient, role: str, scope: Scope = HOUSE) -> str:
    """Sign somebody in who has that role, and no other; the answer is the token their forms carry."""
    secret = secret_of(role, scope)
    client.cookies.set(cookie_name(), secret)
    return page_token(settings().secret, secret)


def registration(slug: str) -> Registration:
    """A registration of the demo by its short name."""
    with db.read() as session:
        return session.exec(select(Registration).where(Registration.slug == slug)).one()


@contextmanager
def counted_questions() -> Iterator[list[str]]:
    """Gathers what the database is asked inside the block."""
    asked: list[str] = []

    def remember(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    engine = db.current().engine
    event.listen(engine, "before_cursor_execute", remember)
    yield asked
    event.remove(engine, "before_cursor_execute", remember)
