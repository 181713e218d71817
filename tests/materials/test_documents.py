"""Documents: put in at the desk, read by whom they are for and by nobody else, never as a page of ours."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
from litestar.testing import TestClient
from sqlmodel import select

from planner import db, files
from planner.agenda import documents
from planner.agenda.tables import Block, Document, Item
from planner.audit import AuditNote
from planner.clock import now
from planner.errors import Refusal
from planner.history import changes
from planner.materials import document_desk, filing
from planner.materials.chores import drop_deleted_documents
from planner.materials.filing import DocumentEntry
from planner.meetings.queries import find
from planner.meetings.tables import Meeting
from tests.agenda.giving import give_out_anew
from tests.queries import counting
from tests.reception import scope_of, sign_in
from tests.sample_files import PDF, exif, jpeg, office

HASKOVO = "/secon/haskovo-2023"
DESK = f"{HASKOVO}/desk/documents"
Clients = Callable[[], TestClient]


@pytest.fixture
def organiser(demo_sqlite: str, client: TestClient) -> str:
    """Somebody who organises is signed in; the token of their forms."""
    return sign_in(client, "organiser")


def uid(slug: str, meeting: str = "haskovo-2023") -> str:
    with db.read() as session:
        query = select(Item.uid).join(Meeting).where(Item.slug == slug, Meeting.slug == meeting)
        return session.exec(query).one()


def upload(
    client: TestClient, csrf: str, name: str = "slides.pdf", content: bytes = PDF, **fields: str
) -> httpx.Response:
    """What a browser sends for the form, without any script."""
    said = {"csrf": csrf, "audience": "public", "link": "", "item": "", **fields}
    return client.post(DESK, data=said, files={"file": (name, content, "text/html")})


def rows() -> list[Document]:
    with db.read() as session:
        return list(session.exec(select(Document).where(Document.meeting_id == scope_of("haskovo-2023").id)))


def kept() -> list[Path]:
    return [path for path in Path("var/files").glob("*/*") if path.is_file()]


def test_a_file_is_put_in_and_read_by_everybody(demo_database: str, clients: Clients) -> None:
    desk, visitor = clients(), clients()
    csrf = sign_in(desk, "organiser")
    before = visitor.get(f"{HASKOVO}/documents")
    answer = upload(desk, csrf, "Η πορεία μας.pptx", office("PPTX"), item=uid("d1-state"), kind="presentation")
    (row,) = rows()
    assert (answer.status_code, answer.headers["location"]) == (303, f"{DESK}#document-{row.id}")
    assert (row.title, row.file_name, row.uploaded_by) == (
        {"el": "Η πορεία μας"}, "Η πορεία μας.pptx", "organiser@example.org",
    )  # fmt: skip
    page = visitor.get(f"{HASKOVO}/documents", headers={"if-none-match": before.headers["etag"]})
    assert page.status_code == 200
    assert "Presentation, PowerPoint, " in page.text
    assert "Monday 13 November 2023" in page.text
    taken = visitor.get(f"{HASKOVO}/documents/{row.key}")
    assert taken.content == office("PPTX")
    assert taken.headers["content-length"] == str(row.size)


def test_a_download_can_never_act(organiser: str, client: TestClient, clients: Clients) -> None:
    upload(client, organiser, 'a"b\r\nx: Ώρα.PDF')
    answer = clients().get(f"{HASKOVO}/documents/{rows()[0].key}")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.headers["content-disposition"].endswith("%CE%8F%CF%81%CE%B1.PDF")
    assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
    assert "sandbox" in answer.headers.get_list("content-security-policy")[0]
    assert "x" not in answer.headers


def test_a_download_that_did_not_change_is_not_sent_again(organiser: str, client: TestClient, clients: Clients) -> None:
    upload(client, organiser)
    address, visitor = f"{HASKOVO}/documents/{rows()[0].key}", clients()
    first = visitor.get(address)
    again = visitor.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = visitor.head(address)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(PDF)))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.svg", b"<svg onload='alert(1)'/>", "Files of this type are not taken"),
        ("a.pdf", b"<html>" + PDF, "Files of this type are not taken"),
        ("a.pdf", b"", "This file is empty"),
        ("", b"", "Please choose a file or write a link"),
    ],
)
def test_a_file_that_is_not_taken_is_answered_in_the_form(
    organiser: str, client: TestClient, name: str, content: bytes, sentence: str
) -> None:
    answer = upload(client, organiser, name, content, title_en="Kept words", audience="participants")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Kept words"' in answer.text
    assert rows() == []
    assert kept() == []


def test_a_photograph_loses_where_it_was_taken(organiser: str, client: TestClient) -> None:
    upload(client, organiser, "photo.JPG", jpeg(exif(1)))
    assert b"GPS" not in client.get(f"{DESK}/{rows()[0].key}/file").content
    assert [b"GPS" in path.read_bytes() for path in kept()] == [False]


def test_a_form_without_its_token_puts_nothing_in(organiser: str, client: TestClient) -> None:
    for wrong in ("", "x", organiser[:-1]):
        assert upload(client, wrong).status_code == 403
    assert (rows(), kept()) == ([], [])


def test_only_organisers_of_this_meeting_come_to_the_documents(demo_sqlite: str, clients: Clients) -> None:
    with db.read() as session:
        key = session.exec(select(Document.key)).first()
    paths = ("", ".zip", f"/{key}", f"/{key}/file", f"/{key}/removal")
    assert {clients().get(DESK + path).status_code for path in paths} == {303}
    for role, scope in (("reception", None), ("controller", None), ("organiser", scope_of("harghita-2024"))):
        other = clients()
        csrf = sign_in(other, role, *([scope] if scope else []))
        assert {other.get(DESK + path).status_code for path in paths} == {404}
        assert upload(other, csrf).status_code == 404
    assert kept() == []


def test_a_stranger_cannot_even_send_a_file(demo_sqlite: str, client: TestClient) -> None:
    answer = upload(client, "")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert (rows(), kept()) == ([], [])


def test_a_body_that_is_too_large_is_not_read(organiser: str, client: TestClient) -> None:
    assert upload(client, organiser, content=PDF + bytes(document_desk.BODY)).status_code == 413
    just = PDF.replace(b"\n", b"\n" + b"%" * (files.LARGEST - len(PDF) + 5) + b"\n", 1)
    answer = upload(client, organiser, content=just)
    assert answer.status_code == 422
    assert "too large" in answer.text
    assert client.post("/secon/riga-upcoming/register", data={"x": "x" * 300_000}).status_code == 413


def test_what_is_for_participants_is_nowhere_for_the_public(
    organiser: str, client: TestClient, clients: Clients
) -> None:
    upload(client, organiser, "secret.pdf", title_en="Budget of the host", audience="participants")
    upload(client, organiser, "open.pdf", title_en="Open words")
    visitor = clients()
    page = visitor.get(f"{HASKOVO}/documents").text
    assert "Open words" in page
    secret, _open = rows()
    for word in ("secret", "Budget", secret.key):
        assert word not in page
    assert visitor.get(f"{HASKOVO}/documents/{secret.key}").status_code == 404
    assert ZipFile(io.BytesIO(visitor.get(f"{HASKOVO}/documents.zip").content)).namelist() == ["open.pdf"]
    assert client.get(f"{DESK}/{secret.key}/file").content == PDF


def test_what_belongs_to_a_closed_item_is_nowhere(organiser: str, client: TestClient, clients: Clients) -> None:
    upload(client, organiser, "minutes.pdf", title_en="Closed words", item=uid("d1-steering"))
    visitor = clients()
    assert "Closed words" not in visitor.get(f"{HASKOVO}/documents").text
    assert visitor.get(f"{HASKOVO}/documents/{rows()[0].key}").status_code == 404
    assert visitor.get(f"{HASKOVO}/documents.zip").status_code == 404
    assert "Nobody yet: its item is not on the agenda" in client.get(DESK).text


def test_what_belongs_to_an_item_that_was_not_given_out_yet_is_nowhere(
    organiser: str, client: TestClient, clients: Clients
) -> None:
    with db.write() as session:
        block = session.exec(select(Block).join(Item).where(Item.uid == uid("d1-welcome"))).first()
        item = session.exec(select(Item).where(Item.uid == uid("d1-welcome"))).one()
        values = {name: getattr(item, name) for name in ("meeting_id", "kind", "starts", "created_at", "updated_at")}
        assert block is not None
        session.add(Item(block_id=block.id, slug="new", position=99, title={"en": "New"}, uid="new@x", **values))
    upload(client, organiser, title_en="Early words", item="new@x")
    visitor = clients()
    assert "Early words" not in visitor.get(f"{HASKOVO}/documents").text
    assert visitor.get(f"{HASKOVO}/documents/{rows()[0].key}").status_code == 404


def test_a_document_of_a_deleted_item_stays_closed_when_it_is_changed(
    organiser: str, client: TestClient, clients: Clients
) -> None:
    upload(client, organiser, title_en="Orphan words")
    with db.write() as session:
        session.exec(select(Document).where(Document.id == rows()[0].id)).one().item_uid = "gone@x"
    page = client.get(f"{DESK}/{rows()[0].key}").text
    assert '<option value="gone@x" selected>An item that was deleted</option>' in page
    change(client, organiser, rows()[0], item="gone@x", title_en="Orphan")
    assert (rows()[0].item_uid, rows()[0].title) == ("gone@x", {"en": "Orphan"})
    assert "Of items that were deleted" in client.get(DESK).text
    assert "Orphan" not in clients().get(f"{HASKOVO}/documents").text


def change(client: TestClient, csrf: str, row: Document, **fields: Any) -> httpx.Response:
    said = {"csrf": csrf, "version": str(row.version), "audience": row.audience, "kind": row.kind, "item": row.item_uid}
    return client.post(f"{DESK}/{row.key}", data={**said, **fields})


def test_the_second_of_two_organisers_sees_what_the_first_kept(organiser: str, client: TestClient) -> None:
    upload(client, organiser, title_en="First words")
    (read,) = rows()
    assert change(client, organiser, read, title_en="Better words").status_code == 303
    late = change(client, organiser, read, title_en="Other words", audience="participants")
    assert late.status_code == 409
    assert "<li>Better words</li>" in late.text
    assert 'value="Other words"' in late.text
    assert rows()[0].title == {"en": "Better words"}
    version = re.search(r'name="version" value="(\d+)"', late.text)
    assert version
    again = change(client, organiser, read, title_en="Other words", version=version[1])
    assert again.status_code == 303
    assert rows()[0].title == {"en": "Other words"}
    for path in ("/removal", "/file"):
        answer = client.post(
            f"{DESK}/{read.key}{path}", data={"csrf": organiser, "version": "1"}, files={"file": ("x.pdf", PDF)}
        )
        assert answer.status_code == 409
    assert len(kept()) == 1


def test_a_mistake_does_not_make_an_old_form_new(organiser: str, client: TestClient) -> None:
    upload(client, organiser, title_en="First words")
    (read,) = rows()
    change(client, organiser, read, title_en="Better words")
    wrong = change(client, organiser, read, title_en="")
    assert wrong.status_code == 422
    assert 'name="version" value="1"' in wrong.text


def test_a_title_in_a_language_that_the_meeting_does_not_speak_stays(organiser: str, client: TestClient) -> None:
    upload(client, organiser, "Ώρα.pdf")
    (row,) = rows()
    assert 'name="title_el" type="text" value="Ώρα"' in client.get(f"{DESK}/{row.key}").text
    change(client, organiser, row, title_el="Ώρα", title_en="Hour")
    assert rows()[0].title == {"en": "Hour", "el": "Ώρα"}


def test_another_file_takes_the_same_address(organiser: str, client: TestClient, clients: Clients) -> None:
    upload(client, organiser, title_en="Words")
    (old,) = rows()
    said = {"csrf": organiser, "version": str(old.version)}
    answer = client.post(f"{DESK}/{old.key}/file", data=said, files={"file": ("new.docx", office("DOCX"))})
    assert answer.status_code == 303
    taken = clients().get(f"{HASKOVO}/documents/{old.key}")
    assert taken.content == office("DOCX")
    assert 'filename="new.docx"' in taken.headers["content-disposition"]
    assert [path.read_bytes() for path in kept()] == [office("DOCX")]
    bad = client.post(f"{DESK}/{old.key}/file", data={**said, "version": "2"}, files={"file": ("x.svg", b"<svg/>")})
    assert bad.status_code == 422


def test_a_document_is_deleted_after_one_question(demo_database: str, clients: Clients) -> None:
    client = clients()
    csrf = sign_in(client, "organiser")
    upload(client, csrf)
    (row,) = rows()
    assert "Delete this document?" in client.get(f"{DESK}/{row.key}/removal").text
    assert (len(rows()), len(kept())) == (1, 1)
    answer = client.post(f"{DESK}/{row.key}/removal", data={"csrf": csrf, "version": "1"})
    assert (answer.status_code, len(kept())) == (303, 1)
    unread(client, row)
    assert "Restore" in client.get(DESK).text
    assert client.post(f"{DESK}/{row.key}/restoration", data={"csrf": csrf}).status_code == 303
    assert client.get(f"{HASKOVO}/documents/{row.key}").content == PDF
    with db.read() as session:
        notes = session.exec(select(AuditNote.act).where(AuditNote.subject == f"document:{row.id}"))
        assert list(notes) == ["documents.add", "documents.remove", "documents.restore"]
        acts = [one.act for one in changes(session, f"meeting:{scope_of('haskovo-2023').id}")]
        assert acts[:2] == ["document.restore", "document.delete"]


def unread(client: TestClient, row: Document) -> None:
    """Nobody finds it any more, wherever it stood."""
    for path in (f"documents/{row.key}", f"desk/documents/{row.key}", f"desk/documents/{row.key}/file"):
        assert client.get(f"{HASKOVO}/{path}").status_code == 404, path
    for path in ("documents", "agenda", ""):
        assert row.key not in client.get(f"{HASKOVO}/{path}").text, path
    assert client.get(f"{HASKOVO}/documents.zip").status_code in (200, 404)


def test_a_deleted_document_goes_for_good_after_a_month_or_at_once_when_somebody_says_so(
    organiser: str, client: TestClient
) -> None:
    for name in ("one.pdf", "two.pdf"):
        upload(client, organiser, name, item=uid("d1-state"))
    one, two = rows()
    for row in (one, two):
        client.post(f"{DESK}/{row.key}/removal", data={"csrf": organiser, "version": "1"})
    drop_deleted_documents()
    assert (len(rows()), len(kept())) == (2, 2)
    assert client.post(f"{DESK}/{one.key}/destruction", data={"csrf": organiser}).status_code == 303
    assert [row.id for row in rows()] == [two.id]
    assert client.post(f"{DESK}/{one.key}/restoration", data={"csrf": organiser}).status_code == 404
    with db.write() as session:
        session.get_one(Document, two.id).deleted_at = now() - filing.KEPT - timedelta(minutes=1)
    drop_deleted_documents()
    assert (rows(), kept()) == ([], [])


def test_what_is_there_cannot_be_deleted_for_good_at_once(organiser: str, client: TestClient) -> None:
    upload(client, organiser)
    assert client.post(f"{DESK}/{rows()[0].key}/destruction", data={"csrf": organiser}).status_code == 404
    assert len(kept()) == 1


def test_the_agenda_links_what_everybody_may_read_and_nothing_else(
    organiser: str, client: TestClient, clients: Clients
) -> None:
    upload(client, organiser, "open.pdf", item=uid("d1-state"), title_en="Open slides", kind="presentation")
    upload(client, organiser, "closed.pdf", item=uid("d1-state"), title_en="Zweihundert", audience="participants")
    upload(client, organiser, "steering.pdf", item=uid("d1-steering"), title_en="Zweihundert")
    upload(client, organiser, "all.pdf", title_en="About everything")
    page = clients().get(f"{HASKOVO}/agenda").text
    open_one = next(row for row in rows() if row.file_name == "open.pdf")
    assert f'href="{HASKOVO}/documents/{open_one.key}"' in page
    assert page.index('id="item-d1-state"') < page.index("Open slides")
    for row in rows():
        assert (row.key in page) is (row.key == open_one.key)
    assert "Zweihundert" not in page


def test_the_agenda_asks_the_same_for_one_and_many_documents(organiser: str, client: TestClient) -> None:
    def ask() -> int:
        with counting() as count:
            client.get(f"{HASKOVO}/agenda")
        return count.number

    upload(client, organiser, item=uid("d1-state"))
    first = ask()
    for slug in ("d1-welcome", "d1-coffee", "d1-state"):
        upload(client, organiser, item=uid(slug))
    assert ask() == first


def test_a_document_of_what_stands_below_an_item_is_read_too(organiser: str, client: TestClient) -> None:
    with db.write() as session:
        query = select(Item).join(Meeting).where(Meeting.slug == "haskovo-2023")
        items = {row.slug: row for row in session.exec(query)}
        below, above = items["d1-coffee"], items["d1-state"]
        below.parent_id, below.block_id, below.starts, below.ends = above.id, above.block_id, None, None
        give_out_anew(session)
    upload(client, organiser, item=uid("d1-coffee"), title_en="Below slides")
    assert "Below slides" in client.get(f"{HASKOVO}/agenda").text
    assert "Below slides" in client.get(f"{HASKOVO}/documents").text


def test_a_link_is_a_document_too(organiser: str, client: TestClient, clients: Clients) -> None:
    nothing = {"csrf": organiser, "audience": "public", "title_en": "Film"}
    for wrong in ("javascript:alert(1)", "example.org", "https://", "http://[x", "data:text/html,x"):
        assert client.post(DESK, data={**nothing, "link": wrong}).status_code == 422
    assert client.post(DESK, data={**nothing, "link": "https://example.org/film", "title_en": ""}).status_code == 422
    assert client.post(DESK, data={**nothing, "link": "https://example.org/film"}).status_code == 303
    assert 'href="https://example.org/film"' in clients().get(f"{HASKOVO}/documents").text
    assert upload(client, organiser, link="https://example.org").status_code == 422


def test_the_zip_follows_the_agenda(organiser: str, client: TestClient, clients: Clients) -> None:
    for name, slug in (("β.pdf", "d2-obstacles"), ("a.pdf", "d1-state"), ("A.pdf", "d1-state"), ("plan.pdf", "")):
        upload(client, organiser, name, item=uid(slug) if slug else "")
    answer = clients().get(f"{HASKOVO}/documents.zip")
    made = ZipFile(io.BytesIO(answer.content))
    names = made.namelist()
    assert names[0] == "plan.pdf"
    assert re.fullmatch(r"2023-11-13 \d{4} [^/]+/a\.pdf", names[1])
    assert names[2] == names[1].replace("a.pdf", "A (2).pdf")
    assert names[3].startswith("2023-11-14 ")
    assert names[3].endswith("/β.pdf")
    assert made.testzip() is None
    assert answer.headers["content-length"] == str(len(answer.content))
    assert (
        clients().get(f"{HASKOVO}/documents.zip", headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    )
    assert clients().get("/secon/riga-upcoming/documents.zip").status_code == 404


def test_keys_that_nobody_gave_out_lead_nowhere(organiser: str, client: TestClient) -> None:
    upload(client, organiser)
    for odd in ("x", "%2e%2e%2fsecret", "0", "é", "a" * 3000, kept()[0].name):
        assert client.get(f"{HASKOVO}/documents/{odd}").status_code in (404, 400)
        assert client.get(f"{DESK}/{odd}").status_code in (404, 400)
    assert client.get(f"/secon/harghita-2024/documents/{rows()[0].key}").status_code == 404
    assert client.get(f"/secon/harghita-2024/desk/documents/{rows()[0].key}").status_code == 404


def test_a_document_of_the_project_needs_the_right_to_the_project(demo_sqlite: str, clients: Clients) -> None:
    whole, host, visitor = clients(), clients(), clients()
    csrf = sign_in(whole, "administrator")
    upload(whole, csrf, "charter.pdf", item="project", title_en="Charter")
    with db.read() as session:
        row = next(row for row in documents.documents(session, 1, None) if row.file)
    assert visitor.get(f"/secon/documents/{row.key}").content == PDF
    assert f"/secon/documents/{row.key}" in visitor.get(f"{HASKOVO}/documents").text
    token = sign_in(host, "organiser", scope_of("haskovo-2023"))
    assert host.get(DESK).status_code == 200
    assert "Charter" not in host.get(DESK).text
    assert host.get(f"{DESK}/{row.key}").status_code == 404
    assert upload(host, token, item="project").status_code == 422


def test_there_is_a_last_document(organiser: str, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing, "MOST_DOCUMENTS", 2)
    assert [upload(client, organiser).status_code for _ in range(3)] == [303, 303, 422]
    assert len(kept()) == 2
    assert "no more than that are kept" in upload(client, organiser).text
    monkeypatch.setattr(filing, "MOST_DOCUMENTS", 9)
    monkeypatch.setattr(filing, "MOST_BYTES", 2 * len(PDF) + 1)
    assert "All documents together" in upload(client, organiser).text


def test_a_full_shelf_refuses_on_both_databases(demo_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing, "MOST_DOCUMENTS", 1)
    entry = DocumentEntry({"en": "x"}, "other", "public", link="https://example.org")
    with db.write() as session:
        found = find(session, "secon", "haskovo-2023")
        before = found.meeting.revision
        filing.add(session, found, entry, None, "ana@example.org")
    with pytest.raises(Refusal), db.write() as session:
        filing.add(session, find(session, "secon", "haskovo-2023"), entry, None, "ana@example.org")
    with db.read() as session:
        assert find(session, "secon", "haskovo-2023").meeting.revision == before + 1


def test_a_longer_list_at_the_desk_costs_no_more_questions(organiser: str, client: TestClient) -> None:
    numbers = []
    for _ in range(2):
        for slug in ("d1-state", "d2-obstacles", ""):
            upload(client, organiser, item=uid(slug) if slug else "")
        with counting() as count:
            assert client.get(DESK).status_code == 200
        numbers.append(count.number)
    assert numbers[0] == numbers[1]
