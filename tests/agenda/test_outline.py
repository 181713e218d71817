"""The outline of an agenda: numbers of days that readers know, the order of blocks, and lengths in the pool."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from httpx import Client
from hypothesis import given as each
from hypothesis import strategies as st

from planner import db
from planner.agenda import actions, outline, placing
from planner.agenda.entry import BlockValues, DayValues
from planner.agenda.quick import Line, parse
from planner.agenda.rows import drafted
from planner.agenda.rules import day_numbers
from planner.agenda.tables import Block, Day
from planner.errors import Refusal, Stale
from tests.agenda.acting import act, block_of, done, number, of, row, snapshot, when
from tests.agenda.giving import found
from tests.reception import sign_in

RIGA = "riga-upcoming"
JUNE = date(2027, 6, 1)


def on(*days: int) -> list[date]:
    return [JUNE + timedelta(days=day) for day in days]


@pytest.mark.parametrize(
    ("days", "known", "expected"),
    [
        ((0, 1, 2), {}, [0, 1, 2]),
        ((0, 1, 2), {0: 1, 1: 2, 2: 3}, [1, 2, 3]),
        ((-1, 0, 1, 2), {0: 0, 1: 1, 2: 2}, [-1, 0, 1, 2]),
        ((-1, 0, 1), {0: 1, 1: 2}, [0, 1, 2]),
        ((0, 1, 2, 3), {0: 1, 1: 2, 3: 3}, [1, 2, 3, 4]),
        ((0, 1, 3), {0: 1, 1: 2}, [1, 2, 3]),
        ((1, 2), {1: 2, 2: 3}, [2, 3]),
        ((0, 2), {0: 1, 2: 3}, [1, 3]),
        ((0, 1, 2), {0: 1, 2: 3}, [1, 2, 3]),
    ],
    ids=[
        "nobody knows",
        "known",
        "one in front",
        "and another",
        "between",
        "behind",
        "first gone",
        "gap",
        "gap filled",
    ],
)
def test_numbers_that_readers_know_stay(days: tuple[int, ...], known: dict[int, int], expected: list[int]) -> None:
    told = {JUNE + timedelta(days=day): number for day, number in known.items()}
    assert list(day_numbers(on(*days), JUNE + timedelta(days=1), told).values()) == expected


@each(st.sets(st.integers(-5, 20), min_size=1), st.dictionaries(st.integers(-5, 20), st.integers(-3, 9)))
def test_days_always_count_upwards(days: set[int], known: dict[int, int]) -> None:
    told = {JUNE + timedelta(days=day): number for day, number in known.items() if day in days}
    numbers = list(day_numbers(on(*days), JUNE, told).values())
    assert numbers == sorted(set(numbers))


def test_a_day_in_front_leaves_the_days_of_a_published_meeting_alone(demo_database: str) -> None:
    with db.read() as session:
        before = {day.id: (day.number, day.date) for day in drafted(session, found(session, RIGA).meeting).days}
    first = min(there for _number, there in before.values())
    new = act(outline.add_day, DayValues(first - timedelta(days=1)), meeting=RIGA)
    with db.read() as session:
        after = {day.id: (day.number, day.date) for day in drafted(session, found(session, RIGA).meeting).days}
    assert {number: facts for number, facts in after.items() if number != new.id} == before
    assert after[new.id][0] == min(number for number, _there in before.values()) - 1


def blocks_of(day: int, meeting: str = RIGA) -> list[Block]:
    with db.read() as session:
        return outline.as_read(drafted(session, found(session, meeting).meeting), day)


def two_blocks() -> tuple[int, int, int]:
    """A new day with two blocks: the first from 9 to 10:30 with two items, the second from 11 to 11:45."""
    day = act(outline.add_day, DayValues(date(2031, 1, 1)), meeting=RIGA)
    (first,) = blocks_of(day.id)
    second = act(outline.add_block, BlockValues(day.id, {"en": "Second"}), meeting=RIGA)
    act(actions.add_item, Line("One", time(9), 60), block_id=first.id, meeting=RIGA)
    act(actions.add_item, Line("Two", time(10), 30), block_id=first.id, meeting=RIGA)
    act(actions.add_item, Line("Three", time(11), 45), block_id=second.id, meeting=RIGA)
    return day.id, first.id or 0, second.id or 0


def plan(day: int) -> list[str]:
    with db.read() as session:
        rows = drafted(session, found(session, RIGA).meeting)
        return [f"{one.starts:%H:%M} {one.title['en']}" for one in rows.tops[day]]


def version(block: int) -> int:
    with db.read() as session:
        return session.get_one(Block, block).version


def test_blocks_change_places_with_all_that_is_in_them_and_back(demo_database: str) -> None:
    day, first, second = two_blocks()
    before = snapshot(RIGA)
    act(outline.nudge_block, second, version(second), "earlier", meeting=RIGA)
    assert plan(day) == ["09:00 Three", "10:15 One", "11:15 Two"]
    assert [block.id for block in blocks_of(day)] == [second, first]
    act(actions.undo_change, done(RIGA)[0].id, meeting=RIGA)
    assert snapshot(RIGA) == before
    act(outline.nudge_block, first, version(first), "later", meeting=RIGA)
    assert plan(day) == ["09:00 Three", "10:15 One", "11:15 Two"]


def test_blocks_side_by_side_and_empty_ones_change_their_order_only(demo_sqlite: str) -> None:
    day, first, second = two_blocks()
    act(actions.add_item, Line("Late", time(11, 30), 30), block_id=first, meeting=RIGA)
    times = plan(day)
    act(outline.nudge_block, second, version(second), "earlier", meeting=RIGA)
    assert plan(day) == times
    empty = act(outline.add_block, BlockValues(day, {"en": "Empty"}), meeting=RIGA)
    place = [block.id for block in blocks_of(day)].index(empty.id)
    act(outline.nudge_block, empty.id, version(empty.id), "earlier", meeting=RIGA)
    assert plan(day) == times
    assert [block.id for block in blocks_of(day)].index(empty.id) <= place


def test_the_first_block_goes_no_earlier_and_the_slower_one_is_told(demo_sqlite: str) -> None:
    _day, first, second = two_blocks()
    with pytest.raises(Refusal, match="first of its day"):
        act(outline.nudge_block, first, version(first), "earlier", meeting=RIGA)
    with pytest.raises(Refusal, match="last of its day"):
        act(outline.nudge_block, second, version(second), "later", meeting=RIGA)
    with pytest.raises(Stale):
        act(outline.nudge_block, first, version(first) + 1, "later", meeting=RIGA)


def test_blocks_are_moved_by_buttons_without_script(demo_sqlite: str, client: Client) -> None:
    day, first, second = two_blocks()
    csrf = sign_in(client, "organiser")
    with db.read() as session:
        shown = session.get_one(Day, day).number
    page = client.get(f"/secon/{RIGA}/desk/agenda?day={shown}").text
    assert f'/desk/agenda/blocks/{second}/earlier?day={shown}"' in page
    data = {"csrf": csrf, "version": str(version(second))}
    answer = client.post(f"/secon/{RIGA}/desk/agenda/blocks/{second}/earlier?day={shown}", data=data)
    assert answer.status_code == 303
    assert [block.id for block in blocks_of(day)] == [second, first]
    answer = client.post(f"/secon/{RIGA}/desk/agenda/blocks/{second}/earlier?day={shown}", data=data)
    assert answer.status_code == 409


def test_the_pool_keeps_lengths_and_gives_them_back(demo_database: str) -> None:
    with db.write() as session:
        added = actions.add_item(session, number(), "ana@planner.example", parse("45m Pitch", {}), block_id=None)
        slug, pitch = added.slug, (added.title, added.starts, added.minutes)
    assert pitch == ({"en": "Pitch"}, None, 45)
    act(placing.place_item, *of(slug), placing.Place(block_of("d1-welcome"), None))
    placed = row(slug)
    assert placed.starts is not None
    assert placed.ends is not None
    assert (placed.ends.hour * 60 + placed.ends.minute) - (placed.starts.hour * 60 + placed.starts.minute) == 45
    assert placed.minutes is None


@pytest.mark.parametrize("way", ["aside", "its block deleted", "its day deleted"])
def test_an_end_that_followed_from_the_next_item_is_a_length_in_the_pool(demo_sqlite: str, way: str) -> None:
    with db.write() as session:
        one = session.get_one(type(row("d1-welcome")), row("d1-welcome").id)
        one.ends = None
        rows = drafted(session, found(session, "haskovo-2023").meeting)
        span = rows.times[one.id or 0]
        day = rows.day_of(one)
        session.add(one)
    home, block = when("d1-welcome"), row("d1-welcome").block_id or 0
    if way == "aside":
        act(placing.put_aside, *of("d1-welcome"))
    elif way == "its block deleted":
        act(outline.delete_block, block, version(block))
    else:
        act(outline.delete_day, day.id, day.version)
    assert row("d1-welcome").minutes == span.ends - span.starts
    assert when("d1-welcome") == home
    act(actions.undo_change, done()[0].id)
    assert row("d1-welcome").minutes is None


@pytest.mark.parametrize(
    ("text", "minutes", "title"),
    [("45m Pitch", 45, "Pitch"), ("2h Walk", 120, "Walk"),
     ("3 ideas", None, "3 ideas"), ("20 minutes", 20, ""), ("Pitch 45m", 45, "Pitch")],
)  # fmt: skip
def test_a_line_without_a_time_may_say_how_long(text: str, minutes: int | None, title: str) -> None:
    line = parse(text, {})
    assert (line.minutes, line.title) == (minutes, title)


def test_the_pool_says_how_long(demo_sqlite: str, client: Client) -> None:
    sign_in(client, "organiser")
    act(actions.add_item, Line("Pitch", None, 45), block_id=None)
    assert "45 minutes" in client.get("/secon/haskovo-2023/desk/agenda").text
