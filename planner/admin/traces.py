"""What letters and the audit log still tell: texts, addresses and details that go before the line itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, delete, func, not_, or_, select, update
from sqlmodel import Session, col

from planner import post
from planner.admin.rules import ADDRESS_DAYS, AUDIT_DAYS, LETTER_DAYS
from planner.audit import AuditNote
from planner.outbox import OutboxLetter, State
from planner.settings import settings

AT_ONCE = 500
ABOUT = "registration:"
"""What letters and notes about a registration are filed under, before its number."""
SETTLED = (State.SENT, State.FAILED, State.DOUBTFUL)
"""Letters that no worker will touch again."""


def subjects(ids: Collection[int]) -> Iterator[list[str]]:
    """What letters and notes about those registrations are filed under, some at a time."""
    named = [f"{ABOUT}{number}" for number in sorted(ids)]
    return (named[start : start + AT_ONCE] for start in range(0, len(named), AT_ONCE))


def old_texts(moment: datetime) -> ColumnElement[bool]:
    """Letters that are old enough to lose their text."""
    return and_(
        col(OutboxLetter.state).in_(SETTLED),
        col(OutboxLetter.created_at) < moment - timedelta(days=LETTER_DAYS),
        func.length(col(OutboxLetter.mime)) > 0,
    )


def old_addresses(moment: datetime) -> ColumnElement[bool]:
    """Letters about no registration that are old enough to lose their addressee."""
    return and_(
        col(OutboxLetter.state).in_(SETTLED),
        col(OutboxLetter.created_at) < moment - timedelta(days=ADDRESS_DAYS),
        col(OutboxLetter.about).not_like(f"{ABOUT}%"),
    )


def old_details(moment: datetime) -> ColumnElement[bool]:
    """Audit notes that are old enough to lose their details."""
    return and_(col(AuditNote.at) < moment - timedelta(days=AUDIT_DAYS), _has_details())


def _has_details() -> ColumnElement[bool]:
    return cast(col(AuditNote.details), String) != "{}"


def count_texts(session: Session, ids: Collection[int], *only: ColumnElement[bool]) -> int:
    """How many letters about those registrations still have their text."""
    return _count(session, ids, col(OutboxLetter.about), func.length(col(OutboxLetter.mime)) > 0, *only)


def count_details(session: Session, ids: Collection[int], *only: ColumnElement[bool]) -> int:
    """How many audit notes about those registrations still have details."""
    return _count(session, ids, col(AuditNote.subject), _has_details(), *only)


def _count(session: Session, ids: Collection[int], about: Any, *only: ColumnElement[bool]) -> int:
    counted = (select(func.count()).where(about.in_(some), *only) for some in subjects(ids))
    return sum(session.connection().execute(one).scalar_one() for one in counted)


def empty_texts(session: Session, *where: ColumnElement[bool]) -> int:
    """Empty the texts of those letters, and the copies in the mail folder; that they were written stays."""
    letters = session.connection().execute(select(OutboxLetter.id, OutboxLetter.message_id).where(*where)).all()  # type: ignore[call-overload]
    post.forget(settings().mail_url, [message_id for _number, message_id in letters])
    for start in range(0, len(letters), AT_ONCE):
        some = [number for number, _message_id in letters[start : start + AT_ONCE]]
        session.connection().execute(update(OutboxLetter).where(col(OutboxLetter.id).in_(some)).values(mime=b""))
    return len(letters)


def empty_details(session: Session, *where: ColumnElement[bool]) -> int:
    """Empty the details of those audit notes; who did what and when stays."""
    done = session.connection().execute(update(AuditNote).where(*where).values(details={}))
    return int(done.rowcount)


def forget_addressee(session: Session, ids: Collection[int]) -> int:
    """Empty address, subject, text and fault of all letters about those registrations; unsent ones never leave."""
    return sum(forget_letters(session, col(OutboxLetter.about).in_(some)) for some in subjects(ids))


def forget_letters(session: Session, which: ColumnElement[bool]) -> int:
    """The same for those letters: when one was written and whether it left stays as proof; how many."""
    number = session.connection().execute(select(func.count()).where(which, _is_told())).scalar_one()
    empty_texts(session, which, func.length(col(OutboxLetter.mime)) > 0)
    unsent = and_(which, col(OutboxLetter.state).not_in(SETTLED))
    session.connection().execute(delete(OutboxLetter).where(unsent))
    bare = {"to_address": "", "subject": "", "last_error": ""}
    session.connection().execute(update(OutboxLetter).where(which).values(bare))
    return number


def _is_told() -> ColumnElement[bool]:
    """Letters that still tell somebody's address, or what was written to it."""
    letter = OutboxLetter
    told = (col(letter.to_address) != "", col(letter.subject) != "", col(letter.last_error) != "")
    return or_(*told, func.length(col(letter.mime)) > 0)


def forget_details(session: Session, ids: Collection[int]) -> int:
    """Empty the details of all audit notes about those registrations."""
    return sum(empty_details(session, col(AuditNote.subject).in_(some), _has_details()) for some in subjects(ids))


def forget_notes(session: Session, subjects: Collection[str]) -> int:
    """Empty the details of all audit notes that are filed under those subjects."""
    return empty_details(session, col(AuditNote.subject).in_(subjects), _has_details())


def empty_old(session: Session, ids: Collection[int], moment: datetime) -> tuple[int, int]:
    """Empty what is old enough of those registrations: how many letters, how many notes."""
    letters = notes = 0
    for some in subjects(ids):
        letters += empty_texts(session, old_texts(moment), col(OutboxLetter.about).in_(some))
        notes += empty_details(session, old_details(moment), col(AuditNote.subject).in_(some))
    return letters, notes


def empty_everywhere(session: Session, moment: datetime) -> tuple[int, int]:
    """The same for the whole installation; letters about no registration lose their addressee too."""
    letters = forget_letters(session, old_addresses(moment)) + empty_texts(session, old_texts(moment))
    return letters, empty_details(session, old_details(moment))


def count_late(session: Session, ids: Collection[int], ended: Collection[int], moment: datetime) -> int:
    """How many letters about those registrations would be emptied: old ones, and all about those that `ended`."""
    old = count_texts(session, set(ids) - set(ended), old_texts(moment))
    return old + _count(session, ended, col(OutboxLetter.about), _is_told())


def count_everywhere(session: Session, ended: Collection[int], moment: datetime) -> tuple[int, int]:
    """How many letters and how many notes of the whole installation would be emptied."""
    old = or_(old_texts(moment), and_(old_addresses(moment), _is_told()))
    letters = select(func.count()).select_from(OutboxLetter).where(old)
    notes = select(func.count()).select_from(AuditNote).where(old_details(moment))
    further = _count(session, ended, col(OutboxLetter.about), _is_told(), not_(old))
    return session.connection().execute(letters).scalar_one() + further, session.connection().execute(
        notes
    ).scalar_one()
