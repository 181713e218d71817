"""When items end, how they stand side by side, what cannot happen at the same time."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.agenda.rules import DAY, Cell, Planned, Span, Use, face, grid, overlaps, spans

MORNING = datetime(2023, 11, 13, 9, tzinfo=UTC)


def wall(text: str) -> time:
    return time.fromisoformat(text)


def use(name: str, starts: int, minutes: int, **more: object) -> Use:
    begin = MORNING + timedelta(minutes=starts)
    return Use(name, begin, begin + timedelta(minutes=minutes), **more)  # type: ignore[arg-type]


def test_a_missing_end_is_the_next_start_for_the_same_people() -> None:
    planned = [
        Planned(wall("09:00"), None),
        Planned(wall("09:20"), None, "a"),
        Planned(wall("09:25"), wall("10:00"), "b"),
        Planned(wall("10:00"), wall("10:30"), "a"),
    ]
    assert spans(planned) == [Span(540, 560), Span(560, 600), Span(565, 600), Span(600, 630)]


def test_the_last_item_without_an_end_takes_half_an_hour() -> None:
    assert spans([Planned(wall("23:50"), None)]) == [Span(1430, 1460)]


def test_an_end_before_the_start_is_on_the_next_day() -> None:
    assert spans([Planned(wall("22:00"), wall("01:15"))]) == [Span(1320, DAY + 75)]


def test_parallel_tracks_stand_side_by_side_in_the_order_of_their_names() -> None:
    items = [Span(825, 915), Span(825, 915), Span(915, 945)]
    assert grid(items, ["b", "a", ""]) == [Cell(165, 18, 2), Cell(165, 18, 1), Cell(183, 6, 0)]


def test_a_track_keeps_its_column_when_another_runs_on_beside_it() -> None:
    items = [Span(495, 820), Span(525, 960), Span(840, 1110)]
    assert [cell.column for cell in grid(items, ["route-a", "route-b", "route-a"])] == [1, 2, 1]


def test_few_tracks_have_a_column_each_all_day_and_others_stand_as_they_fit() -> None:
    parallel, alone = [Span(540, 600), Span(540, 600), Span(610, 700), Span(610, 700)], Span(700, 730)
    clash = [Span(800, 840), Span(820, 860)]
    cells = grid([*parallel, alone, *clash], ["a", "b", "b", "c", "b", "", ""])
    assert [cell.column for cell in cells] == [1, 2, 2, 3, 2, 1, 2]


def test_the_grid_of_a_day_begins_and_ends_with_full_hours() -> None:
    assert face([Cell(105, 6, 0), Cell(165, 18, 2)]) == (8, 2, tuple(range(8, 16)))
    assert face([Cell(264, 40, 0)]) == (22, 1, (22, 23))
    assert face([]) == (0, 1, ())


def _day(draw: st.DrawFn) -> tuple[list[Span], list[str]]:
    times = st.tuples(st.integers(0, DAY - 1), st.integers(1, DAY), st.sampled_from(["", "a", "b", "c"]))
    drawn = draw(st.lists(times, max_size=12))
    return [Span(starts, starts + minutes) for starts, minutes, _track in drawn], [track for *_times, track in drawn]


days = st.composite(_day)()


@given(days)
def test_no_two_items_that_share_a_row_share_a_column(day: tuple[list[Span], list[str]]) -> None:
    cells = grid(*day)
    for place, one in enumerate(cells):
        for other in cells[place + 1 :]:
            if one.row < other.row + other.rows and other.row < one.row + one.rows:
                assert one.column != other.column
                assert one.column and other.column


@given(days)
def test_every_item_has_its_rows_inside_the_grid(day: tuple[list[Span], list[str]]) -> None:
    cells = grid(*day)
    frame = face(cells)
    for cell, span in zip(cells, day[0], strict=True):
        assert cell.row >= frame.hour * 12
        assert cell.row * 5 <= span.starts
        assert (cell.row + cell.rows) * 5 >= span.ends
        assert cell.column <= frame.columns


@given(days)
def test_items_of_a_track_that_overlap_nobody_of_it_share_a_column(day: tuple[list[Span], list[str]]) -> None:
    spans_, tracks = day
    if any(a.starts < b.ends and b.starts < a.ends for n, a in enumerate(spans_) for b in spans_[n + 1 :]):
        return
    assert {cell.column for cell in grid(spans_, tracks)} <= {0}


def test_items_one_after_another_do_not_clash() -> None:
    assert overlaps([use("welcome", 0, 30, place=1), use("talk", 30, 60, place=1)]) == []


def test_parallel_tracks_in_two_rooms_do_not_clash() -> None:
    assert overlaps([use("a", 0, 90, track="a", place=1), use("b", 0, 90, track="b", place=2)]) == []


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({"track": "a"}, {"track": "a"}, (True, False, frozenset())),
        ({"track": "a"}, {}, (True, False, frozenset())),
        ({"track": "a", "place": 1}, {"track": "b", "place": 1}, (False, True, frozenset())),
        (
            {"track": "a", "people": frozenset({1, 2})},
            {"track": "b", "people": frozenset({2, 3})},
            (False, False, frozenset({2})),
        ),
    ],
)
def test_a_clash_says_why_and_for_how_long(one: dict, other: dict, why: tuple) -> None:
    (clash,) = overlaps([use("second", 25, 60, **other), use("first", 0, 30, **one)])
    assert clash == ("first", "second", 5, *why)
