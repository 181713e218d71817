"""What is asked about places beside the meeting's own: on study visits, on buses, of limited options."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy
from sqlalchemy import CompoundSelect, Select, and_, bindparam, exists, func, literal, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from planner.registration.place_tables import OptionPlace, PlaceOffer, PlaceWish, RideChoice, VisitChoice, VisitPlace
from planner.registration.pools import APART, MEETING, Pool, Want, place_in_line, ride, visit
from planner.registration.rules import CERTAIN, HOLDING
from planner.registration.tables import Registration

OPEN = ""
"""The outcome of an offer that has none yet."""


def held(session: Session, meeting_id: int) -> Counter[Pool]:
    """How many places of each pool somebody has, or is kept for somebody by an offer; one question."""
    found: Counter[Pool] = Counter()
    for kind, number, key, count in session.connection().execute(_held(), {"meeting": meeting_id}):
        found[kind, number, key] += count
    return found


# These questions are put together once, not for each registration: that took longer than asking them.
@cache
def _held() -> CompoundSelect[Any, Any, Any, int]:
    nothing = literal("")
    return sqlalchemy.union_all(
        _counted(literal("visit"), col(VisitPlace.item_id), nothing, VisitPlace),
        _counted(literal("ride"), col(RideChoice.item_id), nothing, RideChoice),
        _counted(literal("option"), col(OptionPlace.question_id), col(OptionPlace.option), OptionPlace),
        _counted(col(PlaceOffer.kind), col(PlaceOffer.number), col(PlaceOffer.key), PlaceOffer).where(
            col(PlaceOffer.outcome) == OPEN, col(PlaceOffer.kind).in_(APART)
        ),
    )


def _counted(kind: Any, number: Any, key: Any, table: Any) -> Select[Any, Any, Any, int]:
    return (
        sqlalchemy.select(kind.label("kind"), number.label("number"), key.label("key"), func.count().label("count"))
        .select_from(table)
        .join(Registration, col(Registration.id) == table.registration_id)
        .where(col(Registration.meeting_id) == bindparam("meeting"), col(Registration.status).in_(HOLDING))
        .group_by(kind, number, key)
    )


def wants(session: Session, meeting_id: int) -> list[Want]:
    """What people wait for whose place at the meeting is certain, and who have no offer of it yet; two questions."""
    return [*_wishes(session, meeting_id), *_visits(session, meeting_id)]


def _wishes(session: Session, meeting_id: int) -> Iterable[Want]:
    for person, kind, number, key, since in session.connection().execute(_wished_pools(), {"meeting": meeting_id}):
        yield Want(person, since, (frozenset({(kind, number, key)}),))


@cache
def _wished_pools() -> Select[Any, Any, Any, Any, Any]:
    offered = and_(
        col(PlaceOffer.registration_id) == PlaceWish.registration_id,
        col(PlaceOffer.kind) == PlaceWish.kind,
        col(PlaceOffer.number) == PlaceWish.number,
        col(PlaceOffer.key) == PlaceWish.key,
        col(PlaceOffer.outcome) == OPEN,
    )
    return (
        sqlalchemy.select(
            col(PlaceWish.registration_id),
            col(PlaceWish.kind),
            col(PlaceWish.number),
            col(PlaceWish.key),
            col(PlaceWish.since),
        )
        .join(Registration, col(Registration.id) == PlaceWish.registration_id)
        .where(
            col(Registration.meeting_id) == bindparam("meeting"),
            col(Registration.status) == CERTAIN,
            ~exists().where(offered),
        )
    )


def _visits(session: Session, meeting_id: int) -> Iterable[Want]:
    """Each choice is a want; who has a seat on a lesser choice gives it back for the one that is still waited for.

    Who is offered a choice waits for no lesser one meanwhile, but for a better one in the turn there was.
    """
    asked = session.connection().execute(_wished_visits(), {"meeting": meeting_id})
    for person, since, submitted, updated, rank, item, has in asked:
        back = frozenset({visit(has)}) if has is not None else frozenset[Pool]()
        yield Want(person or 0, since or submitted or updated, (frozenset({visit(item)}),), rank, "visit", back)


@cache
def _wished_visits() -> Select[Any, Any, Any, Any, Any, Any, Any]:
    seat, chosen = col(VisitPlace.item_id), col(VisitChoice.item_id)
    better = and_(col(VisitChoice.keeps).is_(True), col(VisitPlace.locked).is_(False), seat != chosen)
    other = aliased(VisitChoice)
    offered = and_(
        col(PlaceOffer.registration_id) == VisitChoice.registration_id,
        col(PlaceOffer.kind) == "visit",
        col(PlaceOffer.outcome) == OPEN,
        col(other.registration_id) == VisitChoice.registration_id,
        col(other.item_id) == PlaceOffer.number,
        col(other.rank) <= VisitChoice.rank,
    )
    return (
        sqlalchemy.select(
            col(Registration.id),
            col(VisitChoice.since),
            col(Registration.submitted_at),
            col(Registration.updated_at),
            col(VisitChoice.rank),
            chosen,
            seat,
        )
        .join(VisitChoice, col(VisitChoice.registration_id) == Registration.id)
        .join(VisitPlace, col(VisitPlace.registration_id) == Registration.id, isouter=True)
        .where(
            col(Registration.meeting_id) == bindparam("meeting"),
            col(Registration.status) == CERTAIN,
            or_(seat.is_(None), better),
            ~exists().where(offered),
        )
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands with a pool: `held`, `waiting` as number `position`, `offered` until `expires`, or `wished`
    by somebody whose place at the meeting is not certain yet. `offer` is the number of the open offer.
    """

    pool: Pool
    state: str
    position: int = 0
    expires: datetime | None = None
    offer: int = 0


def standings(session: Session, row: Registration, line: Sequence[Want] | None = None) -> list[Standing]:
    """How somebody stands with everything they have or wish beside the meeting; `line` when it was read already."""
    number = row.id or 0
    has, wished = _has(session, number), _wished(session, number)
    offers = {_pool(offer): offer for offer in open_offers(session, number) if _pool(offer) != MEETING}
    waited = [pool for pool in wished if pool not in has and pool not in offers]
    if waited and line is None and row.status == CERTAIN:
        line = wants(session, row.meeting_id)
    return [
        *(Standing(pool, "held") for pool in has),
        *(Standing(pool, "offered", 0, offer.expires_at, offer.id or 0) for pool, offer in offers.items()),
        *(waits for pool in waited if (waits := _waits(pool, row, line or [], has))),
    ]


def _waits(pool: Pool, row: Registration, line: Sequence[Want], has: Sequence[Pool]) -> Standing | None:
    if row.status != CERTAIN:
        return Standing(pool, "wished")
    position = place_in_line(pool, row.id or 0, line)
    return Standing(pool, "waiting", position) if position else None


def _has(session: Session, number: int) -> list[Pool]:
    seat = session.get(VisitPlace, number)
    rides = select(RideChoice.item_id).where(RideChoice.registration_id == number).order_by(col(RideChoice.item_id))
    options = select(OptionPlace.question_id, OptionPlace.option).where(OptionPlace.registration_id == number)
    return [
        *([visit(seat.item_id)] if seat else []),
        *(ride(item) for item in session.exec(rides)),
        *(("option", question, option) for question, option in session.exec(options)),
    ]


def _wished(session: Session, number: int) -> list[Pool]:
    visits = select(VisitChoice.item_id).where(VisitChoice.registration_id == number).order_by(col(VisitChoice.rank))
    rest = select(PlaceWish.kind, PlaceWish.number, PlaceWish.key).where(PlaceWish.registration_id == number)
    ordered = rest.order_by(col(PlaceWish.kind), col(PlaceWish.number), col(PlaceWish.key))
    return [*(visit(item) for item in session.exec(visits)), *((k, n, key) for k, n, key in session.exec(ordered))]


def _pool(row: PlaceOffer | PlaceWish) -> Pool:
    return row.kind, row.number, row.key


def open_offers(session: Session, registration_id: int) -> Sequence[PlaceOffer]:
    """What is offered to somebody now."""
    query = select(PlaceOffer).where(PlaceOffer.registration_id == registration_id, PlaceOffer.outcome == OPEN)
    return session.exec(query.order_by(col(PlaceOffer.id))).all()


def lapsed_before(session: Session, offer: PlaceOffer) -> int:
    """How many offers of the same place that person has let lapse."""
    query = select(func.count()).where(
        PlaceOffer.registration_id == offer.registration_id,
        PlaceOffer.kind == offer.kind,
        PlaceOffer.number == offer.number,
        PlaceOffer.key == offer.key,
        PlaceOffer.outcome == "lapsed",
    )
    return session.exec(query).one()


def due_offers(session: Session, meeting_id: int, moment: datetime) -> Sequence[PlaceOffer]:
    """The open offers of a meeting whose time is over, the one that ended first being the first."""
    query = select(PlaceOffer).join(Registration, col(Registration.id) == PlaceOffer.registration_id)
    due = query.where(
        Registration.meeting_id == meeting_id, PlaceOffer.outcome == OPEN, PlaceOffer.expires_at <= moment
    )
    return session.exec(due.order_by(col(PlaceOffer.expires_at), col(PlaceOffer.id))).all()


def waiting_people(line: Iterable[Want]) -> Counter[Pool]:
    """How many people wait for each pool."""
    people: dict[Pool, set[int]] = defaultdict(set)
    for want in line:
        for pool in want.pools:
            people[pool].add(want.registration_id)
    return Counter({pool: len(numbers) for pool, numbers in people.items()})
