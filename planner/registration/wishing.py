"""What people wish beside the meeting's own places, written down: what they get of it, and when, the waiting list says.

Whoever calls these holds the lock of the registration form's row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlmodel import Session, col, select

from planner.errors import Refusal
from planner.questions.queries import wordings
from planner.questions.rules import Asked, fits, picks
from planner.registration import apart, rows, sentences
from planner.registration.entry import Entry
from planner.registration.place_tables import OptionPlace, PlaceOffer, PlaceWish, RideChoice, VisitPlace
from planner.registration.place_tables import VisitChoice as Choice
from planner.registration.pools import Pool, left_for_newcomers, visit
from planner.registration.rules import CERTAIN, LIVE, visit_for
from planner.registration.tables import Answer, Registration
from planner.registration.waiting_list import Round, give


def wish(session: Session, turn: Round, row: Registration, entry: Entry) -> None:
    """The wishes of somebody new: from now on they stand in line for each bus and each limited option."""
    session.add_all(rows.wishes(row.id or 0, entry.apart, turn.arrival))


def stand_at_the_end(session: Session, turn: Round, row: Registration) -> None:
    """Somebody who was written down earlier arrives now: behind all who wait for the same."""
    row.queued_at = turn.arrival
    for kept in session.exec(select(PlaceWish).where(PlaceWish.registration_id == row.id)):
        kept.since = turn.arrival
    for choice in session.exec(select(Choice).where(Choice.registration_id == row.id)):
        choice.since = turn.arrival


def wish_anew(session: Session, turn: Round, row: Registration, entry: Entry, before: dict[int, Choice]) -> None:
    """Put new wishes in the place of the old ones. What is wished as before keeps its place in line, or its seat.

    `before` are the choices of visits there were, by agenda item: whoever wishes another one stands at its end. So
    does who only now waits for a choice, having been content with the seat on another visit.
    """
    number = row.id or 0
    known = {one.pool for one in apart.standings(session, row) if one.pool[0] != "visit"}
    lost = known - set(entry.apart) - _of_answers_that_stay(session, number, entry, known)
    _forget(session, number, lost)
    session.add_all(rows.wishes(number, [pool for pool in entry.apart if pool not in known], turn.arrival))
    seat = session.get(VisitPlace, number)
    for choice in session.exec(select(Choice).where(Choice.registration_id == number)):
        known_one = before.get(choice.item_id)
        choice.since = known_one.since if known_one and _stood_in_line(known_one, seat) else turn.arrival
        session.add(choice)
    gone = {visit(item) for item in before if item not in entry.visits}
    end_offers(session, turn, number, lost | gone, "void")


def _of_answers_that_stay(session: Session, number: int, entry: Entry, known: Collection[Pool]) -> set[Pool]:
    """Options of answers that the form could not show any more, because the question was reworded: they stay too."""
    empty = [question for question, value in entry.answers.items() if value is None]
    pools = {pool for pool in known if pool[0] == "option" and pool[1] in empty}
    return {pool for pool in pools if session.get(Answer, (number, pool[1])) is not None}


def _stood_in_line(choice: Choice, seat: VisitPlace | None) -> bool:
    """Whether somebody with that seat waited for a choice, or has just that."""
    return seat is None or choice.keeps or seat.item_id == choice.item_id


def choices_of_visits(session: Session, row: Registration) -> dict[int, Choice]:
    """The choices of study visits as they are, by agenda item."""
    found = session.exec(select(Choice).where(Choice.registration_id == row.id)).all()
    for choice in found:
        session.expunge(choice)  # they are about to be replaced
    return {choice.item_id: choice for choice in found}


def _forget(session: Session, number: int, pools: Iterable[Pool]) -> None:
    for kind, which, key in pools:
        for held in (
            session.get(PlaceWish, (number, kind, which, key)),
            session.get(RideChoice, (number, which)) if kind == "ride" else None,
            session.get(OptionPlace, (number, which, key)) if kind == "option" else None,
        ):
            if held is not None:
                session.delete(held)
    session.flush()


def end_offers(
    session: Session, turn: Round, number: int, pools: Collection[Pool] | None, outcome: str
) -> list[PlaceOffer]:
    """Close the open offers of somebody: those of these pools, or all of them when None."""
    ended = [
        offer
        for offer in apart.open_offers(session, number)
        if pools is None or (offer.kind, offer.number, offer.key) in pools
    ]
    for offer in ended:
        offer.outcome, offer.ended_at = outcome, turn.moment
        session.add(offer)
    session.flush()
    return ended


def visit_after(session: Session, turn: Round, row: Registration, entry: Entry) -> int | None:
    """The visit somebody has after a change. Raises Refusal when a seat would be given up for one that is taken."""
    place = session.get(VisitPlace, row.id)
    if place is None or place.locked or not entry.visits:  # what an organiser has locked stays
        return place.item_id if place and place.locked else None
    meeting, number = turn.form.meeting_id, row.id or 0
    others = [want for want in apart.wants(session, meeting) if want.registration_id != number]
    stock = left_for_newcomers(turn.sizes, apart.held(session, meeting), others)
    found = visit_for(entry.visits, lambda item: stock.left(visit(item)), place.item_id)
    if found is None:
        raise Refusal(sentences.no_visit(), "visit_1")
    return found


def move_seat(session: Session, turn: Round, row: Registration, item: int | None) -> None:
    """Change somebody's seat on a visit to that one, or to none."""
    place = session.get(VisitPlace, row.id)
    if place is None or place.item_id == item:
        return
    if item is not None:
        give(session, row.id or 0, [visit(item)], turn.moment)
    else:
        session.delete(place)
    session.flush()


def count_in(session: Session, turn: Round, question: Asked) -> None:
    """Who chose an option before it had a limit keeps it, and counts from now on.

    Whose place at the meeting is not certain yet stands in line for it, since they came.
    """
    known = _known(session, question.id)
    query = select(Registration, Answer).where(
        Answer.question_id == question.id,
        Registration.id == Answer.registration_id,
        col(Registration.status).in_(LIVE),
    )
    given = session.exec(query).all()
    was = wordings(session, {(question.id, answer.version) for _row, answer in given})
    for row, answer in given:
        if fits(question, was[question.id, answer.version], answer.value):
            new = [pool for pool in picks(question, answer.value) if (row.id, pool[2]) not in known]
            if row.status == CERTAIN:
                give(session, row.id or 0, new, turn.moment)
            else:
                session.add_all(rows.wishes(row.id or 0, new, row.submitted_at or turn.arrival))
    session.flush()


def _known(session: Session, question: int) -> set[tuple[int | None, str]]:
    """Who has or waits for which option of a question already."""
    has = select(OptionPlace.registration_id, OptionPlace.option).where(OptionPlace.question_id == question)
    waits = select(PlaceWish.registration_id, PlaceWish.key).where(
        PlaceWish.kind == "option", PlaceWish.number == question
    )
    return {*session.exec(has).all(), *session.exec(waits).all()}


def forget_gone(session: Session, turn: Round, question: int, offered: Collection[str]) -> None:
    """Nobody waits any more for an option that is not offered. Who has it keeps it."""
    query = select(PlaceWish).where(PlaceWish.kind == "option", PlaceWish.number == question)
    for wish in session.exec(query.where(col(PlaceWish.key).not_in(offered))).all():
        end_offers(session, turn, wish.registration_id, {("option", question, wish.key)}, "void")
        session.delete(wish)
