"""The agenda for other programs: the schedule of a meeting as JSON and as XML."""

from collections.abc import Callable

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from planner import db
from planner.accounts.guards import act
from planner.agenda.documents import public_by_item
from planner.agenda.exports import Programme, schedule_json, schedule_xml
from planner.agenda.queries import programme
from planner.agenda.releases import latest_release
from planner.agenda.words import version_text
from planner.language import DEFAULT, NAMES, speaking
from planner.meetings.queries import find, revision
from planner.settings import settings
from planner.web import Visit, build_mark, matches, packed, shelf, tag_of, unchanged

JSON, XML = "application/json", "application/xml"


@get("/{project:str}/{meeting:str}/agenda.json", opt=act("public.read"), sync_to_thread=True)
def agenda_json(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The public agenda as JSON (`?lang=` chooses the language of its texts)."""
    return _export(request, (project, meeting), JSON, schedule_json)


@get("/{project:str}/{meeting:str}/agenda.xml", opt=act("public.read"), sync_to_thread=True)
def agenda_xml(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The public agenda as a schedule in XML (`?lang=` chooses the language of its texts)."""
    return _export(request, (project, meeting), XML, schedule_xml)


def _export(
    request: Visit, path: tuple[str, str], media_type: str, write: Callable[[Programme], bytes]
) -> Response[bytes]:
    """A schedule, or 304. It depends on its address alone: neither cookies nor the browser's wishes change it."""
    wish = request.query_params.get("lang", DEFAULT)
    language, base = wish if wish in NAMES else DEFAULT, settings().public_url
    tag = tag_of(media_type, revision(*path), path, language, base, build_mark())
    headers = {
        "ETag": tag,
        "Cache-Control": "public, max-age=300",
        "Vary": "Accept-Encoding",
        "X-Robots-Tag": "noindex",
    }
    if matches(request, tag, None):
        return unchanged(media_type, headers)
    kept = shelf.get(tag, lambda: write(_programme(path, language, base)))
    return packed(request, kept, media_type, headers)


def _programme(path: tuple[str, str], language: str, base: str) -> Programme:
    with db.read() as session:
        found = find(session, *path)
        days = programme(session, found)
        release = latest_release(session, found.meeting.id or 0)
        papers = public_by_item(session, found)
    with speaking(language):
        version = version_text(release, found.meeting.zone)
    url = f"{base}/{path[0]}/{path[1]}/agenda"
    return Programme(found.project.slug, found.meeting, days, version, url, language, papers)


ROUTES: list[ControllerRouterHandler] = [agenda_json, agenda_xml]
