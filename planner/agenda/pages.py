"""The agenda on the screen and as PDF."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from planner import db
from planner.accounts.guards import act, viewer
from planner.agenda import documents
from planner.agenda.documents import public_by_item
from planner.agenda.papers import agenda_data, agenda_paper
from planner.agenda.queries import programme
from planner.agenda.releases import latest_release
from planner.agenda.rules import face
from planner.agenda.tables import Document
from planner.agenda.words import (
    audience_text,
    kind_text,
    languages_text,
    mode_text,
    role_text,
    track_text,
    version_text,
)
from planner.clock import at
from planner.files import size_text
from planner.language import current, listed, zone_text
from planner.meetings.calendar import subscription
from planner.meetings.queries import find, frame, places, revision
from planner.settings import settings
from planner.web import Visit, build_mark, kept_page, matches, packed, shelf, tag_of, unchanged

WORDS = {
    "kind": kind_text,
    "mode": mode_text,
    "role": role_text,
    "audience": audience_text,
    "languages": languages_text,
    "track": track_text,
}


@get("/{project:str}/{meeting:str}/agenda", opt=act("public.read"), sync_to_thread=True)
def agenda(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The programme: one day (`?day=2`) or all of them, as a list on phones and side by side where there is room."""
    return kept_page(
        request, revision(project, meeting), "agenda/agenda.html", lambda: _agenda(request, project, meeting)
    )


def _agenda(request: Visit, project: str, meeting: str) -> Mapping[str, Any]:
    with db.read() as session:
        found = find(session, project, meeting)
        days = programme(session, found, viewer(request))
        release = latest_release(session, found.meeting.id or 0)
        papers = public_by_item(session, found)
        there = places(session, found.meeting.id or 0).values()
    zone = found.meeting.zone
    wished = [day for day in days if str(day.number) == request.query_params.get("day")]
    return {
        "frame": frame(found.project, found.meeting, "agenda"),
        "meeting": found.meeting,
        "home": f"/{project}/{meeting}",
        "days": days,
        "shown": wished or days,
        "papers": papers,
        "paper_text": _paper_text,
        "only": wished[0].number if wished else None,
        "faces": {day.number: face([item.cell for item in day.items]) for day in days},
        "state": release.state if release else "",
        "version": version_text(release, zone),
        "changed": release is not None and release.number > 1,
        "zone": zone_text(zone, at(found.meeting.first_day, time(12), zone)),
        "venue": next((place for place in there if place.kind == "venue"), None),
        "subscription": subscription(settings().public_url, f"/{project}/{meeting}/calendar.ics", current()),
        "words": WORDS,
    }


def _paper_text(row: Document) -> str:
    """What a document is, in few words, for the line with its link."""
    kind = documents.kind_text(row.kind) if row.kind != "other" else ""
    return listed([kind, documents.type_text(row.media_type), size_text(row.size) if row.file else ""])


@get("/{project:str}/{meeting:str}/agenda.pdf", opt=act("public.read"), sync_to_thread=True)
def agenda_pdf(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The public agenda to print, in the reader's language with the host's below it."""
    tag = tag_of("agenda.pdf", revision(project, meeting), current(), build_mark())
    headers = {
        "ETag": tag,
        "Cache-Control": "no-cache",
        "Vary": "Accept-Language, Cookie, Accept-Encoding",
        "Content-Disposition": 'inline; filename="agenda.pdf"',
    }
    if matches(request, tag, None):
        return unchanged("application/pdf", headers)
    return packed(request, shelf.get(tag, lambda: _pdf(project, meeting)), "application/pdf", headers)


def _pdf(project: str, meeting: str) -> bytes:
    with db.read() as session:
        data, made_at = agenda_data(session, find(session, project, meeting))
    return agenda_paper(data, made_at)  # takes a moment: the database is not kept waiting


ROUTES: list[ControllerRouterHandler] = [agenda, agenda_pdf]
