"""Tables for spreadsheets: CSV and XLSX that open in Excel and LibreOffice without surprises.

A name such as ``=1+1`` or ``+34 600`` stays the text it is. In XLSX text is stored as text. CSV has no types,
so a text that a spreadsheet could run as a formula gets an apostrophe in front; `plain` takes it off again.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import IO, TypeGuard

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

Cell = str | int | float | Decimal | date | time | None
"""What a cell may hold. ``bool`` is an ``int``, ``datetime`` is a ``date``; an aware datetime keeps its zone."""

_RISKY = re.compile(r"'*[\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*(?:[=+\-@＝＋－＠−]|(?<=[\t\r\n]))")
_ILLEGAL_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_ILLEGAL_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f]+")
_LONGEST_TEXT = 32_767
_LONGEST_SHEET_NAME = 31
_MOST_ROWS = 1_048_576
_EXACT_DIGITS = 10**15
_FIRST_DAY_OF_EXCEL = date(1900, 3, 1)
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  a constant, so that equal tables are equal files


def csv_bytes(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table as CSV: UTF-8 with byte order mark, comma, every cell quoted, CRLF (RFC 4180).

    Dates and times are ISO 8601. Lone surrogates, which no file can hold, become U+FFFD.
    Read it back with ``csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))`` and `plain` on each cell.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([_guarded(header) for header in headers])
    writer.writerows([_csv_text(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + _without_surrogates(out.getvalue()).encode()


def csv_lines(headers: Sequence[str], batches: Iterable[Iterable[Sequence[Cell]]]) -> Iterator[bytes]:
    """The same as `csv_bytes` piece by piece, one for the headers and one for each batch of rows."""
    yield csv_bytes(headers, ())
    for batch in batches:
        yield csv_bytes((), batch).removeprefix(b"\xef\xbb\xbf\r\n")


def plain(cell: str) -> str:
    """The text that `csv_bytes` was given, from the cell read back: its guarding apostrophe taken off."""
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell[1:]) else cell


def xlsx_bytes(title: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table as a workbook of one sheet named `title`, the same bytes for the same table.

    Text is text (never a formula or a link), numbers and dates are typed. Text beyond what a cell holds
    (32,767 characters) ends in an ellipsis. Raises ValueError when there are more rows than a sheet holds.
    """
    table = [list(row) for row in rows]
    if len(table) >= _MOST_ROWS:
        raise ValueError(f"a sheet holds {_MOST_ROWS - 1} rows below its header, not {len(table)}")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": _xml_text(title), "created": _MADE})
        sheet = book.add_worksheet(_sheet_name(title))
        longest, count = _Pen(book, sheet).fill(headers, table)
        _lay_out(sheet, headers, longest, count)
    return out.getvalue()


def write_xlsx(file: IO[bytes], title: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """The same as `xlsx_bytes` into a file, row by row: the table is never in memory as a whole.

    Raises ValueError when there are more rows than a sheet holds.
    """
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        book.set_properties({"title": _xml_text(title), "created": _MADE})
        sheet = book.add_worksheet(_sheet_name(title))
        longest, count = _Pen(book, sheet).fill(headers, rows)
        _lay_out(sheet, headers, longest, count)


def _csv_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if _is_number(cell) else _guarded(str(cell))


def _guarded(text: str) -> str:
    return "'" + text if _RISKY.match(text) else text


def _is_number(cell: Cell) -> TypeGuard[float | Decimal]:
    return isinstance(cell, int | float | Decimal) and math.isfinite(cell)


def _without_surrogates(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _xml_text(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _cut(_ILLEGAL_IN_XML.sub("", _without_surrogates(lines)), _LONGEST_TEXT)


def _cut(text: str, longest: int) -> str:
    """`text` in at most `longest` UTF-16 units, which is how Excel counts."""
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * longest else units[: 2 * longest - 2].decode("utf-16-le", "ignore") + "…"


def _sheet_name(title: str) -> str:
    name = _ILLEGAL_IN_SHEET_NAME.sub(" ", _xml_text(title)).strip("' \n")
    name = _cut(name, _LONGEST_SHEET_NAME).strip("' ")
    return name if name and name.casefold() != "history" else "Sheet"


def _lay_out(sheet: Worksheet, headers: Sequence[str], longest: Sequence[int], count: int) -> None:
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    if headers:
        sheet.autofilter(0, 0, count, len(headers) - 1)
    for column, header in enumerate(headers):
        sheet.set_column(column, column, min(60, max(8, len(header) + 4, longest[column] + 2)))


def _width(cell: Cell) -> int:
    return max(map(len, str(cell).splitlines()), default=0) if cell is not None else 0


class _Pen:
    """Writes typed cells into one sheet and keeps the few formats that this needs."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        self.book, self.sheet = book, sheet
        self.formats: dict[str, Format] = {}
        self.header = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.guarded = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})

    def fill(self, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> tuple[list[int], int]:
        """Write it all; the answer is the longest text of each column, and the number of rows."""
        longest, number = [0] * len(headers), 0
        for column, header in enumerate(headers):
            self.sheet.write_string(0, column, _xml_text(header), self.header)
        for number, row in enumerate(rows, start=1):
            if number >= _MOST_ROWS:
                raise ValueError(f"a sheet holds {_MOST_ROWS - 1} rows below its header, and there are more")
            for column, cell in enumerate(row):
                self.write(number, column, cell)
            longest = [max(known, _width(cell)) for known, cell in zip_longest(longest, row, fillvalue=0)]
        return longest, number

    def write(self, row: int, column: int, cell: Cell) -> None:
        if cell is None:
            return
        if isinstance(cell, bool):
            self.sheet.write_boolean(row, column, cell, self.text)
        elif _is_number(cell) and -_EXACT_DIGITS < cell < _EXACT_DIGITS:
            self.sheet.write_number(row, column, cell, self.shown("General"))
        elif isinstance(cell, date | time) and _fits_excel(cell):
            self.sheet.write_datetime(row, column, _wall_clock(cell), self.shown(_date_format(cell)))
        else:
            self.write_text(row, column, cell.isoformat() if isinstance(cell, date | time) else str(cell))

    def write_text(self, row: int, column: int, text: str) -> None:
        """Risky text also gets Excel's own mark for text, so that editing the cell does not turn it into a formula."""
        self.sheet.write_string(row, column, _xml_text(text), self.guarded if _RISKY.match(text) else self.text)

    def shown(self, number_format: str) -> Format:
        if number_format not in self.formats:
            self.formats[number_format] = self.book.add_format({"num_format": number_format, "valign": "top"})
        return self.formats[number_format]


def _fits_excel(cell: date | time) -> bool:
    return isinstance(cell, time) or date(cell.year, cell.month, cell.day) >= _FIRST_DAY_OF_EXCEL


def _wall_clock(cell: date | time) -> date | time:
    return cell.replace(tzinfo=None) if isinstance(cell, datetime | time) else cell


def _date_format(cell: date | time) -> str:
    """Excel knows no zones: the offset of an aware time stands behind it as a part of its format."""
    if isinstance(cell, time):
        return "hh:mm"
    if not isinstance(cell, datetime):
        return "yyyy-mm-dd"
    offset = cell.utcoffset()
    return "yyyy-mm-dd hh:mm" + ("" if offset is None else f' "{_offset(offset)}"')


def _offset(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else "UTC"
