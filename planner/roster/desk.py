"""The desk's pages about registrations: the list, one registration, and the decision about it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import structlog
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody
from sqlmodel import Session

from planner import db, forms
from planner.accounts.guards import Scope, act, viewer
from planner.agenda.words import mode_text
from planner.clock import now
from planner.errors import Refusal, Stale
from planner.language import _
from planner.meetings.queries import Found, at_desk, frame, scope_of_meeting
from planner.names import full
from planner.registration import actions, words
from planner.registration.offer import offer
from planner.registration.rules import CATEGORIES
from planner.registration.tables import Registration
from planner.roster import exports
from planner.roster.listing import STATUSES, UNDECIDED, Listing, listing
from planner.roster.record import of_id, record
from planner.roster.selection import NOBODY, Selection, selection
from planner.web import Visit, download, page, see

DESK = "/{project:str}/{meeting:str}/desk"
"""Every address of the desk is about one meeting."""
READ = act("registrations.read", scope_of_meeting)
DECIDE = act("registrations.decide", scope_of_meeting)
EXPORT = act("registrations.export", scope_of_meeting)
CARE = act("care.read", scope_of_meeting)
VERBS: dict[str, Callable[[Session, Registration, str, str], object]] = {
    "confirm": lambda session, row, actor, _reason: actions.confirm(session, row, actor),
    "decline": actions.decline,
}
"""What can be decided about a registration that is undecided."""
TABLES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

_log = structlog.get_logger("planner.desk")


def _may(request: Visit, name: str, found: Found) -> bool:
    """Whether the viewer may also do that act here; the guard has let the viewer in already."""
    who, project = viewer(request), found.project.id or 0
    return who is not None and who.may(name, Scope("meeting", found.meeting.id or 0, project))


def _frame(found: Found) -> Mapping[str, Any]:
    base = f"/{found.project.slug}/{found.meeting.slug}/desk"
    return {
        "frame": frame(found.project, found.meeting, "desk"),
        "meeting": found.meeting,
        "base": base,
        "words": words,
    }


@get(DESK + "/registrations", opt=READ, sync_to_thread=True)
def people(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """Everybody who registered, to search and narrow; for htmx only the rows and the facets."""
    return _list(request, project, meeting)


def _list(
    request: Visit,
    project: str,
    meeting: str,
    errors: Mapping[str, str] | None = None,
    typed: forms.Typed = forms.EMPTY,
) -> Response[bytes]:
    selected = selection(request.query_params)
    with db.read() as session:
        found = at_desk(session, project, meeting)
        view = listing(session, found, selected)
    context = {
        **_frame(found),
        "view": view,
        "selected": selected,
        "facets": _facets(view, selected),
        "undecided": UNDECIDED,
        "now": now(),
        "may_decide": _may(request, "registrations.decide", found),
        "may_export": _may(request, "registrations.export", found),
        "errors": errors or {},
        "typed": typed,
    }
    return page(request, "roster/desk_registrations.html", context, block="rows", status=422 if errors else 200)


Facet = tuple[str, str, list[tuple[str, str, int]]]
"""A facet: its name, its title, and what it can be narrowed to as value, words and number of people."""


def _facets(view: Listing, selected: Selection) -> list[Facet]:
    partners = {str(row.number): f"{row.number} {row.short}" for row in view.known.partners.values()}
    partners[NOBODY] = _("No partner")
    return [
        ("status", _("Status"), _options(view, selected, "status", STATUSES, words.status_text)),
        ("partner", _("Partner"), _options(view, selected, "partner", partners, partners.__getitem__)),
        ("category", _("Category"), _options(view, selected, "category", CATEGORIES, words.category_text)),
    ]


def _options(
    view: Listing, selected: Selection, facet: str, values: Iterable[str], text: Callable[[str], str]
) -> list[tuple[str, str, int]]:
    counts = view.facets[facet]
    offered = [value for value in values if counts[value] or value == selected.chosen(facet)]
    return [("", _("All"), counts.total()), *((value, text(value), counts[value]) for value in offered)]


@get(DESK + "/registrations/{number:int}", opt=READ, sync_to_thread=True)
def one(request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    """Everything about one registration; what it says about health only to organisers."""
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
        view = record(session, found, number, with_care=_may(request, "care.read", found))
    context = {
        **_frame(found),
        "view": view,
        "name": full(view.row.latin_given, view.row.latin_family, view.row.order, view.row.title),
        "own_name": full(view.row.given, view.row.family, view.row.order, view.row.title),
        "may_decide": view.row.status in UNDECIDED and _may(request, "registrations.decide", found),
        "mode_text": mode_text,
        "errors": errors or {},
        "typed": typed,
    }
    return page(request, "roster/desk_registration.html", context, status=422 if errors else 200)


@post(DESK + "/registrations/decisions", opt=DECIDE, sync_to_thread=True)
def decide_all(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Confirm or decline the ticked people, all of them or nobody, and go back to the same list."""
    check = forms.Check(forms.read(request, body))
    numbers = [int(value) for value in check.typed.many("registration") if value.isascii() and value.isdecimal()]
    if not numbers:
        check.wrong("", _("Please tick the people this is about."))
    decision = _decision(check)
    if not check.fine:
        return _list(request, project, meeting, check.errors, check.typed)
    _decide(request, project, meeting, numbers, decision)
    asked = selection(request.query_params)
    return see(f"/{project}/{meeting}/desk/registrations{asked.query(page=asked.page)}")


@post(DESK + "/registrations/{number:int}/decisions", opt=DECIDE, sync_to_thread=True)
def decide(
    request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Confirm or decline one person and go back to that page."""
    check = forms.Check(forms.read(request, body))
    decision = _decision(check)
    if not check.fine:
        return _one(request, project, meeting, number, check.errors, check.typed)
    _decide(request, project, meeting, [number], decision)
    return see(f"/{project}/{meeting}/desk/registrations/{number}")


def _decision(check: forms.Check) -> tuple[str, str]:
    verb = check.choice("decision", tuple(VERBS), needed=_("Please choose what to do."))
    needed = _("Please write why: the person gets a letter with the reason.") if verb == "decline" else ""
    return verb, check.text("reason", needed=needed, limit=500, lines=True)


def _decide(request: Visit, project: str, meeting: str, numbers: Iterable[int], decision: tuple[str, str]) -> None:
    """One transaction: whoever cannot be decided about is named, and then nobody is."""
    who, (verb, reason) = viewer(request), decision
    with db.write() as session:
        found = at_desk(session, project, meeting)
        actions.lock(session, offer(session, found))  # so that nobody else decides between the look and the act
        for row in _undecided([of_id(session, found, number) for number in numbers]):
            try:
                VERBS[verb](session, row, who.email if who else "", reason)
            except Refusal as refusal:
                raise type(refusal)(f"{_name(row)}: {refusal.sentence}") from refusal


def _undecided(rows: Sequence[Registration]) -> list[Registration]:
    """Those rows, waiting people first: a place that is given up must not go to somebody about to be declined."""
    for row in rows:
        if row.status not in UNDECIDED:
            told = {"name": _name(row), "status": words.status_text(row.status)}
            raise Stale(_("%(name)s: this was decided already, the status is now “%(status)s”.") % told)
    return sorted(rows, key=lambda row: (row.status != "waiting", row.submitted_at or row.updated_at, row.id))


def _name(row: Registration) -> str:
    return full(row.latin_given, row.latin_family, row.order)


Make = Callable[[Session, Found, Selection], exports.Table]


def _download(name: str, kind: str, opt: dict[str, Any], make: Make) -> HTTPRouteHandler:
    """The route of a table: all pages of the list that its address asks for."""

    @get(f"{DESK}/{name}.{kind}", opt=opt, sync_to_thread=True)
    def table(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
        with db.read() as session:
            made = make(session, at_desk(session, project, meeting), selection(request.query_params))
        who = viewer(request)
        _log.info("table taken", table=name, meeting=meeting, rows=len(made.rows), account=who.account_id if who else 0)
        return download(made.written(kind), TABLES[kind], f"{name}-{meeting}.{kind}")

    return table


DOWNLOADS = [
    _download(name, kind, opt, make)
    for name, opt, make in (
        ("registrations", EXPORT, exports.registrations),
        ("registrations-care", CARE, exports.care),
    )
    for kind in TABLES
]
ROUTES = [people, one, decide_all, decide, *DOWNLOADS]
