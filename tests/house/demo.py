"""The demo's visitors and addresses, for all tests that walk through the pages."""

from __future__ import annotations

from httpx import Client
from sqlmodel import Session, select

from planner.accounts import actions
from planner.accounts.guards import cookie_name
from planner.accounts.tables import Account
from planner.db import read, write
from planner.demo.load import ORGANISER
from planner.meetings.tables import Meeting
from planner.registration.letters import token
from planner.registration.rows import renew_token
from planner.registration.tables import Registration

PAST, NEXT = "/secon/haskovo-2023", "/secon/riga-upcoming"


def sign_in(client: Client) -> None:
    """Let the visitor be the organiser of the demo's project."""
    with write() as session:
        account = session.exec(select(Account).where(Account.email == ORGANISER)).one()
        secret = actions.sign_in(session, account.id or 0)
    client.cookies.set(cookie_name(), secret)


def own_page() -> str:
    """The address of somebody's own registration for the next meeting, with a secret of this installation."""
    with write() as session:
        row = _confirmed(session, NEXT)
        renew_token(row, row.token_version)
        session.add(row)
        return f"/my/{token(row)}"


def desk_page() -> str:
    """The address of somebody's registration for the past meeting, at the desk."""
    with read() as session:
        return f"{PAST}/desk/registrations/{_confirmed(session, PAST).id}"


def _confirmed(session: Session, address: str) -> Registration:
    query = select(Registration).join(Meeting).where(Meeting.slug == address.rpartition("/")[2])
    return session.exec(query.where(Registration.status == "confirmed")).all()[0]
