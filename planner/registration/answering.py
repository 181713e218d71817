"""Answers to a meeting's questions are kept with the version they were given to, and taken away with their files."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlmodel import Session, col, select

from planner.questions.answers import KEPT, Sent
from planner.questions.queries import as_asked, wordings
from planner.questions.rules import Asked, fits
from planner.questions.tables import Question, QuestionVersion
from planner.registration.entry import Entry
from planner.registration.given import Given
from planner.registration.offer import Offer
from planner.registration.tables import Answer, Registration
from planner.registration.uploads import claim, let_go


def keep(session: Session, offer: Offer, row: Registration, entry: Entry) -> None:
    """Put the answers of an entry in the place of those before; what is asked no more stays as it is.

    Answers about health need a consent. Raises Refusal when a file that was sent before is gone.
    """
    number = row.id or 0
    before = {one.question_id: one for one in session.exec(select(Answer).where(Answer.registration_id == number))}
    was = wordings(session, {(one.question_id, one.version) for one in before.values()}) if before else {}
    for question in offer.questions:
        old = before.get(question.id)
        meant = was[old.question_id, old.version] if old else None
        _keep_one(session, number, question, entry, old, meant)


def _keep_one(
    session: Session, number: int, question: Asked, entry: Entry, old: Answer | None, meant: Asked | None
) -> None:
    value = _allowed(question, entry)
    if isinstance(value, Sent):
        value = old.value if value == KEPT and old else claim(session, question, value.ref)
    if value is None and old and meant and question.id in entry.answers and not fits(question, meant, old.value):
        return  # the form could not show it, so an empty field does not take it back
    if old and old.value != value:
        _let_go(session, old, meant)
    if value is None:
        if old:
            session.delete(old)
        return
    new = old or Answer(registration_id=number, question_id=question.id, version=0, value=value)
    new.version, new.value = question.number, value
    session.add(new)


def _allowed(question: Asked, entry: Entry) -> Any:
    if question.purpose == "care" and not entry.consents.get("sensitive"):
        return None
    return entry.answers.get(question.id)


def _let_go(session: Session, answer: Answer, meant: Asked | None) -> None:
    if meant and meant.kind == "file":
        let_go(session, answer.value)


def forget(session: Session, registration_ids: Collection[int], purposes: Collection[str] = ()) -> int:
    """Delete answers of those registrations, all or those to questions of some purposes; their files go too.

    The answer is how many there were.
    """
    query = select(Answer, Question, QuestionVersion).where(
        col(Answer.registration_id).in_(registration_ids),
        Question.id == Answer.question_id,
        QuestionVersion.question_id == Answer.question_id,
        QuestionVersion.number == Answer.version,
    )
    if purposes:
        query = query.where(col(Question.purpose).in_(purposes))
    rows = session.exec(query).all()
    for answer, question, wording in rows:
        _let_go(session, answer, as_asked(question, wording))
        session.delete(answer)
    return len(rows)


def told(offer: Offer, entry: Entry) -> dict[int, Given]:
    """What somebody has just answered in words, without asking again; files and answers about health left out."""
    return {
        question.id: Given(question, value)
        for question in offer.questions
        if (value := entry.answers.get(question.id)) is not None
        and question.kind != "file"
        and question.purpose != "care"
    }
