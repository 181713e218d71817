"""How far a meeting has come, the one thing to do next, and how dates move along: pure, values in, decision out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from planner.clock import instant, local
from planner.meetings.rules import is_past
from planner.registration.rules import Phase

Values = dict[str, Any]
"""Columns of a row by name, as a form gives them."""
TEXTS = {"title": 200, "summary": 2000, "place": 100, "access": 4000, "travel": 4000, "online_note": 2000}
"""Texts of a meeting that exist per language, with the most characters each may have."""
FINAL_WITHIN = timedelta(days=14)
"""How long before the first day the agenda ought to be final."""


class Step(StrEnum):
    """What a host does next."""

    CANCELLED = "cancelled"
    LOOK = "look"
    BUILD = "build"
    FIRST = "first"
    DECIDE = "decide"
    GIVE_OUT = "give_out"
    OFFER = "offer"
    FINAL = "final"
    OPENS_LATER = "opens_later"
    OPEN = "open"
    PRINT = "print"
    SIGN = "sign"
    AS_HELD = "as_held"
    MINUTES = "minutes"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a meeting on a day (`today`, in its zone). `release` is the state of the newest version, empty
    without one; `pending` says that the draft was changed since; `looks` and `submitted` are how many wait.
    """

    today: date
    first_day: date
    last_day: date
    published: bool = True
    cancelled: bool = False
    has_items: bool = True
    release: str = ""
    pending: bool = False
    looks: int = 0
    registration: Phase = Phase.NONE
    submitted: int = 0
    minutes: bool = False
    opens: date | None = None
    closes: date | None = None
    numbers: date | None = None
    papers: date | None = None


def next_step(facts: Facts) -> Step:
    """The one thing to do next: what waits for somebody comes before what waits for its day."""
    if facts.cancelled:
        return Step.CANCELLED
    if is_past(facts.last_day, facts.today):
        return _after(facts)
    if facts.today >= facts.first_day:
        return _during(facts)
    return _before(facts)


def _after(facts: Facts) -> Step:
    if facts.has_items and facts.release != "held":
        return Step.AS_HELD
    return Step.DONE if facts.minutes else Step.MINUTES


def _during(facts: Facts) -> Step:
    if facts.submitted:
        return Step.DECIDE
    return Step.GIVE_OUT if facts.release and facts.pending else Step.SIGN


def _before(facts: Facts) -> Step:
    if facts.looks:
        return Step.LOOK
    if facts.published and facts.submitted:
        return Step.DECIDE
    if not facts.release:
        return Step.FIRST if facts.has_items else Step.BUILD
    if facts.pending:
        return Step.GIVE_OUT
    if facts.registration is Phase.NONE:
        return Step.OFFER
    if facts.release != "final" and facts.first_day - facts.today <= FINAL_WITHIN:
        return Step.FINAL
    return {Phase.BEFORE: Step.OPENS_LATER, Phase.OPEN: Step.OPEN}.get(facts.registration, Step.PRINT)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A stretch of a meeting's way. state: past, next (the one it is in), or nothing for what comes later."""

    key: str
    first: date | None
    last: date | None
    state: str


def milestones(facts: Facts) -> list[Milestone]:
    """The way of a meeting, in order. The first that is not done is where it stands."""
    way = [stretch for stretch in _way(facts) if _has(facts, stretch[0])]
    here = next((key for key, _first, _last, done in way if not done), "")
    return [
        Milestone(key, first, last, "past" if done else "next" if key == here else "") for key, first, last, done in way
    ]


def _has(facts: Facts, key: str) -> bool:
    """Whether that stretch is on this meeting's way at all."""
    missing = {"registration": facts.registration is Phase.NONE, "as_held": not facts.has_items}
    return not missing.get(key)


def _way(facts: Facts) -> list[tuple[str, date | None, date | None, bool]]:
    """Every stretch with its dates, and whether it is behind us."""
    over = is_past(facts.last_day, facts.today)

    def passed(day: date | None) -> bool:
        return over or (day is not None and day <= facts.today)

    return [
        ("announced", None, None, facts.published),
        ("registration", facts.opens, facts.closes, facts.registration is Phase.CLOSED or over),
        ("numbers", facts.numbers, None, passed(facts.numbers)),
        ("papers", facts.papers, None, passed(facts.papers)),
        ("held", facts.first_day, facts.last_day, over),
        ("as_held", None, None, facts.release == "held"),
        ("report", None, None, facts.minutes),
    ]


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The dates around a registration, as instants (UTC)."""

    opens_at: datetime
    closes_at: datetime
    waiting_list_closes_at: datetime
    catering_frozen_at: datetime
    papers_frozen_at: datetime


def usual_deadlines(first_day: date, zone: str) -> Deadlines:
    """What a new meeting begins with: open for five weeks, closed two weeks before, numbers a week before.

    Seen in real meetings: registration seven weeks ahead, an answer 18 to 12 days ahead, three days for a bus.
    """

    def before(days: int, hour: int) -> datetime:
        return instant(first_day - timedelta(days=days), time(hour), zone)

    return Deadlines(before(49, 9), before(14, 18), before(3, 12), before(7, 12), before(2, 12))


def shifted(moment: datetime | None, days: int, zone: str, new_zone: str) -> datetime | None:
    """An instant that many days later by the wall clock: what was noon in one zone is noon in the other."""
    if moment is None:
        return None
    there = local(moment, zone)
    return instant(there.date() + timedelta(days=days), there.time(), new_zone)
