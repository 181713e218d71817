"""An agenda from a table: what it may say, what is wrong with it row by row, all or nothing, and one undo."""

from __future__ import annotations

import html
import io
import re
from datetime import date, time
from typing import Any

import httpx
import openpyxl
import pytest
from litestar.testing import TestClient
from sqlmodel import select

from planner import db, sheet
from planner import tabular as import_table
from planner.agenda import actions
from planner.agenda.changes import last_changes
from planner.agenda.queries import draft
from planner.agenda.rows import drafted
from planner.agenda.views import ItemView
from planner.encodings import in_utf8
from planner.errors import Refusal
from planner.forms import Upload
from planner.history import revived, values
from planner.imports.actions import import_agenda, known
from planner.imports.blank import filled_form
from planner.imports.rules import Understood, understand
from planner.meetings.queries import at_desk
from planner.meetings.tables import Meeting
from planner.tabular import Table
from tests.agenda.acting import act, done, number, snapshot
from tests.agenda.giving import ACTOR
from tests.reception import sign_in
from tests.sample_files import office, zipped

DESK = "/secon/haskovo-2023/desk/agenda/import"
HEADS = ["day", "start", "minutes", "title", "title:el", "kind", "room", "speakers"]


def understood(*rows: list[str], heads: list[str] = HEADS, rooms: bool = False) -> Understood:
    with db.read() as session:
        found = at_desk(session, "secon", "haskovo-2023")
        return understand([heads, *rows], known(session, found, make_rooms=rooms))


def wrong(*rows: list[str], heads: list[str] = HEADS) -> list[tuple[int, str]]:
    return [(mistake.row, mistake.column) for mistake in understood(*rows, heads=heads).mistakes]


def workbook(table: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in table:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table_of(content: bytes, name: str = "agenda.xlsx") -> Table:
    return import_table.read(in_utf8(Upload(name, content)))


def upload(client: TestClient, csrf: str, content: bytes, name: str = "agenda.csv", **fields: str) -> httpx.Response:
    return client.post(DESK, data={"csrf": csrf, **fields}, files={"file": (name, content, "text/csv")})


@pytest.fixture
def organiser(demo_sqlite: str, client: TestClient) -> str:
    """Somebody who organises is signed in; the token of their forms."""
    return sign_in(client, "organiser")


def test_a_row_becomes_an_item(demo_sqlite: str) -> None:
    found = understood(
        [
            "1",
            "9:15",
            "0:45",
            "Study visit: harbour",
            "Λιμάνι",
            "",
            "μεγαλη αιθουσα",
            "Radoyska Kameliya [panel, online]",
        ],
        ["", "10.00", "", "Coffee", "", "Διάλειμμα", "", "Dr Kameliya Radoyska; Plamen Dyakov (somewhere)"],
        ["14/11/2023", "09:00", "90", "Workshop", "", "", "", ""],
    )
    assert found.mistakes == []
    first, second, third = found.items
    assert (first.day, first.starts, first.ends, first.kind) == (date(2023, 11, 13), time(9, 15), time(10), "visit")
    assert (first.title, len(first.speakers)) == ({"en": "Study visit: harbour", "el": "Λιμάνι"}, 1)
    assert first.speakers[0][1:3] == ("panel", "online")
    assert first.place_id
    assert (second.day, second.kind, second.ends, second.speakers[0][0]) == (
        first.day, "break", None, first.speakers[0][0],
    )  # fmt: skip
    assert (third.day, third.ends) == (date(2023, 11, 14), time(10, 30))
    assert found.days == 2


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["", "9:00", "", "No day"], "day"),
        (["31.2.2024", "9:00", "", "No such day"], "day"),
        (["2033-01-01", "9:00", "", "Far away"], "day"),
        (["1", "25:00", "", "No such time"], "start"),
        (["1", "", "", "No time"], "start"),
        (["1", "9:00", "-5", "Backwards"], "minutes"),
        (["1", "9:00", "1000", "Too long"], "end"),
        (["1", "9:00", "", ""], "title"),
        (["1", "9:00", "", "x" * 301], "title:en"),
        (["1", "9:00", "", "a\x07b"], "title:en"),
        (["1", "9:00", "", "Party", "", "party"], "kind"),
        (["1", "9:00", "", "Talk", "", "", "Cellar"], "room"),
        (["1", "9:00", "", "Talk", "", "", "", "Nobody Known"], "speakers"),
        (["1", "9:00", "", "Talk", "", "", "", "Plamen Dyakov [king]"], "speakers"),
        (["1", "9:00", "", "Talk", "", "", "", "", "stray"], ""),
    ],
)
def test_what_a_row_cannot_say_is_named_with_its_row(demo_sqlite: str, row: list[str], column: str) -> None:
    fine = ["1", "8:00", "", "Fine"]
    assert wrong(fine, [], row)[:1] == [(4, column)] if row[0] else wrong(row) == [(2, column)]


def test_wrong_headings_are_named(demo_sqlite: str) -> None:
    assert wrong(["1"], heads=["day", "start", "colour", "title", "Title", "title:xx"]) [:4] == [
        (1, "colour"), (1, "title"), (1, "Title"), (1, "title:xx"),
    ]  # fmt: skip
    assert (1, "title") in wrong(["1", "9:00"], heads=["day", "start"])
    assert wrong() == [(1, "")]
    with db.read() as session:
        empty = understand([], known(session, at_desk(session, "secon", "haskovo-2023")))
    assert [mistake.sentence for mistake in empty.mistakes] == ["The table is empty."]


def test_cells_of_a_workbook_are_read_as_people_see_them(demo_sqlite: str) -> None:
    table = [
        ["day", "start", "minutes", "title"],
        [date(2023, 11, 13), time(9, 5), 45.0, "=1+1"],
        [1, time(10), None, "x"],
    ]
    assert table_of(workbook(table))[1:] == [["2023-11-13", "09:05", "45", "=1+1"], ["1", "10:00", "", "x"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_of_any_country_is_read(delimiter: str) -> None:
    text = delimiter.join(("day", "start", "title")) + "\r\n" + delimiter.join(("1", "9:00", '"Α\nΒ"'))
    assert table_of(b"\xef\xbb\xbf" + text.encode(), "a.csv") == [["day", "start", "title"], ["1", "9:00", "Α\nΒ"]]


def bomb() -> bytes:
    sheet_xml = b"<worksheet><sheetData>" + b" " * (31 * 1024 * 1024)
    return office("XLSX", xl_worksheets_sheet1_xml=sheet_xml)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.csv"),
        (b"%PDF-1.7\n%%EOF\n", "a.pdf"),
        (b"day;\xff\xfe", "a.csv"),
        (b"a," * 200, "a.csv"),
        (b"title\n" * 502, "a.csv"),
        (b"title\n" + b"x" * 5001, "a.csv"),
        (b"x" * (import_table.LARGEST + 1), "a.csv"),
        (b"PK\x03\x04 and so on", "a.xlsx"),
        (office("XLSX"), "a.xlsx"),
        (bomb(), "a.xlsx"),
        (zipped({"x.xml": b"<x/>"}), "a.xlsx"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, name: str) -> None:
    with pytest.raises(Refusal):
        table_of(content, name)


def test_a_workbook_with_entities_is_refused() -> None:
    made = workbook([["day", "start", "title"], ["1", "9:00", "x"]])
    from_zip = {}
    with import_table.ZipFile(io.BytesIO(made)) as archive:
        from_zip = {name: archive.read(name) for name in archive.namelist()}
    from_zip["xl/worksheets/sheet1.xml"] = b'<!DOCTYPE x [<!ENTITY a "b">]>' + from_zip["xl/worksheets/sheet1.xml"]
    with pytest.raises(Refusal, match="cannot be read"):
        table_of(zipped(from_zip))


@pytest.mark.parametrize("text", ["", "[", "{}", "[1]", "[[1]]", "[" * 100_000])
def test_a_table_that_was_tampered_with_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        import_table.unpacked(text)


def facts(item: ItemView) -> dict[str, Any]:
    """What readers see of an item."""
    left_out = {"id", "uid", "slug", "sequence", "created_at", "updated_at", "version", "place", "below"}
    kept = {name: getattr(item, name) for name in ItemView.__slots__ if name not in left_out}
    return kept | {"place": item.place.name["en"] if item.place else "", "below": [facts(one) for one in item.below]}


def seen(meeting: str) -> list[Any]:
    """The draft as its readers see it: days, blocks with their headings, items."""
    with db.read() as session:
        days = draft(session, at_desk(session, "secon", meeting))
    return [
        (
            day.number,
            day.date,
            [(block.title, block.hidden, [facts(one) for one in block.items]) for block in day.blocks],
        )
        for day in days
    ]


def empty_twin(meeting: str) -> str:
    """A meeting like that one, without places and agenda."""
    with db.write() as session:
        row = session.exec(select(Meeting).where(Meeting.slug == meeting)).one()
        kept = {name: value for name, value in values(row).items() if name != "id"}
        twin = Meeting(**(revived(Meeting, kept) | {"slug": "twin", "uid": "meeting-twin"}))
        session.add(twin)
    return "twin"


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("meeting", ["harghita-2024", "haskovo-2023"])
def test_an_agenda_goes_out_as_a_table_and_comes_back_equal(demo_sqlite: str, meeting: str, ending: str) -> None:
    with db.read() as session:
        form = filled_form(session, at_desk(session, "secon", meeting))
    write = sheet.csv_bytes if ending == "csv" else (lambda heads, rows: sheet.xlsx_bytes("Agenda", heads, rows))
    table = table_of(write(form.headers, form.rows), f"agenda.{ending}")
    twin = empty_twin(meeting)
    with db.write() as session:
        found = at_desk(session, "secon", twin)
        made = understand(table, known(session, found, make_rooms=True))
        assert made.mistakes == []
        assert import_agenda(session, found.meeting.id or 0, ACTOR, made.items) == len(form.rows) > 20
    assert seen(twin) == seen(meeting)


def test_one_undo_takes_all_of_it_back(demo_database: str) -> None:
    before = snapshot()
    made = understood(["3", "9:00", "", "New day"], ["1", "20:00", "", "Evening", "", "", "Cellar"], rooms=True)
    assert made.mistakes == []
    act(import_agenda, made.items)
    (change,) = done()
    assert (change.act, change.details) == ("item.import", {"count": 2})
    assert len(seen("haskovo-2023")) == 3
    with db.write() as session:
        actions.undo_change(session, number(), ACTOR, change.id or 0)
    assert snapshot() == before
    again = understood(["1", "20:00", "", "Evening", "", "", "cellar"])
    assert again.mistakes == []


def test_a_table_is_looked_at_then_written(organiser: str, client: TestClient) -> None:
    content = b"day;start;title;room\n1;20:00;A <b>talk</b>;Cellar\n2;20:00;Another;\n"
    refused = upload(client, organiser, content)
    assert (refused.status_code, "1 row cannot be read" in refused.text) == (422, True)
    assert "There is no room “Cellar” in this meeting." in refused.text
    before = snapshot()
    kept = html.unescape(re.search(r'name="table" value="([^"]*)"', refused.text)[1])  # type: ignore[index]
    ticked = client.post(DESK, data={"csrf": organiser, "table": kept, "rooms": "yes"})
    assert (ticked.status_code, "Rooms that will be made: Cellar" in ticked.text) == (200, True)
    shown = upload(client, organiser, content, rooms="yes", write="")
    assert shown.status_code == 200
    assert re.search(r"2 items\s*·\s*on 2 days", shown.text)
    assert "A &lt;b&gt;talk&lt;/b&gt;" in shown.text
    assert "The draft has 28 items already" in shown.text
    assert snapshot() == before
    table = html.unescape(re.search(r'name="table" value="([^"]*)"', shown.text)[1])  # type: ignore[index]
    answer = client.post(DESK, data={"csrf": organiser, "table": table, "rooms": "yes", "write": "yes"})
    assert (answer.status_code, answer.headers["location"]) == (303, DESK.removesuffix("/import"))
    assert {"A <b>talk</b>", "Another"} <= {one["title"].get("en") for one in snapshot().values() if "title" in one}
    with db.read() as session:
        last = last_changes(session, at_desk(session, "secon", "haskovo-2023"))[0]
    assert last.words == "added 2 items from a table"


def test_nothing_is_written_while_one_row_is_wrong(organiser: str, client: TestClient) -> None:
    before = snapshot()
    table = import_table.packed([["day", "start", "title"], ["1", "9:00", "Fine"], ["1", "noon", "Wrong"]])
    answer = client.post(DESK, data={"csrf": organiser, "table": table, "write": "yes"})
    assert (answer.status_code, snapshot()) == (422, before)
    for sent in ({}, {"table": "nonsense"}, {"table": "[[1]]"}):
        assert client.post(DESK, data={"csrf": organiser, "write": "yes", **sent}).status_code == 422
    assert upload(client, organiser, b"PK\x03\x04", "a.xlsx").status_code == 422


def test_the_forms_are_for_organisers(demo_sqlite: str, client: TestClient) -> None:
    assert client.get(f"{DESK}/draft.csv").headers["location"].startswith("/sign-in")
    sign_in(client, "organiser")
    heads = client.get(f"{DESK}/template.csv").content.decode("utf-8-sig")
    assert heads.startswith('"day","start","end","minutes","block","block:bg","title","title:bg"')
    assert table_of(client.get(f"{DESK}/template.xlsx").content)[0][:2] == ["day", "start"]
    with db.read() as session:
        items = len(drafted(session, at_desk(session, "secon", "haskovo-2023").meeting).items)
    assert len(table_of(client.get(f"{DESK}/draft.csv").content, "a.csv")) == items + 1
    assert client.get(DESK).status_code == 200
    for file in ("draft.pdf", "x.csv", "draft"):
        assert client.get(f"{DESK}/{file}").status_code == 404
