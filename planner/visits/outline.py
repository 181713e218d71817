"""Study visits and transport as the desk lists them: the draft, with what limits each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlmodel import Session

from planner.agenda.rows import Rows, drafted
from planner.agenda.rules import wall_of
from planner.agenda.tables import Item
from planner.db import Texts
from planner.errors import Missing
from planner.language import _
from planner.meetings.queries import Found
from planner.visits.releases import Plan, drafted_plan
from planner.visits.rules import ON_FOOT, in_order, minutes_between, seats
from planner.visits.tables import Stop, StudyVisit, Transport

VISITS = frozenset({"visit"})
RIDES = frozenset({"transfer"})
"""Kinds of items that usually are visits, and that usually move people."""


@dataclass(frozen=True, slots=True)
class Outing:
    """An item of the draft with its visit, stops in order, and ride. Times are those of the item as it stands.

    `day` is the number of its day, if it is scheduled.
    """

    id: int
    kind: str
    title: Texts
    day: int | None
    date: date | None
    starts: time | None
    ends: time | None
    cancelled: bool
    capacity: int | None
    visit: StudyVisit | None
    stops: Sequence[Stop]
    ride: Transport | None
    start: Texts
    end: Texts

    @property
    def parts(self) -> list[tuple[str, int]]:
        """What limits how many can come along, in words with its number."""
        taken = self.visit.capacity if self.visit else None
        driven = self.ride.seats if self.ride else None
        parts = ((_("the hosts take"), taken), (_("seats"), driven), (_("places in the agenda"), self.capacity))
        return [(words, number) for words, number in parts if number is not None]

    @property
    def seats(self) -> int | None:
        """How many can come along: the fewest of its parts."""
        return seats(None, [number for _words, number in self.parts])

    @property
    def lacking(self) -> list[str]:
        """What is still to be said, in words."""
        ride = self.ride
        lacks = {
            _("no stop yet"): self.visit is not None and not self.stops,
            _("no transport yet"): self.visit is not None and ride is None,
            _("stops overlap or are not in order"): not in_order([(stop.arrives, stop.leaves) for stop in self.stops]),
            _("a stop is outside the time of the visit"): any(map(self._is_outside, self.stops)),
            _("no walking level"): self.visit is not None and not self.visit.walking,
            _("no meeting point"): ride is not None and ride.from_place_id is None,
            _("be-there time and departure are the same"): ride is not None and _at_once(ride),
        }
        return [words for words, lacks_it in lacks.items() if lacks_it]

    def _is_outside(self, stop: Stop) -> bool:
        if self.starts is None or self.ends is None:
            return False
        length = minutes_between(self.starts, self.ends)
        return minutes_between(self.starts, stop.leaves) > length or minutes_between(self.starts, stop.arrives) > length


def _at_once(ride: Transport) -> bool:
    return ride.mode != ON_FOOT and ride.be_there == ride.departs


@dataclass(frozen=True, slots=True)
class Listed:
    """Visits, transfers, and items that may become one of the two."""

    visits: list[Outing]
    transfers: list[Outing]
    others: list[Outing]


def listed(session: Session, found: Found) -> Listed:
    """All visits of the draft by day and track, all rides, and the items whose kind says that they should be one."""
    rows, plan = drafted(session, found.meeting), drafted_plan(session, found.meeting.id or 0)
    ordered = _in_order(rows)
    every, tracks = [_outing(item, rows, plan) for item in ordered], {item.id: item.track for item in ordered}
    return Listed(
        sorted((one for one in every if one.visit), key=lambda one: (one.date or date.max, tracks[one.id])),
        [one for one in every if one.ride and not one.visit],
        [one for one in every if not one.visit and not one.ride and one.kind in VISITS | RIDES],
    )


def outing(session: Session, found: Found, item_id: int) -> Outing:
    """One item of the draft. Raises Missing when the meeting has no such item."""
    rows, plan = drafted(session, found.meeting), drafted_plan(session, found.meeting.id or 0)
    item = next((row for row in (*rows.items, *rows.pool) if row.id == item_id), None)
    if item is None:
        raise Missing
    return _outing(item, rows, plan)


def _in_order(rows: Rows) -> list[Item]:
    placed = sorted(rows.items, key=lambda row: (rows.day_of(row).date, rows.times[row.id or 0].starts, row.track))
    return [*placed, *rows.pool]


def _outing(item: Item, rows: Rows, plan: Plan) -> Outing:
    number = item.id or 0
    visit, ride = plan.visits.get(number), plan.transports.get(number)
    times = rows.times.get(number)
    return Outing(
        id=number,
        kind=item.kind,
        title=item.title,
        day=rows.day_of(item).number if times else None,
        date=rows.day_of(item).date if times else None,
        starts=wall_of(times.starts) if times else item.starts,
        ends=wall_of(times.ends) if times else item.ends,
        cancelled=item.cancelled_at is not None,
        capacity=item.capacity,
        visit=visit,
        stops=plan.stops.get(visit.id or 0, ()) if visit else (),
        ride=ride,
        start=_place(plan, ride.from_place_id if ride else None),
        end=_place(plan, ride.to_place_id if ride else None),
    )


def _place(plan: Plan, number: int | None) -> Texts:
    place = plan.places.get(number or 0)
    return place.name if place else {}
