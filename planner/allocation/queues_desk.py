"""The desk's pages about everything limited: places and queues, a place given by hand, exceptions from deadlines."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import db, letter
from planner.accounts.guards import Scope, act, viewer
from planner.allocation.overriding import Costly, override
from planner.allocation.queues import Bearer, bearer, queues
from planner.clock import now
from planner.errors import Missing, Refusal
from planner.forms import EMPTY, Check, Typed, read
from planner.language import _
from planner.materials.document_desk import actor
from planner.meetings.queries import Found, at_desk, frame, scope_of_meeting
from planner.registration import deadlines, sentences, words
from planner.registration.offer import Offer, offer
from planner.registration.pools import Pool
from planner.registration.walls import moment
from planner.web import Visit, page, see

DESK = "/{project:str}/{meeting:str}/desk"
READ = act("registrations.read", scope_of_meeting)
DECIDE = act("registrations.decide", scope_of_meeting)
Answer = Response[bytes]


def _may_decide(request: Visit, found: Found) -> bool:
    who, project = viewer(request), found.project.id or 0
    return who is not None and who.may("registrations.decide", Scope("meeting", found.meeting.id or 0, project))


def _context(request: Visit, offered: Offer) -> dict[str, Any]:
    found = offered.found
    return {
        "frame": frame(found.project, found.meeting, "desk"),
        "meeting": found.meeting,
        "base": f"/{found.project.slug}/{found.meeting.slug}/desk",
        "form": offered.form,
        "words": words,
        "may_decide": _may_decide(request, found),
        "now": now(),
    }


@get(f"{DESK}/queues", opt=READ, sync_to_thread=True)
def overview(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Answer:
    """Every pool with its figures, and who waits for it in order."""
    with db.read() as session:
        offered = offer(session, at_desk(session, project, meeting))
        context = {**_context(request, offered), "queues": queues(session, offered), "spelled": spelled}
    return page(request, "allocation/queues.html", context)


def spelled(pool: Pool) -> str:
    """A pool as it stands in a form."""
    kind, number, key = pool
    return f"{kind}:{number}:{key}"


def _read_pool(check: Check) -> Pool:
    kind, _sep, rest = check.text("pool", needed=_("Please choose what to give.")).partition(":")
    number, _sep, key = rest.partition(":")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        check.wrong("pool", _("Please choose what to give."))
        return kind, 0, key
    return kind, int(number), key


@get(f"{DESK}/queues/people/{{number:int}}", opt=DECIDE, sync_to_thread=True)
def person(request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int]) -> Answer:
    """One person: how they stand with each thing, and the form that gives them a place."""
    typed = Typed({"pool": [request.query_params.get("pool", "")]})
    return _person(request, (project, meeting, number), typed, {})


def _person(
    request: Visit,
    address: tuple[str, str, int],
    typed: Typed,
    errors: dict[str, str],
    costly: Costly | None = None,
) -> Answer:
    project, meeting, number = address
    with db.read() as session:
        offered = offer(session, at_desk(session, project, meeting))
        found = bearer(session, offered, _known(number))
    costs = costly.costs if costly else []
    context = {
        **_context(request, offered),
        "person": found,
        "things": _things(found),
        "spelled": spelled,
        "typed": typed,
        "errors": errors,
        "costs": [sentences.cost_text(offered, one.pool, one.taken, one.size, one.passed) for one in costs],
        "mark": costly.mark if costly else "",
        "labels": {"pool": _("What to give"), "reason": _("Reason")},
    }
    status = 409 if costly else 422 if errors else 200
    return page(request, "allocation/override.html", context, status=status)


def _known(number: int) -> int:
    if not 0 < number < 2**31:
        raise Missing
    return number


def _things(found: Bearer) -> list[tuple[str, str]]:
    return [
        (spelled(one.pool), one.name)
        for one in found.holdings
        if one.standing is None or one.standing.state != "held"
    ]  # fmt: skip


@post(f"{DESK}/queues/people/{{number:int}}/places", opt=DECIDE, sync_to_thread=True)
def give_place(
    request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int], body: RawBody
) -> Answer:
    """Give the place: at once when it costs nobody anything, else after a sentence with the numbers was confirmed."""
    check = Check(read(request, body))
    pool = _read_pool(check)
    reason = check.text("reason", needed=_("Please write why: it goes into the history."), limit=300)
    address = (project, meeting, number)
    if not check.fine:
        return _person(request, address, check.typed, check.errors)
    try:
        with db.write() as session:
            offered = offer(session, at_desk(session, project, meeting))
            bearer(session, offered, _known(number))
            override(session, offered, number, actor(request), pool, reason, check.typed.one("mark"))
    except Costly as costly:
        return _person(request, address, check.typed, {}, costly)
    except Refusal as refusal:
        return _person(request, address, check.typed, {refusal.field or "pool": refusal.sentence})
    return see(f"/{project}/{meeting}/desk/queues/people/{number}?given=yes")


@get(f"{DESK}/exceptions", opt=DECIDE, sync_to_thread=True)
def late(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Answer:
    """Who may still register or change after a deadline, who allowed it, and whether it was used."""
    return _late(request, project, meeting, EMPTY, {})


def _late(request: Visit, project: str, meeting: str, typed: Typed, errors: dict[str, str]) -> Answer:
    with db.read() as session:
        offered = offer(session, at_desk(session, project, meeting))
        rows = deadlines.exceptions(session, offered.form.meeting_id)
    labels = {"email": _("E-mail address"), "until": _("Until when"), "reason": _("Reason")}
    context = {**_context(request, offered), "rows": rows, "typed": typed, "errors": errors, "labels": labels}
    return page(request, "allocation/exceptions.html", context, status=422 if errors else 200)


@post(f"{DESK}/exceptions", opt=DECIDE, sync_to_thread=True)
def allow(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Answer:
    """Let one address in until then, and tell it by a letter with a link."""
    check = Check(read(request, body))
    email = _address(check)
    reason = check.text("reason", limit=300)
    try:
        with db.write() as session:
            offered = offer(session, at_desk(session, project, meeting))
            until = moment(check, "until", offered.found.meeting.zone, needed=_("Please write until when."))
            if check.fine and until:
                deadlines.allow(session, offered, actor(request), email, until, reason)
                return see(f"/{project}/{meeting}/desk/exceptions?saved=yes")
    except Refusal as refusal:
        check.wrong(refusal.field, refusal.sentence)
    return _late(request, project, meeting, check.typed, check.errors)


def _address(check: Check) -> str:
    value = check.address("email", needed=_("Please write the e-mail address of the person."))
    try:
        letter.address(value or "nobody@example.org")
    except ValueError:
        check.wrong("email", _("Please write the e-mail address like name@example.org, in Latin letters."))
    return value


@post(f"{DESK}/exceptions/{{number:int}}/end", opt=DECIDE, sync_to_thread=True)
def end(request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int], body: RawBody) -> Answer:
    """Take an exception back."""
    read(request, body)
    with db.write() as session:
        _end(session, project, meeting, actor(request), number)
    return see(f"/{project}/{meeting}/desk/exceptions?saved=yes")


def _end(session: Session, project: str, meeting: str, who: str, number: int) -> None:
    deadlines.end(session, offer(session, at_desk(session, project, meeting)), who, _known(number))


ROUTES: list[ControllerRouterHandler] = [overview, person, give_place, late, allow, end]
