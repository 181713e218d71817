"""Names of tracks: written at the desk in every language, read everywhere once they are published."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdf
import pytest
from httpx import Client
from sqlmodel import select

from planner import db
from planner.agenda.actions import undo_change
from planner.agenda.tables import Track
from planner.agenda.tracks import name_tracks, tracks
from planner.errors import Missing, Stale
from tests.agenda.acting import act, done, number, row, snapshot
from tests.agenda.giving import item, publish
from tests.queries import counting
from tests.reception import sign_in

HASKOVO = "/secon/haskovo-2023"
TRACKS = f"{HASKOVO}/desk/agenda/tracks"
NAMES = {"en": "Farms and food", "el": "Αγροκτήματα και τρόφιμα"}


def used() -> str:
    """A track that public items of Haskovo are in."""
    with db.write() as session:
        for slug in ("d1-welcome", "d1-coffee"):
            item(session, "haskovo-2023", slug).track = "farm-1"
    return "farm-1"


def mark() -> str:
    with db.read() as session:
        return tracks(session, number()).mark


def everywhere(client: Client, language: str = "en") -> dict[str, str]:
    """All that shows tracks to the public."""
    said = {"Accept-Language": language}
    paper = pypdf.PdfReader(io.BytesIO(client.get(f"{HASKOVO}/agenda.pdf", headers=said).content))
    return {
        "page": client.get(f"{HASKOVO}/agenda", headers=said).text,
        "paper": " ".join(" ".join(page.extract_text() for page in paper.pages).split()),
        "JSON": client.get(f"{HASKOVO}/agenda.json?lang={language}", headers=said).text,
        "XML": client.get(f"{HASKOVO}/agenda.xml?lang={language}", headers=said).text,
        "feed": client.get(f"{HASKOVO}/calendar.ics?lang={language}").text.replace("\r\n ", ""),
    }


@pytest.mark.parametrize("language", ["en", "el"])
def test_a_name_is_read_everywhere_in_the_readers_language(demo_sqlite: str, client: Client, language: str) -> None:
    track = used()
    publish("haskovo-2023")
    act(name_tracks, mark(), {track: NAMES})
    for where, said in everywhere(client, language).items():
        assert NAMES[language] not in said, where
    publish("haskovo-2023")
    for where, said in everywhere(client, language).items():
        assert NAMES[language] in said, where


def test_a_new_name_counts_for_the_calendar_of_its_items_only(demo_sqlite: str, client: Client) -> None:
    track = used()
    publish("haskovo-2023")
    before = client.get(f"{HASKOVO}/calendar.ics").text
    act(name_tracks, mark(), {track: NAMES})
    publish("haskovo-2023")
    after = client.get(f"{HASKOVO}/calendar.ics").text

    def sequence(text: str, slug: str) -> str:
        part = next(part for part in text.split("BEGIN:VEVENT") if row(slug).uid in part)
        found = re.search(r"SEQUENCE:(\d+)", part)
        return found[1] if found else "0"

    assert int(sequence(after, "d1-coffee")) == int(sequence(before, "d1-coffee")) + 1
    assert sequence(after, "d1-dinner") == sequence(before, "d1-dinner")


def test_naming_is_one_act_and_can_be_undone(demo_database: str) -> None:
    track, before = used(), mark()
    act(name_tracks, before, {track: NAMES})
    with pytest.raises(Stale):
        act(name_tracks, before, {track: {"en": "Other"}})
    with pytest.raises(Missing):
        act(name_tracks, mark(), {"nowhere": NAMES})
    kept = snapshot()
    act(undo_change, done()[0].id)
    assert (mark(), snapshot()) == (before, kept)
    with db.read() as session:
        assert session.exec(select(Track)).all() == []


def form(csrf: str, **fields: Any) -> dict[str, Any]:
    return {"csrf": csrf, "seen": mark(), **fields}


def test_an_organiser_names_tracks_without_script(demo_sqlite: str, client: Client) -> None:
    track, csrf = used(), sign_in(client, "organiser")
    assert f'name="name-{track}-en"' in client.get(TRACKS).text
    seen = mark()
    answer = client.post(TRACKS, data=form(csrf, **{f"name-{track}-en": "Farms"}))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HASKOVO}/desk/agenda")
    assert "Track Farms" in client.get(f"{HASKOVO}/desk/agenda").text
    late = client.post(TRACKS, data=form(csrf, **{f"name-{track}-en": "Fields"}) | {"seen": seen})
    assert (late.status_code, "Farms" in late.text, 'value="Fields"' in late.text) == (409, True, True)
    new = re.search(r'name="seen" value="([^"]+)"', late.text)
    assert new is not None
    again = client.post(TRACKS, data=form(csrf, **{f"name-{track}-en": "Fields"}) | {"seen": new[1]})
    assert again.status_code == 303
    wrong = client.post(TRACKS, data=form(csrf, **{f"name-{track}-en": "x" * 81}))
    assert (wrong.status_code, "x" * 81 in wrong.text) == (422, True)


def test_names_cost_the_same_for_one_and_three_tracks(demo_sqlite: str, client: Client) -> None:
    def ask() -> int:
        with counting() as count:
            client.get(TRACKS)
        return count.number

    sign_in(client, "organiser")
    used()
    first = ask()
    with db.write() as session:
        item(session, "haskovo-2023", "d1-state").track = "other"
        item(session, "haskovo-2023", "d1-dinner").track = "third"
    assert ask() == first


def test_what_a_hidden_items_track_is_called_stays_behind(demo_sqlite: str, client: Client) -> None:
    with db.write() as session:
        item(session, "haskovo-2023", "d1-steering").track = "inner"
        item(session, "haskovo-2023", "d1-coffee").track = "inner"
    publish("haskovo-2023")
    with db.write() as session:
        item(session, "haskovo-2023", "d1-coffee").hidden = True
    act(name_tracks, mark(), {"inner": {"en": "Zweihundert"}})
    publish("haskovo-2023")
    for where, said in everywhere(client).items():
        assert "Zweihundert" not in said, where
