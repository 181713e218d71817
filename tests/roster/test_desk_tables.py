"""The list as a table: what stands in it, for whom, and that nothing changes on the way through a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import openpyxl
import pytest
from litestar.testing import TestClient

from planner import db
from planner.registration.tables import CareNote, Registration
from planner.sheet import plain
from tests.reception import registration, scope_of, sign_in

HASKOVO = "/secon/haskovo-2023/desk"


def read_csv(content: bytes) -> list[dict[str, str]]:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    headers, *lines = [[plain(cell) for cell in row] for row in rows]
    return [dict(zip(headers, line, strict=True)) for line in lines]


def read_xlsx(content: bytes) -> list[dict[str, object]]:
    headers, *lines = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    return [dict(zip(headers, line, strict=True)) for line in lines]


@pytest.fixture
def organiser(demo_sqlite: str, client: TestClient) -> str:
    """Somebody who organises is signed in; the token of their forms."""
    return sign_in(client, "organiser")


def test_both_tables_hold_the_same_people_in_their_own_scripts(organiser: str, client: TestClient) -> None:
    as_csv = read_csv(client.get(f"{HASKOVO}/registrations.csv").content)
    as_xlsx = read_xlsx(client.get(f"{HASKOVO}/registrations.xlsx").content)
    columns = (
        "Family name",
        "Given name",
        "Family name in Latin letters",
        "Organisation",
        "E-mail",
        "Meals (day: meal)",
    )
    assert len(as_csv) == 35
    for name in columns:
        assert [row[name] or "" for row in as_xlsx] == [row[name] for row in as_csv]
    families = {row["Family name"] for row in as_csv}
    assert {"Χατζηνικήτα", "Жечева", "Żółciński", "Λιακοπoύλου-Ζέρβα"} <= families


def test_a_row_tells_days_choices_consents_and_local_time(organiser: str, client: TestClient) -> None:
    rows = read_csv(client.get(f"{HASKOVO}/registrations.csv", params={"q": "todorova"}).content)
    assert [row["Family name in Latin letters"] for row in rows] == ["Todorova-Kadreva"]
    row = rows[0]
    assert (row["Partner no."], row["Country"], row["Status"]) == ("10", "Bulgaria", "Confirmed")
    assert (row["Days on site"], row["Days online"]) == ("1, 2", "")
    assert row["Registered at (Europe/Sofia)"] == "2023-09-18T09:30:00+03:00"
    assert row["Meals (day: meal)"].startswith("1: ")
    assert (row["Photos"], row["Later invitations"]) == ("yes", "yes")
    assert row["Visit given"] == row["First choice of visit"] != ""


def test_a_withdrawn_consent_is_a_no(organiser: str, client: TestClient) -> None:
    rows = read_csv(client.get(f"{HASKOVO}/registrations.csv", params={"q": "figueirinhas"}).content)
    assert [row["Photos"] for row in rows] == ["no"]


def test_the_table_is_narrowed_like_the_list(organiser: str, client: TestClient) -> None:
    rows = read_csv(client.get(f"{HASKOVO}/registrations.csv?status=confirmed&partner=1&sort=latest").content)
    assert [row["Family name in Latin letters"] for row in rows] == ["Liakopoulou-Zerva", "Mpournias", "Vrettou"]


def test_names_that_look_like_formulas_stay_names(organiser: str, client: TestClient) -> None:
    number = registration("has-04").id
    with db.write() as session:
        row = session.get_one(Registration, number)
        row.family, row.remarks, row.phone = '=HYPERLINK("http://x")', "@SUM(A1)\n+second line", "+34 600 000 000"
    for kind, read in (("csv", read_csv), ("xlsx", read_xlsx)):
        content = client.get(f"{HASKOVO}/registrations.{kind}").content
        row = next(row for row in read(content) if str(row["Number"]) == str(number))
        assert row["Family name"] == '=HYPERLINK("http://x")'
        assert row["Remarks"] == "@SUM(A1)\n+second line"
        assert row["Phone"] == "+34 600 000 000"
    cells = [cell for line in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows() for cell in line]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []


def test_health_stands_in_a_table_of_its_own(organiser: str, client: TestClient) -> None:
    public = client.get(f"{HASKOVO}/registrations.csv").text
    assert "Halal" not in public
    assert "Diet" not in public
    sign_in(client, "logistics")
    rows = read_csv(client.get(f"{HASKOVO}/registrations-care.csv").content)
    with db.read() as session:
        note = session.get_one(CareNote, registration("has-29").id)
    halal = next(row for row in rows if row["Diet"] == "Halal")
    assert halal["Deleted after"] == note.delete_after.isoformat()
    assert read_xlsx(client.get(f"{HASKOVO}/registrations-care.xlsx").content)[0].keys() == halal.keys()


@pytest.mark.parametrize(
    ("role", "table", "care"),
    [
        ("organiser", 200, 404),
        ("logistics", 404, 200),
        ("administrator", 200, 404),
        ("controller", 200, 404),
        ("reception", 404, 404),
    ],
)
def test_who_takes_which_table(
    demo_sqlite: str, clients: Callable[[], TestClient], role: str, table: int, care: int
) -> None:
    visitor = clients()
    sign_in(visitor, role, scope_of("haskovo-2023"))
    answers = [visitor.get(f"{HASKOVO}/registrations{name}").status_code for name in (".csv", "-care.csv")]
    assert answers == [table, care]
    assert visitor.get("/secon/harghita-2024/desk/registrations.csv").status_code == 404


def test_a_table_is_a_file_with_a_name(organiser: str, client: TestClient) -> None:
    answer = client.get(f"{HASKOVO}/registrations.xlsx")
    assert answer.headers["content-disposition"] == 'attachment; filename="registrations-haskovo-2023.xlsx"'
    assert answer.headers["cache-control"] == "private, no-store"
    assert client.get(f"{HASKOVO}/registrations.csv").headers["content-type"] == "text/csv; charset=utf-8"
    assert client.get(f"{HASKOVO}/registrations.ods").status_code == 404
