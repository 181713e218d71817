"""The agenda for other programs: complete, with stable identities, and nothing in it that is not public."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from litestar.testing import TestClient

from planner import db
from planner.agenda.queries import programme
from tests.agenda.giving import found, give_out_anew, item, publish

HASKOVO = "/secon/haskovo-2023/agenda"
CLOSED = ("Steering group", "Συντονιστική ομάδα", "Управляваща група", "Work plan until February", "d1-steering")


def conference(client: TestClient, address: str) -> dict[str, Any]:
    answer = client.get(f"{address}.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    made: dict[str, Any] = answer.json()["schedule"]["conference"]
    return made


def events(made: dict[str, Any]) -> list[dict[str, Any]]:
    return [event for day in made["days"] for room in day["rooms"].values() for event in room]


def tree(client: TestClient, address: str) -> ElementTree.Element:
    answer = client.get(f"{address}.xml")
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "application/xml")
    return ElementTree.fromstring(answer.content)


@pytest.mark.parametrize("slug", ["haskovo-2023", "harghita-2024", "riga-upcoming"])
def test_both_forms_hold_every_public_item_once(demo_sqlite: str, client: TestClient, slug: str) -> None:
    with db.read() as session:
        shown = programme(session, found(session, slug))
    wanted = {re.sub(r"^item-|@.*", "", one.uid): one.title["en"] for day in shown for one in day.every}
    made = events(conference(client, f"/secon/{slug}/agenda"))
    assert {event["guid"]: event["title"] for event in made} == wanted
    assert len(made) == len(wanted) > 9
    xml = tree(client, f"/secon/{slug}/agenda").findall("day/room/event")
    assert {event.get("guid"): event.findtext("title") for event in xml} == wanted


def test_an_event_says_when_where_what_and_who(demo_sqlite: str, client: TestClient) -> None:
    event = next(event for event in events(conference(client, HASKOVO)) if event["slug"].endswith("d1-state"))
    kept = ("date", "start", "duration", "room", "slug", "title", "subtitle", "type", "language", "url")
    assert [event[name] for name in kept] == [
        "2023-11-13T09:30:00+02:00",
        "09:30",
        "00:45",
        "Great hall",
        "haskovo-2023-d1-state",
        "Where the social economy stands in the district and in Bulgaria",
        "Opening",
        "Presentation",
        "en",
        "http://127.0.0.1:8000/secon/haskovo-2023/agenda#item-d1-state",
    ]
    assert [person["public_name"] for person in event["persons"]] == ["Plamen Dyakov", "Dr Kameliya Radoyska"]
    assert all(person["affiliation"] for person in event["persons"])
    xml = tree(client, HASKOVO)
    (same,) = xml.findall(f"day/room/event[@guid='{event['guid']}']")
    assert [same.findtext(name) for name in kept] == [event[name] for name in kept]
    assert [person.text for person in same.findall("persons/person")] == ["Plamen Dyakov", "Dr Kameliya Radoyska"]
    assert [xml.findtext(f"conference/{name}") for name in ("days", "start", "end", "time_zone_name")] == [
        "2",
        "2023-11-13",
        "2023-11-14",
        "Europe/Sofia",
    ]


def test_texts_come_in_the_language_of_the_address(demo_sqlite: str, client: TestClient) -> None:
    greek = client.get(f"{HASKOVO}.json?lang=el", headers={"accept-language": "en"}).text
    english = client.get(f"{HASKOVO}.json", headers={"accept-language": "el"}).text
    assert "Μεγάλη αίθουσα" in greek
    assert "Great hall" in english
    assert "Μεγάλη αίθουσα" not in english


@pytest.mark.parametrize("ending", ["json", "xml"])
def test_what_is_closed_or_not_given_out_stays_inside(demo_sqlite: str, client: TestClient, ending: str) -> None:
    languages = ("", "?lang=el", "?lang=bg")
    texts = "".join(client.get(f"{HASKOVO}.{ending}{language}").text for language in languages)
    assert [word for word in CLOSED if word in texts] == []
    before = client.get(f"{HASKOVO}.{ending}")
    with db.write() as session:
        one = item(session, "haskovo-2023", "d1-state")
        one.title = {"en": "A secret plan"}
        session.add(one)
    assert "A secret plan" not in client.get(f"{HASKOVO}.{ending}").text
    publish("haskovo-2023")
    after = client.get(f"{HASKOVO}.{ending}", headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert "A secret plan" in after.text


@pytest.mark.parametrize("ending", ["json", "xml"])
def test_a_copy_that_is_current_is_not_sent_again(demo_sqlite: str, client: TestClient, ending: str) -> None:
    first = client.get(f"{HASKOVO}.{ending}")
    again = client.get(f"{HASKOVO}.{ending}", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(f"{HASKOVO}.{ending}")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", first.headers["etag"])
    assert client.get(f"/secon/nowhere/agenda.{ending}").status_code == 404


def test_hostile_words_harm_neither_form(demo_sqlite: str, client: TestClient) -> None:
    hostile = '</title><script>"&\x01\ufffe]]> 😀'
    with db.write() as session:
        one = item(session, "haskovo-2023", "d1-state")
        one.title, one.track = {"en": hostile}, '"<&'
        session.add(one)
        give_out_anew(session)
    assert hostile in [event["title"] for event in events(conference(client, HASKOVO))]
    shown = [event.findtext("title") for event in tree(client, HASKOVO).findall("day/room/event")]
    assert '</title><script>"&]]> 😀' in shown


@pytest.mark.parametrize("slug", ["haskovo-2023", "riga-upcoming"])
def test_readers_of_schedules_find_the_forms_they_know(demo_sqlite: str, client: TestClient, slug: str) -> None:
    made = conference(client, f"/secon/{slug}/agenda")
    assert re.fullmatch(r"[a-z0-9_]{4,}", made["acronym"])
    assert [day["index"] for day in made["days"]] == list(range(1, made["daysCount"] + 1))
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]", track["slug"]) for track in made["tracks"])
    assert len({room["guid"] for room in made["rooms"]}) == len(made["rooms"]) > 2
    assert all(re.fullmatch(r"[0-9]{2}:[0-5][0-9]", event["duration"]) for event in events(made))
    days = tree(client, f"/secon/{slug}/agenda").findall("day")
    assert [day.get("index") for day in days] == [str(day["index"]) for day in made["days"]]


def test_an_event_without_a_room_says_how_one_takes_part(demo_sqlite: str, client: TestClient) -> None:
    with db.write() as session:
        one = item(session, "haskovo-2023", "d1-state")
        one.place_id, one.mode = None, "online"
        found(session, "haskovo-2023").meeting.place = {}
        session.add(one)
        give_out_anew(session)
    event = next(event for event in events(conference(client, HASKOVO)) if event["slug"].endswith("d1-state"))
    assert event["room"] == "Online"
