"""The pages of one person at the desk: everything about it, what is mended, and the decision."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from sqlmodel import Session

from planner import db, forms
from planner.agenda.words import mode_text
from planner.errors import Refusal, Stale
from planner.language import _
from planner.meetings.queries import Found, at_desk
from planner.names import full
from planner.questions.queries import ever_asked
from planner.registration.affiliations import affiliations
from planner.registration.given import answers_of
from planner.registration.rules import LIVE
from planner.roster import deciding
from planner.roster.columns import columns, picked
from planner.roster.door import DECIDE, DESK, EDIT, READ, asked, frame_of, may, who
from planner.roster.editing import edit, kept_form
from planner.roster.forms import FIELDS, Choices, choices, edited, labels
from planner.roster.listing import of_numbers
from planner.roster.parts import parts
from planner.roster.record import of_id, record
from planner.roster.timeline import value_text
from planner.web import Visit, is_fragment, page, see

ONE = DESK + "/registrations/{number:int}"


@get(ONE, opt=READ, sync_to_thread=True)
def one(request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    """Everything about one registration; what it says about health only to those who may read that."""
    return _one(request, project, meeting, number)


def _one(
    request: Visit,
    project: str,
    meeting: str,
    number: int,
    errors: Mapping[str, str] | None = None,
    typed: forms.Typed = forms.EMPTY,
) -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        care = may(request, "care.read", found)
        view = record(session, found, number, with_care=care)
        given = answers_of(session, [number], care=care).get(number, {})
    row = view.row
    open_for = [verb for verb, statuses in deciding.OPEN.items() if row.status in statuses]
    context = {
        **frame_of(found),
        "view": view,
        "given": list(given.values()),
        "name": full(row.latin_given, row.latin_family, row.order, row.title),
        "own_name": full(row.given, row.family, row.order, row.title),
        "verbs": open_for if may(request, "registrations.decide", found) else [],
        "may_edit": may(request, "registrations.edit", found),
        "gives": may(request, "registrations.decide", found) and view.places is not None and row.status in LIVE,
        "mode_text": mode_text,
        "errors": errors or {},
        "typed": typed,
    }
    return page(request, "roster/desk_registration.html", context, status=422 if errors else 200)


@post(ONE + "/decisions", opt=DECIDE, sync_to_thread=True)
def decide(
    request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Confirm or decline one person and go back to that page."""
    check = forms.Check(forms.read(request, body))
    verb, reason = decision(check)
    if not check.fine:
        return _one(request, project, meeting, number, check.errors, check.typed)
    with db.write() as session:
        found = at_desk(session, project, meeting)
        row = of_id(session, found, number)
        try:
            deciding.decide(session, found, number, verb, reason, who(request).email)
        except Refusal as refusal:
            raise type(refusal)(f"{deciding.name_of(row)}: {refusal.sentence}") from refusal
    return see(f"/{project}/{meeting}/desk/registrations/{number}")


def decision(check: forms.Check) -> tuple[str, str]:
    """What was decided, and why if somebody is declined."""
    verb = check.choice("decision", tuple(deciding.VERBS), needed=_("Please choose what to do."))
    needed = _("Please write why: the person gets a letter with the reason.") if verb == "decline" else ""
    return verb, check.text("reason", needed=needed, limit=500, lines=True)


@get(ONE + "/edit", opt=EDIT, sync_to_thread=True)
def form(request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    """What an organiser may mend, as a page of its own or in its row of the list."""
    with db.read() as session:
        found = at_desk(session, project, meeting)
        context = _form(session, request, found, number)
    return page(request, _template(request), context)


def _template(request: Visit) -> str:
    return "roster/edit_row.html" if is_fragment(request) else "roster/edit.html"


def _form(session: Session, request: Visit, found: Found, number: int) -> dict[str, Any]:
    row, known = of_id(session, found, number), affiliations(session, found)
    kept, version = kept_form(row, known)
    return {
        **frame_of(found),
        "row": row,
        "name": deciding.name_of(row),
        "selected": asked(request),
        "choices": choices(list(known.partners.values()), row.language),
        "labels": labels(),
        "typed": forms.Typed({**{name: [value] for name, value in kept.items()}, "version": [str(version)]}),
        "errors": {},
        "conflict": [],
        "sentence": "",
    }


@post(ONE + "/edit", opt=EDIT, sync_to_thread=True)
def mend(
    request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Keep what was mended; with two versions (409) both are shown, and nothing is kept."""
    check = forms.Check(forms.read(request, body))
    with db.read() as session:
        found = at_desk(session, project, meeting)
        context = _form(session, request, found, number)
    wanted, version = edited(check, context["choices"], context["typed"]), check.typed.one("version")
    status = 422
    try:
        if check.fine:
            _keep(request, project, meeting, number, wanted, int(version) if version.isdecimal() else 0)
            return _kept(request, project, meeting, number)
    except Stale as stale:
        status = 409
        context |= {"conflict": _both(stale, context["choices"]), "sentence": stale.sentence}
        check.typed = forms.Typed({**check.typed.values, "version": context["typed"].many("version")})
    except Refusal as refusal:
        check.wrong(refusal.field, refusal.sentence)
    context |= {"typed": check.typed, "errors": check.errors}
    return page(request, _template(request), context, status=status)


def _keep(request: Visit, project: str, meeting: str, number: int, wanted: Mapping[str, str], version: int) -> None:
    with db.write() as session:
        edit(session, at_desk(session, project, meeting), number, wanted, version, who(request).email)


def _both(stale: Stale, known: Choices) -> list[tuple[str, str, str]]:
    """The fields that differ: their names, what is there now, and what this organiser wanted."""
    now, mine = dict(stale.current or {}), dict(stale.typed or {})  # type: ignore[call-overload]
    return [
        (labels()[name], _shown(name, now[name], known), _shown(name, mine[name], known))
        for name in FIELDS
        if now[name] != mine[name]
    ]


def _shown(name: str, value: str, known: Choices) -> str:
    return (known.text("partner", value) if name == "partner" else value_text(name, value)) or "–"


def _kept(request: Visit, project: str, meeting: str, number: int) -> Response[bytes]:
    """Back to the list; for htmx the row as it is now."""
    selected = asked(request)
    if not is_fragment(request):
        return see(f"/{project}/{meeting}/desk/registrations{selected.query(page=selected.page)}#row-{number}")
    with db.read() as session:
        found = at_desk(session, project, meeting)
        care = may(request, "care.read", found)
        offered = columns(found.meeting.zone, ever_asked(session, found.meeting.id or 0), care=care)
        shown = [column for column in picked(offered, selected.columns) if column.key != "name"]
        context = {
            **frame_of(found),
            "line": of_numbers(session, found, [number], affiliations(session, found))[0],
            "shown": shown,
            "parts": parts(session, [number], {column.needs for column in shown}, care=care),
            "selected": selected,
            "view_page": selected.page,
            "may_edit": True,
            "typed": forms.EMPTY,
        }
    return page(request, "roster/row.html", context)


ROUTES = [one, decide, form, mend]
