"""What is asked about accounts."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from planner.accounts.permissions import Held, Scope
from planner.accounts.tables import Account, Grant, SignedInBrowser, SignInAttempt, SignInLink


class SignedIn(NamedTuple):
    """A signed-in browser and whose it is."""

    browser: SignedInBrowser
    account: Account
    grants: tuple[Held, ...]


def signed_in(session: Session, token_hash: str) -> SignedIn | None:
    """The browser with that secret, ended or not."""
    row = session.exec(
        select(SignedInBrowser, Account)
        .join(Account, col(Account.id) == SignedInBrowser.account_id)
        .where(SignedInBrowser.token_hash == token_hash)
    ).first()
    return SignedIn(*row, grants_of(session, row[0].account_id)) if row else None


def grants_of(session: Session, account_id: int) -> tuple[Held, ...]:
    """The roles an account holds."""
    rows = session.exec(select(Grant.role, Grant.scope, Grant.scope_id).where(Grant.account_id == account_id))
    return tuple(Held(*row) for row in rows)


def holders(session: Session, role: str, scope: Scope) -> list[Account]:
    """Who holds that role in that very scope, by name."""
    held = (Grant.role == role, Grant.scope == scope.kind, Grant.scope_id == scope.id)
    return list(session.exec(select(Account).join(Grant).where(*held).order_by(Account.name, Account.email)))


def account_of(session: Session, email: str) -> Account | None:
    """The account with that (tidy) address."""
    return session.exec(select(Account).where(Account.email == email)).first()


def link_of(session: Session, token_hash: str, *, to_use: bool = False) -> SignInLink | None:
    """The sign-in link with that secret, used or not; `to_use` locks it, so that only one uses it."""
    found = select(SignInLink).where(SignInLink.token_hash == token_hash)
    return session.exec(found.with_for_update() if to_use else found).first()


def tries(session: Session, email: str, since: datetime) -> int:
    """How often somebody tried to sign in as that address since then."""
    counted = select(func.count()).where(SignInAttempt.email == email, col(SignInAttempt.at) > since)
    return session.exec(counted).one()


def browsers_of(session: Session, account_id: int) -> list[SignedInBrowser]:
    """The browsers an account is signed in with, or was and nobody ended it."""
    mine = (SignedInBrowser.account_id == account_id, col(SignedInBrowser.ended_at).is_(None))
    return list(session.exec(select(SignedInBrowser).where(*mine)))
