"""How it stands with each limited thing beside the meeting's own places, by the names that readers know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from planner.db import Texts
from planner.registration.offer import Offer, OfferedItem
from planner.registration.pools import MEETING, Pool
from planner.registration.queries import Choices


@dataclass(frozen=True, slots=True)
class Thing:
    """What a pool is called: its title, for an option also the question it belongs to; `item` is a visit or a bus."""

    pool: Pool
    title: Texts
    question: Texts
    item: OfferedItem | None = None


def named(offer: Offer, pool: Pool) -> Thing:
    """A pool by its name; one that is no longer offered has none."""
    kind, number, key = pool
    if pool == MEETING:
        return Thing(pool, offer.found.meeting.title, {})
    if kind == "option":
        asked = next((one for one in offer.questions if one.id == number), None)
        option = next((one for one in asked.options if one.slug == key), None) if asked else None
        return Thing(pool, option.texts if option else {}, asked.label if asked else {})
    item = offer.item(number)
    return Thing(pool, item.title if item else {}, {}, item)


@dataclass(frozen=True, slots=True)
class Line:
    """How somebody stands with a thing: see `apart.Standing`."""

    thing: Thing
    state: str
    position: int
    expires: datetime | None
    offer: int

    @property
    def pool(self) -> Pool:
        """What it is about."""
        return self.thing.pool


def lines(offer: Offer, chosen: Choices) -> list[Line]:
    """Everything limited that somebody has, is offered or waits for, without what is no longer offered."""
    found = [
        Line(named(offer, one.pool), one.state, one.position, one.expires, one.offer) for one in chosen.places
    ]  # fmt: skip
    return [line for line in found if line.thing.title]
