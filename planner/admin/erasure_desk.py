"""The desk's page about people who ask to be erased: who, until when, and the act itself."""

from collections.abc import Mapping

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody
from sqlmodel import Session, func, select

from planner import db, forms
from planner.accounts.guards import Scope, act, viewer
from planner.admin import actions, erasure, words
from planner.admin.queries import find_request, requests
from planner.admin.retention import people_of, today_at
from planner.admin.rules import ATTENDANCE, CARE
from planner.clock import now
from planner.errors import Refusal
from planner.forms import EMPTY, Check, Typed
from planner.hosting.pages import desk_frame
from planner.language import _
from planner.meetings.queries import Found, at_desk, scope_of_meeting
from planner.names import full
from planner.registration.offer import offer_of
from planner.registration.tables import Registration
from planner.roster.door import may
from planner.web import Visit, page, see

DESK = "/{project:str}/{meeting:str}/desk/erasures"
MANAGE = act("privacy.manage", scope_of_meeting)
LARGEST = 2**31 - 1


@get(DESK, opt=MANAGE, sync_to_thread=True)
def erasures(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """Who asked, until when it must be done, and what was done."""
    return _page(request, project, meeting, EMPTY, {})


def _page(
    request: Visit, project: str, meeting: str, typed: Typed, errors: Mapping[str, str], status: int = 200
) -> Response[bytes]:
    moment = now()
    with db.read() as session:
        found = at_desk(session, project, meeting)
        today = today_at(found, moment)
        asked = requests(session, found)
        people = people_of(session, found, today)
        named = {row.id for one, row in asked if one.done_at is None and erasure.is_on_an_agenda(session, row)}
    context = {
        **desk_frame(found),
        "open": [
            (one, _name(row), row.id in people.proven, row.id in named) for one, row in asked if one.done_at is None
        ],
        "done": [(one, _name(row)) for one, row in asked if one.done_at is not None],
        "hidden": (ATTENDANCE, erasure.AGENDA, *(() if may(request, "care.read", found) else (CARE,))),
        "today": today,
        "may_everywhere": _may_everywhere(request, found),
        "kinds": words,
        "typed": typed,
        "errors": errors,
    }
    return page(request, "admin/erasures.html", context, status=status)


def _name(row: Registration) -> str:
    return full(row.latin_given, row.latin_family, row.order, row.title)


def _may_everywhere(request: Visit, found: Found) -> bool:
    who, number = viewer(request), found.project.id or 0
    return who is not None and who.may("erasure.everywhere", Scope("project", number, number))


@post(DESK, opt=MANAGE, sync_to_thread=True)
def add(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Write down a request that came by telephone or letter, by the person's number in the list or the address."""
    check, who = Check(forms.read(request, body)), viewer(request)
    wanted = check.text("whom", needed=_("Please write the address or the number of the registration."), limit=254)
    if check.fine:
        with db.write() as session:
            found = at_desk(session, project, meeting)
            row = _registration(session, found, wanted)
            if row is not None:
                offer = offer_of(session, row.meeting_id)
                actions.ask_erasure(session, offer, row, who.email if who else "", everywhere=False)
                return see(f"/{project}/{meeting}/desk/erasures")
        check.wrong(
            "whom",
            _(
                "Nobody, or more than one person, is registered with that address. Please use the registration’s "
                "number."
            ),
        )
    return _page(request, project, meeting, check.typed, check.errors, 422)


def _registration(session: Session, found: Found, wanted: str) -> Registration | None:
    """The one registration of that number or address that is not erased yet."""
    query = select(Registration).where(Registration.meeting_id == found.meeting.id)
    if wanted.isascii() and wanted.isdecimal():
        query = query.where(Registration.id == min(int(wanted), LARGEST))
    else:
        query = query.where(func.lower(Registration.email) == wanted.lower())
    rows = [row for row in session.exec(query) if row.erased_at is None]
    return rows[0] if len(rows) == 1 else None


@post(DESK + "/{number:int}", opt=MANAGE, sync_to_thread=True)
def erase(
    request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Erase now: at this meeting, or in the whole project by those who may."""
    typed, who = forms.read(request, body), viewer(request)
    try:
        with db.write() as session:
            found = at_desk(session, project, meeting)
            everywhere = bool(typed.one("everywhere")) and _may_everywhere(request, found)
            erasure.erase(
                session, find_request(session, found, number), who.email if who else "", everywhere=everywhere
            )
    except Refusal as refusal:
        return _page(request, project, meeting, typed, {"": refusal.sentence}, 409)
    db.shred()
    return see(f"/{project}/{meeting}/desk/erasures#done")


@post(DESK + "/addresses", opt=MANAGE, sync_to_thread=True)
def erase_address(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Erase what is known by the address alone of somebody who was written to and never registered."""
    check, who = Check(forms.read(request, body)), viewer(request)
    address = check.address("address", needed=_("Please write the e-mail address."))
    if check.fine:
        try:
            with db.write() as session:
                actions.erase_address(session, at_desk(session, project, meeting), address, who.email if who else "")
        except Refusal as refusal:
            check.wrong("address", refusal.sentence)
    if not check.fine:
        return _page(request, project, meeting, check.typed, check.errors, 422)
    db.shred()
    return see(f"/{project}/{meeting}/desk/erasures?address=erased")


ROUTES: list[HTTPRouteHandler] = [erasures, add, erase, erase_address]
