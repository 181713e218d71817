"""The agenda on the screen and on paper."""

from __future__ import annotations

import io
import re
from datetime import time

import pypdf
import pytest
from litestar.testing import TestClient
from sqlmodel import select

from planner import db, tokens
from planner.accounts.tables import Account, SignedInBrowser
from planner.clock import now
from planner.consortium.tables import Partner
from planner.meetings.tables import Meeting
from tests.agenda.giving import item, publish

HASKOVO = "/secon/haskovo-2023/agenda"
CLOSED = ("Steering group", "Συντονιστική ομάδα", "Управляваща група", "Work plan until February", "d1-steering")


def read(client: TestClient, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.text


def slots(page: str) -> list[str]:
    return re.findall(r'<li class="slot [^"]*" id="item-([^"]+)"', page)


def paper(client: TestClient, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)


def sign_in(client: TestClient) -> None:
    """Give this visitor the cookie of the demo's organiser."""
    secret = tokens.mint()
    with db.write() as session:
        account = session.exec(select(Account)).one()
        browser = SignedInBrowser(
            account_id=account.id or 0, token_hash=tokens.digest(secret), created_at=now(), seen_at=now()
        )
        session.add(browser)
    client.cookies.set("planner", secret)


def test_the_page_shows_both_days_in_reading_order(demo_database: str, client: TestClient) -> None:
    shown = slots(read(client, HASKOVO))
    assert shown[:3] == ["d1-registration", "d1-welcome", "d1-state"]
    assert shown[13:16] == ["d1-bus-hotel", "d2-registration", "d2-obstacles"]
    assert len(shown) == 27


def test_a_tab_shows_one_day_and_an_unknown_day_all(demo_sqlite: str, client: TestClient) -> None:
    assert {slug[:2] for slug in slots(read(client, f"{HASKOVO}?day=2"))} == {"d2"}
    for odd in ("9", "x", "", "2&day=1", "１"):
        assert client.get(f"{HASKOVO}?day={odd}").status_code == 200
    assert len(slots(read(client, f"{HASKOVO}?day=9"))) == 27


def test_parallel_workshops_stand_in_columns_of_their_own(demo_sqlite: str, client: TestClient) -> None:
    page = read(client, HASKOVO)
    assert '<ol class="agenda timegrid from8 of2">' in page
    assert 'class="slot s165 d18 t1" id="item-d1-workshop-a"' in page
    assert 'class="slot s165 d18 t2" id="item-d1-workshop-b"' in page
    assert 'class="slot s111 d3 all" id="item-d1-welcome"' in page


def test_the_steering_group_is_nowhere_for_the_public(demo_sqlite: str, client: TestClient) -> None:
    pages = [read(client, address) for address in (HASKOVO, f"{HASKOVO}?lang=el", "/secon/haskovo-2023/visits")]
    papers = [paper(client, f"{HASKOVO}.pdf", **{"accept-language": code}) for code in ("en", "el")]
    assert [word for text in (*pages, *papers) for word in CLOSED if word in text] == []


def test_an_organiser_sees_the_steering_group_marked_as_not_public(demo_sqlite: str, client: TestClient) -> None:
    sign_in(client)
    answer = client.get(HASKOVO)
    assert "d1-steering" in slots(answer.text)
    assert "Not on the public agenda" in answer.text
    assert "no-store" in answer.headers["cache-control"]


def test_the_paper_of_a_signed_in_organiser_is_the_public_one(demo_sqlite: str, client: TestClient) -> None:
    sign_in(client)
    assert "Steering group" not in paper(client, f"{HASKOVO}.pdf")


def test_version_and_zone_are_said_in_words(demo_sqlite: str, client: TestClient) -> None:
    page = read(client, HASKOVO)
    assert "As held, version 5 of 16 November 2023" in page
    assert "All times: Eastern European Time (UTC+2)" in page
    assert "Provisional, version 2 of" in read(client, "/secon/riga-upcoming/agenda")


def test_names_of_another_script_carry_their_language(demo_sqlite: str, client: TestClient) -> None:
    page = read(client, HASKOVO)
    assert '<b>Yordan Cholakov</b> <span lang="bg">(Йордан Чолаков)</span>' in page
    assert '<b>Danai Psaromiligkou</b> <span lang="el">(Δανάη Ψαρομήλιγκου)</span>' in page


def test_a_greek_reader_reads_greek_names_in_greek_only(demo_sqlite: str, client: TestClient) -> None:
    page = read(client, f"{HASKOVO}?lang=el")
    assert "<b>Καλλιόπη Βρεττού</b>" in page
    assert "Kalliopi" not in page


@pytest.mark.parametrize("meeting", ["kalamata-2023", "caceres-2024"])
def test_an_agenda_without_items_says_so(demo_sqlite: str, client: TestClient, meeting: str) -> None:
    assert "not out yet" in read(client, f"/secon/{meeting}/agenda")
    assert client.get(f"/secon/{meeting}/agenda.pdf").status_code == 200


@pytest.mark.parametrize("page", ["agenda", "agenda.pdf", "visits", "calendar"])
def test_an_unknown_or_unpublished_meeting_is_missing(demo_sqlite: str, client: TestClient, page: str) -> None:
    with db.write() as session:
        session.exec(select(Meeting).where(Meeting.slug == "caceres-2024")).one().published_at = None
    assert [client.get(f"/secon/{slug}/{page}").status_code for slug in ("nowhere", "caceres-2024")] == [404, 404]


@pytest.mark.parametrize("page", ["agenda", "agenda.pdf", "visits", "calendar"])
def test_a_page_that_did_not_change_is_not_sent_again(demo_sqlite: str, client: TestClient, page: str) -> None:
    address = f"/secon/haskovo-2023/{page}"
    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(address)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", first.headers["etag"])


def test_a_new_revision_is_a_new_page(demo_database: str, client: TestClient) -> None:
    first = client.get(HASKOVO)
    with db.write() as session:
        item(session, "haskovo-2023", "d1-welcome").title = {"en": "Words to begin with"}
    assert client.get(HASKOVO, headers={"if-none-match": first.headers["etag"]}).status_code == 304
    publish("haskovo-2023", "held")
    again = client.get(HASKOVO, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 200
    assert "Words to begin with" in again.text


def test_the_paper_has_the_hosts_language_below_the_readers(demo_sqlite: str, client: TestClient) -> None:
    english = paper(client, f"{HASKOVO}.pdf")
    greek = paper(client, f"{HASKOVO}.pdf", **{"accept-language": "el"})
    assert "Where the social economy stands" in english
    assert "Докъде е стигнала социалната икономика" in english
    assert "Δευτέρα 13 Νοεμβρίου 2023" in greek
    assert "Докъде е стигнала социалната икономика" in greek
    assert ("Kalliopi Vrettou" in english, "Kalliopi Vrettou" in greek) == (True, False)
    assert "Καλλιόπη Βρεττού" in greek
    assert "Provisional" not in english


def test_the_paper_of_a_provisional_agenda_says_so_on_every_page(demo_sqlite: str, client: TestClient) -> None:
    content = client.get("/secon/riga-upcoming/agenda.pdf").content
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    assert len(pages) > 1
    assert all("Provisional" in page.extract_text() for page in pages)


def test_an_item_has_an_audience_of_its_own(demo_sqlite: str, client: TestClient) -> None:
    with db.write() as session:
        row = item(session, "haskovo-2023", "d1-welcome")
        partner = session.exec(select(Partner.id).where(Partner.slug == "haskovo")).one()
        row.audience, row.partners, row.language = "named", [partner or 0], "bg"
        item(session, "haskovo-2023", "d1-state").hidden = True
    publish("haskovo-2023", "held")
    page = read(client, HASKOVO)
    welcome = page[page.index('id="item-d1-welcome"') : page.index('id="item-d1-roundtable"')]
    for words in ("Named partners", "Municipality of Haskovo", "In Bulgarian"):
        assert words in welcome
    assert "d1-state" not in page


def test_what_stands_below_an_item_is_shown_with_it(demo_sqlite: str, client: TestClient) -> None:
    with db.write() as session:
        below, above = item(session, "haskovo-2023", "d1-state"), item(session, "haskovo-2023", "d1-welcome")
        below.parent_id, below.starts, below.ends = above.id, time(9, 20), None
    publish("haskovo-2023", "held")
    page = read(client, HASKOVO)
    assert "d1-state" not in slots(page)
    assert '<time datetime="2023-11-13T09:20:00+02:00">09:20</time> <b>Where the social economy stands' in page
    entry = client.get("/secon/haskovo-2023/agenda/d1-welcome.ics").text.replace("\r\n ", "")
    assert "– 09:20 Where the social economy stands" in entry
    assert client.get("/secon/haskovo-2023/agenda/d1-state.ics").status_code == 404
