"""Study visits and transfers as their readers get them: plain values with texts in all their languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from planner.agenda.views import ItemView, PersonView, PlaceView
from planner.db import Texts


@dataclass(frozen=True, slots=True)
class RideView:
    """How an item moves people; times are aware, in the meeting's zone. On foot nobody counts seats."""

    mode: str
    start: PlaceView | None
    end: PlaceView | None
    be_there: datetime
    departs: datetime
    arrives: datetime
    seats: int | None
    wheelchair_places: int | None
    vehicles: int
    last_return: datetime | None


@dataclass(frozen=True, slots=True)
class StopView:
    """A stop of a visit, with aware times in the meeting's zone."""

    number: int
    name: Texts
    address: str
    arrives: datetime
    leaves: datetime


@dataclass(frozen=True, slots=True)
class VisitView:
    """A study visit with its stops in order and the ride that belongs to it. `seats`: what its smallest part takes."""

    id: int
    item: ItemView
    host: Texts
    contact: PersonView | None
    guide: PersonView | None
    language: str
    walking: str
    seats: int | None
    photos: Texts
    access: Texts
    stops: tuple[StopView, ...]
    ride: RideView | None


@dataclass(frozen=True, slots=True)
class TransferView:
    """An item that only moves people: a bus, a walk."""

    item: ItemView
    ride: RideView


@dataclass(frozen=True, slots=True)
class Outings:
    """All study visits of a meeting by day and track, and all transfers by start."""

    visits: tuple[VisitView, ...]
    transfers: tuple[TransferView, ...]
