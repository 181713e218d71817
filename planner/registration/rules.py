"""What is true about registrations: who is the same person, who gets a place and who waits for what. All of it pure.

Waiting people are demand. Everybody is looked at in order of arrival, and whoever could come but for a full pool
keeps a claim on all the pools needed, so nobody who came later gets past. Only who waits for the quota of a partner
claims nothing else: other partners' people do not stand behind them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from planner.names import fold
from planner.registration import pools
from planner.registration.pools import Pool, Want, line_up

CATEGORIES = ("partner_staff", "stakeholder", "host_local", "speaker", "programme", "interpreter")
WITH_QUOTA = ("partner_staff", "stakeholder")
"""Categories whose places may be counted per partner."""
CERTAIN = "confirmed"
"""The status of those who come for sure: only they get places beside the meeting's own."""
DECIDED = (CERTAIN, "submitted")
"""Statuses of those who hold a place for good, whether or not an organiser still has to look at them."""
HOLDING = (*DECIDED, "offered")
"""Statuses that hold a place; `offered` until the offer ends."""
LIVE = (*HOLDING, "waiting")
MODES = ("on_site", "online")


def identity(given: str, family: str, email: str) -> str:
    """What two registrations of one person have in common: folded name and address."""
    return f"{fold(given)}|{fold(family)}|{email.strip().casefold()}"


class Phase(StrEnum):
    """Whether one can register: not asked for at all, not yet, now, or no longer."""

    NONE = "none"
    BEFORE = "before"
    OPEN = "open"
    CLOSED = "closed"


class Opening(Protocol):
    """When a form is open; aware instants, `opens_at` None means from the start."""

    opens_at: datetime | None
    closes_at: datetime


def phase(form: Opening | None, moment: datetime) -> Phase:
    """Whether one can register at that moment."""
    if form is None:
        return Phase.NONE
    if form.opens_at is not None and moment < form.opens_at:
        return Phase.BEFORE
    return Phase.OPEN if moment < form.closes_at else Phase.CLOSED


def next_arrival(last: datetime | None, moment: datetime) -> datetime:
    """When somebody arrives at that moment: later than whoever came last, whatever the clock says."""
    return moment if last is None or moment > last else last + timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Demand:
    """What one registration needs: a seat on site if it comes at least one day, likewise online, and a quota."""

    on_site: bool
    online: bool
    partner_id: int | None
    category: str

    @property
    def seats(self) -> frozenset[Pool]:
        """The pools of seats it needs one from."""
        return frozenset((mode, 0, "") for mode in MODES if getattr(self, mode))

    @property
    def quota(self) -> frozenset[Pool]:
        """The partner's quota it counts for, if its category has one."""
        if self.partner_id is None or self.category not in WITH_QUOTA:
            return frozenset()
        return frozenset({("quota", self.partner_id, self.category)})

    @property
    def pools(self) -> frozenset[Pool]:
        """Everything it needs one place of."""
        return self.seats | self.quota


@dataclass(frozen=True, slots=True)
class Claim:
    """A live registration: what it needs, whether it holds it, else what it was told to wait for.

    Arrival is by time, then by number.
    """

    registration_id: int
    status: str
    arrived: datetime
    demand: Demand
    waiting_for: str = ""

    @property
    def order(self) -> tuple[datetime, int]:
        """What the order of arrival sorts by."""
        return self.arrived, self.registration_id

    @property
    def claimed(self) -> frozenset[Pool]:
        """What it holds, or keeps a claim on."""
        return Group(self.status, self.waiting_for, self.demand, 1).claimed

    @property
    def want(self) -> Want:
        """What it stands in line for: a partner's quota comes first, and who waits for that claims no seat."""
        return Want(self.registration_id, self.arrived, (self.demand.quota, self.demand.seats))


@dataclass(frozen=True, slots=True)
class Places:
    """How many places there are. `quotas` are per category, `exceptions` per partner and category; None: no limit."""

    on_site: int
    online: int
    quotas: Mapping[str, int | None]
    exceptions: Mapping[tuple[int, str], int]

    def of(self, pool: Pool) -> float:
        """The size of a pool; infinite where nobody set a limit."""
        name, partner, category = pool
        if name != "quota":
            return self.on_site if name == "on_site" else self.online
        seats = self.exceptions.get((partner, category), self.quotas.get(category))
        return math.inf if seats is None else seats


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a registration: its status and, when it waits, for what (`quota` comes before `place`)."""

    status: str
    waiting_for: str = ""


class Stock(pools.Stock):
    """What is left of the meeting's own places."""

    def __init__(self, places: Places, claims: Iterable[Claim]) -> None:
        """Start with all places, less those that are held."""
        held = (pool for claim in claims if claim.status in HOLDING for pool in claim.demand.pools)
        super().__init__(places.of, Counter(held))


def walk(places: Places, claims: Sequence[Claim], approval: Collection[str]) -> Iterator[tuple[Claim, Verdict]]:
    """What each waiting registration would get now, in order of arrival."""
    waiting = {claim.registration_id: claim for claim in claims if claim.status == "waiting"}
    for want, lacking in line_up(Stock(places, claims), [claim.want for claim in waiting.values()]):
        claim = waiting[want.registration_id]
        yield claim, _verdict(lacking, claim.demand, approval)


def _verdict(lacking: Collection[Pool], demand: Demand, approval: Collection[str]) -> Verdict:
    if lacking:
        return Verdict("waiting", "quota" if demand.quota & set(lacking) else "place")
    return Verdict(status_with_place(demand.category, approval))


def status_with_place(category: str, approval: Collection[str]) -> str:
    """The status of somebody with a place: categories in `approval` wait for an organiser, holding it."""
    return "submitted" if category in approval else "confirmed"


def place_for(newcomer: Claim, places: Places, others: Sequence[Claim], approval: Collection[str]) -> Verdict:
    """What somebody with the status `waiting` gets beside all the others."""
    found = {claim.registration_id: verdict for claim, verdict in walk(places, [*others, newcomer], approval)}
    return found[newcomer.registration_id]


@dataclass(frozen=True, slots=True)
class Group:
    """So many live registrations that are alike: status, what they wait for, what they need."""

    status: str
    waiting_for: str
    demand: Demand
    count: int

    @property
    def claimed(self) -> frozenset[Pool]:
        """What each of them holds, or keeps a claim on."""
        if self.status == "waiting" and self.waiting_for == "quota":
            return self.demand.quota
        return self.demand.pools


def arrive(demand: Demand, places: Places, groups: Sequence[Group], approval: Collection[str]) -> tuple[Verdict, int]:
    """What somebody gets who comes last of all, and as which number they wait (0: they do not).

    The same as `place_for` and `position` say, from sums: whoever comes last changes nothing for the others.
    """
    taken = _claimed(places, groups)
    verdict = _verdict(pools.Stock(places.of, taken).lacking(demand.pools), demand, approval)
    if verdict.status != "waiting":
        return verdict, 0
    waiting = [group for group in groups if group.status == "waiting"]
    return verdict, 1 + sum(group.count for group in waiting if _shares_line(demand, verdict, group))


def _claimed(places: Places, groups: Sequence[Group]) -> Counter[Pool]:
    """What is held or claimed. Who was told to wait for a quota that is free by now claims all they need."""
    ordered = sorted(groups, key=lambda group: group.waiting_for == "quota")
    taken: Counter[Pool] = Counter()
    for group in ordered:
        told = group.waiting_for == "quota" and not pools.Stock(places.of, taken).lacking(group.demand.quota)
        taken.update(dict.fromkeys(group.demand.pools if told else group.claimed, group.count))
    return taken


def _shares_line(demand: Demand, verdict: Verdict, group: Group) -> bool:
    if verdict.waiting_for == "quota":
        return group.demand.quota == demand.quota
    return group.waiting_for != "quota" and bool(group.demand.seats & demand.seats)


def lacking_for_change(held: Demand, wished: Demand, places: Places, claims: Sequence[Claim]) -> frozenset[Pool]:
    """The pools without a free place that somebody who holds places would newly need.

    A place is only given up for one that is free, and free means that nobody waits for it. `claims` are everybody's,
    the changing one's own included.
    """
    stock = Stock(places, claims)
    for _each in line_up(stock, [claim.want for claim in claims if claim.status == "waiting"]):
        pass
    return stock.lacking(wished.pools - held.pools)


def position(registration_id: int, places: Places, claims: Sequence[Claim]) -> int:
    """Where somebody stands in the queue for the same thing, from 1; 0 for somebody who does not wait."""
    before: list[tuple[Claim, Verdict]] = []
    for claim, verdict in walk(places, claims, ()):
        if claim.registration_id == registration_id:
            return 1 + sum(_same_queue(claim, verdict, *other) for other in before)
        before.append((claim, verdict))
    return 0


def _same_queue(claim: Claim, verdict: Verdict, other: Claim, others: Verdict) -> bool:
    if verdict.waiting_for == "quota":
        return other.demand.quota == claim.demand.quota
    return others.waiting_for != "quota" and bool(other.demand.seats & claim.demand.seats)


def visit_for(choices: Sequence[int], left: Callable[[int], float], current: int | None = None) -> int | None:
    """The visit somebody gets: the first choice that has a seat left or is theirs already; None is waiting."""
    return next((choice for choice in choices if choice == current or left(choice) > 0), None)
