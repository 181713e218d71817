"""Programs are kept out, people lose nothing: pace, limits, and the proof of an address that nobody knows."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlmodel import col, select

from planner import clock, db, limits
from planner.consortium.tables import Partner
from planner.knocks import Knock
from planner.meetings.tables import Meeting
from planner.outbox import OutboxLetter
from planner.registration import abuse, letters, unconfirmed
from planner.registration.form_keys import LENGTH, new_key, shown_at
from planner.registration.form_tables import RegistrationForm
from planner.registration.rules import CATEGORIES
from planner.registration.tables import Registration
from planner.tokens import mint
from tests.reception import sign_in
from tests.registration.people import REGISTER, aged_key, change_form, entry, filled, leave_room, meeting_id, register

STRANGER = {"email": "zoe@stranger.example"}


def rows(address="zoe@stranger.example"):
    with db.read() as session:
        query = select(Registration).where(Registration.email == address).order_by(col(Registration.id))
        return list(session.exec(query))


def letters_to(address):
    with db.read() as session:
        return list(session.exec(select(OutboxLetter).where(OutboxLetter.to_address == address)))


def hidden_key(page):
    return re.search(r'name="form_key" value="([^"]*)"', page.text)[1]


@pytest.mark.usefixtures("sqlite_database")
def test_a_key_tells_when_its_form_was_shown_and_cannot_be_made_elsewhere():
    moment = clock.now().replace(microsecond=0)
    key = new_key(moment)
    assert (shown_at(key), len(key)) == (moment, LENGTH)
    assert re.fullmatch(r"[A-Za-z0-9_-]{40,64}", key)
    older = key[:22] + "00000000000" + key[33:]
    for wrong in ("", "x", mint(), key[:-1], key + "x", older, "é" * LENGTH, key[::-1]):
        assert shown_at(wrong) is None


@pytest.mark.usefixtures("demo_sqlite")
def test_too_quick_is_one_more_click_and_loses_nothing(client):
    just_now = clock.now() + timedelta(seconds=30)  # however slowly the pages come
    given = filled(client, form_key=new_key(just_now), remarks="Late <train>")
    answer = client.post(REGISTER, data=given)
    assert answer.status_code == 422
    assert "quicker than we expected" in answer.text
    assert 'value="Ana"' in answer.text and "Late &lt;train&gt;" in answer.text
    assert hidden_key(answer) == given["form_key"]  # its time goes on
    assert rows("ana@guests.example") == []
    later = client.post(REGISTER, data={**given, "form_key": aged_key()})
    assert later.status_code == 303


@pytest.mark.usefixtures("demo_sqlite")
@pytest.mark.parametrize("key", ["", "x" * 43, "never-shown-by-us-" * 3])
def test_a_form_we_never_showed_comes_back_with_a_key_of_ours(client, key):
    answer = client.post(REGISTER, data=filled(client, form_key=key))
    assert (answer.status_code, shown_at(hidden_key(answer)) is not None) == (422, True)
    assert "is not the one we showed" in answer.text
    assert 'value="Ana"' in answer.text
    assert rows("ana@guests.example") == []


@pytest.mark.usefixtures("demo_sqlite")
def test_a_program_gets_an_answer_that_people_get_too(client):
    register(entry())
    known = client.post(REGISTER, data=filled(client))
    trapped = client.post(REGISTER, data=filled(client, "Bot", website="https://spam.example"))
    assert (trapped.status_code, dict(trapped.headers), trapped.content) == (
        known.status_code,
        dict(known.headers),
        known.content,
    )
    wrong = client.post(REGISTER, data=filled(client, "Bot", email="nowhere", website="x"))
    assert wrong.status_code == 422
    assert rows("bot@guests.example") == []


@pytest.mark.usefixtures("demo_sqlite")
def test_too_many_under_one_address_are_told_when_to_come_back(client, monkeypatch):
    monkeypatch.setattr(abuse, "REGISTERING_PER_ADDRESS", limits.Limit("register-email", 2, timedelta(hours=1)))
    for name in ("Ana", "Ben"):
        assert client.post(REGISTER, data=filled(client, name, email="one@guests.example")).status_code == 303
    answer = client.post(REGISTER, data=filled(client, "Cor", email="ONE@guests.example", remarks="Keep <me>"))
    assert answer.status_code == 429
    assert 3500 < int(answer.headers["retry-after"]) <= 3601
    assert "Nothing you typed is lost" in answer.text and "Keep &lt;me&gt;" in answer.text
    assert len(rows("one@guests.example")) == 2
    with db.read() as session:
        assert "guests" not in "".join(row.key for row in session.exec(select(Knock)))


@pytest.mark.usefixtures("demo_sqlite")
def test_the_link_again_has_its_limit_and_keeps_the_address(client):
    most = abuse.LINKS_PER_ADDRESS.most
    answers = [client.post(f"{REGISTER}/link", data={"email": "zoe@x.example"}) for _ in range(most + 1)]
    assert [answer.status_code for answer in answers] == [303] * most + [429]
    assert 'value="zoe@x.example"' in answers[-1].text
    assert int(answers[-1].headers["retry-after"]) > 0


@pytest.mark.usefixtures("demo_sqlite")
def test_a_stranger_holds_no_place_until_the_letter_is_answered(client):
    leave_room(1)
    change_form(confirm_unknown=True)
    answer = client.post(REGISTER, data=filled(client, "Zoe", **STRANGER))
    assert answer.headers["location"] == f"{REGISTER}/sent"
    assert "one click" in client.get(f"{REGISTER}/sent").text
    [zoe] = rows()
    assert (zoe.status, len(letters_to("zoe@stranger.example"))) == ("unconfirmed", 1)
    own = f"/my/{letters.token(zoe)}"
    assert client.get(own).headers["location"] == f"{own}/confirmation"

    page = client.get(f"{own}/confirmation")
    assert "Zoe Guest" in page.text and rows()[0].status == "unconfirmed"
    register(entry("Ana"))  # wrote later, arrived earlier
    assert client.post(f"{own}/confirmation").headers["location"] == own
    [zoe] = rows()
    assert zoe.status == "waiting"
    with db.read() as session:
        ana = session.exec(select(Registration).where(Registration.email == "ana@guests.example")).one()
    assert ana.status == "confirmed"
    assert ana.submitted_at <= zoe.submitted_at
    assert client.get(f"{own}/confirmation").headers["location"] == own
    assert client.post(f"{own}/confirmation").status_code == 303
    assert len(letters_to("zoe@stranger.example")) == 2


@pytest.mark.usefixtures("demo_sqlite")
def test_who_is_known_needs_no_letter(client):
    change_form(confirm_unknown=True, known_domains=["guests.example"])
    assert client.post(REGISTER, data=filled(client, "Ana")).headers["location"].startswith("/my/")
    assert (
        client.post(REGISTER, data=filled(client, "Ben", email="ben@mail.guests.example"))
        .headers["location"]
        .startswith("/my/")
    )
    with db.read() as session:
        contact = session.get_one(Meeting, meeting_id()).contact_email
    domain = contact.partition("@")[2]
    assert (
        client.post(REGISTER, data=filled(client, "Cor", email=f"cor@{domain}")).headers["location"].startswith("/my/")
    )


@pytest.mark.parametrize(
    ("email", "known"),
    [
        ("new@region.example", True),
        ("new@mail.region.example", True),
        ("new@otherregion.example", False),
        ("new@example", False),
        ("ana@gmail.com", True),
        ("ben@gmail.com", False),
        ("NEW@Listed.example", True),
        ("nobody", False),
    ],
)
def test_domains_are_known_by_their_people_but_not_where_anybody_gets_an_address(email, known):
    people = {"boss@region.example", "ana@gmail.com"}
    assert abuse.is_known(email, people, ["@listed.example"]) is known


@pytest.mark.usefixtures("demo_sqlite")
def test_one_letter_proves_an_address_for_all_who_share_it(client):
    leave_room(5)
    change_form(confirm_unknown=True)
    for name in ("Zoe", "Yan", "Zoe"):
        client.post(REGISTER, data=filled(client, name, **STRANGER))
    assert [row.status for row in rows()] == ["unconfirmed"] * 2
    assert len(letters_to("zoe@stranger.example")) == 1
    client.post(f"/my/{letters.token(rows()[0])}/confirmation")
    assert [row.status for row in rows()] == ["confirmed"] * 2


@pytest.mark.usefixtures("demo_sqlite")
def test_who_registered_meanwhile_is_led_to_that_registration(client):
    leave_room(5)
    change_form(confirm_unknown=True)
    client.post(REGISTER, data=filled(client, "Zoe", **STRANGER))
    other = register(entry("Zoe", **STRANGER))
    own = f"/my/{letters.token(rows()[0])}"
    assert client.post(f"{own}/confirmation").headers["location"] == f"/my/{letters.token(other)}"
    assert [row.status for row in rows()] == ["duplicate", "confirmed"]


@pytest.mark.usefixtures("demo_sqlite")
def test_what_nobody_confirms_is_gone_after_two_days(client):
    change_form(confirm_unknown=True)
    client.post(REGISTER, data=filled(client, "Zoe", **STRANGER))
    own = f"/my/{letters.token(rows()[0])}/confirmation"
    unconfirmed.forget_unconfirmed()
    assert len(rows()) == 1
    with db.write() as session:
        row = session.get_one(Registration, rows()[0].id)
        row.updated_at -= timedelta(hours=49)
        session.add(row)
    assert client.post(own).status_code == 404
    unconfirmed.forget_unconfirmed()
    assert rows() == []
    assert client.get(own).status_code == client.post(own).status_code == 404


@pytest.mark.usefixtures("demo_sqlite")
def test_after_closing_a_confirmation_comes_too_late(client):
    change_form(confirm_unknown=True)
    client.post(REGISTER, data=filled(client, "Zoe", **STRANGER))
    change_form(closes_at=clock.now() - timedelta(minutes=1))
    answer = client.post(f"/my/{letters.token(rows()[0])}/confirmation")
    assert (answer.status_code, "Registration is closed" in answer.text) == (422, True)


def send(served, number, network):
    """A stranger from that network, through a proxy that is declared, pretending to be somewhere else."""
    fields = {
        "form_key": aged_key(), "given": f"S{number}", "family": "Stranger", "email": f"s{number}@flood.example",
        "category": "host_local", "day_0": "no", "day_1": "on_site", "day_2": "no",
    }  # fmt: skip
    told = {"X-Forwarded-For": f"10.{number % 250}.0.1, {network}.{number % 250}"}
    with httpx.Client(trust_env=False, timeout=60) as client:
        return client.post(served.url + REGISTER, data=fields, headers=told)


@pytest.mark.usefixtures("demo_database")
def test_two_servers_count_together_and_a_made_up_origin_does_not_help(server):
    change_form(confirm_unknown=True)
    servers = [server(PLANNER_WORKERS="1", PLANNER_TRUSTED_PROXIES="127.0.0.1") for _ in range(2)]
    most = abuse.UNCONFIRMED_PER_NETWORK.most
    answers = [send(servers[number % 2], number, "198.51.100") for number in range(most + 6)]
    assert [answer.status_code for answer in answers] == [303] * most + [429] * 6
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers[most:])
    assert "Nothing you typed is lost" in answers[-1].text and f'value="S{most + 5}"' in answers[-1].text
    assert send(servers[0], 99, "203.0.113").status_code == 303
    with db.read() as session:
        flood = session.exec(select(Registration.status).where(col(Registration.email).endswith("@flood.example")))
        assert list(flood) == ["unconfirmed"] * (most + 1)


@pytest.mark.usefixtures("demo_sqlite")
def test_organisers_switch_the_letters_on_and_may_confirm_everybody(client):
    address = "/secon/riga-upcoming/desk/registration-form"
    csrf = sign_in(client, "organiser")
    with db.read() as session:
        kept = session.exec(select(RegistrationForm).where(RegistrationForm.meeting_id == meeting_id())).one()
        partner = session.get_one(Partner, kept.controller_partner_id).slug
    page = client.get(address).text
    told = {
        "csrf": csrf, "version": re.search(r'name="version" value="([^"]*)"', page)[1], "controller": partner,
        "closes_at": re.search(r'name="closes_at" type="datetime-local" value="([^"]*)"', page)[1],
        "seats_on_site": "40", "seats_online": "10", "approval": ["everybody", "speaker"], "confirm_unknown": "yes",
        "known_domains": "region.example, @City.Example\nuni.example",
    }  # fmt: skip
    wrong = client.post(address, data={**told, "known_domains": "no domain"})
    assert (wrong.status_code, 'id="known_domains-mistake"' in wrong.text) == (422, True)
    assert client.post(address, data=told).status_code == 303
    with db.read() as session:
        form = session.get_one(RegistrationForm, kept.id)
    assert (form.confirm_unknown, form.known_domains) == (True, ["region.example", "city.example", "uni.example"])
    assert set(form.approval) == set(CATEGORIES)
    page = client.get(address).text
    assert re.search(r'name="approval" value="everybody" checked', page)
    assert not re.search(r'name="approval" value="speaker" checked', page)
    client.post(REGISTER, data=filled(client, "Ana", email="ana@city.example"))
    assert rows("ana@city.example")[0].status == "submitted"
