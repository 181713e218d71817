"""What all pages of the organisers' table share: their address, their acts, and who looks."""

from collections.abc import Mapping
from typing import Any

from planner.accounts.guards import Scope, Viewer, act, viewer
from planner.errors import SignInNeeded
from planner.meetings.queries import Found, frame, scope_of_meeting
from planner.registration import words
from planner.roster.selection import Selection, selection
from planner.web import Visit

DESK = "/{project:str}/{meeting:str}/desk"
"""Every address of the desk is about one meeting."""
READ = act("registrations.read", scope_of_meeting)
DECIDE = act("registrations.decide", scope_of_meeting)
EDIT = act("registrations.edit", scope_of_meeting)
EXPORT = act("registrations.export", scope_of_meeting)
CARE = act("care.read", scope_of_meeting)


def may(request: Visit, name: str, found: Found) -> bool:
    """Whether the viewer may also do that act here; the guard has let the viewer in already."""
    who, project = viewer(request), found.project.id or 0
    return who is not None and who.may(name, Scope("meeting", found.meeting.id or 0, project))


def who(request: Visit) -> Viewer:
    """Who looks. The guard has let somebody in."""
    found = viewer(request)
    if found is None:
        raise SignInNeeded
    return found


def asked(request: Visit) -> Selection:
    """The list that the address asks for."""
    return selection(request.query_params.multi_items())


def frame_of(found: Found) -> Mapping[str, Any]:
    """What every page of the table needs."""
    return {
        "frame": frame(found.project, found.meeting, "desk"),
        "meeting": found.meeting,
        "base": f"/{found.project.slug}/{found.meeting.slug}/desk",
        "words": words,
    }
