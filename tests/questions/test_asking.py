"""Building a form: versions, circles, order, removal, ready-made questions, and two organisers at once."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from sqlmodel import func, select

from planner import db
from planner.errors import Missing, Refusal, Stale
from planner.language import INTERFACE
from planner.questions import actions, queries
from planner.questions.ready_made import READY_MADE
from planner.questions.rules import PURPOSES, Condition
from planner.questions.tables import QuestionVersion
from tests.questions.asking import ask, asked, draft, option, reword
from tests.registration.people import meeting_id

pytestmark = pytest.mark.usefixtures("demo_sqlite")


def versions(number: int) -> int:
    with db.read() as session:
        query = select(func.count()).select_from(QuestionVersion).where(QuestionVersion.question_id == number)
        return session.exec(query).one()


def slugs() -> list[str]:
    with db.read() as session:
        return [one.slug for one in queries.asked(session, meeting_id())]


def act(what, *arguments, **more):
    with db.write() as session:
        return what(session, meeting_id(), "test", *arguments, **more)


def test_new_words_begin_a_version_and_other_use_does_not():
    one = ask("one")
    again = reword(one, draft("one", options=tuple(one.options), required=True, keep_days=10))
    assert (again.number, again.version, versions(one.id)) == (1, 2, 1)
    again = reword(one, draft("one", "Which food?", options=tuple(one.options)))
    assert (again.number, versions(one.id)) == (2, 2)
    with db.read() as session:
        known = queries.wordings(session, {(one.id, 1), (one.id, 2)})
    assert [known[one.id, number].label["en"] for number in (1, 2)] == ["Which tool?", "Which food?"]


def test_seats_can_be_raised_without_a_new_version():
    one = ask("one", options=(option("Bread", 2), option("Honey")))
    again = reword(one, draft("one", options=(option("Bread", 9, "bread"), option("Honey", None, "honey"))))
    assert (again.number, again.option("bread").seats) == (1, 9)


def test_the_name_of_an_option_is_never_given_again():
    one = ask("one")
    without = reword(one, draft("one", options=(option("Honey", slug="honey"), option("Milk"))))
    again = reword(without, draft("one", options=(*without.options, option("Bread"))))
    assert [found.slug for found in again.options] == ["honey", "milk", "bread_2"]


def test_somebody_was_faster():
    one = ask()
    reword(one, draft(label="Mine?"))
    with pytest.raises(Stale):
        act(actions.edit, one.id, draft(label="Yours?"), one.version)
    assert asked(one.id).label["en"] == "Mine?"


def test_a_circle_is_refused_in_a_sentence():
    first = ask("yes_no", "First?")
    second = ask("yes_no", "Second?", condition=Condition(first.slug, "is", ("yes",)))
    third = ask("yes_no", "Third?", condition=Condition(second.slug, "is", ("yes",)))
    with pytest.raises(Refusal) as refusal:
        reword(first, draft("yes_no", "First?", condition=Condition(third.slug, "is", ("yes",))))
    assert refusal.value.field == "cond_of"
    assert "“First?” → “Third?” → “Second?” → “First?”" in refusal.value.sentence
    with pytest.raises(Refusal):
        reword(first, draft("yes_no", "First?", condition=Condition(first.slug, "is", ("yes",))))


def test_two_organisers_at_once_close_no_circle(demo_database):
    first, second = ask("yes_no", "First?"), ask("yes_no", "Second?")
    together, refused = Barrier(2), []

    def hang(one, on):
        together.wait(10)
        try:
            reword(one, draft("yes_no", one.label["en"], condition=Condition(on.slug, "is", ("yes",))))
        except Refusal as refusal:
            refused.append(refusal.sentence)

    threads = [Thread(target=hang, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(refused) == 1


def test_what_another_question_hangs_on_stays():
    first = ask("one", "First?")
    second = ask("text", "Second?", condition=Condition(first.slug, "is", ("bread",)))
    for new in (
        draft("one", "First?", options=(option("Honey", slug="honey"), option("Milk"))),
        draft("text", "First?"),
    ):
        with pytest.raises(Refusal, match="Second"):
            reword(first, new)
    with pytest.raises(Refusal, match="Second"):
        act(actions.remove, first.id)
    act(actions.remove, second.id)
    act(actions.remove, first.id)
    assert not {first.slug, second.slug} & set(slugs())


def test_a_field_that_a_question_hangs_on_stays():
    ask("text", "Shoe size?", condition=Condition("visit", "answered"))
    with db.read() as session:
        before = queries.fields(session, meeting_id())
    with pytest.raises(Refusal, match="Shoe size"):
        act(actions.use_fields, {"visits": "off"}, before)
    act(actions.use_fields, {"phone": "required"}, before)
    with pytest.raises(Stale):
        act(actions.use_fields, {"phone": "off"}, before)


def test_answers_about_health_never_become_something_else():
    one = ask("text", "Allergies?", purpose="care")
    with pytest.raises(Refusal) as refusal:
        act(actions.edit, one.id, draft(label="Allergies?", purpose="logistics"), one.version, is_answered=True)
    assert refusal.value.field == "purpose"


def test_questions_are_asked_earlier_and_later():
    ids = [ask(label=name).id for name in ("One", "Two", "Three")]
    before = slugs()
    act(actions.move, ids[2], -1)
    act(actions.move, ids[2], -1)
    assert slugs()[-3:] == ["three", "one", "two"]
    act(actions.move, ids[1], +1)
    assert slugs()[-1] == "two"
    assert sorted(slugs()) == sorted(before)


def test_another_meetings_question_cannot_be_reached():
    one = ask()
    with db.write() as session:
        for what in (
            lambda: actions.edit(session, meeting_id() - 1, "test", one.id, draft(), 1),
            lambda: actions.remove(session, meeting_id() - 1, "test", one.id),
            lambda: actions.move(session, meeting_id() - 1, "test", one.id, 1),
            lambda: actions.remove(session, meeting_id(), "test", 2**31 + 5),
        ):
            with pytest.raises(Missing):
                what()


@pytest.mark.parametrize("key", READY_MADE)
def test_ready_made_questions_come_with_texts_purpose_and_end(key):
    before = set(slugs())
    act(actions.add_ready_made, key)
    act(actions.add_ready_made, key)  # a second time nothing happens
    with db.read() as session:
        added = [one for one in queries.asked(session, meeting_id()) if one.slug not in before]
    assert [one.standard for one in added] == [name for name in READY_MADE[key].questions if name not in before]
    for one in added:
        assert set(INTERFACE) <= set(one.label)
        assert all(set(INTERFACE) <= set(found.texts) for found in one.options)
        assert one.purpose in PURPOSES
        assert one.keep_days == 30 or one.purpose == "attendance"


def test_a_ready_made_question_follows_its_neighbour_under_the_name_it_has_here():
    act(actions.add, draft("yes_no", "Hotel"))  # takes the name
    act(actions.add_ready_made, "hotel")
    with db.read() as session:
        made = {one.standard: one for one in queries.asked(session, meeting_id()) if one.standard}
    assert made["hotel_nights"].condition.of == made["hotel"].slug == "hotel_2"


def test_a_form_has_an_end(monkeypatch):
    monkeypatch.setattr(actions, "MOST", len(slugs()) + 1)
    ask(label="Last")
    with pytest.raises(Refusal):
        ask(label="Too many")
