"""Somebody's own calendar: to take along once, or to subscribe to."""

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from planner.accounts.guards import act
from planner.db import read
from planner.errors import Missing
from planner.feeds.own import own_calendar
from planner.language import DEFAULT, NAMES, _, current
from planner.own.ticket import CALENDAR, of_code
from planner.registration.queries import of_token
from planner.settings import settings
from planner.web import Visit, download, matches, tag_of, unchanged

MEDIA_TYPE = "text/calendar"


@get("/my/{token:str}/calendar.ics", opt=act("registration.own"), sync_to_thread=True)
def taken_along(request: Visit, token: FromPath[str]) -> Response[bytes]:
    """The calendar as it is now, as a file."""
    with read() as session:
        content = own_calendar(session, of_token(session, token), settings().public_url, current())
    answer = download(content, MEDIA_TYPE, "my-meeting.ics")
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@get("/calendars/{file:str}", opt=act("calendar.read"), sync_to_thread=True)
def subscribed(request: Visit, file: FromPath[str]) -> Response[bytes]:
    """The calendar for programs that come again. It depends on its address alone."""
    wish = request.query_params.get("lang", DEFAULT)
    try:
        content = _made(file, wish if wish in NAMES else DEFAULT)
    except Missing:
        return Response(_("There is no such calendar.").encode(), status_code=404, media_type="text/plain")
    tag = tag_of("own", content)
    headers = {"ETag": tag, "Cache-Control": "private, max-age=300", "X-Robots-Tag": "noindex"}
    if matches(request, tag, None):
        return unchanged(MEDIA_TYPE, headers)
    disposition = {"Content-Disposition": 'inline; filename="calendar.ics"'}
    return Response(content, media_type=MEDIA_TYPE, headers={**headers, **disposition})


def _made(file: str, language: str) -> bytes:
    if not file.endswith(".ics"):
        raise Missing
    with read() as session:
        row = of_code(session, file.removesuffix(".ics"), CALENDAR)
        return own_calendar(session, row, settings().public_url, language)


ROUTES: list[ControllerRouterHandler] = [taken_along, subscribed]
