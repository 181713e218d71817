"""A delegation's own pages: whoever has the link sees, registers and changes these people, and nobody else's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import forms, limits
from planner.accounts.guards import act
from planner.clock import now
from planner.db import read, write
from planner.delegations import actions, queries
from planner.delegations.forms import (
    ROW,
    batch,
    categories,
    days_of,
    empty,
    filled_rows,
    rows_of,
    with_more_rows,
    with_pasted,
    without_rows,
)
from planner.delegations.inviting import Sender, invite
from planner.delegations.offering import as_invitees, language_options
from planner.delegations.tables import DelegationLink
from planner.errors import Refusal, TooMany
from planner.forms import Typed
from planner.language import _
from planner.limits import Limit
from planner.meetings.queries import frame
from planner.names import full
from planner.registration.deadlines import registers_late
from planner.registration.form_keys import new_key, shown_at
from planner.registration.forms import form_key, labels
from planner.registration.offer import Offer, offer_of
from planner.registration.pages import form_context
from planner.registration.rules import Phase, phase
from planner.registration.tables import Delegation
from planner.registration.words import category_text, status_kind, status_text
from planner.web import Visit, page, see

ADDRESS = "/delegations/{token:str}"
OWN = act("delegation.own")
SENDING = Limit("delegation", 60, timedelta(hours=1))
"""Forms that one delegation may send: a stolen link must not flood anybody with letters."""
Answer = Response[bytes]


@dataclass(frozen=True, slots=True)
class Own:
    """A delegation as its contact sees it."""

    token: str
    delegation: Delegation
    link: DelegationLink
    offer: Offer
    is_late: bool = False
    """Registration has closed for everybody else."""

    @property
    def home(self) -> str:
        """Its page."""
        return f"/delegations/{self.token}"

    @property
    def is_open(self) -> bool:
        """Whether more people can be registered."""
        return (phase(self.offer.form, now()) is Phase.OPEN or self.is_late) and self.takes_place

    @property
    def takes_place(self) -> bool:
        """Whether the meeting was not called off: else nothing can be changed any more."""
        return self.offer.found.meeting.cancelled_at is None


def own_of(session: Session, token: str) -> Own:
    """What the bearer of that secret may see. Raises Missing."""
    delegation, link = queries.of_token(session, token)
    offered = offer_of(session, delegation.meeting_id)
    is_late = registers_late(session, offered.form, link.email, now()) is not None
    return Own(token, delegation, link, offered, is_late)


def _shown(
    request: Visit,
    own: Own,
    typed: Typed,
    errors: Mapping[str, str],
    *,
    done: Sequence[str] = (),
    status: int = 200,
) -> Answer:
    with read() as session:
        context = own_context(session, own, typed, errors) | {"done": done}
    return own_page(request, "delegation", context, status)


def own_page(request: Visit, template: str, context: Mapping[str, Any], status: int) -> Answer:
    """A page that nobody keeps and no search engine lists."""
    answer = page(request, f"delegations/{template}.html", context, status=status)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def own_context(session: Session, own: Own, typed: Typed, errors: Mapping[str, str]) -> dict[str, Any]:
    """What the pages of a delegation show: its people and places, and a form with what was typed."""
    offered = own.offer
    partner = next((one for one in offered.partners if one.id == own.delegation.partner_id), None)
    people = queries.colleagues(session, offered, own.delegation.id or 0)
    rows = rows_of(typed)
    named = labels(offered)
    return form_context(session, offered, typed, errors) | {
        "frame": frame(offered.found.project, offered.found.meeting),
        "home": own.home,
        "is_open": own.is_open,
        "takes_place": own.takes_place,
        "link": own.link,
        "partner": partner,
        "people": people,
        "days": {day.id: day for day in offered.days},
        "shares": queries.shares(session, offered, own.delegation.partner_id),
        "rows": rows,
        "latin_rows": [row for row in rows if _needs_latin(typed, errors, row)],
        "categories": [(one, category_text(one)) for one in categories(own.delegation)],
        "category_text": category_text,
        "status_text": status_text,
        "status_kind": status_kind,
        "languages": language_options(),
        "day_names": days_of(offered),
        "row_labels": _row_labels(rows, named) | named,
    }


def _needs_latin(typed: Typed, errors: Mapping[str, str], row: str) -> bool:
    return any(f"{name}-{row}" in errors or typed.one(f"{name}-{row}") for name in ("latin_given", "latin_family"))


def _row_labels(rows: list[str], named: Mapping[str, str]) -> dict[str, str]:
    return {
        f"{name}-{row}": f"{_('Person %(number)s') % {'number': row}}, {named[name]}" for row in rows for name in ROW
    }


@get(ADDRESS, opt=OWN, sync_to_thread=True)
def show(request: Visit, token: FromPath[str]) -> Answer:
    """The people of this delegation, the places there are, and a form for more."""
    with read() as session:
        own = own_of(session, token)
    return _shown(request, own, empty(own.offer, own.delegation, own.link.language), {})


@post(ADDRESS, opt=OWN, sync_to_thread=True)
def send(request: Visit, token: FromPath[str], body: RawBody) -> Answer:
    """One form, four buttons: more rows, a pasted list as rows, register these people, or invite them."""
    typed = _keyed(forms.read(request, body))
    with read() as session:
        own = _with_exceptions(session, own_of(session, token), typed)
    wish = typed.one("act")
    if wish == "more":
        return _shown(request, own, with_more_rows(typed), {})
    if wish == "paste":
        return _pasted(request, own, typed)
    if not own.is_open:
        return _shown(request, own, typed, {"": _("Registration is closed. Please ask the organisers.")}, status=409)
    return _sent(request, own, typed, inviting=wish == "invite")


def _with_exceptions(session: Session, own: Own, typed: Typed) -> Own:
    """After the deadline the form is open to people for whom an organiser has made an exception."""
    people = (typed.one(f"email-{row}") for row in filled_rows(typed))
    is_late = own.is_late or any(registers_late(session, own.offer.form, email, now()) for email in people)
    return replace(own, is_late=is_late)


def _keyed(typed: Typed) -> Typed:
    """The form with a key of ours, whatever happened to it."""
    if shown_at(typed.one("form_key")) is None:
        return Typed({**typed.values, "form_key": [new_key(now())]})
    return typed


def _pasted(request: Visit, own: Own, typed: Typed) -> Answer:
    if not typed.one("paste").strip():
        return _shown(request, own, typed, {"paste": _("Please paste at least one line.")}, status=422)
    shown, said = with_pasted(typed)
    if not said:
        return _shown(request, own, typed, {"paste": _("Nobody could be found in this text.")}, status=422)
    return _shown(request, own, shown, {}, done=[said])


def _sent(request: Visit, own: Own, typed: Typed, *, inviting: bool) -> Answer:
    judged = batch(typed, own.offer, own.delegation)
    errors = dict(judged.errors)
    if not judged.entries:
        return _shown(request, own, typed, errors, status=422)
    try:
        limits.count([(SENDING, own.link.uid)])
    except TooMany as refusal:
        answer = _shown(request, own, typed, {"": refusal.sentence}, status=429)
        answer.headers["Retry-After"] = str(refusal.wait)
        return answer
    if inviting:
        try:
            done, finished = _invited(own, judged.entries)
        except Refusal as refusal:
            return _shown(request, own, typed, {"": refusal.sentence}, status=422)
    else:
        done, finished, refused = _registered(own, judged.entries, form_key(typed))
        errors |= refused
    if not errors:
        return see(f"{own.home}?done={len(done)}")
    rest = without_rows(typed, finished)
    return _shown(request, own, rest, errors, done=done, status=422)


def _registered(own: Own, entries: Mapping[str, Any], key: str) -> tuple[list[str], list[str], dict[str, str]]:
    """Sentences about those who are registered, their rows, and what is wrong with the others."""
    with write() as session:
        found = actions.register_colleagues(session, own.offer, own.delegation, entries, key)
    done, rows, errors = list[str](), list[str](), dict[str, str]()
    for row, outcome in found.items():
        name = full(entries[row].given, entries[row].family)
        if outcome.refusal:
            errors[f"{outcome.field}-{row}" if outcome.field in ROW else f"email-{row}"] = outcome.refusal
        elif outcome.registration is None:
            errors[f"email-{row}"] = _("This person is registered already. We have mailed them their own link again.")
        else:
            done.append(f"{name}: {status_text(outcome.registration.status)}")
            rows.append(row)
    return done, rows, errors


def _invited(own: Own, entries: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    sender = Sender(actions.actor_of(own.delegation), own.link.name or own.link.email, own.delegation.id)
    with write() as session:
        written = invite(session, own.offer, as_invitees(entries), sender, own.offer.form.closes_at)
    names = [f"{full(row.given, row.family)}: {_('a letter is on its way')}" for row in written]
    return names, list(entries)


@post(ADDRESS + "/refusal", opt=OWN, sync_to_thread=True)
def nobody(request: Visit, token: FromPath[str], body: RawBody) -> Answer:
    """Nobody of this delegation comes."""
    forms.read(request, body)
    with write() as session:
        own = own_of(session, token)
        if own.takes_place:
            actions.answer_nobody(session, own.delegation)
    return see(own.home)


ROUTES: list[ControllerRouterHandler] = [show, send, nobody]
