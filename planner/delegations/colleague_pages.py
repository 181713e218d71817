"""The pages about one person of a delegation, for its contact."""

from collections.abc import Mapping

from litestar import get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import forms
from planner.clock import now
from planner.db import read, write
from planner.delegations import actions, queries
from planner.delegations.forms import VISITS, changed, days_of
from planner.delegations.letters import delegation_token
from planner.delegations.pages import ADDRESS, OWN, Answer, Own, own_context, own_of, own_page
from planner.errors import Refusal, Stale
from planner.forms import EMPTY, Typed
from planner.language import say
from planner.meetings.queries import frame
from planner.names import full
from planner.registration import queries as registrations
from planner.registration.deadlines import closed_text, may_change
from planner.registration.forms import differences, filled, labels
from planner.registration.rules import LIVE
from planner.registration.tables import Registration
from planner.web import Visit, see

PERSONAL = ("given", "family", "function")
PERSON = ADDRESS + "/people/{slug:str}"


def _person(session: Session, token: str, slug: str) -> tuple[Own, Registration]:
    own = own_of(session, token)
    return own, queries.colleague(session, own.delegation, slug)


@get(PERSON, opt=OWN, sync_to_thread=True)
def ask_change(request: Visit, token: FromPath[str], slug: FromPath[str]) -> Answer:
    """What one of these people comes for."""
    with read() as session:
        own, row = _person(session, token, slug)
    return _change(request, own, row, None, {}, 200)


@post(PERSON, opt=OWN, sync_to_thread=True)
def change(request: Visit, token: FromPath[str], slug: FromPath[str], body: RawBody) -> Answer:
    """Keep what the contact changed; the person gets a letter about it."""
    typed = forms.read(request, body)
    with read() as session:
        own, row = _person(session, token, slug)
        kept = filled(row, registrations.choices(session, row.id or 0), own.offer)
    given, errors = changed(typed, kept, own.offer, own.delegation)
    if given is None:
        return _change(request, own, row, typed, errors, 422)
    version = typed.one("version")
    known = int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else 0
    try:
        with write() as session:
            actions.change_colleague(session, own.offer, own.delegation, slug, given, known)
    except Stale as stale:
        return _change(request, own, row, typed, {"": stale.sentence}, 409)
    except Refusal as refusal:
        return _change(request, own, row, typed, {refusal.field: refusal.sentence}, 422)
    return see(own.home)


def _change(
    request: Visit, own: Own, row: Registration, typed: Typed | None, errors: Mapping[str, str], status: int
) -> Answer:
    with read() as session:
        row = queries.colleague(session, own.delegation, row.slug)
        kept = filled(row, registrations.choices(session, row.id or 0), own.offer)
        shown = kept if typed is None else Typed({**kept.values, **typed.values})
        if status == 409:
            shown = Typed({**shown.values, "version": kept.many("version")})
        context = own_context(session, own, shown, errors)
        may = may_change(session, own.offer.form, row, now(), own.link.email)
        closed = "" if may else closed_text(own.offer.form, own.offer.found.meeting.zone)
    return own_page(
        request,
        "colleague",
        context
        | {
            "row": row,
            "name": full(row.given, row.family, row.order, row.title),
            "is_live": row.status in LIVE and own.takes_place,
            "closed": closed,
            "changed": differences(typed or EMPTY, kept, _own_labels(own)) if status == 409 else [],
        },
        status,
    )


def _own_labels(own: Own) -> dict[str, str]:
    named = labels(own.offer)
    return {name: named[name] for name in (*PERSONAL, *days_of(own.offer), *VISITS)}


@get(PERSON + "/withdrawal", opt=OWN, sync_to_thread=True)
def ask_withdrawal(request: Visit, token: FromPath[str], slug: FromPath[str]) -> Answer:
    """One question: really?"""
    with read() as session:
        own, row = _person(session, token, slug)
    if row.status not in LIVE or not own.takes_place:
        return see(own.home)
    found = own.offer.found
    context = {
        "frame": frame(found.project, found.meeting),
        "meeting": found.meeting,
        "title": say(found.meeting.title),
        "name": full(row.given, row.family, row.order, row.title),
        "home": own.home,
        "here": f"{own.home}/people/{row.slug}",
    }
    return own_page(request, "withdrawal", context, 200)


@post(PERSON + "/withdrawal", opt=OWN, sync_to_thread=True)
def withdraw(request: Visit, token: FromPath[str], slug: FromPath[str], body: RawBody) -> Answer:
    """This person does not come; the next one who waits takes the place."""
    forms.read(request, body)
    with read() as session:
        own, _row = _person(session, token, slug)
    with write() as session:
        actions.withdraw_colleague(session, own.offer, own.delegation, slug)
    return see(f"/delegations/{delegation_token(own.link)}")


ROUTES: list[ControllerRouterHandler] = [ask_change, change, ask_withdrawal, withdraw]
