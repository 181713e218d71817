"""The dates of a series of calls."""

from datetime import time, timedelta

from litestar import Response, get
from litestar.params import FromPath

from planner import db
from planner.accounts.guards import act
from planner.clock import at, now
from planner.consortium.queries import project as find_project
from planner.meetings.calendar import call_dates
from planner.meetings.queries import changes, find_series, frame
from planner.web import Visit, page


@get("/{project:str}/calls/{series:str}", opt=act("public.read"), sync_to_thread=True)
def calls(request: Visit, project: FromPath[str], series: FromPath[str]) -> Response[bytes]:
    """All dates of a series of calls: those that take place, moved ones, and those that fell out."""
    with db.read() as session:
        found = find_project(session, project)
        row = find_series(session, found.id or 0, series)
        changed = changes(session, [row.id or 0])
    start = at(row.first, time(), row.zone)
    dates = call_dates(row, changed, start, at(found.ends + timedelta(days=1), time(), row.zone))
    fell_out = [change for change in changed if change.moved_to is None]
    context = {"frame": frame(found), "series": row, "dates": dates, "fell_out": fell_out, "today": now()}
    return page(request, "meetings/calls.html", context)


ROUTES = [calls]
