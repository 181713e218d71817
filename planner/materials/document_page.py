"""The desk's pages about one document: what is said about it, another file in its place, taking it out."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler

from planner import db, files, forms
from planner.agenda import documents
from planner.agenda.tables import Document
from planner.errors import Refusal, Stale
from planner.forms import Check, Typed
from planner.language import _, say
from planner.materials import document_forms, downloads, filing
from planner.materials.document_desk import (
    BODY,
    DOCUMENTS,
    MANAGE,
    actor,
    desk_frame,
    entry_of,
    may_for_project,
    places,
    row_of,
)
from planner.meetings.queries import Found, at_desk
from planner.web import Visit, page, see


@get(DOCUMENTS + "/{key:str}", opt=MANAGE, sync_to_thread=True)
def one(request: Visit, project: FromPath[str], meeting: FromPath[str], key: FromPath[str]) -> Response[bytes]:
    """What is said about a document, to be changed; and the way to put another file in its place."""
    return _one(request, project, meeting, key, forms.EMPTY, {})


def _one(
    request: Visit,
    project: str,
    meeting: str,
    key: str,
    typed: Typed,
    errors: Mapping[str, str],
    status: int = 422,
) -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        row = row_of(request, session, found, key)
        headings = documents.draft_headings(session, found)
    context = desk_frame(found, row)
    offered = places(headings, project=may_for_project(request, found), kept=row.item_uid)
    filled = document_forms.filled(row, document_forms.title_languages(found.meeting, row.title), dict(offered))
    context |= {
        "row": row,
        "facts": _facts(row, dict(offered)),
        "places": offered,
        "typed": typed if "audience" in typed.values else filled,
        "version": row.version if status == 409 else typed.one("version") or row.version,
        "errors": errors,
    }
    return page(request, "materials/document.html", context, status=status if errors else 200)


def _facts(row: Document, places: Mapping[str, str]) -> list[str]:
    """How a document is described at this moment: what somebody who was slower compares with."""
    mine = places.get(documents.place(row.item_uid, row.speaker_id)) or places.get(row.item_uid)
    place = mine or _("The whole meeting")
    return [say(row.title).text, documents.kind_text(row.kind), documents.audience_text(row.audience), place]


@post(DOCUMENTS + "/{key:str}", opt=MANAGE, sync_to_thread=True)
def change(
    request: Visit, project: FromPath[str], meeting: FromPath[str], key: FromPath[str], body: RawBody
) -> Response[bytes]:
    """Keep what is said about a document; 409 with both versions when somebody was faster."""
    check = Check(forms.read(request, body))
    with db.read() as session:
        found = at_desk(session, project, meeting)
        row = row_of(request, session, found, key)
        given = entry_of(request, session, found, check, row)
    document_forms.titled(check, given)
    if not row.file and not given.link:
        check.wrong("link", _("Please write the address."))
    if not check.fine:
        return _one(request, project, meeting, key, check.typed, check.errors)
    try:
        with db.write() as session:
            filing.change(session, found, key, given, _version(check.typed), actor(request))
    except Refusal as refusal:
        status = 409 if isinstance(refusal, Stale) else 422
        return _one(request, project, meeting, key, check.typed, {"": refusal.sentence}, status)
    return see(f"/{project}/{meeting}/desk/documents#document-{row.id}")


def _version(typed: Typed) -> int:
    value = typed.one("version")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 9 else 0


@post(DOCUMENTS + "/{key:str}/file", opt=MANAGE, sync_to_thread=True, request_max_body_size=BODY)
def replace(
    request: Visit, project: FromPath[str], meeting: FromPath[str], key: FromPath[str], body: RawBody
) -> Response[bytes]:
    """Another file in the place of the one that is there; its address stays."""
    typed = forms.read(request, body)
    with db.read() as session:
        found = at_desk(session, project, meeting)
        row = row_of(request, session, found, key)
    try:
        old = _replaced(request, found, key, typed)
    except Refusal as refusal:
        status = 409 if isinstance(refusal, Stale) else 422
        return _one(request, project, meeting, key, typed, {refusal.field: refusal.sentence}, status)
    if old:
        files.discard(old)
    return see(f"/{project}/{meeting}/desk/documents#document-{row.id}")


def _replaced(request: Visit, found: Found, key: str, typed: Typed) -> str:
    upload = typed.files.get("file")
    if upload is None:
        raise Refusal(_("Please choose a file."), "file")
    kept = files.keep(upload.content, upload.name)
    try:
        with db.write() as session:
            return filing.replace(session, found, key, kept, _version(typed), actor(request))
    except BaseException:
        files.discard(kept.name)
        raise


@get(DOCUMENTS + "/{key:str}/file", opt=MANAGE, sync_to_thread=True)
def download(request: Visit, project: FromPath[str], meeting: FromPath[str], key: FromPath[str]) -> Response[Any]:
    """The document itself, whoever else may read it."""
    with db.read() as session:
        row = row_of(request, session, at_desk(session, project, meeting), key)
    return downloads.sent(request, row, private=True)


@get(DOCUMENTS + "/{key:str}/removal", opt=MANAGE, sync_to_thread=True)
def ask_removal(request: Visit, project: FromPath[str], meeting: FromPath[str], key: FromPath[str]) -> Response[bytes]:
    """One question: really?"""
    return _ask_removal(request, project, meeting, key, {})


def _ask_removal(request: Visit, project: str, meeting: str, key: str, errors: Mapping[str, str]) -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        row = row_of(request, session, found, key)
    context = {**desk_frame(found), "row": row, "errors": errors}
    return page(request, "materials/document_removal.html", context, status=409 if errors else 200)


@post(DOCUMENTS + "/{key:str}/removal", opt=MANAGE, sync_to_thread=True)
def remove(
    request: Visit, project: FromPath[str], meeting: FromPath[str], key: FromPath[str], body: RawBody
) -> Response[bytes]:
    """Take the document out; for a while it can be brought back."""
    typed = forms.read(request, body)
    with db.read() as session:
        found = at_desk(session, project, meeting)
        row_of(request, session, found, key)
    try:
        with db.write() as session:
            filing.remove(session, found, key, _version(typed), actor(request))
    except Stale as stale:
        return _ask_removal(request, project, meeting, key, {"": stale.sentence})
    return see(f"/{project}/{meeting}/desk/documents#deleted")


@post(DOCUMENTS + "/{key:str}/restoration", opt=MANAGE, sync_to_thread=True)
def restore(
    request: Visit, project: FromPath[str], meeting: FromPath[str], key: FromPath[str], body: RawBody
) -> Response[bytes]:
    """Bring back a document that was deleted."""
    forms.read(request, body)
    with db.write() as session:
        found = at_desk(session, project, meeting)
        row_of(request, session, found, key, deleted=True)
        row = filing.restore(session, found, key, actor(request))
    return see(f"/{project}/{meeting}/desk/documents#document-{row.id}")


@post(DOCUMENTS + "/{key:str}/destruction", opt=MANAGE, sync_to_thread=True)
def destroy(
    request: Visit, project: FromPath[str], meeting: FromPath[str], key: FromPath[str], body: RawBody
) -> Response[bytes]:
    """Delete a document for good, before its time: it was a mistake that it was here at all."""
    forms.read(request, body)
    with db.write() as session:
        found = at_desk(session, project, meeting)
        old = filing.destroy(session, row_of(request, session, found, key, deleted=True), actor(request))
    if old:
        files.discard(old)
    return see(f"/{project}/{meeting}/desk/documents")


ROUTES: list[ControllerRouterHandler] = [one, change, replace, download, ask_removal, remove, restore, destroy]
