"""A registration's own pages: whoever has the link sees, changes, withdraws and takes their data along."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session, col, select

from planner import forms, language, limits
from planner.accounts.guards import act
from planner.clock import local, now
from planner.db import read, write
from planner.errors import Refusal, Stale, TooMany
from planner.forms import Typed
from planner.language import say
from planner.meetings.calendar import subscription
from planner.meetings.queries import frame
from planner.names import full
from planner.network import visitor
from planner.own.ticket import calendar_path
from planner.registration import abuse, actions, agreement, changing, deadlines, letters, queries, uploads
from planner.registration.forms import consents, differences, entry, filled
from planner.registration.given import Given, own_answers
from planner.registration.offer import Offer, offer_of
from planner.registration.pages import asked_again, form_context
from planner.registration.place_tables import PlaceOffer
from planner.registration.placing import Thing, lines, named
from planner.registration.queries import Choices
from planner.registration.rules import LIVE
from planner.registration.tables import Registration
from planner.registration.unconfirmed import UNCONFIRMED
from planner.registration.words import category_text, diet_text, status_text
from planner.settings import settings
from planner.web import Visit, page, see

OWN = act("registration.own")
Answer = Response[bytes]


@dataclass(frozen=True, slots=True)
class Own:
    """A registration as its bearer sees it."""

    offer: Offer
    row: Registration
    chosen: Choices
    position: int
    given: list[Given]
    offers: list[tuple[PlaceOffer, Thing]]
    closed: str
    """Why nothing can be changed any more but withdrawn; empty while it can."""
    ended: str
    """Why somebody else than the person ended it, as far as it was written down."""

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed."""
        meeting = self.offer.found.meeting
        to_come = meeting.cancelled_at is None and local(now(), meeting.zone).date() <= meeting.last_day
        return to_come and self.row.status in LIVE


def _own(session: Session, token: str) -> Own:
    row = queries.of_token(session, token)
    offered = offer_of(session, row.meeting_id)
    number = row.id or 0
    position = queries.position(session, offered.form, number) if row.status == "waiting" else 0
    given = list(own_answers(session, number).values())
    offers = _offers(session, offered, number)
    may = deadlines.may_change(session, offered.form, row, now())
    closed = "" if may else deadlines.closed_text(offered.form, offered.found.meeting.zone)
    return Own(offered, row, queries.choices(session, number), position, given, offers, closed, _ended(session, row))


def _ended(session: Session, row: Registration) -> str:
    if row.status not in ("cancelled", "declined") or row.erased_at:
        return ""
    last = queries.history(session, row.id or 0)[-1:]
    return last[0].reason if last else ""


def _offers(session: Session, offered: Offer, number: int) -> list[tuple[PlaceOffer, Thing]]:
    """The places that are kept for the person now, the one that lapses first in front."""
    query = select(PlaceOffer).where(PlaceOffer.registration_id == number, PlaceOffer.outcome == "")
    rows = session.exec(query.where(col(PlaceOffer.expires_at) > now()).order_by(col(PlaceOffer.expires_at)))
    return [(row, named(offered, (row.kind, row.number, row.key))) for row in rows]


@get("/my/{token:str}", opt=OWN, sync_to_thread=True)
def show(request: Visit, token: FromPath[str]) -> Answer:
    """My registration: how it stands, days, visit, meals, consents, position on the waiting list."""
    with read() as session:
        own = _own(session, token)
    if own.row.status == UNCONFIRMED:
        return see(f"/my/{token}/confirmation")
    return _page(request, "my", _context(own, token))


def _page(request: Visit, template: str, context: Mapping[str, Any], status: int = 200) -> Answer:
    answer = page(request, f"own/{template}.html", context, block="main", status=status)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _context(own: Own, token: str) -> dict[str, Any]:
    offered, chosen, row = own.offer, own.chosen, own.row
    found = offered.found
    return {
        "frame": frame(found.project, found.meeting),
        "meeting": found.meeting,
        "offers": own.offers,
        "places": [line for line in lines(offered, chosen) if line.state != "held" or line.pool[0] == "option"],
        "given": own.given,
        "has_ticket": row.status in ("confirmed", "walk_in") and row.erased_at is None,
        "subscription": subscription(settings().public_url, calendar_path(row), language.current()),
        "base": f"/{found.project.slug}/{found.meeting.slug}",
        "home": f"/my/{token}",
        "row": row,
        "name": full(row.given, row.family, row.order, row.title),
        "status": status_text(row.status),
        "category": category_text(row.category),
        "position": own.position,
        "gets_offers": bool(offered.form.offer_hours),
        "closed": own.closed,
        "ended": own.ended,
        "is_open": own.is_open,
        "venue": offered.venue,
        "days": letters.planned(offered, chosen.days),
        "join": found.meeting.online_link if letters.joins_online(row, chosen) else "",
        "visit": offered.item(chosen.visit),
        "wished": [item for number in chosen.visits if (item := offered.item(number))],
        "meals": [item for item in offered.meals if item.id in chosen.meals],
        "rides": [item for item in offered.rides if item.id in chosen.rides],
        "care": chosen.care,
        "diet": diet_text(chosen.care.diet) if chosen.care else "",
        "purposes": {purpose: say(texts) for purpose, texts in offered.purposes.items()},
        "answers": chosen.consents,
        "typed": Typed({f"consent_{name}": ["yes"] for name, answer in chosen.consents.items() if answer.granted}),
    }


@get("/my/{token:str}/change", opt=OWN, sync_to_thread=True)
def ask_change(request: Visit, token: FromPath[str]) -> Answer:
    """The form, filled in with what is kept."""
    with read() as session:
        own = _own(session, token)
        if not own.is_open or own.closed:
            return see(f"/my/{token}")
        context = form_context(session, own.offer, filled(own.row, own.chosen, own.offer), {})
    return _page(request, "change", {**context, **_own_form(token), "changed": []})


@post("/my/{token:str}/change", opt=OWN, sync_to_thread=True)
def change(request: Visit, token: FromPath[str], body: RawBody) -> Answer:
    """Keep the new answers, or say what is in the way."""
    return _change(request, token, forms.read(request, body))


@post("/my/{token:str}/change/files", opt=OWN, sync_to_thread=True, request_max_body_size=uploads.BODY)
def change_with_files(request: Visit, token: FromPath[str], body: RawBody) -> Answer:
    """The same for a form that asks for files, and so may be large."""
    return _change(request, token, forms.read(request, body))


@post("/my/{token:str}/change/questions", opt=OWN, sync_to_thread=True)
def further_questions(request: Visit, token: FromPath[str], body: RawBody) -> Answer:
    """The meeting's own questions as they follow from the form as it stands."""
    typed = forms.read(request, body)
    with read() as session:
        context = form_context(session, _own(session, token).offer, typed, {})
    return asked_again(request, {**context, **_own_form(token)}, typed)


def _own_form(token: str) -> dict[str, str]:
    """Where the form of a registration that is there already leads."""
    return {"home": f"/my/{token}", "asking_at": f"/my/{token}/change/questions"}


def _change(request: Visit, token: str, typed: Typed) -> Answer:
    with read() as session:
        own = _own(session, token)
    version = typed.one("version")
    try:
        typed = uploads.hold(typed, own.offer, visitor(request.scope))
        given, errors = entry(typed, own.offer, again=True)
        if given is None:
            return _change_again(request, token, typed, errors, 422)
        limits.count([(abuse.CHANGES_PER_REGISTRATION, own.row.uid)])
        with write() as session:
            abuse.check_new_address(session, own.offer, given.email, own.row.email)
            known = int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else 0
            row = changing.change(session, own.offer, own.row.id or 0, given, known)
    except Stale as stale:
        return _change_again(request, token, typed, {"": stale.sentence}, 409)
    except Refusal as refusal:
        wait = refusal.wait if isinstance(refusal, TooMany) else 0
        answer = _change_again(request, token, typed, {refusal.field: refusal.sentence}, 429 if wait else 422)
        answer.headers.update({"Retry-After": str(wait)} if wait else {})
        return answer
    return see(f"/my/{letters.token(row)}")


def _change_again(request: Visit, token: str, typed: Typed, errors: Mapping[str, str], status: int) -> Answer:
    """The form as it was typed. After a conflict it says what differs from what is kept now, and may be sent again."""
    with read() as session:
        own = _own(session, token)
        kept = filled(own.row, own.chosen, own.offer)
        shown = Typed({**typed.values, "version": kept.many("version")}) if status == 409 else typed
        context = form_context(session, own.offer, shown, errors)
    changed = differences(typed, kept, context["labels"]) if status == 409 else []
    return _page(request, "change", {**context, **_own_form(token), "changed": changed}, status)


@get("/my/{token:str}/withdrawal", opt=OWN, sync_to_thread=True)
def ask_withdrawal(request: Visit, token: FromPath[str]) -> Answer:
    """One question: really?"""
    with read() as session:
        own = _own(session, token)
    return _page(request, "withdrawal", _context(own, token)) if own.is_open else see(f"/my/{token}")


@post("/my/{token:str}/withdrawal", opt=OWN, sync_to_thread=True)
def withdraw(request: Visit, token: FromPath[str], body: RawBody) -> Answer:
    """Withdraw; a second time nothing happens."""
    forms.read(request, body)
    with read() as session:
        own = _own(session, token)
    with write() as session:
        actions.withdraw(session, own.offer, own.row.id or 0)
    return see(f"/my/{token}")


@post("/my/{token:str}/consents", opt=OWN, sync_to_thread=True)
def answer_consents(request: Visit, token: FromPath[str], body: RawBody) -> Answer:
    """Answer the questions about consent anew."""
    typed = forms.read(request, body)
    with read() as session:
        own = _own(session, token)
    with write() as session:
        agreement.answer_consents(session, own.offer, own.row.id or 0, consents(typed, own.offer))
    return see(f"/my/{token}")


ROUTES: list[ControllerRouterHandler] = [
    show,
    ask_change,
    change,
    change_with_files,
    further_questions,
    ask_withdrawal,
    withdraw,
    answer_consents,
]
