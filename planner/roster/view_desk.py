"""The page of saved views: keep the list at hand under a name, rename, share or delete one's own."""

from collections.abc import Mapping

from litestar import Response, get, post
from litestar.params import FromPath, RawBody

from planner import db, forms
from planner.errors import Refusal
from planner.language import _
from planner.meetings.queries import at_desk
from planner.roster import views
from planner.roster.door import DESK, READ, asked, frame_of, who
from planner.roster.selection import of_query
from planner.web import Visit, page, see

VIEWS = DESK + "/registration-views"


@get(VIEWS, opt=READ, sync_to_thread=True)
def mine(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The views of a meeting's list, and a form to keep the list one comes from."""
    return _page(request, project, meeting, forms.EMPTY, {})


def _page(
    request: Visit, project: str, meeting: str, typed: forms.Typed, errors: Mapping[str, str], changed: int = 0
) -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        context = {**frame_of(found), "views": views.views(session, found, who(request))}
    selected = asked(request)._replace(page=1, ticked=())
    context |= {"selected": selected, "typed": typed, "errors": errors, "changed": changed, "blank": forms.EMPTY}
    return page(request, "roster/views.html", context, status=422 if errors else 200)


@post(VIEWS, opt=READ, sync_to_thread=True)
def keep(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Keep the list of the address under a name, and show it."""
    check = forms.Check(forms.read(request, body))
    name, shared = _name(check), check.tick("shared")
    query = asked(request)._replace(page=1, ticked=()).query()
    try:
        if check.fine:
            with db.write() as session:
                views.save(session, at_desk(session, project, meeting), who(request), name, query, shared=shared)
            return see(f"/{project}/{meeting}/desk/registrations{query}")
    except Refusal as refusal:
        check.wrong(refusal.field, refusal.sentence)
    return _page(request, project, meeting, check.typed, check.errors)


def _name(check: forms.Check) -> str:
    return check.text("name", needed=_("Please give the view a name."), limit=60)


@post(VIEWS + "/{number:int}", opt=READ, sync_to_thread=True)
def change(
    request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Another name, other readers, or the list of the address in the place of the one that was kept."""
    check = forms.Check(forms.read(request, body))
    name, shared, version = _name(check), check.tick("shared"), check.typed.one("version")
    try:
        if check.fine:
            with db.write() as session:
                found = at_desk(session, project, meeting)
                row = views.find(session, found, number, who(request))
                query = asked(request).query() if check.tick("replace") else of_query(row.query).query()
                seen = int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else 0
                views.change(session, found, who(request), row, name, query, seen, shared=shared)
            return see(f"/{project}/{meeting}/desk/registration-views{asked(request).query()}")
    except Refusal as refusal:
        if not refusal.field:
            raise
        check.wrong(refusal.field, refusal.sentence)
    return _page(request, project, meeting, check.typed, check.errors, number)


@post(VIEWS + "/{number:int}/removal", opt=READ, sync_to_thread=True)
def delete(
    request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Forget one's own view."""
    forms.read(request, body)
    with db.write() as session:
        found = at_desk(session, project, meeting)
        views.delete(session, found, who(request), views.find(session, found, number, who(request)))
    return see(f"/{project}/{meeting}/desk/registration-views{asked(request).query()}")


ROUTES = [mine, keep, change, delete]
