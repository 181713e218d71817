"""The desk's pages of study visits and transport: all of them, and the forms of one. Plain forms throughout."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import db
from planner.accounts.guards import act
from planner.agenda.actions import undo_change
from planner.agenda.changes import OUTINGS, last_changes
from planner.agenda.words import kind_text
from planner.errors import Missing, Refusal, Stale
from planner.forms import EMPTY, Check, Typed, read
from planner.language import language_text
from planner.materials.document_desk import actor
from planner.meetings.queries import Found, at_desk, frame, scope_of_meeting
from planner.visits import actions, forms
from planner.visits.actions import About
from planner.visits.entry import RideValues, StopValues, VisitValues
from planner.visits.forms import Line, Offered, as_typed, compared, labels, offered
from planner.visits.outline import Outing, listed, outing
from planner.visits.words import ride_text, walking_text
from planner.web import Visit, page, see

VISITS = "/{project:str}/{meeting:str}/desk/visits"
ITEM = VISITS + "/{item:int}"
EDIT = act("agenda.edit", scope_of_meeting)
LARGEST_ID = 2**31 - 1


class Where(NamedTuple):
    """The address of an item at the desk."""

    project: str
    meeting: str
    item: int


class Conflict(NamedTuple):
    """What the reader wrote and what somebody else has saved since."""

    sentence: str
    rows: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A form that was not taken: `visit`, `ride`, `stop-new` or `stop-7`, as typed and with what is wrong."""

    form: str = ""
    typed: Typed = EMPTY
    errors: Mapping[str, str] = field(default_factory=dict)
    conflict: Conflict | None = None

    @property
    def status(self) -> int:
        """Of the answer that shows it."""
        return 409 if self.conflict else 422 if self.errors else 200


class Shown(NamedTuple):
    """A form on the page: its name, what is in it, what is wrong with it."""

    name: str
    typed: Typed
    errors: Mapping[str, str]
    conflict: Conflict | None


def context(found: Found) -> dict[str, Any]:
    """What both pages need."""
    return {
        "frame": frame(found.project, found.meeting, "desk"),
        "meeting": found.meeting,
        "desk": f"/{found.project.slug}/{found.meeting.slug}/desk",
        "base": f"/{found.project.slug}/{found.meeting.slug}/desk/visits",
        "ride_text": ride_text,
        "walking_text": walking_text,
        "kind_text": kind_text,
    }


@get(VISITS, opt=EDIT, sync_to_thread=True)
def every(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """All visits and transfers of the draft, what limits them and what they lack."""
    return _every(request, project, meeting, {})


def _every(
    request: Visit, project: str, meeting: str, errors: Mapping[str, str], status: int = 200
) -> Response[bytes]:  # fmt: skip
    with db.read() as session:
        found = at_desk(session, project, meeting)
        rows, changes = listed(session, found), last_changes(session, found, OUTINGS)
    values = {**context(found), "rows": rows, "changes": changes, "errors": errors}
    return page(request, "visits/desk.html", values, status=status)


@post(VISITS + "/changes/{change:int}/undo", opt=EDIT, sync_to_thread=True)
def undo(
    request: Visit, project: FromPath[str], meeting: FromPath[str], change: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Take an act on visits or transport back."""
    read(request, body)
    if change > LARGEST_ID:
        raise Missing
    try:
        with db.write() as session:
            found = at_desk(session, project, meeting)
            undo_change(session, found.meeting.id or 0, actor(request), change)
    except Refusal as refusal:
        return _every(request, project, meeting, {"": refusal.sentence}, 409)
    return see(f"/{project}/{meeting}/desk/visits")


@get(ITEM, opt=EDIT, sync_to_thread=True)
def one(request: Visit, project: FromPath[str], meeting: FromPath[str], item: FromPath[int]) -> Response[bytes]:
    """All that is said of a visit: its facts, its stops in order, its ride."""
    return _one(request, Where(project, meeting, item), Attempt())


def _one(request: Visit, where: Where, attempt: Attempt) -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, where.project, where.meeting)
        view, offer = outing(session, found, where.item), offered(session, found)
    shown = _forms(view, found, attempt)
    values = {
        **context(found),
        "view": view,
        "offer": offer,
        "languages": [(code, language_text(code)) for code in offer.languages],
        "forms": shown,
        "labels": labels(),
        "summary": {f"{name}-{attempt.form}" if name else "": text for name, text in attempt.errors.items()},
        "called": _called(attempt.form, offer),
        "conflict": None if attempt.form in shown else attempt.conflict,
    }
    return page(request, "visits/desk_visit.html", values, status=attempt.status)


def _called(form: str, offer: Offered) -> dict[str, str]:
    known = labels()
    texts = {f"{name}_{code}": known[name] for name in ("name", "photos", "access") for code in offer.languages}
    return {f"{name}-{form}": label for name, label in (known | texts).items()}


def _forms(view: Outing, found: Found, attempt: Attempt) -> dict[str, Shown]:
    """All forms of the page by name; the one that was not taken as it was typed."""
    visit, ride = view.visit, view.ride
    blank = as_typed(None, 0)
    working = Typed({**blank.values, "language": [found.meeting.working_language]})
    typed = {
        "visit": as_typed(VisitValues.of(visit), visit.version) if visit else working,
        "ride": as_typed(RideValues.of(ride), ride.version) if ride else blank,
        "stop-new": blank,
        **{f"stop-{stop.id}": as_typed(StopValues.of(stop), stop.version) for stop in view.stops},
    }
    shown = {name: Shown(name, one, {}, None) for name, one in typed.items()}
    if attempt.form in shown and attempt.typed.values:
        shown[attempt.form] = _again(attempt, typed[attempt.form])
    return shown


def _again(attempt: Attempt, current: Typed) -> Shown:
    """A form that was not taken. After a conflict it can be sent again: it is of the version that is there now."""
    version = current if attempt.conflict else attempt.typed
    typed = Typed({**attempt.typed.values, "version": [version.one("version")]})
    return Shown(attempt.form, typed, attempt.errors, attempt.conflict)


def do(
    request: Visit, where: Where, form: str, check: Check, act_of: Callable[..., object], *more: object
) -> Response[bytes]:  # fmt: skip
    """Do an act and go back to its form; what cannot be done is said there, and nothing that was typed is lost."""
    if not check.fine:
        return _one(request, where, Attempt(form, check.typed, check.errors))
    try:
        with db.write() as session:
            act_of(session, _about(session, request, where), *more)
    except Stale as stale:
        conflict = Conflict(stale.sentence, compared(stale.typed, stale.current, offer_at(where)))
        return _one(request, where, Attempt(form, check.typed, {}, conflict))
    except Refusal as refusal:
        return _one(request, where, Attempt(form, check.typed, {refusal.field: refusal.sentence}))
    return see(f"/{where.project}/{where.meeting}/desk/visits/{where.item}#{form}")


def _about(session: Session, request: Visit, where: Where) -> About:
    if where.item > LARGEST_ID:
        raise Missing
    return About(at_desk(session, where.project, where.meeting).meeting.id or 0, actor(request), where.item)


def offer_at(where: Where) -> Offered:
    """What the forms of that item offer. Raises Missing when there is no such item."""
    with db.read() as session:
        found = at_desk(session, where.project, where.meeting)
        outing(session, found, where.item)
        return offered(session, found)


@post(ITEM, opt=EDIT, sync_to_thread=True)
def write_visit(
    request: Visit, project: FromPath[str], meeting: FromPath[str], item: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Save what is said of a visit, or make the item one."""
    check = Check(read(request, body))
    values = forms.read_visit(check, offer_at(Where(project, meeting, item)))
    version = forms.version_in(check.typed)
    return do(request, Where(project, meeting, item), "visit", check, actions.write_visit, version, values)


@post(ITEM + "/removal", opt=EDIT, sync_to_thread=True)
def remove_visit(
    request: Visit, project: FromPath[str], meeting: FromPath[str], item: FromPath[int], body: RawBody
) -> Response[bytes]:
    """The item is no study visit any more."""
    check = Check(read(request, body))
    version = forms.version_in(check.typed)
    return do(request, Where(project, meeting, item), "", check, actions.remove_visit, version)


@post(ITEM + "/ride", opt=EDIT, sync_to_thread=True)
def write_ride(
    request: Visit, project: FromPath[str], meeting: FromPath[str], item: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Save what is said of the transport, or give the item one."""
    check = Check(read(request, body))
    values = forms.read_ride(check, offer_at(Where(project, meeting, item)))
    version = forms.version_in(check.typed)
    return do(request, Where(project, meeting, item), "ride", check, actions.write_ride, version, values)


@post(ITEM + "/ride/removal", opt=EDIT, sync_to_thread=True)
def remove_ride(
    request: Visit, project: FromPath[str], meeting: FromPath[str], item: FromPath[int], body: RawBody
) -> Response[bytes]:
    """The item moves nobody any more."""
    check = Check(read(request, body))
    version = forms.version_in(check.typed)
    return do(request, Where(project, meeting, item), "", check, actions.remove_ride, version)


ROUTES: list[ControllerRouterHandler] = [every, undo, one, write_visit, remove_visit, write_ride, remove_ride]
