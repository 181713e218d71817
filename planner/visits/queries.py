"""What is asked about study visits and transport."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from sqlmodel import Session, col, select

from planner.accounts.permissions import Viewer
from planner.agenda.queries import persons, place_views, programme
from planner.agenda.rules import Clash, Use, overlaps
from planner.agenda.tables import Item
from planner.agenda.views import DayView, ItemView, PersonView, PlaceView
from planner.clock import at, span
from planner.consortium.tables import Organisation
from planner.db import Texts
from planner.meetings.queries import Found, places
from planner.visits.rules import seats
from planner.visits.tables import Stop, StudyVisit, Transport
from planner.visits.views import Outings, RideView, StopView, TransferView, VisitView


def outings(session: Session, found: Found, days: Iterable[DayView]) -> Outings:
    """Study visits and transfers on those days of the programme, in a constant number of questions."""
    items = [item for day in days for item in day.items]
    rides = _rides(session, found, items)
    visits = _visits(session, found, items, rides)
    visiting = {visit.item.id for visit in visits}
    transfers = [TransferView(item, rides[item.id]) for item in items if item.id in rides and item.id not in visiting]
    visits.sort(key=lambda visit: (visit.item.starts.date(), visit.item.track, visit.item.starts))
    return Outings(tuple(visits), tuple(transfers))


def _rides(session: Session, found: Found, items: Sequence[ItemView]) -> dict[int, RideView]:
    meeting = found.meeting
    rows = session.exec(select(Transport).join(Item).where(Item.meeting_id == meeting.id)).all()
    stations = place_views(places(session, meeting.id or 0))
    by_item = {row.item_id: row for row in rows}
    return {item.id: _ride(by_item[item.id], item, meeting.zone, stations) for item in items if item.id in by_item}


def _ride(row: Transport, item: ItemView, zone: str, stations: Mapping[int, PlaceView]) -> RideView:
    day = item.starts.date()
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
    )


def _visits(
    session: Session, found: Found, items: Sequence[ItemView], rides: Mapping[int, RideView]
) -> list[VisitView]:
    query = (
        select(StudyVisit, Organisation)
        .join(Item, col(Item.id) == StudyVisit.item_id)
        .join(Organisation, col(Organisation.id) == StudyVisit.host_id, isouter=True)
        .where(Item.meeting_id == found.meeting.id)
    )
    rows = {visit.item_id: (visit, host.names if host else {}) for visit, host in session.exec(query).all()}
    people = persons(session, found, [number for visit, _host in rows.values() for number in _people(visit)])
    stops = _stops(session, found)
    return [
        _visit(*rows[item.id], item, found.meeting.zone, people, stops, rides.get(item.id))
        for item in items
        if item.id in rows
    ]


def _people(visit: StudyVisit) -> list[int]:
    return [number for number in (visit.contact_id, visit.guide_id) if number]


def _stops(session: Session, found: Found) -> dict[int, list[Stop]]:
    query = (
        select(Stop)
        .join(StudyVisit, col(StudyVisit.id) == Stop.visit_id)
        .join(Item, col(Item.id) == StudyVisit.item_id)
        .where(Item.meeting_id == found.meeting.id)
        .order_by(col(Stop.number))
    )
    stops: dict[int, list[Stop]] = defaultdict(list)
    for row in session.exec(query):
        stops[row.visit_id].append(row)
    return stops


def _visit(
    row: StudyVisit,
    host: Texts,
    item: ItemView,
    zone: str,
    people: Mapping[int, PersonView],
    stops: Mapping[int, list[Stop]],
    ride: RideView | None,
) -> VisitView:
    return VisitView(
        id=row.id or 0,
        item=item,
        host=host,
        contact=people.get(row.contact_id or 0),
        guide=people.get(row.guide_id or 0),
        language=row.language,
        seats=seats(row.capacity, [ride.seats] if ride else []),
        photos=row.photos,
        access=row.access,
        stops=tuple(_stop(stop, item, zone) for stop in stops.get(row.id or 0, ())),
        ride=ride,
    )


def _stop(row: Stop, item: ItemView, zone: str) -> StopView:
    times = span(item.starts.date(), row.arrives, row.leaves, zone)
    return StopView(row.number, row.name, row.address, *times)


def clashes(session: Session, found: Found, viewer: Viewer) -> list[Clash]:
    """What cannot be as planned in the programme this viewer sees; a bus needs its people from be-there on."""
    days = programme(session, found, viewer)
    items = [item for day in days for item in day.items]
    rides = _rides(session, found, items)
    return overlaps([_use(item, rides.get(item.id)) for item in items])


def _use(item: ItemView, ride: RideView | None) -> Use:
    starts = min(item.starts, ride.be_there) if ride else item.starts
    people = frozenset(speaker.person.id for speaker in item.speakers)
    return Use(item.slug, starts, item.ends, item.track, item.place.id if item.place else None, people)
