"""The form that moves an item: to which day and block, when, where and in which track."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from planner.agenda.actions import Move
from planner.agenda.item_form import Option, clock_time
from planner.agenda.item_words import Difference
from planner.agenda.rows import days_and_blocks
from planner.agenda.tables import Block, Day, Item
from planner.forms import Check
from planner.language import _, day_text, say, time_text
from planner.meetings.queries import Found, places


@dataclass(frozen=True, slots=True)
class Targets:
    """Where an item can go. `day_of` tells the number of a block's day."""

    blocks: tuple[Option, ...]
    places: tuple[Option, ...]
    day_of: dict[int, str]


def where_to(session: Session, found: Found) -> Targets:
    """Every block of every day, and every place."""
    number = found.meeting.id or 0
    days, blocks = days_and_blocks(session, number)
    by_day = [(day, block) for day in days for block in blocks if block.day_id == day.id]
    return Targets(
        blocks=tuple((str(block.id), _block_text(day, block)) for day, block in by_day),
        places=tuple((str(place.id), say(place.name).text) for place in places(session, number).values()),
        day_of={block.id or 0: str(day.number) for day, block in by_day},
    )


def _block_text(day: Day, block: Block) -> str:
    return " · ".join(part for part in (day_text(day.date, "EEE d MMM"), say(block.title).text) if part)


def read_move(check: Check, offer: Targets) -> Move:
    """Where the form wants an item to go; without a block, to the pool."""
    block = check.choice("where", [value for value, _text in offer.blocks])
    place = check.choice("place", [value for value, _text in offer.places])
    return Move(
        block_id=int(block) if block else None,
        starts=clock_time(check, "starts"),
        place_id=int(place) if place else None,
        track=check.text("track", limit=40),
        shift_later=check.tick("shift_later"),
    )


def compared(wish: Move, row: Item, offer: Targets) -> list[Difference]:
    """Where the reader and somebody else want an item to be, where that differs."""
    blocks, rooms = dict(offer.blocks), dict(offer.places)
    pairs = [
        (_("Day and block"), blocks.get(str(wish.block_id), ""), blocks.get(str(row.block_id), "")),
        (
            _("Starts"),
            time_text(wish.starts) if wish.starts else "",
            time_text(row.starts) if row.starts else "",
        ),
        (_("Room or place"), rooms.get(str(wish.place_id), ""), rooms.get(str(row.place_id), "")),
        (_("Track"), wish.track, row.track),
    ]
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]
