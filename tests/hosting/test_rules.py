"""How far a meeting has come and what to do next; how dates move; the addresses that no meeting may have."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.app import create_app
from planner.clock import local
from planner.hosting.rules import Facts, Step, milestones, next_step, shifted, usual_deadlines
from planner.hosting.words import advice, look_text, milestone_text
from planner.meetings.rules import RESERVED, address_for
from planner.registration.rules import Phase

DAY = date(2027, 6, 7)
READY = Facts(
    today=DAY - timedelta(days=40),
    first_day=DAY,
    last_day=DAY + timedelta(days=1),
    release="final",
    registration=Phase.OPEN,
    opens=DAY - timedelta(days=49),
    closes=DAY - timedelta(days=14),
    numbers=DAY - timedelta(days=7),
    papers=DAY - timedelta(days=2),
)


@pytest.mark.parametrize(
    ("changed", "step"),
    [
        ({"cancelled": True, "submitted": 3}, Step.CANCELLED),
        ({"looks": 2, "published": False, "release": ""}, Step.LOOK),
        ({"published": False, "release": "", "has_items": False}, Step.BUILD),
        ({"published": False, "release": ""}, Step.FIRST),
        ({"release": "", "submitted": 1}, Step.DECIDE),
        ({"submitted": 1, "pending": True}, Step.DECIDE),
        ({"pending": True}, Step.GIVE_OUT),
        ({"registration": Phase.NONE}, Step.OFFER),
        ({"registration": Phase.BEFORE}, Step.OPENS_LATER),
        ({}, Step.OPEN),
        ({"release": "provisional"}, Step.OPEN),
        ({"release": "provisional", "today": DAY - timedelta(days=14)}, Step.FINAL),
        ({"registration": Phase.CLOSED, "today": DAY - timedelta(days=1)}, Step.PRINT),
        ({"registration": Phase.CLOSED, "today": DAY}, Step.SIGN),
        ({"registration": Phase.CLOSED, "today": DAY, "submitted": 1}, Step.DECIDE),
        ({"registration": Phase.CLOSED, "today": DAY, "pending": True}, Step.GIVE_OUT),
        ({"today": DAY + timedelta(days=2), "submitted": 4}, Step.AS_HELD),
        ({"today": DAY + timedelta(days=2), "has_items": False, "release": ""}, Step.MINUTES),
        ({"today": DAY + timedelta(days=2), "release": "held"}, Step.MINUTES),
        ({"today": DAY + timedelta(days=2), "release": "held", "minutes": True}, Step.DONE),
    ],
)
def test_there_is_one_next_thing_to_do(changed: dict[str, object], step: Step) -> None:
    assert next_step(replace(READY, **changed)) is step  # type: ignore[arg-type]


def test_every_step_has_words_and_a_way() -> None:
    for step in Step:
        told = advice(step, READY)
        assert told.sentence
        assert told.button
        assert told.path.startswith(("/", "#"))


def test_a_meeting_stands_at_the_first_thing_that_is_not_done() -> None:
    def stands(**changed: object) -> dict[str, str]:
        return {stone.key: stone.state for stone in milestones(replace(READY, **changed))}  # type: ignore[arg-type]

    assert stands(published=False)["announced"] == "next"
    assert stands() == {
        "announced": "past", "registration": "next", "numbers": "", "papers": "", "held": "", "as_held": "",
        "report": "",
    }  # fmt: skip
    later = stands(registration=Phase.CLOSED, today=DAY - timedelta(days=3))
    assert [key for key, state in later.items() if state == "next"] == ["papers"]
    over = stands(registration=Phase.CLOSED, today=DAY + timedelta(days=9), release="held")
    assert [key for key, state in over.items() if state == "next"] == ["report"]
    assert "registration" not in stands(registration=Phase.NONE)
    assert all(milestone_text(key) != key for key in over)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001
    st.integers(-400, 400),
    st.sampled_from(["Europe/Sofia", "Europe/Lisbon", "Europe/Riga", "UTC"]),
    st.sampled_from(["Europe/Warsaw", "Atlantic/Azores", "Europe/Athens"]),
)
def test_deadlines_move_by_the_clock_on_the_wall(moment: datetime, days: int, old: str, new: str) -> None:
    there = local(moment.replace(second=0, microsecond=0, tzinfo=UTC), old)
    moved = shifted(there, days, old, new)
    assert moved is not None
    here = local(moved, new)
    wanted = there.replace(tzinfo=None) + timedelta(days=days)
    assert abs(here.replace(tzinfo=None) - wanted) <= timedelta(hours=1)
    if (here.hour, here.minute) != (there.hour, there.minute):  # that hour does not happen on that day
        assert here.replace(tzinfo=None) - wanted == timedelta(hours=1)


def test_no_date_stays_no_date() -> None:
    assert shifted(None, 3, "UTC", "UTC") is None


def test_usual_deadlines_are_at_the_hours_of_the_place() -> None:
    dates = usual_deadlines(date(2027, 4, 5), "Europe/Lisbon")
    assert f"{dates.opens_at:%Y-%m-%d %H:%M}" == "2027-02-15 09:00"
    assert f"{dates.papers_frozen_at:%Y-%m-%d %H:%M}" == "2027-04-03 11:00"


@pytest.mark.parametrize(
    ("words", "year", "taken", "address"),
    [
        ("Miercurea Ciuc", 2027, set(), "miercurea-ciuc-2027"),
        ("Oliveira de Azeméis", 2027, {"oliveira-de-azemeis-2027"}, "oliveira-de-azemeis-2027-2"),
        ("Хасково", 2027, set(), "meeting-2027"),
        ("../desk", 2027, set(), "desk-2027"),
    ],
)
def test_addresses_are_plain_and_free(words: str, year: int, taken: set[str], address: str) -> None:
    assert address_for(words, year, taken) == address


def test_words_below_a_project_are_no_meetings() -> None:
    routes = [route.path.split("/") for route in create_app().routes]
    words = {parts[2] for parts in routes if len(parts) > 2 and parts[1] == "{project:str}" and "{" not in parts[2]}
    assert words <= RESERVED


def test_weekdays_are_said_in_words() -> None:
    sentence = look_text("weekday", {"old": "2027-06-07", "new": "2027-06-08"})
    assert "Tuesday" in sentence
    assert "Monday" in sentence
