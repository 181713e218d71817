"""People who were offered a place, and people whose address is not proved yet, in the organisers' table."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest
from litestar.testing import TestClient
from sqlmodel import select

from planner import db
from planner.language import moment_text
from planner.outbox import OutboxLetter
from planner.registration import letters, queries, unconfirmed
from planner.registration.place_tables import PlaceOffer
from planner.registration.tables import Registration
from planner.tokens import mint
from tests.reception import scope_of, sign_in
from tests.registration import people
from tests.roster.test_desk_tables import read_csv

RIGA = "/secon/riga-upcoming/desk"


@pytest.fixture
def organiser(demo_sqlite: str, client: TestClient) -> str:
    """Somebody who organises is signed in; the token of their forms."""
    return sign_in(client, "organiser")


def offered_to_ben() -> Registration:
    """Ben waited, and a place is kept for him."""
    people.change_form(offer_hours=24, approval=[])
    people.leave_room(1)
    ana, ben = people.register(people.entry("Ana")), people.register(people.entry("Ben"))
    assert ana and ben
    people.withdraw(ana)
    return people.now(ben)


def strangers(*names: str) -> list[Registration]:
    """So many people who have not answered the letter to their address."""
    for name in names:
        place = people.offered()
        with db.write() as session:
            unconfirmed.hold(session, place, people.entry(name), mint())
    with db.read() as session:
        return [session.exec(select(Registration).where(Registration.given == name)).one() for name in names]


def decide(client: TestClient, csrf: str, row: Registration, **form: str) -> int:
    return client.post(f"{RIGA}/registrations/{row.id}/decisions", data={"csrf": csrf, **form}).status_code


def subjects(row: Registration) -> Sequence[str]:
    with db.read() as session:
        return session.exec(select(OutboxLetter.subject).where(OutboxLetter.about == letters.about(row))).all()


def test_both_are_facets_in_words_and_stand_in_the_files(organiser: str, client: TestClient) -> None:
    ben, (zoe,) = offered_to_ben(), strangers("Zoe")
    assert (ben.status, zoe.status) == ("offered", "unconfirmed")
    for row, told in ((ben, "A place is offered"), (zoe, "Address not confirmed yet")):
        page = client.get(f"{RIGA}/registrations?status={row.status}").text
        assert re.findall(r'<th scope="row"><a href="[^"]+"><bdi>([^<]+)</bdi>', page) == [f"{row.given} Guest"]
        assert told in page
        assert f"status={row.status}" in client.get(f"{RIGA}/registrations").text
        [line] = read_csv(client.get(f"{RIGA}/registrations.csv?status={row.status}").content)
        assert line["Status"] == told
        assert told in client.get(f"{RIGA}/registrations/{row.id}").text


def test_an_offered_place_can_be_made_certain_or_taken_away(organiser: str, client: TestClient) -> None:
    ben = offered_to_ben()
    assert decide(client, organiser, ben, decision="confirm") == 303
    assert people.now(ben).status == "confirmed"
    with db.read() as session:
        kept = session.exec(select(PlaceOffer.outcome).where(PlaceOffer.registration_id == ben.id)).all()
    assert kept == ["accepted"]


def test_an_organiser_vouches_for_an_address(organiser: str, client: TestClient) -> None:
    people.leave_room(1)
    zoe, yan = strangers("Zoe", "Yan")
    form = {"csrf": organiser, "decision": "confirm", "registration": [str(zoe.id), str(yan.id)]}
    assert client.post(f"{RIGA}/registrations/decisions", data=form).status_code == 303
    assert [people.now(row).status for row in (zoe, yan)] == ["confirmed", "waiting"]
    assert [len(subjects(row)) for row in (zoe, yan)] == [2, 2]  # the one to prove the address, and how it stands
    with db.read() as session:
        assert "organiser@example.org" in {one.actor for one in queries.history(session, zoe.id or 0)}
    unconfirmed.forget_unconfirmed()
    assert people.now(zoe).status == "confirmed"


def test_who_is_vouched_for_needs_no_second_decision(organiser: str, client: TestClient) -> None:
    people.leave_room(1)
    people.change_form(approval=["host_local"])
    [zoe] = strangers("Zoe")
    assert decide(client, organiser, zoe, decision="confirm") == 303
    assert people.now(zoe).status == "confirmed"


def test_an_unproved_address_can_be_declined(organiser: str, client: TestClient) -> None:
    [zoe] = strangers("Zoe")
    assert decide(client, organiser, zoe, decision="decline", reason="Nobody knows you.") == 303
    assert people.now(zoe).status == "declined"
    assert decide(client, organiser, zoe, decision="decline", reason="Again.") == 409


def test_nobody_is_vouched_for_twice(organiser: str, client: TestClient) -> None:
    [zoe] = strangers("Zoe")
    assert people.register(people.entry("Zoe"))
    assert decide(client, organiser, zoe, decision="confirm") == 422
    assert people.now(zoe).status == "unconfirmed"


def test_the_page_of_a_person_shows_what_is_held_waited_for_and_offered(organiser: str, client: TestClient) -> None:
    people.change_form(offer_hours=24, approval=[])
    people.leave_room(5)
    people.leave_seats("d2-visit-a", 1)
    bus = people.leave_bus("d1-bus-hotel", 1)
    wish = {"visits": people.visits("d2-visit-a"), "rides": (bus,), "days": people.days("on_site", 1, 2)}
    ana, ben, eva = [people.register(people.entry(name, **wish)) for name in ("Ana", "Ben", "Eva")]
    assert ana and ben and eva
    bus_name = next(ride.title["en"] for ride in people.offered().rides if ride.id == bus)

    def shown(row: Registration) -> str:
        page = client.get(f"{RIGA}/registrations/{row.id}").text
        return re.sub(r"<[^>]+>", "", page)

    assert f"{bus_name}: has a place" in shown(ana)
    assert [f"{bus_name}: waiting as no. {place}" in shown(row) for place, row in ((1, ben), (2, eva))] == [True, True]
    people.withdraw(ana)
    with db.read() as session:
        [until] = session.exec(
            select(PlaceOffer.expires_at).where(PlaceOffer.registration_id == ben.id, PlaceOffer.kind == "ride")
        ).all()
    text = moment_text(until, people.offered().found.meeting.zone)
    assert f"{bus_name}: offered until {text}" in shown(ben)
    assert f"{bus_name}: waiting as no. 1" in shown(eva)


def test_an_offered_place_at_the_meeting_says_until_when(organiser: str, client: TestClient) -> None:
    ben = offered_to_ben()
    assert "At the meeting: offered until" in client.get(f"{RIGA}/registrations/{ben.id}").text


def test_who_decides_is_led_to_giving_a_place_by_hand(organiser: str, clients: Callable[[], TestClient]) -> None:
    ben = offered_to_ben()
    for role, leads in (("organiser", True), ("controller", False)):
        client = clients()
        sign_in(client, role, scope_of("riga-upcoming"))
        page = client.get(f"{RIGA}/registrations/{ben.id}").text
        assert (f'href="{RIGA}/queues/people/{ben.id}"' in page) is leads, role
        assert client.get(f"{RIGA}/queues/people/{ben.id}").status_code == (200 if leads else 404)
    people.withdraw(ben)
    client = clients()
    sign_in(client, "organiser")
    assert "/queues/people/" not in client.get(f"{RIGA}/registrations/{ben.id}").text
