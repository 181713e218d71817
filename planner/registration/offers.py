"""What becomes of places that were offered: accepted, declined, or lapsed and passed on to the next who waits."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from planner.audit import note
from planner.errors import Missing, Refusal
from planner.language import _, moment_text
from planner.outbox import write_letter
from planner.registration import apart, letters, queries
from planner.registration.actions import answer, check_not_over, finish, give_up, lock
from planner.registration.agreement import REGISTRANT
from planner.registration.offer import Offer
from planner.registration.place_tables import PlaceOffer, PlaceWish, VisitChoice, VisitPlace
from planner.registration.pools import MEETING, Pool, after_lapse, expires, visit
from planner.registration.rules import status_with_place
from planner.registration.tables import Registration
from planner.registration.waiting_list import PLANNER, News, Round, give, promote, set_status, settled
from planner.registration.wishing import end_offers


def accept(session: Session, offer: Offer, registration_id: int, number: int) -> None:
    """Somebody takes the place that is kept for them. A second time nothing happens.

    Raises Missing for somebody else's offer, Refusal when it is over.
    """
    turn = lock(session, offer)
    row, place = _found(session, registration_id, number)
    if place.outcome == "accepted":
        return
    _check_open(turn, place)
    _end(session, turn, place, "accepted")
    if _pool(place) == MEETING:
        status = settled(row, status_with_place(row.category, turn.form.approval))
        set_status(session, row, status, turn.moment, REGISTRANT)
    else:
        give(session, registration_id, [_pool(place)], turn.moment)
        _end_other_visits(session, turn, registration_id, _pool(place))
    promote(session, turn, row)
    finish(session, turn, row, REGISTRANT, "registration.accept", pool=_pool(place))
    if _pool(place) == MEETING:
        write_letter(session, answer(session, turn, row))
    else:
        write_letter(session, letters.changed(offer, row, queries.choices(session, registration_id), 0))


def _end_other_visits(session: Session, turn: Round, number: int, taken: Pool) -> None:
    """Who takes a seat on a visit needs no other one, unless the person waits on for that nevertheless."""
    if taken[0] != "visit":
        return
    kept = select(VisitChoice.item_id).where(VisitChoice.registration_id == number, col(VisitChoice.keeps).is_(True))
    waited = {visit(item) for item in session.exec(kept)}
    others = {_pool(one) for one in apart.open_offers(session, number) if one.kind == "visit"}
    end_offers(session, turn, number, others - waited, "void")


def decline(session: Session, offer: Offer, registration_id: int, number: int) -> None:
    """Somebody leaves the place to the next, and no longer waits for it. Without one at the meeting they withdraw.

    Raises Missing for somebody else's offer, Refusal when it is over.
    """
    turn = lock(session, offer)
    row, place = _found(session, registration_id, number)
    if place.outcome == "declined":
        return
    _check_open(turn, place)
    _end(session, turn, place, "declined")
    if _pool(place) == MEETING:
        give_up(session, turn, row, "cancelled", REGISTRANT, _("The place that was offered was declined."))
        write_letter(session, letters.withdrawn(offer, row, queries.choices(session, registration_id), was="offered"))
    else:
        _stop_waiting(session, registration_id, _pool(place))
        promote(session, turn, None)
        write_letter(session, letters.changed(offer, row, queries.choices(session, registration_id), 0))
    finish(session, turn, row, REGISTRANT, "registration.decline_offer", pool=_pool(place))


def _found(session: Session, registration_id: int, number: int) -> tuple[Registration, PlaceOffer]:
    place = session.get(PlaceOffer, number, populate_existing=True)
    if place is None or place.registration_id != registration_id:
        raise Missing
    return session.get_one(Registration, registration_id, populate_existing=True), place


def _check_open(turn: Round, place: PlaceOffer) -> None:
    check_not_over(turn)
    if place.outcome != apart.OPEN or place.expires_at <= turn.moment:
        until = moment_text(place.expires_at, turn.offer.found.meeting.zone)
        raise Refusal(_("This offer is over: it was open until %(until)s.") % {"until": until})


def _end(session: Session, turn: Round, place: PlaceOffer, outcome: str) -> None:
    place.outcome, place.ended_at = outcome, turn.moment
    session.add(place)
    session.flush()


def _pool(place: PlaceOffer) -> Pool:
    return place.kind, place.number, place.key


def _stop_waiting(session: Session, registration_id: int, pool: Pool) -> None:
    """Take a wish back. Who has a seat on another visit keeps that and the wish as a mere preference."""
    if pool[0] == "visit":
        choice = _choice(session, registration_id, pool[1])
        if choice is not None and session.get(VisitPlace, registration_id) is not None:
            choice.keeps = False
        elif choice is not None:
            session.delete(choice)
    elif wish := session.get(PlaceWish, (registration_id, *pool)):
        session.delete(wish)
    session.flush()


def _choice(session: Session, registration_id: int, item: int) -> VisitChoice | None:
    query = select(VisitChoice).where(VisitChoice.registration_id == registration_id, VisitChoice.item_id == item)
    return session.exec(query).first()


def pass_on(session: Session, turn: Round) -> None:
    """Close the offers whose time is over and give what is free to the next. Again at once nothing happens.

    Whoever lets an offer lapse goes to the end of the line; the second time they leave it.
    """
    lapsed = [
        (place, _lapse(session, turn, place)) for place in apart.due_offers(session, turn.form.meeting_id, turn.moment)
    ]
    news = promote(session, turn, None)
    for place, fate in lapsed:
        _tell(session, turn, place, fate, news)
    if lapsed:
        turn.form.revision += 1
        session.add(turn.form)


def _lapse(session: Session, turn: Round, place: PlaceOffer) -> str:
    fate = after_lapse(apart.lapsed_before(session, place))
    _end(session, turn, place, "lapsed")
    row = session.get_one(Registration, place.registration_id, populate_existing=True)
    if _pool(place) == MEETING:
        if fate == "out":
            give_up(session, turn, row, "cancelled", PLANNER, _("Two offers of a place were not answered in time."))
        else:
            row.queued_at = turn.arrival
            reason = _("The offer of a place was not answered in time: now at the end of the waiting list.")
            set_status(session, row, "waiting", turn.moment, PLANNER, reason)
            row.waiting_for = "place"
    elif fate == "out":
        _stop_waiting(session, place.registration_id, _pool(place))
    else:
        _go_behind(session, turn, place)
    note(session, PLANNER, "registration.lapse", letters.about(row), pool=_pool(place), then=fate)
    return fate


def _go_behind(session: Session, turn: Round, place: PlaceOffer) -> None:
    wish: PlaceWish | VisitChoice | None = (
        _choice(session, place.registration_id, place.number)
        if place.kind == "visit"
        else session.get(PlaceWish, (place.registration_id, *_pool(place)))
    )
    if wish is not None:
        wish.since = turn.arrival
        session.add(wish)


def _tell(session: Session, turn: Round, place: PlaceOffer, fate: str, news: News) -> None:
    """Write to somebody whose offer has lapsed, unless the same place was at once offered again, or given."""
    number = place.registration_id
    if number in news.given or any(_pool(new) == _pool(place) for new in news.offered.get(number, ())):
        return
    row, chosen = session.get_one(Registration, number), queries.choices(session, number)
    if fate == "out":
        position = 0
    elif _pool(place) == MEETING:
        position = queries.position(session, turn.form, number)
    else:
        position = next((one.position for one in chosen.places if one.pool == _pool(place)), 0)
    write_letter(session, letters.lapsed(turn.offer, row, chosen, place, position))


def stood_still(session: Session, offer: Offer, since: datetime) -> None:
    """Offers that were open while a meeting was called off, from then until now, are open that much longer."""
    turn = lock(session, offer)
    query = select(PlaceOffer).join(Registration, col(Registration.id) == PlaceOffer.registration_id)
    was_open = query.where(
        Registration.meeting_id == turn.form.meeting_id, PlaceOffer.outcome == apart.OPEN, PlaceOffer.expires_at > since
    )
    for place in session.exec(was_open).all():
        place.expires_at = expires(place.expires_at + (turn.moment - since), 0, *turn.ends(_pool(place)))
        session.add(place)
