"""Every act can be taken back: whatever was done, undoing all of it gives the same draft again."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner import db
from planner.agenda import actions
from planner.agenda.entry import BlockValues, DayValues, ItemValues, Spoken, values_of
from planner.agenda.outline import add_block, add_day, delete_block, delete_day, edit_block, edit_day
from planner.agenda.quick import Line
from planner.agenda.rows import drafted
from planner.errors import Missing, Refusal
from planner.history import changes
from tests.agenda.acting import act, block_of, done, number, of, row, snapshot, when
from tests.agenda.giving import found, publish

NUMBERS = st.integers(0, 40)
STEP = st.tuples(st.sampled_from((
    "add", "edit", "move", "pool", "earlier", "later", "shift", "cancel", "restore", "delete", "below", "speakers",
    "add day", "edit day", "delete day", "add block", "edit block", "delete block", "undo",
)), NUMBERS, NUMBERS)  # fmt: skip


def undo_all() -> None:
    for change in done():
        act(actions.undo_change, change.id)


def step(name: str, one: int, two: int) -> None:
    """One act on some item, day or block of the draft as it is now."""
    with db.read() as session:
        rows = drafted(session, found(session, "haskovo-2023").meeting)
        items = sorted((*rows.items, *rows.pool), key=lambda item: item.id or 0)
        item = items[one % len(items)]
        values = values_of(session, item)
    days, blocks = [*rows.days], [*rows.blocks]
    _on_item(name, item, values, items[two % len(items)], blocks, two)
    if days:
        _on_day(name, days[one % len(days)], two)
    if blocks:
        _on_block(name, blocks[one % len(blocks)], days, two)
    if name == "undo" and (acts := done()):
        act(actions.undo_change, acts[0].id)


def _on_item(name: str, item: Any, values: ItemValues, other: Any, blocks: list[Any], two: int) -> None:
    mine = (item.id, item.version)
    block = blocks[two % len(blocks)].id if blocks else None
    wish = {"starts": time(two % 24, 5), "place_id": None, "track": "abc"[two % 3], "shift_later": two % 2 == 0}
    if name == "add":
        act(actions.add_item, Line("New", time(two % 24), 30), block_id=block)
    elif name == "edit":
        act(actions.edit_item, *mine, _with(values, title={"en": f"Title {two}"}, capacity=two))
    elif name == "below":
        act(actions.edit_item, *mine, _with(values, parent_id=other.id))
    elif name == "speakers":
        act(actions.edit_item, *mine, _with(values, speakers=(Spoken(1 + two % 5, "chair"),), practices=(1,)))
    elif name in ("move", "pool"):
        act(actions.move_item, *mine, block_id=block if name == "move" else None, **wish)
    elif name in ("earlier", "later"):
        act(actions.nudge, *mine, name)
    elif name == "shift":
        act(actions.shift_after, *mine, two - 20)
    elif name in ("cancel", "restore", "delete"):
        act(getattr(actions, f"{name}_item"), *mine)


def _with(values: ItemValues, **changed: Any) -> ItemValues:
    return ItemValues(**{**{name: getattr(values, name) for name in ItemValues.__dataclass_fields__}, **changed})


def _on_day(name: str, day: Any, two: int) -> None:
    if name == "add day":
        act(add_day, DayValues(date(2023, 11, 1 + two % 28)))
    elif name == "edit day":
        act(edit_day, day.id, day.version, DayValues(date(2023, 11, 1 + two % 28), note={"en": str(two)}))
    elif name == "delete day":
        act(delete_day, day.id, day.version)


def _on_block(name: str, block: Any, days: list[Any], two: int) -> None:
    values = BlockValues(days[two % len(days)].id, {"en": f"Block {two}"}, "partners", two % 2 == 0)
    if name == "add block":
        act(add_block, values)
    elif name == "edit block":
        act(edit_block, block.id, block.version, values)
    elif name == "delete block":
        act(delete_block, block.id, block.version)


def undoing_gives_the_same_draft(steps: list[tuple[str, int, int]]) -> None:
    before = snapshot()
    for name, one, two in steps:
        with suppress(Refusal, Missing):
            step(name, one, two)
    undo_all()
    assert snapshot() == before


@given(st.lists(STEP, max_size=8))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undoing_everything_gives_the_same_draft(demo_sqlite: str, steps: list[tuple[str, int, int]]) -> None:
    undoing_gives_the_same_draft(steps)


@given(st.lists(STEP, max_size=8))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undoing_everything_works_on_postgres_too(demo_postgres: str, steps: list[tuple[str, int, int]]) -> None:
    undoing_gives_the_same_draft(steps)


def test_an_undone_act_is_done_again_by_undoing_that(demo_database: str) -> None:
    before = when("d1-bus-hotel")
    act(actions.shift_after, *of("d1-lunch"), 15)
    moved = snapshot()
    act(actions.undo_change, done()[0].id)
    assert when("d1-bus-hotel") == before
    with db.read() as session:
        undoing = changes(session, f"meeting:{number()}", 1)[0]
    act(actions.undo_change, undoing.id)
    assert snapshot() == moved


def test_what_was_changed_since_is_not_undone(demo_sqlite: str) -> None:
    act(actions.shift_after, *of("d1-lunch"), 15)
    act(actions.shift_after, *of("d1-dinner"), 15)
    after = snapshot()
    with pytest.raises(Refusal, match="changed the same thing"):
        act(actions.undo_change, done()[1].id)
    assert snapshot() == after


def test_what_others_changed_beside_it_stays(demo_database: str) -> None:
    act(actions.shift_after, *of("d1-lunch"), 15)
    act(actions.cancel_item, *of("d1-dinner"))
    act(actions.undo_change, done()[1].id)
    assert (when("d1-dinner"), row("d1-dinner").cancelled_at is None) == (["19:30–22:00"], False)


def test_an_act_is_undone_once(demo_sqlite: str) -> None:
    act(actions.cancel_item, *of("d1-coffee"))
    change = done()[0].id
    act(actions.undo_change, change)
    with pytest.raises(Refusal, match="already"):
        act(actions.undo_change, change)


def test_a_form_read_before_an_undo_is_out_of_date(demo_sqlite: str) -> None:
    act(actions.cancel_item, *of("d1-coffee"))
    version = row("d1-coffee").version
    act(actions.undo_change, done()[0].id)
    assert row("d1-coffee").version == version + 1


def test_an_act_is_undone_after_it_was_given_out(demo_database: str) -> None:
    act(actions.move_item, *of("d1-dinner"), block_id=block_of("d1-dinner"), starts=time(20), place_id=None, track="")
    publish("haskovo-2023", "held")
    act(actions.undo_change, done()[0].id)
    assert when("d1-dinner") == ["19:30–22:00"]


def test_an_item_that_people_chose_stays_in_the_database_when_its_adding_is_undone(demo_database: str) -> None:
    new = act(actions.add_item, Line("A visit", time(9), 30, "visit"), block_id=block_of("d1-welcome"))
    act(actions.undo_change, done()[0].id)
    assert row(new.slug).deleted_at is not None
    assert f"Item {new.id}" not in snapshot()


def test_acts_of_other_meetings_are_not_undone_here(demo_sqlite: str) -> None:
    act(actions.cancel_item, *of("d2-welcome", "harghita-2024"), meeting="harghita-2024")
    with pytest.raises(Missing):
        act(actions.undo_change, done("harghita-2024")[0].id)
    with pytest.raises(Missing):
        act(actions.undo_change, 99999)
