"""What organisers see of everything limited: how many places there are, who has been given more, and who waits."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy
from sqlmodel import Session, col, select

from planner.errors import Missing
from planner.names import full
from planner.registration import apart, queries, sentences
from planner.registration.apart import OPEN, Standing
from planner.registration.offer import Offer
from planner.registration.place_tables import PlaceOffer
from planner.registration.pools import APART, MEETING, Pool, Want
from planner.registration.queries import Seats
from planner.registration.rules import CERTAIN, HOLDING, Claim, Places, walk
from planner.registration.tables import Registration


@dataclass(frozen=True, slots=True)
class Waiter:
    """Somebody in a queue, since then; `pool` is what an organiser would give them."""

    number: int
    name: str
    since: datetime
    pool: Pool


@dataclass(frozen=True, slots=True)
class Queue:
    """A pool by name, its figures, how many of the places are only offered, and who waits in order."""

    pool: Pool
    name: str
    seats: Seats
    offered: int
    line: list[Waiter]


def queues(session: Session, offer: Offer) -> list[Queue]:
    """Everything limited in a meeting, in a constant number of questions."""
    live, there = queries.claims(session, offer.form.meeting_id), queries.places(session, offer.form)
    line = sorted(apart.wants(session, offer.form.meeting_id), key=lambda want: want.order)
    names = _names(session, {claim.registration_id for claim in live if claim.status == "waiting"}, line)
    offered = _offered(session, offer.form.meeting_id)
    return [*_of_meeting(offer, live, there, names), *_apart(session, offer, line, names, offered)]


def _names(session: Session, waiting: Collection[int], line: Collection[Want]) -> dict[int, str]:
    numbers = {*waiting, *(want.registration_id for want in line)}
    query = select(Registration).where(col(Registration.id).in_(numbers)) if numbers else None
    rows = session.exec(query) if query is not None else ()
    return {row.id or 0: full(row.latin_given, row.latin_family, row.order) for row in rows}


def _offered(session: Session, meeting_id: int) -> dict[Pool, int]:
    columns = (col(PlaceOffer.kind), col(PlaceOffer.number), col(PlaceOffer.key))
    query = (
        sqlalchemy.select(*columns, sqlalchemy.func.count())
        .join(Registration, col(Registration.id) == PlaceOffer.registration_id)
        .where(col(Registration.meeting_id) == meeting_id, col(PlaceOffer.outcome) == OPEN)
        .group_by(*columns)
    )
    return {(kind, number, key): count for kind, number, key, count in session.connection().execute(query)}


def _of_meeting(offer: Offer, live: list[Claim], there: Places, names: Mapping[int, str]) -> list[Queue]:
    held = [(claim.status, pool) for claim in live if claim.status in HOLDING for pool in claim.demand.pools]
    lines: dict[Pool, list[Waiter]] = {}
    for claim, verdict in walk(there, live, ()):
        waited = claim.demand.quota if verdict.waiting_for == "quota" else claim.demand.seats
        for pool in waited:
            waiter = Waiter(claim.registration_id, names.get(claim.registration_id, ""), claim.arrived, MEETING)
            lines.setdefault(pool, []).append(waiter)
    pools = [("on_site", 0, ""), ("online", 0, "")]
    pools += sorted(
        {pool for _status, pool in held if pool[0] == "quota"} | {pool for pool in lines if pool[0] == "quota"}
    )
    return [
        Queue(
            pool,
            sentences.pool_text(offer, pool),
            Seats(int(there.of(pool)), sum(pool == one for _status, one in held), len(lines.get(pool, ()))),
            sum((status, one) == ("offered", pool) for status, one in held),
            lines.get(pool, []),
        )
        for pool in dict.fromkeys(pools)
        if not math.isinf(there.of(pool)) and (there.of(pool) or pool in lines)
    ]


def _apart(
    session: Session, offer: Offer, line: list[Want], names: Mapping[int, str], offered: Mapping[Pool, int]
) -> list[Queue]:
    taken, waiting = apart.held(session, offer.form.meeting_id), apart.waiting_people(line)
    ordered = sorted(offer.sizes.items(), key=lambda item: APART.index(item[0][0]))
    return [
        Queue(
            pool,
            sentences.pool_text(offer, pool),
            Seats(int(size), taken[pool], waiting[pool]),
            offered.get(pool, 0),
            [
                Waiter(want.registration_id, names.get(want.registration_id, ""), want.since, pool)
                for want in line
                if pool in want.pools
            ],
        )
        for pool, size in ordered
        if not math.isinf(size)
    ]


@dataclass(frozen=True, slots=True)
class Holding:
    """A place that somebody might be given by hand: what it is, and how the person stands with it."""

    pool: Pool
    name: str
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """Somebody with all they could be given."""

    row: Registration
    name: str
    position: int
    holdings: list[Holding]


def bearer(session: Session, offer: Offer, number: int) -> Bearer:
    """One person of the meeting, with every limited thing. Raises Missing."""
    row = session.get(Registration, number)
    if row is None or row.meeting_id != offer.form.meeting_id:
        raise Missing
    position = queries.position(session, offer.form, number) if row.status == "waiting" else 0
    stands = {one.pool: one for one in apart.standings(session, row)}
    known = [pool for pool in offer.sizes if pool[0] != "option" or pool in stands]
    holdings = [Holding(pool, sentences.pool_text(offer, pool), stands.get(pool)) for pool in known]
    if row.status in ("waiting", "offered"):
        holdings = [Holding(MEETING, sentences.pool_text(offer, MEETING), None)]
    elif row.status != CERTAIN:
        holdings = []
    return Bearer(row, full(row.latin_given, row.latin_family, row.order), position, holdings)
