"""Practical information of a meeting: how to get there, where things are, whom to ask."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from sqlmodel import Session

from planner import db
from planner.accounts.guards import act
from planner.agenda.releases import released_part
from planner.history import revived
from planner.meetings.queries import find, frame, places, revision
from planner.meetings.tables import Place
from planner.web import Visit, kept_page


@get("/{project:str}/{meeting:str}/practical", opt=act("public.read"), sync_to_thread=True)
def practical(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """How to get there, where things are, access, joining online, whom to ask."""
    key = revision(project, meeting)
    return kept_page(request, key, "agenda/practical.html", lambda: _practical(project, meeting))


def _practical(project: str, meeting: str) -> Mapping[str, Any]:
    with db.read() as session:
        found = find(session, project, meeting)
        number = found.meeting.id or 0
        venue = next((place for place in places(session, number).values() if place.kind == "venue"), None)
        there = _given_out(session, number)
    return {
        "frame": frame(found.project, found.meeting, "practical"),
        "meeting": found.meeting,
        "venue": venue,
        "rooms": [place for place in there if place.kind == "room"],
        "places": [place for place in there if place.kind == "place"],
    }


def _given_out(session: Session, meeting_id: int) -> list[Place]:
    """Rooms and other places belong to the agenda: readers see them as its newest version has them."""
    return [Place(**revived(Place, row)) for row in released_part(session, meeting_id, "places") or []]


ROUTES: list[HTTPRouteHandler] = [practical]
