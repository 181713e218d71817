"""How often something may be tried, counted in the database: all processes share it, and a restart forgets nothing.

Kept is a keyed hash of what is counted (a network, an e-mail address), never the thing itself, for a day at most.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy
from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from planner.clock import now
from planner.db import current, write
from planner.errors import TooMany
from planner.knocks import Knock
from planner.language import ngettext
from planner.network import Address, network
from planner.settings import settings

KEPT = timedelta(days=1)
"""How long a try is remembered; no limit looks further back."""
NEAR = 100
"""How many times more this machine itself may: a proxy that nobody declared stands for all its visitors."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries `within` a time. `kind` keeps different things apart."""

    kind: str
    most: int
    within: timedelta


Try = tuple[Limit, str]
"""What is limited, and for whom: nobody in particular (an empty text) is not counted."""


def from_network(limit: Limit, address: Address | None) -> Try:
    """The limit for all who share a network with that address."""
    lenient = address is not None and address.is_loopback
    return replace(limit, most=limit.most * NEAR) if lenient else limit, network(address)


def for_email(limit: Limit, email: str) -> Try:
    """The limit for all that concerns an e-mail address."""
    return limit, email.strip().casefold()


def count(tries: Iterable[Try]) -> None:
    """Count one more try of each, in a transaction of its own: kept whatever becomes of the act that follows.

    Raises TooMany, and counts nothing, when one of them has reached its limit.
    """
    moment = now()
    with write() as session:
        for limit, subject in tries:
            if subject:
                _count(session, limit, _key(limit, subject), moment)


def _key(limit: Limit, subject: str) -> str:
    message = f"{limit.kind}:{subject}".encode("utf-8", "replace")
    return hmac.new(settings().secret, b"limit:" + message, "sha256").hexdigest()[:40]


def _count(session: Session, limit: Limit, key: str, moment: datetime) -> None:
    _hold(session, key)
    counted = select(func.count(), func.min(Knock.at)).where(Knock.key == key, col(Knock.at) > moment - limit.within)
    earlier, oldest = session.exec(counted).one()
    if earlier >= limit.most:
        raise _too_many(oldest + limit.within - moment)
    session.add(Knock(key=key, at=moment))
    session.flush()


def _hold(session: Session, key: str) -> None:
    """Let nobody else count the same thing meanwhile. On SQLite the write lock does that anyway."""
    if current().lock is None:
        number = int(key[:15], 16)
        session.connection().execute(sqlalchemy.text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def _too_many(wait: timedelta) -> TooMany:
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    sentence = ngettext(
        "That was too often in a short time. Nothing you typed is lost: please send it again in %(count)d minute.",
        "That was too often in a short time. Nothing you typed is lost: please send it again in %(count)d minutes.",
        minutes,
    )
    return TooMany(sentence % {"count": minutes}, max(1, int(wait.total_seconds()) + 1))


def forget_old_tries() -> None:
    """The chore: what no limit looks back to any more is deleted."""
    with write() as session:
        session.execute(delete(Knock).where(col(Knock.at) < now() - KEPT))
