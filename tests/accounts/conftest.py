"""Ana organises, and this is how she signs in."""

import re
from collections.abc import Callable

import pytest
from httpx import Client
from sqlmodel import col, delete

from planner.accounts import actions
from planner.accounts.permissions import HOUSE, Scope
from planner.accounts.tables import Grant
from planner.db import write

ANA = "ana@example.org"
PASSWORD = "correct horse battery"


@pytest.fixture
def ana(sqlite_database: str) -> int:
    """Ana's account, with a password and no role; its number."""
    with write() as session:
        account = actions.add_account(session, ANA, "Ana")
        actions.set_password(session, account, PASSWORD)
        return account.id or 0


@pytest.fixture
def appoint(ana: int) -> Callable[..., None]:
    """Gives Ana a role: appoint("organiser"), appoint("reception", Scope("meeting", 7, 1))."""

    def give(role: str, scope: Scope = HOUSE) -> None:
        with write() as session:
            account = actions.queries.account_of(session, ANA)
            assert account is not None
            actions.grant(session, account, role, scope)

    return give


def path_of(link: str) -> str:
    """The path of a link, as a visitor of the test sends it."""
    return link.removeprefix("http://127.0.0.1:8000")


def sign_in(client: Client, **typed: str) -> object:
    """Sign Ana in by password."""
    answer = client.post("/sign-in", data={"email": ANA, "password": PASSWORD, **typed})
    assert answer.status_code == 303, answer.text
    return answer


def page_token(client: Client) -> str:
    """The token that this visitor's forms carry."""
    found = re.search(r'name="csrf" value="(\w+)"', client.get("/sign-in/sent").text)
    assert found is not None
    return found[1]


@pytest.fixture
def take_away(ana: int) -> Callable[[], None]:
    """Takes all roles from Ana."""

    def take() -> None:
        with write() as session:
            session.exec(delete(Grant).where(col(Grant.account_id) == ana))

    return take
