"""The desk's pages of what a meeting asks: the list, the built-in fields, ready-made questions, order, removal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import db, forms
from planner.accounts.guards import act, viewer
from planner.db import Texts
from planner.errors import Refusal, Stale
from planner.forms import Check, Typed
from planner.language import INTERFACE, Said, _, language_text, say, speaking
from planner.meetings.queries import Found, at_desk, frame, scope_of_meeting
from planner.questions import actions, queries
from planner.questions.ready_made import READY_MADE
from planner.questions.rules import FIELD_PURPOSES, KINDS, USUAL, Asked
from planner.questions.words import condition_text, field_text, keep_text, kind_text, purpose_text, use_text
from planner.registration.actions import lock
from planner.registration.asking import fact_names
from planner.registration.form_tables import RegistrationForm
from planner.registration.forms import blank
from planner.registration.given import answered_count, answered_counts
from planner.registration.offer import Offer, offer
from planner.registration.pages import asked_again, form_context
from planner.registration.queries import form_of
from planner.registration.wishing import forget_gone
from planner.web import Visit, page, see

QUESTIONS = "/{project:str}/{meeting:str}/desk/questions"
EDIT = act("questions.edit", scope_of_meeting)
Answer = Response[bytes]


@dataclass(frozen=True, slots=True)
class Line:
    """A question as the list shows it."""

    question: Asked
    label: Said
    kind: str
    purpose: str
    keep: str
    only_if: str
    seats: list[tuple[str, int]]
    answers: int
    missing: list[str]


def desk_context(found: Found) -> dict[str, Any]:
    """What every page about questions is framed by."""
    desk = f"/{found.project.slug}/{found.meeting.slug}/desk"
    return {
        "frame": frame(found.project, found.meeting, "desk"),
        "meeting": found.meeting,
        "desk": desk,
        "base": f"{desk}/questions",
    }


def name_of(request: Visit) -> str:
    """Whoever is at the desk, for the log of acts."""
    who = viewer(request)
    return who.email if who else ""


@get(QUESTIONS, opt=EDIT, sync_to_thread=True)
def questions(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Answer:
    """All that the form asks, and ready-made questions to add."""
    return _list(request, project, meeting, {})


def _list(
    request: Visit, project: str, meeting: str, errors: Mapping[str, str], typed: Typed | None = None, status: int = 422
) -> Answer:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        form = form_of(session, found.meeting.id or 0)
        offered = offer(session, found) if form else None
        lines = _lines(session, offered) if offered else []
    uses = offered.uses if offered else {}
    there = {line.question.standard for line in lines}
    context = {
        **desk_context(found),
        "offered": offered,
        "lines": lines,
        "uses": uses,
        "typed": typed or Typed({f"use_{name}": [use] for name, use in uses.items()}),
        "fields": [(f"use_{name}", field_text(name), _ways(name), _why(name, form)) for name in USUAL if form],
        "ready_made": [(key, say(one.name), set(one.questions) <= there) for key, one in READY_MADE.items()],
        "kinds": [(kind, kind_text(kind)) for kind in KINDS],
        "errors": errors,
    }
    return page(request, "questions/list.html", context, status=status if errors else 200)


def _why(name: str, form: RegistrationForm) -> str:
    """What a built-in field is for, and how long its answers are kept."""
    purpose = FIELD_PURPOSES[name]
    ends = {"care": form.sensitive_days, "logistics": form.logistics_days, "communication": form.contact_days}
    return f"{purpose_text(purpose)}. {keep_text(ends.get(purpose))}."


def _ways(name: str) -> list[tuple[str, str]]:
    return [(use, use_text(use)) for use in USUAL[name]]


def _lines(session: Session, offered: Offer) -> list[Line]:
    known, names = {one.slug: one for one in offered.questions}, fact_names(offered)
    counts = answered_counts(session, offered.form.meeting_id)
    return [
        Line(
            one,
            say(one.label),
            kind_text(one.kind),
            purpose_text(one.purpose),
            keep_text(one.keep_days),
            condition_text(one.condition, known, names) if one.condition else "",
            [(say(option.texts).text, option.seats) for option in one.options if option.seats is not None],
            counts.get(one.id, 0),
            [language_text(code) for code in INTERFACE if not _is_said(one, code)],
        )
        for one in offered.questions
    ]


def _is_said(question: Asked, code: str) -> bool:
    """Whether all that people read of a question is there in that language."""
    texts = [question.label, *([question.hint] if question.hint else []), *(one.texts for one in question.options)]
    return all(text.get(code) for text in texts)


@post(QUESTIONS + "/fields", opt=EDIT, sync_to_thread=True)
def use_fields(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Answer:
    """Decide which built-in fields are asked."""
    check = Check(forms.read(request, body))
    wished = {name: check.choice(f"use_{name}", USUAL[name]) or USUAL[name][0] for name in USUAL}
    before = dict(pair.split("=", 1) for pair in check.typed.one("before").split() if "=" in pair)
    status = 422
    if check.fine:
        try:
            with db.write() as session:
                found = at_desk(session, project, meeting)
                actions.use_fields(session, found.meeting.id or 0, name_of(request), wished, before)
        except Stale as stale:
            status = 409
            check.wrong("", _both(stale, wished))
        except Refusal as refusal:
            check.wrong(refusal.field, refusal.sentence)
        else:
            return see(f"/{project}/{meeting}/desk/questions?saved=yes")
    return _list(request, project, meeting, check.errors, check.typed, status)


def _both(stale: Stale, wished: Mapping[str, str]) -> str:
    """What is kept now where it differs from what was wished, in words."""
    kept = dict(stale.current) if isinstance(stale.current, Mapping) else {}
    told = [
        _("%(field)s: kept now “%(now)s”, yours “%(yours)s”.")
        % {"field": field_text(name), "now": use_text(kept[name]), "yours": use_text(use)}
        for name, use in wished.items()
        if kept.get(name, use) != use
    ]
    return " ".join([stale.sentence, *told])


@post(QUESTIONS + "/ready-made", opt=EDIT, sync_to_thread=True)
def add_ready_made(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Answer:
    """Add questions of the trade with one click."""
    key = forms.read(request, body).one("key")
    try:
        with db.write() as session:
            found = at_desk(session, project, meeting)
            languages = [(code, _named(code)) for code in _interpreted(found)]
            actions.add_ready_made(session, found.meeting.id or 0, name_of(request), key, languages)
    except Refusal as refusal:
        return _list(request, project, meeting, {"": refusal.sentence})
    return see(f"/{project}/{meeting}/desk/questions?saved=yes#own")


def _interpreted(found: Found) -> list[str]:
    """The languages that one can listen to."""
    meeting = found.meeting
    return list(dict.fromkeys([meeting.working_language, *meeting.interpretation])) if meeting.interpretation else []


def _named(code: str) -> Texts:
    """A language's name in each language of the interface."""
    names = {}
    for reader in INTERFACE:
        with speaking(reader):
            names[reader] = language_text(code)
    return names


@post(QUESTIONS + "/{number:int}/place", opt=EDIT, sync_to_thread=True)
def place(
    request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int], body: RawBody
) -> Answer:
    """Ask a question earlier or later."""
    by = -1 if forms.read(request, body).one("by") == "earlier" else 1
    with db.write() as session:
        found = at_desk(session, project, meeting)
        actions.move(session, found.meeting.id or 0, name_of(request), number, by)
    return see(f"/{project}/{meeting}/desk/questions#question-{number}")


@get(QUESTIONS + "/{number:int}/removal", opt=EDIT, sync_to_thread=True)
def ask_removal(request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int]) -> Answer:
    """What becomes of the answers, before the question goes."""
    return _removal(request, project, meeting, number, {})


def _removal(request: Visit, project: str, meeting: str, number: int, errors: Mapping[str, str]) -> Answer:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        question = queries.find(session, found.meeting.id or 0, number)
        count = answered_count(session, number)
    context = {
        **desk_context(found),
        "question": question,
        "label": say(question.label),
        "count": count,
        "keep": keep_text(question.keep_days),
        "errors": errors,
    }
    return page(request, "questions/removal.html", context, status=422 if errors else 200)


@post(QUESTIONS + "/{number:int}/removal", opt=EDIT, sync_to_thread=True)
def remove(request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int]) -> Answer:
    """Ask a question no longer."""
    try:
        with db.write() as session:
            found = at_desk(session, project, meeting)
            is_offered = form_of(session, found.meeting.id or 0) is not None
            turn = lock(session, offer(session, found)) if is_offered else None
            actions.remove(session, found.meeting.id or 0, name_of(request), number)
            if turn:
                forget_gone(session, turn, number, ())
    except Refusal as refusal:
        return _removal(request, project, meeting, number, {"": refusal.sentence})
    return see(f"/{project}/{meeting}/desk/questions")


@get(QUESTIONS + "/preview", opt=EDIT, sync_to_thread=True)
def preview(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Answer:
    """The form as participants see it; nothing can be sent from here."""
    return page(request, "questions/preview.html", _previewed(project, meeting, None))


@post(QUESTIONS + "/preview/questions", opt=EDIT, sync_to_thread=True)
def previewed_questions(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Answer:
    """The questions that follow from the preview as it is filled in."""
    typed = forms.read(request, body)
    return asked_again(request, _previewed(project, meeting, typed), typed)


def _previewed(project: str, meeting: str, typed: Typed | None) -> dict[str, Any]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        offered = offer(session, found)
        context = form_context(session, offered, typed or blank(offered), {})
    desk = desk_context(found)
    return {**context, **desk, "asking_at": f"{desk['base']}/preview/questions"}


ROUTES: list[ControllerRouterHandler] = [
    questions,
    use_fields,
    add_ready_made,
    place,
    ask_removal,
    remove,
    preview,
    previewed_questions,
]
