"""The desk's page about what is kept: until when and how much, what a run would take, and what runs took."""

from collections.abc import Mapping
from datetime import date

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from planner import db, forms
from planner.accounts.guards import Scope, act, viewer
from planner.admin import actions, words
from planner.admin.inventory import overview
from planner.admin.queries import runs
from planner.admin.retention import archive_of, terms_of
from planner.admin.rules import archive_date
from planner.admin.words import days_fields
from planner.clock import now
from planner.consortium.queries import project as find_project
from planner.forms import Check, Typed
from planner.hosting.pages import desk_frame
from planner.language import _
from planner.meetings.queries import at_desk, frame, scope_of_meeting, scope_of_project
from planner.web import Visit, page, see

DESK = "/{project:str}/{meeting:str}/desk/retention"
MANAGE = act("privacy.manage", scope_of_meeting)
MOST_DAYS = 3650


@get(DESK, opt=MANAGE, sync_to_thread=True)
def retention(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """What this meeting keeps of each kind, and what a run would take now."""
    return _page(request, project, meeting, None, {})


def _page(
    request: Visit, project: str, meeting: str, typed: Typed | None, errors: Mapping[str, str], status: int = 200
) -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        kept = overview(session, found, now())
        terms = terms_of(session, found)
        done = runs(session, found.meeting.id)
    context = {
        **desk_frame(found),
        "kept": kept,
        "runs": done,
        "archive": archive_of(found),
        "is_usual": found.project.archive_until is None,
        "may_set_archive": _may_project(request, found.project.id or 0),
        "fields": days_fields(),
        "typed": typed or Typed({name: [str(getattr(terms, name))] for name in days_fields()}),
        "errors": errors,
        "kinds": words,
    }
    return page(request, "admin/retention.html", context, status=status)


def _may_project(request: Visit, number: int) -> bool:
    who = viewer(request)
    return who is not None and who.may("privacy.manage", Scope("project", number, number))


@post(DESK, opt=MANAGE, sync_to_thread=True)
def keep_days(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Set how many days each kind is kept after this meeting."""
    check, who = Check(forms.read(request, body)), viewer(request)
    days = {name: _days(check, name) for name in days_fields()}
    if not check.fine:
        return _page(request, project, meeting, check.typed, check.errors, 422)
    with db.write() as session:
        actions.set_days(session, at_desk(session, project, meeting), who.email if who else "", days)
    return see(f"/{project}/{meeting}/desk/retention")


def _days(check: Check, name: str) -> int:
    value = check.text(name, needed=_("Please write a number of days."), limit=5)
    number = int(value) if value.isascii() and value.isdecimal() else -1
    if value and not 0 <= number <= MOST_DAYS:
        check.wrong(name, _("Please write a number of days from 0 to %(most)d.") % {"most": MOST_DAYS})
    return number


@post(DESK + "/runs", opt=MANAGE, sync_to_thread=True)
def run(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """Carry out the plan for this meeting now."""
    who = viewer(request)
    with db.write() as session:
        actions.run_now(session, at_desk(session, project, meeting), who.email if who else "")
    db.shred()
    return see(f"/{project}/{meeting}/desk/retention#runs")


ARCHIVE = "/{project:str}/desk/archive-date"


@get(ARCHIVE, opt=act("privacy.manage", scope_of_project), sync_to_thread=True)
def archive(request: Visit, project: FromPath[str]) -> Response[bytes]:
    """Until when the project keeps the proof of attendance."""
    return _archive(request, project, None, {})


def _archive(request: Visit, slug: str, typed: Typed | None, errors: Mapping[str, str]) -> Response[bytes]:
    with db.read() as session:
        project = find_project(session, slug)
        done = runs(session)
    kept = project.archive_until.isoformat() if project.archive_until else ""
    context = {
        "frame": frame(project, current="desk"),
        "base": f"/{slug}/desk",
        "project": project,
        "usual": archive_date(project.ends, None),
        "archive": archive_date(project.ends, project.archive_until),
        "typed": typed or Typed({"archive_until": [kept]}),
        "errors": errors,
        "runs": done,
        "kinds": words,
    }
    return page(request, "admin/archive_date.html", context, status=422 if errors else 200)


@post(ARCHIVE, opt=act("privacy.manage", scope_of_project), sync_to_thread=True)
def set_archive(request: Visit, project: FromPath[str], body: RawBody) -> Response[bytes]:
    """Set the archive date; an empty field counts from the project's end."""
    check, who = Check(forms.read(request, body)), viewer(request)
    value = check.text("archive_until", limit=10)
    wished = _date(value)
    with db.read() as session:
        ends = find_project(session, project).ends
    if value and (wished is None or wished < ends):
        told = {"day": ends.isoformat()}
        check.wrong("archive_until", _("Please write a day after the project's end, like %(day)s.") % told)
    if not check.fine:
        return _archive(request, project, check.typed, check.errors)
    with db.write() as session:
        actions.set_archive_date(session, find_project(session, project), who.email if who else "", wished)
    return see(f"/{project}/desk/archive-date")


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


ROUTES: list[HTTPRouteHandler] = [retention, keep_days, run, archive, set_archive]
