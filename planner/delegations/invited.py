"""The pages behind a personal invitation: a form that is filled in, and one click for those who cannot come."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import forms, limits
from planner.accounts.guards import act
from planner.clock import now
from planner.db import read, write
from planner.delegations import invitations, inviting
from planner.delegations.forms import prefilled
from planner.delegations.rules import OPEN, State
from planner.delegations.tables import PersonalInvitation
from planner.errors import Refusal, TooMany
from planner.forms import Typed
from planner.language import _
from planner.meetings.queries import Found, Frame, frame
from planner.names import full
from planner.network import network, visitor
from planner.registration import abuse, letters, uploads
from planner.registration import actions as registration
from planner.registration.deadlines import registers_late
from planner.registration.entry import Entry
from planner.registration.forms import TRAP, entry, form_key
from planner.registration.offer import Offer, offer_of
from planner.registration.pages import form_context
from planner.registration.rules import Phase, phase
from planner.registration.tables import Registration
from planner.registration.unconfirmed import hold
from planner.web import Visit, page, see

ADDRESS = "/invitations/{token:str}"
OWN = act("invitation.own")
Answer = Response[bytes]


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as its bearer sees it."""

    token: str
    row: PersonalInvitation
    offer: Offer
    state: State
    is_late: bool
    """Registration has closed for everybody else."""

    @property
    def here(self) -> str:
        """Its page."""
        return f"/invitations/{self.token}"

    @property
    def public(self) -> str:
        """The form for everybody."""
        found = self.offer.found
        return f"/{found.project.slug}/{found.meeting.slug}/register"

    @property
    def takes_answers(self) -> bool:
        """Whether somebody can register by it: also after «I cannot come», and anew for whom it was forwarded to."""
        if self.state in (State.REVOKED, State.EXPIRED) or not self.takes_place:
            return False
        return self.is_late or phase(self.offer.form, now()) is Phase.OPEN

    @property
    def takes_place(self) -> bool:
        """Whether the meeting was not called off: else there is nothing to answer any more."""
        return self.offer.found.meeting.cancelled_at is None


def _invited(session: Session, token: str) -> Invited:
    row = invitations.invitation_of_token(session, token)
    offered, moment = offer_of(session, row.meeting_id), now()
    is_late = registers_late(session, offered.form, row.email, moment) is not None
    return Invited(token, row, offered, invitations.stands(session, offered, row, moment), is_late)


def _shown(
    request: Visit, found: Invited, typed: Typed, errors: Mapping[str, str], status: int = 200, said: str = ""
) -> Answer:
    with read() as session:
        context = form_context(session, found.offer, typed, errors) | _context(found) | {"said": said}
    return _page(request, "invitation", context, status)


def _context(found: Invited) -> dict[str, Any]:
    row, where = found.row, found.offer.found
    return {
        "frame": _frame(where),
        "meeting": where.meeting,
        "base": f"/{where.project.slug}/{where.meeting.slug}",
        "here": found.here,
        "invitation": row,
        "state": found.state.value,
        "name": full(row.given, row.family, row.order, row.title),
        "takes_answers": found.takes_answers,
        "phase": phase(found.offer.form, now()).value,
        "form": found.offer.form,
    }


def _frame(where: Found) -> Frame:
    """The frame without the way to the empty form: who is invited shall not start there."""
    whole = frame(where.project, where.meeting)
    if whole.meeting is None:
        return whole
    nav = tuple(key for key in whole.meeting.nav if key != "register")
    return replace(whole, meeting=replace(whole.meeting, nav=nav))


def _page(request: Visit, template: str, context: Mapping[str, Any], status: int) -> Answer:
    answer = page(request, f"delegations/{template}.html", context, status=status)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@get(ADDRESS, opt=OWN, sync_to_thread=True)
def show(request: Visit, token: FromPath[str]) -> Answer:
    """The form, filled in. After the invited person has answered, only what may fit somebody else from there."""
    with read() as session:
        found = _invited(session, token)
    if not found.takes_answers:
        return _page(request, "invitation_over", _context(found), 200)
    owner = found.state is not State.ANSWERED
    return _shown(request, found, prefilled(found.row, found.offer, owner=owner), {})


@post(ADDRESS, opt=OWN, sync_to_thread=True)
def answer(request: Visit, token: FromPath[str], body: RawBody) -> Answer:
    """Register whoever has filled in the form."""
    return _answered(request, token, forms.read(request, body))


@post(f"{ADDRESS}/files", opt=OWN, sync_to_thread=True, request_max_body_size=uploads.BODY)
def answer_with_files(request: Visit, token: FromPath[str], body: RawBody) -> Answer:
    """The same for a form that asks for files."""
    return _answered(request, token, forms.read(request, body))


def _answered(request: Visit, token: str, typed: Typed) -> Answer:
    with read() as session:
        found = _invited(session, token)
    if not found.takes_answers:
        return _page(request, "invitation_over", _context(found), 409)
    try:
        typed = uploads.hold(typed, found.offer, visitor(request.scope))
        given, errors = entry(typed, found.offer)
        if given is None:
            return _shown(request, found, typed, errors, 422)
        row = _registered(request, found, typed, given)
    except Refusal as refusal:
        status = 429 if isinstance(refusal, TooMany) else 422
        again = _shown(request, found, typed, {refusal.field: refusal.sentence}, status)
        if isinstance(refusal, TooMany):
            again.headers["Retry-After"] = str(refusal.wait)
        return again
    return see(f"/my/{letters.token(row)}" if row else f"{found.public}/sent")


def _registered(request: Visit, found: Invited, typed: Typed, given: Entry) -> Registration | None:
    """The invited person answers the invitation; whoever else got the link registers like everybody.

    The link came to the invited address, so that one needs no other proof.
    """
    if typed.one(TRAP):
        return None
    if inviting.is_owner(found.row, given):
        with write() as session:
            return inviting.accept(session, found.offer, found.row, given, form_key(typed))
    who = visitor(request.scope)
    limits.count(
        [
            limits.from_network(abuse.REGISTERING_PER_NETWORK, who),
            limits.for_email(abuse.REGISTERING_PER_ADDRESS, given.email),
        ]
    )
    with read() as session:
        stranger = abuse.is_stranger(session, found.offer, given.email)
    if stranger:
        limits.count([(abuse.UNCONFIRMED_PER_NETWORK, network(who))])
    with write() as session:
        if not stranger:
            return registration.register(session, found.offer, given, form_key(typed))
        hold(session, found.offer, given, form_key(typed))
    return None


@get(f"{ADDRESS}/refusal", opt=OWN, sync_to_thread=True)
def ask_refusal(request: Visit, token: FromPath[str]) -> Answer:
    """One button: I cannot come."""
    with read() as session:
        found = _invited(session, token)
    if found.state not in OPEN or not found.takes_place:
        return see(found.here)
    return _page(request, "invitation_refusal", _context(found), 200)


@post(f"{ADDRESS}/refusal", opt=OWN, sync_to_thread=True)
def refuse(request: Visit, token: FromPath[str], body: RawBody) -> Answer:
    """The invited person cannot come; the organisers see it."""
    forms.read(request, body)
    with write() as session:
        found = _invited(session, token)
        if found.takes_place:
            inviting.decline(session, found.offer, found.row)
    return see(f"/invitations/{token}")


@post(f"{ADDRESS}/link", opt=OWN, sync_to_thread=True)
def link(request: Visit, token: FromPath[str], body: RawBody) -> Answer:
    """Mail the link to the own registration again, to the address it belongs to."""
    forms.read(request, body)
    with write() as session:
        found = _invited(session, token)
        inviting.send_own_link(session, found.offer, found.row)
    with read() as session:
        found = _invited(session, token)
    said = _("We have mailed the link to the registration to the address that was invited.")
    return _shown(request, found, prefilled(found.row, found.offer, owner=False), {}, said=said)


ROUTES: list[ControllerRouterHandler] = [show, answer, answer_with_files, ask_refusal, refuse, link]
