"""What organisers do to study visits, their stops and their rides. Every act is remembered and can be undone.

All of them raise Missing for what is not this meeting's, Stale when the thing is not that version any more (its
`current` is what is there now), and Refusal in a sentence. They change the draft only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from sqlmodel import Session, col, select

from planner.agenda.drafting import Drafting, drafting
from planner.agenda.tables import Item
from planner.clock import now
from planner.errors import Missing, Refusal, Stale
from planner.language import _
from planner.visits.entry import (
    AnyValues,
    RideValues,
    StopValues,
    VisitValues,
    check_ride,
    check_stop,
    check_visit,
)
from planner.visits.rules import moved_along, swapped
from planner.visits.tables import Stop, StudyVisit, Transport

Direction = Literal["earlier", "later"]
OfItem = TypeVar("OfItem", StudyVisit, Transport)
NEW = 0
"""The version of what is not there yet."""
MOST_STOPS = 30


@dataclass(frozen=True, slots=True)
class About:
    """Whose act on which item it is."""

    meeting_id: int
    actor: str
    item_id: int


def write_visit(session: Session, about: About, version: int, values: VisitValues) -> StudyVisit:
    """Make an agenda item a study visit (`version` NEW), or write all that is said of the visit it is."""
    with _drafting(session, about, "visit.edit") as act:
        item = _item(act, about)
        check_visit(session, act.meeting, values)
        row = _of_item(session, StudyVisit, about.item_id)
        _compare(row if row and row.deleted_at is None else None, version, values)
        if row is None:
            row = StudyVisit(item_id=about.item_id, item_starts=item.starts, version=0, **values.columns())
            act.record.add(row)
        _change(act, row, **values.columns(), deleted_at=None)
    return row


def remove_visit(session: Session, about: About, version: int) -> None:
    """The item is no study visit any more; undoing brings back its stops too."""
    with _drafting(session, about, "visit.delete") as act:
        _change(act, _visit(act, about, version), deleted_at=now())


def add_stop(session: Session, about: About, values: StopValues) -> Stop:
    """Add a stop at the end of a visit."""
    with _drafting(session, about, "stop.add") as act:
        visit = _settled(act, about)
        check_stop(values)
        there = _stops(session, visit)
        if len(there) >= MOST_STOPS:
            raise Refusal(_("A visit has at most %(most)d stops.") % {"most": MOST_STOPS})
        number = max((stop.number for stop in there), default=0) + 1
        row = Stop(visit_id=visit.id or 0, number=number, **values.columns())
        act.record.add(row)
    return row


def write_stop(session: Session, about: About, stop_id: int, version: int, values: StopValues) -> Stop:
    """Write all that is said of a stop."""
    with _drafting(session, about, "stop.edit") as act:
        row = _stop(session, _settled(act, about), stop_id)
        _compare(row, version, values)
        check_stop(values)
        _change(act, row, **values.columns())
    return row


def move_stop(session: Session, about: About, stop_id: int, direction: Direction) -> None:
    """Let a stop change places with the one before or after it; both take as long as before.

    The first one cannot go earlier nor the last one later: then nothing happens.
    """
    with _drafting(session, about, f"stop.{direction}") as act:
        visit = _settled(act, about)
        there = list(_stops(session, visit))
        place = there.index(_stop(session, visit, stop_id))
        other = place + (-1 if direction == "earlier" else 1)
        if 0 <= other < len(there):
            _swap(act, *sorted((there[place], there[other]), key=there.index))


def _swap(act: Drafting, first: Stop, second: Stop) -> None:
    late, early = swapped((first.arrives, first.leaves), (second.arrives, second.leaves))
    numbers = second.number, first.number
    _change(act, first, number=numbers[0], arrives=late[0], leaves=late[1])
    _change(act, second, number=numbers[1], arrives=early[0], leaves=early[1])


def delete_stop(session: Session, about: About, stop_id: int, version: int) -> None:
    """Take a stop out of a visit."""
    with _drafting(session, about, "stop.delete") as act:
        row = _stop(session, _settled(act, about), stop_id)
        _compare(row, version, None)
        act.record.remove(row)


def write_ride(session: Session, about: About, version: int, values: RideValues) -> Transport:
    """Give an item a ride (`version` NEW), or write all that is said of the one it has."""
    with _drafting(session, about, "ride.edit") as act:
        item = _item(act, about)
        check_ride(session, act.meeting, values)
        row = _of_item(session, Transport, about.item_id)
        _compare(row, version, values)
        if row is None:
            row = Transport(item_id=about.item_id, item_starts=item.starts, version=0, **values.columns())
            act.record.add(row)
        _change(act, row, **values.columns(), item_starts=item.starts)
    return row


def remove_ride(session: Session, about: About, version: int) -> None:
    """The item moves nobody any more."""
    with _drafting(session, about, "ride.delete") as act:
        _item(act, about)
        row = _of_item(session, Transport, about.item_id)
        if row is None:
            raise Missing
        _compare(row, version, None)
        act.record.remove(row)


def _drafting(session: Session, about: About, act: str) -> Any:
    item = session.get(Item, about.item_id)
    return drafting(session, about.meeting_id, about.actor, act, title=dict(item.title) if item else {})


def _item(act: Drafting, about: About) -> Item:
    return act.item(about.item_id)


def _of_item(session: Session, kind: type[OfItem], item_id: int) -> OfItem | None:
    """The row of an item as it is now, whatever this session has seen before."""
    query = select(kind).where(kind.item_id == item_id)
    return session.exec(query.execution_options(populate_existing=True)).first()


def _visit(act: Drafting, about: About, version: int | None = None) -> StudyVisit:
    _item(act, about)
    row = _of_item(act.session, StudyVisit, about.item_id)
    if row is None or row.deleted_at is not None:
        raise Missing
    if version is not None:
        _compare(row, version, None)
    return row


def _settled(act: Drafting, about: About) -> StudyVisit:
    """The visit, its stops' times written for the item as it begins now: one of them is about to be changed.

    Readers see no difference, so the versions stay.
    """
    visit = _visit(act, about)
    starts = _item(act, about).starts
    if visit.item_starts != starts:
        for stop in _stops(act.session, visit):
            act.record.touch(stop)
            for name in ("arrives", "leaves"):
                setattr(stop, name, moved_along(getattr(stop, name), visit.item_starts, starts))
        act.record.touch(visit)
        visit.item_starts = starts
        act.session.flush()
    return visit


def _stops(session: Session, visit: StudyVisit) -> Sequence[Stop]:
    query = select(Stop).where(Stop.visit_id == visit.id).order_by(col(Stop.number), col(Stop.id))
    return session.exec(query.execution_options(populate_existing=True)).all()


def _stop(session: Session, visit: StudyVisit, stop_id: int) -> Stop:
    found = next((stop for stop in _stops(session, visit) if stop.id == stop_id), None)
    if found is None:
        raise Missing
    return found


def _compare(row: StudyVisit | Stop | Transport | None, version: int, typed: AnyValues | None) -> None:
    """Raises Stale when that is not the version the form was read at."""
    if (row.version if row else NEW) == version:
        return
    current = type(typed).of(row) if row and typed else None
    raise Stale(_("Somebody else has changed this in the meantime."), current=current, typed=typed)


def _change(act: Drafting, row: StudyVisit | Stop | Transport, **values: Any) -> None:
    """Write those columns, if that changes anything."""
    if row.version and all(getattr(row, name) == value for name, value in values.items()):
        return
    act.record.touch(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    act.session.add(row)
    act.session.flush()
