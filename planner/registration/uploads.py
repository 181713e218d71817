"""Files that come with a form. They wait for a day under a secret name, so that a mistake elsewhere loses none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from planner import files, limits
from planner.clock import now
from planner.db import write
from planner.errors import Refusal
from planner.forms import Typed, Upload
from planner.language import _
from planner.network import Address
from planner.questions.answers import drop_of, name_of, ref_of, unfit
from planner.questions.rules import Asked
from planner.registration.abuse import FILES_PER_NETWORK
from planner.registration.offer import Offer
from planner.registration.tables import LooseFile
from planner.tokens import mint

WAITS = timedelta(hours=24)
"""How long a file waits for the form it came with."""
MOST_WAITING = 500
"""How many files may wait at a time: nobody can fill the disk by uploading."""
BODY = 25 * 1024 * 1024
"""Bytes of a form with files."""


def hold(typed: Typed, offer: Offer, visitor: Address | None) -> Typed:
    """The form with its good files put away and named by their secrets; the others stay in it, for a sentence.

    Raises TooMany for a flood of files from one network.
    """
    asked = {question.field: question for question in offer.questions if question.kind == "file"}
    good = [
        (asked[field], upload)
        for field, upload in typed.files.items()
        if field in asked and not unfit(asked[field], upload)
    ]
    if not good:
        return typed
    limits.count([limits.from_network(FILES_PER_NETWORK, visitor)])
    fields: dict[str, list[str]] = {}
    with write() as session:
        if _is_crowded(session):
            return typed
        for question, upload in good:
            row = _put_away(session, question, upload, typed.one("form_key"))
            fields |= {ref_of(question.field): [row.ref], name_of(question.field): [row.value["file_name"]]}
    taken = {question.field for question, _upload in good}
    rest = {field: upload for field, upload in typed.files.items() if field not in taken}
    drops = {drop_of(field) for field in taken}
    return Typed({**{name: kept for name, kept in typed.values.items() if name not in drops}, **fields}, rest)


def _is_crowded(session: Session) -> bool:
    return session.exec(select(func.count()).select_from(LooseFile)).one() >= MOST_WAITING


def _put_away(session: Session, question: Asked, upload: Upload, form_key: str) -> LooseFile:
    before = select(LooseFile).where(LooseFile.form_key == form_key, LooseFile.question_id == question.id)
    for row in session.exec(before) if form_key else ():
        row.until = now()
        session.add(row)
    kept = files.keep(upload.content, upload.name)
    new = LooseFile(ref=mint(), form_key=form_key, question_id=question.id, value=kept._asdict(), until=now() + WAITS)
    session.add(new)
    return new


def claim(session: Session, question: Asked, ref: str) -> dict[str, Any]:
    """The waiting file of that secret becomes an answer. Raises Refusal when it is there no more."""
    query = select(LooseFile).where(LooseFile.ref == ref, LooseFile.question_id == question.id, LooseFile.until > now())
    row = session.exec(query).first()
    if row is None:
        raise Refusal(_("This file is no longer here. Please choose it again."), question.field)
    value = dict(row.value)
    session.delete(row)
    return value


def let_go(session: Session, value: Any) -> None:
    """A file that no answer names any more is deleted by the next round of chores, after this act is certain."""
    if isinstance(value, dict):
        session.add(LooseFile(ref=mint(), value=value, until=now()))


def overdue(session: Session) -> Iterable[LooseFile]:
    """Files whose time is over."""
    return session.exec(select(LooseFile).where(LooseFile.until <= now()).order_by(col(LooseFile.id)).limit(500)).all()
