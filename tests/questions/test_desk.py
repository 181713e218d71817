"""The desk's pages of questions: who may, what is kept, what is said, and what nobody else can break."""

from __future__ import annotations

import csv
import re
from html import unescape
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from planner import db
from planner.consortium.tables import Partner
from planner.hosting.cloning import clone
from planner.meetings.queries import at_desk, find
from planner.questions import actions, queries
from planner.questions.ready_made import READY_MADE
from planner.questions.rules import KINDS, Condition
from planner.registration.tables import Answer, Registration
from planner.sheet import plain
from tests.queries import counting
from tests.questions.asking import SPEAKER, ask, asked, draft, option, reword
from tests.reception import scope_of, sign_in
from tests.registration.naughty import NAUGHTY
from tests.registration.people import MEETING, PROJECT, REGISTER, filled, form, meeting_id, offered
from tests.registration.test_naughty import as_kept, refused_fields
from tests.sample_files import PDF

pytestmark = pytest.mark.usefixtures("demo_sqlite")
DESK = f"/{PROJECT}/{MEETING}/desk/questions"


@pytest.fixture
def organiser(client):
    client.csrf = sign_in(client, "organiser", scope_of(MEETING))
    return client


def post(client, address, **fields):
    return client.post(address, data={"csrf": client.csrf, **fields})


def sheet(client, address, **fields):
    """The sheet as the page sends it, with some fields typed anew."""
    page = client.get(address).text
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page))
    texts = dict(re.findall(r'<input id="[\w-]+" name="([\w-]+)" type="\w+" value="([^"]*)"', page))
    ticked = re.findall(r'<input type="(?:radio|checkbox)" id="[^"]*" name="([\w-]+)" value="([^"]*)" checked', page)
    chosen = {
        name: value
        for name, body in re.findall(r'<select id="[\w-]+" name="([\w-]+)"[^>]*>(.*?)</select>', page, re.DOTALL)
        for value in re.findall(r'<option value="([^"]*)" selected', body)
    }
    several: dict[str, list[str]] = {}
    for name, value in ticked:
        several.setdefault(name, []).append(value)
    kept = {name: unescape(value) for name, value in {**hidden, **texts, **chosen}.items()}
    return {**kept, **several, **fields}


def slugs() -> list[str]:
    with db.read() as session:
        return [one.slug for one in queries.asked(session, meeting_id())]


GETS = [DESK, f"{DESK}/new", f"{DESK}/preview", f"{DESK}/1", f"{DESK}/1/removal"]
POSTS = [f"{DESK}/fields", f"{DESK}/ready-made", f"{DESK}/new", f"{DESK}/1", f"{DESK}/1/place", f"{DESK}/1/removal"]


@pytest.mark.parametrize("role", ["reception", "controller", "logistics"])
def test_only_organisers_build_the_form(client, role):
    csrf = sign_in(client, role, scope_of(MEETING))
    assert {client.get(address).status_code for address in GETS} == {404}
    assert {client.post(address, data={"csrf": csrf}).status_code for address in POSTS} == {404}


def test_an_organiser_of_another_meeting_is_a_stranger(client):
    csrf = sign_in(client, "organiser", scope_of("haskovo-2023"))
    assert {client.get(address).status_code for address in GETS} == {404}
    assert client.post(POSTS[1], data={"csrf": csrf, "key": "hotel"}).status_code == 404


def test_a_form_without_its_token_changes_nothing(organiser):
    assert {organiser.post(address, data={"key": "hotel"}).status_code for address in POSTS} == {403}
    assert slugs() == []


@pytest.mark.parametrize(
    "path", ["/999999", "/2147483648", "/999999/removal", "/99999999999999999999", "/0", "/new?kind=x"]
)
def test_what_is_not_there_is_not_found(organiser, path):
    assert organiser.get(DESK + path).status_code == 404


def test_a_question_of_another_meeting_is_not_found(organiser):
    with db.write() as session:
        number = actions.add(session, meeting_id() - 1, "test", draft())
    assert organiser.get(f"{DESK}/{number}").status_code == 404
    assert post(organiser, f"{DESK}/{number}/removal").status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_written_and_asked(organiser, kind):
    more = {"o0-en": "Bread", "o1-en": "Honey", "o1-seats": "2"} if kind in ("one", "many") else {}
    typed = sheet(organiser, f"{DESK}/new?kind={kind}", **{"label-en": "What else?", "keep_days": "30"}, **more)
    answer = organiser.post(f"{DESK}/new", data=typed)
    assert answer.status_code == 303, refused_fields(answer.text)
    with db.read() as session:
        (one,) = queries.asked(session, meeting_id())
    assert (one.kind, one.label, one.purpose, one.keep_days) == (kind, {"en": "What else?"}, "logistics", 30)
    assert [found.seats for found in one.options] == ([None, 2] if more else [])
    assert "What else?" in organiser.get(DESK).text
    assert "What else?" in organiser.get(REGISTER).text
    again = sheet(organiser, f"{DESK}/{one.id}")
    assert organiser.post(f"{DESK}/{one.id}", data=again).status_code == 303
    assert asked(one.id).number == 1  # saved as it was, it means the same


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("text", {"label-en": "", "label-el": ""}, "label-en"), ("text", {"keep_days": ""}, "keep_days"),
        ("text", {"keep_days": "367"}, "keep_days"), ("text", {"purpose": "care", "keep_days": "32"}, "keep_days"),
        ("text", {"purpose": "gossip"}, "purpose"), ("text", {"min": "x"}, "min"), ("text", {"max": "0"}, "max"),
        ("number", {"min": "5", "max": "4"}, "max"), ("number", {"min": "1e9"}, "min"),
        ("one", {"o0-en": "Bread"}, "o0-en"), ("one", {"o0-en": "A", "o1-en": "B", "o1-seats": "-1"}, "o1-seats"),
        ("many", {"o0-en": "A", "o1-en": "B", "max": "3"}, "max"), ("file", {"types": []}, "types"),
        ("file", {"most": "11"}, "most"), ("date", {"before": "366"}, "before"),
        ("text", {"cond_of": "category", "cond_test": "is"}, "cond_values"),
        ("text", {"cond_of": "nowhere"}, "cond_of"),
        ("text", {"cond_of": "category", "cond_test": "like"}, "cond_test"),
        ("text", {"cond_of": "category", "cond_test": "is", "cond_values": "boss"}, "cond_values"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(organiser, kind, typed, field):
    usual = {"label-en": "What else?", "label-el": "Τι άλλο;"}
    answer = organiser.post(f"{DESK}/new", data=sheet(organiser, f"{DESK}/new?kind={kind}", **{**usual, **typed}))
    assert answer.status_code == 422
    assert refused(answer.text) == {field}
    assert typed.get("label-el", "Τι άλλο;") in answer.text
    assert slugs() == []


def refused(page: str) -> set[str]:
    return set(re.findall(r'id="([\w-]+)-mistake"', page))


@pytest.mark.parametrize("field", ["label-en", "label-el", "hint-en", "o0-en"])
def test_naughty_words_are_kept_exactly_or_refused(organiser, field):
    usual = sheet(organiser, f"{DESK}/new?kind=one", **{"label-en": "Food?", "o0-en": "Bread", "o1-en": "Honey"})
    for name, value in NAUGHTY.items():
        answer = organiser.post(f"{DESK}/new", data={**usual, field: value})
        assert answer.status_code in (303, 422), name
        if answer.status_code == 422:
            continue
        with db.read() as session:
            one = queries.asked(session, meeting_id())[-1]
        kept = {"label": one.label, "hint": one.hint, "o0": one.options[0].texts}[field.split("-")[0]]
        if as_kept(value):
            assert as_kept(value) in (kept.get(field.split("-")[1]), one.options[0].texts.get("en")), name
        for address in (DESK, f"{DESK}/{one.id}", f"{DESK}/{one.id}/removal", REGISTER):
            page = organiser.get(address)
            assert page.status_code == 200, name
            assert "<script>alert" not in page.text, name
        with db.write() as session:
            actions.remove(session, meeting_id(), "test", one.id)


def test_a_condition_is_chosen_in_two_steps_without_script(organiser):
    typed = sheet(organiser, f"{DESK}/new", **{"label-en": "Slides?", "cond_of": "category", "cond_test": "is"})
    answer = organiser.post(f"{DESK}/new", data=typed)
    assert answer.status_code == 422
    assert 'name="cond_values" value="speaker"' in answer.text
    organiser.post(f"{DESK}/new", data={**typed, "cond_values": "speaker"})
    with db.read() as session:
        (one,) = queries.asked(session, meeting_id())
    assert one.condition == SPEAKER
    assert "Only if “I come as” is: Invited speaker" in unescape(organiser.get(DESK).text)


def test_an_answer_of_another_question_can_be_named_in_a_condition(organiser):
    first = ask("one", "Food?")
    typed = sheet(organiser, f"{DESK}/new", **{"label-en": "Which?", "cond_of": first.slug, "cond_test": "is_not"})
    organiser.post(f"{DESK}/new", data={**typed, "cond_values": ["bread", "honey"]})
    with db.read() as session:
        assert queries.asked(session, meeting_id())[-1].condition == Condition(first.slug, "is_not", ("bread", "honey"))


def test_a_circle_is_told_at_its_field(organiser):
    first = ask("yes_no", "First?")
    second = ask("yes_no", "Second?", condition=Condition(first.slug, "is", ("yes",)))
    typed = sheet(organiser, f"{DESK}/{first.id}", cond_of=second.slug, cond_test="is", cond_values="yes")
    answer = organiser.post(f"{DESK}/{first.id}", data=typed)
    assert (answer.status_code, refused(answer.text)) == (422, {"cond_of"})


def test_a_stale_sheet_shows_both_and_can_be_sent_again(organiser):
    one = ask("text", "Food?")
    typed = sheet(organiser, f"{DESK}/{one.id}", **{"label-en": "Mine?"})
    reword(one, draft("text", "Theirs?"))
    answer = organiser.post(f"{DESK}/{one.id}", data=typed)
    assert answer.status_code == 409
    assert "Theirs?" in answer.text
    assert "Mine?" in answer.text
    version = re.search(r'name="version" value="(\d+)"', answer.text)[1]
    assert organiser.post(f"{DESK}/{one.id}", data={**typed, "version": version}).status_code == 303
    assert asked(one.id).label["en"] == "Mine?"


def test_earlier_words_can_be_looked_up(organiser):
    one = ask("one", "Food?", options=(option("Bread"), option("Honey")))
    reword(one, draft("one", "Drink?", options=(option("Tea"), option("Milk"))))
    page = " ".join(organiser.get(f"{DESK}/{one.id}").text.split())
    assert "Food?</span> (One of a list: Bread; Honey)" in page
    assert page.index('value="Drink?"') < page.index("Food?")


def test_stale_fields_show_both(organiser):
    before = {"before": " ".join(f"{name}={use}" for name, use in offered().uses.items())}
    assert post(organiser, f"{DESK}/fields", **before, use_phone="required").status_code == 303
    answer = post(organiser, f"{DESK}/fields", **before, use_phone="off")
    assert answer.status_code == 409
    assert "Telephone: kept now “Required”, yours “Not asked”." in unescape(answer.text)


@pytest.mark.parametrize("key", READY_MADE)
def test_one_click_adds_what_is_ready_made(organiser, key):
    assert post(organiser, f"{DESK}/ready-made", key=key).status_code == 303
    assert set(slugs()) == set(READY_MADE[key].questions)
    greek = organiser.get(f"{DESK}?lang=el").text
    assert greek.count('class="tongue"') == 0
    assert organiser.get(f"{DESK}/preview?lang=el").status_code == 200


def test_an_unknown_ready_made_question_is_not_found(organiser):
    assert post(organiser, f"{DESK}/ready-made", key="palace").status_code == 404


def test_order_is_changed_by_two_buttons(organiser):
    first, second = ask(label="First"), ask(label="Second")
    post(organiser, f"{DESK}/{second.id}/place", by="earlier")
    assert slugs() == [second.slug, first.slug]
    post(organiser, f"{DESK}/{second.id}/place", by="later")
    assert slugs() == [first.slug, second.slug]


def test_removing_says_what_becomes_of_the_answers(organiser):
    one = ask("text", "Tool?")
    organiser.post(REGISTER, data={"csrf": organiser.csrf, **filled(organiser), one.field: "saw"})
    page = organiser.get(f"{DESK}/{one.id}/removal").text
    assert "1 person has answered it" in page
    assert "Deleted 30 days after the meeting" in page
    assert post(organiser, f"{DESK}/{one.id}/removal").status_code == 303
    assert slugs() == []
    with db.read() as session:
        assert session.exec(select(Answer).where(Answer.question_id == one.id)).one().value == "saw"
    assert organiser.get(f"{DESK}/{one.id}").status_code == 404


def test_what_others_hang_on_is_not_removed(organiser):
    first = ask("yes_no", "Hotel?")
    ask("text", "Which?", condition=Condition(first.slug, "is", ("yes",)))
    answer = post(organiser, f"{DESK}/{first.id}/removal")
    assert answer.status_code == 422
    assert "“Which?”" in answer.text


def test_limited_options_say_how_many_places_are_left(client):
    ask("one", "Ride?", options=(option("Van", 2), option("Train")))
    page = client.get(REGISTER).text
    assert "Van – 2 seats left" in page
    assert ">Train<" in page


def test_a_copy_of_a_meeting_asks_the_same(organiser):
    first = ask("one", "Food?", options=(option("Bread", 3), option("Honey")))
    reword(first, draft("one", "Drink?", options=(option("Tea", 4, "bread"), option("Milk"))))
    second = ask("text", "Which?", condition=Condition(first.slug, "is", ("bread",)), purpose="care", keep_days=7)
    gone = ask(label="Gone?")
    with db.write() as session:
        actions.remove(session, meeting_id(), "test", gone.id)
        actions.use_fields(session, meeting_id(), "test", {"phone": "required"}, offered().uses)
    with db.write() as session:
        found = at_desk(session, PROJECT, MEETING)
        host = next(partner for partner in offered().partners if partner.id == found.meeting.host_partner_id)
        first_day = found.meeting.first_day.replace(year=2031)
        made = clone(session, found, "test", first_day, session.get_one(Partner, host.id))
        copies = queries.asked(session, made.id)
        assert queries.fields(session, made.id)["phone"] == "required"
    assert [one.label["en"] for one in copies] == ["Drink?", "Which?"]
    assert [(one.number, one.version) for one in copies] == [(1, 1), (1, 1)]
    assert copies[0].option("bread").seats == 4
    assert (copies[1].condition, copies[1].purpose, copies[1].keep_days) == (second.condition, "care", 7)
    assert not {one.id for one in copies} & {first.id, second.id}


def cost(visit) -> int:
    with counting() as count:
        assert visit().status_code == 200
    return count.number


def test_forty_questions_cost_no_more_than_three(organiser):
    for number in range(3):
        ask("one", f"Number {number}?", options=(option("A", 2), option("B")), condition=SPEAKER)
    home = organiser.post(
        REGISTER, data={"csrf": organiser.csrf, **filled(organiser, category="speaker", partner="1")}
    ).headers["location"]
    pages = (DESK, f"{DESK}/preview", REGISTER, home, f"{home}/change")
    for address in pages:
        organiser.get(address)
    few = [cost(lambda address=address: organiser.get(address)) for address in pages]
    for number in range(3, 40):
        ask("many", f"Number {number}?", options=(option("A", 2), option("B")), condition=SPEAKER)
    assert [cost(lambda address=address: organiser.get(address)) for address in pages] == few


def test_thirty_answers_cost_no_more_than_one(client):
    questions = [ask("text", f"Number {number}?") for number in range(30)]
    one = client.post(REGISTER, data={**filled(client), questions[0].field: "x"}).headers["location"]
    many = client.post(
        REGISTER, data={**filled(client, "Eva"), **{question.field: "x" for question in questions}}
    ).headers["location"]
    for path in ("", "/change"):
        assert cost(lambda: client.get(one + path)) == cost(lambda: client.get(many + path))  # noqa: B023


# Files


def sent(client, question):
    answer = client.post(f"{REGISTER}/files", data=filled(client), files={question.field: ("talk.pdf", PDF)})
    with db.read() as session:
        row = session.exec(select(Registration).where(Registration.given == "Ana")).all()[-1]
    return answer.headers["location"], f"/{PROJECT}/{MEETING}/desk/answers/{row.id}/{question.id}"


def test_a_file_is_only_ever_taken_away(client):
    one = ask("file", "Talk?")
    home, at_desk_ = sent(client, one)
    answer = client.get(f"{home}/answers/{one.id}")
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-disposition"].startswith('attachment; filename="talk.pdf"')
    assert "nosniff" in answer.headers["x-content-type-options"]
    assert "no-store" in answer.headers["cache-control"]
    assert f'href="{home}/answers/{one.id}"' in client.get(home).text
    assert client.get(at_desk_).status_code == 303
    sign_in(client, "reception", scope_of(MEETING))
    assert client.get(at_desk_).content == PDF


def test_a_file_is_nobody_elses(clients):
    one, other = ask("file", "Talk?"), ask("text", "Tool?")
    client = clients()
    home, at_desk_ = sent(client, one)
    assert client.get(f"{home}/answers/{other.id}").status_code == 404
    assert client.get(f"/my/{'x' * 43}/answers/{one.id}").status_code == 404
    sign_in(client, "organiser", scope_of("haskovo-2023"))
    assert client.get(at_desk_).status_code == 404
    assert client.get(at_desk_.replace(MEETING, "haskovo-2023")).status_code == 404


def test_a_file_about_health_is_for_those_who_look_after_it(client):
    one = ask("file", "Certificate?", purpose="care")
    typed = filled(client, consent_sensitive="yes")
    client.post(f"{REGISTER}/files", data=typed, files={one.field: ("a.pdf", PDF)})
    with db.read() as session:
        number = session.exec(select(Answer.registration_id).where(Answer.question_id == one.id)).one()
    address = f"/{PROJECT}/{MEETING}/desk/answers/{number}/{one.id}"
    sign_in(client, "reception", scope_of(MEETING))
    assert client.get(address).status_code == 404
    client.cookies.clear()
    sign_in(client, "logistics", scope_of(MEETING))
    assert client.get(address).content == PDF


def test_the_demo_asks_at_harghita(client):
    with db.read() as session:
        found = find(session, PROJECT, "harghita-2024")
        known = {one.slug: one for one in queries.asked(session, found.meeting.id)}
    assert {"arrival_date", "hotel_nights", "boots"} <= set(known)
    assert form(client)["form_key"]


# Tables


def column(client, question, kind):
    """The answers to a question in the table of all registrations, read back from the file."""
    answer = client.get(f"/{PROJECT}/{MEETING}/desk/registrations.{kind}?cols=name,q{question.id}")
    assert answer.status_code == 200
    if kind == "csv":
        rows = [
            [plain(cell) for cell in row]
            for row in csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline=""))
        ]
    else:
        rows = [[cell or "" for cell in row] for row in load_workbook(BytesIO(answer.content)).active.values]
    head = next(row for row in rows if question.label["en"] in row)
    place = head.index(question.label["en"])
    return {row[place] for row in rows[rows.index(head) + 1 :] if len(row) > place and row[place]}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_naughty_answers_come_back_from_a_table_as_they_were_typed(organiser, kind):
    one, accepted = ask("long", "Tool?"), set()
    for number, value in enumerate(NAUGHTY.values()):
        typed = {**filled(organiser), "csrf": organiser.csrf, "email": f"a{number}@guests.example", one.field: value}
        if organiser.post(REGISTER, data=typed).status_code == 303 and as_kept(value):
            accepted.add(as_kept(value))
    assert len(accepted) > 25
    assert column(organiser, one, kind) == accepted


def test_a_table_shows_an_answer_with_the_words_it_was_given_to(organiser):
    one = ask("one", "Food?", options=(option("Bread"), option("Honey")))
    organiser.post(REGISTER, data={**filled(organiser), "csrf": organiser.csrf, one.field: "honey"})
    again = reword(one, draft("one", "Drink?", options=(option("Tea", slug="honey"), option("Milk"))))
    assert column(organiser, again, "csv") == {"Honey (Food?)"}


def test_a_table_never_holds_answers_about_health_unless_they_are_asked_for(organiser):
    one = ask("text", "Allergies?", purpose="care")
    typed = filled(organiser, consent_sensitive="yes")
    organiser.post(REGISTER, data={**typed, "csrf": organiser.csrf, one.field: "peanuts"})
    for kind in ("csv", "xlsx"):
        answer = organiser.get(f"/{PROJECT}/{MEETING}/desk/registrations.{kind}")
        assert answer.status_code == 200
        assert b"peanuts" not in answer.content
    assert "peanuts" not in organiser.get(f"/{PROJECT}/{MEETING}/desk/registrations.csv?cols=name,q{one.id}").text
