"""Everything limited, and who gets it: one mechanism, all of it pure.

A pool is something that has only so many places: the meeting on site or online, the quota of a partner, a study
visit, a bus, an option of a question. Who wants places stands in line by arrival, then by number. Whoever cannot be
served keeps a claim on what is waited for, so nobody who came later gets past.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

Pool = tuple[str, int, str]
"""Kind, number and key: `("on_site", 0, "")`, `("online", 0, "")`, `("quota", partner, category)`,
`("visit", item, "")`, `("ride", item, "")`, `("option", question, option)`.
"""
Sizes = Callable[[Pool], float]
"""How many places a pool has; infinite where nobody set a limit."""
MEETING: Pool = ("meeting", 0, "")
"""Stands for all the places that somebody needs to take part, where these are offered together."""
APART = ("visit", "ride", "option")
"""Kinds of pools beside the meeting itself: each of them is waited for on its own."""


def sized(sizes: Mapping[Pool, float]) -> Sizes:
    """Sizes of pools from those that are known. An option without a limit is free; a visit or bus not known is gone."""
    return lambda pool: sizes.get(pool, math.inf if pool[0] == "option" else 0)


def visit(item: int) -> Pool:
    """The seats of a study visit."""
    return ("visit", item, "")


def ride(item: int) -> Pool:
    """The seats of a bus."""
    return ("ride", item, "")


@dataclass(frozen=True, slots=True)
class Want:
    """Somebody wants a place of all these pools at once, since then.

    Pools come in stages: who is held up at one stage claims nothing of the stages behind it. Of several wants in one
    `group` only the first that can be served counts (`rank` 0 before 1). `frees` is given back for it.
    """

    registration_id: int
    since: datetime
    stages: tuple[frozenset[Pool], ...]
    rank: int = 0
    group: str = ""
    frees: frozenset[Pool] = frozenset()

    @property
    def order(self) -> tuple[datetime, int, int]:
        """What the line sorts by: never by when or how the rows happened to be read."""
        return self.since, self.registration_id, self.rank

    @property
    def pools(self) -> frozenset[Pool]:
        """Everything it needs one place of."""
        return frozenset().union(*self.stages)


class Stock:
    """What is left of every pool while people are looked at one after the other."""

    def __init__(self, sizes: Sizes, held: Mapping[Pool, int]) -> None:
        """Start with all places, less those that are held."""
        self._sizes = sizes
        self._taken = Counter(held)

    def left(self, pool: Pool) -> float:
        """Places left of a pool: none or less when it is full or claimed."""
        return self._sizes(pool) - self._taken[pool]

    def lacking(self, pools: Collection[Pool]) -> frozenset[Pool]:
        """Those of the pools that have nothing left."""
        return frozenset(pool for pool in pools if self.left(pool) <= 0)

    def take(self, want: Want) -> None:
        """Take what somebody gets, or keep what somebody waits for."""
        known = frozenset[Pool]()
        for stage in want.stages:
            self._taken.update(stage - known)
            known |= stage
            if any(self.left(pool) < 0 for pool in stage):
                return


def line_up(stock: Stock, wants: Iterable[Want]) -> Iterator[tuple[Want, frozenset[Pool]]]:
    """Everybody in line with what they lack: nothing for those who are served."""
    served = set()
    for want in sorted(wants, key=lambda want: want.order):
        if want.group and (want.registration_id, want.group) in served:
            continue
        lacking = stock.lacking(want.pools)
        yield want, lacking
        stock.take(want)
        if not lacking:
            served.add((want.registration_id, want.group))


def serve(sizes: Sizes, held: Mapping[Pool, int], wants: Collection[Want]) -> list[Want]:
    """Who gets what they want now, in the order of the line. What they give back for it goes to the next at once."""
    taken, given, line = Counter(held), list[Want](), list(wants)
    while True:
        lucky = [want for want, lacking in line_up(Stock(sizes, taken), line) if not lacking]
        given += lucky
        if not any(want.frees for want in lucky):
            return given
        for want in lucky:
            taken.update(want.pools)
            taken.subtract(want.frees)
        done = {(want.registration_id, want.group or want.pools) for want in lucky}
        line = [want for want in line if (want.registration_id, want.group or want.pools) not in done]


def left_for_newcomers(sizes: Sizes, held: Mapping[Pool, int], wants: Iterable[Want]) -> Stock:
    """What is left when everybody in line has got, or keeps a claim on, what they want: free means nobody waits."""
    stock = Stock(sizes, held)
    for _each in line_up(stock, wants):
        pass
    return stock


def place_in_line(pool: Pool, registration_id: int, wants: Iterable[Want]) -> int:
    """Where somebody stands among those who wait for a pool, from 1; 0 for somebody who does not."""
    line = sorted((want for want in wants if pool in want.pools), key=lambda want: want.order)
    return next((number for number, want in enumerate(line, 1) if want.registration_id == registration_id), 0)


def expires(moment: datetime, hours: int, *ends: datetime | None) -> datetime:
    """Until when a place is offered: some hours from now, but no longer than until the first of the ends."""
    return min([moment + timedelta(hours=hours), *(end for end in ends if end is not None)])


def after_lapse(lapsed_before: int) -> str:
    """What becomes of somebody who let an offer lapse: the first time `behind` all others, the second time `out`."""
    return "out" if lapsed_before else "behind"
