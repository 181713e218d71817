"""What is asked about questions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from planner.errors import Missing
from planner.questions.rules import Asked, Condition, Option, uses
from planner.questions.tables import FormField, Question, QuestionVersion

LARGEST_ID = 2**31 - 1


def asked(session: Session, meeting_id: int) -> list[Asked]:
    """What a meeting asks now, in order."""
    query = select(Question, QuestionVersion).where(
        Question.meeting_id == meeting_id,
        col(Question.deleted_at).is_(None),
        QuestionVersion.question_id == Question.id,
        QuestionVersion.number == Question.current,
    )
    rows = session.exec(query.order_by(col(Question.position), col(Question.id)))
    return [as_asked(question, wording) for question, wording in rows]


def as_asked(question: Question, wording: QuestionVersion) -> Asked:
    """A question in one of its versions."""
    seats = question.seats
    return Asked(
        id=question.id or 0,
        slug=question.slug,
        kind=wording.kind,
        label=wording.label,
        hint=wording.hint,
        options=tuple(_option(option, seats) for option in wording.options),
        condition=_condition(wording.condition),
        required=question.required,
        limits=question.limits,
        purpose=question.purpose,
        keep_days=question.keep_days,
        standard=question.standard,
        position=question.position,
        number=wording.number,
        version=question.version,
    )


def _option(kept: Mapping[str, Any], seats: Mapping[str, int]) -> Option:
    return Option(kept["slug"], kept["texts"], seats.get(kept["slug"]))


def _condition(kept: Mapping[str, Any] | None) -> Condition | None:
    return Condition(kept["of"], kept["test"], tuple(kept["values"])) if kept else None


def wordings(session: Session, given: Collection[tuple[int, int]]) -> dict[tuple[int, int], Asked]:
    """Questions in those versions (id, number), removed ones too."""
    ids = {number for number, _version in given}
    rows = session.exec(
        select(Question, QuestionVersion).where(QuestionVersion.question_id == Question.id, col(Question.id).in_(ids))
    )
    return {
        (wording.question_id, wording.number): as_asked(question, wording)
        for question, wording in rows
        if (wording.question_id, wording.number) in given
    }


def ever_asked(session: Session, meeting_id: int) -> list[Asked]:
    """Everything a meeting has ever asked, in its newest wording: what is asked now first, then what was removed."""
    query = select(Question, QuestionVersion).where(
        Question.meeting_id == meeting_id,
        QuestionVersion.question_id == Question.id,
        QuestionVersion.number == Question.current,
    )
    rows = session.exec(query.order_by(col(Question.position), col(Question.id))).all()
    kept = [*(row for row in rows if not row[0].deleted_at), *(row for row in rows if row[0].deleted_at)]
    return [as_asked(question, wording) for question, wording in kept]


def find(session: Session, meeting_id: int, number: int) -> Asked:
    """A question that the meeting asks now. Raises Missing."""
    question = session.get(Question, number) if number <= LARGEST_ID else None
    if question is None or question.meeting_id != meeting_id or question.deleted_at is not None:
        raise Missing
    return as_asked(question, session.get_one(QuestionVersion, (number, question.current)))


def versions(session: Session, number: int) -> list[tuple[datetime, Asked]]:
    """Every wording of a question with the moment it began, the newest first."""
    question = session.get_one(Question, number)
    rows = session.exec(select(QuestionVersion).where(QuestionVersion.question_id == number))
    return sorted(((row.made_at, as_asked(question, row)) for row in rows), key=lambda one: -one[1].number)


def fields(session: Session, meeting_id: int) -> dict[str, str]:
    """How each built-in field that may be left out is used in a meeting."""
    rows = session.exec(select(FormField).where(FormField.meeting_id == meeting_id))
    return uses({row.name: row.use for row in rows})
