"""Files that came as answers: for the person they are from, and for the desk; never shown, only taken away."""

from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import db, files
from planner.accounts.guards import Scope, act, viewer
from planner.errors import Missing
from planner.materials.downloads import HARMLESS
from planner.meetings.queries import at_desk, scope_of_meeting
from planner.registration.given import Given, own_answers
from planner.registration.queries import of_token
from planner.registration.tables import Registration
from planner.web import Visit

READ = act("registrations.read", scope_of_meeting)
OWN = act("registration.own")
LARGEST_ID = 2**31 - 1


@get("/my/{token:str}/answers/{question:int}", opt=OWN, sync_to_thread=True)
def own_file(token: FromPath[str], question: FromPath[int]) -> Response[Any]:
    """The file that I sent."""
    with db.read() as session:
        given = _given(session, of_token(session, token), question)
    return _sent(given)


@get("/{project:str}/{meeting:str}/desk/answers/{number:int}/{question:int}", opt=READ, sync_to_thread=True)
def file_at_desk(
    request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int], question: FromPath[int]
) -> Response[Any]:
    """The file that somebody sent. One about health only for those who may read such answers."""
    who = viewer(request)
    with db.read() as session:
        found = at_desk(session, project, meeting)
        row = session.get(Registration, number) if number <= LARGEST_ID else None
        if row is None or row.meeting_id != found.meeting.id:
            raise Missing
        given = _given(session, row, question)
    scope = Scope("meeting", found.meeting.id or 0, found.project.id or 0)
    if given.question.purpose == "care" and not (who and who.may("care.read", scope)):
        raise Missing
    return _sent(given)


def _given(session: Session, row: Registration, question: int) -> Given:
    given = own_answers(session, row.id or 0).get(question)
    if given is None or given.question.kind != "file" or not files.is_there(given.value["name"]):
        raise Missing
    return given


def _sent(given: Given) -> Response[Any]:
    value = given.value
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": files.disposition(value["file_name"]),
        "Content-Length": str(value["size"]),
        **HARMLESS,
    }
    return Stream(files.pieces(value["name"]), media_type=value["media_type"], headers=headers)


ROUTES: list[ControllerRouterHandler] = [own_file, file_at_desk]
"""Addresses of files: `/my/…/answers/{question}` and `…/desk/answers/{registration}/{question}`."""
