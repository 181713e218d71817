"""A table that somebody brings, XLSX or CSV, as rows of text. Formulas are text; nothing in the file is run."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zipfile import ZipFile

import openpyxl  # type: ignore[import-untyped]

from planner.errors import Refusal
from planner.files import size_text
from planner.filetypes import recognise
from planner.forms import Upload
from planner.language import _
from planner.sheet import plain

LARGEST = 2 * 1024 * 1024
"""Bytes of a table."""
MOST_UNPACKED = 30 * 1024 * 1024
"""Bytes of a workbook without its compression, by its own word and in truth."""
MOST_ROWS = 500
"""Rows of a table where nobody says another number."""
MOST_COLUMNS = 80
MOST_SHEETS = 5
"""Sheets of a workbook that are looked at for a table."""
LONGEST_CELL = 5000
_ENTITIES = tuple(
    mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")
)

Table = list[list[str]]
"""Rows of cells, the headings among them; row 1 is the first."""


def read(upload: Upload, most: int = MOST_ROWS) -> Table:
    """The first sheet of a workbook with anything on it, or a CSV, of at most so many rows.

    Raises Refusal for what is none, or too large.
    """
    if not upload.content:
        raise Refusal(_("This file is empty. Please choose another one."), "file")
    if len(upload.content) > LARGEST:
        told = {"size": size_text(len(upload.content)), "limit": size_text(LARGEST)}
        raise Refusal(_("This file is too large: %(size)s. A file may have %(limit)s.") % told, "file")
    kind = _kind(upload.content, upload.name)
    if kind == "XLSX":
        return _fitting(_workbook(upload.content, most), most)
    if kind in ("CSV", "TXT"):
        return _fitting(_csv(upload.content.decode("utf-8-sig")), most)
    raise Refusal(_("Please choose a table: XLSX, or CSV in UTF-8."), "file")


def _kind(content: bytes, name: str) -> str:
    """What it is, by its content. Raises Refusal with what to do about it here: a table is wanted."""
    try:
        return recognise(content, f"{name}.csv" if name.lower().endswith(".tsv") else name).name
    except Refusal as refusal:
        if content.startswith(b"PK\x03\x04"):
            raise _unreadable() from refusal
        raise Refusal(_("Please choose a table: XLSX, or CSV in UTF-8."), "file") from refusal


def _unreadable() -> Refusal:
    return Refusal(_("This workbook cannot be read. Please save it anew as XLSX or CSV."), "file")


def packed(table: Table) -> str:
    """The table as a form carries it from one step to the next."""
    return json.dumps(table, ensure_ascii=False)


def unpacked(text: str, most: int = MOST_ROWS) -> Table:
    """The table that a form carried, of at most so many rows. Raises Refusal for anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _lost() from error
    if not isinstance(found, list) or not all(isinstance(row, list) for row in found):
        raise _lost()
    if not all(isinstance(cell, str) for row in found for cell in row):
        raise _lost()
    return _fitting(found, most)


def _lost() -> Refusal:
    return Refusal(_("The table was lost on the way. Please choose the file again."), "file")


def _fitting(rows: Iterable[Sequence[str]], most: int) -> Table:
    """The rows without blanks around cells and without empty cells and rows at their ends."""
    table: Table = []
    for row in rows:
        cells = [cell.strip() for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        table.append(cells)
        if len(table) > most + 1 and any(table[most + 1 :]):
            raise Refusal(_("A table may have %(count)d rows. Please bring it in parts.") % {"count": most}, "file")
        if len(cells) > MOST_COLUMNS or any(len(cell) > LONGEST_CELL for cell in cells):
            raise Refusal(_("Row %(row)d is too long.") % {"row": len(table)}, "file")
    while table and not table[-1]:
        table.pop()
    return table


def _csv(text: str) -> Iterable[list[str]]:
    """Spreadsheets write commas, semicolons or tabs, whatever their country likes: the headings tell, or a line of
    its own before them, which spreadsheets do not count.
    """
    said, told, rest = text.partition("\n")
    if named := re.fullmatch(r"sep=([,;\t])\r?", said) if told else None:
        text = rest
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = named[1] if named else max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            yield [plain(cell) for cell in row]
    except csv.Error as error:
        raise Refusal(_("Row %(row)d cannot be read as CSV.") % {"row": reader.line_num}, "file") from error


def _workbook(content: bytes, most: int) -> Iterable[list[str]]:
    _weigh(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        tables = [_cells(sheet, most) for sheet in book.worksheets[:MOST_SHEETS]]
        return next((table for table in tables if any(map(any, table))), tables[0])
    except Exception as error:  # whatever a damaged workbook makes its reader stumble over
        raise _unreadable() from error


def _cells(sheet: Any, most: int) -> list[list[str]]:
    rows = sheet.iter_rows(max_row=most + 2, max_col=MOST_COLUMNS + 1, values_only=True)
    return [[_text(cell) for cell in row] for row in rows]


def _weigh(content: bytes) -> None:
    """No entry is longer than it says (zipfile checks), all are small together, none defines entities."""
    with ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
            raise Refusal(_("This workbook holds too much. Please save the table alone."), "file")
        names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
        if any(mark in archive.read(name) for name in names for mark in _ENTITIES):
            raise _unreadable()


def _text(cell: Any) -> str:
    """A cell as people see it; a formula as it was typed."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return _moment(cell)
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, timedelta):
        minutes = round(cell.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return cell.isoformat() if isinstance(cell, date) else str(getattr(cell, "text", cell))


def _moment(cell: datetime) -> str:
    if cell.year < 1901:  # a time of day that was typed with a date format
        return f"{cell:%H:%M}"
    return cell.date().isoformat() if cell.time() == time() else f"{cell:%Y-%m-%d %H:%M}"
