"""Loads what the meetings asked besides the fields of every form, and what some people answered."""

from __future__ import annotations

from sqlmodel import select

from planner.demo.delegates import SHOWN
from planner.demo.reading import Loading, Record, records
from planner.meetings.tables import Meeting
from planner.questions.actions import add, add_ready_made
from planner.questions.queries import asked
from planner.questions.rules import Condition, Draft, Option
from planner.questions.tables import Question
from planner.registration.tables import Answer

LOADER = "planner"


def load(loading: Loading) -> None:
    """Write questions and answers, through the acts that organisers use."""
    for record in records("questions")["questions"]:
        meeting = loading.sure("meeting", record["meeting"])
        for key in record["ready_made"]:
            add_ready_made(loading.session, meeting, LOADER, key)
        for own in record["own"]:
            add(loading.session, meeting, LOADER, _draft(own), own["slug"])
        _answers(loading, meeting, record["answers"])
        _show_a_while(loading, meeting)


def _show_a_while(loading: Loading, meeting: int) -> None:
    """Answers at a meeting that is long over are kept for a month from now, so that there is something to see."""
    late = loading.today - loading.session.get_one(Meeting, meeting).last_day
    for question in loading.session.exec(select(Question).where(Question.meeting_id == meeting)).all():
        if question.keep_days is not None and late.days > 0:
            question.keep_days = late.days + SHOWN
            loading.session.add(question)


def _draft(record: Record) -> Draft:
    condition = record.get("condition")
    return Draft(
        kind=record["kind"],
        label=record["label"],
        hint=record["hint"],
        options=tuple(Option(one["slug"], one["texts"], one.get("seats")) for one in record.get("options", [])),
        condition=Condition(condition["of"], condition["test"], tuple(condition["values"])) if condition else None,
        purpose=record["purpose"],
        keep_days=record["keep_days"],
    )


def _answers(loading: Loading, meeting: int, answers: Record) -> None:
    questions = {one.slug: one for one in asked(loading.session, meeting)}
    loading.add_all(
        Answer(
            registration_id=loading.sure("registration", registration),
            question_id=questions[slug].id,
            version=questions[slug].number,
            value=value,
        )
        for registration, values in answers.items()
        for slug, value in values.items()
    )
