"""The page behind the letter that proves an address. Opening it changes nothing: mail scanners open every link."""

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler

from planner import forms
from planner.accounts.guards import act
from planner.db import read, write
from planner.meetings.queries import frame
from planner.names import full
from planner.registration import letters, queries
from planner.registration.offer import offer_of
from planner.registration.unconfirmed import UNCONFIRMED, confirm_address, pending_of_address
from planner.web import Visit, page, see

ADDRESS = "/my/{token:str}/confirmation"
OWN = act("registration.own")


@get(ADDRESS, opt=OWN, sync_to_thread=True)
def ask(request: Visit, token: FromPath[str]) -> Response[bytes]:
    """Who registered under this address, and one button."""
    with read() as session:
        row = queries.of_token(session, token)
        if row.status != UNCONFIRMED:
            return see(f"/my/{token}")
        found = offer_of(session, row.meeting_id).found
        pending = pending_of_address(session, row.meeting_id, row.email)
    context = {
        "frame": frame(found.project, found.meeting, "register"),
        "meeting": found.meeting,
        "names": [full(one.given, one.family, one.order, one.title) for one in pending],
        "email": row.email,
        "home": f"/my/{token}",
    }
    answer = page(request, "own/confirmation.html", context)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@post(ADDRESS, opt=OWN, sync_to_thread=True)
def confirm(request: Visit, token: FromPath[str], body: RawBody) -> Response[bytes]:
    """The address is proved: take the place there is, and go to one's own page."""
    forms.read(request, body)
    with read() as session:
        row = queries.of_token(session, token)
        offered = offer_of(session, row.meeting_id)
    with write() as session:
        row = confirm_address(session, offered, row.id or 0)
    return see(f"/my/{letters.token(row)}")


ROUTES: list[ControllerRouterHandler] = [ask, confirm]
