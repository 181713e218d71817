"""Papers of the desk: who gets them, and what is printed on the sheets of paper."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pypdf
import pytest
from litestar.testing import TestClient

from planner import db
from planner.attendance.queries import day, participants, signature_rows
from planner.meetings.queries import find
from planner.meetings.tables import Meeting
from tests.reception import registration, scope_of, sign_in

HASKOVO = "/secon/haskovo-2023/desk/papers"


def words(content: bytes) -> str:
    """All that is printed, without blanks: where lines break does not matter."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def in_this_order(text: str, names: list[str]) -> bool:
    places = [text.find(squeezed(name)) for name in names]
    return -1 not in places and places == sorted(places)


@pytest.fixture
def reception(demo_sqlite: str, client: TestClient) -> TestClient:
    """The visitor is somebody at Haskovo's reception."""
    sign_in(client, "reception", scope_of("haskovo-2023"))
    return client


def test_haskovos_first_day_prints_exactly_its_rows(reception: TestClient) -> None:
    answer = reception.get(f"{HASKOVO}/signature-list/1.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    printed = words(answer.content)
    with db.read() as session:
        found = find(session, "secon", "haskovo-2023")
        rows = signature_rows(session, found, day(session, found, 1))
    assert in_this_order(printed, [f"{number}{row.name}" for number, row in enumerate(rows, start=1)])
    assert "25MiroslavVachev" in printed
    assert not re.search(r"26[A-ZÀ-Ž][a-zà-ž]", printed)
    assert [row.name for row in rows if squeezed(row.own_name) not in printed] == []
    for slug in ("has-01", "has-11", "has-31", "has-35"):  # online, cancelled in time, online, walked in
        assert squeezed(f"{registration(slug).latin_given} {registration(slug).latin_family}") not in printed
    assert "Monday13November2023" in printed
    assert "Co-fundedbytheEuropeanUnion" in printed
    assert "Asof" in printed


def test_each_row_names_organisation_partner_and_country(reception: TestClient) -> None:
    printed = words(reception.get(f"{HASKOVO}/signature-list/1.pdf").content)
    for text in ("Община Хасково", "10 Haskovo", "Bulgaria", "Rīgas plānošanas reģions", "9 Riga", "Latvia"):
        assert squeezed(text) in printed
    assert squeezed("Δήμος Χασκόβου") not in printed  # the newsletter's translation is not the name


def test_empty_rows_make_the_list_longer(reception: TestClient) -> None:
    sizes = {
        blank: len(pypdf.PdfReader(io.BytesIO(reception.get(f"{HASKOVO}/signature-list/1.pdf{blank}").content)).pages)
        for blank in ("?blank=0", "", "?blank=40", "?blank=4000", "?blank=%F0%9F%98%80")
    }
    assert sizes["?blank=0"] <= sizes[""] < sizes["?blank=40"]
    assert sizes["?blank=4000"] == sizes["?blank=%F0%9F%98%80"] == sizes[""]


def test_participants_are_printed_with_addresses_of_those_who_agreed(reception: TestClient) -> None:
    printed = words(reception.get(f"{HASKOVO}/participants.pdf").content)
    with db.read() as session:
        rows = participants(session, find(session, "secon", "haskovo-2023"))
    assert in_this_order(printed, [f"{number}{row.name}" for number, row in enumerate(rows, start=1)])
    agreed = {row.registration_id for row in rows if row.email}
    assert 0 < len(agreed) < len(rows) == 32
    for row in rows:
        address = squeezed(registration_address(row.registration_id))
        assert (address in printed) is (row.registration_id in agreed), row.name


def registration_address(number: int) -> str:
    with db.read() as session:
        return session.get_one(type(registration("has-01")), number).email


@pytest.mark.parametrize(
    "path",
    [
        "signature-list/3.pdf",
        "signature-list/1",
        "signature-list/x.pdf",
        "signature-list/9999.pdf",
        "signature-list/.pdf",
    ],
)
def test_papers_that_do_not_exist_are_not_found(reception: TestClient, path: str) -> None:
    assert reception.get(f"{HASKOVO}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "/signature-list/1.pdf", "/participants.pdf"])
def test_others_get_no_papers(demo_sqlite: str, clients: Callable[[], TestClient], path: str) -> None:
    assert clients().get(HASKOVO + path).headers["location"].startswith("/sign-in?next=")
    elsewhere = clients()
    sign_in(elsewhere, "reception", scope_of("harghita-2024"))
    assert elsewhere.get(HASKOVO + path).status_code == 404


def test_the_page_of_papers_tells_the_days_in_figures(reception: TestClient) -> None:
    page = reception.get(HASKOVO).text
    assert "25 printed rows · 24 signed · 1 written in by hand · 7 in the online log" in page
    assert "23 printed rows · 22 signed · 7 in the online log" in page


def test_a_meeting_in_polish_is_printed_in_english_words(demo_sqlite: str, client: TestClient) -> None:
    sign_in(client, "organiser")
    with db.read() as session:
        assert session.get_one(Meeting, scope_of("mazowieckie-2024").id).working_language == "pl"
    content = client.get("/secon/mazowieckie-2024/desk/papers/signature-list/1.pdf").content
    assert "SIGNATURELIST" in words(content)
    assert pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]["/Lang"].startswith("en")
