"""The list of a meeting as a table for spreadsheets: all pages of it, written while it is read.

People are read a few hundred at a time, so that five thousand need no more memory than fifty.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlmodel import Session

from planner import db, language
from planner.language import _
from planner.meetings.queries import Found
from planner.questions.queries import ever_asked
from planner.registration import words
from planner.registration.affiliations import Affiliations, affiliations
from planner.roster.columns import Column, columns, exported
from planner.roster.listing import chosen, of_numbers
from planner.roster.parts import parts
from planner.roster.selection import Selection
from planner.sheet import Cell, csv_lines, write_xlsx

AT_ONCE = 250
"""How many people are read at a time."""
PIECE = 64 * 1024
Rows = Callable[[Session, Sequence[int]], list[list[Cell]]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is still to be read: its title, its headers, whom it is about, and how their rows are made."""

    title: str
    headers: Sequence[str]
    numbers: Sequence[int]
    rows: Rows
    language: str

    def written(self, kind: str) -> Iterator[bytes]:
        """The table as a file, piece by piece: `csv` or `xlsx`."""
        return csv_lines(self.headers, self._read()) if kind == "csv" else self._workbook()

    def _read(self) -> Iterator[Iterable[Sequence[Cell]]]:
        for start in range(0, len(self.numbers), AT_ONCE):
            with language.speaking(self.language), db.read() as session:
                found = self.rows(session, self.numbers[start : start + AT_ONCE])
            yield found

    def _workbook(self) -> Iterator[bytes]:
        with tempfile.TemporaryFile() as file:
            write_xlsx(file, self.title, self.headers, chain.from_iterable(self._read()))
            file.seek(0)
            while piece := file.read(PIECE):
                yield piece


def registrations(session: Session, found: Found, selected: Selection, *, care: bool) -> Table:
    """Everybody on that list with the columns picked, else with all but those about health."""
    known = affiliations(session, found)
    offered = columns(found.meeting.zone, ever_asked(session, found.meeting.id or 0), care=care)
    shown = exported(offered, selected.columns)
    return Table(
        _("Registrations"),
        [header for column in shown for header in column.headers],
        chosen(session, found, selected, known),
        _rows(found, known, shown, care=care),
        language.current(),
    )


def care(session: Session, found: Found, selected: Selection) -> Table:
    """What people on that list wrote about food and access, those who wrote something. For the act care.read only."""
    known = affiliations(session, found)
    ends = _("Deleted after")
    return Table(
        _("Food and access"),
        [_("Number"), _("Status"), _("Name"), _("Diet"), _("More about the diet"), _("Access"), ends],
        chosen(session, found, selected, known),
        _care_rows(found, known),
        language.current(),
    )


def _rows(found: Found, known: Affiliations, shown: Sequence[Column], *, care: bool) -> Rows:
    wanted = {column.needs for column in shown}

    def rows(session: Session, numbers: Sequence[int]) -> list[list[Cell]]:
        more = parts(session, numbers, wanted, care=care)
        lines = of_numbers(session, found, numbers, known)
        return [[cell for column in shown for cell in column.cells(line, more)] for line in lines]

    return rows


def _care_rows(found: Found, known: Affiliations) -> Rows:
    def rows(session: Session, numbers: Sequence[int]) -> list[list[Cell]]:
        notes = parts(session, numbers, {"care"}, care=True).care
        return [
            [
                line.person.id,
                words.status_text(line.person.status),
                line.person.name,
                words.diet_text(note.diet),
                note.diet_note,
                note.access,
                note.delete_after,
            ]
            for line in of_numbers(session, found, [number for number in numbers if number in notes], known)
            for note in [notes[line.person.id]]
        ]

    return rows
