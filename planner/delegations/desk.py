"""The organisers' pages about delegations: who answers for which partner, who has answered, and their links."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import db, forms
from planner.accounts.guards import act, viewer
from planner.consortium.tables import Person
from planner.delegations import actions, queries
from planner.delegations.forms import contact
from planner.delegations.offering import language_options
from planner.errors import Missing, Refusal
from planner.forms import Check, Typed
from planner.language import INTERFACE, _, say
from planner.meetings.queries import Found, at_desk, frame, scope_of_meeting
from planner.registration.offer import Offer, offer
from planner.registration.tables import Delegation
from planner.registration.words import category_text, status_kind, status_text
from planner.web import Visit, page, see

DELEGATIONS = "/{project:str}/{meeting:str}/desk/delegations"
ONE = DELEGATIONS + "/{slug:str}"
INVITE = act("registrations.invite", scope_of_meeting)
Answer = Response[bytes]


def framed(found: Found) -> dict[str, Any]:
    """What every page of this part of the desk is framed by."""
    return {
        "frame": frame(found.project, found.meeting, "desk"),
        "meeting": found.meeting,
        "base": f"/{found.project.slug}/{found.meeting.slug}/desk",
        "category_text": category_text,
        "status_text": status_text,
        "status_kind": status_kind,
    }


def actor(request: Visit) -> str:
    """Who acts, for the history."""
    who = viewer(request)
    return who.email if who else ""


def offered(session: Session, found: Found) -> Offer:
    """What the meeting offers. Raises Refusal when nobody has set up its registration yet."""
    try:
        return offer(session, found)
    except Missing as error:
        raise Refusal(
            _("Please set up the registration of this meeting first: when it opens and how many places.")
        ) from error


@get(DELEGATIONS, opt=INVITE, sync_to_thread=True)
def delegations(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Answer:
    """All delegations, with who has not answered on top of the page."""
    with db.read() as session:
        found = at_desk(session, project, meeting)
        rows = queries.delegations(session, found.meeting.id or 0)
    silent = [row for row in rows if not row.has_answered]
    context = {"rows": rows, "silent": silent, "reachable": [row for row in silent if row.email]}
    return page(request, "delegations/desk.html", framed(found) | context)


@post(DELEGATIONS, opt=INVITE, sync_to_thread=True)
def open_all(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Answer:
    """A delegation for every partner that has none."""
    forms.read(request, body)
    with db.write() as session:
        actions.open_delegations(session, at_desk(session, project, meeting).meeting, actor(request))
    return see(f"/{project}/{meeting}/desk/delegations")


@post(DELEGATIONS + "/letters", opt=INVITE, sync_to_thread=True)
def write_to_all(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Answer:
    """The link to everybody who has not answered."""
    forms.read(request, body)
    with db.write() as session:
        found = at_desk(session, project, meeting)
        count = actions.send_links(session, offered(session, found), actor(request))
    return see(f"/{project}/{meeting}/desk/delegations?sent={count}")


@get(ONE, opt=INVITE, sync_to_thread=True)
def one(request: Visit, project: FromPath[str], meeting: FromPath[str], slug: FromPath[str]) -> Answer:
    """A delegation: its contact, its link, its people."""
    with db.read() as session:
        found = at_desk(session, project, meeting)
        delegation = queries.of_slug(session, found.meeting.id or 0, slug)
        typed = _typed(_contact(session, delegation))
    return _shown(request, project, meeting, slug, typed, {})


def _contact(session: Session, delegation: Delegation) -> queries.Contact:
    person = session.get(Person, delegation.contact_id) if delegation.contact_id else None
    return queries.contact_of(queries.link_of(session, delegation), person)


def _typed(found: queries.Contact) -> Typed:
    language = found.language if found.language in INTERFACE else "en"
    return Typed({"name": [found.name], "email": [found.email], "language": [language]})


def _shown(request: Visit, project: str, meeting: str, slug: str, typed: Typed, errors: Mapping[str, str]) -> Answer:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        delegation = queries.of_slug(session, found.meeting.id or 0, slug)
        meant = offered(session, found)
        partner = next((one for one in meant.partners if one.id == delegation.partner_id), None)
        context = framed(found) | {
            "slug": slug,
            "title": say(partner.names).text if partner else slug,
            "link": queries.link_of(session, delegation),
            "people": queries.colleagues(session, meant, delegation.id or 0),
            "shares": queries.shares(session, meant, delegation.partner_id),
            "languages": language_options(),
            "typed": typed,
            "errors": errors,
        }
    return page(request, "delegations/desk_delegation.html", context, status=422 if errors else 200)


@post(ONE, opt=INVITE, sync_to_thread=True)
def name_contact(
    request: Visit, project: FromPath[str], meeting: FromPath[str], slug: FromPath[str], body: RawBody
) -> Answer:
    """Write down who answers for the delegation, and with the second button send the link as well."""
    check = Check(forms.read(request, body))
    named = contact(check)
    if not check.fine:
        return _shown(request, project, meeting, slug, check.typed, check.errors)
    with db.write() as session:
        found = at_desk(session, project, meeting)
        delegation = queries.of_slug(session, found.meeting.id or 0, slug)
        actions.name_contact(session, delegation, named, actor(request))
        if check.typed.one("act") == "send":
            actions.send_link(session, offered(session, found), delegation, actor(request))
    return see(f"/{project}/{meeting}/desk/delegations/{slug}?saved=yes")


@post(ONE + "/link", opt=INVITE, sync_to_thread=True)
def renew(request: Visit, project: FromPath[str], meeting: FromPath[str], slug: FromPath[str], body: RawBody) -> Answer:
    """A new link, mailed to the contact; the old one stops working."""
    typed = forms.read(request, body)
    try:
        with db.write() as session:
            found = at_desk(session, project, meeting)
            delegation = queries.of_slug(session, found.meeting.id or 0, slug)
            actions.renew_link(session, offered(session, found), delegation, actor(request))
    except Refusal as refusal:
        return _shown(request, project, meeting, slug, typed, {refusal.field: refusal.sentence})
    return see(f"/{project}/{meeting}/desk/delegations/{slug}?saved=yes")


ROUTES: list[ControllerRouterHandler] = [delegations, open_all, write_to_all, one, name_contact, renew]
