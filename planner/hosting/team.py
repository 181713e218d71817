"""Who organises a meeting together."""

from collections.abc import Mapping

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from planner import db, forms
from planner.accounts.guards import viewer
from planner.accounts.permissions import LOGISTICS, ORGANISER, RECEPTION
from planner.accounts.queries import holders
from planner.errors import Refusal
from planner.forms import EMPTY, Typed
from planner.hosting import actions
from planner.hosting.pages import DESK, EDIT, desk_frame
from planner.language import _
from planner.meetings.queries import at_desk
from planner.web import Visit, page, see

TEAM = DESK + "/team"
OFFERED = (ORGANISER, LOGISTICS, RECEPTION)
"""Roles that organisers give for their own meeting."""


@get(TEAM, opt=EDIT, sync_to_thread=True)
def team(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """Who organises this meeting, and a form to add somebody."""
    return _team(request, project, meeting, EMPTY, {})


def _team(request: Visit, project: str, meeting: str, typed: Typed, errors: Mapping[str, str]) -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        people = [(role, person) for role in OFFERED for person in holders(session, role, actions.scope(found))]
    context = {**desk_frame(found), "people": people, "roles": roles(), "typed": typed, "errors": errors}
    return page(request, "hosting/team.html", context, status=422 if errors else 200)


def roles() -> dict[str, tuple[str, str]]:
    """The roles that a meeting's organisers give: a name, and what it lets somebody do."""
    return {
        ORGANISER: (_("Organiser"), _("Everything at this desk but food, access and other health data.")),
        LOGISTICS: (_("Logistics"), _("Sees who comes, and alone sees food, access and other health data.")),
        RECEPTION: (_("Reception"), _("Sees who comes, prints papers and checks people in at the door.")),
    }


@post(TEAM, opt=EDIT, sync_to_thread=True)
def add(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Let somebody organise along and write to them."""
    check, who = forms.Check(forms.read(request, body)), viewer(request)
    email = check.address("email", needed=_("Please write an e-mail address."))
    name, role = check.text("name"), check.choice("role", OFFERED) or ORGANISER
    if check.fine and who:
        try:
            with db.write() as session:
                actions.share(session, at_desk(session, project, meeting), who.email, email, name, who.email, role)
        except Refusal as refusal:
            check.wrong(refusal.field or "email", refusal.sentence)
        else:
            return see(f"/{project}/{meeting}/desk/team")
    return _team(request, project, meeting, check.typed, check.errors)


@post(TEAM + "/{account:int}/removal", opt=EDIT, sync_to_thread=True)
def remove(
    request: Visit, project: FromPath[str], meeting: FromPath[str], account: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Take a role at this meeting away from somebody."""
    who, check = viewer(request), forms.Check(forms.read(request, body))
    role = check.choice("role", OFFERED) or ORGANISER
    with db.write() as session:
        actions.unshare(session, at_desk(session, project, meeting), who.email if who else "", account, role)
    return see(f"/{project}/{meeting}/desk/team")


ROUTES: list[HTTPRouteHandler] = [team, add, remove]
