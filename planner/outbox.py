"""The outbox: letters are rows, written in the transaction of the act they tell about and posted afterwards.

A letter is taken under a lease by one worker, handed over outside any transaction, and then marked. A worker that
dies, or loses the server's last answer, leaves a letter nobody knows the fate of: it is posted once more under the
same Message-ID (`doubtful_repeats`), and if that is lost too, it waits for a person (`doubtful`).
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy
from sqlalchemy import ColumnElement, Index, and_, func, or_, update
from sqlmodel import Field, Session, col, select

from planner import db, letter
from planner.clock import now
from planner.db import Table
from planner.letter import Letter

LEASE = timedelta(minutes=10)
"""How long a worker may hold a letter: longer than all the time limits of one delivery together."""

DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440, 1440, 1440))
"""Waiting times between attempts; after the last, five days after the first attempt, the letter has failed."""


class State(StrEnum):
    """Where a letter is. Only `waiting` and `sending` change by themselves."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DOUBTFUL = "doubtful"


class OutboxLetter(Table, table=True):
    """A letter, whole as it travels. `attempts` counts the times it was taken; `not_before` is when it is due."""

    __tablename__ = "outbox_letter"
    __table_args__ = (Index(None, "state", "not_before"), Index(None, "state", "lease_until"))

    id: int | None = Field(default=None, primary_key=True)
    to_address: str
    subject: str
    message_id: str = Field(unique=True)
    mime: bytes
    about: str = Field(default="", index=True)
    state: str = State.WAITING
    attempts: int = 0
    doubtful_repeats: int = 0
    not_before: datetime
    lease_until: datetime | None = None
    leased_by: str = ""
    created_at: datetime
    sent_at: datetime | None = None
    last_error: str = ""


def write_letter(session: Session, written: Letter) -> OutboxLetter:
    """Put a letter into the outbox: it leaves if and only if the caller's transaction is kept.

    Raises ValueError when `to` or `reply_to` is not exactly one address.
    """
    row = stamped(written)
    session.add(row)
    return row


def stamped(written: Letter) -> OutboxLetter:
    """A letter ready for the outbox, in no transaction yet: what takes long can be done before others wait.

    Raises ValueError when `to` or `reply_to` is not exactly one address.
    """
    message_id, moment = letter.new_message_id(), now()
    return OutboxLetter(
        to_address=letter.address(written.to),
        subject=letter.one_line(written.subject),
        message_id=message_id,
        mime=letter.mime(written, message_id),
        about=written.about,
        not_before=moment,
        created_at=moment,
    )


@dataclass(frozen=True, slots=True)
class Parcel:
    """A letter in one worker's hands: what a carrier needs, and what proves that it is still ours."""

    id: int
    to_address: str
    message_id: str
    mime: bytes
    attempts: int
    doubtful_repeats: int
    leased_by: str


def claim(worker: str, limit: int = 1, *, repeat_is_harmless: bool = False) -> list[Parcel]:
    """Take up to `limit` due letters, oldest first: nobody else gets them before their lease is over.

    A letter whose lease ran out may have left. It is taken again once, counted in `doubtful_repeats`; at the second
    time it becomes doubtful. `repeat_is_harmless` says that this carrier replaces what it brought before.
    Take as many as can be handed over within the lease; each of them is in doubt when the worker dies.
    """
    moment = now()
    if not _anything_due(moment):
        return []
    with db.write() as session:
        rows = session.exec(
            select(OutboxLetter)
            .where(_due(moment))
            .order_by(col(OutboxLetter.not_before), col(OutboxLetter.id))
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        return [_lease(row, worker, moment) for row in rows if _may_leave(row, repeat_is_harmless)]


def _anything_due(moment: datetime) -> bool:
    # An idle worker looks every second: it must not queue for SQLite's write lock each time.
    with db.read() as session:
        return session.exec(select(OutboxLetter.id).where(_due(moment)).limit(1)).first() is not None


def _due(moment: datetime) -> ColumnElement[bool]:
    waiting = and_(col(OutboxLetter.state) == State.WAITING, col(OutboxLetter.not_before) <= moment)
    lost = and_(col(OutboxLetter.state) == State.SENDING, col(OutboxLetter.lease_until) <= moment)
    return or_(waiting, lost)


def _may_leave(row: OutboxLetter, repeat_is_harmless: bool) -> bool:
    if row.state == State.WAITING or repeat_is_harmless:
        return True
    if row.doubtful_repeats:
        row.state, row.lease_until = State.DOUBTFUL, None
        return False
    row.doubtful_repeats += 1
    return True


def _lease(row: OutboxLetter, worker: str, moment: datetime) -> Parcel:
    row.state, row.leased_by, row.lease_until = State.SENDING, worker, moment + LEASE
    row.attempts += 1
    number = row.id or 0
    return Parcel(number, row.to_address, row.message_id, row.mime, row.attempts, row.doubtful_repeats, worker)


def mark_sent(parcel: Parcel) -> None:
    """The carrier's other side has taken the letter."""
    _mark(parcel, state=State.SENT, sent_at=now(), last_error="")


def is_forgotten(parcel: Parcel) -> bool:
    """Whether the letter's row went while it was under way: its addressee was erased."""
    with db.read() as session:
        return session.get(OutboxLetter, parcel.id) is None


def mark_failed(parcel: Parcel, reason: str) -> None:
    """The letter was refused for good."""
    _mark(parcel, state=State.FAILED, last_error=_kept(reason))


def mark_delayed(parcel: Parcel, reason: str) -> None:
    """The letter surely did not leave: another attempt later, or none after about five days."""
    if parcel.attempts > len(DELAYS):
        mark_failed(parcel, reason)
        return
    _mark(parcel, state=State.WAITING, not_before=now() + DELAYS[parcel.attempts - 1], last_error=_kept(reason))


def mark_doubtful(parcel: Parcel, reason: str) -> None:
    """Nobody knows whether the letter was taken: one repetition later, then it waits for a person."""
    if parcel.doubtful_repeats:
        _mark(parcel, state=State.DOUBTFUL, last_error=_kept(reason))
        return
    later = now() + DELAYS[0]
    _mark(parcel, state=State.WAITING, not_before=later, doubtful_repeats=1, last_error=_kept(reason))


def _mark(parcel: Parcel, **values: object) -> None:
    # A lease that ran out and was taken by another worker is no longer ours to close.
    ours = (
        col(OutboxLetter.id) == parcel.id,
        col(OutboxLetter.state) == State.SENDING,
        col(OutboxLetter.leased_by) == parcel.leased_by,
        col(OutboxLetter.attempts) == parcel.attempts,
    )
    with db.write() as session:
        session.connection().execute(update(OutboxLetter).where(*ours).values(lease_until=None, leased_by="", **values))


def _kept(reason: str) -> str:
    return letter.one_line(reason)[:500]


@dataclass(frozen=True, slots=True)
class Posting:
    """What the desk may see of a letter: everything but its text."""

    id: int
    to_address: str
    subject: str
    about: str
    state: str
    attempts: int
    doubtful_repeats: int
    created_at: datetime
    sent_at: datetime | None
    last_error: str


def letters_about(session: Session, about: str) -> list[Posting]:
    """All letters about one thing, oldest first."""
    return _postings(session, col(OutboxLetter.about) == about)


def troubled(session: Session) -> list[Posting]:
    """The letters that a person has to look at: refused for good, or of unknown fate; oldest first."""
    return _postings(session, col(OutboxLetter.state).in_((State.FAILED, State.DOUBTFUL)))


def _postings(session: Session, wanted: ColumnElement[bool]) -> list[Posting]:
    columns = [getattr(OutboxLetter, field.name) for field in fields(Posting)]
    found = session.connection().execute(sqlalchemy.select(*columns).where(wanted).order_by(col(OutboxLetter.id)))
    return [Posting(*row) for row in found]


def counts(session: Session) -> dict[str, int]:
    """How many letters are in each state; every state is there."""
    question = select(OutboxLetter.state, func.count()).group_by(col(OutboxLetter.state))
    return {state.value: 0 for state in State} | dict(session.exec(question).all())
