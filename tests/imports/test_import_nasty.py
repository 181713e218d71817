"""Tables as people really bring them: other alphabets, encodings, merged cells, lost formats, far too long."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, time
from html import unescape
from typing import Any

import openpyxl
import pytest
from litestar.testing import TestClient
from openpyxl.styles import Alignment

from planner.imports.times import clock_in, date_in
from planner.tabular import MOST_ROWS
from tests.agenda.acting import snapshot
from tests.imports.test_import import table_of, understood, upload
from tests.reception import sign_in

HEADS = "day;start;minutes;title"
DESK = "/secon/haskovo-2023/desk/agenda/import"


def book(*sheets: list[list[Any]], merged: str = "") -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number, rows in enumerate(sheets, 1):
        sheet = made.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
        if merged:
            sheet.merge_cells(merged)
            sheet["A1"].alignment = Alignment(wrap_text=True)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.fixture
def organiser(demo_sqlite: str, client: TestClient) -> str:
    """Somebody who organises is signed in; the token of their forms."""
    return sign_in(client, "organiser")


def mistakes(client: TestClient, csrf: str, content: bytes, name: str) -> str:
    """What is said about a table that cannot be taken; nothing of it was written."""
    before = snapshot()
    answer = upload(client, csrf, content, name, write="yes")
    assert answer.status_code == 422, answer.status_code
    assert snapshot() == before
    return unescape(re.sub(r"<[^>]+>|\s+", " ", answer.text))


NASTY: dict[str, tuple[bytes, str, str]] = {
    "an old workbook": (b"\xd0\xcf\x11\xe0" + bytes(600), "a.xls", "choose a table"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "a.xlsx", "choose a table"),
    "a page": (b"<table><tr><td>day;start;title", "a.csv", "choose a table"),
    "an error of the spreadsheet": (book([["day", "start", "title"], [1, "9:00", "#REF!"]]), "a.xlsx", "#REF!"),
    "a weekday that counts nothing": (b"day;start;title\nMon 13;9:00;A", "a.csv", "Please write the day"),
    "empty": (b"", "a.csv", "This file is empty"),
    "only a mark": (b"\xef\xbb\xbf", "a.csv", ""),
    "only headings": (HEADS.encode(), "a.csv", "no items below them"),
    "only blanks": (b" \n;;;\n  ", "a.csv", "empty"),
    "ten thousand rows": (
        "\n".join([HEADS, *(f"1;9:00;30;Item {number}" for number in range(10_000))]).encode(), "a.csv", "500 rows",
    ),
    "ten thousand rows in a workbook": (
        book([["day", "start", "title"], *([1, "9:00", f"Item {number}"] for number in range(10_000))]),
        "a.xlsx", "500 rows",
    ),
    "headings twice": (b"day;start;title;title\n1;9:00;A;B", "a.csv", "This column is there twice"),
    "headings in two languages of one thing": ("day;ημέρα;start;title\n1;1;9:00;A".encode(), "a.csv", "twice"),
    "another table": (b"name;price\nBread;2", "a.csv", "This column is missing"),
    "one bad row of three": (b"day;start;title\n1;9:00;A\n1;noon;B\n1;10:00;C", "a.csv", "14:00"),
    "a formula as a time": (book([["day", "start", "title"], [1, "=1/24", "A"]]), "a.xlsx", "14:00"),
    "an empty workbook": (book([]), "a.xlsx", "empty"),
    "no workbook": (b"PK\x03\x04 nothing", "a.xlsx", ""),
    "a NUL": (b"day;start;title\n1;9:00;A\x00B", "a.csv", ""),
    "an open quote": (b'day;start;title\n1;9:00;"A' + b"x" * 200_000, "a.csv", ""),
    "a merged title": (
        book([["day", "start", "title"], [1, time(9), "A"], [1, time(10), "B"]], merged="C2:C3"), "a.xlsx",
        "Please write a title",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NASTY)
def test_what_cannot_be_taken_is_said_in_a_sentence_and_nothing_is_written(
    organiser: str, client: TestClient, case: str
) -> None:
    content, name, sentence = NASTY[case]
    assert sentence in mistakes(client, organiser, content, name)


def test_mistakes_name_the_row_as_the_spreadsheet_counts(organiser: str, client: TestClient) -> None:
    said = mistakes(client, organiser, b"\n\nday;start;title\n1;9:00;A\n\n1;noon;B", "a.csv")
    assert re.search(r"\b6\b", said)


TAKEN: dict[str, tuple[bytes, str]] = {
    "UTF-16": (f"{HEADS}\n1;9:00;30;Welcome".encode("utf-16"), "a.csv"),
    "Windows-1253": (f"{HEADS}:el\n1;9:00;30;Καλωσόρισμα".encode("cp1253"), "a.csv"),
    "Excel's own first line": (f"sep=;\r\n{HEADS}\r\n1;9:00;30;Welcome".encode(), "a.csv"),
    "tabs below blank lines": (b"\n\nday\tstart\tminutes\ttitle\n1\t9:00\t30\tWelcome", "a.tsv"),
    "a title above the headings": (
        book([["SECON in Haskovo"], [], ["day", "start", "end", "title"], [1, "9:00", "9:30", "Welcome"]],
             merged="A1:D1"), "a.xlsx",
    ),
    "both times in one cell": ("day;time;topic\n1;9:00 – 9:30;Welcome".encode(), "a.csv"),
    "dates with times": (
        book([["day", "start", "end", "title"],
              [*map(datetime.fromisoformat, ("2023-11-13T09:00", "2023-11-13T09:00", "2023-11-13T09:30")), "Welcome"]]),
        "a.xlsx",
    ),
    "halves of a day": (book([["day", "start", "end", "title"], ["Mon 13/11/23", "9 AM", "9:30 π.μ.", "Welcome"]]),
                        "a.xlsx"),
    "a month by its name": ("ημέρα;ώρα;διάρκεια;θέμα\n13 Νοεμβρίου 2023;9;30;Καλωσόρισμα".encode(), "a.csv"),
    "two lines in a cell": (book([["day", "start", "end", "title:en"], [1, "9.00", "09.30", "\nWelcome\n"]]), "a.xlsx"),
    "semicolons with a mark": (b"\xef\xbb\xbfday;start;minutes;title\r\n1;9:00;30;Welcome\r\n", "a.csv"),
    "Greek headings": ("ΗΜΈΡΑ;Ώρα έναρξης;Διάρκεια;Τίτλος\n1;9:00;30;Καλωσόρισμα".encode(), "a.csv"),
    "real dates and times": (
        book([["day", "start", "end", "title"], [date(2023, 11, 13), time(9), time(9, 30), "Welcome"]]), "a.xlsx",
    ),
    "dates as text": (book([["day", "start", "end", "title"], ["13.11.2023", "9.00", "9:30", "Welcome"]]), "a.xlsx"),
    "serials": (book([["day", "start", "end", "title"], [45243, 0.375, 0.395833333333, "Welcome"]]), "a.xlsx"),
    "on the second sheet": (book([], [["day", "start", "minutes", "title"], [1, "9:00", 30, "Welcome"]]), "a.xlsx"),
    "days merged": (
        book([["day", "start", "minutes", "title"], [1, "9:00", 30, "Welcome"], ["", "9:30", 9, "B"]], merged="A2:A3"),
        "a.xlsx",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TAKEN)
def test_what_people_bring_is_understood(demo_sqlite: str, case: str) -> None:
    heads, *rows = table_of(*TAKEN[case])
    found = understood(*rows, heads=heads)
    assert found.mistakes == []
    first = found.items[0]
    assert (first.day, first.starts, first.ends) == (date(2023, 11, 13), time(9), time(9, 30))
    assert set(first.title.items()) <= {("en", "Welcome"), ("el", "Καλωσόρισμα")}
    assert {item.day for item in found.items} == {first.day}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0.5", time(12)), ("0.25", time(6)), ("0,75", time(18)), ("0.30", time(0, 30)), ("45243.375", time(9)),
        ("24:00", time(0)), ("12:15 AM", time(0, 15)), ("12 μ.μ.", time(12)), ("25:00", None), ("13 PM", None),
        ("9:60", None), ("noon", None), ("２:00", time(2)), ("-1", None),
    ],
)  # fmt: skip
def test_times_are_read_as_people_and_spreadsheets_write_them(written: str, meant: time | None) -> None:
    assert clock_in(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Monday 13.11.2023", date(2023, 11, 13)), ("13-11-2023", date(2023, 11, 13)), ("13 nov", date(2023, 11, 13)),
        ("понеделник 13 ноември 2023", date(2023, 11, 13)), ("13 noiembrie 2023", date(2023, 11, 13)),
        ("45243.375", date(2023, 11, 13)), ("31.2.2023", None), ("13 Brumaire", None), ("11/13/2023", None),
    ],
)  # fmt: skip
def test_days_are_read_in_the_languages_of_hosts(written: str, meant: date | None) -> None:
    assert date_in(written, 2023) == meant


def test_the_first_letters_of_a_csv_may_be_said(organiser: str, client: TestClient) -> None:
    content = f"{HEADS}\n1;9:00;30;Откриване на срещата".encode("cp1251")
    assert "Откриване на срещата" in upload(client, organiser, content, "a.csv", letters="cp1251").text


def test_a_table_has_room_for_a_whole_meeting(demo_sqlite: str) -> None:
    heads, *rows = table_of(
        "\n".join([HEADS, *(f"1;9:00;5;Item {number}" for number in range(MOST_ROWS))]).encode(), "a.csv"
    )
    assert len(understood(*rows, heads=heads).items) == MOST_ROWS
