"""Study visits and transport on the screen."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from planner import db
from planner.accounts.guards import act, viewer
from planner.agenda.queries import programme
from planner.meetings.queries import find, frame, revision
from planner.visits.queries import outings
from planner.visits.words import ride_text, walking_text
from planner.web import Visit, kept_page


@get("/{project:str}/{meeting:str}/visits", opt=act("public.read"), sync_to_thread=True)
def visits(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """Where the visits go, stop by stop, and when to be at which bus."""
    return kept_page(
        request, revision(project, meeting), "visits/visits.html", lambda: _visits(request, project, meeting)
    )


def _visits(request: Visit, project: str, meeting: str) -> Mapping[str, Any]:
    with db.read() as session:
        found = find(session, project, meeting)
        plan = outings(session, found, programme(session, found, viewer(request)))
    return {
        "frame": frame(found.project, found.meeting, "visits"),
        "meeting": found.meeting,
        "home": f"/{project}/{meeting}",
        "visits": plan.visits,
        "transfers": plan.transfers,
        "ride_text": ride_text,
        "walking_text": walking_text,
    }


ROUTES: list[ControllerRouterHandler] = [visits]
