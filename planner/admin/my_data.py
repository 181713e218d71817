"""Below somebody's own page: all that is kept about them, to read and to take along, and how to be erased."""

import json
from datetime import date, datetime

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import forms
from planner.accounts.guards import act
from planner.admin import actions, words
from planner.admin.erasure import AGENDA, is_on_an_agenda
from planner.admin.own import own_data, purpose, readable
from planner.admin.queries import request_of
from planner.admin.retention import archive_of, people_of, today_at
from planner.agenda.words import mode_text
from planner.clock import now
from planner.db import read, write
from planner.language import day_text, moment_text
from planner.meetings.queries import frame
from planner.registration.agreement import REGISTRANT
from planner.registration.given import own_answers
from planner.registration.offer import Offer, offer_of
from planner.registration.queries import choices, of_token
from planner.registration.tables import Registration
from planner.registration.words import status_text
from planner.web import Visit, download, page, see

OWN = act("registration.own")
HIDDEN = {"X-Robots-Tag": "noindex, nofollow"}


def _own(session: Session, token: str) -> tuple[Offer, Registration]:
    row = of_token(session, token)
    return offer_of(session, row.meeting_id), row


@get("/my/{token:str}/data", opt=OWN, sync_to_thread=True)
def readable_data(request: Visit, token: FromPath[str]) -> Response[bytes]:
    """Everything in words: answers, consents, letters, what became of it, and until when each kind is kept."""
    with read() as session:
        offer, row = _own(session, token)
        data = own_data(session, offer, row, choices(session, row.id or 0))
        given = own_answers(session, row.id or 0)
    context = {
        "frame": frame(offer.found.project, offer.found.meeting),
        "meeting": offer.found.meeting,
        "home": f"/my/{token}",
        "data": data,
        "lines": readable(data),
        "given": list(given.values()),
        "purpose_text": purpose,
        "status_text": status_text,
        "mode_text": mode_text,
        "day_of": lambda text: day_text(date.fromisoformat(text), "d MMMM y"),
        "when": lambda text: moment_text(datetime.fromisoformat(text), offer.found.meeting.zone),
    }
    answer = page(request, "admin/my_data.html", context)
    answer.headers.update(HIDDEN)
    return answer


@get("/my/{token:str}/data.json", opt=OWN, sync_to_thread=True)
def data(request: Visit, token: FromPath[str]) -> Response[bytes]:
    """Everything that is kept about this registration (GDPR, Articles 15 and 20)."""
    with read() as session:
        offer, row = _own(session, token)
        content = own_data(session, offer, row, choices(session, row.id or 0))
    text = json.dumps(content, ensure_ascii=False, indent=2)
    return download(text.encode("utf-8", "replace"), "application/json", "my-registration.json")


@get("/my/{token:str}/erasure", opt=OWN, sync_to_thread=True)
def erasure(request: Visit, token: FromPath[str]) -> Response[bytes]:
    """What would go and what would stay and why; afterwards, what went and what stayed."""
    with read() as session:
        offer, row = _own(session, token)
        today = today_at(offer.found, now())
        proven = row.id in people_of(session, offer.found, today).proven
        asked = request_of(session, row.id or 0)
        named = bool(asked.outcome.get(AGENDA)) if asked and asked.done_at else is_on_an_agenda(session, row)
    context = {
        "frame": frame(offer.found.project, offer.found.meeting),
        "meeting": offer.found.meeting,
        "home": f"/my/{token}",
        "asked": asked,
        "proven": proven,
        "named": named,
        "archive": archive_of(offer.found),
        "kinds": words,
    }
    answer = page(request, "admin/my_erasure.html", context)
    answer.headers.update(HIDDEN)
    return answer


@post("/my/{token:str}/erasure", opt=OWN, sync_to_thread=True)
def ask_erasure(request: Visit, token: FromPath[str], body: RawBody) -> Response[bytes]:
    """Ask to be erased; asking twice is one request."""
    typed = forms.read(request, body)
    with write() as session:
        offer, row = _own(session, token)
        if row.erased_at is None:
            actions.ask_erasure(session, offer, row, REGISTRANT, everywhere=bool(typed.one("everywhere")))
    return see(f"/my/{token}/erasure")


ROUTES: list[ControllerRouterHandler] = [readable_data, data, erasure, ask_erasure]
