"""Forms about documents: what is said about one, and the file that came with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from planner.agenda import documents
from planner.agenda.documents import AUDIENCES, KINDS
from planner.agenda.tables import Document
from planner.db import Texts
from planner.filetypes import parted
from planner.forms import Check, Typed
from planner.language import DEFAULT, NAMES, _
from planner.materials.filing import DocumentEntry
from planner.meetings.tables import Meeting
from planner.names import written_in

PROJECT = "project"
"""The place of a document that belongs to no meeting."""


def title_languages(meeting: Meeting, there: Iterable[str] = ()) -> tuple[str, ...]:
    """Languages that titles are asked in: those of the meeting, English among them, and those that are there."""
    wished = (meeting.working_language, DEFAULT, *meeting.interpretation, *there)
    return tuple(dict.fromkeys(code for code in wished if code in NAMES))


def entry(
    check: Check, meeting: Meeting, items: Iterable[str], there: Iterable[str] = (), *, project: bool, linked: bool
) -> DocumentEntry:
    """What was said about a document; mistakes are in the check. `linked` when it is, or may be, a link.

    `items` are the items and speakers that may be chosen (`documents.place`), `project` tells whether the project
    itself may be; `there` are the languages its title has.
    """
    titles = {code: check.text(f"title_{code}") for code in title_languages(meeting, there)}
    place = check.choice("item", [*items, *([PROJECT] if project else [])])
    item, _mark, speaker = place.partition("|")
    upload = check.typed.files.get("file")
    return DocumentEntry(
        title={code: text for code, text in titles.items() if text} or _titled(meeting, upload.name if upload else ""),
        kind=check.choice("kind", KINDS) or "other",
        audience=check.choice("audience", AUDIENCES, needed=_("Please choose who may read this.")),
        item_uid="" if place == PROJECT else item,
        speaker_id=int(speaker) if speaker else None,
        of_project=place == PROJECT,
        link=_link(check) if linked else "",
    )


def _titled(meeting: Meeting, file_name: str) -> Texts:
    """A title out of the file's name, for who gave none."""
    stem = parted(file_name.replace("\\", "/").rpartition("/")[2])[0]
    words = " ".join(Check(Typed({"name": [stem.replace("_", " ")]})).text("name", limit=1000).split())[:200]
    return {written_in(words, meeting.working_language): words} if words.isprintable() and words else {}


def _link(check: Check) -> str:
    value = check.text("link", limit=500)
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in value
    except ValueError:
        fine = False
    if not fine:
        check.wrong("link", _("Please write the whole address, beginning with https://"))
    return value if fine else ""


def one_source(check: Check, given: DocumentEntry) -> None:
    """A new document is a file or a link, and has a title."""
    upload = check.typed.files.get("file")
    if (upload is None) == (not given.link):
        check.wrong("file", _("Please choose a file or write a link: one of the two."))
    if given.link and not given.title:
        check.wrong("title_en", _("Please give the link a title."))


def titled(check: Check, given: DocumentEntry) -> None:
    """A document that is there keeps a title in some language."""
    if not given.title:
        check.wrong("title_en", _("Please write a title in one of the languages."))


def filled(row: Document, languages: Collection[str], places: Collection[str]) -> Typed:
    """The form about a document as it is now; `places` are what it may belong to."""
    place = documents.place(row.item_uid, row.speaker_id)
    values = {
        "item": (place if place in places else row.item_uid) if row.meeting_id else PROJECT,
        "kind": row.kind,
        "audience": row.audience,
        "link": row.link,
        "version": str(row.version),
        **{f"title_{code}": row.title.get(code, "") for code in languages},
    }
    return Typed({name: [value] for name, value in values.items()})
