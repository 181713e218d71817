"""The sheet of a question: answers in another order, more lines, and what a condition names, before it is kept."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from sqlmodel import col, select

from planner import db
from planner.agenda.tables import Item
from planner.meetings.tables import Meeting
from planner.questions import actions
from planner.questions.forms import MOST_OPTIONS
from planner.questions.rules import Condition
from planner.registration import apart
from planner.registration.offer import MEALS
from planner.registration.serving import serve_waiting_lists
from tests.questions.asking import ask, asked, draft, option, reword
from tests.questions.test_desk import DESK, organiser, refused, sheet
from tests.registration.people import REGISTER, filled, form, meeting_id, offered, publish_anew

__all__ = ["organiser"]
pytestmark = pytest.mark.usefixtures("demo_sqlite")


def press(organiser, address, act, **typed):
    """The sheet's fields after one of the buttons that keep nothing."""
    answer = organiser.post(address, data={**sheet(organiser, address), **typed, "do": act})
    assert answer.status_code == 200
    return answer.text


def lines(page: str) -> list[str]:
    return [unescape(text) for text in re.findall(r'name="o\d+-en" type="text" value="([^"]+)"', page)]


def test_answers_to_choose_from_are_put_earlier_and_later_and_kept_in_that_order(organiser):
    one = ask("one", "Food?", options=(option("Bread", 2), option("Honey"), option("Milk", 5)))
    address = f"{DESK}/{one.id}"
    page = press(organiser, address, "earlier-2", **{"label-en": "What to eat?"})
    assert lines(page) == ["Bread", "Milk", "Honey"]
    assert 'value="What to eat?"' in page
    assert [found.slug for found in asked(one.id).options] == ["bread", "honey", "milk"]  # nothing is kept yet
    again = sheet(organiser, address) | dict(re.findall(r'name="(o\d+-\w+)"[^>]*? value="([^"]*)"', page))
    assert organiser.post(address, data=again).status_code == 303
    assert [(found.slug, found.seats) for found in asked(one.id).options] == [
        ("bread", 2),
        ("milk", 5),
        ("honey", None),
    ]
    assert lines(press(organiser, address, "later-0")) == ["Milk", "Bread", "Honey"]


@pytest.mark.parametrize(
    "act", ["earlier-0", "later-99", "later-x", "earlier-²", "earlier", "away-1", "later--1", "\x00"]
)
def test_a_line_that_cannot_be_moved_stays(organiser, act):
    one = ask("one", "Food?", options=(option("Bread"), option("Honey")))
    assert lines(press(organiser, f"{DESK}/{one.id}", act)) == ["Bread", "Honey"]


def test_there_are_more_lines_up_to_the_most(organiser):
    page = press(organiser, f"{DESK}/new?kind=one", "lines", **{"o0-en": "Bread"})
    assert (lines(page), 'name="o5-en"' in page, 'name="o6-en"' in page) == (["Bread"], True, False)
    page = press(organiser, f"{DESK}/new?kind=one", "lines", rows=str(MOST_OPTIONS))
    assert f'name="o{MOST_OPTIONS}-en"' not in page
    assert 'value="lines"' not in page


def test_the_answers_that_a_condition_can_name_are_shown_without_a_mistake(organiser):
    page = press(organiser, f"{DESK}/new", "answers", cond_of="category")
    assert 'name="cond_values" value="speaker"' in page
    assert refused(page) == set()


@pytest.mark.parametrize("of", [("visit", "is", ("old_mill",)), ("partner", "any_of", ("99", "1"))])
def test_a_condition_on_what_is_gone_stays_until_somebody_changes_it(organiser, of):
    one = ask("text", "Shoes?", condition=Condition(*of))
    assert f"{of[2][0]} (no longer offered)" in organiser.get(DESK).text
    typed = sheet(organiser, f"{DESK}/{one.id}", **{"label-en": "Shoe size?"})
    assert organiser.post(f"{DESK}/{one.id}", data=typed).status_code == 303
    assert set(asked(one.id).condition.values) == set(of[2])


def test_a_condition_on_meals_stays_when_there_are_none_any_more(organiser):
    one = ask("text", "Wine?", condition=Condition("meals", "answered"))
    with db.write() as session:
        for item in session.exec(select(Item).where(Item.meeting_id == meeting_id(), col(Item.kind).in_(MEALS))):
            item.kind = "break"
        publish_anew(session)
    assert not offered().meals
    assert organiser.post(f"{DESK}/{one.id}", data=sheet(organiser, f"{DESK}/{one.id}")).status_code == 303
    assert asked(one.id).condition == Condition("meals", "answered")


def test_sixty_answers_in_eight_languages_are_kept(organiser):
    with db.write() as session:
        session.get_one(Meeting, meeting_id()).interpretation = ["bg", "ro", "lv", "es", "pt", "de"]
    one = ask("many", "Which?", options=tuple(option(f"Answer {number}") for number in range(MOST_OPTIONS)))
    typed = sheet(organiser, f"{DESK}/{one.id}", **{"o59-bg": "Отговор"})
    assert len(typed) > 500
    assert organiser.post(f"{DESK}/{one.id}", data=typed).status_code == 303
    assert asked(one.id).options[59].texts["bg"] == "Отговор"


def test_two_answers_that_read_the_same_are_refused(organiser):
    typed = {"label-en": "Food?", "o0-en": "Bread", "o1-en": "Honey", "o2-en": "Bread"}
    answer = organiser.post(f"{DESK}/new", data=sheet(organiser, f"{DESK}/new?kind=one", **typed))
    assert (answer.status_code, refused(answer.text)) == (422, {"o2-en"})


def test_who_has_answered_was_told_for_how_long(organiser):
    one = ask("text", "Tool?", keep_days=10)
    typed = sheet(organiser, f"{DESK}/{one.id}", purpose="attendance", keep_days="")
    assert (
        organiser.post(REGISTER, data={"csrf": organiser.csrf, **filled(organiser), one.field: "saw"}).status_code
        == 303
    )
    answer = organiser.post(f"{DESK}/{one.id}", data=typed)
    assert (answer.status_code, refused(answer.text)) == (422, {"keep_days"})
    assert "Deleted 10 days after the meeting" in answer.text
    assert (
        organiser.post(f"{DESK}/{one.id}", data={**typed, "purpose": "logistics", "keep_days": "5"}).status_code == 303
    )
    other = ask("text", "Allergies?", purpose="care")  # nobody has answered yet
    typed = sheet(organiser, f"{DESK}/{other.id}", purpose="logistics", keep_days="300")
    assert organiser.post(f"{DESK}/{other.id}", data=typed).status_code == 303


def test_what_is_not_translated_yet_is_named_for_answers_too(organiser):
    one = ask("one", "Food?")
    reword(one, replace(draft("one", options=one.options), label={"en": "Food?", "el": "Φαγητό;"}))
    assert "Not translated:" in organiser.get(DESK).text
    page = organiser.get(f"{REGISTER}?lang=el").text
    assert '<span><span lang="en">Bread<span class="tongue"' in page


def held(question, slug: str) -> tuple[int, int]:
    """How many have an option, and how many wait for it."""
    with db.read() as session:
        pool = ("option", question.id, slug)
        return apart.held(session, meeting_id())[pool], sum(
            pool in want.pools for want in apart.wants(session, meeting_id())
        )


def test_who_chose_an_option_before_it_had_a_limit_keeps_it_and_counts(organiser):
    one = ask("many", "Ride?", options=(option("Van"), option("Train")))
    homes = [chooses(organiser, name, **{one.field: ["van"]}) for name in ("Ana", "Bob")]
    typed = sheet(organiser, f"{DESK}/{one.id}", **{"o0-seats": "2"})
    assert organiser.post(f"{DESK}/{one.id}", data=typed).status_code == 303
    assert held(one, "van") == (2, 0)
    assert "Van – full, waiting list" in organiser.get(REGISTER).text
    last = chooses(organiser, "Cyd", **{one.field: ["van"]})
    assert held(one, "van") == (2, 1)
    assert "you have a place" in organiser.get(homes[0]).text
    assert "you are number 1 on the waiting list" in organiser.get(last).text
    again = sheet(organiser, f"{DESK}/{one.id}", **{"label-en": "Which ride?"})
    assert organiser.post(f"{DESK}/{one.id}", data=again).status_code == 303
    assert held(one, "van") == (2, 1)


def chooses(organiser, name: str, **typed) -> str:
    """Somebody registers; their own page."""
    given = {**filled(organiser, name, **typed), "csrf": organiser.csrf}
    return organiser.post(REGISTER, data=given).headers["location"]


def test_what_somebody_wrote_is_not_lost_when_another_removed_the_question(organiser):
    one = ask("one", "Food?")
    typed = sheet(organiser, f"{DESK}/{one.id}", **{"label-en": "What do you eat at noon?"})
    with db.write() as session:
        actions.remove(session, meeting_id(), "test", one.id)
    answer = organiser.post(f"{DESK}/{one.id}", data=typed)
    assert answer.status_code == 422
    assert 'value="What do you eat at noon?"' in answer.text
    assert f'action="{DESK}/new"' in answer.text
    assert organiser.post(f"{DESK}/new", data=typed).status_code == 303
    assert organiser.post(f"{DESK}/999999", data=typed).status_code == 404


@pytest.mark.parametrize("what", ["option", "question"])
def test_nobody_is_given_what_is_no_longer_offered(organiser, what):
    one = ask("one", "Ride?", options=(option("Van", 1), option("Train"), option("Bike")))
    homes = [chooses(organiser, name, **{one.field: "van"}) for name in ("Ana", "Bob")]
    assert held(one, "van") == (1, 1)
    if what == "option":
        typed = sheet(organiser, f"{DESK}/{one.id}", **{"o0-en": "", "o0-seats": ""})
        assert organiser.post(f"{DESK}/{one.id}", data=typed).status_code == 303
    else:
        assert organiser.post(f"{DESK}/{one.id}/removal", data={"csrf": organiser.csrf}).status_code == 303
    serve_waiting_lists()
    assert held(one, "van") == (1, 0)
    assert "Van" in organiser.get(homes[1]).text  # what was answered stays


def test_who_changes_something_else_keeps_the_place_of_an_answer_to_earlier_words(organiser):
    one = ask("one", "Ride?", options=(option("Van", 1), option("Train")))
    home, waiting = (chooses(organiser, name, **{one.field: "van"}) for name in ("Ana", "Bob"))
    typed = sheet(organiser, f"{DESK}/{one.id}", **{"label-en": "Which ride?"})
    assert organiser.post(f"{DESK}/{one.id}", data=typed).status_code == 303
    again = {**filled(organiser), **form(organiser, f"{home}/change"), "csrf": organiser.csrf, "phone": "+30 1"}
    assert organiser.post(f"{home}/change", data=again).status_code == 303
    assert "you have a place" in organiser.get(home).text
    assert "you are number 1 on the waiting list" in organiser.get(waiting).text
    again = {**again, **form(organiser, f"{home}/change"), f"{one.field}_drop": "yes"}
    assert organiser.post(f"{home}/change", data=again).status_code == 303
    assert "you have a place" in organiser.get(waiting).text


def test_several_countries_in_a_condition_stay(organiser):
    one = ask("text", "Visa?", condition=Condition("country", "any_of", ("AL", "RS")))
    page = organiser.get(f"{DESK}/{one.id}").text
    assert re.findall(r'<option value="(\w+)" selected', page.split('id="cond_values"')[1]) == ["AL", "RS"]
