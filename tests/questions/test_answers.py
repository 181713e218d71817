"""Answering: every kind as it was typed, what does not apply is dropped, and later words change no answer."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import timedelta
from email import message_from_bytes, policy
from html import unescape
from ipaddress import ip_address

import pytest
from sqlmodel import col, select

from planner import db, files
from planner.clock import now
from planner.errors import TooMany
from planner.forms import Typed, Upload
from planner.limits import Limit
from planner.outbox import OutboxLetter
from planner.questions import actions, answers
from planner.questions.rules import Condition
from planner.registration import letters, uploads
from planner.registration.answering import forget
from planner.registration.chores import drop_loose_files
from planner.registration.given import answered_counts, answers_of, own_answers
from planner.registration.tables import Answer, LooseFile, Registration
from tests.questions.asking import LOCAL, SPEAKER, ask, draft, option, reword
from tests.registration.naughty import BYTES, NAUGHTY
from tests.registration.people import REGISTER, aged_key, change, entry, filled, form, meeting_id, offered, register
from tests.registration.test_naughty import ENDS, refused_fields
from tests.sample_files import PDF

pytestmark = pytest.mark.usefixtures("demo_sqlite")
FILES = f"{REGISTER}/files"


def last() -> Registration:
    with db.read() as session:
        return session.exec(select(Registration).order_by(col(Registration.id).desc())).first()


def kept(row: Registration | None = None) -> dict[str, object]:
    """Answers of the last registration, by slug."""
    with db.read() as session:
        return {given.question.slug: given.value for given in own_answers(session, (row or last()).id).values()}


def in_words(row: Registration) -> dict[str, str]:
    with db.read() as session:
        return {given.label: given.text for given in own_answers(session, row.id).values()}


def send(client, **typed):
    return client.post(REGISTER, data=filled(client, **typed))


GOOD = [
    ("text", "Żółć", "Żółć"),
    ("long", "one\ntwo", "one\ntwo"),
    ("number", "2,50", "2.50"),
    ("number", "007", "7"),
    ("number", "−2,5", "-2.5"),
    ("number", "-0", "0"),
    ("one", "honey", "honey"),
    ("many", ["honey", "bread"], ["bread", "honey"]),
    ("yes_no", "no", "no"),
    ("date", "2027-01-31", "2027-01-31"),
    ("time", "9:05", "09:05"),
    ("country", "GR", "GR"),
    ("phone", "+30 2310 (0) 000-000", "+30 2310 (0) 000-000"),
    ("phone", "(+30)\u00a02310–000000 εσωτ. 12", "(+30) 2310-000000 εσωτ. 12"),
    ("phone", "+44 20 7946 0000 x3", "+44 20 7946 0000 x3"),
]


@pytest.mark.parametrize(("kind", "typed", "value"), GOOD)
def test_every_kind_is_kept_and_shown_again(client, kind, typed, value):
    one = ask(kind)
    answer = send(client, **{one.field: typed})
    assert answer.status_code == 303
    assert kept() == {one.slug: value}
    again = form(client, f"{answer.headers['location']}/change")
    page = client.get(f"{answer.headers['location']}/change").text
    shown = [unescape(text) for text in re.findall(rf'name="{one.field}"[^>]*value="([^"]*)"[^>]* checked', page)]
    assert again.get(one.field) == value or shown == value or f">\n{value}<" in page or f'value="{value}"' in page
    data = json.loads(client.get(f"{answer.headers['location']}/data.json").text)
    assert [(found["question"], found["value"]) for found in data["answers"]] == [("Which tool?", value)]


BAD = [
    ("text", "a\x00b"), ("text", "x" * 201), ("text", "one\ntwo"), ("long", "x" * 1001), ("number", "two"),
    ("number", "NaN"), ("number", "1e5"), ("number", "٣"), ("number", "-"), ("one", "hay"), ("many", "hay"),
    ("yes_no", "perhaps"), ("date", "2027-02-30"), ("date", "31.1.2027"), ("date", "0000-00-00"), ("time", "25:00"),
    ("time", "noon"), ("country", "XX"), ("country", "Greece"), ("phone", "call me"), ("phone", "+1"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "typed"), BAD)
def test_what_cannot_be_is_refused_at_its_field_and_kept_on_the_page(client, kind, typed):
    one = ask(kind)
    answer = send(client, **{one.field: typed})
    assert (answer.status_code, refused_fields(answer.text)) == (422, {one.field})
    assert 'value="Ana"' in answer.text


@pytest.mark.parametrize(
    "kind", ["text", "long", "number", "one", "many", "yes_no", "date", "time", "country", "phone", "file"]
)
def test_a_required_answer_is_asked_for(client, kind):
    one = ask(kind, required=True)
    answer = send(client)
    assert (answer.status_code, refused_fields(answer.text)) == (422, {one.field})


@pytest.mark.parametrize(
    ("kind", "limits", "typed"),
    [
        ("text", {"max": 3}, "four"), ("text", {"min": 3}, "ab"), ("number", {"min": "1"}, "0"),
        ("number", {"max": "2.5"}, "2.6"), ("number", {"whole": True}, "2.5"), ("many", {"max": 1}, ["bread", "honey"]),
        ("many", {"min": 2}, ["bread"]), ("date", {"before": 2}, "2001-01-01"), ("date", {"after": 2}, "2999-01-01"),
    ],
)  # fmt: skip
def test_limits_are_kept(client, kind, limits, typed):
    one = ask(kind, limits=limits)
    answer = send(client, **{one.field: typed})
    assert (answer.status_code, refused_fields(answer.text)) == (422, {one.field})


def test_the_days_that_can_be_answered_move_with_the_meeting(client):
    one = ask("date", limits={"before": 1, "after": 0})
    meeting = offered().found.meeting
    for day, status in ((meeting.first_day, 303), (meeting.last_day, 303)):
        answer = send(client, name=f"A{day.day}", **{one.field: day.isoformat()})
        assert answer.status_code == status


@pytest.mark.parametrize(
    "kind", ["text", "long", "number", "one", "many", "yes_no", "date", "time", "country", "phone", "file"]
)
def test_naughty_texts_are_kept_exactly_or_refused_at_their_field(client, kind):
    one = ask(kind)
    usual = filled(client)
    for number, (name, value) in enumerate(NAUGHTY.items()):
        own = {"form_key": aged_key(), "email": f"a{number}@guests.example", one.field: value}
        answer = client.post(REGISTER, data={**usual, **own})
        assert answer.status_code in (303, 422), name
        if answer.status_code == 422:
            assert refused_fields(answer.text) == {one.field}, name
            continue
        told = unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip(ENDS)
        assert kept().get(one.slug, "") in (told, "1" if kind == "number" else told) or kind == "file", name
        if kind not in ("text", "long"):
            continue
        own_page = client.get(f"{answer.headers['location']}/change")
        assert own_page.status_code == 200
        assert "<script>alert" not in own_page.text + client.get(answer.headers["location"]).text, name
        if one.slug in kept():
            assert told in unescape(own_page.text), name
            assert told in letter_text(), name
            data = json.loads(client.get(f"{answer.headers['location']}/data.json").text)
            assert data["answers"][0]["value"] == told, name


def letter_text() -> str:
    """The plain half of the last letter."""
    with db.read() as session:
        letter = session.exec(select(OutboxLetter).order_by(col(OutboxLetter.id).desc())).first()
    message = message_from_bytes(letter.mime, policy=policy.default)
    assert message.get_all("bcc") is None
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


@pytest.mark.parametrize("kind", ["text", "one", "number", "file", "country"])
def test_bytes_that_are_no_text_break_nothing(client, kind):
    one = ask(kind)
    for value in BYTES.values():
        body = "&".join(f"{name}={typed}" for name, typed in filled(client).items()).replace("@", "%40").encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = client.post(REGISTER, content=body + f"&{one.field}=".encode() + value, headers=headers)
        assert answer.status_code in (303, 422)


def test_texts_come_in_the_readers_language_or_say_that_they_do_not(client):
    ask("one", "Food?", options=(option("Bread"), option("Honey")))
    page = client.get(f"{REGISTER}?lang=el").text
    assert '<span lang="en">Food?<span class="tongue"' in page


def test_limits_are_told_in_the_readers_way_before_somebody_meets_them(client):
    one = ask("number", "Size?", limits={"min": "0.5", "max": "9.5"})
    ask("long", "Why?", limits={"min": 1200})
    ask("date", "When?", limits={"before": 1})
    page = unescape(client.get(f"{REGISTER}?lang=el").text)
    assert "0,5" in page
    page = client.get(f"{REGISTER}?lang=en").text
    for told in ("From 0.5 to 9.5.", "Please write at least 1200 characters.", "Please choose a day from"):
        assert told in page
    home = send(client, **{one.field: "2,5", "q_why": "x" * 1200}).headers["location"]
    assert ">2,5<" in "".join(client.get(f"{home}?lang=el").text.split())


def test_the_form_says_what_answers_are_for_and_how_long_they_are_kept(client):
    ask("text", "Tool?", keep_days=30)
    ask("text", "Colour?", keep_days=30)
    ask("text", "Allergies?", purpose="care", keep_days=3)
    page = client.get(REGISTER).text
    assert page.count("Unless a question says otherwise: To organise the stay. Deleted 30 days after the meeting.") == 1
    assert page.count("Deleted 30 days after the meeting") == 1
    assert page.count("only for those who look after it. Deleted 3 days after the meeting.") == 1


# Conditions


def test_an_answer_that_does_not_apply_is_dropped(client):
    tool = ask("text", "Tool?", condition=SPEAKER, required=True)
    size = ask("number", "Size?", condition=Condition(tool.slug, "answered"))
    plain = ask("text", "Colour?", condition=LOCAL)
    answer = send(client, **{tool.field: "saw", size.field: "9", plain.field: "red"})
    assert answer.status_code == 303
    assert kept() == {plain.slug: "red"}


def test_what_is_wrong_with_a_hidden_question_bothers_nobody(client):
    hidden = ask("number", "Size?", condition=SPEAKER)
    assert send(client, **{hidden.field: "huge"}).status_code == 303


def test_a_condition_on_a_visit_of_a_day_one_does_not_come_does_not_hold(client):
    slug = offered().visits[0].slug
    one = ask("text", "Shoes?", condition=Condition("visit", "is", (slug,)))
    away = {f"day_{day.number}": "no" for day in offered().days if day.date == offered().visits[0].date}
    send(client, visit_1=slug, **{one.field: "42"}, **away)
    assert kept() == {}
    send(client, name="Eva", visit_1=slug, **{one.field: "42"})
    assert kept() == {one.slug: "42"}


def test_changing_to_what_hides_a_question_takes_its_answer_away(client):
    first = ask("yes_no", "Hotel?")
    second = ask("text", "Which?", condition=Condition(first.slug, "is", ("yes",)))
    home = send(client, **{first.field: "yes", second.field: "Astoria"}).headers["location"]
    assert kept() == {first.slug: "yes", second.slug: "Astoria"}
    again = {**filled(client), **form(client, f"{home}/change"), first.field: "no", second.field: "Astoria"}
    assert client.post(f"{home}/change", data=again).status_code == 303
    assert kept() == {first.slug: "no"}


def test_without_script_each_condition_is_told_beside_its_question(client):
    one = ask("text", "Tool?", condition=SPEAKER)
    page = client.get(REGISTER).text
    assert f'class="question only-if" id="ask-{one.slug}"' in page
    assert "Only if “I come as” is: Invited speaker" in page
    answer = client.post(REGISTER, data=filled(client, category="speaker", given=""))
    assert f'class="question" id="ask-{one.slug}"' in answer.text


def test_with_script_only_the_block_of_questions_comes_back_and_only_when_it_changes(client):
    one = ask("text", "Tool?", condition=SPEAKER)
    other = ask("text", "Colour?")
    typed = {**filled(client), other.field: "blue as typed"}
    headers = {"HX-Request": "true"}
    same = client.post(f"{REGISTER}/questions", data={**typed, "shown": other.slug}, headers=headers)
    assert (same.status_code, same.content) == (204, b"")
    new = client.post(
        f"{REGISTER}/questions", data={**typed, "category": "speaker", "shown": other.slug}, headers=headers
    )
    assert new.status_code == 200
    assert new.text.lstrip().startswith('<section class="group" id="questions"')
    assert f'class="question" id="ask-{one.slug}"' in new.text
    assert 'value="blue as typed"' in new.text
    assert "<h1" not in new.text


def test_the_own_page_asks_in_the_same_way(client):
    one = ask("text", "Tool?", condition=SPEAKER)
    home = send(client).headers["location"]
    typed = {**filled(client), **form(client, f"{home}/change"), "category": "speaker", "shown": ""}
    block = client.post(f"{home}/change/questions", data=typed, headers={"HX-Request": "true"})
    assert f'class="question" id="ask-{one.slug}"' in block.text
    assert f'hx-post="{home}/change/questions"' in block.text


# Versions


def test_later_words_never_change_what_was_answered(client):
    one = ask("one", "Food?", options=(option("Bread"), option("Honey")))
    home = send(client, **{one.field: "honey"}).headers["location"]
    row = last()
    reword(one, draft("one", "Drink?", options=(option("Tea", slug="honey"), option("Milk"))))
    assert in_words(row) == {"Food?": "Honey"}
    data = json.loads(client.get(f"{home}/data.json").text)
    assert (data["answers"][0]["question"], data["answers"][0]["answer"]) == ("Food?", "Honey")


def test_a_reworded_question_shows_the_answer_of_before_and_keeps_it_until_there_is_another(client):
    one = ask("one", "Food?", options=(option("Bread"), option("Honey")))
    home = send(client, **{one.field: "honey"}).headers["location"]
    row = last()
    reword(one, draft("one", "Drink?", options=(option("Tea", slug="honey"), option("Milk"))))
    page = client.get(f"{home}/change").text
    assert "Food?: Honey" in page
    again = {**filled(client), **form(client, f"{home}/change")}
    assert again.get(one.field, "") == ""
    assert client.post(f"{home}/change", data={**again, "phone": "1"}).status_code == 303
    assert in_words(row) == {"Food?": "Honey"}
    again = {**filled(client), **form(client, f"{home}/change"), one.field: "milk"}
    assert client.post(f"{home}/change", data=again).status_code == 303
    assert in_words(row) == {"Drink?": "Milk"}


def test_an_answer_to_earlier_words_can_be_taken_back(client):
    one = ask("one", "Food?", options=(option("Bread"), option("Honey")))
    home = send(client, **{one.field: "honey"}).headers["location"]
    reword(one, draft("one", "Drink?", options=(option("Tea"), option("Milk"))))
    assert "Leave my earlier answer out" in client.get(f"{home}/change").text
    again = {**filled(client), **form(client, f"{home}/change"), f"{one.field}_drop": "yes"}
    assert client.post(f"{home}/change", data=again).status_code == 303
    assert kept() == {}


def test_a_question_that_changed_while_somebody_wrote_is_looked_at_again(client):
    one = ask("yes_no", "Vegetarian?")
    typed = {**filled(client), one.field: "yes"}
    reword(one, draft("yes_no", "Do you smoke?"))
    answer = client.post(REGISTER, data=typed)
    assert (answer.status_code, refused_fields(answer.text)) == (422, {one.field})
    typed = {**typed, f"{one.field}_v": "2"}
    assert client.post(REGISTER, data=typed).status_code == 303


def test_a_removed_question_keeps_its_answers_through_later_changes(client):
    one = ask("text", "Tool?")
    home = send(client, **{one.field: "saw"}).headers["location"]
    with db.write() as session:
        actions.remove(session, meeting_id(), "test", one.id)
    again = {**filled(client), **form(client, f"{home}/change"), "phone": "123"}
    assert client.post(f"{home}/change", data=again).status_code == 303
    assert kept() == {one.slug: "saw"}


# Fields that every form has


def use(**uses: str) -> None:
    with db.write() as session:
        actions.use_fields(session, meeting_id(), "test", uses, offered().uses)


def test_a_field_can_be_left_out_and_is_then_dropped(client):
    use(phone="off", meals="off")
    page = client.get(REGISTER).text
    assert 'name="phone"' not in page
    assert 'name="meals"' not in page
    send(client, phone="+30 1", meals=offered().meals[0].slug)
    assert last().phone == ""


def test_a_field_can_be_required(client):
    use(phone="required", country="required", function="required", visits="required")
    answer = send(client)
    assert refused_fields(answer.text) == {"phone", "country", "function", "visit_1"}


def test_who_has_answered_a_field_keeps_it_when_it_is_not_asked_any_more(client):
    home = send(client, phone="+30 1").headers["location"]
    use(phone="off")
    again = {**filled(client), **form(client, f"{home}/change"), "phone": "+30 1", "function": "Miller"}
    assert 'name="phone"' in client.get(f"{home}/change").text
    client.post(f"{home}/change", data=again)
    assert (last().phone, last().function) == ("+30 1", "Miller")


def test_an_unknown_person_types_no_more_than_four_fields(client):
    with db.write() as session:
        for key in ("arrival", "hotel", "transfer", "interpretation", "speaker", "companion", "emergency"):
            actions.add_ready_made(session, meeting_id(), "test", key)
    typed = {"given": "Ana", "family": "Guest", "email": "ana@guests.example", "category": "host_local"}
    assert client.post(REGISTER, data={**form(client), **typed}).status_code == 303


# Health


def test_answers_about_health_need_a_yes_and_are_seen_by_few(client):
    one = ask("text", "Allergies?", purpose="care")
    answer = send(client, **{one.field: "peanuts"})
    assert refused_fields(answer.text) == {"consent_sensitive"}
    home = send(client, consent_sensitive="yes", **{one.field: "peanuts"}).headers["location"]
    row = last()
    with db.read() as session:
        assert answers_of(session, [row.id], care=False) == {}
        assert kept(row) == {one.slug: "peanuts"}
    assert "peanuts" not in letter_text()
    client.post(f"{home}/consents", data={})
    assert kept(row) == {}


def test_answers_about_health_go_with_the_person(client):
    one, other = ask("text", "Allergies?", purpose="care"), ask("text", "Tool?")
    home = send(client, consent_sensitive="yes", **{one.field: "peanuts", other.field: "saw"}).headers["location"]
    client.post(f"{home}/withdrawal", data={})
    assert kept() == {other.slug: "saw"}


# Files


def upload(client, question, content, name="talk.pdf", address=FILES, **typed):
    return client.post(address, data=filled(client, **typed), files={question.field: (name, content)})


def loose() -> list[LooseFile]:
    with db.read() as session:
        return list(session.exec(select(LooseFile).order_by(col(LooseFile.id))))


def test_a_file_is_kept_by_its_content(client):
    one = ask("file")
    assert f'action="{FILES}" enctype="multipart/form-data"' in client.get(REGISTER).text
    assert upload(client, one, PDF, "../my talk.exe").status_code == 303
    value = kept()[one.slug]
    assert (value["file_name"], value["media_type"]) == ("my talk.exe.pdf", "application/pdf")
    assert b"".join(files.pieces(value["name"])).startswith(b"%PDF-")
    assert loose() == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"MZ nothing"), ("a.html", b"<html><script>alert(1)</script>"), ("a.svg", b"<svg onload=alert(1)>"),
        ("a.txt", b"<script>alert(1)</script>"), ("a.txt", b"x" * 1_100_000), ("a.pdf", b""), ("a.csv", b"a;b\n"),
        ("\u202efdp.exe", b"\x89PNG\r\n\x1a\n"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_taken_is_refused_at_its_field(client, name, content):
    one = ask("file")
    answer = upload(client, one, content, name)
    assert (answer.status_code, refused_fields(answer.text)) == (422, {one.field})
    assert loose() == []


def test_a_file_survives_a_mistake_elsewhere(client):
    one = ask("file", required=True)
    answer = upload(client, one, PDF, given="")
    assert (answer.status_code, refused_fields(answer.text)) == (422, {"given"})
    assert "waits for 24 hours" in answer.text
    assert "talk.pdf" in answer.text
    ref = re.search(rf'name="{one.field}_ref" value="([^"]+)"', answer.text)[1]
    again = filled(client, **{f"{one.field}_ref": ref})
    assert client.post(FILES, data=again).status_code == 303
    assert kept()[one.slug]["file_name"] == "talk.pdf"
    assert loose() == []


def test_another_file_takes_the_place_of_one_that_waits(client):
    one = ask("file")
    key = aged_key()
    for name in ("first.pdf", "second.pdf"):
        answer = upload(client, one, PDF, name, given="", form_key=key)
    ref = re.search(rf'name="{one.field}_ref" value="([^"]+)"', answer.text)[1]
    client.post(FILES, data=filled(client, **{f"{one.field}_ref": ref}))
    assert kept()[one.slug]["file_name"] == "second.pdf"
    gone = loose()
    assert [row.value["file_name"] for row in gone] == ["first.pdf"]
    drop_loose_files()
    assert loose() == []
    assert not files.is_there(gone[0].value["name"])


def test_a_file_that_has_gone_is_asked_for_again(client):
    one = ask("file")
    for ref in ("made up", "x" * 43, answers.KEPT.ref):
        answer = client.post(FILES, data=filled(client, **{f"{one.field}_ref": ref}))
        assert (answer.status_code, refused_fields(answer.text)) == (422, {one.field})


def test_a_file_of_one_question_is_no_answer_to_another(client):
    one, other = ask("file", "CV?"), ask("file", "Talk?")
    answer = upload(client, one, PDF, given="")
    ref = re.search(rf'name="{one.field}_ref" value="([^"]+)"', answer.text)[1]
    answer = client.post(FILES, data=filled(client, **{f"{other.field}_ref": ref}))
    assert refused_fields(answer.text) == {other.field}


def test_a_file_stays_through_other_changes_and_goes_when_it_is_left_out(client):
    one = ask("file")
    home = upload(client, one, PDF).headers["location"]
    name = kept()[one.slug]["name"]
    again = {**filled(client), **form(client, f"{home}/change")}
    assert again[f"{one.field}_ref"] == "kept"
    assert client.post(f"{home}/change/files", data={**again, "phone": "1"}).status_code == 303
    assert kept()[one.slug]["name"] == name
    again = {**filled(client), **form(client, f"{home}/change"), f"{one.field}_drop": "yes"}
    assert client.post(f"{home}/change/files", data=again).status_code == 303
    assert kept() == {}
    drop_loose_files()
    assert not files.is_there(name)


def test_files_of_forgotten_answers_go_too(client):
    one = ask("file")
    upload(client, one, PDF)
    row, name = last(), kept()[one.slug]["name"]
    with db.write() as session:
        assert forget(session, [row.id]) == 1
    drop_loose_files()
    assert not files.is_there(name)
    with db.read() as session:
        assert session.exec(select(Answer).where(Answer.registration_id == row.id)).all() == []


def test_nobody_fills_the_disk_with_files_that_wait(client, monkeypatch):
    monkeypatch.setattr("planner.registration.uploads.MOST_WAITING", 0)
    one = ask("file")
    answer = upload(client, one, PDF)
    assert (answer.status_code, refused_fields(answer.text)) == (422, {one.field})


def test_a_flood_of_files_from_one_network_is_stopped(monkeypatch):
    monkeypatch.setattr(uploads, "FILES_PER_NETWORK", Limit("files", 1, timedelta(minutes=10)))
    one = ask("file")
    typed = Typed({"form_key": ["x"]}, {one.field: Upload("talk.pdf", PDF)})
    uploads.hold(typed, offered(), ip_address("192.0.2.1"))
    with pytest.raises(TooMany):
        uploads.hold(typed, offered(), ip_address("192.0.2.99"))
    uploads.hold(typed, offered(), ip_address("198.51.100.1"))
    assert len(loose()) == 2


def test_a_file_waits_for_a_day(client):
    one = ask("file")
    upload(client, one, PDF, given="")
    (row,) = loose()
    assert 23.9 < (row.until - now()).total_seconds() / 3600 <= 24
    assert letters.about(last())


def test_answers_are_kept_changed_and_forgotten_on_both_databases(demo_database):
    food, tool = ask("many", "Food?"), ask("text", "Tool?", purpose="care")
    sure = {**entry().consents, "sensitive": True}
    row = register(entry(consents=sure, answers={food.id: ["bread", "honey"], tool.id: "Παπαδόπουλος 😀"}))
    assert kept(row) == {food.slug: ["bread", "honey"], tool.slug: "Παπαδόπουλος 😀"}
    change(row, entry(consents=sure, answers={food.id: None, tool.id: "saw"}))
    assert kept(row) == {tool.slug: "saw"}
    with db.write() as session:
        assert forget(session, [row.id], ["logistics"]) == 0
        assert forget(session, [row.id], ["care"]) == 1
        assert answered_counts(session, meeting_id()) == {}
    assert kept(row) == {}
