"""Whatever somebody sends: kept are answers to questions that are asked of them, and to no other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.forms import Check, Typed
from planner.questions.rules import Asked, Condition, Option, field_of, shown, values_of
from planner.registration.asking import answered, facts
from planner.registration.forms import legible
from planner.registration.rules import CATEGORIES
from tests.fixtures.databases import at_work
from tests.registration.people import offered

NAMES = ("a", "b", "c", "d", "e")
OPTIONS = (Option("x", {"en": "X"}), Option("y", {"en": "Y"}, 3))
VALUES = st.lists(
    st.sampled_from(("x", "y", "yes", "no", "host_local", "speaker", "on_site", "GR")), min_size=1, max_size=2
)
CONDITIONS = st.builds(
    Condition,
    st.sampled_from((*NAMES, "category", "mode", "visit", "country")),
    st.sampled_from(("is", "is_not", "any_of", "answered")),
    VALUES.map(tuple),
)
TYPED = st.sampled_from(("", "x", "y", "yes", "no", "GR", "1", "2027-02-30", "\x00", "12:30"))


@pytest.fixture(scope="module")
def riga(demo_sqlite_template, tmp_path_factory):
    """What Riga offers, read once: nothing here writes."""
    with at_work(f"sqlite:///{demo_sqlite_template}", tmp_path_factory.mktemp("dropping")):
        yield offered()


@st.composite
def questions(draw) -> list[Asked]:
    kinds = st.sampled_from(("text", "one", "many", "yes_no", "country", "number", "time"))
    return [
        Asked(
            id=number, slug=name, kind=(kind := draw(kinds)), label={"en": name}, required=draw(st.booleans()),
            options=OPTIONS if kind in ("one", "many") else (), condition=draw(st.none() | CONDITIONS),
        )
        for number, name in enumerate(draw(st.lists(st.sampled_from(NAMES), unique=True)), start=1)
    ]  # fmt: skip


@st.composite
def forms(draw, riga) -> Typed:
    values = {field_of(name): [draw(TYPED)] for name in NAMES}
    values |= {"category": [draw(st.sampled_from(("", *CATEGORIES)))], "country": [draw(st.sampled_from(("", "GR")))]}
    values |= {f"day_{day.number}": [draw(st.sampled_from(("on_site", "no")))] for day in riga.days}
    values["visit_1"] = [draw(st.sampled_from(["", *(visit.slug for visit in riga.visits)]))]
    return Typed(values)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_only_what_is_asked_is_kept_in_whatever_order_it_stands(riga, data):
    asked, typed = data.draw(questions()), data.draw(forms(riga))
    offer = replace(riga, questions=asked)
    check = Check(typed)
    entry = answered(check, legible(typed, offer), offer)
    by_id = {one.id: one for one in asked}
    kept = {by_id[number].slug: values_of(by_id[number].kind, value) for number, value in entry.answers.items()}
    if check.fine:
        assert shown(asked, facts(entry, offer), kept) == set(kept)
    assert {number for _kind, number, _key in entry.picks} <= set(entry.answers)
    mixed = replace(riga, questions=data.draw(st.permutations(asked)))
    again = answered(Check(typed), legible(typed, mixed), mixed)
    assert (again.answers, set(again.picks)) == (entry.answers, set(entry.picks))
    assert set(check.errors) <= {field_of(slug) for slug in kept}
