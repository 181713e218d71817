"""Calendar subscriptions that everybody may read, and the page that explains them."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from planner import db
from planner.accounts.guards import act
from planner.errors import Missing
from planner.feeds.calendar import item_calendar, meeting_calendar, project_calendar
from planner.feeds.queries import Mark, item_mark, meeting_mark, project_mark
from planner.language import DEFAULT, NAMES, _, current
from planner.meetings.calendar import subscription
from planner.meetings.queries import find, frame, revision
from planner.settings import settings
from planner.web import Visit, build_mark, http_date, kept_page, matches, packed, shelf, tag_of, unchanged

MEDIA_TYPE = "text/calendar"


@get("/{project:str}/calendar.ics", opt=act("calendar.read"), sync_to_thread=True)
def project_feed(request: Visit, project: FromPath[str]) -> Response[bytes]:
    """All published meetings and calls of a project."""
    return _feed(request, partial(project_mark, project), partial(project_calendar, slug=project))


@get("/{project:str}/{meeting:str}/calendar.ics", opt=act("calendar.read"), sync_to_thread=True)
def meeting_feed(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """A meeting and the items of its public agenda."""
    make = partial(meeting_calendar, project=project, meeting=meeting)
    return _feed(request, partial(meeting_mark, project, meeting), make)


@get("/{project:str}/{meeting:str}/agenda/{file:str}", opt=act("calendar.read"), sync_to_thread=True)
def item_file(request: Visit, project: FromPath[str], meeting: FromPath[str], file: FromPath[str]) -> Response[bytes]:
    """One item of the public agenda: its address ends with `.ics`."""
    item = file.removesuffix(".ics") if file.endswith(".ics") else ""
    make = partial(item_calendar, project=project, meeting=meeting, item=item)
    return _feed(request, partial(item_mark, project, meeting, item), make)


def _feed(request: Visit, find_mark: Callable[[], Mark], make: Callable[..., bytes]) -> Response[bytes]:
    """A calendar, or 304. It depends on its address alone: neither cookies nor the browser's wishes change it."""
    try:
        mark = find_mark()
    except Missing:
        return Response(_("There is no such calendar.").encode(), status_code=404, media_type="text/plain")
    language, base = _language(request), settings().public_url
    tag = tag_of("feed", request.url.path, mark.key, language, base, build_mark())
    headers = {
        "ETag": tag,
        "Last-Modified": http_date(mark.changed),
        "Cache-Control": "public, max-age=300",
        "Vary": "Accept-Encoding",
        "X-Robots-Tag": "noindex",
    }
    if matches(request, tag, mark.changed.replace(microsecond=0)):
        return unchanged(MEDIA_TYPE, headers)
    kept = shelf.get(tag, lambda: _made(make, base_url=base, language=language, updated=mark.changed))
    return packed(request, kept, MEDIA_TYPE, {**headers, "Content-Disposition": 'inline; filename="calendar.ics"'})


def _language(request: Visit) -> str:
    wish = request.query_params.get("lang", DEFAULT)
    return wish if wish in NAMES else DEFAULT


def _made(make: Callable[..., bytes], **values: Any) -> bytes:
    with db.read() as session:
        return make(session, **values)


@get("/{project:str}/{meeting:str}/calendar", opt=act("public.read"), sync_to_thread=True)
def how_to_subscribe(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """How to get the meeting into one's own calendar."""
    key = revision(project, meeting)
    return kept_page(request, key, "feeds/calendar.html", lambda: _how_to_subscribe(project, meeting))


def _how_to_subscribe(project: str, meeting: str) -> Mapping[str, Any]:
    with db.read() as session:
        found = find(session, project, meeting)
    base = settings().public_url
    return {
        "frame": frame(found.project, found.meeting, "calendar"),
        "meeting": found.meeting,
        "subscription": subscription(base, f"/{project}/{meeting}/calendar.ics", current()),
        "whole": subscription(base, f"/{project}/calendar.ics", current()),
    }


ROUTES: list[ControllerRouterHandler] = [project_feed, meeting_feed, item_file, how_to_subscribe]
