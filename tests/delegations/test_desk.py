"""The organisers' desk: delegations for all partners, links, whom to invite, and who may do it."""

import re

import pytest
from sqlmodel import select

from planner import db
from planner.delegations import queries
from planner.delegations.tables import PersonalInvitation
from planner.registration.tables import Delegation, Registration
from tests.delegations.people import delegation, invited, invitee, letters_of, mistakes
from tests.queries import counting
from tests.reception import scope_of, sign_in
from tests.registration.people import meeting_id, offered

pytestmark = pytest.mark.usefixtures("demo_sqlite")

DESK = "/secon/riga-upcoming/desk"
DELEGATIONS, INVITATIONS = f"{DESK}/delegations", f"{DESK}/invitations"
PAGES = (DELEGATIONS, f"{DELEGATIONS}/test-3", INVITATIONS, f"{INVITATIONS}/new", f"{INVITATIONS}/new?from=list")
ACTS = (
    DELEGATIONS,
    f"{DELEGATIONS}/letters",
    f"{DELEGATIONS}/test-3",
    f"{DELEGATIONS}/test-3/link",
    INVITATIONS,
    f"{INVITATIONS}/reminders",
    f"{INVITATIONS}/1/reminders",
    f"{INVITATIONS}/1/revocation",
)


def people():
    with db.read() as session:
        return list(session.exec(select(PersonalInvitation)))


def without_delegations():
    with db.write() as session:
        for row in session.exec(select(Registration).where(Registration.meeting_id == meeting_id())):
            row.delegation_id = None
        session.flush()
        for one in session.exec(select(Delegation).where(Delegation.meeting_id == meeting_id())):
            session.delete(one)


def test_strangers_and_others_see_nothing_and_do_nothing(client):
    delegation()
    invited(invitee())
    for path in PAGES:
        assert client.get(path).headers["location"].startswith("/sign-in"), path
    for path in ACTS:
        assert client.post(path).headers["location"].startswith("/sign-in"), path
    csrf = sign_in(client, "reception", scope_of("riga-upcoming"))
    assert [client.get(path).status_code for path in PAGES] == [404] * len(PAGES)
    assert [client.post(path, data={"csrf": csrf}).status_code for path in ACTS] == [404] * len(ACTS)


def test_organisers_of_another_meeting_see_nothing(client):
    delegation()
    csrf = sign_in(client, "organiser", scope_of("haskovo-2023"))
    assert [client.get(path).status_code for path in PAGES] == [404] * len(PAGES)
    assert [client.post(path, data={"csrf": csrf}).status_code for path in ACTS] == [404] * len(ACTS)
    other = "/secon/haskovo-2023/desk"
    invitation = invited(invitee())
    assert client.get(f"{other}/delegations/test-3").status_code == 404
    answer = client.post(f"{other}/invitations/{invitation.id}/revocation", data={"csrf": csrf})
    assert answer.status_code == 404
    assert client.post(f"{other}/invitations/999999999999/revocation", data={"csrf": csrf}).status_code == 404


def test_one_click_opens_all_delegations_and_one_writes_to_all(client):
    without_delegations()
    csrf = sign_in(client, "organiser")
    assert "There are no delegations yet." in client.get(DELEGATIONS).text
    for _twice in range(2):
        assert client.post(DELEGATIONS, data={"csrf": csrf}).status_code == 303
    with db.read() as session:
        rows = queries.delegations(session, meeting_id())
    assert len(rows) == len(offered().partners) == 10
    assert all(row.email for row in rows)
    assert {row.contact for row in rows} >= {"Καλλιόπη Βρεττού", "Griet Van den Eynden"}  # those of earlier meetings
    page = client.get(DELEGATIONS).text
    assert "Write to the 10 who have not answered" in page
    assert client.post(f"{DELEGATIONS}/letters", data={"csrf": csrf}).headers["location"].endswith("?sent=10")
    greek = next(row for row in rows if row.contact == "Καλλιόπη Βρεττού")
    [letter] = letters_of(greek.email)
    assert letter.about.startswith("delegation:")


def test_a_contact_is_named_and_written_to(client):
    row = delegation()
    csrf = sign_in(client, "organiser")
    here = f"{DELEGATIONS}/{row.slug}"
    wrong = client.post(here, data={"csrf": csrf, "name": "Nina <b>", "email": "nowhere", "act": "send"})
    assert (wrong.status_code, mistakes(wrong.text), "Nina &lt;b&gt;" in wrong.text) == (422, {"email"}, True)
    told = {"csrf": csrf, "name": "Nina New", "email": "nina@partner.example", "language": "el", "act": "send"}
    assert client.post(here, data=told).status_code == 303
    assert len(letters_of("nina@partner.example")) == 1
    assert client.post(here, data={**told, "act": "save"}).status_code == 303
    assert client.post(f"{here}/link", data={"csrf": csrf}).status_code == 303
    assert len(letters_of("nina@partner.example")) == 2
    assert client.get(f"{DELEGATIONS}/nowhere").status_code == 404


def test_a_link_without_an_address_says_what_to_do(client):
    with db.write() as session:
        session.add(Delegation(meeting_id=meeting_id(), slug="nobody"))
    csrf = sign_in(client, "organiser")
    answer = client.post(f"{DELEGATIONS}/nobody/link", data={"csrf": csrf})
    assert (answer.status_code, "who answers for this delegation" in answer.text) == (422, True)


def test_people_are_ticked_searched_for_and_invited(client):
    csrf = sign_in(client, "organiser")
    page = client.get(f"{INVITATIONS}/new").text
    free = re.findall(r'name="people" value="(p\d+)">', page)
    assert len(free) > 5
    found = client.post(
        INVITATIONS, data={"csrf": csrf, "from": "directory", "q": "nobody at all", "people": free[:2], "act": "search"}
    )
    assert found.status_code == 200
    assert re.findall(r'type="hidden" name="people" value="(p\d+)"', found.text) == sorted(free[:2])
    nobody = client.post(INVITATIONS, data={"csrf": csrf, "from": "directory"})
    assert (nobody.status_code, "Please tick at least one person." in nobody.text) == (422, True)
    past = {"csrf": csrf, "from": "directory", "people": free[:2], "expires_on": "2020-01-01"}
    assert mistakes(client.post(INVITATIONS, data=past).text) == {"expires_on"}
    assert mistakes(client.post(INVITATIONS, data={**past, "expires_on": "soon"}).text) == {"expires_on"}
    sent = client.post(INVITATIONS, data={"csrf": csrf, "from": "directory", "people": [*free[:2], "p0", "x"]})
    assert sent.headers["location"] == f"{INVITATIONS}?sent=2"
    assert len(people()) == 2
    assert all(len(letters_of(row.email)) == 1 for row in people())
    again = client.get(f"{INVITATIONS}/new").text
    assert not {*free[:2]} & set(re.findall(r'name="people" value="(p\d+)">', again))
    assert "Sent" in client.get(INVITATIONS).text


def test_people_of_the_last_meeting_are_offered(client):
    csrf = sign_in(client, "organiser")
    page = client.get(f"{INVITATIONS}/new?from=harghita-2024").text
    free = re.findall(r'name="people" value="(r\d+)">', page)
    data = {"csrf": csrf, "from": "harghita-2024", "people": free[:1]}
    assert client.post(INVITATIONS, data=data).status_code == 303
    assert len(people()) == 1


def test_a_pasted_list_is_invited(client):
    csrf = sign_in(client, "organiser")
    usual = {"csrf": csrf, "from": "list", "rows": "4", "category": "stakeholder", "partner": "3", "language": "el"}
    page = client.post(
        INVITATIONS, data={**usual, "act": "paste", "paste": "Ana Silva <ana@list.example>; bo@list.example"}
    )
    assert (page.status_code, 'value="ana@list.example"' in page.text) == (200, True)
    rows = {
        "given-1": "Ana", "family-1": "Silva", "email-1": "ana@list.example",
        "given-2": "", "family-2": "", "email-2": "bo@list.example",
    }  # fmt: skip
    wrong = client.post(INVITATIONS, data={**usual, **rows, "act": "invite"})
    assert (wrong.status_code, mistakes(wrong.text)) == (422, {"given-2", "family-2"})
    right = rows | {"given-2": "Bo", "family-2": "Chen"}
    assert client.post(INVITATIONS, data={**usual, **right, "act": "invite"}).status_code == 303
    assert [row.language for row in people()] == ["el", "el"]
    assert mistakes(client.post(INVITATIONS, data={**usual, "partner": "", "act": "invite"}).text) == {
        "partner",
        "given-1",
    }


def test_one_is_taken_back_and_nobody_is_reminded_too_soon(client):
    row = invited(invitee())
    csrf = sign_in(client, "organiser")
    page = client.get(INVITATIONS).text
    assert "Take back" in page and "Remind" not in page
    assert client.post(f"{INVITATIONS}/reminders", data={"csrf": csrf}).headers["location"].endswith("reminded=0")
    assert client.post(f"{INVITATIONS}/{row.id}/revocation", data={"csrf": csrf}).status_code == 303
    assert "Taken back" in client.get(f"{INVITATIONS}?state=revoked").text
    assert client.get(f"{INVITATIONS}?state=nonsense").status_code == 200


def test_a_meeting_without_registration_says_what_to_do_first(client):
    csrf = sign_in(client, "organiser")
    answer = client.get("/secon/kalamata-2023/desk/invitations/new")
    assert (answer.status_code, "set up the registration" in answer.text) == (422, True)
    answer = client.post("/secon/kalamata-2023/desk/delegations/letters", data={"csrf": csrf})
    assert answer.status_code == 422


def test_ten_delegations_cost_as_many_questions_as_one(client):
    without_delegations()
    csrf = sign_in(client, "organiser")
    delegation()
    client.get(DELEGATIONS)
    with counting() as one:
        client.get(DELEGATIONS)
    client.post(DELEGATIONS, data={"csrf": csrf})
    with counting() as many:
        client.get(DELEGATIONS)
    assert many.number == one.number
