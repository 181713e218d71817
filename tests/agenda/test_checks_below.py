"""Checks where items stand below others, and at the nights when clocks change: what is no fault is not one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from planner.agenda.checks import Facts, findings
from tests.agenda.test_checks import agenda, found_in, item

SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)
ZONES = {
    "Europe/Lisbon": (1, 1), "Europe/Warsaw": (2, 2), "Europe/Athens": (3, 3), "Europe/Bucharest": (3, 3),
    "Europe/Riga": (3, 3), "Europe/Sofia": (3, 3),
}  # fmt: skip
"""The hour that is skipped in spring, and the one that comes twice in autumn, by the clock on the wall there."""


def below(number: int, starts: str = "", ends: str = "", **more: Any) -> Any:
    return item(number, starts, ends, parent_id=1, **more)


def test_what_stands_side_by_side_below_an_item_is_no_overlap() -> None:
    tables = [below(number, "09:00", "10:00") for number in (2, 3, 4)]
    assert found_in(item(1, "09:00", "10:00"), *tables) == []
    assert found_in(item(1, "09:00", "10:00"), below(2), below(3), below(4)) == []


def test_a_speaker_of_a_part_is_free_in_the_other_parts() -> None:
    whole, part = item(1, "09:00", "11:00", track="a"), below(2, "09:00", "09:30")
    other = item(5, "10:00", "11:00", track="b")
    assert found_in(whole, part, other, speakings=[(2, 7), (5, 7)]) == []
    assert found_in(whole, below(2), other, speakings=[(2, 7), (5, 7)]) == [("speaker", 5, 1, 60)]


def test_a_speaker_of_a_part_is_in_one_place_at_a_time() -> None:
    whole, part = item(1, "09:00", "11:00", track="a"), below(2, "09:30", "10:15")
    other = item(5, "10:00", "11:00", track="b")
    assert found_in(whole, part, other, speakings=[(2, 7), (5, 7)]) == [("speaker", 2, 5, 15)]
    tables = [below(2, "09:00", "10:00"), below(3, "09:30", "10:00")]
    assert found_in(whole, *tables, speakings=[(2, 7), (3, 7)]) == [("speaker", 3, 2, 30)]


def test_a_part_in_a_room_of_its_own_takes_that_room() -> None:
    whole, other = item(1, "09:00", "11:00", track="a", place_id=2), item(5, "10:00", "11:00", track="b", place_id=3)
    assert found_in(whole, below(2, "09:00", "10:30", place_id=3), other) == [("room", 2, 5, 30)]
    assert found_in(whole, below(2, "09:00", "10:00", place_id=3), other) == []
    assert found_in(whole, below(2, "09:00", "10:00", place_id=2), below(3, "09:00", "10:00", place_id=2)) == []


def walls(day: date, zone: str, starts: str, ends: str) -> set[str]:
    seen = findings(agenda(item(1, starts, ends), day=day, zone=zone), day, day, Facts())
    return {one.kind for one in seen} & {"skipped", "repeated"}


@pytest.mark.parametrize("zone", ZONES)
def test_times_that_do_not_exist_or_exist_twice_are_named_in_each_zone(zone: str) -> None:
    skipped, twice = ZONES[zone]
    assert walls(SPRING, zone, f"{skipped:02}:30", f"{skipped + 3:02}:00") == {"skipped"}
    assert walls(AUTUMN, zone, f"{twice:02}:30", f"{twice + 3:02}:00") == {"repeated"}
    assert walls(SPRING, zone, f"{skipped + 1:02}:00", "09:00") == set()
    assert walls(AUTUMN, zone, f"{twice + 1:02}:00", "09:00") == set()
    assert walls(SPRING, zone, "09:00", "17:00") == walls(AUTUMN, zone, "09:00", "17:00") == set()


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_items_across_the_change_overlap_only_when_they_do(day: date) -> None:
    for zone in ZONES:
        rows = agenda(item(1, "00:30", "05:00"), item(2, "05:00", "06:00"), day=day, zone=zone)
        assert "overlap" not in {one.kind for one in findings(rows, day, day, Facts())}
        rows = agenda(item(1, "00:30", "05:10"), item(2, "05:00", "06:00"), day=day, zone=zone)
        assert "overlap" in {one.kind for one in findings(rows, day, day, Facts())}
