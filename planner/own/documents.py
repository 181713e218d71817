"""Documents for somebody who takes part, below the secret address of their registration."""

from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner.accounts.guards import act
from planner.agenda.documents import kind_text, readable_document, readable_groups, type_text
from planner.consortium.tables import Project
from planner.db import read
from planner.errors import Missing
from planner.files import size_text
from planner.materials.downloads import bundle, sent
from planner.meetings.queries import Found, frame
from planner.meetings.tables import Meeting
from planner.registration.queries import of_token
from planner.web import Visit, page

OWN = act("registration.own")
HIDDEN = {"X-Robots-Tag": "noindex, nofollow"}


def _meeting(session: Session, token: str) -> Found:
    """The meeting that the bearer takes part in. Raises Missing for who does not, or not for certain."""
    row = of_token(session, token)
    if row.status != "confirmed":
        raise Missing
    meeting = session.get_one(Meeting, row.meeting_id)
    return Found(session.get_one(Project, meeting.project_id), meeting)


@get("/my/{token:str}/documents", opt=OWN, sync_to_thread=True)
def shelf(request: Visit, token: FromPath[str]) -> Response[bytes]:
    """What the meeting gives to those who take part."""
    with read() as session:
        found = _meeting(session, token)
        groups = readable_groups(session, found, participant=True)
    context = {
        "frame": frame(found.project, found.meeting),
        "meeting": found.meeting,
        "home": f"/my/{token}",
        "groups": groups,
        "has_files": any(row.file for group in groups for row in group.documents),
        "kind_text": kind_text,
        "type_text": type_text,
        "size_text": size_text,
    }
    answer = page(request, "own/my_documents.html", context)
    answer.headers.update(HIDDEN)
    return answer


@get("/my/{token:str}/documents/{key:str}", opt=OWN, sync_to_thread=True)
def one(request: Visit, token: FromPath[str], key: FromPath[str]) -> Response[Any]:
    """One document."""
    with read() as session:
        row = readable_document(session, _meeting(session, token), key, participant=True)
    answer = sent(request, row, private=True)
    answer.headers.update(HIDDEN)
    return answer


@get("/my/{token:str}/documents.zip", opt=OWN, sync_to_thread=True)
def everything(request: Visit, token: FromPath[str]) -> Response[Any]:
    """All of them in one ZIP."""
    with read() as session:
        found = _meeting(session, token)
        groups = readable_groups(session, found, participant=True)
    answer = bundle(request, groups, f"documents-{found.meeting.slug}.zip", private=True)
    answer.headers.update(HIDDEN)
    return answer


ROUTES: list[ControllerRouterHandler] = [shelf, one, everything]
