"""The desk's pages of who goes on which study visit: the board, moving and locking people, the proposal, letters."""

from collections.abc import Callable, Mapping
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import db
from planner.accounts.guards import Scope, act, viewer
from planner.allocation import actions as allocating
from planner.allocation import seating
from planner.allocation.queries import Board, Guest, board, mark_of, proposal
from planner.allocation.rules import Given, Why
from planner.errors import Refusal, Stale
from planner.forms import EMPTY, Check, Typed, read
from planner.language import _, ngettext
from planner.materials.document_desk import actor
from planner.meetings.queries import Found, at_desk, frame, scope_of_meeting
from planner.web import Visit, page, see

ALLOCATION = "/{project:str}/{meeting:str}/desk/allocation"
ALLOCATE = act("visits.allocate", scope_of_meeting)
LARGEST_ID = 2**31 - 1


def _may_care(request: Visit, found: Found) -> bool:
    """Whether the viewer may read what people wrote about access."""
    who, project = viewer(request), found.project.id or 0
    return who is not None and who.may("care.read", Scope("meeting", found.meeting.id or 0, project))


def _context(found: Found, view: Board) -> dict[str, Any]:
    desk = f"/{found.project.slug}/{found.meeting.slug}/desk"
    return {
        "frame": frame(found.project, found.meeting, "desk"),
        "meeting": found.meeting,
        "desk": desk,
        "base": f"{desk}/allocation",
        "view": view,
        "letters": view.letters,
    }


@get(ALLOCATION, opt=ALLOCATE, sync_to_thread=True)
def people(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """Visits side by side with their people, and who has no seat."""
    return _people(request, project, meeting, EMPTY, {})


def _people(
    request: Visit, project: str, meeting: str, typed: Typed, errors: Mapping[str, str], status: int = 422
) -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        view, last = board(session, found, with_care=_may_care(request, found)), seating.last_act(session, found)
    ticked = {value.partition(":")[0] for value in typed.many("person")}
    sent = request.query_params.get("sent", "")
    values = {
        **_context(found, view),
        "ticked": ticked,
        "errors": errors,
        "said": _sent(int(sent)) if sent.isascii() and sent.isdecimal() and len(sent) < 6 else "",
        "mark_text": mark_text,
        "last": last,
    }
    return page(request, "allocation/allocation.html", values, status=status if errors else 200)


def _sent(count: int) -> str:
    return ngettext("%(num)d letter is on its way.", "%(num)d letters are on their way.", count) % {"num": count}


def mark_text(guest: Guest, letters: Mapping[int, str]) -> tuple[str, str]:
    """How somebody's seat and wishes go together, in words and as the kind of a badge."""
    if guest.rank:
        return (_("1st choice"), "good") if guest.rank == 1 else (_("2nd choice"), "accent")
    if not guest.choices:
        return _("no choice given"), ""
    wishes = " · ".join(f"{rank}. {letters[item]}" for rank, item in enumerate(guest.choices, 1))
    return _("wished for %(visits)s") % {"visits": wishes}, "warn"


def _seen(check: Check) -> dict[int, int | None]:
    """The ticked people with the seats they were seen to have."""
    found: dict[int, int | None] = {}
    for value in check.typed.many("person"):
        number, _colon, item = value.partition(":")
        if (one := _number(number)) is not None:
            found[one] = _number(item)
    if not found:
        check.wrong("", _("Please tick the people this is about."))
    return found


def _number(value: str) -> int | None:
    fine = value.isascii() and value.isdecimal() and len(value) < 11 and 0 < int(value) <= LARGEST_ID
    return int(value) if fine else None


def _do(
    request: Visit, project: str, meeting: str, check: Check, act_of: Callable[[Session, Found], object]
) -> Response[bytes]:
    """Do an act and go back to the board; what cannot be done is said there, with the same people ticked."""
    if not check.fine:
        return _people(request, project, meeting, check.typed, check.errors)
    try:
        with db.write() as session:
            act_of(session, at_desk(session, project, meeting))
    except Refusal as refusal:
        status = 409 if isinstance(refusal, Stale) else 422
        return _people(request, project, meeting, check.typed, {"": refusal.sentence}, status)
    return see(f"/{project}/{meeting}/desk/allocation")


@post(ALLOCATION + "/places", opt=ALLOCATE, sync_to_thread=True)
def assign(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Give the ticked people a seat on the visit whose button was pressed, or none."""
    check = Check(read(request, body))
    seen, wish = _seen(check), check.typed.one("to")
    if wish != "none" and _number(wish) is None:
        check.wrong("", _("Please choose where they go."))

    def act_of(session: Session, found: Found) -> None:
        allocating.assign(session, found, actor(request), seen, _number(wish))

    return _do(request, project, meeting, check, act_of)


@post(ALLOCATION + "/locks", opt=ALLOCATE, sync_to_thread=True)
def lock(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Lock or unlock the places of the ticked people."""
    check = Check(read(request, body))
    seen = _seen(check)
    wish = check.choice("lock", ("yes", "no"), needed=_("Please choose what to do."))

    def act_of(session: Session, found: Found) -> None:
        allocating.set_locks(session, found, actor(request), seen, locked=wish == "yes")

    return _do(request, project, meeting, check, act_of)


@post(ALLOCATION + "/changes/{change:int}/undo", opt=ALLOCATE, sync_to_thread=True)
def undo(
    request: Visit, project: FromPath[str], meeting: FromPath[str], change: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Take a change of seats back: of everybody it was about, or of nobody."""
    check = Check(read(request, body))
    try:
        with db.write() as session:
            seating.undo(session, at_desk(session, project, meeting), actor(request), min(change, LARGEST_ID))
    except Refusal as refusal:
        return _people(request, project, meeting, check.typed, {"": refusal.sentence}, 409)
    return see(f"/{project}/{meeting}/desk/allocation")


@post(ALLOCATION + "/letters", opt=ALLOCATE, sync_to_thread=True)
def send(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Write to all whose seat has changed since they were last told."""
    check = Check(read(request, body))
    try:
        with db.write() as session:
            count = allocating.send(session, at_desk(session, project, meeting), actor(request))
    except Refusal as refusal:
        return _people(request, project, meeting, check.typed, {"": refusal.sentence})
    return see(f"/{project}/{meeting}/desk/allocation?sent={count}")


@get(ALLOCATION + "/proposal", opt=ALLOCATE, sync_to_thread=True)
def propose(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """What the rules would give everybody, with the reason for each; nothing is changed yet."""
    return _propose(request, project, meeting, {})


def _propose(request: Visit, project: str, meeting: str, errors: Mapping[str, str]) -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        view = board(session, found, with_care=_may_care(request, found))
    given, guests = proposal(view), {guest.number: guest for guest in view.guests}
    rows = [(guests[one.number], one, reason_text(one)) for one in given]
    changed = [row for row in rows if row[0].current != row[1].item]
    values = {
        **_context(found, view),
        "changed": changed,
        "kept": [row for row in rows if row not in changed],
        "mark": mark_of(given),
        "errors": errors,
    }
    return page(request, "allocation/allocation_proposal.html", values, status=409 if errors else 200)


def reason_text(given: Given) -> str:
    """Why somebody gets what is proposed."""
    words = {
        Why.LOCKED: _("locked, stays"),
        Why.BY_HAND: _("placed by hand, stays"),
        Why.OFFERED: _("was offered a place and has not answered yet"),
        Why.FIRST: _("first choice"),
        Why.SECOND: _("first choice full: no. %(place)d of %(of)d to register for it"),
        Why.SECOND_STEP_FREE: _("no wheelchair place left on the first choice"),
        Why.SECOND_GONE: _("the first choice does not take place"),
        Why.GONE: _("what was wished for is full or does not take place"),
        Why.FULL: _("all choices full: no. %(place)d of %(of)d to register for the first"),
        Why.NOT_STEP_FREE: _("no wheelchair place left on the choices"),
        Why.NO_CHOICE: _("no choice given"),
    }
    return words[given.why] % {"place": given.place, "of": given.of}


@post(ALLOCATION + "/proposal", opt=ALLOCATE, sync_to_thread=True)
def accept(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Give everybody what was proposed; when the proposal would be another one by now, show that one."""
    mark = read(request, body).one("mark")
    try:
        with db.write() as session:
            found = at_desk(session, project, meeting)
            care = _may_care(request, found)
            allocating.apply_proposal(session, found, actor(request), mark, with_care=care)
    except Stale as stale:
        return _propose(request, project, meeting, {"": stale.sentence})
    return see(f"/{project}/{meeting}/desk/allocation")


ROUTES: list[ControllerRouterHandler] = [people, assign, lock, undo, send, propose, accept]
