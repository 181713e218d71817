"""What is asked about documents: whose they are, under which item they stand, and who may read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from planner.agenda.queries import persons, programme
from planner.agenda.tables import Block, Day, Document, Item, Speaking
from planner.agenda.views import SpeakerView
from planner.db import Texts
from planner.errors import Missing
from planner.filetypes import TYPES
from planner.language import _
from planner.meetings.queries import Found

KINDS = ("presentation", "paper", "minutes", "photo", "other")
PUBLIC, PARTICIPANTS = AUDIENCES = ("public", "participants")


@dataclass(frozen=True, slots=True)
class Heading:
    """An agenda item as a heading over its documents; one in the pool has no day, and perhaps no time."""

    uid: str
    date: date | None
    starts: time | None
    title: Texts
    speakers: tuple[SpeakerView, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Documents under one heading; without one they are about the whole meeting."""

    heading: Heading | None
    documents: list[Document]


def documents(session: Session, project_id: int, meeting_id: int | None) -> Sequence[Document]:
    """All documents of a meeting, or of the project itself, in their order."""
    query = _of(project_id, meeting_id).where(col(Document.deleted_at).is_(None))
    return session.exec(query.order_by(col(Document.position), col(Document.id))).all()


def _of(project_id: int, meeting_id: int | None) -> SelectOfScalar[Document]:
    return select(Document).where(Document.project_id == project_id, Document.meeting_id == meeting_id)


def deleted(session: Session, project_id: int, meeting_id: int | None) -> Sequence[Document]:
    """Documents that were deleted and can still be brought back, the last one first."""
    query = _of(project_id, meeting_id).where(col(Document.deleted_at).is_not(None))
    return session.exec(query.order_by(col(Document.deleted_at).desc(), col(Document.id))).all()


def document(session: Session, found: Found, key: str, *, deleted: bool = False) -> Document:
    """The document of that meeting, or of its project, with that key; or the deleted one. Raises Missing."""
    query = select(Document).where(Document.key == key, Document.project_id == found.project.id)
    query = query.where(col(Document.deleted_at).is_not(None) if deleted else col(Document.deleted_at).is_(None))
    mine = or_(Document.meeting_id == found.meeting.id, col(Document.meeting_id).is_(None))
    row = session.exec(query.where(mine)).first()
    if row is None:
        raise Missing
    return row


def project_document(session: Session, project_id: int, key: str) -> Document:
    """The public document of the project itself with that key. Raises Missing."""
    query = select(Document).where(Document.key == key, Document.project_id == project_id)
    query = query.where(col(Document.deleted_at).is_(None))
    row = session.exec(query.where(col(Document.meeting_id).is_(None), Document.audience == PUBLIC)).first()
    if row is None:
        raise Missing
    return row


def stored(session: Session, project_id: int, meeting_id: int | None) -> tuple[int, int]:
    """How many documents a meeting (or the project itself) has, and their bytes together."""
    query = select(func.count(col(Document.id)), func.coalesce(func.sum(col(Document.size)), 0))
    mine = (Document.project_id == project_id, Document.meeting_id == meeting_id, col(Document.deleted_at).is_(None))
    count, size = session.exec(query.where(*mine)).one()
    return count, int(size)


def public_headings(session: Session, found: Found) -> list[Heading]:
    """The items of the public agenda, as it was last given out, in its order."""
    return [
        Heading(item.uid, day.date, item.starts.time(), item.title, item.speakers)
        for day in programme(session, found)
        for item in day.every
    ]


def draft_headings(session: Session, found: Found) -> list[Heading]:
    """All items there are with their speakers, those in the pool at the end."""
    meeting_id = found.meeting.id or 0
    query = (
        select(Item, Day)
        .join(Block, col(Block.id) == Item.block_id, isouter=True)
        .join(Day, col(Day.id) == Block.day_id, isouter=True)
        .where(Item.meeting_id == meeting_id, col(Item.deleted_at).is_(None))
        .order_by(col(Item.position), col(Item.id))
    )
    there: list[tuple[Item, Day | None]] = list(session.exec(query))
    speakers = _draft_speakers(session, found)
    rows = [
        Heading(item.uid, day.date if day else None, item.starts, item.title, tuple(speakers[item.id or 0]))
        for item, day in there
    ]
    return sorted(rows, key=lambda row: (row.date or date.max, row.starts or time.max))


def _draft_speakers(session: Session, found: Found) -> Mapping[int, list[SpeakerView]]:
    query = select(Speaking).join(Item).where(Item.meeting_id == found.meeting.id, col(Item.deleted_at).is_(None))
    rows = session.exec(query.order_by(col(Speaking.position), col(Speaking.id))).all()
    people = persons(session, found, {row.person_id for row in rows})
    speakers: dict[int, list[SpeakerView]] = defaultdict(list)
    for row in rows:
        speakers[row.item_id].append(SpeakerView(people[row.person_id], row.role, row.mode))
    return speakers


def place(uid: str, speaker_id: int | None) -> str:
    """What a document belongs to, as forms and addresses write it: an item, or one of those who speak there."""
    return f"{uid}|{speaker_id}" if uid and speaker_id else uid


def readable(
    session: Session, found: Found, headings: Iterable[Heading], *, participant: bool = False
) -> list[Document]:
    """The meeting's documents that the public (or a participant) may read, given the items of the public agenda.

    What belongs to an item that is not on it, closed, cancelled or not given out yet, nobody but organisers reads.
    """
    shown = {"", *(heading.uid for heading in headings)}
    rows = documents(session, found.meeting.project_id, found.meeting.id)
    return [row for row in rows if row.item_uid in shown and (participant or row.audience == PUBLIC)]


def readable_document(session: Session, found: Found, key: str, *, participant: bool = False) -> Document:
    """One of the readable documents. Raises Missing."""
    headings = public_headings(session, found)
    row = next((row for row in readable(session, found, headings, participant=participant) if row.key == key), None)
    if row is None:
        raise Missing
    return row


def grouped(headings: Iterable[Heading], rows: Iterable[Document]) -> list[Group]:
    """Documents by item: first those about everything, then along the agenda. Those of other items are left out."""
    by_item: dict[str, list[Document]] = defaultdict(list)
    for row in rows:
        by_item[row.item_uid].append(row)
    groups = [Group(None, by_item[""]), *(Group(heading, by_item[heading.uid]) for heading in headings)]
    return [group for group in groups if group.documents]


def readable_groups(session: Session, found: Found, *, participant: bool = False) -> list[Group]:
    """What the public (or a participant) may read, along the agenda that was last given out."""
    headings = public_headings(session, found)
    return grouped(headings, readable(session, found, headings, participant=participant))


def of_speakers(session: Session, item: Item) -> dict[int, list[Document]]:
    """What the speakers of an item brought along, by person: for organisers."""
    query = select(Document).where(Document.item_uid == item.uid, col(Document.deleted_at).is_(None))
    by_speaker: dict[int, list[Document]] = defaultdict(list)
    for row in session.exec(query.order_by(col(Document.position), col(Document.id))):
        by_speaker[row.speaker_id or 0].append(row)
    return dict(by_speaker)


def public_by_item(session: Session, found: Found) -> dict[str, list[Document]]:
    """The documents that everybody may read, by the uid of their item: for whoever knows which items are shown."""
    by_item: dict[str, list[Document]] = defaultdict(list)
    for row in documents(session, found.meeting.project_id, found.meeting.id):
        if row.audience == PUBLIC and row.item_uid:
            by_item[row.item_uid].append(row)
    return dict(by_item)


def homeless(headings: Iterable[Heading], rows: Iterable[Document]) -> list[Document]:
    """Documents of items that are no more."""
    known = {"", *(heading.uid for heading in headings)}
    return [row for row in rows if row.item_uid not in known]


def kind_text(kind: str) -> str:
    """What kind of document it is."""
    words = {
        "presentation": _("Presentation"),
        "paper": _("Paper"),
        "minutes": _("Minutes"),
        "photo": _("Photograph"),
        "other": _("Other"),
    }
    return words.get(kind, kind)


def audience_text(audience: str) -> str:
    """Who may read it."""
    words = {PUBLIC: _("Everybody"), PARTICIPANTS: _("Participants, by their personal link")}
    return words.get(audience, audience)


def type_text(media_type: str) -> str:
    """The type of a file as people call it."""
    words = {
        "PPTX": _("PowerPoint"),
        "DOCX": _("Word"),
        "XLSX": _("Excel"),
        "ODP": _("OpenDocument slides"),
        "ODT": _("OpenDocument text"),
        "ODS": _("OpenDocument table"),
        "PNG": _("Picture (PNG)"),
        "JPEG": _("Picture (JPEG)"),
        "TXT": _("Text"),
    }
    name = next((kind.name for kind in TYPES.values() if kind.media_type == media_type), "")
    return words.get(name, name)
