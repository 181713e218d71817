"""What is asked about study visits and transport."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from planner.agenda.checks import Facts, Ride
from planner.agenda.queries import persons, place_views
from planner.agenda.rows import Rows
from planner.agenda.views import DayView, ItemView, PersonView, PlaceView
from planner.clock import at, span
from planner.consortium.tables import Organisation
from planner.db import Texts
from planner.meetings.queries import Found
from planner.visits.releases import Plan, drafted_plan, fallen_plan, released_plan
from planner.visits.rules import seats
from planner.visits.tables import Stop, StudyVisit, Transport
from planner.visits.views import Outings, RideView, StopView, TransferView, VisitView


def outings(session: Session, found: Found, days: Iterable[DayView]) -> Outings:
    """Study visits and transfers on those days of the programme, as they were given out with it, in a constant number
    of questions.
    """
    number, items = found.meeting.id or 0, [item for day in days for item in day.every]
    plan = _outings(session, found, [item for item in items if not item.gone], released_plan(session, number))
    gone = [item for item in items if item.gone]
    fallen = _outings(session, found, gone, fallen_plan(session, number)) if gone else Outings((), ())
    return Outings((*plan.visits, *fallen.visits), (*plan.transfers, *fallen.transfers))


def drafted_outings(session: Session, found: Found, days: Iterable[DayView]) -> Outings:
    """Study visits and transfers on those days of the draft, as the organisers have them now: for the desk only."""
    items = [item for day in days for item in day.every]
    return _outings(session, found, items, drafted_plan(session, found.meeting.id or 0))


def _outings(session: Session, found: Found, items: Sequence[ItemView], plan: Plan) -> Outings:
    rides = _rides(plan, items)
    visits = _visits(session, found, items, plan, rides)
    visiting = {visit.item.id for visit in visits}
    transfers = [TransferView(item, rides[item.id]) for item in items if item.id in rides and item.id not in visiting]
    visits.sort(key=lambda visit: (visit.item.starts.date(), visit.item.track, visit.item.starts))
    return Outings(tuple(visits), tuple(transfers))


def _rides(plan: Plan, items: Sequence[ItemView]) -> dict[int, RideView]:
    stations, known = place_views(plan.places), plan.transports
    return {
        item.id: _ride(known[item.id], item.starts.date(), _zone(item), stations) for item in items if item.id in known
    }


def _zone(item: ItemView) -> str:
    return str(item.starts.tzinfo)


def _ride(row: Transport, day: date, zone: str, stations: Mapping[int, PlaceView]) -> RideView:
    departs, arrives = span(day, row.departs, row.arrives, zone)
    return RideView(
        mode=row.mode,
        start=stations.get(row.from_place_id or 0),
        end=stations.get(row.to_place_id or 0),
        be_there=at(day if row.be_there <= row.departs else day - timedelta(days=1), row.be_there, zone),
        departs=departs,
        arrives=arrives,
        seats=row.seats,
        wheelchair_places=row.wheelchair_places,
        vehicles=row.vehicles,
        last_return=_returns(row, day, zone),
    )


def _returns(row: Transport, day: date, zone: str) -> datetime | None:
    """When the last vehicle goes back: in the night after the day when that is before the first departs."""
    if row.last_return is None:
        return None
    return at(day if row.last_return >= row.departs else day + timedelta(days=1), row.last_return, zone)


def _visits(
    session: Session, found: Found, items: Sequence[ItemView], plan: Plan, rides: Mapping[int, RideView]
) -> list[VisitView]:
    query = select(Organisation).where(col(Organisation.id).in_([visit.host_id for visit in plan.visits.values()]))
    hosts = {row.id: row.names for row in session.exec(query)}
    people = persons(session, found, [number for visit in plan.visits.values() for number in _people(visit)])
    rows = [(plan.visits[item.id], item) for item in items if item.id in plan.visits]
    return [
        _visit(row, hosts.get(row.host_id, {}), item, _zone(item), people, plan.stops, rides.get(item.id))
        for row, item in rows
    ]


def _people(visit: StudyVisit) -> list[int]:
    return [number for number in (visit.contact_id, visit.guide_id) if number]


def _visit(
    row: StudyVisit,
    host: Texts,
    item: ItemView,
    zone: str,
    people: Mapping[int, PersonView],
    stops: Mapping[int, Sequence[Stop]],
    ride: RideView | None,
) -> VisitView:
    return VisitView(
        id=row.id or 0,
        item=item,
        host=host,
        contact=people.get(row.contact_id or 0),
        guide=people.get(row.guide_id or 0),
        language=row.language,
        walking=row.walking,
        seats=seats(row.capacity, [item.capacity, *([ride.seats] if ride else [])]),
        photos=row.photos,
        access=row.access,
        stops=tuple(_stop(stop, item, zone) for stop in stops.get(row.id or 0, ())),
        ride=ride,
    )


def _stop(row: Stop, item: ItemView, zone: str) -> StopView:
    times = span(item.starts.date(), row.arrives, row.leaves, zone)
    return StopView(row.number, row.name, row.address, *times)


def facts(session: Session, found: Found, rows: Rows, signed_up: Mapping[int, int] | None = None) -> Facts:
    """What the checks of a draft have to know of its rides and seats; who counts people hands over how many signed up
    for each item.
    """
    plan = drafted_plan(session, found.meeting.id or 0)
    rides = {
        number: _ridden(plan.transports[number], rows.day_of(item).date, rows.zone)
        for item in rows.items
        if (number := item.id or 0) in plan.transports
    }
    vehicles = {item: [ride.seats] for item, ride in plan.transports.items()}
    there = {item: seats(visit.capacity, vehicles.get(item, [])) for item, visit in plan.visits.items()}
    return Facts(rides, {item: number for item, number in there.items() if number is not None}, signed_up or {})


def _ridden(row: Transport, day: date, zone: str) -> Ride:
    ride = _ride(row, day, zone, {})
    return Ride(ride.be_there, ride.departs, ride.arrives, row.from_place_id, row.to_place_id)
