"""Which questions are asked of whom: for every form, whatever order its questions stand in."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.questions.rules import (
    FACTS,
    Asked,
    Condition,
    Option,
    circle,
    dependants,
    fits,
    meaning,
    pools,
    shown,
    uses,
    values_of,
)

NAMES = tuple("abcdefgh")
VALUES = ("x", "y", "z")

tests = st.sampled_from(("is", "is_not", "any_of", "answered"))
values = st.lists(st.sampled_from(VALUES), min_size=1, max_size=2, unique=True).map(tuple)
anything = st.builds(Condition, st.sampled_from((*NAMES, "category", "mode", "nowhere")), tests, values)
given_answers = st.dictionaries(st.sampled_from(NAMES), values)
given_facts = st.dictionaries(st.sampled_from(FACTS), values)


def question(slug: str, condition: Condition | None = None, **more) -> Asked:
    return Asked(id=ord(slug[0]), slug=slug, kind="text", label={"en": slug}, condition=condition, **more)


@st.composite
def forms(draw) -> list[Asked]:
    """Any form, even one that no organiser could build: circles and loose ends included."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=len(NAMES)))
    return [question(name, draw(st.none() | anything)) for name in names]


@given(forms(), given_facts, given_answers)
def test_a_question_is_asked_exactly_when_all_above_it_are_and_its_condition_holds(form, facts, answers):
    asked = shown(form, facts, answers)
    known = {one.slug: one for one in form}
    for one in form:
        if one.condition is None:
            assert one.slug in asked
        elif one.slug in asked:
            assert one.condition.of not in known or one.condition.of in asked
            assert one.condition.holds(facts | {name: answers.get(name, ()) for name in known if name in asked})


@given(forms(), given_facts, given_answers)
def test_no_answer_to_a_hidden_question_ever_counts(form, facts, answers):
    asked = shown(form, facts, answers)
    kept = {name: value for name, value in answers.items() if name in asked}
    assert shown(form, facts, kept) == asked


@given(forms(), given_facts, given_answers, st.randoms())
def test_the_order_of_questions_changes_nothing(form, facts, answers, chance):
    mixed = list(form)
    chance.shuffle(mixed)
    assert shown(mixed, facts, answers) == shown(form, facts, answers)


@given(st.permutations(NAMES), given_answers)
def test_a_chain_is_asked_as_far_as_it_is_answered(names, answers):
    chain = [question(names[0])]
    chain += [question(name, Condition(before, "answered")) for before, name in pairwise(names)]
    depth = next((place for place, name in enumerate(names) if not answers.get(name)), len(names))
    assert shown(chain, {}, answers) == set(names[: depth + 1])


@given(forms())
def test_what_hangs_on_itself_is_never_asked(form):
    hangs = {one.slug: one.condition.of for one in form if one.condition}
    everything = dict.fromkeys(NAMES, VALUES)
    for name in shown(form, dict.fromkeys(FACTS, VALUES), everything):
        assert not circle(hangs, name)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=30))
def test_refusing_each_circle_when_it_would_close_leaves_none(edits):
    hangs: dict[str, str] = {}
    for name, of in edits:
        if not circle(hangs | {name: of}, name):
            hangs[name] = of
    for name in hangs:
        seen = [name]
        while (ahead := hangs.get(seen[-1])) is not None:
            assert ahead not in seen
            seen.append(ahead)


def test_a_circle_is_told_as_the_chain_it_is():
    assert circle({"a": "b", "b": "c", "c": "a"}, "a") == ("a", "b", "c")
    assert circle({"a": "a"}, "a") == ("a",)
    assert circle({"a": "b", "b": "b"}, "a") == ()


@pytest.mark.parametrize(
    ("test", "answered", "held"),
    [
        ("is", ("x",), True), ("is", ("y",), False), ("is", (), False), ("is", ("y", "x"), True),
        ("is_not", ("x",), False), ("is_not", ("y",), True), ("is_not", (), True),
        ("any_of", ("y",), True), ("any_of", ("z",), False), ("any_of", (), False),
        ("answered", ("z",), True), ("answered", (), False),
    ],
)  # fmt: skip
def test_conditions_compare_as_they_say(test, answered, held):
    values = ("x", "y") if test == "any_of" else ("x",)
    assert Condition("a", test, values).holds({"a": answered}) is held


def test_nothing_is_not_something_even_below_a_hidden_question():
    form = [question("a", Condition("mode", "is", ("on_site",))), question("b", Condition("a", "is_not", ("x",)))]
    assert shown(form, {"mode": ("on_site",)}, {}) == {"a", "b"}
    assert shown(form, {"mode": ("online",)}, {}) == set()


@pytest.mark.parametrize(
    ("kind", "value", "seen"),
    [("many", ["a", "b"], ("a", "b")), ("many", [], ()), ("one", "a", ("a",)), ("text", None, ()), ("text", "", ()),
     ("file", {"name": "x"}, ("file",))],
)  # fmt: skip
def test_an_answer_as_conditions_see_it(kind, value, seen):
    assert values_of(kind, value) == seen


def test_dependants_of_a_field_and_of_a_question():
    form = [question("a", Condition("visit", "answered")), question("b", Condition("a", "answered"))]
    assert [one.slug for one in dependants(form, "visit")] == ["a"]
    assert [one.slug for one in dependants(form, "a")] == ["b"]


def test_only_limited_options_are_pools():
    one = question("a", options=(Option("x", {"en": "X"}, 2), Option("y", {"en": "Y"}), Option("z", {"en": "Z"}, 0)))
    assert pools([one]) == {("option", one.id, "x"): 2, ("option", one.id, "z"): 0}


def asked_with(label: dict[str, str], **options: str) -> Asked:
    offered = tuple(Option(name, {"en": text}) for name, text in options.items())
    return Asked(id=1, slug="a", kind="one", label=label, options=offered)


@pytest.mark.parametrize(
    ("now", "is_fit"),
    [
        (asked_with({"en": "Food?"}, b="Bread", h="Honey"), True),
        (asked_with({"en": "Food?", "el": "Φαγητό;"}, h="Honey"), True),
        (asked_with({"en": "Drink?"}, h="Honey"), False),
        (asked_with({"en": "Food?"}, h="Hay"), False),
        (asked_with({"en": "Food?"}, b="Bread"), False),
        (asked_with({"el": "Φαγητό;"}, h="Honey"), False),
    ],
)
def test_an_answer_fits_another_version_only_if_nothing_was_reworded(now, is_fit):
    was = asked_with({"en": "Food?"}, b="Bread", h="Honey")
    assert fits(now, was, "h") is is_fit


def test_seats_and_limits_are_no_part_of_what_a_question_means():
    plain, limited = (
        Asked(
            id=1, slug="a", kind="one", label={"en": "A"}, options=(Option("x", {"en": "X"}, seats),), required=needed
        )
        for seats, needed in ((None, False), (3, True))
    )
    assert meaning(plain) == meaning(limited)


def test_every_order_of_three_in_a_chain_gives_the_same():
    chain = [question("a"), question("b", Condition("a", "is", ("x",))), question("c", Condition("b", "is", ("y",)))]
    answers = {"a": ("x",), "b": ("y",)}
    assert {shown(form, {}, answers) for form in permutations(chain)} == {frozenset("abc")}


def test_a_field_is_used_in_the_usual_way_until_somebody_decides():
    assert uses({})["phone"] == "optional"
    assert uses({"phone": "required"})["phone"] == "required"
    assert uses({"meals": "required"})["meals"] == "optional"  # not a way that meals can be used
