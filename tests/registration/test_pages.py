"""Stories of people who register, through the pages and their letters."""

import json
import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlmodel import col, select

from planner import clock, db
from planner.meetings.tables import Meeting
from planner.outbox import OutboxLetter
from planner.registration import letters
from planner.registration.form_tables import RegistrationForm
from planner.registration.link_again import send_asked_links
from planner.registration.tables import Registration
from tests.queries import counting
from tests.registration.people import (
    PROJECT,
    REGISTER,
    change_form,
    chosen,
    entry,
    filled,
    form,
    leave_room,
    leave_seats,
    meeting_id,
    now,
    register,
    visits,
)

pytestmark = pytest.mark.usefixtures("demo_sqlite")


def letters_to(address):
    with db.read() as session:
        query = select(OutboxLetter).where(OutboxLetter.to_address == address).order_by(col(OutboxLetter.id))
        return [message_from_bytes(letter.mime, policy=policy.default) for letter in session.exec(query)]


def text_of(letter):
    return letter.get_body(("plain",)).get_content()


def link_in(letter):
    return re.search(r"http://127\.0\.0\.1:8000(/my/\S+)", text_of(letter))[1]


def mistakes(page):
    return set(re.findall(r'id="(\w+)-mistake"', page.text))


def test_registering_takes_four_typed_fields(client):
    given = filled(client)
    assert {name for name, value in given.items() if value} == {
        "form_key", "notice", "given", "family", "email", "category", "day_0", "day_1", "day_2"
    }  # fmt: skip
    answer = client.post(REGISTER, data=given)
    assert answer.status_code == 303
    page = client.get(answer.headers["location"])
    assert "Your place is certain." in page.text
    assert (page.headers["cache-control"], page.headers["x-robots-tag"]) == ("private, no-store", "noindex, nofollow")


def test_a_life_from_registering_to_withdrawing(client):
    leave_room(1)
    leave_seats("d2-visit-c", 1)
    wish = {"visit_1": "d2-visit-c", "visit_2": "d2-visit-a", "meals": ["d1-lunch"], "rides": ["d1-bus-hotel"]}
    own = client.post(REGISTER, data=filled(client, "Ana", **wish)).headers["location"]
    [letter] = letters_to("ana@guests.example")
    assert link_in(letter) == own
    assert "Visit C: Wooden Wheel Carpentry" in text_of(letter)
    assert [part.get_content_type() for part in letter.iter_attachments()] == ["text/calendar"]

    other = client.post(REGISTER, data=filled(client, "Ben", **wish)).headers["location"]
    assert "your place in the queue: 1." in client.get(other).text
    assert letters_to("ben@guests.example")[0]["subject"].startswith("You are on the waiting list")

    answers = {**form(client, f"{own}/change"), **filled(client, "Ana", visit_1="d2-visit-a", remarks="Late.")}
    answers["version"] = form(client, f"{own}/change")["version"]
    assert client.post(f"{own}/change", data=answers).headers["location"] == own
    assert "Visit A: Green Thread" in client.get(own).text
    assert letters_to("ana@guests.example")[-1]["subject"].startswith("Your registration was changed")

    assert f"{own}/withdrawal" in text_of(letter)
    assert "Withdraw your registration?" in client.get(f"{own}/withdrawal").text
    assert client.post(f"{own}/withdrawal").headers["location"] == own
    assert "You have withdrawn." in client.get(own).text
    page = client.get(other).text
    assert "Your place is certain." in page
    assert "Visit C: Wooden Wheel Carpentry" in page
    assert letters_to("ben@guests.example")[-1]["subject"].startswith("There is a place for you")


def test_looking_changes_nothing(client):
    own = client.post(REGISTER, data=filled(client)).headers["location"]
    before = letters_to("ana@guests.example")
    for page in ("", "/change", "/withdrawal", "/data.json"):
        assert client.get(own + page).status_code == 200
        assert client.head(own + page).status_code == 200
    with db.read() as session:
        row = session.exec(select(Registration).where(Registration.email == "ana@guests.example")).one()
    assert (row.status, row.version) == ("confirmed", 2)
    assert len(letters_to("ana@guests.example")) == len(before)


def test_a_wrong_link_leads_nowhere(client):
    for page in ("", "/change", "/withdrawal", "/data.json"):
        assert client.get("/my/nobody" + page).status_code == 404
    for page in ("change", "withdrawal", "consents"):
        assert client.post(f"/my/nobody/{page}", data={"version": "1"}).status_code == 404


def test_mistakes_are_said_at_their_fields_and_everything_typed_stays(client):
    given = filled(client, email="nowhere", category="", visit_1="d2-visit-b", remarks="See you <there>")
    given |= {"meals": ["d1-lunch"], "diet": "vegan", "day_0": "on_site"}
    answer = client.post(REGISTER, data=given)
    assert answer.status_code == 422
    assert mistakes(answer) == {"email", "category", "partner", "consent_sensitive"}
    assert 'value="nowhere"' in answer.text
    assert "See you &lt;there&gt;" in answer.text
    assert re.search(r'name="meals" value="d1-lunch" checked', answer.text)
    assert re.search(r'name="diet" value="vegan" checked', answer.text)
    assert re.search(r'name="day_0" value="on_site" checked', answer.text)
    assert '<option value="d2-visit-b" selected>' in answer.text
    assert f'value="{given["form_key"]}"' in answer.text
    assert "<title>Please check: Register" in answer.text
    assert letters_to("nowhere") == []


def test_people_of_a_partner_say_which(client):
    assert mistakes(client.post(REGISTER, data=filled(client, category="partner_staff"))) == {"partner"}
    given = filled(client, category="partner_staff", partner="other", organisation="Somewhere")
    assert mistakes(client.post(REGISTER, data=given)) == {"partner"}
    given = filled(client, category="stakeholder", partner="3")
    assert mistakes(client.post(REGISTER, data=given)) == {"organisation"}
    given = filled(client, category="speaker", partner="other")
    assert mistakes(client.post(REGISTER, data=given)) == {"organisation"}


def test_a_name_in_other_letters_is_asked_for_in_latin_ones(client):
    given = filled(client, given="Иван", family="Παπαδόπουλος")
    assert mistakes(client.post(REGISTER, data=given)) == {"latin_given", "latin_family"}
    given |= {"latin_given": "Ivan", "latin_family": "Papadopoulos"}
    assert client.post(REGISTER, data=given).status_code == 303
    with db.read() as session:
        row = session.exec(select(Registration).where(Registration.email == "ana@guests.example")).one()
    assert (row.given, row.latin_given, row.family, row.latin_family) == (
        "Иван",
        "Ivan",
        "Παπαδόπουλος",
        "Papadopoulos",
    )


def test_somebody_has_to_come_on_some_day(client):
    given = filled(client, day_0="no", day_1="no", day_2="no")
    assert mistakes(client.post(REGISTER, data=given)) == {"day_0"}


def test_what_belongs_to_a_day_without_the_person_is_dropped(client):
    given = filled(
        client, day_2="online", visit_1="d2-visit-a", meals=["d1-lunch", "d2-lunch"], rides=["d2-bus-airport"]
    )
    assert client.post(REGISTER, data=given).status_code == 303
    with db.read() as session:
        row = session.exec(select(Registration).where(Registration.email == "ana@guests.example")).one()
    kept = chosen(row)
    assert (kept.visits, kept.visit, kept.rides, len(kept.meals)) == ((), None, (), 1)


def test_arrival_is_not_offered_online(client):
    page = client.get(REGISTER).text
    assert '<input type="radio" id="day_1-2" name="day_1" value="online"' in page
    assert 'name="day_0" value="online"' not in page
    assert mistakes(client.post(REGISTER, data=filled(client, day_0="online"))) == {"day_0"}


def test_no_seats_online_means_no_such_choice(client):
    change_form(seats_online=0)
    assert 'value="online"' not in client.get(REGISTER).text


def test_the_waiting_list_is_said_before_sending(client):
    assert "now goes to the waiting list" not in client.get(REGISTER).text
    leave_room(0, online=1)
    leave_seats("d2-visit-c", 0)
    page = client.get(REGISTER).text
    assert "All places on site are taken: who registers for days on site now goes to the waiting list." in page
    assert "All places online" not in page
    assert "Wooden Wheel Carpentry – full, waiting list" in page
    assert "KMOP" in page and "(places for staff taken)" in page


def test_an_earlier_end_of_changes_is_said_before_sending(client):
    assert "Until the meeting you can change or withdraw by its link." in client.get(REGISTER).text
    change_form(changes_close_at=clock.now() + timedelta(days=1))
    page = client.get(REGISTER).text
    assert "Until the meeting you can change" not in page
    assert "and withdraw until the meeting is over." in page


def test_sending_the_form_twice_leads_to_the_same_page(client):
    given = filled(client)
    first, second = client.post(REGISTER, data=given), client.post(REGISTER, data=given)
    assert first.headers["location"] == second.headers["location"]
    assert len(letters_to("ana@guests.example")) == 1


def test_going_back_and_writing_a_colleagues_name_registers_the_colleague(client):
    given = filled(client)
    ben = {"given": "Ben", "email": "ben@guests.example"}
    first, second = client.post(REGISTER, data=given), client.post(REGISTER, data={**given, **ben})
    assert first.headers["location"] != second.headers["location"]
    assert now_by_email("ben@guests.example").status == "confirmed"
    change_form(confirm_unknown=True)
    client.post(REGISTER, data={**given, **ben, "given": "Cleo"})
    with db.read() as session:
        kept = session.exec(select(Registration.status).where(Registration.given == "Cleo")).all()
    assert kept == ["unconfirmed"]


def test_the_key_of_one_meetings_form_does_no_harm_at_another(client):
    given = filled(client)
    client.post(REGISTER, data=given)
    with db.write() as session:
        other = session.exec(select(RegistrationForm).join(Meeting).where(Meeting.slug == "diest-2023")).one()
        other.closes_at = clock.now() + timedelta(days=1)
    address = "/secon/diest-2023/register"
    answer = client.post(address, data={**filled(client), **form(client, address), "form_key": given["form_key"]})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/my/")


def test_who_is_registered_is_told_so_only_by_mail(client):
    client.post(REGISTER, data=filled(client))
    answer = client.post(REGISTER, data=filled(client))
    assert answer.headers["location"] == f"{REGISTER}/sent"
    page = client.get(f"{REGISTER}/sent").text
    assert "If you are registered for this meeting, we have mailed you the link to your registration." in page
    unknown = client.post(f"{REGISTER}/link", data={"email": "nobody@guests.example"})
    known = client.post(f"{REGISTER}/link", data={"email": "ana@guests.example"})
    assert (known.status_code, known.headers["location"]) == (unknown.status_code, unknown.headers["location"])
    send_asked_links()
    assert letters_to("nobody@guests.example") == []


def test_the_link_can_be_asked_for_again(client):
    row = register(entry())
    with db.write() as session:
        letter = session.exec(select(OutboxLetter).where(OutboxLetter.about == letters.about(row))).one()
        letter.created_at -= timedelta(minutes=11)
        session.add(letter)
    for _ in range(2):
        client.post(f"{REGISTER}/link", data={"email": "ANA@guests.example"})
        send_asked_links()
    assert [link_in(letter) for letter in letters_to("ana@guests.example")] == [f"/my/{letters.token(row)}"] * 2


def test_a_program_that_fills_the_hidden_field_registers_nobody(client):
    answer = client.post(REGISTER, data=filled(client, website="http://spam.example"))
    assert answer.headers["location"] == f"{REGISTER}/sent"
    assert letters_to("ana@guests.example") == []


@pytest.mark.parametrize(
    ("opening", "title"),
    [({"opens_at": timedelta(days=1)}, "not open yet"), ({"closes_at": timedelta(days=-1)}, "Registration is closed")],
)
def test_a_closed_form_says_when_and_whom_to_ask(client, opening, title):
    given = filled(client)
    change_form(**{name: clock.now() + distance for name, distance in opening.items()})
    page = client.get(REGISTER)
    assert (page.status_code, title in page.text) == (200, True)
    assert "secon@riga-region.example" in page.text
    assert client.post(REGISTER, data=given).status_code == 409
    assert letters_to("ana@guests.example") == []


def test_a_cancelled_meeting_takes_nobody(client):
    with db.write() as session:
        meeting = session.get_one(Meeting, meeting_id())
        meeting.cancelled_at = clock.now()
        session.add(meeting)
    assert "does not take place" in client.get(REGISTER).text


def test_held_and_unknown_meetings(client):
    assert "Registration is closed" in client.get(f"/{PROJECT}/haskovo-2023/register").text
    assert client.get(f"/{PROJECT}/nowhere/register").status_code == 404
    assert client.post(f"/{PROJECT}/nowhere/register").status_code == 404


def test_a_change_from_an_old_page_shows_what_differs_and_can_be_sent_again(client):
    own = client.post(REGISTER, data=filled(client)).headers["location"]
    old = {**filled(client, remarks="Mine."), "version": form(client, f"{own}/change")["version"]}
    client.post(f"{own}/change", data={**old, "remarks": "Theirs."})
    answer = client.post(f"{own}/change", data=old)
    assert answer.status_code == 409
    assert "<li>Remarks</li>" in answer.text
    assert "<li>Telephone</li>" not in answer.text
    assert "Mine.</textarea>" in answer.text
    newer = re.search(r'name="version" value="(\d+)"', answer.text)[1]
    assert client.post(f"{own}/change", data={**old, "version": newer}).status_code == 303
    assert "Mine." in client.get(f"{own}/change").text


@pytest.mark.parametrize("version", ["", "x", "٣", "-1", "9" * 40])
def test_a_damaged_version_is_an_old_one(client, version):
    own = client.post(REGISTER, data=filled(client)).headers["location"]
    assert client.post(f"{own}/change", data=filled(client, version=version)).status_code == 409


def test_a_change_for_something_full_says_so_at_its_field(client):
    leave_room(1, online=1)
    own = client.post(REGISTER, data=filled(client, day_1="online", day_2="no")).headers["location"]
    register(entry("Ben"))
    given = {**filled(client), "version": form(client, f"{own}/change")["version"]}
    answer = client.post(f"{own}/change", data=given)
    assert (answer.status_code, mistakes(answer)) == (422, {"day_1"})


def test_a_new_address_moves_the_page(client):
    own = client.post(REGISTER, data=filled(client)).headers["location"]
    given = {**filled(client, email="new@guests.example"), "version": form(client, f"{own}/change")["version"]}
    moved = client.post(f"{own}/change", data=given).headers["location"]
    assert moved != own
    assert client.get(own).status_code == 404
    assert link_in(letters_to("new@guests.example")[0]) == moved


def test_consents_are_never_ticked_beforehand_and_can_be_taken_back(client):
    assert not re.search(r'name="consent_\w+"[^>]* checked', client.get(REGISTER).text)
    own = client.post(
        REGISTER, data=filled(client, consent_photo="yes", diet="vegan", consent_sensitive="yes")
    ).headers["location"]
    assert "Vegan" in client.get(own).text
    assert client.post(f"{own}/consents", data={"consent_participant_list": "yes"}).headers["location"] == own
    page = client.get(own).text
    assert "Vegan" not in page
    assert re.findall(r'name="consent_(\w+)" value="yes" checked', page) == ["participant_list"]


def test_my_data_are_mine_to_take(client):
    given = filled(client, visit_1="d2-visit-a", consent_photo="yes", remarks="Hello")
    own = client.post(REGISTER, data=given).headers["location"]
    answer = client.get(f"{own}/data.json")
    data = json.loads(answer.text)
    assert answer.headers["content-disposition"] == 'attachment; filename="my-registration.json"'
    assert (data["registration"]["given"], data["registration"]["remarks"]) == ("Ana", "Hello")
    assert data["visit"] == "Visit A: Green Thread"
    assert {answer["purpose"]: answer["granted"] for answer in data["consents"]}["photo"] is True
    assert letters.token(now_by_email("ana@guests.example")) not in answer.text


def now_by_email(address):
    with db.read() as session:
        return now(session.exec(select(Registration).where(Registration.email == address)).one())


def test_what_was_withdrawn_is_not_changed_any_more(client):
    own = client.post(REGISTER, data=filled(client)).headers["location"]
    given = {**filled(client), "version": form(client, f"{own}/change")["version"]}
    client.post(f"{own}/withdrawal")
    assert client.get(f"{own}/change").headers["location"] == own
    assert client.get(f"{own}/withdrawal").headers["location"] == own
    assert client.post(f"{own}/change", data=given).status_code in (409, 422)


def test_in_greek(client):
    page = client.get(REGISTER, headers={"Accept-Language": "el"})
    assert '<html lang="el"' in page.text
    assert '<span lang="en">Step-free throughout. Ear protection provided.' in page.text
    given = filled(client)
    client.post(REGISTER, data=given, headers={"Accept-Language": "el"})
    [letter] = letters_to("ana@guests.example")
    assert letter["content-language"] == "el"


def test_the_form_costs_the_same_for_few_and_for_many(client):
    client.get(REGISTER)
    with counting() as few:
        client.get(REGISTER)
    for name in ("Ana", "Ben", "Cleo"):
        register(entry(name, visits=visits("d2-visit-a")))
    with counting() as many:
        client.get(REGISTER)
    assert few.number == many.number, many
