"""The door of the web: every room's routes behind one guard, one edge and one page for whatever goes wrong."""

from collections.abc import Iterable

from litestar import Litestar, Response, Router, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from planner import db, faults, logs, server
from planner.accounts import guards
from planner.accounts import pages as accounts
from planner.accounts.guards import act
from planner.admin import erasure_desk, my_data, notice_desk, retention_desk
from planner.admin import pages as admin
from planner.agenda import export_pages, paper_desk, practical
from planner.agenda import pages as agenda
from planner.allocation import pages as allocation_desk
from planner.allocation import queues_desk
from planner.attendance import check_in_desk
from planner.attendance import pages as attendance
from planner.delegations import colleague_pages, invitation_desk, invited
from planner.delegations import desk as delegation_desk
from planner.delegations import pages as delegations
from planner.edge import Edge
from planner.errors import Missing
from planner.feeds import own_pages
from planner.feeds import pages as feeds
from planner.hosting import (
    cancellation,
    editor,
    editor_days,
    editor_items,
    editor_lines,
    editor_tracks,
    publication,
    question_desk,
    question_sheet,
    sheets,
    team,
)
from planner.hosting import pages as hosting
from planner.imports import pages as import_desk
from planner.materials import document_desk, document_page, downloads, speaker_desk
from planner.meetings import pages as meetings
from planner.newsletter import pages as newsletter
from planner.overview import pages as overview
from planner.own import confirmation, offers_page
from planner.own import documents as my_documents
from planner.own import pages as my
from planner.own import ticket_page as my_ticket
from planner.registration import answer_files, notice_page
from planner.registration import pages as registration
from planner.roster import bulk_desk, doubles_desk, person_desk, view_desk
from planner.roster import desk as roster
from planner.roster import import_desk as roster_import
from planner.settings import settings
from planner.templates import Asset, assets
from planner.visits import desk as visit_desk
from planner.visits import desk_stops
from planner.visits import pages as visits
from planner.web import Visit, matches, takes_gzip, unchanged

LARGEST_BODY = 256 * 1024
"""Bytes of a form; a route that takes files sets its own limit."""
ROBOTS = b"User-agent: *\nDisallow: /my/\nDisallow: /delegations/\nDisallow: /invitations/\nDisallow: /sign-in\n"
FOREVER = "public, max-age=31536000, immutable"


@get("/static/{mark:str}/{name:path}", opt=act("public.read"))
async def static_file(request: Visit, mark: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A file for the browser. Addresses change with their content; an old page's address gets today's file."""
    found = assets().get(name.lstrip("/"))
    if found is None:
        raise Missing
    current = found.address.split("/")[2]
    headers = {
        "ETag": f'"{current}"',
        "Cache-Control": FOREVER if mark == current else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if matches(request, headers["ETag"], None):
        return unchanged(found.media_type, headers)
    return _asset(request, found, headers)


def _asset(request: Visit, found: Asset, headers: dict[str, str]) -> Response[bytes]:
    if len(found.gzipped) < len(found.plain) and takes_gzip(request):
        return Response(found.gzipped, media_type=found.media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(found.plain, media_type=found.media_type, headers=headers)


@get("/favicon.ico", opt=act("public.read"))
async def favicon(request: Visit) -> Response[bytes]:
    """The icon, for those who ask without reading the page."""
    found = assets().get("img/favicon.svg")
    if found is None:
        raise Missing
    return _asset(request, found, {"Cache-Control": "public, max-age=86400"})


@get("/robots.txt", opt=act("public.read"))
async def robots() -> Response[bytes]:
    """Search engines may read what is public; calendars are never forbidden, since subscribers obey this too."""
    return Response(ROBOTS, media_type="text/plain", headers={"Cache-Control": "public, max-age=86400"})


ROUTES: list[ControllerRouterHandler] = [
    static_file,
    favicon,
    robots,
    *accounts.ROUTES,
    *meetings.ROUTES,
    *agenda.ROUTES,
    *practical.ROUTES,
    *export_pages.ROUTES,
    *import_desk.ROUTES,
    *paper_desk.ROUTES,
    *document_desk.ROUTES,
    *document_page.ROUTES,
    *downloads.ROUTES,
    *speaker_desk.ROUTES,
    *visits.ROUTES,
    *visit_desk.ROUTES,
    *desk_stops.ROUTES,
    *hosting.ROUTES,
    *cancellation.ROUTES,
    *sheets.ROUTES,
    *team.ROUTES,
    *publication.ROUTES,
    *editor.ROUTES,
    *editor_lines.ROUTES,
    *editor_items.ROUTES,
    *editor_days.ROUTES,
    *editor_tracks.ROUTES,
    *feeds.ROUTES,
    *own_pages.ROUTES,
    *newsletter.ROUTES,
    *overview.ROUTES,
    *registration.ROUTES,
    *question_desk.ROUTES,
    *question_sheet.ROUTES,
    *answer_files.ROUTES,
    *my.ROUTES,
    *confirmation.ROUTES,
    *my_documents.ROUTES,
    *my_ticket.ROUTES,
    *notice_page.ROUTES,
    *offers_page.ROUTES,
    *queues_desk.ROUTES,
    *delegations.ROUTES,
    *colleague_pages.ROUTES,
    *invited.ROUTES,
    *delegation_desk.ROUTES,
    *invitation_desk.ROUTES,
    *roster.ROUTES,
    *person_desk.ROUTES,
    *bulk_desk.ROUTES,
    *view_desk.ROUTES,
    *doubles_desk.ROUTES,
    *roster_import.ROUTES,
    *allocation_desk.ROUTES,
    *attendance.ROUTES,
    *check_in_desk.ROUTES,
    *admin.ROUTES,
    *retention_desk.ROUTES,
    *erasure_desk.ROUTES,
    *my_data.ROUTES,
    *notice_desk.ROUTES,
]
"""Every room adds its line."""


def create_app(routes: Iterable[ControllerRouterHandler] = ROUTES) -> Litestar:
    """The application. Raises RuntimeError when a route names no act."""
    logs.set_up()
    app = Litestar(
        # In one router: registered one by one, Litestar would wrap the first handler of a shared path in two threads.
        [Router("/", route_handlers=list(routes))],
        guards=[guards.admit],
        exception_handlers={Exception: faults.answer},
        request_max_body_size=LARGEST_BODY,
        openapi_config=None,
        logging_config=None,
        on_startup=[_open],
        on_shutdown=[db.disconnect],
    )
    if loose := guards.unguarded(app):
        raise RuntimeError(f"routes without an act: {', '.join(loose)}")
    app.asgi_handler = Edge(app.asgi_handler)
    return app


def _open() -> None:
    settings().secret  # noqa: B018  (made at the first start, before several workers ask for it)
    db.current()
    server.end_with_parent()
