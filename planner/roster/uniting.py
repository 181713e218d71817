"""What two registrations of one person hold, wait for and were offered beside the meeting: united, and given back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from planner.errors import Refusal
from planner.language import _
from planner.registration import apart, queries
from planner.registration.place_tables import OptionPlace, PlaceOffer, PlaceWish, RideChoice, VisitChoice, VisitPlace
from planner.registration.pools import MEETING, Pool, left_for_newcomers, visit
from planner.registration.rules import HOLDING, Claim
from planner.registration.sentences import no_place
from planner.registration.tables import Answer, Registration
from planner.registration.waiting_list import Round, set_status


def _rows(session: Session, table: Any, row: Registration) -> list[Any]:
    return list(session.exec(select(table).where(table.registration_id == row.id)))


def _pool(row: PlaceWish | PlaceOffer) -> Pool:
    return row.kind, row.number, row.key


def take_places(session: Session, kept: Registration, other: Registration) -> dict[str, Any]:
    """Places of options and wishes for places go to the kept one, once it has the other one's answers and buses.

    An option goes only with its answer. What either holds nobody waits for any more; what both wait for is waited for
    since the earlier moment.
    """
    picked = {row.question_id: row.value for row in _rows(session, Answer, kept)}
    options = [
        row
        for row in _rows(session, OptionPlace, other)
        if _chosen(picked, row.question_id, row.option)
        and session.get(OptionPlace, (kept.id, row.question_id, row.option)) is None
    ]
    session.add_all(OptionPlace(**(row.model_dump() | {"registration_id": kept.id})) for row in options)
    session.flush()
    return {
        "option_places": [[row.question_id, row.option] for row in options],
        **_take_wishes(session, kept, other, picked),
    }


def _chosen(picked: Mapping[int, Any], question: int, option: str) -> bool:
    value = picked.get(question)
    return option in value if isinstance(value, list) else option == value


def _held(session: Session, row: Registration) -> set[Pool]:
    seat = session.get(VisitPlace, row.id)
    return {
        *([visit(seat.item_id)] if seat else []),
        *(("ride", one.item_id, "") for one in _rows(session, RideChoice, row)),
        *(("option", one.question_id, one.option) for one in _rows(session, OptionPlace, row)),
    }


def _take_wishes(
    session: Session, kept: Registration, other: Registration, picked: Mapping[int, Any]
) -> dict[str, Any]:
    held, mine = _held(session, kept), {_pool(row): row for row in _rows(session, PlaceWish, kept)}
    new: list[Pool] = []
    before = [wish for pool, wish in mine.items() if pool in held]
    told = [[*_pool(wish), wish.since.isoformat()] for wish in before]
    for wish in before:
        session.delete(wish)
    for wish in _rows(session, PlaceWish, other):
        pool = _pool(wish)
        if pool in held or (pool[0] == "option" and not _chosen(picked, pool[1], pool[2])):
            continue
        if pool not in mine:
            session.add(PlaceWish(**(wish.model_dump() | {"registration_id": kept.id})))
            new.append(pool)
        elif wish.since < mine[pool].since:
            told.append([*pool, mine[pool].since.isoformat()])
            mine[pool].since = wish.since
            session.add(mine[pool])
    session.flush()
    return {"wishes": [list(pool) for pool in new], "wishes_before": told}


def take_offers(
    session: Session, turn: Round, kept: Registration, offers: Sequence[PlaceOffer], actor: str
) -> dict[str, Any]:
    """What the other one was offered is offered to the kept one, until the same moment, if that still waits for it."""
    waited = {_pool(row) for row in _rows(session, PlaceWish, kept)}
    waited |= {visit(row.item_id) for row in _rows(session, VisitChoice, kept)}
    waited -= _held(session, kept)
    waited |= {MEETING} if kept.status == "waiting" else set()
    waited -= {_pool(row) for row in apart.open_offers(session, kept.id or 0)}
    taken = [row for row in offers if _pool(row) in waited]
    if any(_pool(row) == MEETING for row in taken):
        set_status(session, kept, "offered", turn.moment, actor)
    copies = [
        PlaceOffer(
            registration_id=kept.id or 0,
            kind=row.kind,
            number=row.number,
            key=row.key,
            made_at=row.made_at,
            expires_at=row.expires_at,
        )
        for row in taken
    ]
    session.add_all(copies)
    session.flush()
    return {"place_offers": [row.id for row in copies]}


def check_line(session: Session, turn: Round, kept: Registration, other: Registration, before: Sequence[Claim]) -> None:
    """The two together pass nobody: what they were waiting for, or got by it, is waited for from the later moment.

    `before` are all claims as they were. Raises Refusal when they would hold a place of the meeting that neither did.
    """
    session.flush()
    now = {claim.registration_id: claim for claim in queries.claims(session, turn.form.meeting_id)}.get(kept.id or 0)
    pair = [claim for claim in before if claim.registration_id in (kept.id, other.id)]
    if now is None or len(pair) < 2:
        return
    held = frozenset[Pool]().union(*(claim.demand.pools for claim in pair if claim.status in HOLDING))
    if now.status not in HOLDING:
        mine = next(claim for claim in pair if claim.registration_id == kept.id)
        if now.demand.pools - mine.demand.pools:
            kept.queued_at = max(claim.arrived for claim in pair)
        return
    others = [claim for claim in before if claim not in pair]
    taken = Counter(held) + Counter(pool for one in others if one.status in HOLDING for pool in one.demand.pools)
    waiting = [claim.want for claim in others if claim.status == "waiting"]
    there = queries.places(session, turn.form, turn.moment)
    lacking = left_for_newcomers(there.of, taken, waiting).lacking(now.demand.pools - held)
    if lacking:
        raise Refusal(no_place(lacking) + " " + _("Change the days of one of them first."))


def give_places_back(session: Session, turn: Round, kept: Registration, added: Mapping[str, Any]) -> None:
    """Undo both: what was offered meanwhile is void, and the kept one waits for what it waited for, since then."""
    for number in added.get("place_offers", ()):
        row = session.get(PlaceOffer, number)
        if row is not None and row.outcome == apart.OPEN:
            row.outcome, row.ended_at = "void", turn.moment
            session.add(row)
    _delete(session, OptionPlace, kept, added.get("option_places", ()))
    _delete(session, PlaceWish, kept, added.get("wishes", ()))
    session.flush()
    held = _held(session, kept)
    for kind, number, key, since in added.get("wishes_before", ()):
        if (kind, number, key) not in held:
            moment = datetime.fromisoformat(since)
            session.merge(PlaceWish(registration_id=kept.id or 0, kind=kind, number=number, key=key, since=moment))
    session.flush()


def _delete(session: Session, table: Any, kept: Registration, keys: Collection[Sequence[Any]]) -> None:
    for key in keys:
        if (row := session.get(table, (kept.id, *key))) is not None:
            session.delete(row)
