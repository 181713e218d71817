"""The privacy notice at its own address: the one that stands, every published version, and the one somebody saw."""

from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from planner.accounts.guards import act
from planner.db import read
from planner.errors import Missing
from planner.meetings.queries import Found, find, frame
from planner.registration.form_tables import PrivacyNotice
from planner.registration.notice_words import Content
from planner.registration.notices import content_of, version, versions
from planner.registration.offer import Offer, offer, offer_of
from planner.registration.queries import of_token
from planner.web import Visit, page

ADDRESS = "/{project:str}/{meeting:str}/privacy"


@get(ADDRESS, opt=act("public.read"), sync_to_thread=True)
def notice(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The notice that stands now."""
    with read() as session:
        offered = offer(session, find(session, project, meeting))
        rows = versions(session, offered.controller.id)
    context = _context(offered.found, offered, offered.notice.content, offered.notice.row)
    return page(request, "registration/notice.html", {**context, "versions": rows})


@get(ADDRESS + "/{number:int}", opt=act("public.read"), sync_to_thread=True)
def published(request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    """A version that was published, as it was."""
    if not 0 < number < 2**31:
        raise Missing
    with read() as session:
        offered = offer(session, find(session, project, meeting))
        row = version(session, offered.controller.id, number)
        rows = versions(session, offered.controller.id)
    context = _context(offered.found, offered, content_of(row), row)
    return page(request, "registration/notice.html", {**context, "versions": rows})


@get("/my/{token:str}/notice", opt=act("registration.own"), sync_to_thread=True)
def seen(request: Visit, token: FromPath[str]) -> Response[bytes]:
    """The version that somebody was shown when registering; the one that stands for those before there were any."""
    with read() as session:
        registered = of_token(session, token)
        offered = offer_of(session, registered.meeting_id)
        row = session.get(PrivacyNotice, registered.notice_id) if registered.notice_id else offered.notice.row
    content = content_of(row) if row else offered.notice.content
    context = _context(offered.found, offered, content, row)
    return page(request, "registration/notice.html", {**context, "versions": [], "home": f"/my/{token}"})


def _context(found: Found, offered: Offer, content: Content, row: PrivacyNotice | None) -> dict[str, Any]:
    return {
        "frame": frame(found.project, found.meeting, "register"),
        "meeting": found.meeting,
        "base": f"/{found.project.slug}/{found.meeting.slug}",
        "home": "",
        "content": content,
        "row": row,
        "is_current": row is offered.notice.row,
    }


ROUTES: list[ControllerRouterHandler] = [notice, published, seen]
