"""A registration's own page: ticket, calendar, all the data, the link again, and how a person leaves."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import pypdf
import pytest
from icalendar import Calendar
from sqlmodel import col, select

from planner import db
from planner.agenda.tables import Day, Item
from planner.attendance.tables import CheckIn, Signature
from planner.clock import now
from planner.outbox import OutboxLetter
from planner.own.ticket import CALENDAR, TICKET, check_in_address, code
from planner.registration.abuse import CHANGES_PER_REGISTRATION
from planner.registration.actions import decline
from planner.registration.letters import token
from planner.registration.link_again import send_asked_links
from planner.registration.tables import CareNote, Consent, LinkRequest, Registration
from tests.posting import post_all
from tests.queries import counting
from tests.reception import scope_of, sign_in
from tests.registration import people

pytestmark = pytest.mark.usefixtures("demo_sqlite")
BASE = f"/{people.PROJECT}/{people.MEETING}"


@pytest.fixture
def ana() -> Registration:
    """Ana comes on day 1, wants visit A and a bus."""
    bus = next(ride.id for ride in people.offered().rides if ride.slug == "d1-bus-hotel")
    row = people.register(people.entry("Ana", visits=people.visits("d2-visit-a"), rides=(bus,), remarks="Hello"))
    assert row is not None
    return people.now(row)


def home(row: Registration) -> str:
    return f"/my/{token(people.now(row))}"


def test_the_ticket_shows_a_code_without_data(client: httpx.Client, ana: Registration) -> None:
    page = client.get(f"{home(ana)}/ticket")
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert re.search(r'<svg role="img" aria-label="[^"]+"[^>]*class="qr"', page.text)
    address = check_in_address(people.offered().found, ana)
    assert address.startswith(f"http://127.0.0.1:8000{BASE}/desk/check-ins/")
    for word in ("Ana", "ana", "guests", token(ana)):
        assert word not in address.rpartition("/")[2]


def test_the_ticket_on_paper(client: httpx.Client, ana: Registration) -> None:
    answer = client.get(f"{home(ana)}/ticket.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    text = pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "Ana Guest" in text


def test_who_has_no_place_has_no_ticket(client: httpx.Client, ana: Registration) -> None:
    people.withdraw(ana)
    assert [client.get(f"{home(ana)}/ticket{end}").status_code for end in ("", ".pdf")] == [404, 404]


def test_only_helpers_open_the_code(clients: Callable[[], httpx.Client], ana: Registration) -> None:
    path = f"{BASE}/desk/check-ins/{code(ana, TICKET)}"
    assert clients().get(path).headers["location"].startswith("/sign-in")
    for role, scope, status in (
        ("reception", people.MEETING, 200),
        ("organiser", people.MEETING, 200),
        ("controller", people.MEETING, 404),
        ("logistics", people.MEETING, 404),
    ):
        helper = clients()
        sign_in(helper, role, scope_of(scope))
        assert helper.get(path).status_code == status, role
    sign_in(helper := clients(), "reception")
    assert helper.get(path.replace("riga-upcoming", "haskovo-2023")).status_code == 404
    assert helper.get(path[:-1] + ("a" if path[-1] != "a" else "b")).status_code == 404
    assert helper.get(f"{BASE}/desk/check-ins/{code(ana, CALENDAR)}").status_code == 404


def test_a_helper_checks_somebody_in_once(client: httpx.Client, ana: Registration) -> None:
    path = f"{BASE}/desk/check-ins/{code(ana, TICKET)}"
    csrf = sign_in(client, "reception", scope_of(people.MEETING))
    assert client.post(path, data={"csrf": csrf}).status_code == 409  # today is no day of the meeting
    with db.write() as session:
        day = session.exec(select(Day).where(Day.meeting_id == ana.meeting_id, Day.number == 1)).one()
        day.date = now().date()
        session.add(day)
    assert client.post(path, data={"csrf": csrf}).status_code == 303
    assert client.post(path, data={"csrf": csrf}).status_code == 303
    assert "Checked in at" in client.get(path).text
    with db.read() as session:
        assert len(session.exec(select(CheckIn)).all()) == 1


def events(content: bytes) -> list[tuple[str, str]]:
    return [(str(one["SUMMARY"]), str(one.get("STATUS"))) for one in Calendar.from_ical(content).walk("VEVENT")]


def test_the_calendar_holds_my_days_my_visit_and_my_bus(client: httpx.Client, ana: Registration) -> None:
    taken = client.get(f"{home(ana)}/calendar.ics")
    assert taken.headers["content-disposition"] == 'attachment; filename="my-meeting.ics"'
    summaries = [summary for summary, _status in events(taken.content)]
    assert len(summaries) == 3
    assert sum("(On site)" in summary for summary in summaries) == 1
    assert "Visit A: Green Thread" in summaries
    assert {status for _summary, status in events(taken.content)} == {"CONFIRMED"}


def test_the_subscription_follows_and_opens_nothing_else(client: httpx.Client, ana: Registration) -> None:
    page = client.get(home(ana)).text
    path = re.search(r"(/calendars/[\w-]+\.ics)", page)
    assert path
    first = client.get(path[1])
    assert (first.status_code, first.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    again = client.get(path[1], headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert client.get(f"/my/{path[1].removeprefix('/calendars/').removesuffix('.ics')}").status_code == 404
    people.withdraw(ana)
    after = client.get(path[1])
    assert {status for _summary, status in events(after.content)} == {"CANCELLED"}
    before, later = (Calendar.from_ical(answer.content).walk("VEVENT")[0]["SEQUENCE"] for answer in (first, after))
    assert later > before
    assert client.get("/calendars/nobody.ics").status_code == 404
    assert client.get(path[1].replace(".ics", "")).status_code == 404


def test_a_new_address_ends_the_old_calendar_and_the_old_address_is_told(
    client: httpx.Client, ana: Registration
) -> None:
    old = code(ana, CALENDAR)
    people.change(ana, people.entry("Ana", email="new@guests.example"))
    assert client.get(f"/calendars/{old}.ics").status_code == 404
    assert client.get(f"/calendars/{code(people.now(ana), CALENDAR)}.ics").status_code == 200
    with db.read() as session:
        query = select(OutboxLetter).where(OutboxLetter.subject.like("Your address was changed%"))  # type: ignore[attr-defined]
        [letter] = session.exec(query).all()
    assert letter.to_address == "ana@guests.example"
    assert b"new@guests.example" not in letter.mime
    assert token(people.now(ana)).encode() not in letter.mime


def test_nobody_mails_strangers_by_way_of_a_registration(client: httpx.Client, ana: Registration) -> None:
    own, answers = home(ana), []
    for number in range(CHANGES_PER_REGISTRATION.most + 1):
        given = people.filled(client, email=f"victim{number}@far.example")
        given["version"] = people.form(client, f"{own}/change")["version"]
        answers.append(client.post(f"{own}/change", data=given))
        own = answers[-1].headers.get("location", own)
    assert [answer.status_code for answer in answers] == [303] * CHANGES_PER_REGISTRATION.most + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_an_address_that_needs_a_proof_is_not_taken_by_a_change(client: httpx.Client, ana: Registration) -> None:
    people.change_form(confirm_unknown=True)
    given = people.filled(client, version="2")
    given["version"] = people.form(client, f"{home(ana)}/change")["version"]
    refused = client.post(f"{home(ana)}/change", data={**given, "email": "ana@far.example"})
    assert refused.status_code == 422
    assert "Please ask the organisers to change it." in refused.text
    colleague = client.post(f"{home(ana)}/change", data={**given, "email": "a.guest@guests.example"})
    assert colleague.status_code == 303


def test_an_end_that_others_decided_is_said_with_its_reason(client: httpx.Client, ana: Registration) -> None:
    with db.write() as session:
        decline(session, session.get_one(Registration, ana.id), "ana@planner.example", "Only for partners.")
    page = client.get(home(ana)).text
    assert "The organisers have declined this registration." in page
    assert "Only for partners." in page


def test_my_data_are_complete(client: httpx.Client, ana: Registration) -> None:
    with db.write() as session:
        day = session.exec(select(Day).where(Day.meeting_id == ana.meeting_id, Day.number == 1)).one()
        session.add(Signature(registration_id=ana.id or 0, day_id=day.id or 0, noted_at=now()))
        session.add(CheckIn(registration_id=ana.id or 0, day_id=day.id or 0, at=now(), by="door@example.org"))
        end = now().date() + timedelta(days=30)
        session.add(CareNote(registration_id=ana.id or 0, diet="vegan", access="Ramp", delete_after=end))
    data = json.loads(client.get(f"{home(ana)}/data.json").text)
    assert data["visit"] == "Visit A: Green Thread"
    assert data["food_and_access"]["access"] == "Ramp"
    assert {one["purpose"] for one in data["consents"]} >= {"photo", "sensitive"}
    assert all(one["wording"] and one["given_at"] for one in data["consents"])
    assert [one["status"] for one in data["history"]][-1] == "confirmed"
    assert data["letters"][0]["subject"].startswith("You are registered")
    assert {one["what"] for one in data["attendance"]} == {"signed", "checked_in"}
    assert data["privacy_notice"]["version"] == 1
    kept = {one["data"]: one for one in data["kept"]}
    assert all(one["purpose"] and one["recipients"] for one in kept.values())
    assert len(kept) >= 6
    assert {"care_note", "visit_place", "ride_choice", "consent", "planned_day", "signature"} <= {
        table for table, rows in data["rows"].items() if rows
    }
    assert not {"token_hash", "uid", "form_key"} & set(data["rows"]["registration"][0])
    page = client.get(f"{home(ana)}/data")
    for word in ("Ana", "Ramp", "Hello", "Visit A: Green Thread", "Proof of attendance", "You are registered"):
        assert word in page.text
    assert token(ana) not in page.text.replace(home(ana), "")


def test_my_data_cost_the_same_however_much_there_is(client: httpx.Client, ana: Registration) -> None:
    client.get(f"{home(ana)}/data")
    with counting() as few:
        client.get(f"{home(ana)}/data")
    for name in ("Ben", "Cleo", "Dora"):
        people.register(people.entry(name))
    with counting() as many:
        client.get(f"{home(ana)}/data")
    assert few.number == many.number


def test_asking_for_the_link_tells_nothing(client: httpx.Client, ana: Registration) -> None:
    """The same answer, and the same work: the same statements in the same order, whoever is asked for."""
    asked = []
    for email in ("ana@guests.example", "nobody@guests.example"):
        with counting() as count:
            answer = client.post(f"{people.REGISTER}/link", data={"email": email})
        shape = [re.sub(r"\s+", " ", statement) for statement in count.statements]
        asked.append((answer.status_code, answer.headers["location"], answer.content, shape))
    assert asked[0] == asked[1]
    with db.read() as session:
        assert len(session.exec(select(LinkRequest)).all()) == 2


@pytest.mark.parametrize(
    "typed", ["", "ana", "ana@guests.example\0", "ana@guests.example\r\nBcc: x@y.example", "x" * 300]
)
def test_what_is_no_address_is_said_at_once(client: httpx.Client, typed: str) -> None:
    answer = client.post(f"{people.REGISTER}/link", data={"email": typed})
    assert (answer.status_code, 'id="email-mistake"' in answer.text) == (422, True)


def test_the_link_comes_by_the_worker_also_when_registration_is_closed(client: httpx.Client, ana: Registration) -> None:
    people.change_form(closes_at=now() - timedelta(days=1))
    assert "Get your link again" in client.get(f"{people.REGISTER}/link").text
    with db.write() as session:
        for letter in session.exec(select(OutboxLetter)).all():
            letter.created_at -= timedelta(hours=1)
            session.add(letter)
    client.post(f"{people.REGISTER}/link", data={"email": "ANA@guests.example"})
    client.post(f"{people.REGISTER}/link", data={"email": "nobody@guests.example"})
    send_asked_links()
    send_asked_links()
    with db.read() as session:
        query = select(OutboxLetter.to_address).where(OutboxLetter.subject.like("Your registration:%"))  # type: ignore[attr-defined]
        assert session.exec(query).all() == ["ana@guests.example"]


def test_a_person_leaves(client: httpx.Client, clients: Callable[[], httpx.Client], ana: Registration) -> None:
    """Somebody looks at their data, asks to be erased, an organiser does it, and their page says what became of it."""
    post_all()
    assert "Nothing: there is no attendance to prove." in client.get(f"{home(ana)}/erasure").text
    assert client.post(f"{home(ana)}/erasure", data={"everywhere": "yes"}).status_code == 303
    assert client.post(f"{home(ana)}/erasure").status_code == 303
    assert "We have your request." in client.get(f"{home(ana)}/erasure").text

    desk = clients()
    csrf = sign_in(desk, "organiser", scope_of(people.MEETING))
    page = desk.get(f"{BASE}/desk/erasures").text
    assert "Ana Guest" in page
    [number] = re.findall(r'action="[^"]*/desk/erasures/(\d+)"', page)
    assert desk.post(f"{BASE}/desk/erasures/{number}", data={"csrf": csrf}).status_code == 303
    assert "Ana Guest" not in desk.get(f"{BASE}/desk/erasures").text

    page = client.get(f"{home(ana)}/erasure").text
    assert "Your data were erased on" in page
    assert "What I agreed to" not in client.get(home(ana)).text
    assert client.post(f"{home(ana)}/consents", data={"consent_photo": "yes"}).status_code == 303
    with db.read() as session:
        assert session.exec(select(Consent).where(Consent.registration_id == ana.id)).all() == []
    assert "Nothing about you is left at this meeting." in page
    assert "Your data at this meeting were erased." in client.get(home(ana)).text
    assert client.get(f"{home(ana)}/ticket").status_code == 404
    row = people.now(ana)
    assert (row.status, row.given, row.family, row.email, row.remarks) == ("cancelled", "", "—", "", "")


def test_withdrawn_consents_take_their_marks_along(client: httpx.Client, ana: Registration) -> None:
    client.post(f"{home(ana)}/consents", data={"consent_participant_list": "yes", "consent_photo": "yes"})
    desk = sign_in(client, "organiser", scope_of(people.MEETING))
    assert desk
    text = pypdf.PdfReader(io.BytesIO(client.get(f"{BASE}/desk/papers/participants.pdf").content))
    assert "ana@guests.example" in "".join(page.extract_text() for page in text.pages).replace("\n", "")
    client.cookies.clear()
    client.post(f"{home(ana)}/consents", data={})
    sign_in(client, "organiser", scope_of(people.MEETING))
    text = pypdf.PdfReader(io.BytesIO(client.get(f"{BASE}/desk/papers/participants.pdf").content))
    assert "ana@guests.example" not in "".join(page.extract_text() for page in text.pages).replace("\n", "")


def test_the_logs_name_nobody(client: httpx.Client, ana: Registration, capfd: pytest.CaptureFixture[str]) -> None:
    client.post(f"{people.REGISTER}/link", data={"email": "ana@guests.example"})
    for page in ("", "/data", "/ticket", "/calendar.ics", "/erasure"):
        client.get(home(ana) + page)
    client.post(f"{home(ana)}/erasure")
    post_all()
    said = "".join(capfd.readouterr())
    assert "ana@" not in said.casefold()
    assert token(ana) not in said


def test_items_are_of_the_meeting(ana: Registration) -> None:
    with db.read() as session:
        item = session.exec(select(Item).where(col(Item.id) == people.chosen(ana).visit)).one()
    assert item.slug == "d2-visit-a"
