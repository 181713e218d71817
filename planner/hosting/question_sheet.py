"""The desk's sheet of one question: a new one, or one that is asked already."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import db, forms
from planner.consortium.tables import Partner
from planner.errors import Missing, Refusal, Stale
from planner.filetypes import TYPES
from planner.forms import Check, Typed
from planner.hosting.question_desk import EDIT, QUESTIONS, desk_context, name_of
from planner.language import INTERFACE, NAMES, Said, _, language_text, say
from planner.meetings.queries import Found, at_desk
from planner.questions import actions, queries
from planner.questions.answers import countries
from planner.questions.forms import MOST_OPTIONS, answers_to, arranged, as_typed, blank, draft, rows_of
from planner.questions.rules import FACT_FIELDS, KINDS, PURPOSES, TESTS, WITH_OPTIONS, Asked
from planner.questions.words import Names, fact_text, gone_text, kind_text, purpose_text, test_text, yes_no_text
from planner.registration.actions import lock
from planner.registration.asking import fact_names
from planner.registration.given import answered_count
from planner.registration.offer import Offer, offer
from planner.registration.wishing import count_in, forget_gone
from planner.web import Visit, page, see

MANY = 15
"""More answers than these are chosen from a list instead of by ticks."""


def _languages(session: Session, found: Found, question: Asked | None) -> list[str]:
    """Languages to write a question in: the working language first, then those people are likely to read."""
    meeting = found.meeting
    host = session.get(Partner, meeting.host_partner_id)
    has = (
        [*question.label, *question.hint, *(code for one in question.options for code in one.texts)] if question else []
    )
    wanted = [meeting.working_language, *INTERFACE, host.language if host else "", *meeting.interpretation, *has]
    return [code for code in dict.fromkeys(wanted) if code in NAMES]


def _names(offered: Offer, question: Asked | None) -> Names:
    """What a condition may look at, with the words for its answers: fields that are asked, and other questions.

    What the question hangs on already is among it, also when nobody can choose it any more.
    """
    own, condition = (question.slug, question.condition) if question else ("", None)
    off = {fact for field, fact in FACT_FIELDS.items() if offered.uses[field] == "off"}
    facts = {name: words for name, words in fact_names(offered).items() if words and name not in off}
    known = facts | {one.slug: dict(_answers(one)) for one in offered.questions if one.slug != own}
    if condition is None:
        return known
    words = known.get(condition.of, {})
    return known | {condition.of: {**words, **{one: gone_text(one) for one in condition.values if one not in words}}}


def _answers(question: Asked) -> Iterator[tuple[str, str]]:
    if question.kind == "country":
        yield from countries()
    for value in answers_to(question):
        option = question.option(value)
        yield value, say(option.texts).text if option else yes_no_text(value)


@get(QUESTIONS + "/new", opt=EDIT, sync_to_thread=True)
def new(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """An empty sheet for a question of the kind in the address."""
    kind = request.query_params.get("kind", "text")
    if kind not in KINDS:
        raise Missing
    return _show(request, (project, meeting), None, kind, None, {})


@get(QUESTIONS + "/{number:int}", opt=EDIT, sync_to_thread=True)
def edit(request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    """The sheet of a question; another kind can be tried on by the address."""
    kind = request.query_params.get("kind", "")
    return _show(request, (project, meeting), number, kind if kind in KINDS else "", None, {})


def _show(
    request: Visit, path: tuple[str, str], number: int | None, kind: str, typed: Typed | None,
    errors: Mapping[str, str], status: int = 422,
) -> Response[bytes]:  # fmt: skip
    with db.read() as session:
        found = at_desk(session, *path)
        question = queries.find(session, found.meeting.id or 0, number) if number is not None else None
        languages, offered = _languages(session, found, question), offer(session, found)
        count = answered_count(session, number) if number is not None else 0
        before = queries.versions(session, number)[1:] if number is not None else []
    kind = kind or (question.kind if question else "text")
    kept = as_typed(question, languages, question.version) if question else blank(kind, languages)
    shown = typed or _for_kind(kept, blank(kind, languages))
    stale = status == 409
    context = {
        **desk_context(found),
        **_choices(_names(offered, question), offered, shown),
        "question": question,
        "count": count,
        "before": [_version(began, one) for began, one in before],
        "kind": kind,
        "kinds": [(one, kind_text(one)) for one in KINDS],
        "languages": [(code, language_text(code)) for code in languages],
        "rows": rows_of(shown) if kind in WITH_OPTIONS else 0,
        "most_rows": MOST_OPTIONS,
        "labels": _labels(languages, rows_of(shown)),
        "typed": Typed({**shown.values, "version": kept.many("version")}) if stale else shown,
        "stale": _differing(kept, shown, _labels(languages, rows_of(shown))) if stale else [],
        "errors": errors,
    }
    return page(request, "questions/sheet.html", context, status=status if errors or stale else 200)


def _version(began: datetime, one: Asked) -> tuple[datetime, Said, str, str]:
    """An earlier wording: since when, what was asked, the kind, and the answers to choose from."""
    return began, say(one.label), kind_text(one.kind), "; ".join(say(option.texts).text for option in one.options)


def _for_kind(kept: Typed, empty: Typed) -> Typed:
    """What is kept, and the usual values of a kind where the question has none yet."""
    return Typed({**empty.values, **{name: values for name, values in kept.values.items() if any(values)}})


def _choices(names: Names, offered: Offer, typed: Typed) -> dict[str, Any]:
    """What the sheet's fields offer."""
    known = {one.slug: say(one.label).text for one in offered.questions}
    values = names.get(typed.one("cond_of"), {})
    return {
        "purposes": [(purpose, purpose_text(purpose)) for purpose in PURPOSES],
        "sources": [(name, known.get(name) or fact_text(name)) for name in names],
        "tests": [(test, test_text(test)) for test in TESTS],
        "values": list(values.items()),
        "as_list": len(values) > MANY,
        "types": [(name, name) for name in TYPES],
    }


def _labels(languages: Collection[str], rows: int) -> dict[str, str]:
    told = {
        **{f"label-{code}": f"{_('Question')} ({language_text(code)})" for code in languages},
        **{f"hint-{code}": f"{_('Explanation')} ({language_text(code)})" for code in languages},
    }
    for row in range(rows):
        said = _("Answer %(number)d") % {"number": row + 1}
        told |= {f"o{row}-{code}": f"{said} ({language_text(code)})" for code in languages}
        told[f"o{row}-seats"] = f"{said}: {_('for how many people')}"
    return told | {
        "required": _("An answer is required"),
        "min": _("Lower limit"),
        "max": _("Upper limit"),
        "whole": _("Whole numbers only"),
        "before": _("Days before the first day of the meeting"),
        "after": _("Days after its last day"),
        "most": _("Largest size in megabytes"),
        "types": _("Types of files"),
        "purpose": _("What the answers are for"),
        "keep_days": _("Days after the meeting until answers are deleted"),
        "cond_of": _("Ask this depending on"),
        "cond_test": _("Comparison"),
        "cond_values": _("Answers that it depends on"),
    }


def _differing(kept: Typed, typed: Typed, labels: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """Field by field what is kept now and what was typed, where they differ."""
    rows = [
        (name, label, ", ".join(kept.many(name)).strip(), ", ".join(typed.many(name)).strip())
        for name, label in labels.items()
    ]
    return [row for row in rows if row[2] != row[3]]


@post(QUESTIONS + "/new", opt=EDIT, sync_to_thread=True)
def add(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Ask something new."""
    return _keep(request, (project, meeting), None, forms.read(request, body))


@post(QUESTIONS + "/{number:int}", opt=EDIT, sync_to_thread=True)
def change(
    request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Ask it another way from now on."""
    return _keep(request, (project, meeting), number, forms.read(request, body))


def _keep(request: Visit, path: tuple[str, str], number: int | None, typed: Typed) -> Response[bytes]:
    check, kind = Check(typed), typed.one("kind")
    if kind not in KINDS:
        raise Refusal(_("The form arrived damaged. Please go back and send it again."))
    if typed.one("do"):
        return _show(request, path, number, kind, arranged(typed), {})
    try:
        with db.write() as session:
            if (kept := _kept(session, request, path, number, check, kind)) is not None:
                return see(f"/{path[0]}/{path[1]}/desk/questions?saved=yes#question-{kept}")
    except Stale as stale:
        return _show(request, path, number, kind, typed, {"": stale.sentence}, 409)
    except Missing:
        if number is None or not _was_removed(path, number):
            raise
        number = None
        check.wrong("", _("Somebody has removed this question meanwhile. Saved from here, it is asked anew."))
    except Refusal as refusal:
        check.wrong(refusal.field, refusal.sentence)
    return _show(request, path, number, kind, typed, check.errors)


def _was_removed(path: tuple[str, str], number: int) -> bool:
    with db.read() as session:
        meeting = at_desk(session, *path).meeting.id or 0
        return any(one.id == number for one in queries.ever_asked(session, meeting))


def _kept(
    session: Session, request: Visit, path: tuple[str, str], number: int | None, check: Check, kind: str
) -> int | None:
    """Keep the sheet; the answer is the question's number, None when the sheet needs another look."""
    found = at_desk(session, *path)
    meeting = found.meeting.id or 0
    question = queries.find(session, meeting, number) if number is not None else None
    offered = offer(session, found)
    names = _names(offered, question)
    made = draft(check, kind, _languages(session, found, question), names)
    if made is None:
        return None
    if question is None:
        return actions.add(session, meeting, name_of(request), made)
    version = check.typed.one("version")
    known = int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else 0
    is_answered = answered_count(session, question.id) > 0
    turn = lock(session, offered)  # before the meeting's row, as everybody who registers
    actions.edit(session, meeting, name_of(request), question.id, made, known, is_answered=is_answered)
    asked = queries.find(session, meeting, question.id)
    count_in(session, turn, asked)
    forget_gone(session, turn, question.id, [option.slug for option in asked.options])
    return question.id


ROUTES: list[ControllerRouterHandler] = [new, add, edit, change]
