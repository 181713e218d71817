"""Gives free places to those who wait, in order of arrival. The only code that hands out places unasked.

Whoever calls it holds the lock of the registration form's row, so what it counts stays true until the end of the
transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, time

from sqlmodel import Session, col, delete, select

from planner import clock
from planner.audit import note
from planner.clock import instant
from planner.db import Table
from planner.outbox import write_letter
from planner.registration import apart, letters, queries, rows
from planner.registration.form_tables import RegistrationForm
from planner.registration.offer import Offer
from planner.registration.place_tables import OptionPlace, PlaceOffer, PlaceWish, RideChoice, VisitPlace
from planner.registration.pools import MEETING, Pool, Sizes, Want, expires, serve, sized
from planner.registration.rules import CERTAIN, Demand, Verdict, arrive, walk
from planner.registration.tables import Registration, StatusChange

PLANNER = "planner"
"""Who acts when places are given by the rules alone."""


@dataclass(frozen=True, slots=True)
class Round:
    """One act under the lock: what the meeting offers, its form as it is now, and when this happens.

    Lines are sorted by `arrival`: the lock makes it later than everybody's who has come before.
    """

    offer: Offer
    form: RegistrationForm
    moment: datetime
    arrival: datetime = field(default_factory=clock.arrival)

    @property
    def begins(self) -> datetime:
        """When the first day of the meeting begins at its place."""
        meeting = self.offer.found.meeting
        return instant(meeting.first_day, time(0), meeting.zone)

    @property
    def is_moving(self) -> bool:
        """Whether free places still go to those who wait: until the list is closed, at the latest until the meeting."""
        closes = self.form.waiting_list_closes_at
        if self.offer.found.meeting.cancelled_at is not None:
            return False
        return self.moment < self.begins and (closes is None or self.moment <= closes)

    @property
    def sizes(self) -> Sizes:
        """How many places there are in each pool beside the meeting's own."""
        return sized(self.offer.sizes)

    def serves(self, registration_id: int, newcomer: Registration | None) -> bool:
        """Whether that registration may get something: after the list is closed only the one who acts."""
        return self.is_moving or (newcomer is not None and registration_id == newcomer.id)

    def offers(self, registration_id: int, newcomer: Registration | None) -> bool:
        """Whether a place is offered and not given: who acts is there and need not be asked."""
        return bool(self.form.offer_hours) and (newcomer is None or registration_id != newcomer.id)

    def expiry(self, pool: Pool) -> datetime:
        """Until when a place would be offered now: never longer than the waiting list is open, or until it begins."""
        return expires(self.moment, self.form.offer_hours or 0, *self.ends(pool))

    def ends(self, pool: Pool) -> tuple[datetime | None, ...]:
        """What ends every offer of that place."""
        return self.form.waiting_list_closes_at, self.begins, self.starts(pool)

    def starts(self, pool: Pool) -> datetime | None:
        """When one has to be there; None for what has no time of its own."""
        item = self.offer.item(pool[1]) if pool[0] in ("visit", "ride") else None
        zone = self.offer.found.meeting.zone
        return instant(item.date, item.be_there or item.starts, zone) if item else None


@dataclass(slots=True)
class News:
    """What a round has brought: who was given something, and who was offered what."""

    given: set[int] = field(default_factory=set)
    offered: dict[int, list[PlaceOffer]] = field(default_factory=dict)


def promote(session: Session, turn: Round, newcomer: Registration | None) -> News:
    """Give every free place of the meeting, its visits, buses and options to the first who waits for it.

    All who got something are written to, except the `newcomer` whose act this is and who gets a letter anyway. A
    second time in a row nothing happens.
    """
    news = News()
    _give_seats(session, turn, newcomer, news)
    _give_apart(session, turn, newcomer, news)
    told = (news.given | set(news.offered)) - {newcomer.id if newcomer else 0}
    query = select(Registration).where(col(Registration.id).in_(told))
    for row in session.exec(query.order_by(col(Registration.submitted_at), col(Registration.id))) if told else ():
        _tell(session, turn, row, news)
    return news


def take_turn(session: Session, turn: Round, row: Registration, demand: Demand, *, wishes: bool) -> int:
    """Give somebody who comes last what is free and nobody waits for; the answer is their number in the queue, or 0.

    What others get does not depend on it, so nothing is read of them but sums. `wishes`: there is something beside
    the meeting's own places.
    """
    session.flush()
    groups = queries.groups(session, turn.form.meeting_id, row.id or 0)
    there = queries.places(session, turn.form, turn.moment)
    verdict, position = arrive(demand, there, groups, turn.form.approval)
    if verdict.status == "waiting":
        row.waiting_for = verdict.waiting_for
        session.add(row)
        return position
    set_status(session, row, settled(row, verdict.status), turn.moment, PLANNER)
    if wishes:
        session.flush()
        for want in apart_due(session, turn, row):
            if want.registration_id == row.id:
                give(session, want.registration_id, want.pools, turn.moment)
    return position


def _tell(session: Session, turn: Round, row: Registration, news: News) -> None:
    number = row.id or 0
    chosen = queries.choices(session, number)
    if number in news.given:
        write_letter(session, letters.promoted(turn.offer, row, chosen))
        note(session, PLANNER, "registration.promote", letters.about(row), status=row.status)
    for offer in news.offered.get(number, ()):
        again = apart.lapsed_before(session, offer) > 0
        write_letter(session, letters.offered(turn.offer, row, chosen, offer, again=again))
        pool = f"{offer.kind}:{offer.number}:{offer.key}"
        note(session, PLANNER, "registration.offer", letters.about(row), pool=pool, until=offer.expires_at.isoformat())


def _give_seats(session: Session, turn: Round, newcomer: Registration | None, news: News) -> None:
    for number, verdict in seats_due(session, turn, newcomer):
        row = session.get_one(Registration, number)
        if verdict.status != "waiting" and newcomer is not row:
            loosen(session, turn, row)
        if verdict.status == "waiting":
            row.waiting_for = verdict.waiting_for
            session.add(row)
        elif turn.offers(number, newcomer):
            set_status(session, row, "offered", turn.moment, PLANNER)
            _offer(session, turn, number, MEETING, news)
        else:
            set_status(session, row, settled(row, verdict.status), turn.moment, PLANNER)
            news.given.add(number)


def seats_due(session: Session, turn: Round, newcomer: Registration | None = None) -> list[tuple[int, Verdict]]:
    """Who of those who wait for the meeting gets a place now, or has to be told that it is something else they lack."""
    session.flush()
    if not queries.anybody_waits(session, turn.form.meeting_id):
        return []
    live = queries.claims(session, turn.form.meeting_id)
    line = walk(queries.places(session, turn.form, turn.moment), live, turn.form.approval)
    return [
        (claim.registration_id, verdict)
        for claim, verdict in line
        if verdict != Verdict(claim.status, claim.waiting_for) and turn.serves(claim.registration_id, newcomer)
    ]


def loosen(session: Session, turn: Round, row: Registration) -> None:
    """Seats on buses that were noted before the person had a place at the meeting become wishes, in their turn."""
    number = row.id or 0
    noted = session.exec(select(RideChoice.item_id).where(RideChoice.registration_id == number)).all()
    if noted:
        session.exec(delete(RideChoice).where(col(RideChoice.registration_id) == number))
        since = row.submitted_at or turn.arrival
        session.add_all(rows.wishes(number, [("ride", item, "") for item in noted], since))


def _offer(session: Session, turn: Round, number: int, pool: Pool, news: News) -> None:
    kind, which, key = pool
    row = PlaceOffer(
        registration_id=number,
        kind=kind,
        number=which,
        key=key,
        made_at=turn.moment,
        expires_at=turn.expiry(pool),
    )
    session.add(row)
    session.flush()
    news.offered.setdefault(number, []).append(row)


def settled(row: Registration, status: str) -> str:
    """The status of somebody with a place: who was approved beforehand waits for no organiser."""
    return CERTAIN if row.approved and status == "submitted" else status


def set_status(
    session: Session, row: Registration, status: str, moment: datetime, actor: str, reason: str = ""
) -> None:
    """From now on the registration has that status, and it is written down who said so."""
    row.status, row.waiting_for, row.updated_at = status, "", moment
    row.version += 1
    session.add(row)
    session.add(StatusChange(registration_id=row.id or 0, status=status, at=moment, actor=actor, reason=reason))


def _give_apart(session: Session, turn: Round, newcomer: Registration | None, news: News) -> None:
    for want in apart_due(session, turn, newcomer):
        number = want.registration_id
        if turn.offers(number, newcomer):
            _offer(session, turn, number, next(iter(want.pools)), news)
        else:
            give(session, number, want.pools, turn.moment)
            news.given.add(number)
    session.flush()


def apart_due(session: Session, turn: Round, newcomer: Registration | None = None) -> list[Want]:
    """Who gets which place beside the meeting's own now, in the order of the line."""
    session.flush()
    line = [
        _as_it_would_be(want, turn, newcomer)
        for want in apart.wants(session, turn.form.meeting_id)
        if all((starts := turn.starts(pool)) is None or starts > turn.moment for pool in want.pools)
    ]
    if not line:
        return []
    given = serve(turn.sizes, apart.held(session, turn.form.meeting_id), line)
    return [want for want in given if turn.serves(want.registration_id, newcomer)]


def _as_it_would_be(want: Want, turn: Round, newcomer: Registration | None) -> Want:
    """Only who is given something gives something back for it: an offer leaves people what they have."""
    number = want.registration_id
    given = turn.serves(number, newcomer) and not turn.offers(number, newcomer)
    return want if given or not want.frees else replace(want, frees=frozenset())


def give(session: Session, registration_id: int, pools: Iterable[Pool], moment: datetime) -> None:
    """Write down that somebody has those places now. A seat on a visit takes the place of the one there was."""
    for kind, number, key in pools:
        if kind == "visit":
            _take_seat(session, registration_id)
        session.add(_place(registration_id, (kind, number, key), moment))
        if wish := session.get(PlaceWish, (registration_id, kind, number, key)):
            session.delete(wish)


def _take_seat(session: Session, registration_id: int) -> None:
    if (seat := session.get(VisitPlace, registration_id)) is not None:
        session.delete(seat)
        session.flush()


def _place(registration_id: int, pool: Pool, moment: datetime) -> Table:
    kind, number, key = pool
    if kind == "visit":
        return VisitPlace(registration_id=registration_id, item_id=number, given_at=moment)
    if kind == "ride":
        return RideChoice(registration_id=registration_id, item_id=number)
    return OptionPlace(registration_id=registration_id, question_id=number, option=key, given_at=moment)
