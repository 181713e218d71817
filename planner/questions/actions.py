"""What organisers do with questions. Each act holds the meeting's row, so that two edits never close a circle."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlmodel import Session, col, func, select

from planner.audit import note
from planner.clock import now
from planner.db import Texts
from planner.errors import Missing, Refusal, Stale
from planner.language import _, say
from planner.meetings.tables import Meeting
from planner.names import fold
from planner.questions import queries
from planner.questions.ready_made import READY_MADE, with_languages
from planner.questions.rules import (
    FACT_FIELDS,
    FACTS,
    KNOWN_ANSWERS,
    USUAL,
    WITH_OPTIONS,
    Asked,
    Draft,
    Option,
    circle,
    dependants,
    meaning,
)
from planner.questions.tables import FormField, Question, QuestionVersion
from planner.questions.words import field_text, keep_text

MOST = 100
"""Questions of a meeting: nobody fills in more."""
LONGEST_SLUG = 30


def _hold(session: Session, meeting_id: int) -> list[Asked]:
    session.exec(select(Meeting.id).where(Meeting.id == meeting_id).with_for_update()).one()
    return queries.asked(session, meeting_id)


def add(session: Session, meeting_id: int, actor: str, draft: Draft, name: str = "") -> int:
    """Ask something new, at the end; the answer is its number. Raises Refusal for what cannot be asked.

    `name` is a wish for what conditions call it; without one it follows from the question's words.
    """
    there = _hold(session, meeting_id)
    slug = _free_slug(session, meeting_id, name or say(draft.label, wish="en").text)
    return _add(session, meeting_id, actor, there, slug, draft)


def add_ready_made(
    session: Session, meeting_id: int, actor: str, key: str, languages: Iterable[tuple[str, Texts]] = ()
) -> None:
    """Add the ready-made questions of that key; those that are asked already stay as they are. Raises Missing.

    `languages` are those a meeting is interpreted into, with their names.
    """
    ready = READY_MADE.get(key)
    if ready is None:
        raise Missing
    there = _hold(session, meeting_id)
    slugs = {question.standard: question.slug for question in there if question.standard}
    for standard, usual in ready.questions.items():
        if standard in slugs:
            continue
        draft = with_languages(usual, list(languages)) if key == "interpretation" else usual
        slugs[standard] = _free_slug(session, meeting_id, standard)
        _add(session, meeting_id, actor, there, slugs[standard], _renamed(draft, slugs), standard)
        there = queries.asked(session, meeting_id)


def _renamed(draft: Draft, slugs: Mapping[str, str]) -> Draft:
    """A ready-made question whose condition names its neighbour by the slug that this has here."""
    condition = draft.condition
    return (
        replace(draft, condition=replace(condition, of=slugs.get(condition.of, condition.of))) if condition else draft
    )


def _add(
    session: Session, meeting_id: int, actor: str, there: list[Asked], slug: str, draft: Draft, standard: str = ""
) -> int:
    if len(there) >= MOST:
        raise Refusal(_("A form may have %(count)d questions of its own. Please remove one first.") % {"count": MOST})
    _check(there, slug, draft)
    options = _with_slugs(draft.options, set())
    position = max((question.position for question in there), default=0) + 1
    row = Question(meeting_id=meeting_id, slug=slug, standard=standard, position=position)
    _put_to_use(row, draft, options)
    session.add(row)
    session.flush()
    _freeze(session, row, draft, options)
    note(session, actor, "question.add", f"meeting:{meeting_id}", question=row.id, slug=slug)
    return row.id or 0


def _free_slug(session: Session, meeting_id: int, wish: str) -> str:
    """A slug that no question of the meeting has or had."""
    taken = set(session.exec(select(Question.slug).where(Question.meeting_id == meeting_id)))
    return _unused(wish, taken, "question")


def _unused(wish: str, taken: Iterable[str], empty: str) -> str:
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in fold(wish))
    stem = "_".join(part for part in plain.split("_") if part)[:LONGEST_SLUG].strip("_") or empty
    names = (stem if number == 1 else f"{stem}_{number}" for number in range(1, 10_000))
    known = {*taken, *FACTS}
    return next(name for name in names if name not in known)


def _with_slugs(options: Iterable[Option], used: set[str]) -> list[Option]:
    """The options with names of their own; one that ever stood for something else is not given again."""
    named = []
    for option in options:
        slug = option.slug or _unused(say(option.texts, wish="en").text, used, "option")
        used.add(slug)
        named.append(replace(option, slug=slug))
    return named


def _put_to_use(row: Question, draft: Draft, options: Iterable[Option]) -> None:
    row.required, row.limits = draft.required, dict(draft.limits)
    row.purpose, row.keep_days = draft.purpose, draft.keep_days
    row.seats = {option.slug: option.seats for option in options if option.seats is not None}


def _freeze(session: Session, row: Question, draft: Draft, options: Iterable[Option]) -> None:
    condition = draft.condition
    kept = {"of": condition.of, "test": condition.test, "values": list(condition.values)} if condition else None
    session.add(
        QuestionVersion(
            question_id=row.id or 0,
            number=row.current,
            kind=draft.kind,
            label=draft.label,
            hint=draft.hint,
            options=[{"slug": option.slug, "texts": option.texts} for option in options],
            condition=kept,
            made_at=now(),
        )
    )


def edit(
    session: Session, meeting_id: int, actor: str, number: int, draft: Draft, version: int, *, is_answered: bool = False
) -> None:
    """Put the draft in the place of a question. What it means becomes a new version; answers keep theirs.

    Once it `is_answered`, what people were told holds: answers serve the same, and go no later. Raises Stale when
    the question is no longer that version, Refusal for what cannot be asked, Missing.
    """
    there = _hold(session, meeting_id)
    was = queries.find(session, meeting_id, number)
    if was.version != version:
        raise Stale(_("Somebody has changed this question since you opened it."))
    if is_answered:
        _check_promise(was, draft)
    _check(there, was.slug, draft)
    _check_dependants(there, was, draft)
    row = session.get_one(Question, number)
    options = _with_slugs(draft.options, _options_ever(session, number))
    _put_to_use(row, draft, options)
    row.version += 1
    new = replace(draft, options=tuple(options))
    if meaning(new) != meaning(was):
        latest = select(func.max(QuestionVersion.number)).where(QuestionVersion.question_id == number)
        row.current = (session.exec(latest).one() or 0) + 1
        _freeze(session, row, new, options)
    session.add(row)
    note(session, actor, "question.edit", f"meeting:{meeting_id}", question=number, version=row.current)


def _check_promise(was: Asked, draft: Draft) -> None:
    """Raises Refusal when answers would be used for something else, or be kept longer, than people were told."""
    if was.purpose == "care" and draft.purpose != "care":
        raise Refusal(_("People answered this for their care only. Please ask a new question instead."), "purpose")
    ends = [math.inf if one.keep_days is None else one.keep_days for one in (was, draft)]
    if ends[1] > ends[0]:
        sentence = _("People have answered it and were told: %(keep)s. Please do not keep their answers longer.")
        raise Refusal(sentence % {"keep": keep_text(was.keep_days)}, "keep_days")


def _options_ever(session: Session, number: int) -> set[str]:
    versions = session.exec(select(QuestionVersion.options).where(QuestionVersion.question_id == number))
    return {option["slug"] for options in versions for option in options}


def _check(there: list[Asked], slug: str, draft: Draft) -> None:
    """Raises Refusal when the question would hang on itself, directly or around corners, or on nothing."""
    if draft.condition is None:
        return
    hangs = {one.slug: one.condition.of for one in there if one.condition} | {slug: draft.condition.of}
    if chain := circle(hangs, slug):
        names = {one.slug: say(one.label).text for one in there} | {slug: say(draft.label).text}
        told = {"chain": " → ".join(f"“{names[name]}”" for name in (*chain, slug))}
        raise Refusal(_("These questions would wait for each other: %(chain)s.") % told, "cond_of")


def _check_dependants(there: list[Asked], was: Asked, draft: Draft) -> None:
    """Raises Refusal when another question hangs on an answer that could not be given any more."""
    known = {option.slug for option in draft.options} if draft.kind in WITH_OPTIONS else None
    for one in dependants(there, was.slug):
        values = one.condition.values if one.condition else ()
        lost = bool(values) and (draft.kind not in KNOWN_ANSWERS or draft.kind != was.kind)
        if lost or (known is not None and set(values) - known):
            told = {"name": say(one.label).text}
            sentence = _("“%(name)s” depends on these answers. Please change its condition first.")
            raise Refusal(sentence % told, "kind" if lost else "options")


def move(session: Session, meeting_id: int, actor: str, number: int, by: int) -> None:
    """Ask a question one place earlier (-1) or later (+1); at the ends nothing happens. Raises Missing."""
    there = _hold(session, meeting_id)
    numbers = [question.id for question in there]
    if number not in numbers:
        raise Missing
    place = numbers.index(number)
    other = place + (1 if by > 0 else -1)
    if not 0 <= other < len(numbers):
        return
    numbers[place], numbers[other] = numbers[other], numbers[place]
    for position, one in enumerate(numbers, start=1):
        row = session.get_one(Question, one)
        row.position = position
        session.add(row)
    note(session, actor, "question.move", f"meeting:{meeting_id}", question=number, by=by)


def remove(session: Session, meeting_id: int, actor: str, number: int) -> None:
    """Ask it no longer. What people answered stays until its time is over.

    Raises Refusal while another question hangs on it, Missing.
    """
    there = _hold(session, meeting_id)
    was = queries.find(session, meeting_id, number)
    if names := [say(one.label).text for one in dependants(there, was.slug)]:
        told = {"names": ", ".join(f"“{name}”" for name in names)}
        raise Refusal(_("Asked depending on it: %(names)s. Please remove or change that first.") % told)
    row = session.get_one(Question, number)
    row.deleted_at, row.version = now(), row.version + 1
    session.add(row)
    note(session, actor, "question.remove", f"meeting:{meeting_id}", question=number)


def use_fields(
    session: Session, meeting_id: int, actor: str, wished: Mapping[str, str], before: Mapping[str, str]
) -> None:
    """Decide how built-in fields are used. `before` is how they were when the page was opened.

    Raises Stale when that is no longer so, Refusal while a question hangs on a field that would go.
    """
    there = _hold(session, meeting_id)
    now_used = queries.fields(session, meeting_id)
    if dict(before) != now_used:
        raise Stale(_("Somebody has changed these fields since you opened the page."), current=now_used)
    for name, use in wished.items():
        hanging = dependants(there, FACT_FIELDS.get(name, "")) if use == "off" else []
        if hanging:
            told = {"field": field_text(name), "name": say(hanging[0].label).text}
            raise Refusal(
                _("“%(name)s” depends on “%(field)s”. Please change its condition first.") % told,
                f"use_{name}",
            )
    _keep_uses(session, meeting_id, {name: use for name, use in wished.items() if use in USUAL.get(name, ())})
    note(session, actor, "questions.fields", f"meeting:{meeting_id}", **wished)


def _keep_uses(session: Session, meeting_id: int, wished: Mapping[str, str]) -> None:
    for name, use in wished.items():
        row = session.get(FormField, (meeting_id, name)) or FormField(meeting_id=meeting_id, name=name, use=use)
        row.use = use
        session.add(row)


def copy(session: Session, old: int, new: int) -> None:
    """Ask in another meeting what is asked in the old one, each question in its newest wording as its first."""
    rows = select(Question, QuestionVersion).where(
        Question.meeting_id == old,
        col(Question.deleted_at).is_(None),
        QuestionVersion.question_id == Question.id,
        QuestionVersion.number == Question.current,
    )
    for question, wording in session.exec(rows).all():
        row = Question(**question.model_dump(exclude={"id", "meeting_id", "current", "version"}), meeting_id=new)
        session.add(row)
        session.flush()
        kept = wording.model_dump(exclude={"question_id", "number", "made_at"})
        session.add(QuestionVersion(question_id=row.id or 0, number=1, made_at=now(), **kept))
    for field in session.exec(select(FormField).where(FormField.meeting_id == old)).all():
        session.add(FormField(meeting_id=new, name=field.name, use=field.use))
