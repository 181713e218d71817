"""Practical information of a meeting."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from planner import db
from planner.accounts.guards import act
from planner.meetings.queries import find, frame, places, revision
from planner.web import Visit, kept_page


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


ROUTES = [practical]
