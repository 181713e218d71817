"""An item that goes to another place among the others: nothing gets longer, overlaps or leaves its stretch."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from planner.agenda.placing import MORNING, inserted, reordered
from planner.agenda.rules import Span

NINE, TEN, ELEVEN = 540, 600, 660


def test_an_item_that_goes_before_the_first_takes_its_time_and_the_others_slide() -> None:
    others = [Span(NINE, NINE + 30), Span(NINE + 30, TEN)]
    assert reordered(others, Span(TEN, TEN + 45), 0) == ([45, 45], -60)


def test_an_item_that_goes_to_the_end_ends_where_the_last_one_did() -> None:
    others = [Span(NINE + 45, TEN), Span(TEN, ELEVEN)]
    shifts, move = reordered(others, Span(NINE, NINE + 45), 2)
    assert (shifts, move) == ([-45, -45], 75)


def test_a_gap_stays_between_those_that_change_places() -> None:
    assert reordered([Span(NINE, NINE + 30)], Span(TEN, TEN + 45), 0) == ([75], -60)


def test_who_stays_in_place_moves_nobody() -> None:
    assert reordered([Span(NINE, TEN), Span(ELEVEN, ELEVEN + 30)], Span(TEN, ELEVEN), 1) == ([0, 0], 0)


def test_a_newcomer_begins_when_the_one_before_ends_and_later_ones_make_room_only_when_there_is_none() -> None:
    others = [Span(NINE, TEN), Span(ELEVEN, ELEVEN + 30)]
    assert inserted(others, 45, 1, None) == ([0, 0], TEN)
    assert inserted(others, 90, 1, None) == ([0, 30], TEN)
    assert inserted(others, 30, 0, None) == ([30, 30], NINE)


def test_a_newcomer_on_an_empty_day_begins_as_wished_or_in_the_morning() -> None:
    assert inserted([], 30, 0, TEN) == ([], TEN)
    assert inserted([], 30, 0, None) == ([], MORNING)


@st.composite
def days(draw: st.DrawFn) -> tuple[list[Span], int, int]:
    """A day without overlaps, who is moved in it, and where to among the others."""
    spans, minute = [], 300
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 40), st.integers(5, 90)), min_size=1, max_size=9)):
        spans.append(Span(minute + gap, minute + gap + length))
        minute += gap + length
    return spans, draw(st.integers(0, len(spans) - 1)), draw(st.integers(0, len(spans) - 1))


@given(days())
def test_a_reordered_day_keeps_lengths_and_stretch_and_overlaps_nowhere(day: tuple[list[Span], int, int]) -> None:
    spans, moved, place = day
    mover, others = spans[moved], spans[:moved] + spans[moved + 1 :]
    shifts, move = reordered(others, mover, place)
    slid = [Span(span.starts + by, span.ends + by) for span, by in zip(others, shifts, strict=True)]
    after = [*slid[:place], Span(mover.starts + move, mover.ends + move), *slid[place:]]
    assert all(one.ends <= other.starts for one, other in pairwise(after))
    assert (after[0].starts, after[-1].ends) == (spans[0].starts, spans[-1].ends)
