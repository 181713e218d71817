"""What a table says about an agenda: pure, rows and known names in, items and mistakes out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import NamedTuple

from planner.agenda.entry import Spoken
from planner.agenda.quick import kind_of
from planner.agenda.rules import AUDIENCES, KINDS, MODES, ends_before, minute_of, wall_of
from planner.agenda.words import audience_text, kind_text, mode_text
from planner.db import Texts
from planner.forms import Check, Typed
from planner.imports import cells
from planner.imports.cells import Known
from planner.language import NAMES, _
from planner.names import fold
from planner.tabular import Table

COLUMNS = (
    "day", "start", "end", "minutes", "block", "title", "kind", "room", "track", "audience", "partners", "hidden",
    "mode", "speakers", "text", "points", "evidence", "language", "interpretation", "capacity", "own expense",
    "practices", "below",
)  # fmt: skip
"""Headings of a table. `block`, `title`, `text` and `points` may come once more with a language: `title:el`."""
NEEDED = ("start", "title")
TONGUED = ("block", "title", "text", "points")
_OTHER_WORDS = {
    "date": "day", "starts": "start", "time": "start", "ends": "end", "duration": "minutes", "session": "block",
    "topic": "title", "speaker": "speakers", "place": "room", "description": "text",
}  # fmt: skip
_GREEK_WORDS = {
    "ημερα": "day", "ημερομηνια": "day", "εναρξη": "start", "ωρα": "start", "ωρα εναρξης": "start", "ληξη": "end",
    "ωρα ληξης": "end", "διαρκεια": "minutes", "λεπτα": "minutes", "ενοτητα": "block", "τιτλος": "title",
    "θεμα": "title", "ειδος": "kind", "αιθουσα": "room", "χωρος": "room", "κοινο": "audience", "εταιροι": "partners",
    "τροπος": "mode", "ομιλητες": "speakers", "ομιλητης": "speakers", "κειμενο": "text", "περιγραφη": "text",
    "σημεια": "points", "τεκμηριο": "evidence", "γλωσσα": "language", "διερμηνεια": "interpretation",
    "θεσεις": "capacity", "ιδια εξοδα": "own expense", "καλες πρακτικες": "practices", "κατω απο": "below",
}  # fmt: skip
_GREEK_HEADINGS = {fold(word): name for word, name in _GREEK_WORDS.items()}
"""The same headings in Greek: a text under one of them is Greek when it names no language."""
_LINED = ("text", "points", "speakers", "partners", "practices")
_BROKEN = re.compile(r"#(REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")
_TITLE_ROWS = 10
FARTHEST = 30
"""Days before and after a meeting that its agenda may have."""


class Mistake(NamedTuple):
    """What cannot be read, in which row (counted as the spreadsheet does), in which column if one is to blame."""

    row: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ReadItem:
    """A row that was understood. `room` is the name of one that is still to be made."""

    row: int
    day: date
    block: Texts
    title: Texts
    kind: str
    starts: time | None
    ends: time | None
    text: Texts
    points: tuple[Texts, ...]
    place_id: int | None
    room: str
    track: str
    audience: str
    partners: tuple[int, ...]
    hidden: bool
    mode: str
    evidence: bool
    own_expense: bool
    capacity: int | None
    language: str
    interpretation: tuple[str, ...]
    practices: tuple[int, ...]
    speakers: tuple[Spoken, ...]
    below: bool


@dataclass(slots=True)
class Understood:
    """What a table says, and what it says that cannot be."""

    items: list[ReadItem] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)

    @property
    def days(self) -> int:
        """On how many days the items are."""
        return len({item.day for item in self.items})

    @property
    def bad_rows(self) -> int:
        """How many rows cannot be read."""
        return len({mistake.row for mistake in self.mistakes})


def understand(table: Table, known: Known) -> Understood:
    """Read the whole table, whatever is wrong with single rows."""
    found = Understood()
    start = _first_row(table, known)
    if start is None:
        found.mistakes.append(Mistake(1, "", _("The table is empty.")))
        return found
    heads = _headings(table[start], start + 1, known, found.mistakes)
    reader = _Reader(known, found)
    for number, row in enumerate(table[start + 1 :], start + 2):
        if any(row):
            reader.read(number, row, heads)
    if not found.items and not found.mistakes:
        found.mistakes.append(Mistake(start + 1, "", _("There are headings, but no items below them.")))
    return found


def _first_row(table: Table, known: Known) -> int | None:
    """Where the headings stand: in the first row that has those that are needed, since some put a title above."""
    written = [place for place, row in enumerate(table) if any(row)]
    named = (place for place in written[:_TITLE_ROWS] if set(NEEDED) <= _names(table[place], known))
    return next(named, next(iter(written), None))


def _names(row: Sequence[str], known: Known) -> set[str]:
    return {_heading(cell, known).partition(":")[0] for cell in row}


def _headings(row: Sequence[str], number: int, known: Known, mistakes: list[Mistake]) -> list[str]:
    heads = [_heading(cell, known) for cell in row]
    for cell, head in zip(row, heads, strict=True):
        if cell and not head:
            mistakes.append(Mistake(number, cell, _("There is no such column. Please look at the list of columns.")))
        elif head and heads.count(head) > 1:
            mistakes.append(Mistake(number, cell, _("This column is there twice.")))
    there = {head.partition(":")[0] for head in heads}
    mistakes += [Mistake(number, name, _("This column is missing.")) for name in NEEDED if name not in there]
    return heads


def _heading(cell: str, known: Known) -> str:
    """A heading as we call it; texts always with their language. Nothing for one that means nothing."""
    name, _colon, code = " ".join(cell.lower().replace("_", " ").split()).partition(":")
    greek = _GREEK_HEADINGS.get(fold(name), "")
    name, code = greek or _OTHER_WORDS.get(name.strip(), name.strip()), code.strip()
    if name in TONGUED:
        code = code or ("el" if greek else known.language)
        return f"{name}:{code}" if code in NAMES else ""
    return name if name in COLUMNS and not code else ""


@dataclass(slots=True)
class _Reader:
    """Reads row by row: an empty day is that of the row above."""

    known: Known
    found: Understood
    day: date | None = None
    top: bool = False

    def read(self, number: int, row: Sequence[str], heads: Sequence[str]) -> None:
        """Understand one row, or say what is wrong with it."""
        check = Check(Typed({head: [_in_one(head, cell)] for head, cell in zip(heads, row, strict=False) if head}))
        for head, cell in zip(heads, row, strict=False):
            if _BROKEN.fullmatch(cell):
                check.wrong(head, _("The spreadsheet could not work this out: %(cell)s.") % {"cell": cell})
        if stray := next((cell for cell in row[len(heads) :] if cell), ""):
            check.wrong("", _("“%(cell)s” stands in a column without a heading.") % {"cell": stray[:40]})
        item = self._item(number, check)
        self.found.mistakes += [Mistake(number, name, sentence) for name, sentence in check.errors.items()]
        if item is not None:
            self.found.items.append(item)
            self._remember_room(item.room)
        self.top = self.top or not cells.yes(check, "below")

    def _remember_room(self, room: str) -> None:
        if room and fold(room) not in map(fold, self.found.rooms):
            self.found.rooms.append(room)

    def _item(self, number: int, check: Check) -> ReadItem | None:
        below, day = self._below(check), self._day(check)
        starts, ends = _times(check, below=below)
        title = _title(check)
        first = title.get(self.known.language) or next(iter(title.values()), "")
        audience = cells.code(check, "audience", AUDIENCES, audience_text, "public")
        place, room = cells.room(check, self.known)
        item = ReadItem(
            row=number,
            day=day or self.known.first_day,
            block=cells.texts(check, "block", limit=300),
            title=title,
            kind=cells.code(check, "kind", KINDS, kind_text, kind_of(first)),
            starts=starts,
            ends=ends,
            text=cells.texts(check, "text", limit=4000, lines=True),
            points=cells.points(check),
            place_id=place,
            room=room,
            track=check.text("track", limit=40),
            audience=audience,
            partners=self._partners(check, audience),
            hidden=cells.yes(check, "hidden"),
            mode=cells.code(check, "mode", MODES, mode_text, "on_site"),
            evidence=cells.yes(check, "evidence"),
            own_expense=cells.yes(check, "own expense"),
            capacity=cells.count(check, "capacity"),
            language=next(iter(cells.languages(check, "language")), ""),
            interpretation=cells.languages(check, "interpretation"),
            practices=cells.several(
                check, "practices", self.known.practices, _("There is no such practice: %(name)s.")
            ),
            speakers=cells.speakers(check, self.known),
            below=below,
        )
        return item if check.fine else None

    def _below(self, check: Check) -> bool:
        below = cells.yes(check, "below")
        if below and not self.top:
            check.wrong("below", _("There is no item above that it could stand below."))
        return below

    def _partners(self, check: Check, audience: str) -> tuple[int, ...]:
        sentence = _("There is no such partner: %(name)s.")
        found = cells.several(check, "partners", self.known.partners, sentence)
        if audience == "named" and not found:
            check.wrong("partners", _("Name the partners it is for."))
        return found if audience == "named" else ()

    def _day(self, check: Check) -> date | None:
        value = check.text("day", limit=40)
        day = cells.day_of(value, self.known) if value else self.day
        if day is None:
            check.wrong("day", _("Please write the day as its number or like 2024-04-16."))
            return None
        margin = timedelta(days=FARTHEST)
        if not self.known.first_day - margin <= day <= self.known.last_day + margin:
            check.wrong("day", _("That day is far away from the meeting."))
            return None
        self.day = day
        return day


def _in_one(head: str, cell: str) -> str:
    """A cell without the line breaks that people type where only one line has room."""
    return cell if head.partition(":")[0] in _LINED else " ".join(cell.split())


def _title(check: Check) -> Texts:
    title = cells.texts(check, "title", limit=300)
    if not title:
        check.wrong("title", _("Please write a title, in one language at least."))
    return title


def _times(check: Check, *, below: bool) -> tuple[time | None, time | None]:
    starts, until = cells.span(check, "start")
    ends, minutes = cells.clock(check, "end") or until, cells.minutes(check)
    if starts is None and (ends or minutes):
        check.wrong("start", _("It has an end but no start."))
    if starts is None and not below:
        check.wrong("start", _("Please write when it starts."))
    if ends and minutes:
        check.wrong("minutes", _("Please write when it ends, or how long it takes: one of the two."))
    if starts and minutes:
        ends = wall_of(minute_of(starts) + minutes)
    if starts and ends and ends_before(starts, ends):
        check.wrong("end", _("It ends before it begins."))
    return starts, ends
