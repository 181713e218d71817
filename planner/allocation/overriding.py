"""An organiser gives a place beyond a full pool, or past people who wait: with a reason, and never by accident.

What was given is counted like every other place, so a pool may show 41 of 40.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session

from planner.errors import Missing, Refusal, Stale
from planner.language import _
from planner.outbox import write_letter
from planner.registration import apart, letters, queries, rules, sentences
from planner.registration.actions import finish, lock
from planner.registration.offer import Offer
from planner.registration.pools import MEETING, Pool, place_in_line
from planner.registration.rules import CERTAIN, HOLDING, LIVE
from planner.registration.tables import Registration, StatusChange
from planner.registration.waiting_list import Round, give, loosen, promote, set_status
from planner.registration.wishing import end_offers


@dataclass(frozen=True, slots=True)
class Cost:
    """What it means to give somebody a place of a pool now: how many are taken of how many, and who is passed."""

    pool: Pool
    size: int
    taken: int
    passed: int

    @property
    def is_beyond(self) -> bool:
        """Whether there would be more people than places."""
        return self.taken >= self.size

    @property
    def is_free(self) -> bool:
        """Whether nobody could mind: there is a place, and nobody has waited longer."""
        return not self.is_beyond and not self.passed


class Costly(Stale):
    """Giving the place costs something, and nobody has agreed to just that: `mark` stands for what was told."""

    def __init__(self, costs: list[Cost], mark: str) -> None:
        """The costs go into the sentence."""
        super().__init__(_("Please read this and confirm it."))
        self.costs, self.mark = costs, mark


def mark_of(costs: list[Cost]) -> str:
    """Changes when the numbers do: what is done is what was read."""
    return "-".join(f"{cost.taken}.{cost.size}.{cost.passed}" for cost in costs)


def override(session: Session, offer: Offer, number: int, actor: str, pool: Pool, reason: str, mark: str) -> None:
    """Give that person a place whatever the pool and the waiting list say. `mark` is that of the costs agreed to.

    Raises Missing for what is not offered, Refusal when the person has it or may not have it, Costly when the pool is
    full or others wait and this was not agreed to.
    """
    turn = lock(session, offer)
    row = session.get_one(Registration, number, populate_existing=True)
    if row.meeting_id != turn.form.meeting_id:
        raise Missing
    _check(session, turn, row, pool)
    costs = [cost for cost in costs_of(session, turn, row, pool) if not cost.is_free]
    if costs and mark != mark_of(costs):
        raise Costly(costs, mark_of(costs))
    beyond = [f"{cost.taken + 1}/{cost.size}" for cost in costs if cost.is_beyond]
    _give(session, turn, row, actor, pool, reason)
    passed = max((cost.passed for cost in costs), default=0)
    promote(session, turn, row)
    finish(session, turn, row, actor, "registration.override", pool=pool, reason=reason, beyond=beyond, passed=passed)
    write_letter(session, letters.promoted(offer, row, queries.choices(session, number)))


def _check(session: Session, turn: Round, row: Registration, pool: Pool) -> None:
    if row.status not in LIVE:
        raise Refusal(_("This registration is no longer valid. Please ask the organisers."))
    if pool == MEETING:
        if row.status in rules.DECIDED:
            raise Refusal(_("This person has a place at the meeting already."))
        return
    if pool not in turn.offer.sizes:
        raise Missing
    if row.status != CERTAIN:
        raise Refusal(_("Give this person a place at the meeting first."))
    if any(one.pool == pool and one.state == "held" for one in apart.standings(session, row)):
        raise Refusal(_("This person has this place already."))


def costs_of(session: Session, turn: Round, row: Registration, pool: Pool) -> list[Cost]:
    """What giving the place would cost, for every pool it takes a place of."""
    if pool == MEETING:
        return _costs_of_meeting(session, turn, row)
    line, number = apart.wants(session, turn.form.meeting_id), row.id or 0
    size = turn.sizes(pool)
    if size == float("inf"):
        return []
    position = place_in_line(pool, number, line)
    waiting = apart.waiting_people(line)[pool]
    offered = any(one.pool == pool and one.state == "offered" for one in apart.standings(session, row))
    taken = apart.held(session, turn.form.meeting_id)[pool] - offered
    return [Cost(pool, int(size), taken, position - 1 if position else 0 if offered else waiting)]


def _costs_of_meeting(session: Session, turn: Round, row: Registration) -> list[Cost]:
    live = queries.claims(session, turn.form.meeting_id)
    there = queries.places(session, turn.form, turn.moment)
    mine = next(claim for claim in live if claim.registration_id == row.id)
    others = [claim for claim in live if claim.registration_id != row.id]
    held = Counter(pool for claim in others if claim.status in HOLDING for pool in claim.demand.pools)
    before = [claim for claim in others if claim.status == "waiting" and claim.order < mine.order]
    waits = Counter(pool for claim in before for pool in claim.claimed)
    limited = [pool for pool in sorted(mine.demand.pools) if there.of(pool) != float("inf")]
    offered = row.status == "offered"
    return [Cost(pool, int(there.of(pool)), held[pool], 0 if offered else waits[pool]) for pool in limited]


def _give(session: Session, turn: Round, row: Registration, actor: str, pool: Pool, reason: str) -> None:
    number = row.id or 0
    end_offers(session, turn, number, {pool}, "accepted")
    if pool == MEETING:
        if row.status == "waiting":
            loosen(session, turn, row)
        set_status(session, row, CERTAIN, turn.moment, actor, reason)
        return
    give(session, number, [pool], turn.moment)
    told = sentences.given_by_hand(turn.offer, pool, reason)
    session.add(StatusChange(registration_id=number, status=row.status, at=turn.moment, actor=actor, reason=told))
    row.version += 1
    session.add(row)
    session.flush()
