"""The agenda as its readers get it: plain values with texts in all their languages."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from planner.agenda.rules import Cell
from planner.db import Texts


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody by name: in Latin letters, and as that person writes it, with the language of that."""

    id: int
    name: str
    own_name: str
    language: str
    function: Texts
    organisation: Texts


@dataclass(frozen=True, slots=True)
class SpeakerView:
    """Who speaks, in which role, on site or online."""

    person: PersonView
    role: str
    mode: str


@dataclass(frozen=True, slots=True)
class PlaceView:
    """Where an item happens; a room has the address of its venue."""

    id: int
    name: Texts
    venue: Texts
    address: str
    step_free: bool | None


@dataclass(frozen=True, slots=True)
class PracticeView:
    """A good practice that an item presents."""

    slug: str
    title: Texts


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item with all that belongs to it. `starts` and `ends` are aware, in the meeting's zone; a missing end is
    derived. `track_name` is empty for a track that nobody named. `cell` is where it stands among the items of its
    day. `audience` and `hidden` are its own or its block's. `gone`: it is on the agenda no more, or not for everybody,
    and this is what was shown last. `below` are the items that stand below it, by start.
    """

    id: int
    slug: str
    kind: str
    starts: datetime
    ends: datetime
    cell: Cell
    track: str
    track_name: Texts
    mode: str
    evidence: bool
    own_expense: bool
    capacity: int | None
    title: Texts
    text: Texts
    points: tuple[Texts, ...]
    interpretation: tuple[str, ...]
    place: PlaceView | None
    speakers: tuple[SpeakerView, ...]
    practices: tuple[PracticeView, ...]
    uid: str
    sequence: int
    created_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None
    version: int
    audience: str
    hidden: bool
    partners: tuple[Texts, ...]
    language: str
    gone: bool = False
    below: tuple[ItemView, ...] = ()


@dataclass(frozen=True, slots=True)
class BlockView:
    """Items under one heading. audience: public, partners, steering_group, stakeholders."""

    id: int
    version: int
    slug: str
    title: Texts
    audience: str
    hidden: bool
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class DayView:
    """A day of the meeting; number 0 is the day of arrival."""

    id: int
    version: int
    number: int
    date: date
    chair: PersonView | None
    note: Texts
    blocks: tuple[BlockView, ...]

    @property
    def rows(self) -> list[tuple[BlockView, ItemView]]:
        """All items of the day with their blocks, by start, as one reads them."""
        found = [(block, item) for block in self.blocks for item in block.items]
        return sorted(found, key=lambda row: (row[1].starts, row[1].cell.column, row[1].ends))

    @property
    def heads(self) -> list[tuple[int, ItemView]]:
        """The columns side by side that hold one track alone, each with an item of it."""
        columns: dict[int, dict[str, ItemView]] = defaultdict(dict)
        for item in self.items:
            if item.cell.column and item.track:
                columns[item.cell.column][item.track] = item
        return [(column, one) for column, there in sorted(columns.items()) if len(there) == 1 for one in there.values()]

    @property
    def items(self) -> list[ItemView]:
        """The items of the day by start, without those below another."""
        return [item for _block, item in self.rows]

    @property
    def every(self) -> list[ItemView]:
        """All items of the day, those below another right after it."""
        return [one for item in self.items for one in (item, *item.below)]
