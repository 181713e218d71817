"""The desk's first pages: all meetings of a project, a new one, a copy of one, and where a meeting stands."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody
from sqlmodel import Session, col, select

from planner import db, forms
from planner.accounts.guards import Scope, act, viewer
from planner.clock import now
from planner.consortium.queries import project as find_project
from planner.consortium.tables import Partner
from planner.forms import EMPTY, Typed
from planner.hosting import actions, cloning, words
from planner.hosting.forms import first_day, host, new_meeting
from planner.hosting.queries import looks, project_ways, way
from planner.language import INTERFACE, _, language_text, say
from planner.meetings.queries import Found, at_desk, frame, scope_of_meeting, scope_of_project
from planner.meetings.rules import KINDS
from planner.meetings.words import kind_text
from planner.registration.standing import standing
from planner.web import Visit, page, see

PROJECT = "/{project:str}/desk"
DESK = "/{project:str}/{meeting:str}/desk"
READ = act("desk.read", scope_of_meeting)
CREATE = act("meeting.create", scope_of_project)
EDIT = act("meeting.edit", scope_of_meeting)
SHOWN_ACTS = (
    "registrations.decide",
    "registrations.invite",
    "registrations.export",
    "care.read",
    "agenda.edit",
    "agenda.publish",
    "meeting.edit",
    "meeting.create",
    "documents.manage",
    "privacy.manage",
)
"""Acts that the first page of a desk offers, to those who may."""


def may(request: Visit, scope: Scope) -> dict[str, bool]:
    """Which of the acts that the desk offers the viewer may do there."""
    who = viewer(request)
    return {name: who is not None and who.may(name, scope) for name in SHOWN_ACTS}


def desk_frame(found: Found) -> Mapping[str, Any]:
    """What every page of a meeting's desk is framed by."""
    return {
        "frame": frame(found.project, found.meeting, "desk"),
        "project": found.project,
        "meeting": found.meeting,
        "base": f"/{found.project.slug}/{found.meeting.slug}/desk",
        "words": words,
    }


def partners_of(session: Session, project_id: int) -> dict[str, Partner]:
    """The partners of a project by their short address, by number."""
    rows = session.exec(select(Partner).where(Partner.project_id == project_id).order_by(col(Partner.number)))
    return {row.slug: row for row in rows}


def partner_choices(partners: Mapping[str, Partner]) -> list[tuple[str, str]]:
    """Partners to choose from, as number, short name and town."""
    return [(slug, f"{row.number} {row.short} – {say(row.city).text}") for slug, row in partners.items()]


@get(PROJECT, opt=act("desk.read", scope_of_project), sync_to_thread=True)
def meetings(request: Visit, project: FromPath[str]) -> Response[bytes]:
    """All meetings of a project with where they stand and the one next thing to do."""
    with db.read() as session:
        found = find_project(session, project)
        ways = project_ways(session, found, now())
    number = found.id or 0
    context = {
        "frame": frame(found, current="desk"),
        "project": found,
        "ways": ways,
        "kind_text": kind_text,
        "words": words,
        "may": may(request, Scope("project", number, number)),
    }
    return page(request, "hosting/meetings.html", context)


@get(PROJECT + "/meetings/new", opt=CREATE, sync_to_thread=True)
def new(request: Visit, project: FromPath[str]) -> Response[bytes]:
    """The form for a new meeting."""
    return _new(request, project, EMPTY, {})


def _new(request: Visit, project: str, typed: Typed, errors: Mapping[str, str]) -> Response[bytes]:
    with db.read() as session:
        found = find_project(session, project)
        partners = partners_of(session, found.id or 0)
    context = {
        "frame": frame(found, current="desk"),
        "base": f"/{project}/desk",
        "kinds": [(kind, kind_text(kind), _usual(kind)) for kind in KINDS],
        "hosts": partner_choices(partners),
        "languages": [(code, language_text(code)) for code in INTERFACE],
        "labels": _labels(),
        "typed": typed,
        "errors": errors,
    }
    return page(request, "hosting/new.html", context, status=422 if errors else 200)


def _usual(kind: str) -> str:
    usual = KINDS[kind]
    counted = {"days": usual.days, "seats": usual.seats_on_site or usual.seats_online}
    return (
        _("Usually %(days)s days, %(seats)s places.") % counted
        if usual.days > 1
        else _("Usually one day, %(seats)s places.") % counted
    )


def _labels() -> dict[str, str]:
    title = _("Title")
    titles = {f"title-{code}": f"{title} ({language_text(code)})" for code in INTERFACE}
    return titles | {
        "kind": _("Kind of meeting"),
        "host": _("Who hosts it"),
        "first_day": _("First day"),
        "last_day": _("Last day"),
    }


@post(PROJECT + "/meetings/new", opt=CREATE, sync_to_thread=True)
def create(request: Visit, project: FromPath[str], body: RawBody) -> Response[bytes]:
    """Make a meeting out of the form and go to its desk."""
    check, who = forms.Check(forms.read(request, body)), viewer(request)
    with db.write() as session:
        found = find_project(session, project)
        values = new_meeting(check, partners_of(session, found.id or 0))
        if check.fine and who:
            made = actions.create(session, found, who.email, who.name, values)
            return see(f"/{project}/{made.slug}/desk")
    return _new(request, project, check.typed, check.errors)


@get(DESK, opt=READ, sync_to_thread=True)
def start(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The desk of a meeting: where it stands, the one next thing to do, figures, and the way to everything."""
    moment = now()
    with db.read() as session:
        found = at_desk(session, project, meeting)
        context = {
            **desk_frame(found),
            "way": way(session, found, moment),
            "view": standing(session, found),
            "looks": looks(session, found.meeting.id or 0),
            "may": may(request, actions.scope(found)),
        }
    return page(request, "hosting/desk.html", context)


@post(DESK + "/looks/{number:int}", opt=EDIT, sync_to_thread=True)
def look(
    request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Tick off a thing that was looked at, or take the tick away (`done` is empty)."""
    typed, who = forms.read(request, body), viewer(request)
    with db.write() as session:
        found = at_desk(session, project, meeting)
        actions.tick(session, found, who.email if who else "", number, done=bool(typed.one("done")))
    return see(f"/{project}/{meeting}/desk#look")


@get(DESK + "/clone", opt=CREATE, sync_to_thread=True)
def copy(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The form for a copy: when, and at whose place."""
    return _copy(request, project, meeting, EMPTY, {})


def _copy(request: Visit, project: str, meeting: str, typed: Typed, errors: Mapping[str, str]) -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        partners = partners_of(session, found.project.id or 0)
    context = {
        **desk_frame(found),
        "hosts": partner_choices(partners),
        "labels": _labels(),
        "typed": typed,
        "errors": errors,
    }
    return page(request, "hosting/clone.html", context, status=422 if errors else 200)


@post(DESK + "/clone", opt=CREATE, sync_to_thread=True)
def clone(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Make the copy and go to its desk, where what needs a look is listed."""
    check, who = forms.Check(forms.read(request, body)), viewer(request)
    with db.write() as session:
        found = at_desk(session, project, meeting)
        day, partner = first_day(check), host(check, partners_of(session, found.project.id or 0))
        if check.fine and who and day and partner:
            made = cloning.clone(session, found, who.email, day, partner)
            return see(f"/{project}/{made.slug}/desk")
    return _copy(request, project, meeting, check.typed, check.errors)


@post(DESK + "/announcement", opt=act("agenda.publish", scope_of_meeting), sync_to_thread=True)
def announce(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """Show the meeting to everybody, still without an agenda."""
    who = viewer(request)
    with db.write() as session:
        actions.announce(session, at_desk(session, project, meeting), who.email if who else "")
    return see(f"/{project}/{meeting}/desk")


ROUTES: list[HTTPRouteHandler] = [meetings, new, create, start, look, copy, clone, announce]
