"""What organisers do to the outline of an agenda: its days and blocks. Raises Stale, Missing and Refusal."""

from __future__ import annotations

from sqlmodel import Session, col, select

from planner.agenda.drafting import Drafting, drafting
from planner.agenda.entry import BlockValues, DayValues
from planner.agenda.neighbours import Direction, kept_length
from planner.agenda.releases import released_part
from planner.agenda.rows import Rows
from planner.agenda.rules import AUDIENCES, day_numbers
from planner.agenda.shifting import shift
from planner.agenda.tables import Block, Day, Item
from planner.clock import now
from planner.consortium.tables import Person
from planner.errors import Refusal
from planner.language import _


def add_day(session: Session, meeting_id: int, actor: str, values: DayValues) -> Day:
    """Add a day with one block without a title, ready for items. Days get their numbers from their dates."""
    with drafting(session, meeting_id, actor, "day.add", date=values.date.isoformat()) as act:
        _possible_day(act, values, None)
        day = Day(
            meeting_id=meeting_id, number=0, date=values.date, chair_id=values.chair_id, note=dict(values.note)
        )  # fmt: skip
        act.record.add(day)
        act.record.add(Block(day_id=day.id or 0, slug=free_slug(act), position=0))
        renumber(act)
    return day


def edit_day(session: Session, meeting_id: int, actor: str, day_id: int, version: int, values: DayValues) -> Day:
    """Change a day; its items go with it to another date."""
    with drafting(session, meeting_id, actor, "day.edit", date=values.date.isoformat()) as act:
        day = act.day(day_id, version, values)
        _possible_day(act, values, day)
        act.change(day, date=values.date, chair_id=values.chair_id, note=dict(values.note))
        renumber(act)
    return day


def delete_day(session: Session, meeting_id: int, actor: str, day_id: int, version: int) -> None:
    """Take a day off the agenda. Its items go to the pool."""
    with drafting(session, meeting_id, actor, "day.delete") as act:
        day = act.day(day_id, version)
        for block in _blocks(act, day):
            _delete_block(act, block)
        act.change(day, deleted_at=now())
        renumber(act)


def add_block(session: Session, meeting_id: int, actor: str, values: BlockValues) -> Block:
    """Add a block at the end of its day."""
    with drafting(session, meeting_id, actor, "block.add", title=values.title) as act:
        _possible_block(values)
        day = act.day(values.day_id)
        position = max((block.position for block in _blocks(act, day)), default=-1) + 1
        block = Block(
            day_id=day.id or 0,
            slug=free_slug(act),
            position=position,
            title=dict(values.title),
            audience=values.audience,
            hidden=values.hidden,
        )
        act.record.add(block)
    return block


def edit_block(
    session: Session, meeting_id: int, actor: str, block_id: int, version: int, values: BlockValues
) -> Block:  # fmt: skip
    """Change a block, or take it with its items to another day."""
    with drafting(session, meeting_id, actor, "block.edit", title=values.title) as act:
        block = act.block(block_id, version, values)
        _possible_block(values)
        day = act.day(values.day_id)
        if day.id != block.day_id:
            position = max((other.position for other in _blocks(act, day)), default=-1) + 1
            act.change(block, day_id=day.id, position=position)
        act.change(block, title=dict(values.title), audience=values.audience, hidden=values.hidden)
    return block


def delete_block(session: Session, meeting_id: int, actor: str, block_id: int, version: int) -> None:
    """Take a block off the agenda. Its items go to the pool."""
    with drafting(session, meeting_id, actor, "block.delete") as act:
        _delete_block(act, act.block(block_id, version))


def _delete_block(act: Drafting, block: Block) -> None:
    rows = act.rows()
    items = act.session.exec(select(Item).where(Item.block_id == block.id, col(Item.deleted_at).is_(None))).all()
    lengths = [kept_length(item, rows) for item in items]  # before the first of them leaves
    for item, minutes in zip(items, lengths, strict=True):
        act.change(item, block_id=None, minutes=minutes)
    act.change(block, deleted_at=now())
    act.session.flush()


def _blocks(act: Drafting, day: Day) -> list[Block]:
    query = select(Block).where(Block.day_id == day.id, col(Block.deleted_at).is_(None))
    return list(act.session.exec(query.order_by(col(Block.position), col(Block.id))))


def _days(act: Drafting) -> list[Day]:
    act.session.flush()
    return list(act.session.exec(select(Day).where(Day.meeting_id == act.meeting.id, col(Day.deleted_at).is_(None))))


def renumber(act: Drafting) -> None:
    """Count the days anew; those that were given out keep the numbers that readers know. Only what somebody typed
    raises versions: a day that counts differently now is still the day they read.
    """
    days, known = _days(act), given_numbers(act.session, act.meeting.id or 0)
    told = {day.date: known[day.id or 0] for day in days if day.id in known}
    numbers = day_numbers([day.date for day in days], act.meeting.first_day, told)
    for day in days:
        if day.number != numbers[day.date]:
            act.record.touch(day)
            day.number = numbers[day.date]
            act.session.add(day)


def given_numbers(session: Session, meeting_id: int) -> dict[int, int]:
    """The numbers of days by id as the newest version says; none before the first."""
    return {day["id"]: day["number"] for day in released_part(session, meeting_id, "days") or []}


def nudge_block(
    session: Session, meeting_id: int, actor: str, block_id: int, version: int, direction: Direction
) -> Block:  # fmt: skip
    """Let a block and its neighbour on its day change places: with all their items when one follows the other in
    time, and only in their order when they run side by side or one is empty.
    """
    with drafting(session, meeting_id, actor, f"block.{direction}") as act:
        block = act.block(block_id, version, direction)
        rows = act.rows()
        there = as_read(rows, block.day_id)
        place = next(number for number, row in enumerate(there) if row.id == block.id)
        other = place + (-1 if direction == "earlier" else 1)
        if not 0 <= other < len(there):
            raise Refusal(_("It is the first of its day.") if other < 0 else _("It is the last of its day."))
        _swap_times(act, rows, there[min(place, other)], there[max(place, other)])
        there[place], there[other] = there[other], there[place]
        for position, row in enumerate(there):
            act.change(act.block(row.id or 0), position=position)
    return block


def as_read(rows: Rows, day_id: int) -> list[Block]:
    """The blocks of a day by their first item; empty ones stay behind the block they were added after."""
    begun, keys = 0, []
    mine = [block for block in rows.blocks if block.day_id == day_id]
    for block in mine:
        begun = min((rows.times[row.id or 0].starts for row in _tops(rows, block)), default=begun)
        keys.append(begun)
    return [block for _key, block in sorted(zip(keys, mine, strict=True), key=lambda pair: pair[0])]


def _tops(rows: Rows, block: Block) -> list[Item]:
    return [row for row in rows.tops.get(block.day_id, []) if row.block_id == block.id]


def _swap_times(act: Drafting, rows: Rows, first: Block, second: Block) -> None:
    """What is in the second begins when the first began, and the other way round; the gap between them stays."""
    spans = [[rows.times[row.id or 0] for row in _tops(rows, block)] for block in (first, second)]
    if not all(spans):
        return
    begins, ends = [min(span.starts for span in part) for part in spans], [max(s.ends for s in part) for part in spans]
    if ends[0] > begins[1]:
        return
    for row in _tops(rows, second):
        shift(act, rows, row, begins[0] - begins[1])
    for row in _tops(rows, first):
        shift(act, rows, row, ends[1] - ends[0])


def free_slug(act: Drafting) -> str:
    """A name for addresses that no block of the meeting ever had; it says nothing of a draft."""
    taken = set(act.session.exec(select(Block.slug).join(Day).where(Day.meeting_id == act.meeting.id)))
    return next(slug for number in range(1, len(taken) + 2) if (slug := f"block-{number}") not in taken)


def _possible_day(act: Drafting, values: DayValues, day: Day | None) -> None:
    if any(other.date == values.date for other in _days(act) if other is not day):
        raise Refusal(_("There is a day with that date already."), "date")
    chair = act.session.get(Person, values.chair_id) if values.chair_id else None
    if values.chair_id and (chair is None or chair.project_id != act.meeting.project_id):
        raise Refusal(_("The chair is not among the people of this project."), "chair_id")


def _possible_block(values: BlockValues) -> None:
    if values.audience not in AUDIENCES or values.audience == "named":
        raise Refusal(_("Choose for whom the block is."), "audience")
