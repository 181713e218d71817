"""Documents for participants: by their own link, and only while they take part."""

from __future__ import annotations

import io
from collections.abc import Callable
from zipfile import ZipFile

import pytest
from litestar.testing import TestClient
from sqlmodel import select

from planner import db
from planner.agenda.tables import Document, Item
from planner.meetings.tables import Meeting
from planner.registration.letters import token
from planner.registration.rows import renew_token
from planner.registration.tables import Registration
from tests.reception import sign_in
from tests.sample_files import PDF

DESK = "/secon/haskovo-2023/desk/documents"
Clients = Callable[[], TestClient]


def page_of(status: str, meeting: str = "haskovo-2023") -> str:
    """The address of somebody's own registration."""
    with db.write() as session:
        query = select(Registration).join(Meeting).where(Meeting.slug == meeting)
        row = session.exec(query).all()[0]
        row.status = status
        renew_token(row, row.token_version)
        return f"/my/{token(row)}"


@pytest.fixture
def secret(demo_sqlite: str, clients: Clients) -> Document:
    """A document for the participants of Haskovo's meeting."""
    desk = clients()
    said = {"csrf": sign_in(desk, "organiser"), "audience": "participants", "title_en": "Budget of the host"}
    desk.post(DESK, data=said, files={"file": ("budget.pdf", PDF)})
    with db.read() as session:
        steering = session.exec(select(Item.uid).join(Meeting).where(Item.slug == "d1-steering")).first()
    desk.post(DESK, data={**said, "title_en": "Closed", "item": steering}, files={"file": ("closed.pdf", PDF)})
    with db.read() as session:
        return session.exec(select(Document).where(Document.file_name == "budget.pdf")).one()


def test_who_takes_part_reads_what_is_for_participants(secret: Document, client: TestClient) -> None:
    home = page_of("confirmed")
    page = client.get(f"{home}/documents")
    assert page.status_code == 200
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert "Budget of the host" in page.text
    assert "For participants only" in page.text
    answer = client.get(f"{home}/documents/{secret.key}")
    assert answer.content == PDF
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"].startswith("private")
    made = client.get(f"{home}/documents.zip")
    assert ZipFile(io.BytesIO(made.content)).namelist() == ["budget.pdf"]


def test_a_closed_items_documents_are_not_for_every_participant(secret: Document, client: TestClient) -> None:
    home = page_of("confirmed")
    with db.read() as session:
        closed = session.exec(select(Document.key).where(Document.file_name == "closed.pdf")).one()
    assert "Closed" not in client.get(f"{home}/documents").text
    assert client.get(f"{home}/documents/{closed}").status_code == 404


@pytest.mark.parametrize("status", ["submitted", "waiting", "declined", "cancelled"])
def test_who_does_not_take_part_for_certain_reads_nothing(secret: Document, client: TestClient, status: str) -> None:
    home = page_of(status)
    for path in ("/documents", f"/documents/{secret.key}", "/documents.zip"):
        assert client.get(home + path).status_code == 404


def test_a_link_to_another_meeting_opens_nothing_here(secret: Document, client: TestClient) -> None:
    home = page_of("confirmed", "riga-upcoming")
    assert client.get(f"{home}/documents/{secret.key}").status_code == 404
    assert "Budget" not in client.get(f"{home}/documents").text
    assert client.get(f"{home}/documents.zip").status_code == 404
    assert client.get(f"/my/x/documents/{secret.key}").status_code == 404
