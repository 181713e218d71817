"""Study visits and transport row by row: as they are drafted now, or as they were given out with the agenda."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from planner.agenda.releases import released_parts
from planner.agenda.tables import Item
from planner.history import UNCOMPARED, revived, values
from planner.meetings.queries import places
from planner.meetings.tables import Place
from planner.visits.rules import moved_along, seats
from planner.visits.tables import Stop, StudyVisit, Transport

SECTION = "visits"
"""The name of this room's part in a release."""

Row = TypeVar("Row", StudyVisit, Stop, Transport)


@dataclass(frozen=True)
class Plan:
    """Rows by item, stops by visit and in order; places by id. All times are those of the items as they stand."""

    visits: Mapping[int, StudyVisit]
    stops: Mapping[int, list[Stop]]
    transports: Mapping[int, Transport]
    places: Mapping[int, Place]


def drafted_plan(session: Session, meeting_id: int) -> Plan:
    """What the organisers have now, in a constant number of questions. The rows belong to no session."""
    items = select(col(Item.id), col(Item.starts)).where(Item.meeting_id == meeting_id, col(Item.deleted_at).is_(None))
    starts = {number or 0: begins for number, begins in session.exec(items)}
    mine = select(Item.id).where(Item.meeting_id == meeting_id, col(Item.deleted_at).is_(None))
    there = select(StudyVisit).where(col(StudyVisit.item_id).in_(mine), col(StudyVisit.deleted_at).is_(None))
    visits = session.exec(there).all()
    rides = session.exec(select(Transport).where(col(Transport.item_id).in_(mine))).all()
    by_id = {row.id: row for row in visits}
    stops = session.exec(select(Stop).join(StudyVisit).where(col(StudyVisit.item_id).in_(mine))).all()
    return _plan(
        [_moved(row, row.item_starts, starts[row.item_id]) for row in visits],
        [
            _moved(row, by_id[row.visit_id].item_starts, starts[by_id[row.visit_id].item_id])
            for row in stops
            if row.visit_id in by_id
        ],
        [_moved(row, row.item_starts, starts[row.item_id]) for row in rides],
        places(session, meeting_id),
    )


def _plan(
    visits: Iterable[StudyVisit], stops: Iterable[Stop], rides: Iterable[Transport], there: Mapping[int, Place]
) -> Plan:  # fmt: skip
    by_visit: dict[int, list[Stop]] = defaultdict(list)
    for row in sorted(stops, key=lambda row: (row.number, row.id or 0)):
        by_visit[row.visit_id].append(row)
    return Plan({row.item_id: row for row in visits}, by_visit, {row.item_id: row for row in rides}, there)


def _moved(row: Row, written_for: time | None, starts: time | None) -> Row:
    """A copy whose times are those of an item that begins at `starts` now."""
    kept = revived(type(row), values(row))
    for name in ("be_there", "departs", "arrives", "leaves", "last_return"):
        if kept.get(name) is not None:
            kept[name] = moved_along(kept[name], written_for, starts)
    if "item_starts" in kept:
        kept["item_starts"] = starts
    return type(row)(**kept)


def freeze(session: Session, meeting_id: int) -> dict[str, Any]:
    """What a release keeps of each visit and ride, by item: who publishes hands it over as `{"visits": freeze(…)}`."""
    plan = drafted_plan(session, meeting_id)
    return {
        str(item): {
            "visit": _kept(plan.visits.get(item)),
            "stops": [_kept(stop) for stop in _stops(plan, item)],
            "transport": _kept(plan.transports.get(item)),
            "stations": _stations(plan, item),
        }
        for item in sorted({*plan.visits, *plan.transports})
    }


def _kept(row: StudyVisit | Stop | Transport | None) -> dict[str, Any] | None:
    """What readers see of a row: how often it was changed is nothing to them."""
    return {name: value for name, value in values(row).items() if name not in UNCOMPARED} if row else None


def _stops(plan: Plan, item: int) -> list[Stop]:
    visit = plan.visits.get(item)
    return plan.stops.get(visit.id or 0, []) if visit else []


def _stations(plan: Plan, item: int) -> list[Any]:
    """Where a ride begins and ends, in words: readers see it when a station gets another name."""
    ride = plan.transports.get(item)
    ends = [plan.places.get(number or 0) for number in (ride.from_place_id, ride.to_place_id)] if ride else []
    return [[place.name, place.address] if place else None for place in ends]


def released_plan(session: Session, meeting_id: int) -> Plan:
    """What was given out with the newest version of the agenda; nothing before the first."""
    kept, there = released_parts(session, meeting_id, (SECTION, "places")) or (None, None)
    return _thawed(kept, there)


def fallen_plan(session: Session, meeting_id: int) -> Plan:
    """The same for items that the newest version only remembers, as they were shown last."""
    kept, gone = released_parts(session, meeting_id, (SECTION, "gone")) or (None, None)
    return _thawed((gone or {}).get(SECTION, kept), (gone or {}).get("places"))


def _thawed(kept: Mapping[str, Any] | None, places_kept: Iterable[Mapping[str, Any]] | None) -> Plan:
    part = kept or {}
    there = [Place(**revived(Place, row)) for row in places_kept or []]
    return _plan(
        _rows(StudyVisit, [one["visit"] for one in part.values()]),
        _rows(Stop, [stop for one in part.values() for stop in one["stops"]]),
        _rows(Transport, [one["transport"] for one in part.values()]),
        {place.id or 0: place for place in there},
    )


def released_capacities(session: Session, meeting_id: int) -> dict[int, int]:
    """How many people each study visit takes that the newest version says takes place, by item: the fewest of the
    visit's, its vehicles' and the item's own seats. One question; nothing is promised before the first version.
    """
    kept, items = released_parts(session, meeting_id, (SECTION, "items")) or ({}, [])
    found = {}
    for item in items or []:
        there = (kept or {}).get(str(item["id"])) or {}
        if (visit := there.get("visit")) and item["cancelled_at"] is None:
            vehicle = (there.get("transport") or {}).get("seats")
            found[item["id"]] = seats(visit["capacity"], [vehicle, item["capacity"]]) or 0
    return found


def _rows(kind: type[Row], kept: Iterable[Mapping[str, Any] | None]) -> list[Row]:
    return [kind(**revived(kind, row)) for row in kept if row]
