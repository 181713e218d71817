"""What was answered to a meeting's questions, in the words of the version it was given to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlmodel import Session, col, func, select

from planner.language import say
from planner.questions.queries import wordings
from planner.questions.rules import Asked, is_same
from planner.questions.tables import Question
from planner.questions.words import value_text
from planner.registration.tables import Answer


class Given(NamedTuple):
    """An answer with the question as it stood when it was given."""

    question: Asked
    value: Any

    @property
    def label(self) -> str:
        """What was asked, in the reader's language."""
        return say(self.question.label).text

    @property
    def text(self) -> str:
        """The answer in words."""
        return value_text(self.question, self.value)

    def below(self, heading: Asked) -> str:
        """The answer in words below the question as it is asked now; with its own words where those were others."""
        return self.text if is_same(self.question.label, heading.label) else f"{self.text} ({self.label})"


def answers_of(
    session: Session, registration_ids: Collection[int], *, care: bool, questions: Collection[int] = ()
) -> dict[int, dict[int, Given]]:
    """What each of those registrations answered: registration → question → answer, in the form's order.

    Answers about health are among them only with `care`: ask for it for the person themself and for viewers who may
    do the act care.read, never for an export. `questions` limits it to some. Two questions to the database at most.
    """
    query = select(Answer).where(col(Answer.registration_id).in_(registration_ids))
    if questions:
        query = query.where(col(Answer.question_id).in_(questions))
    rows = session.exec(query).all()
    known = wordings(session, {(row.question_id, row.version) for row in rows}) if rows else {}
    found: dict[int, dict[int, Given]] = {}
    for row in sorted(rows, key=lambda row: (known[row.question_id, row.version].position, row.question_id)):
        question = known[row.question_id, row.version]
        if care or question.purpose != "care":
            found.setdefault(row.registration_id, {})[row.question_id] = Given(question, row.value)
    return found


def own_answers(session: Session, registration_id: int) -> dict[int, Given]:
    """All that one person answered, for that person."""
    return answers_of(session, [registration_id], care=True).get(registration_id, {})


def answered_count(session: Session, question_id: int) -> int:
    """How many people have answered a question."""
    return session.exec(select(func.count()).select_from(Answer).where(Answer.question_id == question_id)).one()


def answered_counts(session: Session, meeting_id: int) -> dict[int, int]:
    """How many people have answered each question of a meeting."""
    query = select(Answer.question_id, func.count()).join(Question).where(Question.meeting_id == meeting_id)
    return dict(session.exec(query.group_by(col(Answer.question_id))).all())


def as_data(given: Mapping[int, Given]) -> list[dict[str, Any]]:
    """Answers as plain values for a person's own data: the question as it was put, the answer, and in words."""
    return [
        {
            "question": one.label,
            "answer": one.text,
            "value": {"file": one.value["file_name"]} if one.question.kind == "file" else one.value,
            "version": one.question.number,
            "purpose": one.question.purpose,
        }
        for one in given.values()
    ]
