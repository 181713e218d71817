"""What there is to say about an agenda: every kind of finding where it is true, and nowhere else."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from planner import db
from planner.agenda.checks import Facts, Ride, findings
from planner.agenda.remarks import remarks
from planner.agenda.rows import Rows, drafted
from planner.agenda.tables import Block, Day, Item, Speaking
from planner.clock import at
from planner.language import speaking
from planner.meetings.tables import Place
from planner.visits.queries import facts
from tests.agenda.giving import found

FIRST, LAST = date(2024, 4, 16), date(2024, 4, 18)
ZONE = "Europe/Bucharest"


def item(number: int, starts: str, ends: str = "", **more: Any) -> Item:
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    usual = {"kind": "presentation", "block_id": 1, "meeting_id": 1, "position": number, "title": {"en": f"I{number}"}}
    return Item(
        id=number,
        slug=f"i{number}",
        uid=f"u{number}",
        starts=time.fromisoformat(starts) if starts else None,
        ends=time.fromisoformat(ends) if ends else None,
        created_at=moment,
        updated_at=moment,
        **{**usual, **more},
    )


def agenda(*items: Item, day: date = FIRST, zone: str = ZONE, speakings: Any = ()) -> Rows:
    """One day with the venue (1), two of its rooms (2, 3) and a restaurant (4)."""
    places = [
        Place(id=number, meeting_id=1, slug=str(number), kind=kind, position=number, name={"en": f"P{number}"})
        for number, kind in ((1, "venue"), (2, "room"), (3, "room"), (4, "place"))
    ]
    return Rows(
        zone=zone,
        days=[Day(id=1, meeting_id=1, number=1, date=day)],
        blocks=[Block(id=1, day_id=1, slug="b", position=0)],
        items=items,
        places=places,
        speakings=[Speaking(id=n, item_id=i, person_id=p, position=0, role="") for n, (i, p) in enumerate(speakings)],
    )


def found_in(*items: Item, facts: Facts | None = None, last: date = LAST, **more: Any) -> list[tuple[Any, ...]]:
    """Kind, item, other and minutes of each finding."""
    seen = findings(agenda(*items, **more), FIRST, last, facts or Facts())
    return [(one.kind, one.item, one.other, one.minutes) for one in seen]


def ride(be_there: str, departs: str, arrives: str, **more: Any) -> Ride:
    return Ride(*(at(FIRST, time.fromisoformat(wall), ZONE) for wall in (be_there, departs, arrives)), **more)


def test_a_sound_day_has_nothing_to_say() -> None:
    assert found_in(item(1, "09:00", "12:00"), item(2, "12:00", "13:00", kind="lunch"), item(3, "13:00", "17:00")) == []


def test_two_items_for_the_same_people_overlap() -> None:
    assert found_in(item(1, "09:00", "10:00"), item(2, "09:50", "10:10")) == [("overlap", 2, 1, 10)]
    assert found_in(item(1, "09:00", "10:00", track="a"), item(2, "09:50", "10:10")) == [("overlap", 2, 1, 10)]
    assert found_in(item(1, "09:00", "10:00", track="a"), item(2, "09:50", "10:10", track="b")) == []


def test_what_is_cancelled_is_in_nobodys_way() -> None:
    off = item(2, "09:50", "10:10", cancelled_at=datetime(2024, 1, 1, tzinfo=UTC))
    assert found_in(item(1, "09:00", "10:00"), off) == []


def test_a_speaker_and_a_room_are_in_one_place_at_a_time() -> None:
    a, b = item(1, "09:00", "10:00", track="a", place_id=2), item(2, "09:30", "10:30", track="b", place_id=2)
    seen = found_in(a, b, speakings=[(1, 7), (2, 7), (2, 8)])
    assert seen == [("speaker", 2, 1, 30), ("room", 2, 1, 30)]
    assert found_in(a, item(2, "10:00", "10:30", track="b", place_id=2), speakings=[(1, 7), (2, 7)]) == []


def test_who_speaks_below_an_item_speaks_in_it() -> None:
    below = item(3, "", parent_id=1, track="a")
    items = item(1, "09:00", "10:00", track="a"), item(2, "09:30", "10:30", track="b"), below
    assert found_in(*items, speakings=[(3, 7), (2, 7)]) == [("speaker", 2, 1, 30)]


def test_a_bus_waits_for_nobody() -> None:
    items = item(1, "09:00", "10:00"), item(2, "10:05", "10:30", kind="transfer")
    assert found_in(*items, facts=Facts({2: ride("09:50", "10:05", "10:30")})) == [("bus", 2, 1, 10)]
    assert found_in(*items, facts=Facts({2: ride("10:00", "10:05", "10:30")})) == []
    early = item(2, "09:55", "10:30", kind="transfer")
    assert found_in(items[0], early, facts=Facts({2: ride("09:50", "09:55", "10:30")})) == [("overlap", 2, 1, 10)]


def test_a_ride_arrives_before_the_next_item_begins() -> None:
    items = item(1, "10:00", "10:20", kind="transfer"), item(2, "10:30", "11:00")
    assert found_in(*items, facts=Facts({1: ride("09:55", "10:00", "10:40")})) == [("gap", 2, 1, 10)]
    assert found_in(*items, facts=Facts({1: ride("09:55", "10:00", "10:30")})) == []


def test_a_way_takes_as_long_as_the_meetings_own_bus() -> None:
    bus = item(3, "18:00", "18:25", kind="transfer")
    way = Facts({3: ride("17:55", "18:00", "18:25", start=1, end=4)})
    near, far = item(1, "10:00", "11:00", place_id=2), item(2, "11:10", "12:00", place_id=4)
    assert found_in(near, far, bus, facts=way) == [("gap", 2, 1, 15)]
    assert found_in(far, item(1, "12:20", "13:00", place_id=3), bus, facts=way) == [("gap", 1, 2, 5)]
    assert found_in(near, item(2, "11:25", "12:00", place_id=4), bus, facts=way) == []
    assert found_in(near, item(2, "11:00", "12:00", place_id=3), bus, facts=way) == []
    assert found_in(near, far, facts=Facts()) == []


@pytest.mark.parametrize(
    ("capacity", "seats", "count", "short"),
    [(None, 10, 10, False), (None, 10, 11, True), (9, 10, 10, True), (20, 10, 11, True), (9, None, 10, True),
     (None, None, 99, False)],
)  # fmt: skip
def test_more_people_than_seats(capacity: int | None, seats: int | None, count: int, short: bool) -> None:
    known = Facts(seats={} if seats is None else {1: seats}, signed_up={1: count})
    seen = findings(agenda(item(1, "09:00", "10:00", capacity=capacity)), FIRST, LAST, known)
    assert [(one.kind, one.count) for one in seen] == ([("seats", count)] if short else [])


def test_a_day_lies_in_the_meeting_or_right_before_it() -> None:
    for days, wrong in ((-2, True), (-1, False), (0, False), (2, False), (3, True)):
        assert found_in(day=FIRST + timedelta(days=days)) == ([("day", 0, 0, 0)] if wrong else [])


@pytest.mark.parametrize(
    ("starts", "ends", "wrong"),
    [("03:30", "05:00", True), ("04:00", "05:00", False), ("23:00", "01:30", False), ("20:00", "04:00", False),
     ("20:00", "04:10", True)],
)  # fmt: skip
def test_items_lie_in_their_day(starts: str, ends: str, wrong: bool) -> None:
    assert found_in(item(1, starts, ends)) == ([("night", 1, 0, 0)] if wrong else [])


def test_what_is_below_an_item_lies_in_its_time() -> None:
    around = item(1, "09:00", "10:00")
    assert found_in(around, item(2, "09:50", "10:10", parent_id=1)) == [("parent", 2, 1, 0)]
    assert found_in(around, item(2, "09:50", "", parent_id=1), item(3, "", "", parent_id=1)) == []


@pytest.mark.parametrize(
    ("day", "wall", "expected"),
    [
        (date(2024, 3, 31), "03:30", [("skipped", "03:30")]),
        (date(2024, 3, 31), "04:00", []),
        (date(2024, 10, 27), "03:30", [("repeated", "03:30")]),
        (date(2024, 10, 27), "04:00", []),
        (date(2024, 10, 26), "03:30", []),
    ],
)
def test_wall_clock_times_of_a_clock_change(day: date, wall: str, expected: list[tuple[str, str]]) -> None:
    rows = agenda(item(1, wall, "06:00"), day=day)
    seen = findings(rows, day, day)
    assert [(one.kind, f"{one.wall:%H:%M}") for one in seen if one.wall] == expected


def test_an_end_in_the_night_of_a_clock_change_counts_to_the_next_day() -> None:
    rows = agenda(item(1, "22:00", "03:15"), day=date(2024, 3, 30))
    assert [one.kind for one in findings(rows, rows.days[0].date, rows.days[0].date)] == ["skipped"]


@pytest.mark.parametrize(
    ("items", "hungry"),
    [
        ((("09:00", "12:00", "presentation"), ("13:00", "16:00", "workshop")), True),
        ((("09:00", "12:00", "presentation"), ("12:00", "13:00", "lunch"), ("13:00", "16:00", "workshop")), False),
        ((("09:00", "12:00", "presentation"),), False),
        ((("13:00", "18:00", "workshop"),), False),
        ((("09:00", "12:00", "presentation"), ("19:00", "22:00", "dinner")), False),
    ],
)
def test_a_full_day_has_a_lunch(items: tuple[tuple[str, str, str], ...], hungry: bool) -> None:
    rows = [item(number, starts, ends, kind=kind) for number, (starts, ends, kind) in enumerate(items, 1)]
    assert ("lunch", 0, 0, 0) in found_in(*rows) or not hungry
    assert bool(found_in(*rows)) is hungry


MEETINGS = ["kalamata-2023", "diest-2023", "mazowieckie-2024", "haskovo-2023", "harghita-2024", "caceres-2024"]


@pytest.mark.parametrize("meeting", MEETINGS)
def test_agendas_that_were_held_have_nothing_to_say(demo_sqlite: str, meeting: str) -> None:
    with db.read() as session:
        there = found(session, meeting)
        rows = drafted(session, there.meeting)
        assert remarks(session, there, rows, facts(session, there, rows)) == []


def test_riga_has_exactly_three_things_to_look_at(demo_database: str) -> None:
    with db.read() as session:
        there = found(session, "riga-upcoming")
        rows = drafted(session, there.meeting)
        seen = remarks(session, there, rows, facts(session, there, rows))
    assert [(one.kind, one.day, one.title.text, one.sentence) for one in seen] == [
        ("overlap", 1, "Counting what counts", "Overlaps “Welcome” by 5 minutes."),
        (
            "speaker",
            1,
            "Workshop B: asking the people concerned",
            "Ģirts Ķauķis: also in “Workshop A: five figures for a small enterprise” at that time.",
        ),
        (
            "bus",
            2,
            "Bus to the airport",
            "One has to be there 10 minutes before “Next six months and goodbye” ends.",
        ),
    ]


def test_every_kind_has_its_words(demo_sqlite: str) -> None:
    one = item(1, "03:30", "05:00", track="a", place_id=2)
    two = item(2, "04:00", "18:00", track="b", place_id=2, capacity=1)
    rows = agenda(one, two, day=date(2024, 10, 27), speakings=[(1, 1), (2, 1)])
    known = Facts({1: ride("03:20", "03:30", "05:00")}, {}, {2: 2})
    with db.read() as session:
        there = found(session, "haskovo-2023")
        for language in ("en", "el"):
            with speaking(language):
                seen = remarks(session, there, rows, known)
            assert {one.kind for one in seen} >= {"speaker", "room", "night", "repeated", "seats", "lunch", "day"}
            assert all(one.sentence and "%(" not in one.sentence and one.title.text for one in seen)
