"""What organisers may write of a day, a block and an item, and whether it is possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, time
from typing import Any, NamedTuple

from sqlmodel import Session, SQLModel, col, select

from planner.agenda.rules import AUDIENCES, KINDS, LONGEST, MODES, ROLES, ends_before
from planner.agenda.tables import Block, Day, Item, ItemPractice, Speaking
from planner.consortium.tables import GoodPractice, Partner, Person
from planner.db import Texts
from planner.errors import Refusal
from planner.language import NAMES, _
from planner.meetings.tables import Meeting, Place


@dataclass(frozen=True, slots=True)
class DayValues:
    """All of a day that can be edited."""

    date: date
    chair_id: int | None = None
    note: Texts = field(default_factory=dict)

    @classmethod
    def of(cls, row: Day) -> DayValues:
        """A day as it is."""
        return cls(row.date, row.chair_id, dict(row.note))


@dataclass(frozen=True, slots=True)
class BlockValues:
    """All of a block that can be edited."""

    day_id: int
    title: Texts = field(default_factory=dict)
    audience: str = "public"
    hidden: bool = False

    @classmethod
    def of(cls, row: Block) -> BlockValues:
        """A block as it is."""
        return cls(row.day_id, dict(row.title), row.audience, row.hidden)


class Spoken(NamedTuple):
    """Who speaks in an item and how. `function` and `organisation` are empty when the directory's are right."""

    person: int
    role: str = "speaker"
    mode: str = "on_site"
    function: str = ""
    organisation: str = ""

    @classmethod
    def of(cls, row: Speaking) -> Spoken:
        """A row as it is."""
        return cls(row.person_id, row.role, row.mode, row.function, row.organisation)

    def row(self, item_id: int, position: int) -> Speaking:
        """A new row of that item."""
        return Speaking(
            item_id=item_id,
            person_id=self.person,
            position=position,
            role=self.role,
            mode=self.mode,
            function=self.function,
            organisation=self.organisation,
        )


@dataclass(frozen=True, slots=True)
class ItemValues:
    """All of an item that can be edited where it stands. Speakers are in order; `minutes` count in the pool only."""

    kind: str
    title: Texts
    starts: time | None = None
    ends: time | None = None
    minutes: int | None = None
    text: Texts = field(default_factory=dict)
    points: Sequence[Texts] = ()
    place_id: int | None = None
    track: str = ""
    mode: str = "on_site"
    evidence: bool = False
    own_expense: bool = False
    capacity: int | None = None
    audience: str = ""
    partners: Sequence[int] = ()
    hidden: bool = False
    language: str = ""
    interpretation: Sequence[str] = ()
    parent_id: int | None = None
    practices: Sequence[int] = ()
    speakers: Sequence[Spoken] = ()

    @classmethod
    def of(cls, row: Item, speakers: Iterable[Speaking] = (), practices: Iterable[int] = ()) -> ItemValues:
        """An item as it is."""
        kept = {name: _firm(getattr(row, name)) for name in _COLUMNS}
        return cls(**kept, practices=tuple(practices), speakers=tuple(map(Spoken.of, speakers)))

    def columns(self) -> dict[str, Any]:
        """What belongs to the item's own row, as its columns take it."""
        return {name: _loose(getattr(self, name)) for name in _COLUMNS}


_COLUMNS = tuple(known.name for known in fields(ItemValues) if known.name not in ("practices", "speakers"))


def _firm(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _loose(value: Any) -> Any:
    return (
        [dict(one) if isinstance(one, Mapping) else one for one in value] if isinstance(value, list | tuple) else value
    )


def values_of(session: Session, item: Item) -> ItemValues:
    """An item as it is, with its speakers and practices: what its form is filled with."""
    speakings = select(Speaking).where(Speaking.item_id == item.id)
    practices = select(ItemPractice.practice_id).where(ItemPractice.item_id == item.id)
    return ItemValues.of(
        item,
        session.exec(speakings.order_by(col(Speaking.position), col(Speaking.id))),
        session.exec(practices.order_by(col(ItemPractice.id))),
    )


def check_item(session: Session, meeting: Meeting, item: Item, values: ItemValues) -> Item | None:
    """Refuse what an item cannot be, in a sentence beside its field. Gives the item it shall stand below, if any."""
    _check_words(values)
    parent = _parent(session, item, values)
    _check_times(values, scheduled=item.block_id is not None, below=parent is not None)
    _check_known(session, meeting, values)
    return parent


def _check_words(values: ItemValues) -> None:
    if not any(text.strip() for text in values.title.values()):
        raise Refusal(_("Please write what it is."), "title")
    spoken = {*values.title, *values.text, *values.interpretation, *filter(None, [values.language])}
    if unknown := spoken - set(NAMES):
        raise Refusal(_("There is no language “%(code)s” here.") % {"code": min(unknown)}, "language")
    choices = (
        ("kind", values.kind, KINDS),
        ("mode", values.mode, MODES),
        ("audience", values.audience, ("", *AUDIENCES)),
        *(("speakers", one.role, ROLES) for one in values.speakers),
        *(("speakers", one.mode, MODES) for one in values.speakers),
    )
    for name, value, possible in choices:
        if value not in possible:
            raise Refusal(_("Please choose one of the list."), name)
    if values.audience == "named" and not values.partners:
        raise Refusal(_("Name the partners it is for."), "partners")
    if values.capacity is not None and values.capacity < 0:
        raise Refusal(_("There cannot be fewer places than none."), "capacity")


def _check_times(values: ItemValues, *, scheduled: bool, below: bool) -> None:
    if values.starts is None and scheduled and not below:
        raise Refusal(_("Say when it starts."), "starts")
    if values.starts is None and values.ends is not None:
        raise Refusal(_("It has an end but no start."), "starts")
    if values.starts and values.ends and ends_before(values.starts, values.ends):
        raise Refusal(_("It ends before it begins."), "ends")
    if values.minutes is not None and not 0 < values.minutes <= LONGEST:
        raise Refusal(_("That is too long for an item."), "minutes")


def _parent(session: Session, item: Item, values: ItemValues) -> Item | None:
    if values.parent_id is None:
        return None
    parent = session.get(Item, values.parent_id)
    if parent is None or parent.deleted_at or parent.meeting_id != item.meeting_id or parent.id == item.id:
        raise Refusal(_("It cannot stand below that."), "parent_id")
    below = select(Item.id).where(Item.parent_id == item.id, col(Item.deleted_at).is_(None))
    if parent.parent_id is not None or (item.id and session.exec(below.limit(1)).first() is not None):
        raise Refusal(_("Items stand below one another only once."), "parent_id")
    return parent


def _check_known(session: Session, meeting: Meeting, values: ItemValues) -> None:
    project = meeting.project_id
    people = [one.person for one in values.speakers]
    place = [values.place_id] if values.place_id else []
    _all_there(session, Place, "meeting_id", meeting.id, place, "place_id", _("There is no such place here."))
    _all_there(session, Person, "project_id", project, people, "speakers", _("Choose speakers among the people here."))
    _all_there(
        session, GoodPractice, "project_id", project, values.practices, "practices", _("There is no such practice.")
    )
    _all_there(session, Partner, "project_id", project, values.partners, "partners", _("There is no such partner."))


def _all_there(
    session: Session, kind: type[SQLModel], owner: str, of: int | None, ids: Iterable[int], name: str, sentence: str
) -> None:
    wanted = set(ids)
    columns = kind.metadata.tables[str(kind.__tablename__)].columns
    query = select(columns["id"]).where(columns[owner] == of, columns["id"].in_(wanted))
    if wanted and set(session.exec(query)) != wanted:
        raise Refusal(sentence, name)
