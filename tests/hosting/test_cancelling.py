"""Calling a meeting off and taking it back: who is told, what everybody reads, and what calendars are told."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import Any

import icalendar
import pytest
from httpx import Client
from sqlmodel import col, select

from planner import db
from planner.hosting.cancelling import cancel, registered
from planner.meetings.queries import at_desk
from planner.outbox import OutboxLetter
from planner.registration.rules import LIVE
from planner.registration.tables import Registration
from tests.hosting.test_setting_up import meeting
from tests.reception import sign_in

RIGA = "/secon/riga-upcoming"
PAGE = f"{RIGA}/desk/cancellation"
REASON = "The hall was flooded."


@pytest.fixture
def organiser(demo_sqlite: str, client: Client) -> str:
    """Somebody who organises is signed in; the token of their forms."""
    return sign_in(client, "organiser")


def entries(client: Client, address: str = f"{RIGA}/calendar.ics") -> dict[str, tuple[str, int, str]]:
    """Status, SEQUENCE and LAST-MODIFIED of every entry of a feed."""
    found = icalendar.Calendar.from_ical(client.get(address).content).walk("VEVENT")
    return {
        str(one["UID"]): (str(one["STATUS"]), int(one.get("SEQUENCE", 0)), str(one["LAST-MODIFIED"].dt))
        for one in found
    }


def letters() -> list[OutboxLetter]:
    with db.read() as session:
        return list(session.exec(select(OutboxLetter).order_by(col(OutboxLetter.id))))


def text_of(letter: OutboxLetter) -> str:
    """What a letter says in plain text."""
    part = message_from_bytes(letter.mime, policy=policy.default).get_body(("plain",))
    return str(part.get_content()) if part else ""


def live() -> int:
    with db.read() as session:
        number = at_desk(session, "secon", "riga-upcoming").meeting.id
        query = select(Registration.id).where(Registration.meeting_id == number, col(Registration.status).in_(LIVE))
        return len(session.exec(query).all())


def call_off(client: Client, csrf: str, **values: str) -> Any:
    return client.post(PAGE, data={"csrf": csrf, "reason-en": REASON, "sure": "yes", **values})


def test_one_is_asked_before_anything_happens(organiser: str, client: Client) -> None:
    before = len(letters())
    asked = client.post(PAGE, data={"csrf": organiser, "reason-en": REASON})
    assert asked.status_code == 200
    assert f"{live()} people get a letter at once" in asked.text
    assert f'name="reason-en" value="{REASON}"' in asked.text
    assert (meeting("riga-upcoming").cancelled_at, len(letters())) == (None, before)


def test_without_a_reason_nothing_happens(organiser: str, client: Client) -> None:
    answer = client.post(PAGE, data={"csrf": organiser, "reason-en": "  ", "reason-el": "", "sure": "yes"})
    assert (answer.status_code, "people will ask" in answer.text) == (422, True)
    assert meeting("riga-upcoming").cancelled_at is None


def test_everybody_reads_that_it_is_off_and_why(organiser: str, client: Client) -> None:
    before, frame = entries(client), entries(client, "/secon/calendar.ics")
    assert call_off(client, organiser).status_code == 303
    for page in ("", "/agenda", "/visits", "/practical", "/documents"):
        text = client.get(f"{RIGA}{page}").text
        assert ("This meeting is cancelled." in text, REASON in text) == (True, True), page
    assert "This meeting does not take place" in client.get(f"{RIGA}/register").text
    assert f'href="{RIGA}/register"' not in client.get(RIGA).text
    assert client.get(f"{RIGA}/agenda.json").json()["schedule"]["conference"]["meta"] == {"cancelled": True}
    after = entries(client)
    assert set(after) == set(before)
    for uid, (status, sequence, modified) in after.items():
        assert (status, sequence > before[uid][1], modified > before[uid][2]) == ("CANCELLED", True, True)
    changed = {uid for uid, told in entries(client, "/secon/calendar.ics").items() if told != frame[uid]}
    assert changed == {meeting("riga-upcoming").uid}


def test_everybody_who_is_registered_gets_one_letter_in_their_language(organiser: str, client: Client) -> None:
    before = len(letters())
    call_off(client, organiser, **{"reason-el": "Πλημμύρισε η αίθουσα."})
    written = letters()[before:]
    assert len(written) == live() > 3
    with db.read() as session:
        found = at_desk(session, "secon", "riga-upcoming")
        people = {row.email: row.language for row in registered(session, found.meeting.id or 0)}
    assert {one.to_address for one in written} == set(people)
    for one in written:
        said = text_of(one)
        assert ("Πλημμύρισε" if people[one.to_address] == "el" else REASON) in said
        assert "/my/" in said


def test_nobody_can_register_for_what_is_off(organiser: str, client: Client) -> None:
    call_off(client, organiser)
    token = re.search(r'name="csrf" value="([^"]+)"', client.get(f"{RIGA}/desk").text)
    answer = client.post(f"{RIGA}/register", data={"csrf": token[1] if token else organiser, "given": "A"})
    assert "This meeting does not take place" in answer.text


def test_it_can_be_taken_back_and_calendars_count_on(organiser: str, client: Client) -> None:
    before = entries(client)
    call_off(client, organiser)
    off, told = entries(client), len(letters())
    assert client.post(f"{PAGE}/removal", data={"csrf": organiser}).status_code == 303
    again = entries(client)
    for uid, (status, sequence, modified) in again.items():
        assert (status, sequence > off[uid][1], modified >= off[uid][2]) == (before[uid][0], True, True)
    assert "This meeting is cancelled." not in client.get(RIGA).text
    assert len(letters()) - told == live()
    assert any("takes place after all" in text_of(one) for one in letters()[told:])
    call_off(client, organiser)
    assert all(one[1] > again[uid][1] for uid, one in entries(client).items())


def test_calling_off_twice_writes_to_nobody_twice(organiser: str, client: Client) -> None:
    call_off(client, organiser)
    told = len(letters())
    again = call_off(client, organiser)
    assert (again.status_code, "cancelled already" in again.text) == (422, True)
    assert len(letters()) == told
    client.post(f"{PAGE}/removal", data={"csrf": organiser})
    assert client.post(f"{PAGE}/removal", data={"csrf": organiser}).status_code in (409, 422)


def test_a_meeting_nobody_knows_of_is_called_off_quietly(demo_database: str) -> None:
    before = len(letters())
    with db.write() as session:
        found = at_desk(session, "secon", "riga-upcoming")
        found.meeting.published_at = None
        session.add(found.meeting)
        session.flush()
        cancel(session, found, "ana@planner.example", {"en": REASON})
    assert len(letters()) == before


@pytest.mark.parametrize("path", ["", "/removal"])
def test_only_organisers_call_a_meeting_off(demo_sqlite: str, client: Client, path: str) -> None:
    assert client.post(PAGE + path, data={}).status_code in (303, 403)
    csrf = sign_in(client, "reception")
    assert client.post(PAGE + path, data={"csrf": csrf, "reason-en": REASON, "sure": "yes"}).status_code in (403, 404)
    assert meeting("riga-upcoming").cancelled_at is None
