"""Registering for a meeting, without an account."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import forms, limits
from planner.accounts.guards import act
from planner.clock import now
from planner.db import read, write
from planner.errors import Missing, Refusal, TooMany
from planner.forms import Typed
from planner.language import _, say
from planner.meetings.queries import Found, find, frame, scope_of_meeting
from planner.network import network, visitor
from planner.registration import abuse, actions, asking, deadlines, letters, link_again, queries, uploads
from planner.registration.entry import Entry
from planner.registration.form_keys import new_key, shown_at
from planner.registration.forms import TRAP, blank, entry, form_key, labels, legible
from planner.registration.offer import Offer, offer
from planner.registration.options import options
from planner.registration.rules import Phase, phase
from planner.registration.tables import Registration
from planner.registration.unconfirmed import hold
from planner.web import Visit, page, see

ADDRESS = "/{project:str}/{meeting:str}/register"
REGISTER = act("registration.register", scope_of_meeting)
Answer = Response[bytes]


@get(ADDRESS, opt=REGISTER, sync_to_thread=True)
def ask(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Answer:
    """The form, or when it opens and whom to ask."""
    with read() as session:
        found = find(session, project, meeting)
        late = request.query_params.get("late", "")
        offered = _open_offer(session, found, late)
        context = form_context(session, offered, _unused(offered, late), {}) if offered else _closed(session, found)
    return _page(request, context)


@post(ADDRESS, opt=REGISTER, sync_to_thread=True)
def register(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Answer:
    """Register, and go to one's own page; somebody who is registered already is only told to look for a letter."""
    return _register(request, project, meeting, forms.read(request, body))


@post(f"{ADDRESS}/files", opt=REGISTER, sync_to_thread=True, request_max_body_size=uploads.BODY)
def register_with_files(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Answer:
    """The same for a form that asks for files, and so may be large."""
    return _register(request, project, meeting, forms.read(request, body))


@post(f"{ADDRESS}/questions", opt=REGISTER, sync_to_thread=True)
def further_questions(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Answer:
    """The meeting's own questions as they follow from the form as it stands; nothing (204) when they stay the same."""
    typed = forms.read(request, body)
    with read() as session:
        offered = _open_offer(session, find(session, project, meeting), typed.one("late"))
        if offered is None:
            raise Missing
        context = form_context(session, offered, typed, {})
    return asked_again(request, context, typed)


def asked_again(request: Visit, context: Mapping[str, Any], typed: Typed) -> Answer:
    """The block of the questions for a form that is being filled in."""
    if typed.one("shown") == " ".join(view.question.slug for view in context["asked"] if view.is_shown):
        return Response(b"", status_code=204, media_type="text/html")
    return page(request, "registration/questions.html", context, block="questions")


def _register(request: Visit, project: str, meeting: str, typed: Typed) -> Answer:
    with read() as session:
        found = find(session, project, meeting)
        offered = _open_offer(session, found, typed.one("late"))
        if offered is None:
            return _page(request, _closed(session, found), 409)
    try:
        typed = uploads.hold(typed, offered, visitor(request.scope))
        given, errors = entry(typed, offered)
        if given is None:
            return _again(request, offered, typed, errors)
        row = _sent_in(request, offered, typed, given)
    except Refusal as refusal:
        return _again(request, offered, typed, {refusal.field: refusal.sentence}, refusal)
    return see(f"/my/{letters.token(row)}" if row else f"/{project}/{meeting}/register/sent")


def _sent_in(request: Visit, offered: Offer, typed: Typed, given: Entry) -> Registration | None:
    """Register, unless it looks like a program's work; None leads to the page that tells everybody the same.

    Raises Refusal for what came too quickly or too often, and when no place can be had.
    """
    abuse.check_pace(typed.one("form_key"), now())
    who = visitor(request.scope)
    limits.count(
        [
            limits.from_network(abuse.REGISTERING_PER_NETWORK, who),
            limits.for_email(abuse.REGISTERING_PER_ADDRESS, given.email),
        ]
    )
    if typed.one(TRAP):  # the answer is one that people get too: programs learn nothing from it
        return None
    with read() as session:
        stranger = abuse.is_stranger(session, offered, given.email)
    if not stranger:
        with write() as session:
            return actions.register(session, offered, given, form_key(typed))
    limits.count([(abuse.UNCONFIRMED_PER_NETWORK, network(who))])
    with write() as session:
        hold(session, offered, given, form_key(typed))
    return None


@get(f"{ADDRESS}/sent", opt=REGISTER, sync_to_thread=True)
def sent(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Answer:
    """What to do now; the same for everybody."""
    with read() as session:
        found = find(session, project, meeting)
        form = queries.form_of(session, found.meeting.id or 0)
    proves = form is not None and form.confirm_unknown
    context = {"frame": frame(found.project, found.meeting, "register"), "meeting": found.meeting, "proves": proves}
    return page(request, "registration/sent.html", context)


@get(f"{ADDRESS}/link", opt=REGISTER, sync_to_thread=True)
def ask_link(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Answer:
    """The field for one's address, also when the form is closed."""
    with read() as session:
        found = find(session, project, meeting)
    return page(request, "registration/link.html", _link_context(found, "", {}))


@post(f"{ADDRESS}/link", opt=REGISTER, sync_to_thread=True)
def link(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Answer:
    """Mail the link to one's own page again. Nothing here tells whether an address is registered."""
    check = forms.Check(forms.read(request, body))
    email = check.address("email", needed=_("Please write your e-mail address."))
    with read() as session:
        found = find(session, project, meeting)
    if not check.fine:
        return page(request, "registration/link.html", _link_context(found, email, check.errors), status=422)
    try:
        limits.count(
            [
                limits.from_network(abuse.LINKS_PER_NETWORK, visitor(request.scope)),
                limits.for_email(abuse.LINKS_PER_ADDRESS, email),
            ]
        )
    except TooMany as refusal:
        return _link_again(request, found, email, refusal)
    with write() as session:
        link_again.ask(session, email, found.meeting.id)
    return see(f"/{project}/{meeting}/register/sent")


def _link_again(request: Visit, found: Found, email: str, refusal: TooMany) -> Answer:
    """The one field again, with the address that was typed."""
    context = _link_context(found, email, {"email": refusal.sentence})
    answer = page(request, "registration/link.html", context, status=429)
    answer.headers["Retry-After"] = str(refusal.wait)
    return answer


def _link_context(found: Found, email: str, errors: Mapping[str, str]) -> dict[str, Any]:
    return {
        "frame": frame(found.project, found.meeting, "register"),
        "meeting": found.meeting,
        "base": f"/{found.project.slug}/{found.meeting.slug}",
        "typed": Typed({"email": [email]}),
        "errors": errors,
    }


def _open_offer(session: Session, found: Found, late: str) -> Offer | None:
    """What one can register for now; after the deadline only with the secret of an exception (`late`)."""
    form = queries.form_of(session, found.meeting.id or 0)
    now_is = phase(form, now())
    excepted = now_is is Phase.CLOSED and late and deadlines.admits(session, found.meeting.id or 0, late)
    is_open = (now_is is Phase.OPEN or excepted) and found.meeting.cancelled_at is None
    return offer(session, found) if is_open else None


def _unused(offered: Offer, late: str) -> Typed:
    """An unused form, which takes the secret of an exception along."""
    form = blank(offered)
    return Typed({**form.values, "late": [late]}) if late else form


def _again(
    request: Visit, offered: Offer, typed: Typed, errors: Mapping[str, str], refusal: Refusal | None = None
) -> Answer:
    """The form as it was typed. One that we never showed gets a key of ours: sent once more, it is taken."""
    if shown_at(typed.one("form_key")) is None:
        typed = Typed({**typed.values, "form_key": [new_key(now())]}, typed.files)
    with read() as session:
        context = form_context(session, offered, typed, errors)
    if not isinstance(refusal, TooMany):
        return _page(request, context, 422)
    answer = _page(request, context, 429)
    answer.headers["Retry-After"] = str(refusal.wait)
    return answer


def _page(request: Visit, context: Mapping[str, Any], status: int = 200) -> Answer:
    return page(request, f"registration/{context['template']}.html", context, block="main", status=status)


def form_context(session: Session, offered: Offer, typed: Typed, errors: Mapping[str, str]) -> dict[str, Any]:
    """What the form shows: what is offered, what is free, and what was typed."""
    found, number = offered.found, offered.form.meeting_id
    places, live = queries.places(session, offered.form), queries.claims(session, number)
    seats = queries.seats_apart(session, number, offered.sizes)
    visits, rides = ({pool[1]: one for pool, one in seats.items() if pool[0] == kind} for kind in ("visit", "ride"))
    return {
        "template": "register",
        "frame": frame(found.project, found.meeting, "register"),
        "meeting": found.meeting,
        "base": f"/{found.project.slug}/{found.meeting.slug}",
        "offer": offered,
        "purposes": {purpose: say(texts) for purpose, texts in offered.purposes.items()},
        "options": options(offered, places, live, visits, rides),
        "seats": queries.seats_of(live, places),
        "visit_seats": visits,
        "typed": typed,
        "errors": errors,
        "labels": labels(offered),
        "asked": _asked(session, offered, typed),
        "usual_terms": asking.usual_terms(offered),
        "asking_at": f"/{found.project.slug}/{found.meeting.slug}/register/questions",
        "has_conditions": any(question.condition for question in offered.questions),
        "takes_files": any(question.kind == "file" for question in offered.questions),
    }


def _asked(session: Session, offered: Offer, typed: Typed) -> list[asking.AskedView]:
    """The meeting's own questions, and what is left of their limited options."""
    limits = offered.limits
    seats = queries.seats_apart(session, offered.form.meeting_id, limits) if limits else {}
    left = {pool: 0 if one.full else one.seats - one.taken for pool, one in seats.items()}
    return asking.views(offered, legible(typed, offered, again=bool(typed.one("version"))), typed, left)


def _closed(session: Session, found: Found) -> dict[str, Any]:
    form = queries.form_of(session, found.meeting.id or 0)
    return {
        "template": "closed",
        "frame": frame(found.project, found.meeting, "register"),
        "meeting": found.meeting,
        "base": f"/{found.project.slug}/{found.meeting.slug}",
        "form": form,
        "phase": phase(form, now()).value,
    }


ROUTES: list[ControllerRouterHandler] = [ask, register, register_with_files, further_questions, sent, ask_link, link]
