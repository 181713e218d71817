"""What organisers do to a draft: every act with what goes along, what is refused, and what it leaves alone."""

from __future__ import annotations

import threading
from datetime import date, time
from typing import Any

import pytest

from planner import db
from planner.agenda import actions
from planner.agenda.entry import BlockValues, DayValues, ItemValues, Spoken, values_of
from planner.agenda.outline import add_block, add_day, delete_block, delete_day, edit_block, edit_day
from planner.agenda.queries import draft
from planner.agenda.quick import Line, parse
from planner.agenda.rows import drafted
from planner.agenda.tables import Block, Day
from planner.errors import Missing, Refusal, Stale
from tests.agenda.acting import act, block_of, last_item, number, of, row, snapshot, when
from tests.agenda.giving import found, item


def add(line: str, block: int | None, **more: Any) -> None:
    act(actions.add_item, parse(line, {}), block_id=block, **more)


def move(slug: str, block: int | None, starts: time | None = None, **more: Any) -> None:
    act(actions.move_item, *of(slug), block_id=block, starts=starts, **{"place_id": None, "track": "", **more})


def values(slug: str) -> ItemValues:
    with db.read() as session:
        return values_of(session, item(session, "haskovo-2023", slug))


def edit(slug: str, **changed: Any) -> None:
    given = values(slug)
    kept = {name: getattr(given, name) for name in ItemValues.__dataclass_fields__}
    act(actions.edit_item, *of(slug), ItemValues(**{**kept, **changed}))


def test_a_line_becomes_an_item_of_its_block(demo_database: str) -> None:
    add("15:10 45m Study visit: harbour @Room Z #b", block_of("d1-report"))
    new = last_item()
    assert (new.title, new.kind, new.track, new.text) == (
        {"en": "Study visit: harbour"},
        "visit",
        "b",
        {"en": "Room Z"},
    )
    assert when(new.slug) == ["15:10–15:55"]
    assert (new.slug, new.version) == ("visit-1", 1)


def test_a_line_without_a_time_begins_when_the_block_ends(demo_sqlite: str) -> None:
    add("Farewell", block_of("d1-welcome"))
    assert when(last_item().slug) == ["11:20–"]


def test_a_line_without_a_block_waits_in_the_pool(demo_sqlite: str) -> None:
    add("A talk nobody has a time for", None)
    with db.read() as session:
        rows = drafted(session, found(session, "haskovo-2023").meeting)
        assert [one.title["en"] for one in rows.pool] == ["A talk nobody has a time for"]
        shown = draft(session, found(session, "haskovo-2023"))
    assert "A talk" not in str(shown)


@pytest.mark.parametrize("line", ["", "   ", "14:00 30m"])
def test_a_line_that_says_nothing_is_refused(demo_sqlite: str, line: str) -> None:
    with pytest.raises(Refusal, match="write what it is"):
        add(line, block_of("d1-welcome"))


def test_an_edited_item_has_all_that_the_form_says(demo_database: str) -> None:
    edit(
        "d1-welcome", title={"en": "Opening", "bg": ""}, starts=time(9, 20), ends=None, audience="partners", hidden=True
    )
    seen = values("d1-welcome")
    assert (seen.title, seen.starts, seen.ends) == ({"en": "Opening", "bg": ""}, time(9, 20), None)
    assert (seen.audience, seen.hidden, len(seen.speakers)) == ("partners", True, 2)
    assert row("d1-welcome").version == 2


def test_speakers_and_practices_are_part_of_the_form(demo_database: str) -> None:
    first, second = values("d1-welcome").speakers
    chair = Spoken(first.person, "chair", function="Rapporteur", organisation="Ελληνική Ένωση")
    edit("d1-welcome", speakers=(second, chair))
    assert values("d1-welcome").speakers == (second, chair)
    assert row("d1-welcome").version == 2


def test_a_form_that_changes_nothing_leaves_no_trace(demo_sqlite: str) -> None:
    edit("d1-welcome")
    assert row("d1-welcome").version == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": {"en": " "}}, "title"),
        ({"title": {"xx": "What?"}}, "language"),
        ({"starts": None, "ends": None}, "starts"),
        ({"starts": None}, "starts"),
        ({"ends": time(9, 0)}, "ends"),
        ({"ends": time(9, 15)}, "ends"),
        ({"kind": "party"}, "kind"),
        ({"mode": "by post"}, "mode"),
        ({"audience": "friends"}, "audience"),
        ({"audience": "named"}, "partners"),
        ({"partners": (99999,)}, "partners"),
        ({"capacity": -1}, "capacity"),
        ({"place_id": 99999}, "place_id"),
        ({"practices": (99999,)}, "practices"),
        ({"speakers": (Spoken(99999),)}, "speakers"),
        ({"speakers": (Spoken(1, "king"),)}, "speakers"),
        ({"parent_id": 99999}, "parent_id"),
        ({"language": "xx"}, "language"),
    ],
)
def test_what_an_item_cannot_be_is_refused_beside_its_field(
    demo_sqlite: str, changed: dict[str, Any], field: str
) -> None:
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        edit("d1-welcome", **changed)
    assert (refused.value.field, snapshot()) == (field, before)


def test_a_place_of_another_meeting_is_none_here(demo_sqlite: str) -> None:
    with pytest.raises(Refusal, match="no such place"):
        edit("d1-welcome", place_id=row("d2-welcome", "harghita-2024").place_id)


def test_items_stand_below_one_another_once(demo_database: str) -> None:
    edit("d1-state", parent_id=of("d1-welcome")[0], starts=None, ends=None)
    with db.read() as session:
        first = draft(session, found(session, "haskovo-2023"))[0]
    welcome = next(one for one in first.items if one.slug == "d1-welcome")
    assert [one.slug for one in welcome.below] == ["d1-state"]
    assert welcome.below[0].starts == welcome.starts
    for slug, parent in (("d1-welcome", "d1-coffee"), ("d1-coffee", "d1-state"), ("d1-coffee", "d1-coffee")):
        with pytest.raises(Refusal):
            edit(slug, parent_id=of(parent)[0])


def test_what_stands_below_goes_along(demo_sqlite: str) -> None:
    edit("d1-state", parent_id=of("d1-welcome")[0])
    before = when("d1-welcome", "d1-state")
    move("d1-welcome", block_of("d1-dinner"), time(19, 15))
    assert row("d1-state").block_id == block_of("d1-dinner")
    assert before == ["09:15–09:30", "09:30–10:15"]
    assert when("d1-welcome", "d1-state") == ["19:15–19:30", "19:30–20:15"]


def test_a_moved_item_stays_as_long_as_it_was(demo_database: str) -> None:
    edit("d1-state", ends=None)
    move("d1-state", block_of("d2-obstacles"), time(16, 0))
    assert when("d1-state") == ["16:00–16:45"]


def test_others_make_room_for_a_moved_item(demo_sqlite: str) -> None:
    before = when("d1-roundtable", "d1-coffee")
    move("d1-state", block_of("d1-roundtable"), row("d1-roundtable").starts, shift_later=True)
    assert (before, when("d1-roundtable", "d1-coffee")) == (
        ["10:15–11:00", "11:00–11:20"],
        ["11:00–11:45", "11:45–12:05"],
    )


def test_an_item_that_goes_to_the_pool_keeps_its_time_as_a_wish(demo_sqlite: str) -> None:
    move("d1-state", None)
    assert (row("d1-state").block_id, when("d1-state")) == (None, ["09:30–10:15"])
    move("d1-state", block_of("d1-welcome"))
    assert row("d1-state").block_id == block_of("d1-welcome")


def test_neighbours_change_places(demo_database: str) -> None:
    before = when("d1-welcome", "d1-state")
    act(actions.nudge, *of("d1-state"), "earlier")
    assert when("d1-state", "d1-welcome") == ["09:15–10:00", "10:00–10:15"]
    act(actions.nudge, *of("d1-state"), "later")
    assert when("d1-welcome", "d1-state") == before


@pytest.mark.parametrize(("slug", "direction"), [("d1-registration", "earlier"), ("d1-bus-hotel", "later")])
def test_nothing_goes_beyond_its_day(demo_sqlite: str, slug: str, direction: str) -> None:
    with pytest.raises(Refusal, match=r"first|last"):
        act(actions.nudge, *of(slug), direction)


def test_parallel_items_do_not_change_places_with_those_of_another_track(demo_sqlite: str) -> None:
    with pytest.raises(Refusal, match="another track"):
        act(actions.nudge, *of("d1-report"), "earlier")


def test_everything_after_an_item_is_shifted_as_one_act(demo_database: str) -> None:
    before = snapshot()
    later = act(actions.shift_after, *of("d1-lunch"), 15)
    assert {one.slug for one in later} == {
        "d1-workshop-a", "d1-workshop-b", "d1-report", "d1-coffee-2", "d1-steering", "d1-bus-dinner", "d1-dinner",
        "d1-bus-hotel",
    }  # fmt: skip
    assert when("d1-lunch", "d1-workshop-a", "d1-bus-hotel") == ["12:30–13:45", "14:00–15:30", "22:30–22:50"]
    act(actions.shift_after, *of("d1-lunch"), -15)
    assert snapshot() == before


@pytest.mark.parametrize("minutes", [0, 721, -721, 180])
def test_nothing_is_shifted_to_another_day(demo_sqlite: str, minutes: int) -> None:
    before = snapshot()
    with pytest.raises(Refusal):
        act(actions.shift_after, *of("d1-lunch"), minutes)
    assert snapshot() == before


def test_a_cancelled_item_stays_until_it_is_restored(demo_sqlite: str) -> None:
    act(actions.cancel_item, *of("d1-coffee"))
    assert row("d1-coffee").cancelled_at is not None
    with pytest.raises(Refusal, match="already"):
        act(actions.cancel_item, *of("d1-coffee"))
    act(actions.restore_item, *of("d1-coffee"))
    assert row("d1-coffee").cancelled_at is None


def test_a_deleted_item_is_gone_with_what_is_below_it(demo_database: str) -> None:
    edit("d1-state", parent_id=of("d1-welcome")[0])
    number, version = of("d1-welcome")
    act(actions.delete_item, number, version)
    assert {f"Item {number}", f"Item {of('d1-state')[0]}"} & set(snapshot()) == set()
    with pytest.raises(Missing):
        act(actions.cancel_item, number, version + 1)


@pytest.mark.parametrize(
    ("work", "more"),
    [
        (actions.edit_item, (ItemValues("break", {"en": "Coffee"}),)),
        (actions.nudge, ("earlier",)),
        (actions.shift_after, (5,)),
        (actions.cancel_item, ()),
        (actions.restore_item, ()),
        (actions.delete_item, ()),
    ],
)
def test_acts_reach_only_items_of_their_meeting(demo_sqlite: str, work: Any, more: tuple[Any, ...]) -> None:
    number, version = of("d2-welcome", "harghita-2024")
    with pytest.raises(Missing):
        act(work, number, version, *more)


def test_days_count_by_their_dates(demo_database: str) -> None:
    act(add_day, DayValues(date(2023, 11, 15), note={"en": "Another one"}))
    arrival = act(add_day, DayValues(date(2023, 11, 12)))
    with db.read() as session:
        days = drafted(session, found(session, "haskovo-2023").meeting).days
        assert [(one.number, one.date.day) for one in days] == [(0, 12), (1, 13), (2, 14), (3, 15)]
    act(edit_day, arrival.id, arrival.version, DayValues(date(2023, 11, 16)))
    with db.read() as session:
        days = drafted(session, found(session, "haskovo-2023").meeting).days
        assert [(one.number, one.date.day) for one in days] == [(1, 13), (2, 14), (3, 15), (4, 16)]
    with pytest.raises(Refusal, match="already"):
        act(add_day, DayValues(date(2023, 11, 13)))


def test_a_new_day_has_a_block_for_items(demo_sqlite: str) -> None:
    day = act(add_day, DayValues(date(2023, 11, 15)))
    with db.read() as session:
        rows = drafted(session, found(session, "haskovo-2023").meeting)
        block = next(one for one in rows.blocks if one.day_id == day.id)
    add("09:00 30m Coffee", block.id)
    assert last_item().block_id == block.id


def test_the_items_of_a_deleted_day_wait_in_the_pool(demo_database: str) -> None:
    with db.read() as session:
        day = next(iter(drafted(session, found(session, "haskovo-2023").meeting).days))
    act(delete_day, day.id, day.version)
    with db.read() as session:
        rows = drafted(session, found(session, "haskovo-2023").meeting)
    assert [one.number for one in rows.days] == [2]  # readers know it by that number
    assert {one.slug[:2] for one in rows.pool} == {"d1"}
    assert {one.slug[:2] for one in rows.items} == {"d2"}


def test_a_block_goes_to_another_day_with_its_items(demo_sqlite: str) -> None:
    with db.read() as session:
        block = session.get_one(Block, block_of("d1-welcome"))
        other = next(one for one in drafted(session, found(session, "haskovo-2023").meeting).days if one.number == 2)
    act(edit_block, block.id, block.version, BlockValues(other.id or 0, {"en": "Later"}, "steering_group", True))
    with db.read() as session:
        views = draft(session, found(session, "haskovo-2023"))
    assert "d1-welcome" in [one.slug for one in views[1].items]
    moved = next(one for one in views[1].blocks if one.id == block.id)
    assert (moved.title, moved.audience, moved.hidden, moved.version) == ({"en": "Later"}, "steering_group", True, 2)
    assert all(one.hidden for one in moved.items)


def test_the_items_of_a_deleted_block_wait_in_the_pool(demo_sqlite: str) -> None:
    block = act(add_block, BlockValues(row_day("d1-welcome"), {"en": "New"}))
    move("d1-state", block.id)
    act(delete_block, block.id, block.version)
    assert row("d1-state").block_id is None


def row_day(slug: str) -> int:
    with db.read() as session:
        return session.get_one(Block, block_of(slug)).day_id


def test_the_second_of_two_organisers_sees_both_versions(demo_database: str) -> None:
    number, version = of("d1-welcome")
    mine = ItemValues("welcome", {"en": "Mine"}, time(9, 15))
    act(actions.cancel_item, number, version)
    with pytest.raises(Stale) as stale:
        act(actions.edit_item, number, version, mine)
    assert isinstance(stale.value.current, ItemValues)
    assert (stale.value.current.title["en"], stale.value.typed) == ("Welcome", mine)


@pytest.mark.parametrize(
    ("kind", "work"), [(Day, lambda one: (edit_day, DayValues(one.date))), (Block, lambda one: (delete_block,))]
)
def test_days_and_blocks_have_versions_too(demo_sqlite: str, kind: Any, work: Any) -> None:
    with db.read() as session:
        rows = drafted(session, found(session, "haskovo-2023").meeting)
        one = rows.days[0] if kind is Day else rows.blocks[0]
    act_of, *more = work(one)
    with pytest.raises(Stale):
        act(act_of, one.id, one.version + 1, *more)


def at_once(*works: Any) -> list[object]:
    """What becomes of acts that begin at the same moment, each in a transaction of its own."""
    gate, ends = threading.Barrier(len(works)), list[object]()

    def run(work: Any) -> None:
        gate.wait()
        try:
            ends.append(work())
        except Refusal as refusal:
            ends.append(refusal)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def test_of_two_who_edit_the_same_item_one_is_told(demo_database: str) -> None:
    number, version = of("d1-welcome")
    ends = at_once(*(
        lambda title=title: act(
            actions.edit_item, number, version, ItemValues("welcome", {"en": title}, time(9, 15))
        )
        for title in ("One", "Two")
    ))  # fmt: skip
    late = [end for end in ends if isinstance(end, Stale)]
    assert len(late) == 1
    kept = row("d1-welcome").title["en"]
    assert {kept, late[0].typed.title["en"]} == {"One", "Two"}  # type: ignore[attr-defined]
    assert late[0].current.title["en"] == kept  # type: ignore[attr-defined]


def test_those_who_edit_different_items_never_meet(demo_database: str) -> None:
    slugs = ["d1-registration", "d1-welcome", "d1-state", "d1-roundtable", "d1-coffee", "d2-obstacles"]
    known = {slug: of(slug) for slug in slugs}
    ends = at_once(*(lambda slug=slug: act(actions.cancel_item, *known[slug]) for slug in slugs))
    assert [end for end in ends if isinstance(end, Refusal)] == []
    assert all(row(slug).cancelled_at for slug in slugs)


def test_new_items_at_the_same_moment_get_names_of_their_own(demo_database: str) -> None:
    block = block_of("d1-welcome")
    ends = at_once(*(
        lambda line=line: act(actions.add_item, Line(line, time(9)), block_id=block) for line in ("One", "Two", "Three")
    ))  # fmt: skip
    assert len({one.slug for one in ends}) == 3  # type: ignore[attr-defined]


def test_an_act_of_no_meeting_is_missing(demo_sqlite: str) -> None:
    with db.write() as session, pytest.raises(Missing):
        actions.add_item(session, number() + 1000, "ana@planner.example", Line("What?"), block_id=None)


def test_a_refused_act_changes_nothing_even_when_its_page_goes_on(demo_database: str) -> None:
    before = snapshot()
    with db.write() as session, pytest.raises(Refusal):
        actions.shift_after(session, number(), "ana@planner.example", *of("d1-lunch"), 180)
    assert snapshot() == before
