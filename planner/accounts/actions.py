"""What is done with accounts. Only these functions write them."""

from datetime import timedelta

from sqlmodel import Session, select

from planner import tokens
from planner.accounts import passwords, queries, rules
from planner.accounts.letters import link_address
from planner.accounts.permissions import HOUSE, INSTALLATION, ROLES, Scope
from planner.accounts.tables import Account, Grant, SignedInBrowser, SignInAttempt, SignInLink
from planner.audit import note
from planner.clock import now
from planner.errors import Missing, Refusal, TooMany
from planner.language import _
from planner.letter import Letter, address
from planner.outbox import write_letter

COMMAND_LINE = "planner"
"""Who acts when nobody is signed in: the administrator at the command line."""


def add_account(session: Session, email: str, name: str = "", actor: str = COMMAND_LINE) -> Account:
    """A new account, without roles and without a password. Raises Refusal for a bad or known address."""
    try:
        address(kept := rules.tidy(email))
    except ValueError as error:
        raise Refusal(_("Please write the e-mail address like name@example.org."), "email") from error
    if queries.account_of(session, kept):
        raise Refusal(_("There is an account with this address already."), "email")
    account = Account(email=kept, name=name.strip() or kept, created_at=now())
    session.add(account)
    session.flush()
    note(session, actor, "account.add", f"account:{account.id}")
    return account


def grant(session: Session, account: Account, role: str, scope: Scope = HOUSE, actor: str = COMMAND_LINE) -> None:
    """Give an account a role in a scope; nothing happens when it has it. Raises Refusal for an unknown role."""
    if role not in ROLES:
        raise Refusal(_("There is no such role. The roles are: %(roles)s.") % {"roles": ", ".join(ROLES)}, "role")
    number = 0 if scope.kind == INSTALLATION else scope.id
    if (role, scope.kind, number) in queries.grants_of(session, account.id or 0):
        return
    session.add(Grant(account_id=account.id or 0, role=role, scope=scope.kind, scope_id=number, granted_at=now()))
    note(session, actor, "account.grant", f"account:{account.id}", role=role, scope=scope.kind, scope_id=number)


def revoke(session: Session, account_id: int, role: str, scope: Scope, actor: str) -> None:
    """Take a role in that very scope away again. Raises Missing when the account does not hold it."""
    query = select(Grant).where(Grant.account_id == account_id, Grant.role == role)
    held = session.exec(query.where(Grant.scope == scope.kind, Grant.scope_id == scope.id)).first()
    if held is None:
        raise Missing
    session.delete(held)
    note(session, actor, "account.revoke", f"account:{account_id}", role=role, scope=scope.kind, scope_id=scope.id)


def set_password(session: Session, account: Account, password: str, actor: str = COMMAND_LINE) -> None:
    """Give an account a password and end its signed-in browsers. Raises Refusal for a short one."""
    if len(password) < rules.SHORTEST_PASSWORD:
        raise Refusal(
            _("Please choose a password of at least %(count)d characters.") % {"count": rules.SHORTEST_PASSWORD},
            "password",
        )
    account.password_hash = passwords.hashed(password)
    session.add(account)
    for browser in queries.browsers_of(session, account.id or 0):
        browser.ended_at = now()
    note(session, actor, "account.set_password", f"account:{account.id}")


def make_link(session: Session, email: str, minutes: int, way: str = "/") -> str:
    """A new address that signs the account in, once, within that time. Raises Missing for an unknown address."""
    account = queries.account_of(session, rules.tidy(email))
    if account is None:
        raise Missing
    token = tokens.mint()
    _keep_link(session, account, token, minutes)
    return link_address(token, way)


def _keep_link(session: Session, account: Account, token: str, minutes: int) -> None:
    moment = now()
    session.add(
        SignInLink(
            account_id=account.id or 0,
            token_hash=tokens.digest(token),
            created_at=moment,
            expires_at=moment + timedelta(minutes=minutes),
        )
    )


def count_try(session: Session, email: str) -> None:
    """Count a try to sign in. Raises TooMany when there were too many for this address, whoever it belongs to."""
    moment = now()
    if not rules.may_try(queries.tries(session, email, moment - rules.TRIES_WITHIN)):
        sentence = _("Too many tries for this address. Please wait ten minutes, then try again.")
        raise TooMany(sentence, int(rules.TRIES_WITHIN.total_seconds()))
    session.add(SignInAttempt(email=email, at=moment))


def send_link(session: Session, token: str, letter: Letter) -> None:
    """Post the letter with the link to the account it is for; when there is none, nothing is sent and nobody told.

    Raises TooMany after too many tries.
    """
    count_try(session, letter.to)
    if account := queries.account_of(session, letter.to):
        _keep_link(session, account, token, rules.LINK_MINUTES)
        write_letter(session, letter)


def use_link(session: Session, token: str, planted: str = "") -> str:
    """Sign in by a link; the answer is the new browser's secret. Raises Refusal when the link is used or too old.

    `planted` is the cookie the browser came with: it is ended, and never becomes the new one.
    """
    link = queries.link_of(session, tokens.digest(token), to_use=True)
    moment = now()
    if link is None or not rules.is_usable(link.expires_at, link.used_at, moment):
        raise Refusal(_("This link was used already or is too old. Please ask for a new one."))
    link.used_at = moment
    session.add(link)
    return sign_in(session, link.account_id, planted)


def sign_in(session: Session, account_id: int, planted: str = "") -> str:
    """Remember a browser as signed in; the answer is its new secret, of which only the hash is kept."""
    sign_out(session, planted)
    token, moment = tokens.mint(), now()
    session.add(
        SignedInBrowser(account_id=account_id, token_hash=tokens.digest(token), created_at=moment, seen_at=moment)
    )
    note(session, f"account:{account_id}", "session.sign_in", f"account:{account_id}")
    return token


def sign_out(session: Session, token: str) -> None:
    """End the signed-in browser with that secret, if there is one."""
    found = queries.signed_in(session, tokens.digest(token)) if token else None
    if found is None or found.browser.ended_at is not None:
        return
    found.browser.ended_at = now()
    session.add(found.browser)
    note(session, found.account.email, "session.sign_out", f"account:{found.account.id}")
