"""Everything limited, and who gets it: rules without a database, whatever the order in which people are looked at."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.registration.pools import (
    Stock,
    Want,
    after_lapse,
    expires,
    left_for_newcomers,
    line_up,
    place_in_line,
    ride,
    serve,
    sized,
    visit,
)

MORNING = datetime(2026, 5, 1, 8, tzinfo=UTC)
POOLS = [("on_site", 0, ""), ("online", 0, ""), ("quota", 1, "partner_staff"), visit(7), ride(8), ("option", 9, "tent")]


def minute(number):
    return MORNING + timedelta(minutes=number)


def wants(pool, *numbers, group="", rank=0):
    return [Want(number, minute(number), (frozenset({pool}),), rank, group) for number in numbers]


def of(**sizes):
    return sized({pool: sizes.get(pool[0], 0) for pool in POOLS})


def numbers(found):
    return [want.registration_id for want in found]


def test_every_kind_of_pool_gives_its_places_in_the_same_way():
    for pool in POOLS:
        line = wants(pool, 3, 1, 2)
        assert numbers(serve(of(**{pool[0]: 2}), {}, line)) == [1, 2]
        assert numbers(serve(of(**{pool[0]: 2}), {pool: 1}, line)) == [1]
        assert [place_in_line(pool, number, line) for number in (1, 2, 3, 4)] == [1, 2, 3, 0]


def test_who_waits_for_a_bus_does_not_stand_in_the_way_of_an_option():
    line = [*wants(ride(8), 1), *wants(("option", 9, "tent"), 2)]
    assert numbers(serve(of(option=1), {}, line)) == [2]


def test_an_option_without_a_limit_is_free_and_a_bus_that_is_gone_takes_nobody():
    assert numbers(serve(sized({}), {}, wants(("option", 9, "boat"), 1, 2))) == [1, 2]
    assert serve(sized({}), {}, wants(ride(99), 1)) == []


def test_of_two_choices_the_first_counts_while_it_has_seats():
    first, second = visit(1), visit(2)
    line = [
        Want(number, minute(number), (frozenset({pool}),), rank, "visit")
        for number in (1, 2, 3)
        for rank, pool in ((1, first), (2, second))
    ]
    given_ = serve(sized({first: 1, second: 1}), {}, line)
    assert [(want.registration_id, want.rank) for want in given_] == [(1, 1), (2, 2)]


def test_who_gets_the_better_choice_gives_the_other_seat_to_the_next_at_once():
    first, second = visit(1), visit(2)
    better = replace(wants(first, 1, group="visit")[0], frees=frozenset({second}))
    line = [better, *wants(second, 2, 3, group="visit")]
    assert numbers(serve(sized({first: 1, second: 1}), {second: 1}, line)) == [1, 2]


def test_what_is_left_for_newcomers_is_what_nobody_waits_for():
    stock = left_for_newcomers(of(ride=2), {ride(8): 1}, wants(ride(8), 1))
    assert stock.left(ride(8)) == 0


def test_an_offer_ends_with_the_first_of_its_ends():
    assert expires(MORNING, 24, None, None) == MORNING + timedelta(days=1)
    assert expires(MORNING, 24, minute(90), None, minute(60)) == minute(60)


def test_one_lapse_leads_to_the_end_of_the_line_and_two_lead_out():
    assert [after_lapse(before) for before in (0, 1, 2)] == ["behind", "out", "out"]


SIZES = st.fixed_dictionaries({pool: st.integers(0, 4) for pool in POOLS})
STAGES = st.lists(st.frozensets(st.sampled_from(POOLS), min_size=1, max_size=2), min_size=1, max_size=2).map(tuple)
LINES = st.lists(st.tuples(st.integers(0, 5), STAGES), max_size=25).map(
    lambda rows: [Want(number, minute(when), stages) for number, (when, stages) in enumerate(rows, 1)]
)
CHOICES = st.lists(
    st.tuples(st.integers(0, 5), st.permutations([visit(1), visit(2), visit(3)]), st.integers(1, 3)), max_size=20
).map(
    lambda rows: [
        Want(number, minute(when), (frozenset({pool}),), rank, "visit")
        for number, (when, pools, many) in enumerate(rows, 1)
        for rank, pool in enumerate(pools[:many], 1)
    ]
)


def taken_by(found):
    return Counter(pool for want in found for pool in want.pools)


@settings(max_examples=300, deadline=None)
@given(SIZES, LINES)
def test_never_more_than_the_size_of_a_pool(sizes, line):
    taken = taken_by(serve(sized(sizes), {}, line))
    assert all(taken[pool] <= sizes[pool] for pool in POOLS)


@settings(max_examples=300, deadline=None)
@given(SIZES, LINES)
def test_nobody_who_came_later_passes_somebody_who_waits_for_the_same(sizes, line):
    served = serve(sized(sizes), {}, line)
    for lucky in served:
        for other in line:
            if other not in served and other.order < lucky.order:
                assert other.pools != lucky.pools
                if len(other.stages) == 1:  # it claims everything it wants
                    assert not (other.pools & lucky.pools) or all(
                        sizes[pool] > taken_by([one for one in served if one.order <= lucky.order])[pool] - 1
                        for pool in other.pools & lucky.pools
                    )


@settings(max_examples=300, deadline=None)
@given(SIZES, LINES)
def test_the_order_of_promotion_is_the_order_of_arrival(sizes, line):
    served = serve(sized(sizes), {}, line)
    assert [want.order for want in served] == sorted(want.order for want in served)


@settings(max_examples=300, deadline=None)
@given(SIZES, LINES, st.randoms(use_true_random=False))
def test_the_order_in_which_people_are_looked_at_changes_nothing(sizes, line, chance):
    mixed = list(line)
    chance.shuffle(mixed)
    assert serve(sized(sizes), {}, mixed) == serve(sized(sizes), {}, line)


@settings(max_examples=300, deadline=None)
@given(SIZES, st.permutations(range(1, 9)), st.integers(0, 8))
def test_equal_times_are_decided_by_number(sizes, order, seats):
    line = [Want(number, MORNING, (frozenset({ride(8)}),)) for number in order]
    assert numbers(serve(sized({ride(8): seats}), {}, line)) == list(range(1, seats + 1))


@settings(max_examples=300, deadline=None)
@given(SIZES, LINES)
def test_serving_again_gives_nothing_more(sizes, line):
    served = serve(sized(sizes), {}, line)
    rest = [want for want in line if want not in served]
    assert serve(sized(sizes), taken_by(served), rest) == []


@settings(max_examples=300, deadline=None)
@given(SIZES, LINES, st.lists(st.integers(0, 30), max_size=10))
def test_withdrawing_twice_is_withdrawing_once(sizes, line, leaving):
    """Places go back, the next are served; doing the same once more changes nothing, however often it is looked at."""
    held = serve(sized(sizes), {}, line)
    waiting = [want for want in line if want not in held]
    gone = {held[which % len(held)].registration_id for which in leaving} if held else set()
    kept = [want for want in held if want.registration_id not in gone]
    first = serve(sized(sizes), taken_by(kept), waiting)
    after = [want for want in waiting if want not in first]
    assert serve(sized(sizes), taken_by([*kept, *first]), after) == []
    assert all(taken_by([*kept, *first])[pool] <= sizes[pool] for pool in POOLS)


@settings(max_examples=300, deadline=None)
@given(CHOICES, st.fixed_dictionaries({visit(number): st.integers(0, 4) for number in (1, 2, 3)}))
def test_nobody_has_two_visits_or_misses_a_free_one(line, sizes):
    served = serve(sized(sizes), {}, line)
    assert len({want.registration_id for want in served}) == len(served)
    taken = taken_by(served)
    assert all(taken[pool] <= size for pool, size in sizes.items())
    lucky = {want.registration_id for want in served}
    for want in line:
        if want.registration_id not in lucky:
            assert all(taken[pool] == sizes[pool] for pool in want.pools)


@settings(max_examples=300, deadline=None)
@given(CHOICES, st.fixed_dictionaries({visit(number): st.integers(0, 4) for number in (1, 2, 3)}))
def test_nobody_later_has_the_visit_that_somebody_still_wishes_first(line, sizes):
    served = serve(sized(sizes), {}, line)
    got = {want.registration_id: want for want in served}
    for want in line:
        mine = got.get(want.registration_id)
        if mine is None or mine.rank > want.rank:  # it was full when it was my turn
            assert not [one for one in served if one.pools == want.pools and one.order > want.order]


@settings(max_examples=200, deadline=None)
@given(SIZES, LINES)
def test_who_stands_before_somebody_is_counted_in_the_place_in_line(sizes, line):
    waiting = [want for want, lacking in line_up(Stock(sized(sizes), {}), line) if lacking]
    for pool in POOLS:
        mine = sorted((want for want in waiting if pool in want.pools), key=lambda want: want.order)
        places = [place_in_line(pool, want.registration_id, waiting) for want in mine]
        assert places == list(range(1, len(mine) + 1))
