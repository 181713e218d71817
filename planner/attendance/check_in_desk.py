"""At the door: a helper reads a ticket, sees who it is, and checks the person in for today."""

from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody
from sqlmodel import Session, select

from planner import db, forms
from planner.accounts.guards import act, viewer
from planner.agenda.tables import Day
from planner.attendance.checking_in import check_in, day_of
from planner.attendance.tables import CheckIn
from planner.clock import now
from planner.errors import Missing, Refusal
from planner.meetings.queries import Found, at_desk, frame, scope_of_meeting
from planner.names import full
from planner.own.ticket import TICKET, of_code
from planner.registration.queries import choices
from planner.registration.tables import Registration
from planner.registration.words import category_text, status_kind, status_text
from planner.web import Visit, page, see

ADDRESS = "/{project:str}/{meeting:str}/desk/check-ins/{code:str}"
CHECK_IN = act("attendance.check_in", scope_of_meeting)


@get(ADDRESS, opt=CHECK_IN, sync_to_thread=True)
def ticket(request: Visit, project: FromPath[str], meeting: FromPath[str], code: FromPath[str]) -> Response[bytes]:
    """Whose ticket it is, and whether the person was checked in today."""
    return _page(request, project, meeting, code)


def _page(request: Visit, project: str, meeting: str, code: str, refusal: str = "") -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        context = _context(session, found, _row(session, found, code))
    status = 409 if refusal else 200
    return page(request, "attendance/check_in.html", {**context, "code": code, "refusal": refusal}, status=status)


def _row(session: Session, found: Found, code: str) -> Registration:
    row = of_code(session, code, TICKET)
    if row.meeting_id != found.meeting.id:
        raise Missing
    return row


def _context(session: Session, found: Found, row: Registration) -> dict[str, Any]:
    there = session.exec(select(Day).where(Day.meeting_id == found.meeting.id)).all()
    today = day_of(found, there, now())
    done = session.exec(select(CheckIn).where(CheckIn.registration_id == row.id)).all()
    planned = choices(session, row.id or 0).days
    return {
        "frame": frame(found.project, found.meeting, "desk"),
        "base": f"/{found.project.slug}/{found.meeting.slug}/desk",
        "meeting": found.meeting,
        "name": full(row.latin_given, row.latin_family, row.order, row.title),
        "own_name": full(row.given, row.family, row.order, row.title),
        "organisation": row.organisation,
        "category": category_text(row.category),
        "status": status_text(row.status),
        "kind": status_kind(row.status),
        "today": today,
        "mode": planned.get(today.id or 0, "") if today else "",
        "now_in": next((one for one in done if today and one.day_id == today.id), None),
    }


@post(ADDRESS, opt=CHECK_IN, sync_to_thread=True)
def check(
    request: Visit, project: FromPath[str], meeting: FromPath[str], code: FromPath[str], body: RawBody
) -> Response[bytes]:
    """Check the person in for today; a second time nothing happens."""
    forms.read(request, body)
    who = viewer(request)
    try:
        with db.write() as session:
            found = at_desk(session, project, meeting)
            check_in(session, found, _row(session, found, code), who.email if who else "")
    except Refusal as refusal:
        return _page(request, project, meeting, code, refusal.sentence)
    return see(f"/{project}/{meeting}/desk/check-ins/{code}")


ROUTES: list[HTTPRouteHandler] = [ticket, check]
