from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from planner.sheet import csv_bytes, plain, xlsx_bytes

NAMES = ["Ζωή Χατζηνικήτα", "Цветелина Жечева", "Paweł Żółciński", "Ștefan Țurcanu", "Emőke Kőszeghy", "Ģirts Ķauķis"]
RISKY = [
    "=1+1",
    "+34 600",
    "-5",
    "@x",
    "\t=1",
    "\r=1",
    "\n+1",
    "  =1",
    "\u00a0=1",
    "\u200b=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
]
HARMLESS = ["O'Brien", "a=b", "'quoted'", "1-2", "Ana, Maria", 'the "best"', "two\nlines", "a\tb", "", " "]

texts = st.text(st.characters(exclude_categories=["Cs"]))


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_sheet(data: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def column(data: bytes) -> list[object]:
    return [row[0].value for row in read_sheet(data).iter_rows(min_row=2)]


def test_csv_is_what_excel_opens_as_utf_8_with_every_cell_quoted() -> None:
    assert csv_bytes(["Name", "Seats"], [["Ζωή", 3]]) == '\ufeff"Name","Seats"\r\n"Ζωή","3"\r\n'.encode()


@pytest.mark.parametrize("text", RISKY)
def test_csv_guards_what_a_spreadsheet_could_run(text: str) -> None:
    (cell,) = read_csv(csv_bytes([text], []))[0]
    assert cell == "'" + text
    assert plain(cell) == text


@pytest.mark.parametrize("text", [*NAMES, *HARMLESS])
def test_csv_leaves_other_text_alone(text: str) -> None:
    assert read_csv(csv_bytes(["h", "h"], [[text, "x"]]))[1] == [text, "x"]


@given(st.lists(st.tuples(texts, texts), max_size=5))
def test_csv_gives_back_what_it_was_given(rows: list[tuple[str, str]]) -> None:
    read = read_csv(csv_bytes(["a", "b"], rows))
    assert [tuple(map(plain, row)) for row in read[1:]] == rows


@given(st.text(alphabet="'= \t@a-\n＝"))
def test_apostrophes_that_were_there_before_survive(text: str) -> None:
    read = read_csv(csv_bytes(["h", "h"], [[text, ""]]))
    assert plain(read[1][0]) == text


def test_csv_writes_numbers_and_dates_bare() -> None:
    moment = datetime(2024, 5, 22, 9, 30, tzinfo=UTC)
    cells = [-5, -1.5, Decimal("2.10"), True, date(2024, 5, 22), time(9, 30), moment, None, float("-inf")]
    assert read_csv(csv_bytes([], [cells]))[1] == [
        "-5", "-1.5", "2.10", "True", "2024-05-22", "09:30:00", "2024-05-22T09:30:00+00:00", "", "'-inf",
    ]  # fmt: skip


def test_lone_surrogates_become_replacement_characters() -> None:
    assert read_csv(csv_bytes(["a\ud800b"], []))[0] == ["a\ufffdb"]
    assert column(xlsx_bytes("List", ["h"], [["a\udfffb"]])) == ["a\ufffdb"]


def test_workbook_keeps_every_text_as_text() -> None:
    given_texts = [*NAMES, "=1+1", "+34 600", "-5", "@x", "\t=1", "two\nlines", "https://example.org", "007", "TRUE"]
    data = xlsx_bytes("List", ["Name"], [[text] for text in given_texts])
    cells = [row[0] for row in read_sheet(data).iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == given_texts
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.hyperlink for cell in cells if cell.hyperlink] == []


def test_risky_text_carries_excels_mark_for_text() -> None:
    sheet = read_sheet(xlsx_bytes("List", ["Name"], [["=1+1"], ["Ana"]]))
    assert [sheet["A2"].style_id == sheet["A3"].style_id, sheet["A2"].quotePrefix, sheet["A3"].quotePrefix] == [
        False, True, False,
    ]  # fmt: skip


def test_workbook_types_numbers_and_dates() -> None:
    cells = [3, 2.5, Decimal("1.25"), True, date(2024, 5, 22), datetime(2024, 5, 22, 9, 30), time(9, 30), None]  # noqa: DTZ001
    row = next(read_sheet(xlsx_bytes("List", [], [cells])).iter_rows(min_row=2, max_col=8, values_only=True))
    assert row == (3, 2.5, 1.25, True, datetime(2024, 5, 22), datetime(2024, 5, 22, 9, 30), time(9, 30), None)  # noqa: DTZ001


def test_an_aware_moment_shows_its_offset() -> None:
    skopje = timezone(timedelta(hours=2))
    sheet = read_sheet(xlsx_bytes("List", ["h"], [[datetime(2024, 5, 22, 9, 30, tzinfo=skopje)]]))
    assert sheet["A2"].value == datetime(2024, 5, 22, 9, 30)  # noqa: DTZ001
    assert sheet["A2"].number_format == 'yyyy-mm-dd hh:mm "UTC+02:00"'


def test_what_excel_has_no_type_for_is_written_out() -> None:
    cells: list[list[int | float | date]] = [[10**20], [float("nan")], [date(1821, 3, 25)]]
    assert column(xlsx_bytes("List", ["h"], cells)) == [str(10**20), "nan", "1821-03-25"]


def test_control_characters_leave_and_line_ends_are_one_kind() -> None:
    assert column(xlsx_bytes("List", ["h"], [["a\x00b\x07\x1bc\uffff"], ["x\r\ny\rz"]])) == ["abc", "x\ny\nz"]


def test_too_long_text_ends_in_an_ellipsis() -> None:
    longest, longer = "ł" * 32_767, "𝔸" * 20_000
    kept, cut = column(xlsx_bytes("List", ["h"], [[longest], [longer]]))
    assert kept == longest
    assert cut == "𝔸" * 16_383 + "…"


def test_header_is_bold_frozen_and_filtered() -> None:
    sheet = read_sheet(xlsx_bytes("List", ["Name", "Seats"], [["Ana", 1], ["Ģirts", 2]]))
    assert (sheet["A1"].font.b, sheet.freeze_panes, sheet.auto_filter.ref) == (True, "A2", "A1:B3")


def test_columns_are_as_wide_as_what_they_hold_within_reason() -> None:
    sheet = read_sheet(xlsx_bytes("List", ["n", "name", "text"], [[1, "Figueirinhas de Sá e Melo", "x" * 500]]))
    assert [round(sheet.column_dimensions[letter].width) for letter in "ABC"] == [9, 28, 61]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Haskovo: day 1/2 [draft]?", "Haskovo  day 1 2  draft"),
        ("'quoted'", "quoted"),
        ("", "Sheet"),
        ("History", "Sheet"),
        ("***", "Sheet"),
        ("Κατάλογος συμμετεχόντων της συνάντησης", "Κατάλογος συμμετεχόντων της συ…"),
    ],
)
def test_any_title_becomes_a_sheet_name(title: str, name: str) -> None:
    assert read_sheet(xlsx_bytes(title, ["h"], [])).title == name


def test_equal_tables_are_equal_files() -> None:
    def table() -> bytes:
        return xlsx_bytes("List", ["Name"], [[name] for name in NAMES])

    assert table() == table()


def test_more_rows_than_a_sheet_holds_are_refused() -> None:
    with pytest.raises(ValueError, match="1048575 rows"):
        xlsx_bytes("List", [], [[]] * 1_048_576)


@given(st.lists(st.text(), min_size=1, max_size=4), st.text())
def test_no_text_breaks_a_workbook(cells: list[str], title: str) -> None:
    assert read_sheet(xlsx_bytes(title, ["h"] * len(cells), [cells])).max_row <= 2
