"""What a line tells of an item beside its words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.agenda.quick import kind_of, parse


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Study visit: harbour", "visit"),
        ("Welcome by the county council", "welcome"),
        ("Welcome dinner", "dinner"),
        ("Welcome coffee", "break"),
        ("Registration and coffee", "registration"),
        ("Check-in", "registration"),
        ("Lunch break", "lunch"),
        ("Packed lunch", "lunch"),
        ("Networking lunch (own expense)", "lunch"),
        ("Airport transfer to Bucharest", "transfer"),
        ("Workshop: lunch boxes", "workshop"),
        ("What we learned after lunch", "presentation"),
        ("Visit the coach factory", "visit"),
        ("Επίσημο δείπνο στο λιμάνι", "dinner"),
        ("Μεταφορά στο αεροδρόμιο", "transfer"),
        ("", "presentation"),
    ],
)
def test_the_kind_is_in_the_first_words(title: str, kind: str) -> None:
    assert kind_of(title) == kind


def test_a_steering_group_is_closed_and_a_workshop_is_not() -> None:
    assert parse("17:00 Steering group", {}).audience == "steering_group"
    assert parse("17:00 Workshop for the steering group", {}).audience == ""


ROOMS = {"Room B": 7, "Αίθουσα Β": 7, "Great Hall": 3}


@pytest.mark.parametrize(
    ("line", "starts", "minutes", "title"),
    [
        ("9.00 Welcome", "09:00", None, "Welcome"),
        ("9:00 - 10:30: Welcome", "09:00", 90, "Welcome"),
        ("9-10:30 Welcome", "09:00", 90, "Welcome"),
        ("0900-1030 Welcome", "09:00", 90, "Welcome"),
        ("14h Welcome", "14:00", None, "Welcome"),
        ("14h30 Welcome", "14:30", None, "Welcome"),
        ("2:30 pm Welcome", "14:30", None, "Welcome"),
        ("2-4pm Welcome", "14:00", 120, "Welcome"),
        ("9:00 π.μ. Έναρξη", "09:00", None, "Έναρξη"),
        ("14:00 μέχρι 15:30 Ομιλία", "14:00", 90, "Ομιλία"),
        ("22:00-24:00 Party", "22:00", 120, "Party"),
        ("14:00 1h30 Workshop", "14:00", 90, "Workshop"),
        ("14:00, 1.5 hours, Workshop", "14:00", 90, "Workshop"),
        ("14:00 (45 min) Workshop", "14:00", 45, "Workshop"),
        ("14:00 2 ώρες Εργαστήριο", "14:00", 120, "Εργαστήριο"),
        ("Talk 14:00-15:30", "14:00", 90, "Talk"),
        ("Talk at 14:00 (20')", "14:00", 20, "Talk"),
        ("1h30 Workshop", "", 90, "Workshop"),
        ("45m Talk", "", 45, "Talk"),
        ("2021-2027 programme", "", None, "2021-2027 programme"),
        ("5G networks", "", None, "5G networks"),
        ("14:00 3 good practices", "14:00", None, "3 good practices"),
    ],
)
def test_times_and_lengths_are_read_as_people_write_them(
    line: str, starts: str, minutes: int | None, title: str
) -> None:
    read = parse(line, ROOMS)
    assert (f"{read.starts:%H:%M}" if read.starts else "", read.minutes, read.title) == (starts, minutes, title)
    assert not read.wrong


@pytest.mark.parametrize(
    "line", ["14:00 Talk @room b", "@Room B 14:00 Talk", "Talk @Αίθουσα β 14:00", "14:00 @Room B Talk"]
)
def test_a_room_may_stand_anywhere_in_the_line(line: str) -> None:
    read = parse(line, ROOMS)
    assert (read.place_id, read.room, read.title) == (7, "", "Talk")
    assert f"{read.starts:%H:%M}" == "14:00"


@pytest.mark.parametrize("line", ["25:00 Talk", "14:60 Talk", "9:5 Talk"])
def test_what_looks_like_a_time_and_is_none_is_not_taken_for_a_title(line: str) -> None:
    assert parse(line, {}).wrong == line.split()[0]


@given(st.text(max_size=80))
def test_any_line_is_read_without_a_fault(line: str) -> None:
    read = parse(line, ROOMS)
    assert read.minutes is None or read.minutes > 0
