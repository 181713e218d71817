"""Stories of delegations: several people at once, each for itself, and nobody else's."""

import re
from datetime import date
from email import message_from_bytes, policy

import pytest
from sqlmodel import select

from planner import db
from planner.delegations import actions
from planner.delegations.queries import Contact
from planner.registration import letters as registration_letters
from planner.registration.agreement import agree
from planner.registration.tables import CareNote, PlannedDay
from tests.delegations.people import (
    PARTNER,
    delegation,
    form,
    home,
    leave_quota,
    letters_of,
    mistakes,
    row_of,
    team,
)
from tests.queries import counting
from tests.registration.people import change_form, entry, leave_room, offered, register

pytestmark = pytest.mark.usefixtures("demo_sqlite")


def text_of(letter):
    return message_from_bytes(letter.mime, policy=policy.default).get_body(("plain",)).get_content()


def test_a_delegation_of_four_registers_and_one_withdraws(client):
    leave_room(10)
    leave_quota(PARTNER, "partner_staff", 3)
    here = home(delegation())
    answer = client.post(here, data=form("Ana", "Ben", "Cor", "Dan"))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{here}?done=4")
    assert team() == {"Ana": "confirmed", "Ben": "confirmed", "Cor": "confirmed", "Dan": "waiting"}
    page = client.get(here).text
    assert page.count("@team.example") == 4
    assert "Full: who is registered now goes to the waiting list of your places." in page

    [letter] = letters_of("ben@team.example")
    assert "Griet Contact has registered you." in text_of(letter)
    assert registration_letters.address(row_of("Ben")) in text_of(letter)
    assert home_token(here) not in text_of(letter)

    ben = f"{here}/people/{row_of('Ben').slug}"
    assert "Withdraw the registration of Ben Team?" in client.get(f"{ben}/withdrawal").text
    assert client.post(f"{ben}/withdrawal").headers["location"] == here
    assert team() == {"Ana": "confirmed", "Ben": "cancelled", "Cor": "confirmed", "Dan": "confirmed"}
    assert letters_of("dan@team.example")[-1].subject.startswith("There is a place for you")
    first, last = letters_of("ben@team.example")
    assert last.subject.startswith("Your registration is withdrawn")
    assert "Griet Contact has withdrawn your registration." in text_of(last) and "telling us" not in text_of(last)
    assert "Griet Contact has withdrawn your registration." in client.get(re.search(r"/my/\S+", text_of(first))[0]).text
    assert client.get(ben).status_code == 200
    assert client.post(f"{ben}/withdrawal").status_code == 303


def home_token(here):
    return here.rpartition("/")[2]


def test_each_row_is_judged_by_itself_and_everything_typed_stays(client):
    leave_room(10)
    leave_quota(PARTNER, "partner_staff", 9)
    here = home(delegation())
    wrong = form("Ana", "Ben", "Cor", **{"email-2": "ben at team", "family-3": "", "function-2": "Mayor <b>"})
    answer = client.post(here, data=wrong)
    assert answer.status_code == 422
    assert mistakes(answer.text) == {"email-2", "family-3"}
    assert "Person 2, E-mail address" in answer.text
    assert 'value="ben at team"' in answer.text and "Mayor &lt;b&gt;" in answer.text
    assert "Ana Team: Confirmed" in answer.text
    assert 'id="given-1" name="given-1" type="text" value=""' in answer.text
    assert team() == {"Ana": "confirmed"}
    mended = {**wrong, "given-1": "", "family-1": "", "email-1": "", "email-2": "ben@team.example", "family-3": "Team"}
    assert client.post(here, data=mended).status_code == 303
    assert set(team()) == {"Ana", "Ben", "Cor"}


def test_the_same_form_sent_twice_registers_nobody_twice(client):
    here = home(delegation())
    sent = form("Ana", "Ben")
    assert [client.post(here, data=sent).status_code for _ in range(2)] == [303, 303]
    assert len(letters_of("ana@team.example")) == 1


def test_somebody_who_is_registered_already_gets_the_own_link_and_the_row_says_so(client):
    register(entry("Ana", family="Team", email="ana@team.example"))
    here = home(delegation())
    answer = client.post(here, data=form("Ana", "Ben"))
    assert (answer.status_code, mistakes(answer.text)) == (422, {"email-1"})
    assert "is registered already" in answer.text
    assert team()["Ben"] in ("confirmed", "waiting")
    assert "ana@team.example" not in client.get(here).text


def test_what_is_wrong_for_all_holds_up_all(client):
    here = home(delegation())
    answer = client.post(here, data=form("Ana", category="", day_1="no"))
    assert (answer.status_code, mistakes(answer.text)) == (422, {"category", "day_0"})
    assert team() == {}
    assert mistakes(client.post(here, data=form()).text) == {"given-1"}
    guests = client.post(here, data=form("Ana", category="stakeholder"))
    assert mistakes(guests.text) == {"organisation"}


def test_more_rows_and_a_pasted_list_need_no_script(client):
    here = home(delegation())
    page = client.post(here, data=form("Ana", act="more"))
    assert (page.status_code, 'name="given-8"' in page.text, 'value="Ana"' in page.text) == (200, True, True)
    block = 'Ben Team <ben@team.example>; "Team, Cor" <cor@team.example>\nDan\tTeam\tdan@team.example\tDriver'
    page = client.post(here, data=form("Ana", act="paste", paste=block)).text
    for number, name in enumerate(("Ana", "Ben", "Cor", "Dan"), 1):
        assert f'name="given-{number}" type="text" value="{name}"' in page
    assert 'value="Driver"' in page and "3 people were read." in page
    assert team() == {}
    assert mistakes(client.post(here, data=form(act="paste", paste=" ")).text) == {"paste"}


def test_a_greek_name_asks_for_latin_letters_in_its_row(client):
    here = home(delegation())
    answer = client.post(here, data=form("Ana", **{"given-1": "Μαρία", "family-1": "Παππά"}))
    assert mistakes(answer.text) == {"latin_given-1", "latin_family-1"}
    told = form("Ana", **{"given-1": "Μαρία", "family-1": "Παππά", "latin_given-1": "Maria", "latin_family-1": "Pappa"})
    assert client.post(here, data=told).status_code == 303


def test_a_contact_changes_a_colleague_but_not_the_address(client):
    leave_room(10, online=1)
    leave_quota(PARTNER, "partner_staff", 9)
    here = home(delegation())
    client.post(here, data=form("Ana"))
    row = row_of("Ana")
    with db.write() as session:
        agree(session, offered(), row, {"sensitive": True}, row.updated_at)
        session.add(CareNote(registration_id=row.id, diet_note="No nuts", delete_after=date(2099, 1, 1)))
    page = client.get(f"{here}/people/{row.slug}").text
    assert "No nuts" not in page
    told = {"given": "Anna", "family": "Team", "function": "Mayor", "email": "thief@team.example", "day_2": "online"}
    fields = form(**told, version=str(row.version))
    answer = client.post(f"{here}/people/{row.slug}", data=fields)
    assert answer.status_code == 303, mistakes(answer.text)
    kept = row_of("Ana")
    assert (kept.given, kept.function, kept.email) == ("Anna", "Mayor", "ana@team.example")
    with db.read() as session:
        days = len(session.exec(select(PlannedDay).where(PlannedDay.registration_id == row.id)).all())
        assert session.get(CareNote, row.id).diet_note == "No nuts"
    assert days == 2
    again = client.post(f"{here}/people/{row.slug}", data={**fields, "given": "Anne"})
    assert (again.status_code, 'value="Anne"' in again.text) == (409, True)


def test_nobody_elses_people(client):
    mine, other = home(delegation()), home(delegation(4))
    client.post(other, data=form("Ana"))
    slug = row_of("Ana").slug
    for path in ("", "/withdrawal"):
        assert client.get(f"{mine}/people/{slug}{path}").status_code == 404
        assert client.post(f"{mine}/people/{slug}{path}", data=form("Ana")).status_code == 404
    assert "ana@team.example" not in client.get(mine).text
    assert client.get("/delegations/nobody").status_code == 404
    assert client.post("/delegations/nobody", data=form("Ana")).status_code == 404
    assert team()["Ana"] != "cancelled"


def test_a_renewed_link_and_a_new_contact_kill_the_old_link(client):
    row = delegation()
    links = [home(row)]
    with db.write() as session:
        actions.renew_link(session, offered(), row, "organiser@example.org")
    links.append(home(row))
    with db.write() as session:
        actions.name_contact(session, row, Contact("New", "new@partner.example", "el"), "organiser@example.org")
    links.append(home(row))
    assert [client.get(link).status_code for link in links] == [404, 404, 200]
    [letter] = letters_of("contact3@partner.example")
    assert links[1] in text_of(letter)


def test_looking_changes_nothing(client):
    here = home(delegation())
    client.post(here, data=form("Ana"))
    before = row_of("Ana").version
    for path in ("", f"/people/{row_of('Ana').slug}", f"/people/{row_of('Ana').slug}/withdrawal"):
        assert client.get(here + path).status_code == client.head(here + path).status_code == 200
    page = client.get(here)
    assert page.headers["cache-control"] == "private, no-store"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert row_of("Ana").version == before


def test_one_and_thirty_people_cost_the_same_questions(client):
    leave_room(100)
    leave_quota(PARTNER, "partner_staff", 90)
    here = home(delegation())
    client.post(here, data=form("Ana"))
    client.get(here)
    with counting() as one:
        client.get(here)
    client.post(here, data=form(*(f"P{number}" for number in range(29)), rows="30"))
    with counting() as many:
        page = client.get(here).text
    assert page.count("@team.example") == 30
    assert many.number == one.number, f"{one}\n---\n{many}"


def test_a_closed_form_still_lets_people_go(client):
    here = home(delegation())
    client.post(here, data=form("Ana"))
    change_form(closes_at=row_of("Ana").updated_at)
    answer = client.post(here, data=form("Ben"))
    assert answer.status_code == 409 and "Ben" not in team()
    assert "Registration is closed" in client.get(here).text
    assert client.post(f"{here}/people/{row_of('Ana').slug}/withdrawal").status_code == 303
    assert team()["Ana"] == "cancelled"


def test_nobody_comes_is_an_answer(client):
    here = home(delegation())
    assert client.post(f"{here}/refusal").headers["location"] == here
    assert "You have told us that none of you is coming." in client.get(here).text
    client.post(here, data=form("Ana"))
    assert "none of you is coming" not in client.get(here).text


def test_a_contact_reads_as_which_number_a_colleague_waits_and_for_whom_it_is_full(client):
    leave_room(9)
    leave_quota(PARTNER, "partner_staff", 1)
    leave_quota(PARTNER, "stakeholder", 5)
    here = home(delegation())
    client.post(here, data=form("Ana", "Ben", "Cleo"))
    page = client.get(here).text
    assert sorted(team().values()) == ["confirmed", "waiting", "waiting"]
    assert "number 1 in the queue" in page and "number 2 in the queue" in page
    assert "Partner staff – Full" in page and "Stakeholder of a partner – Full" not in page


def test_of_a_list_that_is_too_long_for_one_form_nobody_is_left_out_unsaid(client):
    here = home(delegation())
    people = "\n".join(f"P{number} Team <p{number}@team.example>" for number in range(40))
    page = client.post(here, data=form("Ana", act="paste", paste=people)).text
    assert "29 people were read" in page and "One form takes 30 people" in page
    assert 'value="Ana"' in page and page.count("@team.example") == 30
    page = client.post(here, data=form("Ana", act="paste", paste="Ben Team <ben@team.example>")).text
    assert "1 person was read" in page and "One form takes" not in page
