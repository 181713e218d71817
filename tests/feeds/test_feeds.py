"""Calendars to subscribe to: what stands in them, how they answer, that they stay the same."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import pytest
import vobject
from ical.calendar_stream import IcsCalendarStream
from litestar.testing import TestClient
from sqlalchemy import event
from sqlmodel import col, select

from planner import db
from planner.agenda.tables import Block, Item
from planner.meetings.tables import Meeting
from tests.agenda.giving import item, publish

HASKOVO = "/secon/haskovo-2023/calendar.ics"
ITEM = "/secon/haskovo-2023/agenda/d1-welcome.ics"
FEEDS = ["/secon/calendar.ics", HASKOVO, ITEM]
CLOSED = ("Steering group", "Συντονιστική ομάδα", "Управляваща група", "Grupul de coordonare", "Vadības grupa")
PUBLIC_ITEMS = {"haskovo-2023": 27, "harghita-2024": 26, "riga-upcoming": 25, "caceres-2024": 0, "kalamata-2023": 0}

Read = list[tuple[str, datetime | date]]


def events(client: TestClient, address: str) -> dict[str, vobject.base.Component]:
    """The events of a calendar by title."""
    answer = client.get(address)
    assert answer.status_code == 200
    return {one.summary.value: one for one in vobject.readOne(answer.text).vevent_list}


def unfolded(text: str) -> str:
    return text.replace("\r\n ", "")


def by_ical(text: str) -> Read:
    calendar = IcsCalendarStream.calendar_from_ics(text)
    return sorted((one.uid or "", _instant(one.dtstart)) for one in calendar.events)


def by_vobject(text: str) -> Read:
    return sorted((one.uid.value, _instant(one.dtstart.value)) for one in vobject.readOne(text).vevent_list)


def _instant(moment: datetime | date) -> datetime | date:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else datetime(*moment.timetuple()[:3], tzinfo=UTC)


@contextmanager
def asked() -> Iterator[list[str]]:
    """Sessions that reach the database inside the block; probes have connections of their own."""
    seen: list[str] = []

    def note(connection: object, *_rest: object) -> None:
        seen.append("checkout")

    engine = db.current().engine
    event.listen(engine, "checkout", note)
    try:
        yield seen
    finally:
        event.remove(engine, "checkout", note)


@pytest.mark.parametrize(("meeting", "items"), PUBLIC_ITEMS.items())
def test_a_meeting_is_a_frame_and_its_public_items(
    demo_sqlite: str, client: TestClient, meeting: str, items: int
) -> None:
    text = client.get(f"/secon/{meeting}/calendar.ics").text
    assert text.count("BEGIN:VEVENT") == 1 + items
    assert text.count("RELATED-TO:") == items
    assert len(set(re.findall(r"\r\nUID:(.*)", text))) == 1 + items


def test_the_frame_is_all_day_and_blocks_nobody(demo_database: str, client: TestClient) -> None:
    frame = events(client, HASKOVO)["2nd interregional meeting, Haskovo"]
    assert (frame.dtstart.value, frame.dtend.value) == (date(2023, 11, 13), date(2023, 11, 15))
    assert (frame.transp.value, frame.status.value) == ("TRANSPARENT", "CONFIRMED")
    assert (
        events(client, "/secon/riga-upcoming/calendar.ics")["5th interregional meeting, Riga"].status.value
        == "TENTATIVE"
    )


def test_an_item_says_when_where_and_who(demo_sqlite: str, client: TestClient) -> None:
    welcome = events(client, ITEM)["Welcome"]
    assert welcome.dtstart.value.astimezone(UTC) == datetime(2023, 11, 13, 7, 15, tzinfo=UTC)
    assert welcome.location.value == "Great hall, Tobacco Store Centre, ул. Примерна 12, 6300 Хасково"
    assert "Yordan Cholakov, Municipality of Haskovo" in welcome.description.value
    assert welcome.url.value.endswith("/secon/haskovo-2023/agenda#item-d1-welcome")


def test_a_bus_says_when_to_be_there_and_where(demo_sqlite: str, client: TestClient) -> None:
    bus = events(client, "/secon/haskovo-2023/agenda/d2-bus-visit.ics")["Bus to the bakery"]
    assert bus.location.value == "Tobacco Store Centre, ул. Примерна 12, 6300 Хасково"
    assert "Be there at 13:05, departure 13:15." in bus.description.value


def test_the_steering_group_is_in_no_calendar(demo_database: str, client: TestClient) -> None:
    with db.read() as session:
        closed = session.exec(select(Item.uid).join(Block).where(col(Block.hidden))).all()
    assert len(closed) == 3
    for meeting in ("haskovo-2023", "harghita-2024", "riga-upcoming"):
        for language in ("en", "el", "bg", "ro", "lv"):
            text = unfolded(client.get(f"/secon/{meeting}/calendar.ics?lang={language}").text)
            titles = (
                "Steering group",
                "Συντονιστική ομάδα",
                "Управляваща група",
                "Grupul de coordonare",
                "Vadības grupa",
            )
            assert [word for word in (*closed, *titles) if word in text] == []
    assert client.get("/secon/haskovo-2023/agenda/d1-steering.ics").status_code == 404


def test_links_to_join_are_in_no_public_calendar(demo_sqlite: str, client: TestClient) -> None:
    texts = [client.get(f).text for f in ("/secon/calendar.ics", HASKOVO, "/secon/riga-upcoming/calendar.ics")]
    assert not any("meet.example" in unfolded(text) for text in texts)


def test_the_project_has_its_meetings_and_the_monthly_call(demo_database: str, client: TestClient) -> None:
    text = client.get("/secon/calendar.ics").text
    assert text.count("DTSTART;VALUE=DATE") == 7
    assert "RRULE:FREQ=MONTHLY" in text
    assert "EXDATE;TZID=Europe/Athens:20231114T100000" in text
    assert "RECURRENCE-ID;TZID=Europe/Athens:20240813T100000" in text


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("meeting", ["", "/haskovo-2023", "/harghita-2024", "/riga-upcoming"])
def test_two_other_programs_read_the_same_starts(demo_sqlite: str, client: TestClient, meeting: str) -> None:
    text = client.get(f"/secon{meeting}/calendar.ics").text
    assert by_ical(text) == by_vobject(text) != []


@pytest.mark.parametrize(
    "address",
    ["/nowhere/calendar.ics", "/secon/nowhere/calendar.ics", "/secon/haskovo-2023/agenda/nothing.ics",
     "/secon/haskovo-2023/agenda/d1-welcome", "/secon/haskovo-2023/agenda/.ics"],
)  # fmt: skip
def test_an_unknown_calendar_is_missing_in_plain_words(demo_sqlite: str, client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (404, "text/plain")


def test_an_unpublished_meeting_is_in_no_calendar(demo_sqlite: str, client: TestClient) -> None:
    with db.write() as session:
        session.exec(select(Meeting).where(Meeting.slug == "haskovo-2023")).one().published_at = None
    assert [client.get(address).status_code for address in (HASKOVO, ITEM)] == [404, 404]
    assert "Haskovo" not in client.get("/secon/calendar.ics").text


@pytest.mark.parametrize("address", FEEDS)
def test_headers_let_many_share_one_answer(demo_sqlite: str, client: TestClient, address: str) -> None:
    headers = client.get(f"{address}?lang=el", headers={"cookie": "language=en"}).headers
    assert headers["content-type"] == "text/calendar; charset=utf-8"
    assert headers["cache-control"] == "public, max-age=300"
    assert headers["vary"] == "Accept-Encoding"
    assert headers["x-robots-tag"] == "noindex"
    assert headers["etag"].startswith('W/"')
    assert "set-cookie" not in headers


@pytest.mark.parametrize("address", FEEDS)
def test_what_did_not_change_is_not_sent_again(demo_database: str, client: TestClient, address: str) -> None:
    first = client.get(address)
    for condition in (
        {"if-none-match": first.headers["etag"]},
        {"if-modified-since": first.headers["last-modified"]},
        {"if-none-match": first.headers["etag"], "if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"if-none-match": "*"},
    ):
        answer = client.get(address, headers=condition)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize(
    "condition",
    [
        {"if-none-match": '"other"', "if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"},
        {"if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"if-modified-since": "yesterday"},
        {"if-modified-since": "2100-01-01"},
    ],
)
def test_an_old_or_odd_condition_gets_the_calendar(
    demo_sqlite: str, client: TestClient, condition: dict[str, str]
) -> None:
    assert client.get(HASKOVO, headers=condition).status_code == 200


@pytest.mark.parametrize("address", FEEDS)
def test_a_conditional_request_opens_no_session(demo_database: str, client: TestClient, address: str) -> None:
    tag = client.get(address).headers["etag"]
    with asked() as seen:
        assert client.get(address, headers={"if-none-match": tag}).status_code == 304
    assert seen == []


def test_head_is_get_without_the_body(demo_sqlite: str, client: TestClient) -> None:
    got, head = client.get(HASKOVO), client.head(HASKOVO)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == got.headers["etag"]
    assert head.headers["content-length"] == got.headers["content-length"]


def test_it_comes_compressed_to_those_who_take_that(demo_sqlite: str, client: TestClient) -> None:
    plain = client.get(HASKOVO, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with client.stream("GET", HASKOVO, headers={"accept-encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == plain.content
    assert len(packed) < len(plain.content) / 3


@pytest.mark.parametrize("address", FEEDS)
def test_neither_cookies_nor_the_browsers_wishes_change_a_feed(
    demo_sqlite: str, clients: Callable[[], TestClient], address: str
) -> None:
    one = clients().get(address)
    other = clients().get(address, headers={"accept-language": "el", "cookie": "language=el; theme=dark"})
    assert one.content == other.content
    assert one.headers["etag"] == other.headers["etag"]


def test_a_feed_made_anew_has_the_same_bytes(
    demo_sqlite: str, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = [client.get(address).content for address in FEEDS]
    monkeypatch.setattr("planner.feeds.pages.shelf.get", lambda _tag, make: type("Kept", (), {"plain": make()}))
    again = [client.get(address, headers={"accept-encoding": "identity"}).content for address in FEEDS]
    assert first == again


def test_the_address_may_ask_for_another_language(demo_sqlite: str, client: TestClient) -> None:
    greek, bulgarian = (client.get(f"{HASKOVO}?lang={code}") for code in ("el", "bg"))
    assert "Καλωσόρισμα" in unfolded(greek.text)
    assert "SUMMARY:Приветствие" in unfolded(bulgarian.text)
    assert client.get(f"{HASKOVO}?lang=xx").content == client.get(HASKOVO).content
    assert len({client.get(HASKOVO).headers["etag"], greek.headers["etag"], bulgarian.headers["etag"]}) == 3


def test_a_moved_item_keeps_its_uid_and_counts_up(demo_database: str, client: TestClient) -> None:
    before, old = events(client, ITEM)["Welcome"], client.get(HASKOVO).headers
    with db.write() as session:
        welcome = item(session, "haskovo-2023", "d1-welcome")
        welcome.starts, welcome.ends = time(9, 20), time(9, 40)
    unpublished = client.get(HASKOVO, headers={"if-none-match": old["etag"]})
    assert (unpublished.status_code, events(client, ITEM)["Welcome"].serialize()) == (304, before.serialize())
    publish("haskovo-2023", "held")
    after = events(client, ITEM)["Welcome"]
    assert after.uid.value == before.uid.value
    assert int(after.sequence.value) == int(before.sequence.value) + 1
    assert after.dtstamp.value > before.dtstamp.value
    assert after.dtstart.value - before.dtstart.value == timedelta(minutes=5)
    new = client.get(HASKOVO, headers={"if-none-match": old["etag"], "if-modified-since": old["last-modified"]})
    assert new.status_code == 200
    assert new.headers["etag"] != old["etag"]
    assert client.get(HASKOVO, headers={"if-modified-since": old["last-modified"]}).status_code == 200


@pytest.mark.parametrize("mark", ["cancelled_at", "deleted_at"])
def test_an_item_that_falls_out_stays_and_says_so(demo_sqlite: str, client: TestClient, mark: str) -> None:
    with db.write() as session:
        setattr(item(session, "haskovo-2023", "d1-welcome"), mark, datetime(2023, 11, 17, tzinfo=UTC))
    publish("haskovo-2023", "held")
    for address in (HASKOVO, ITEM):
        entry = events(client, address)["Cancelled: Welcome"]
        assert (entry.status.value, entry.sequence.value) == ("CANCELLED", "1")


def test_a_cancelled_meeting_takes_its_items_with_it(demo_sqlite: str, client: TestClient) -> None:
    with db.write() as session:
        meeting = session.exec(select(Meeting).where(Meeting.slug == "haskovo-2023")).one()
        meeting.cancelled_at = datetime(2023, 11, 17, tzinfo=UTC)
        meeting.revision += 1
    assert {one.status.value for one in events(client, HASKOVO).values()} == {"CANCELLED"}
    assert all(title.startswith("Cancelled: ") for title in events(client, HASKOVO))


def test_no_line_is_too_long_and_none_asks_for_an_answer(demo_sqlite: str, client: TestClient) -> None:
    content = client.get(HASKOVO).content
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert not re.search(rb"^(METHOD|ORGANIZER|ATTENDEE|BEGIN:VALARM)", content, re.M)


def test_the_page_offers_every_way_to_subscribe(demo_sqlite: str, client: TestClient) -> None:
    page = client.get("/secon/haskovo-2023/calendar?lang=el").text
    address = "127.0.0.1:8000/secon/haskovo-2023/calendar.ics?lang=el"
    assert f'href="webcal://{address}"' in page
    assert f'value="http://{address}"' in page
    assert "https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2F127.0.0.1%3A8000%2Fsecon%2Fhaskovo" in page
