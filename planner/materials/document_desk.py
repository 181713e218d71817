"""The desk's page of documents: all of them by item, putting one in, and everything in one ZIP."""

from collections.abc import Iterator, Mapping
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import db, files, forms
from planner.accounts.guards import Scope, act, viewer
from planner.agenda import documents
from planner.agenda.documents import Group, Heading
from planner.agenda.tables import Document
from planner.errors import Missing, Refusal
from planner.forms import Check, Typed
from planner.language import _, day_text, language_text, listed, say, time_text
from planner.materials import document_forms, downloads, filing
from planner.meetings.queries import Found, at_desk, frame, scope_of_meeting
from planner.web import Visit, page, see

DOCUMENTS = "/{project:str}/{meeting:str}/desk/documents"
MANAGE = act("documents.manage", scope_of_meeting)
BODY = files.LARGEST + 256 * 1024
"""Bytes of a form with a file: the file, and what is said about it."""


def actor(request: Visit) -> str:
    """Who acts, for the notes about it."""
    who = viewer(request)
    return who.email if who else ""


def may_for_project(request: Visit, found: Found) -> bool:
    """Whether the viewer may touch what belongs to the whole project."""
    who, number = viewer(request), found.project.id or 0
    return who is not None and who.may("documents.manage", Scope("project", number, number))


def row_of(request: Visit, session: Session, found: Found, key: str, *, deleted: bool = False) -> Document:
    """The document of that key. Raises Missing, also when it is the project's and the viewer may not touch that."""
    row = documents.document(session, found, key, deleted=deleted)
    if row.meeting_id is None and not may_for_project(request, found):
        raise Missing
    return row


def desk_frame(found: Found, row: Document | None = None) -> dict[str, Any]:
    """What all pages about documents (about `row`, if one) show around them."""
    languages = document_forms.title_languages(found.meeting, row.title if row else ())
    return {
        "frame": frame(found.project, found.meeting, "desk"),
        "meeting": found.meeting,
        "desk": f"/{found.project.slug}/{found.meeting.slug}/desk",
        "base": f"/{found.project.slug}/{found.meeting.slug}/desk/documents",
        "languages": [(code, language_text(code)) for code in languages],
        "kinds": [(kind, documents.kind_text(kind)) for kind in documents.KINDS],
        "audiences": [(name, documents.audience_text(name)) for name in documents.AUDIENCES],
        "kind_text": documents.kind_text,
        "type_text": documents.type_text,
        "size_text": files.size_text,
        "limit": files.size_text(files.LARGEST),
    }


def places(headings: list[Heading], *, project: bool, kept: str = "") -> list[tuple[str, str]]:
    """Where a document may belong, besides the whole meeting; `kept` is the item it belongs to, perhaps no more."""
    found = [one for heading in headings for one in _with_speakers(heading)]
    if kept and kept not in dict(found):
        found.append((kept, _("An item that was deleted")))
    return [*found, *([(document_forms.PROJECT, _("The project itself, not this meeting"))] if project else [])]


def _with_speakers(heading: Heading) -> Iterator[tuple[str, str]]:
    yield heading.uid, heading_text(heading)
    for one in heading.speakers:
        yield documents.place(heading.uid, one.person.id), f"{heading_text(heading)} · {one.person.name}"


def heading_text(heading: Heading) -> str:
    """An agenda item in one line: when, then its title."""
    day = day_text(heading.date, "EEE d MMM") if heading.date else _("Not scheduled")
    when = f"{day} {time_text(heading.starts)}" if heading.starts else day
    return listed((when, say(heading.title).text))


@get(DOCUMENTS, opt=MANAGE, sync_to_thread=True)
def shelf(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """All documents of the meeting by item, and the form to put one in (`?item=` chooses where)."""
    typed = Typed({"item": [request.query_params.get("item", "")], "audience": [documents.PUBLIC]})
    return _shelf(request, project, meeting, typed, {})


def _shelf(request: Visit, project: str, meeting: str, typed: Typed, errors: Mapping[str, str]) -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        whole = may_for_project(request, found)
        rows = documents.documents(session, found.meeting.project_id, found.meeting.id)
        shared = documents.documents(session, found.meeting.project_id, None) if whole else []
        gone = [*documents.deleted(session, found.meeting.project_id, found.meeting.id)]
        gone += documents.deleted(session, found.meeting.project_id, None) if whole else []
        headings = documents.draft_headings(session, found)
        public = {"", *(heading.uid for heading in documents.public_headings(session, found))}
    groups = documents.grouped(headings, rows)
    homeless = documents.homeless(headings, rows)
    context = {
        **desk_frame(found),
        "groups": [(heading_text(group.heading) if group.heading else "", group.documents) for group in groups],
        "homeless": homeless,
        "shared": shared,
        "deleted": [(row, row.deleted_at + filing.KEPT) for row in gone if row.deleted_at],
        "unseen": {row.key for row in rows if row.item_uid not in public},
        "bytes": sum(row.size for row in rows),
        "most": (filing.MOST_DOCUMENTS, files.size_text(filing.MOST_BYTES)),
        "places": places(headings, project=whole),
        "people": {one.person.id: one.person.name for heading in headings for one in heading.speakers},
        "typed": typed,
        "errors": errors,
    }
    return page(request, "materials/documents.html", context, status=422 if errors else 200)


def entry_of(
    request: Visit, session: Session, found: Found, check: Check, row: Document | None = None
) -> filing.DocumentEntry:
    """What was said about a document (about `row`, if it is there already); mistakes are in the check."""
    offered = places(documents.draft_headings(session, found), project=False, kept=row.item_uid if row else "")
    linked = row is None or not row.file
    whole, there = may_for_project(request, found), row.title if row else ()
    return document_forms.entry(check, found.meeting, dict(offered), there, project=whole, linked=linked)


@post(DOCUMENTS, opt=MANAGE, sync_to_thread=True, request_max_body_size=BODY)
def add(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Put a document in: a file or a link."""
    check = Check(forms.read(request, body))
    with db.read() as session:
        found = at_desk(session, project, meeting)
        given = entry_of(request, session, found, check)
    document_forms.one_source(check, given)
    if check.fine:
        try:
            row = _filed(request, found, given, check.typed)
        except Refusal as refusal:
            check.wrong(refusal.field or "file", refusal.sentence)
    if not check.fine:
        return _shelf(request, project, meeting, check.typed, check.errors)
    return see(f"/{project}/{meeting}/desk/documents#document-{row.id}")


def _filed(request: Visit, found: Found, given: filing.DocumentEntry, typed: Typed) -> Document:
    upload = typed.files.get("file")
    kept = files.keep(upload.content, upload.name) if upload else None
    try:
        with db.write() as session:
            return filing.add(session, found, given, kept, actor(request))
    except BaseException:
        if kept:
            files.discard(kept.name)
        raise


@get("/{project:str}/{meeting:str}/desk/documents.zip", opt=MANAGE, sync_to_thread=True)
def everything(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[Any]:
    """All documents of the meeting, those for organisers alone too."""
    with db.read() as session:
        found = at_desk(session, project, meeting)
        rows = documents.documents(session, found.meeting.project_id, found.meeting.id)
        headings = documents.draft_headings(session, found)
    groups = [*documents.grouped(headings, rows), Group(None, documents.homeless(headings, rows))]
    return downloads.bundle(request, groups, f"all-documents-{meeting}.zip", private=True)


ROUTES: list[ControllerRouterHandler] = [shelf, add, everything]
