"""Who gets which study visit, and why: pure, so that the same people always get the same proposal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from planner.names import fold

_WHEELCHAIR = (
    "wheelchair", "αμαξιδι", "αναπηρικ", "инвалидна колич", "инвалидн", "silla de ruedas", "cadeira de rodas",
    "sedia a rotelle", "fauteuil roulant", "rollstuhl", "rolstoel", "rolstol", "rullstol", "kørestol", "ratinkresl",
    "ratastool", "vezimel", "wozek", "wozk", "vozicek", "vozik", "kerekesszek", "scaun cu rotile", "scaun rulant",
    "fotoliu rulant", "pyoratuoli", "invalidska kolica",
)  # fmt: skip
_NAMES = re.compile("|".join(re.escape(fold(name)) for name in _WHEELCHAIR))


def uses_wheelchair(note: str) -> bool:
    """Whether a note about access speaks of a wheelchair, in one of the languages around here."""
    return bool(_NAMES.search(fold(note)))


class Why(StrEnum):
    """The reason for what somebody is given."""

    LOCKED = "locked"
    BY_HAND = "by_hand"
    OFFERED = "offered"
    FIRST = "first"
    SECOND = "second"
    SECOND_STEP_FREE = "second_step_free"
    SECOND_GONE = "second_gone"
    FULL = "full"
    GONE = "gone"
    NOT_STEP_FREE = "not_step_free"
    NO_CHOICE = "no_choice"


@dataclass(frozen=True, slots=True)
class Seeker:
    """Somebody with wishes, the first one first, or with a seat already (`current`, an agenda item). `offered` is the
    visit on which a seat is kept until that person answers.
    """

    number: int
    arrived: datetime
    choices: tuple[int, ...]
    current: int | None = None
    locked: bool = False
    wheelchair: bool = False
    offered: int | None = None

    @property
    def order(self) -> tuple[datetime, int]:
        """What the order of arrival sorts by."""
        return self.arrived, self.number

    @property
    def stays(self) -> bool:
        """Whether no proposal moves this one: asked already, locked, or put by hand where nobody wished to be."""
        return self.offered is not None or (
            self.current is not None and (self.locked or self.current not in self.choices)
        )


@dataclass(slots=True)
class Room:
    """What is left of a visit. `wheelchair_places` is None where nobody counts them (on foot)."""

    seats: int
    wheelchair_places: int | None = None

    def takes(self, seeker: Seeker) -> bool:
        """Whether there is a seat for that person."""
        return self.seats > 0 and self.is_step_free_for(seeker)

    def is_step_free_for(self, seeker: Seeker) -> bool:
        """Whether a wheelchair is no hindrance, for one who needs one."""
        return not seeker.wheelchair or self.wheelchair_places is None or self.wheelchair_places > 0

    def seat(self, seeker: Seeker) -> None:
        """Give a seat away."""
        self.seats -= 1
        if seeker.wheelchair and self.wheelchair_places is not None:
            self.wheelchair_places -= 1


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody gets, and why: `place` is where they stand among the `of` people who wished for the same first."""

    number: int
    item: int | None
    why: Why
    place: int = 0
    of: int = 0


def propose(seekers: Iterable[Seeker], rooms: Mapping[int, Room]) -> list[Given]:
    """What everybody gets: first choices in order of arrival, then second ones, never more than there are seats.

    Who is locked, was put by hand where they did not wish to be, or was offered a seat, stays and is counted first.
    Visits that are not among the `rooms` do not take place.
    """
    ordered = sorted(seekers, key=lambda seeker: seeker.order)
    left = {item: Room(room.seats, room.wheelchair_places) for item, room in rooms.items()}
    given = {seeker.number: seeker.current for seeker in ordered if seeker.stays}
    for seeker in ordered:
        for kept in {seeker.current, seeker.offered} if seeker.stays else ():
            if kept in left:
                left[kept].seat(seeker)
    for rank in (0, 1):
        for seeker in ordered:
            wish = seeker.choices[rank] if rank < len(seeker.choices) else None
            if seeker.number not in given and wish in left and left[wish].takes(seeker):
                left[wish].seat(seeker)
                given[seeker.number] = wish
    return [_explained(seeker, given.get(seeker.number), ordered, left) for seeker in ordered]


def _explained(seeker: Seeker, item: int | None, ordered: Sequence[Seeker], left: Mapping[int, Room]) -> Given:
    first = seeker.choices[0] if seeker.choices else None
    queue = [other.number for other in ordered if first is not None and other.choices[:1] == (first,)]
    place = queue.index(seeker.number) + 1 if queue else 0
    return Given(seeker.number, item, _why(seeker, item, left), place, len(queue))


def _why(seeker: Seeker, item: int | None, left: Mapping[int, Room]) -> Why:
    if seeker.stays:
        return Why.OFFERED if seeker.offered is not None else Why.LOCKED if seeker.locked else Why.BY_HAND
    if not seeker.choices:
        return Why.NO_CHOICE
    if item == seeker.choices[0]:
        return Why.FIRST
    first = left.get(seeker.choices[0])
    if first is None:
        return Why.GONE if item is None else Why.SECOND_GONE
    barred = not first.is_step_free_for(seeker)
    if item is None:
        return Why.NOT_STEP_FREE if barred else Why.FULL
    return Why.SECOND_STEP_FREE if barred else Why.SECOND
