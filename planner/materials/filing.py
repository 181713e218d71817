"""What is done with documents: put in, changed, replaced, taken out. Every act raises the revision of its pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, func, select, update

from planner import audit
from planner.agenda import documents
from planner.agenda.drafting import history_of
from planner.agenda.tables import Document
from planner.clock import now
from planner.consortium.tables import Project
from planner.db import Texts
from planner.errors import Refusal, Stale
from planner.files import Kept, size_text
from planner.history import recording
from planner.language import _, say
from planner.meetings.queries import Found
from planner.meetings.tables import Meeting

MOST_DOCUMENTS = 200
"""Documents of one meeting, and of the project itself."""
KEPT = timedelta(days=30)
"""How long a deleted document can be brought back."""
MOST_BYTES = 500 * 1024 * 1024
"""Bytes of one meeting's documents together: all of them must fit into one ZIP that people can take."""


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """What an organiser says about a document; `of_project` puts it beside the meetings, without an item."""

    title: Texts
    kind: str
    audience: str
    item_uid: str = ""
    speaker_id: int | None = None
    of_project: bool = False
    link: str = ""


def add(session: Session, found: Found, entry: DocumentEntry, kept: Kept | None, actor: str) -> Document:
    """Put a document in, at the end. Refusal when there are too many or they are too large together."""
    row = Document(project_id=found.meeting.project_id, meeting_id=_place(found, entry))
    _lock(session, row)
    _make_room(session, row, kept.size if kept else 0, new=True)
    last = select(func.max(col(Document.position))).where(
        Document.project_id == row.project_id, Document.meeting_id == row.meeting_id
    )
    row.position = (session.exec(last).one() or 0) + 1
    _describe(row, entry)
    _fill(row, kept, actor)
    session.add(row)
    session.flush()
    _note(session, row, "documents.add", actor)
    return row


def change(session: Session, found: Found, key: str, entry: DocumentEntry, version: int, actor: str) -> Document:
    """Say something else about a document. Raises Stale when somebody was faster, Refusal when it no longer fits."""
    row = _current(session, found, key, version)
    _lock(session, row)
    place = _place(found, entry)
    if place != row.meeting_id:
        row.meeting_id = place
        _lock(session, row)
        _make_room(session, row, row.size, new=True)
    _describe(row, entry)
    _keep(session, row, "documents.change", actor)
    return row


def replace(session: Session, found: Found, key: str, kept: Kept, version: int, actor: str) -> str:
    """Another file in the same place; the answer is the old one's name in the store, to be discarded afterwards."""
    row = _current(session, found, key, version)
    _lock(session, row)
    _make_room(session, row, kept.size - row.size, new=False)
    old, row.link = row.file, ""
    _fill(row, kept, actor)
    _keep(session, row, "documents.replace", actor)
    return old


def remove(session: Session, found: Found, key: str, version: int, actor: str) -> Document:
    """Take a document out. Nobody reads it any more; for KEPT its file stays and it can be brought back."""
    row = _current(session, found, key, version)
    _lock(session, row)
    with _remembered(session, found, row, "document.delete", actor):
        row.deleted_at = now()
        _keep(session, row, "documents.remove", actor)
    return row


def restore(session: Session, found: Found, key: str, actor: str) -> Document:
    """Bring a deleted document back to where it was. Raises Missing, and Refusal when there is no room for it now."""
    row = documents.document(session, found, key, deleted=True)
    _lock(session, row)
    _make_room(session, row, row.size, new=True)
    with _remembered(session, found, row, "document.restore", actor):
        row.deleted_at = None
        _keep(session, row, "documents.restore", actor)
    return row


def destroy(session: Session, row: Document, actor: str) -> str:
    """Delete a document for good that was deleted before; the answer is its file's name in the store, to be discarded
    afterwards.
    """
    _note(session, row, "documents.destroy", actor)
    session.delete(row)
    return row.file


@contextmanager
def _remembered(session: Session, found: Found, row: Document, act: str, actor: str) -> Iterator[None]:
    """Inside the block, a document is changed as one act of the meeting's history."""
    with recording(session, history_of(found.meeting.id or 0), actor, act, title=dict(row.title)) as record:
        record.touch(row)
        yield


def _place(found: Found, entry: DocumentEntry) -> int | None:
    return None if entry.of_project else found.meeting.id


def _lock(session: Session, row: Document) -> None:
    """One after the other: whoever raises the revision holds the row until the end, so counting is safe."""
    table: type[Meeting] | type[Project] = Meeting if row.meeting_id else Project
    number = row.meeting_id or row.project_id
    raised = update(table).where(col(table.id) == number).values(revision=col(table.revision) + 1)
    session.exec(raised, execution_options={"synchronize_session": False})


def _make_room(session: Session, row: Document, more: int, *, new: bool) -> None:
    with session.no_autoflush:
        count, size = documents.stored(session, row.project_id, row.meeting_id)
    if new and count >= MOST_DOCUMENTS:
        sentence = _("There are %(count)d documents here already, and no more than that are kept. Delete some first.")
        raise Refusal(sentence % {"count": count})
    if size + more > MOST_BYTES:
        told = {"limit": size_text(MOST_BYTES)}
        raise Refusal(_("All documents together may have %(limit)s. Delete some first, or give a link.") % told, "file")


def _current(session: Session, found: Found, key: str, version: int) -> Document:
    row = documents.document(session, found, key)
    session.refresh(row, with_for_update=True)
    if row.version != version:
        raise Stale(_("Somebody else has changed this document since you opened it. Please look at it once more."))
    return row


def _describe(row: Document, entry: DocumentEntry) -> None:
    row.title = entry.title
    row.kind, row.audience = entry.kind, entry.audience
    row.item_uid = "" if entry.of_project else entry.item_uid
    row.speaker_id = entry.speaker_id if row.item_uid else None
    if not row.file:
        row.link = entry.link


def _fill(row: Document, kept: Kept | None, actor: str) -> None:
    row.uploaded_at, row.uploaded_by = now(), actor
    if kept:
        row.file, row.file_name, row.media_type, row.size, row.sha256, row.crc32 = kept


def _keep(session: Session, row: Document, act: str, actor: str) -> None:
    row.version += 1
    session.add(row)
    session.flush()
    _note(session, row, act, actor)


def _note(session: Session, row: Document, act: str, actor: str) -> None:
    facts = {"title": say(row.title).text, "sha256": row.sha256, "audience": row.audience}
    audit.note(session, actor, act, f"document:{row.id}", meeting=row.meeting_id, **facts)
