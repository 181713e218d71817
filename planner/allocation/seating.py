"""How organisers change seats on study visits: one seat, what its bearer knows of it, and the way back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from planner.accounts.queries import account_of
from planner.allocation.queries import open_seats
from planner.audit import note
from planner.clock import now
from planner.errors import Missing, Refusal
from planner.history import Change, Values
from planner.language import _, ngettext
from planner.meetings.queries import Found
from planner.registration import apart, letters
from planner.registration.actions import lock
from planner.registration.offer import offer
from planner.registration.place_tables import VisitNews, VisitPlace
from planner.registration.pools import visit
from planner.registration.rules import HOLDING
from planner.registration.tables import Registration
from planner.registration.waiting_list import Round
from planner.registration.wishing import end_offers


def seat(session: Session, turn: Round, row: Registration, item: int | None, actor: str) -> None:
    """Change somebody's seat, and remember what they know of it until they are told."""
    number = row.id or 0
    place = session.get(VisitPlace, number)
    before = place.item_id if place else None
    _remember_news(session, number, before, item)
    if place is not None:
        session.delete(place)
        session.flush()
    if item is not None:
        session.add(VisitPlace(registration_id=number, item_id=item, given_at=turn.moment))
    row.version += 1
    session.add(row)
    session.flush()
    note(session, actor, "visit.allocate", letters.about(row), before=before, after=item)


def _remember_news(session: Session, number: int, before: int | None, after: int | None) -> None:
    known = session.get(VisitNews, number)
    if known is None:
        session.add(VisitNews(registration_id=number, told_item_id=before))
    elif known.told_item_id == after:  # back where they think they are
        session.delete(known)


def end_offers_of_visits(session: Session, turn: Round, row: Registration) -> None:
    """No seat is kept for that person any more: an organiser says where they go."""
    offers = apart.open_offers(session, row.id or 0)
    end_offers(session, turn, row.id or 0, {visit(one.number) for one in offers if one.kind == "visit"}, "void")


def check_room(session: Session, found: Found, item: int, people: int) -> None:
    """Raises Refusal when so many more people cannot go on that visit."""
    left = open_seats(session, found).get(item, 0) - apart.held(session, found.meeting.id or 0)[visit(item)]
    if people > left:
        seats = max(left, 0)
        said = ngettext("Only %(num)d place is left there.", "Only %(num)d places are left there.", seats)
        raise Refusal(said % {"num": seats} + " " + _("Nobody was moved."))


def finish(session: Session, turn: Round) -> None:
    """The number of free seats may have changed."""
    turn.form.revision += 1
    session.add(turn.form)


@contextmanager
def remembered(session: Session, found: Found, actor: str, people: Sequence[Registration]) -> Iterator[None]:
    """Inside the block, the seats of these people are changed as one act that can be undone."""
    before = {row.id or 0: _place(session, row.id or 0) for row in people}
    yield
    rows = [
        {"table": VisitPlace.__tablename__, "id": number, "before": place, "after": _place(session, number)}
        for number, place in before.items()
    ]
    if rows:
        session.add(Change(scope=_scope(found), at=now(), actor=actor, act="seats.change", rows=rows))


def _scope(found: Found) -> str:
    return f"seats:{found.meeting.id}"


def _place(session: Session, number: int) -> Values | None:
    place = session.get(VisitPlace, number)
    return {"registration_id": number, "item_id": place.item_id, "locked": place.locked} if place else None


@dataclass(frozen=True, slots=True)
class LastAct:
    """The newest change of seats that can be undone: who changed those of how many people, and when."""

    id: int
    at: datetime
    who: str
    people: int


def last_act(session: Session, found: Found) -> LastAct | None:
    """What could be undone now; two questions at most."""
    query = select(Change).where(Change.scope == _scope(found), col(Change.undone_at).is_(None))
    row = session.exec(query.order_by(col(Change.id).desc()).limit(1)).first()
    if row is None:
        return None
    account = account_of(session, row.actor)
    return LastAct(row.id or 0, row.at, account.name if account and account.name else row.actor, len(row.rows))


def undo(session: Session, found: Found, actor: str, number: int) -> None:
    """Take a change of seats back. Raises Missing, and Refusal when somebody's seat or the room there has changed."""
    turn = lock(session, offer(session, found))
    change = session.get(Change, number, populate_existing=True)
    if change is None or change.scope != _scope(found):
        raise Missing
    if change.undone_at is not None:
        raise Refusal(_("This was undone already."))
    people = _as_they_were_left(session, change)
    for row in people:
        end_offers_of_visits(session, turn, row)
    _check_way_back(session, found, change)
    before = {one["id"]: one["before"] for one in change.rows}
    for row in people:
        _put_back(session, turn, row, before[row.id], actor)
    change.undone_at = turn.moment
    session.add(change)
    finish(session, turn)


def _as_they_were_left(session: Session, change: Change) -> Sequence[Registration]:
    left = {one["id"]: one["after"] for one in change.rows}
    query = select(Registration).where(col(Registration.id).in_(left), col(Registration.status).in_(HOLDING))
    people = session.exec(query.order_by(col(Registration.id)).execution_options(populate_existing=True)).all()
    if len(people) < len(left) or any(_item(_place(session, row.id or 0)) != _item(left[row.id]) for row in people):
        raise Refusal(_("This cannot be undone any more: somebody has changed the same thing since."))
    return people


def _item(place: Values | None) -> int | None:
    return place["item_id"] if place else None


def _check_way_back(session: Session, found: Found, change: Change) -> None:
    moves = Counter(_item(one["before"]) for one in change.rows)
    moves.subtract(Counter(_item(one["after"]) for one in change.rows))
    for item, people in moves.items():
        if item is not None and people > 0:
            check_room(session, found, item, people)


def _put_back(session: Session, turn: Round, row: Registration, before: Values | None, actor: str) -> None:
    seat(session, turn, row, _item(before), actor)
    place = session.get(VisitPlace, row.id)
    if place is not None and before is not None:
        place.locked = before["locked"]
        session.add(place)
