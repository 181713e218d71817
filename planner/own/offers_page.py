"""A place that is kept for somebody: what it is, until when, and two buttons. Only pressing one of them does anything,
so programs that look at the links in letters take nothing and lose nothing.
"""

from collections.abc import Callable
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import forms
from planner.accounts.guards import act
from planner.clock import now
from planner.db import read, write
from planner.errors import Missing, Refusal
from planner.meetings.queries import frame
from planner.registration import offers, queries
from planner.registration.offer import Offer, offer_of
from planner.registration.place_tables import PlaceOffer
from planner.registration.placing import named
from planner.registration.tables import Registration
from planner.web import Visit, page, see

OWN = act("registration.own")
ADDRESS = "/my/{token:str}/offers/{number:int}"
Answer = Response[bytes]


@get(ADDRESS, opt=OWN, sync_to_thread=True)
def show(request: Visit, token: FromPath[str], number: FromPath[int]) -> Answer:
    """What is offered, until when, and what happens when nothing is answered."""
    return _page(request, token, number)


@post(f"{ADDRESS}/acceptance", opt=OWN, sync_to_thread=True)
def accept(request: Visit, token: FromPath[str], number: FromPath[int], body: RawBody) -> Answer:
    """Take the place."""
    return _done(request, (token, number), body, offers.accept)


@post(f"{ADDRESS}/refusal", opt=OWN, sync_to_thread=True)
def decline(request: Visit, token: FromPath[str], number: FromPath[int], body: RawBody) -> Answer:
    """Leave the place to the next who waits."""
    return _done(request, (token, number), body, offers.decline)


def _done(
    request: Visit, address: tuple[str, int], body: bytes, verb: Callable[[Session, Offer, int, int], None]
) -> Answer:
    forms.read(request, body)
    token, number = address
    try:
        with write() as session:
            row = queries.of_token(session, token)
            verb(session, offer_of(session, row.meeting_id), row.id or 0, _known(number))
    except Refusal as refusal:
        return _page(request, token, number, refusal.sentence)
    return see(f"/my/{token}")


def _known(number: int) -> int:
    if not 0 < number < 2**31:
        raise Missing
    return number


def _page(request: Visit, token: str, number: int, refusal: str = "") -> Answer:
    with read() as session:
        row = queries.of_token(session, token)
        place = session.get(PlaceOffer, _known(number))
        if place is None or place.registration_id != row.id:
            raise Missing
        context = _context(offer_of(session, row.meeting_id), row, place)
    shown = {**context, "home": f"/my/{token}", "refusal": refusal}
    answer = page(request, "own/offer.html", shown, block="main", status=409 if refusal else 200)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _context(offered: Offer, row: Registration, place: PlaceOffer) -> dict[str, Any]:
    found = offered.found
    return {
        "frame": frame(found.project, found.meeting),
        "meeting": found.meeting,
        "row": row,
        "place": place,
        "thing": named(offered, (place.kind, place.number, place.key)),
        "is_open": not place.outcome and place.expires_at > now() and found.meeting.cancelled_at is None,
    }


ROUTES: list[ControllerRouterHandler] = [show, accept, decline]
