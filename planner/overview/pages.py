"""Front pages: the list of projects, a project's home, a meeting's front page, its documents."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from planner import atlas, db
from planner.accounts.guards import act
from planner.agenda.documents import PUBLIC, kind_text, readable_groups, type_text
from planner.agenda.documents import documents as documents_of
from planner.clock import local, now
from planner.consortium.queries import project as find_project
from planner.consortium.queries import projects
from planner.files import size_text
from planner.language import country_text, say
from planner.meetings.queries import find, frame
from planner.overview import queries
from planner.settings import settings
from planner.web import Visit, kept_page, page, see

READ = act("public.read")


@get("/", opt=READ, sync_to_thread=True)
def start(request: Visit) -> Response[bytes]:
    """The projects here; with one project, its home."""
    with db.read() as session:
        found = projects(session)
    if len(found) == 1:
        return see(f"/{found[0].slug}")
    return page(request, "overview/projects.html", {"projects": found})


@get("/{project:str}", opt=READ, sync_to_thread=True)
def home(request: Visit, project: FromPath[str]) -> Response[bytes]:
    """A project's home: figures, meetings, consortium, news, calendar."""
    today = now().date()
    key = (*queries.home_key(project), today)
    return kept_page(request, key, "overview/home.html", lambda: _home(project))


def _home(slug: str) -> Mapping[str, Any]:
    today = now().date()
    with db.read() as session:
        project = find_project(session, slug)
        view = queries.home(session, project, today)
    hosting = {meeting.host_partner_id for meeting in view.upcoming}
    labels = {partner.id: f"{say(partner.city).text} – {say(partner.names).text}" for partner in view.partners}
    return {
        "frame": frame(project, current="home"),
        "view": view,
        "countries": sorted({country_text(partner.country) for partner in view.partners}),
        "atlas": atlas.countries(),
        "lines": atlas.graticule(),
        "dots": queries.dots(view.partners, hosting, labels),
        "marked": {partner.country for partner in view.partners},
        "address": f"{settings().public_url}/{slug}",
    }


@get("/{project:str}/{meeting:str}", opt=READ, sync_to_thread=True)
def front(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """A meeting's front page: when and where, places left, the way to agenda, visits and registration."""
    moment = now()
    key = (*queries.meeting_key(project, meeting, moment), moment.date())
    return kept_page(request, key, "overview/meeting.html", lambda: _front(project, meeting))


def _front(project: str, meeting: str) -> Mapping[str, Any]:
    moment = now()
    with db.read() as session:
        found = find(session, project, meeting)
        view = queries.front(session, found, moment)
    today = local(moment, found.meeting.zone).date()
    return {
        "frame": frame(found.project, found.meeting, "overview"),
        "meeting": found.meeting,
        "view": view,
        "days_left": (found.meeting.first_day - today).days,
        "address": f"{settings().public_url}/{project}/{meeting}",
    }


@get("/{project:str}/{meeting:str}/documents", opt=READ, sync_to_thread=True)
def documents(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """What there is to read and print for a meeting."""
    key = queries.meeting_key(project, meeting, now())
    return kept_page(request, key, "overview/documents.html", lambda: _documents(project, meeting))


def _documents(project: str, meeting: str) -> Mapping[str, Any]:
    with db.read() as session:
        found = find(session, project, meeting)
        groups = readable_groups(session, found)
        shared = [row for row in documents_of(session, found.meeting.project_id, None) if row.audience == PUBLIC]
        view = queries.front(session, found, now())
    return {
        "frame": frame(found.project, found.meeting, "documents"),
        "meeting": found.meeting,
        "groups": groups,
        "has_files": any(row.file for group in groups for row in group.documents),
        "shared": shared,
        "view": view,
        "kind_text": kind_text,
        "type_text": type_text,
        "size_text": size_text,
    }


ROUTES = [start, home, front, documents]
