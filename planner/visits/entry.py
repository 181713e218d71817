"""What the desk's forms say of a visit, a stop and a ride: values, and whether they can be taken."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import time
from typing import Any, Self

from sqlmodel import Session, select

from planner.consortium.tables import Organisation, Person
from planner.db import Table, Texts
from planner.errors import Refusal
from planner.language import NAMES, _
from planner.meetings.tables import Meeting, Place
from planner.visits.rules import LONGEST_WAIT, ON_FOOT, RIDES, WALKING, follows
from planner.visits.tables import Stop, StudyVisit, Transport

MOST_PEOPLE = 100_000


class Values:
    """Columns of a row that a form writes, all of them under their own names."""

    @classmethod
    def of(cls, row: Table) -> Self:
        """As a row has them."""
        return cls(**{column.name: getattr(row, column.name) for column in fields(cls)})  # type: ignore[arg-type]

    def columns(self) -> dict[str, Any]:
        """Names and values."""
        return {column.name: getattr(self, column.name) for column in fields(self)}  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class VisitValues(Values):
    """All that is said of a visit beside its stops and its ride."""

    host_id: int | None
    contact_id: int | None
    guide_id: int | None
    language: str
    walking: str
    capacity: int
    photos: Texts
    access: Texts


@dataclass(frozen=True, slots=True)
class StopValues(Values):
    """A stop; wall-clock times."""

    name: Texts
    address: str
    arrives: time
    leaves: time


@dataclass(frozen=True, slots=True)
class RideValues(Values):
    """A ride; wall-clock times. `seats` are those of all vehicles together."""

    mode: str
    from_place_id: int | None
    to_place_id: int | None
    be_there: time
    departs: time
    arrives: time
    seats: int | None
    vehicles: int
    wheelchair_places: int | None
    last_return: time | None


AnyValues = VisitValues | StopValues | RideValues
AnyRow = StudyVisit | Stop | Transport


def check_visit(session: Session, meeting: Meeting, values: VisitValues) -> None:
    """Raises Refusal for what a visit of that meeting cannot be."""
    if values.language not in NAMES or values.walking not in ("", *WALKING):
        raise Refusal(_("Please choose one of the list."), "language")
    _check_count(values.capacity, "capacity")
    _check_owned(session, Organisation, "project_id", meeting.project_id, values.host_id, "host_id")
    for name in ("contact_id", "guide_id"):
        _check_owned(session, Person, "project_id", meeting.project_id, getattr(values, name), name)


def check_ride(session: Session, meeting: Meeting, values: RideValues) -> None:
    """Raises Refusal for what a ride of that meeting cannot be."""
    if values.mode not in RIDES:
        raise Refusal(_("Please choose one of the list."), "mode")
    if values.mode != ON_FOOT and values.seats is None:
        raise Refusal(_("Please write how many seats there are, without the drivers'."), "seats")
    _check_times(values)
    for name in ("seats", "vehicles", "wheelchair_places"):
        _check_count(getattr(values, name), name)
    for name in ("from_place_id", "to_place_id"):
        _check_owned(session, Place, "meeting_id", meeting.id, getattr(values, name), name)


def _check_times(values: RideValues) -> None:
    if not follows(values.be_there, values.departs, LONGEST_WAIT):
        raise Refusal(_("People have to be there before it departs, at most six hours."), "be_there")
    for name in ("arrives", "last_return"):
        wall = getattr(values, name)
        if wall is not None and (wall == values.departs or not follows(values.departs, wall)):
            raise Refusal(_("Please write a time after the departure."), name)


def check_stop(values: StopValues) -> None:
    """Raises Refusal for a stop without a name, or which people leave before they come."""
    if not values.name:
        raise Refusal(_("Please write what is visited there."), "name_en")
    if values.leaves == values.arrives or not follows(values.arrives, values.leaves):
        raise Refusal(_("Please write a time after the arrival."), "leaves")


def _check_count(number: int | None, name: str) -> None:
    if number is not None and not 0 <= number <= MOST_PEOPLE:
        raise Refusal(
            _("Please write a whole number between %(least)d and %(most)d.") % {"least": 0, "most": MOST_PEOPLE}, name
        )


def _check_owned(
    session: Session, kind: type[Table], owner: str, of: int | None, number: int | None, name: str
) -> None:  # fmt: skip
    columns = kind.metadata.tables[str(kind.__tablename__)].columns
    query = select(columns["id"]).where(columns["id"] == number, columns[owner] == of)
    if number is not None and session.exec(query).first() is None:
        raise Refusal(_("Please choose one of the list."), name)
