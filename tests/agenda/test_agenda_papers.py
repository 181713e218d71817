"""The desk's papers of the agenda: partners read what is closed, doors and walls do not tell it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pypdf
import pytest
from litestar.testing import TestClient
from sqlmodel import select

from planner import db
from planner.agenda.door_papers import door_data, door_paper
from planner.meetings.queries import at_desk
from planner.meetings.tables import Meeting, Place
from tests.agenda.giving import give_out_anew, item
from tests.reception import scope_of, sign_in

HASKOVO = "/secon/haskovo-2023/desk/papers"
PAPERS = ("agenda-partners", "overview", "door-sheets")
CLOSED = ("Work plan until February", "Steering group: ")


@pytest.fixture
def reception(demo_sqlite: str, client: TestClient) -> TestClient:
    """The visitor is somebody at the reception of all meetings."""
    sign_in(client, "reception")
    return client


def read(client: TestClient, address: str) -> list[str]:
    """The pages of a paper, with single blanks."""
    answer = client.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]


def title_of(slug: str) -> str:
    with db.read() as session:
        return item(session, "haskovo-2023", slug).title["en"]


def test_partners_read_what_is_closed_and_see_that_it_is(reception: TestClient) -> None:
    closed = title_of("d1-steering")
    text = " ".join(read(reception, f"{HASKOVO}/agenda-partners.pdf"))
    assert closed in text
    assert "Steering group only, not on the public agenda" in text
    assert "AGENDA FOR PARTNERS" in text
    assert "Управляваща група" in text  # the host's language stands below
    public = " ".join(read(reception, "/secon/haskovo-2023/agenda.pdf"))
    assert "not on the public agenda" not in public
    assert "Управляваща група" not in public


def test_its_name_in_greek_capitals_is_capitals_throughout(reception: TestClient) -> None:
    reception.headers["accept-language"] = "el"
    assert "ΠΡΟΓΡΑΜΜΑ ΓΙΑ ΕΤΑΙΡΟΥΣ" in read(reception, f"{HASKOVO}/agenda-partners.pdf")[0]


@pytest.mark.parametrize("meeting", ["haskovo-2023", "harghita-2024", "riga-upcoming"])
def test_the_overview_is_one_page_of_public_items(reception: TestClient, meeting: str) -> None:
    (page,) = read(reception, f"/secon/{meeting}/desk/papers/overview.pdf")
    assert "Day 1" in page
    assert "Day 2" in page
    assert "Steering group" not in page
    assert "Welcome" in page


def test_doors_tell_each_room_and_day_what_happens(reception: TestClient) -> None:
    pages = read(reception, f"{HASKOVO}/door-sheets.pdf")
    (hall,) = [page for page in pages if "Great hall" in page and "Monday 13 November 2023" in page]
    assert "09:30–10:15 Where the social economy stands" in hall
    assert "Dr Kameliya Radoyska" in hall
    assert "Closed session Steering group only" in hall
    assert [word for word in CLOSED if word in " ".join(pages)] == []
    with db.read() as session:
        data, _moment = door_data(session, at_desk(session, "secon", "haskovo-2023"))
    assert len(pages) == len(data["sheets"]) > 5  # type: ignore[arg-type]


def test_a_room_with_much_to_do_still_has_one_sheet_a_day(demo_sqlite: str) -> None:
    with db.read() as session:
        data, made_at = door_data(session, at_desk(session, "secon", "haskovo-2023"))
    (first, *_others) = data["sheets"]  # type: ignore[misc]
    busy = {**first, "items": [{"time_text": "09:00–09:15", "title": f"Item {number}"} for number in range(35)]}
    made = door_paper({**data, "sheets": [busy, first]}, made_at)
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]
    assert len(pages) == 2
    assert [f"Item {number}" for number in range(35) if f"Item {number}" not in pages[0]] == []


def test_doors_hang_out_what_was_given_out_and_what_is_below_in_a_room_of_its_own(reception: TestClient) -> None:
    with db.write() as session:
        one, above = item(session, "haskovo-2023", "d1-workshop-b"), item(session, "haskovo-2023", "d1-workshop-a")
        one.parent_id, one.block_id, one.track = above.id, above.block_id, ""
        session.add(one)
        give_out_anew(session)
        for place in session.exec(select(Place).where(Place.meeting_id == one.meeting_id)).all():
            place.name = {"en": "A room of the draft"}
    pages = read(reception, f"{HASKOVO}/door-sheets.pdf")
    assert "A room of the draft" not in " ".join(pages)
    (room,) = [page for page in pages if "Room B" in page]
    assert "Workshop B" in room


def test_a_meeting_without_an_agenda_has_empty_papers(reception: TestClient) -> None:
    for name in PAPERS:
        assert "The agenda is empty so far." in " ".join(
            read(reception, f"/secon/kalamata-2023/desk/papers/{name}.pdf")
        )


def test_hostile_words_are_printed_as_they_are(reception: TestClient) -> None:
    with db.write() as session:
        one = item(session, "haskovo-2023", "d1-state")
        one.title = {"en": '#panic("x") \x07 *a* $x$ <b> ' + "W" * 150}
        one.hidden, one.audience = False, "stakeholders"
        session.add(one)
        meeting = session.get_one(Meeting, one.meeting_id)
        meeting.title = {"en": "#let x = 1 // " + "long " * 60}
        session.add(meeting)
        give_out_anew(session)
    for name in PAPERS:
        text = " ".join(read(reception, f"{HASKOVO}/{name}.pdf"))
        assert '#panic("x")' in text
        assert "WWWW" in text
        if name != "overview":
            assert "Stakeholders" in text


@pytest.mark.parametrize("name", PAPERS)
def test_others_get_none_of_them(demo_sqlite: str, clients: Callable[[], TestClient], name: str) -> None:
    assert clients().get(f"{HASKOVO}/{name}.pdf").headers["location"].startswith("/sign-in?next=")
    elsewhere = clients()
    sign_in(elsewhere, "reception", scope_of("harghita-2024"))
    assert elsewhere.get(f"{HASKOVO}/{name}.pdf").status_code == 404
    assert f"papers/{name}.pdf" in _page_of_papers(clients())


def _page_of_papers(client: TestClient) -> str:
    sign_in(client, "reception")
    return client.get(HASKOVO).text
