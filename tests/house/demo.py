"""The demo's visitors and addresses, for all tests that walk through the pages."""

from __future__ import annotations

from httpx import Client
from sqlmodel import select

from planner.accounts import actions
from planner.accounts.guards import cookie_name
from planner.accounts.tables import Account
from planner.db import write
from planner.demo.load import ORGANISER

PAST, NEXT = "/secon/haskovo-2023", "/secon/riga-upcoming"


def sign_in(client: Client) -> None:
    """Let the visitor be the organiser of the demo's project."""
    with write() as session:
        account = session.exec(select(Account).where(Account.email == ORGANISER)).one()
        token = actions.sign_in(session, account.id or 0)
    client.cookies.set(cookie_name(), token)
