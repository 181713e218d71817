"""Practical information of a meeting, and the dates of a series of calls."""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from planner import db
from planner.accounts.guards import act
from planner.clock import at, now
from planner.consortium.queries import project as find_project
from planner.meetings.calendar import call_dates
from planner.meetings.queries import changes, find, find_series, frame, places, revision
from planner.web import Visit, kept_page, page


@get("/{project:str}/{meeting:str}/practical", opt=act("public.read"), sync_to_thread=True)
def practical(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """How to get there, where things are, access, joining online, whom to ask."""
    key = revision(project, meeting)
    return kept_page(request, key, "meetings/practical.html", lambda: _practical(project, meeting))


def _practical(project: str, meeting: str) -> Mapping[str, Any]:
    with db.read() as session:
        found = find(session, project, meeting)
        there = list(places(session, found.meeting.id or 0).values())
    return {
        "frame": frame(found.project, found.meeting, "practical"),
        "meeting": found.meeting,
        "venue": next((place for place in there if place.kind == "venue"), None),
        "rooms": [place for place in there if place.kind == "room"],
        "places": [place for place in there if place.kind == "place"],
    }


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


ROUTES = [practical, calls]
