"""An agenda that comes as a table: what its names may mean here, and writing all of it as one act."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from planner.agenda.drafting import Drafting, drafting
from planner.agenda.entry import ItemValues, check_item
from planner.agenda.outline import free_slug, renumber
from planner.agenda.tables import Block, Day, Item, ItemPractice
from planner.clock import now
from planner.consortium.queries import partner_names, partners, people_with_offices
from planner.consortium.tables import GoodPractice, Person
from planner.errors import Refusal
from planner.ical import mint_uid
from planner.imports.cells import Known, in_any_order
from planner.imports.rules import ReadItem
from planner.language import _
from planner.meetings.queries import Found, places
from planner.meetings.tables import Place
from planner.names import fold
from planner.settings import settings
from planner.tokens import mint


def known(session: Session, found: Found, *, make_rooms: bool = False) -> Known:
    """What the names in a table may mean for this meeting, in a constant number of questions."""
    meeting, project = found.meeting, found.project.id or 0
    days = session.exec(select(Day).where(Day.meeting_id == meeting.id, col(Day.deleted_at).is_(None)))
    practices = session.exec(select(GoodPractice).where(GoodPractice.project_id == project))
    return Known(
        language=meeting.working_language,
        first_day=meeting.first_day,
        last_day=meeting.last_day,
        days={day.number: day.date for day in days},
        rooms=_rooms(places(session, meeting.id or 0)),
        people=_people(session, found),
        partners=_partners(session, project, meeting.first_day),
        practices={fold(row.slug): row.id or 0 for row in practices},
        make_rooms=make_rooms,
    )


def _rooms(there: Mapping[int, Place]) -> dict[str, int]:
    """Places by folded name in any language; the first of two with one name."""
    found: dict[str, int] = {}
    for number, place in there.items():
        for name in place.name.values():
            found.setdefault(fold(name), number)
    return found


def _partners(session: Session, project_id: int, on: date) -> dict[str, int]:
    rows = partners(session, project_id, on)
    return {fold(name): row.id for row in rows for name in (*row.names.values(), row.short, row.slug)}


def _people(session: Session, found: Found) -> dict[str, list[tuple[int, str]]]:
    """People by all they may be called, with the folded names of their organisation in all languages."""
    names = partner_names(session, found.project.id or 0, found.meeting.first_day)
    called: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for person, office in people_with_offices(session, found.project.id or 0):
        texts = office.names if office else names.get(person.partner_id or 0, {})
        for name in _called(person):
            called[name].append((person.id or 0, fold(" ".join(texts.values()))))
    return called


def _called(person: Person) -> set[str]:
    pairs = ((person.given, person.family), (person.latin_given, person.latin_family))
    names = [" ".join(filter(None, pair)) for pair in pairs if any(pair)]
    return {in_any_order(name) for one in names for name in (one, f"{person.title} {one}")}


def import_agenda(session: Session, meeting_id: int, actor: str, items: Sequence[ReadItem]) -> int:
    """Add all those items to the draft, with their days and blocks: one act, which one undo takes back.

    Rows of one day that follow each other under one heading become a block. Missing rooms are made first; they stay
    when the act is undone. Gives the number of items; raises Refusal naming the row that is not possible.
    """
    with drafting(session, meeting_id, actor, "item.import", count=len(items)) as act:
        rooms = _make_rooms(act, [item.room for item in items if item.room])
        days = _days(act, items)
        slugs = _Slugs(act)
        for (day, _heading), rows in groupby(items, key=lambda item: (item.day, tuple(sorted(item.block.items())))):
            _add_block(act, days[day], list(rows), rooms, slugs)
    return len(items)


def _make_rooms(act: Drafting, names: Iterable[str]) -> dict[str, int]:
    """Not a part of what undo takes back: what was deleted from the agenda keeps pointing at its room."""
    found = _rooms(places(act.session, act.meeting.id or 0))
    position = len(found)
    for name in names:
        if fold(name) not in found:
            position += 1
            room = Place(
                meeting_id=act.meeting.id or 0,
                slug=f"room-{mint()[:8].lower()}",
                kind="room",
                position=position,
                name={act.meeting.working_language: name},
            )
            act.session.add(room)
            act.session.flush()
            found[fold(name)] = room.id or 0
    return found


def _days(act: Drafting, items: Sequence[ReadItem]) -> dict[date, int]:
    """The days of the items, new ones made."""
    query = select(Day).where(Day.meeting_id == act.meeting.id, col(Day.deleted_at).is_(None))
    found = {day.date: day.id or 0 for day in act.session.exec(query)}
    for wanted in sorted({item.day for item in items} - set(found)):
        day = Day(meeting_id=act.meeting.id or 0, number=0, date=wanted)
        act.record.add(day)
        found[wanted] = day.id or 0
    renumber(act)
    return found


class _Slugs:
    """Names for addresses that no item of the meeting ever had."""

    def __init__(self, act: Drafting) -> None:
        """Asks once which are taken."""
        self._taken = set(act.session.exec(select(Item.slug).where(Item.meeting_id == act.meeting.id)))

    def free(self, kind: str) -> str:
        """The next one for an item of that kind."""
        stem = kind.replace("_", "-")
        number = next(number for number in range(1, len(self._taken) + 2) if f"{stem}-{number}" not in self._taken)
        self._taken.add(f"{stem}-{number}")
        return f"{stem}-{number}"


def _add_block(
    act: Drafting, day_id: int, rows: Sequence[ReadItem], rooms: Mapping[str, int], slugs: _Slugs
) -> None:  # fmt: skip
    """A block is for whom all its items are for; others say so themselves."""
    audiences = {row.audience for row in rows}
    audience = audiences.pop() if len(audiences) == 1 and "named" not in audiences else "public"
    hidden = all(row.hidden for row in rows)
    taken = act.session.exec(select(Block.position).where(Block.day_id == day_id))
    block = Block(
        day_id=day_id,
        slug=free_slug(act),
        position=max(taken, default=-1) + 1,
        title=dict(rows[0].block),
        audience=audience,
        hidden=hidden,
    )
    act.record.add(block)
    top: Item | None = None
    for position, row in enumerate(rows):
        place = row.place_id or (rooms[fold(row.room)] if row.room else None)
        values = _values(row, place, top if row.below else None, (audience, hidden))
        item = _add_item(act, block, position, values, row.row, slugs)
        top = item if not row.below else top


def _values(row: ReadItem, place_id: int | None, parent: Item | None, block: tuple[str, bool]) -> ItemValues:
    audience, hidden = block
    kept = ("kind", "title", "starts", "ends", "text", "points", "track", "mode", "evidence", "own_expense", "capacity",
            "partners", "language", "interpretation", "practices", "speakers")  # fmt: skip
    return ItemValues(
        place_id=place_id,
        audience="" if row.audience == audience else row.audience,
        hidden=row.hidden and not hidden,
        parent_id=parent.id if parent else None,
        **{name: getattr(row, name) for name in kept},
    )


def _add_item(act: Drafting, block: Block, position: int, values: ItemValues, row: int, slugs: _Slugs) -> Item:
    item = Item(
        meeting_id=act.meeting.id or 0,
        block_id=block.id,
        slug=slugs.free(values.kind),
        position=position,
        uid=mint_uid("item", urlsplit(settings().public_url).hostname or "planner"),
        created_at=now(),
        updated_at=now(),
        **values.columns(),
    )
    try:
        check_item(act.session, act.meeting, item, values)
    except Refusal as refusal:
        raise Refusal(_("Row %(row)d: %(sentence)s") % {"row": row, "sentence": refusal.sentence}) from refusal
    act.record.add(item)
    for place, one in enumerate(values.speakers):
        act.record.add(one.row(item.id or 0, place))
    for practice in values.practices:
        act.record.add(ItemPractice(item_id=item.id or 0, practice_id=practice))
    return item
