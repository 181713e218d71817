"""The organisers' pages about invitations: whom to invite, who has answered, reminders, and taking one back."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import db, forms
from planner.accounts.guards import viewer
from planner.clock import now
from planner.delegations import invitations as asked
from planner.delegations import invitees, inviting
from planner.delegations.desk import INVITE, actor, framed, offered
from planner.delegations.forms import FIRST_ROWS, listed, rows_of, until, with_more_rows, with_pasted
from planner.delegations.invitees import Invitee
from planner.delegations.inviting import Sender
from planner.delegations.offering import language_options, state_kind, state_text
from planner.delegations.rules import State
from planner.errors import Refusal
from planner.forms import Check, Typed
from planner.language import _, say
from planner.meetings.queries import Found, at_desk
from planner.registration.forms import OTHER, labels
from planner.registration.offer import Offer
from planner.registration.rules import CATEGORIES
from planner.registration.words import category_text
from planner.web import Visit, page, see

INVITATIONS = "/{project:str}/{meeting:str}/desk/invitations"
NEW = INVITATIONS + "/new"
LIST, DIRECTORY = "list", "directory"
SHOWN = 200
"""People of a source on one page; the search finds the others."""
Answer = Response[bytes]


@get(INVITATIONS, opt=INVITE, sync_to_thread=True)
def invitations(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Answer:
    """Everybody who is invited and how that stands; `?state=` narrows the list."""
    with db.read() as session:
        found = at_desk(session, project, meeting)
        rows = asked.invitations(session, found.meeting.id or 0, now())
    wish = request.query_params.get("state", "")
    context = {
        "rows": [row for row in rows if wish in ("", row.state.value)],
        "state": wish,
        "counts": Counter(row.state.value for row in rows),
        "states": [one.value for one in State],
        "state_text": state_text,
        "state_kind": state_kind,
        "due": sum(row.may_remind for row in rows),
    }
    return page(request, "delegations/invitations.html", framed(found) | context)


@get(NEW, opt=INVITE, sync_to_thread=True)
def choose(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Answer:
    """Whom to invite: from the directory, from another meeting, or from a list of one's own."""
    source = request.query_params.get("from", DIRECTORY)
    search = request.query_params.get("q", "")
    usual = {"rows": [str(FIRST_ROWS)], "category": ["stakeholder"], "approve": ["yes"]}
    typed = Typed({"from": [source], "q": [search], **usual})
    return _choose(request, project, meeting, typed, {})


def _choose(
    request: Visit,
    project: str,
    meeting: str,
    typed: Typed,
    errors: Mapping[str, str],
    *,
    status: int = 200,
    said: str = "",
) -> Answer:
    search = typed.one("q")[:200]
    with db.read() as session:
        found = at_desk(session, project, meeting)
        meant = offered(session, found)
        people = _people(session, meant, typed.one("from"), search)
        others = invitees.meetings_before(session, found.meeting)
    rows = rows_of(typed)
    named = labels(meant)
    context = framed(found) | {
        "source": typed.one("from"),
        "q": search,
        "people": people[:SHOWN],
        "more": max(0, len(people) - SHOWN),
        "ticked": sorted(set(typed.many("people")) - {one.key for one in people[:SHOWN]}),
        "others": others,
        "typed": typed,
        "errors": errors,
        "said": said,
        "rows": rows,
        "labels": named | _row_labels(rows, named) | {"expires_on": _("Please answer until")},
        "approval": meant.form.approval,
        "categories": [(one, category_text(one)) for one in CATEGORIES],
        "partners": [*((str(one.number), f"{one.number}. {say(one.names).text}") for one in meant.partners),
                     (OTHER, _("Another organisation"))],
        "languages": language_options(),
    }  # fmt: skip
    return page(request, "delegations/invite.html", context, status=status)


def _people(session: Session, meant: Offer, source: str, search: str) -> list[Invitee]:
    """The people of a source: `directory`, the short name of another meeting, or a list that is typed."""
    if source == LIST:
        return []
    before = {one.slug: one.id or 0 for one in invitees.meetings_before(session, meant.found.meeting)}
    if source in before:
        return invitees.from_meeting(session, meant, before[source], search)
    return invitees.from_directory(session, meant, search)


def _row_labels(rows: list[str], named: Mapping[str, str]) -> dict[str, str]:
    return {
        f"{name}-{row}": f"{_('Person %(number)s') % {'number': row}}, {named[name]}"
        for row in rows
        for name in ("given", "family", "email", "function")
    }


@post(INVITATIONS, opt=INVITE, sync_to_thread=True)
def invite(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Answer:
    """Write to the ticked people, or to those of the list."""
    typed = forms.read(request, body)
    if typed.one("act") == "more":
        return _choose(request, project, meeting, with_more_rows(typed), {})
    if typed.one("act") == "search":
        return _choose(request, project, meeting, typed, {})
    if typed.one("act") == "paste":
        return _pasted(request, project, meeting, typed)
    with db.read() as session:
        found = at_desk(session, project, meeting)
        meant = offered(session, found)
        people, errors = _meant(session, meant, typed)
    check = Check(typed)
    expires_at = until(check, meant.form.closes_at, found.meeting.zone)
    errors = errors | check.errors
    if errors:
        return _choose(request, project, meeting, typed, errors, status=422)
    try:
        count = _invited(request, meant, people, expires_at, approves=check.tick("approve"))
    except Refusal as refusal:
        return _choose(request, project, meeting, typed, {"expires_on": refusal.sentence}, status=422)
    return see(f"/{project}/{meeting}/desk/invitations?sent={count}")


def _pasted(request: Visit, project: str, meeting: str, typed: Typed) -> Answer:
    shown, said = with_pasted(typed)
    if said:
        return _choose(request, project, meeting, shown, {}, said=said)
    return _choose(request, project, meeting, typed, {"paste": _("Nobody could be found in this text.")}, status=422)


def _meant(session: Session, meant: Offer, typed: Typed) -> tuple[list[Invitee], dict[str, str]]:
    if typed.one("from") == LIST:
        return listed(typed, meant)
    ticked = set(typed.many("people"))
    people = [one for one in _people(session, meant, typed.one("from"), "") if one.key in ticked]
    return people, {} if people else {"people": _("Please tick at least one person.")}


def _invited(request: Visit, meant: Offer, people: list[Invitee], expires_at: datetime, *, approves: bool) -> int:
    who = viewer(request)
    sender = Sender(actor(request), who.name if who else "", approves=approves)
    with db.write() as session:
        return len(inviting.invite(session, meant, people, sender, expires_at))


@post(INVITATIONS + "/reminders", opt=INVITE, sync_to_thread=True)
def remind_all(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Answer:
    """Write once more to everybody who has not answered."""
    forms.read(request, body)
    return see(f"/{project}/{meeting}/desk/invitations?reminded={_reminded(request, project, meeting)}")


@post(INVITATIONS + "/{number:int}/reminders", opt=INVITE, sync_to_thread=True)
def remind(
    request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int], body: RawBody
) -> Answer:
    """Write once more to one of them."""
    forms.read(request, body)
    return see(f"/{project}/{meeting}/desk/invitations?reminded={_reminded(request, project, meeting, number)}")


def _reminded(request: Visit, project: str, meeting: str, number: int | None = None) -> int:
    with db.write() as session:
        found: Found = at_desk(session, project, meeting)
        if number is not None:
            asked.invitation(session, found.meeting.id or 0, number)
        return inviting.remind(session, offered(session, found), actor(request), number)


@post(INVITATIONS + "/{number:int}/revocation", opt=INVITE, sync_to_thread=True)
def revoke(
    request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int], body: RawBody
) -> Answer:
    """Take an invitation back."""
    forms.read(request, body)
    with db.write() as session:
        found = at_desk(session, project, meeting)
        inviting.revoke(session, asked.invitation(session, found.meeting.id or 0, number), actor(request))
    return see(f"/{project}/{meeting}/desk/invitations")


ROUTES: list[ControllerRouterHandler] = [invitations, choose, invite, remind_all, remind, revoke]
