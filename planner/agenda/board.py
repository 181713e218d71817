"""The board of the agenda editor: the draft, one day at a time, as plain rows with what there is to check in each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from sqlmodel import Session

from planner.agenda.checks import Facts
from planner.agenda.neighbours import length
from planner.agenda.queries import persons
from planner.agenda.remarks import Remark, remarks
from planner.agenda.rows import Rows
from planner.agenda.rules import wall_of
from planner.agenda.tables import Block, Day, Item
from planner.agenda.words import audience_text, languages_text, mode_text
from planner.db import Texts
from planner.language import _, current, language_text
from planner.meetings.queries import Found
from planner.tokens import digest

Badge = tuple[str, str]
"""Words and their kind of colour."""


@dataclass(frozen=True, slots=True)
class Row:
    """An item as the editor lists it. `derived`: nobody wrote when it ends. `first` and `last` of its day. `minutes` is
    how long one in the pool takes, if anything says so.
    """

    id: int
    version: int
    kind: str
    title: Texts
    starts: time | None
    ends: time | None
    derived: bool
    place: Texts
    track: str
    track_name: Texts
    minutes: int | None
    speakers: tuple[str, ...]
    badges: tuple[Badge, ...]
    remarks: tuple[str, ...]
    cancelled: bool
    evidence: bool
    first: bool = False
    last: bool = False
    inside: tuple[Row, ...] = ()

    @property
    def mark(self) -> str:
        """Its id with what changes with anything that its line shows, those inside included."""
        return f"{self.id}:{digest(current() + repr(self))[:8]}"


@dataclass(frozen=True, slots=True)
class BlockRows:
    """A block of the shown day with its items as one reads them."""

    id: int
    version: int
    title: Texts
    audience: str
    hidden: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class DayTab:
    """A day to choose: how many items it has, and how many things to check."""

    id: int
    number: int
    date: date
    note: Texts
    version: int
    count: int
    remarks: int


@dataclass(frozen=True, slots=True)
class Board:
    """What the editor shows. `day` is the shown one, if the meeting has days; `remarks` are those of all days."""

    days: tuple[DayTab, ...]
    day: DayTab | None
    blocks: tuple[BlockRows, ...]
    pool: tuple[Row, ...]
    remarks: tuple[Remark, ...]


def board(session: Session, found: Found, rows: Rows, wished: str, facts: Facts) -> Board:
    """A draft with the day of that number, or else the first, in a constant number of questions.

    `facts` is what later rooms know of its items.
    """
    said = remarks(session, found, rows, facts)
    tabs = tuple(_tab(day, rows, said) for day in rows.days)
    shown = next((tab for tab in tabs if str(tab.number) == wished), tabs[0] if tabs else None)
    parts = _parts(session, found, rows, said)
    tops = _tops(rows.tops[shown.id], parts) if shown else []
    blocks = [
        _block(block, [row for number, row in tops if number == block.id])
        for block in rows.blocks
        if shown and block.day_id == shown.id
    ]
    return Board(tabs, shown, tuple(_as_read(blocks)), tuple(_row(item, parts) for item in rows.pool), tuple(said))


def _as_read(blocks: Sequence[BlockRows]) -> list[BlockRows]:
    """Blocks by their first item; empty ones stay behind the block they were added after."""
    begun, keys = time.min, []
    for block in blocks:
        begun = next((row.starts for row in block.rows if row.starts), begun)
        keys.append(begun)
    return [block for _key, block in sorted(zip(keys, blocks, strict=True), key=lambda pair: pair[0])]


def _tab(day: Day, rows: Rows, said: Sequence[Remark]) -> DayTab:
    number = day.id or 0
    to_check = len([remark for remark in said if remark.day == day.number])
    return DayTab(number, day.number, day.date, day.note, day.version, len(rows.tops[number]), to_check)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What belongs to items, by their ids."""

    rows: Rows
    speakers: Mapping[int, tuple[str, ...]]
    remarks: Mapping[int, tuple[str, ...]]


def _parts(session: Session, found: Found, rows: Rows, said: Iterable[Remark]) -> _Parts:
    sentences: dict[int, list[str]] = defaultdict(list)
    for remark in said:
        sentences[remark.item_id].append(remark.sentence)
    people = persons(session, found, {speaking.person_id for speaking in rows.speakings})
    names: dict[int, list[str]] = defaultdict(list)
    for speaking in rows.speakings:
        names[speaking.item_id].append(people[speaking.person_id].name)
    return _Parts(
        rows, {item: tuple(known) for item, known in names.items()}, {item: tuple(s) for item, s in sentences.items()}
    )


def _tops(items: Sequence[Item], parts: _Parts) -> list[tuple[int | None, Row]]:
    """The items of a day, each with the number of its block and with those below it."""
    moving = [item.id for item in items if item.cancelled_at is None]
    found = []
    for item in items:
        below = tuple(_row(other, parts) for other in parts.rows.below[item.id or 0])
        row = replace(_row(item, parts), first=item.id in moving[:1], last=item.id in moving[-1:], inside=below)
        found.append((item.block_id, row))
    return found


def _row(item: Item, parts: _Parts) -> Row:
    number = item.id or 0
    place = parts.rows.place.get(item.place_id or 0)
    span = parts.rows.times.get(number)
    return Row(
        id=number,
        version=item.version,
        kind=item.kind,
        title=item.title,
        starts=item.starts,
        ends=wall_of(span.ends) if span else item.ends,
        derived=item.ends is None,
        place=place.name if place else {},
        track=item.track,
        track_name=parts.rows.track_names.get(item.track, {}),
        minutes=None if span else length(item, parts.rows),
        speakers=parts.speakers.get(number, ()),
        badges=tuple(_badges(item)),
        remarks=parts.remarks.get(number, ()),
        cancelled=item.cancelled_at is not None,
        evidence=item.evidence,
    )


def _badges(item: Item) -> Iterable[Badge]:
    if item.cancelled_at:
        yield _("Cancelled"), "bad"
    if item.hidden:
        yield _("Not on the public agenda"), "warn"
    if item.audience:
        yield audience_text(item.audience) or _("Open to everybody"), ""
    if item.mode != "on_site":
        yield mode_text(item.mode), "teal"
    if item.language:
        yield language_text(item.language), ""
    if item.interpretation:
        yield _("Interpretation: %(languages)s") % {"languages": languages_text(item.interpretation)}, ""


def _block(block: Block, rows: Iterable[Row]) -> BlockRows:
    return BlockRows(block.id or 0, block.version, block.title, block.audience, block.hidden, tuple(rows))
