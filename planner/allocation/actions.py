"""What organisers do about who goes on which study visit. Every act holds the lock of the meeting's form, as every
other act does that gives or frees a place.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session, col, select

from planner.allocation import seating
from planner.allocation.queries import board, mark_of, open_seats, proposal
from planner.audit import note
from planner.errors import Missing, Refusal, Stale
from planner.language import _
from planner.meetings.queries import Found
from planner.names import full
from planner.outbox import write_letter
from planner.registration import letters, queries
from planner.registration.actions import check_not_over, lock
from planner.registration.offer import offer
from planner.registration.place_tables import VisitNews, VisitPlace
from planner.registration.rules import HOLDING
from planner.registration.tables import Registration

Seen = Mapping[int, int | None]
"""People by registration, each with the seat (an agenda item) that the organiser saw them have."""


def assign(session: Session, found: Found, actor: str, people: Seen, item: int | None) -> None:
    """Give all of them a seat on that visit, or none on any: all or nobody. Seats that were offered to them are no
    longer kept.

    Raises Missing for what is no visit here, Stale when somebody has another seat by now, Refusal when too few seats
    are left or somebody is locked.
    """
    turn = lock(session, offer(session, found))
    rows = _people(session, found, people)
    coming = [row for row in rows if people[row.id or 0] != item]
    for row in coming:
        seating.end_offers_of_visits(session, turn, row)
    if item is not None:
        _check_visit(session, found, item)
        seating.check_room(session, found, item, len(coming))
    with seating.remembered(session, found, actor, coming):
        for row in coming:
            if (place := session.get(VisitPlace, row.id)) is not None and place.locked:
                raise Refusal(_("%(name)s is locked. Unlock the place first.") % {"name": _name(row)})
            seating.seat(session, turn, row, item, actor)
            _lock_unwished(session, row, item)
    seating.finish(session, turn)


def _check_visit(session: Session, found: Found, item: int) -> None:
    """Raises Missing for what is no visit here, Refusal when readers do not see it yet."""
    if item not in open_seats(session, found):
        raise Missing
    if item not in queries.seats_on_visits(session, found.meeting.id or 0):
        raise Refusal(_("Publish the agenda first: people cannot see this visit yet."))


def _people(session: Session, found: Found, people: Seen) -> list[Registration]:
    """The registrations, as they are now and where they were seen. Raises Missing and Stale."""
    query = select(Registration).where(
        Registration.meeting_id == found.meeting.id, col(Registration.id).in_(people)
    )  # fmt: skip
    rows = session.exec(query.order_by(col(Registration.id)).execution_options(populate_existing=True)).all()
    if len(rows) < len(people):
        raise Missing
    for row in rows:
        place = session.get(VisitPlace, row.id, populate_existing=True)
        if row.status not in HOLDING or (place.item_id if place else None) != people[row.id or 0]:
            raise Stale(_("%(name)s: this has changed in the meantime.") % {"name": _name(row)})
    return list(rows)


def _name(row: Registration) -> str:
    return full(row.latin_given, row.latin_family, row.order)


def _lock_unwished(session: Session, row: Registration, item: int | None) -> None:
    """Who is put where they did not wish to be stays there: else their next change of anything would undo it."""
    place = session.get(VisitPlace, row.id)
    if place is not None and item not in queries.choices(session, row.id or 0).visits:
        place.locked = True
        session.add(place)


def set_locks(session: Session, found: Found, actor: str, people: Seen, *, locked: bool) -> None:
    """Lock their seats, so that no proposal moves them, or unlock them."""
    lock(session, offer(session, found))
    for row in _people(session, found, people):
        place = session.get(VisitPlace, row.id)
        if place is None:
            raise Refusal(_("%(name)s has no place that could be locked.") % {"name": _name(row)})
        place.locked = locked
        session.add(place)
        note(session, actor, "visit.lock" if locked else "visit.unlock", letters.about(row), item=place.item_id)


def apply_proposal(session: Session, found: Found, actor: str, mark: str, *, with_care: bool) -> None:
    """Give everybody what was proposed. Raises Stale when the proposal would be another one by now."""
    turn = lock(session, offer(session, found))
    given = proposal(board(session, found, with_care=with_care))
    if mark_of(given) != mark:
        raise Stale(_("Somebody has registered or was moved in the meantime: this is the proposal now."))
    wanted = {one.number: one.item for one in given}
    coming = _changing(session, found, wanted)
    with seating.remembered(session, found, actor, coming):
        for row in coming:
            seating.seat(session, turn, row, wanted[row.id or 0], actor)
    seating.finish(session, turn)


def _changing(session: Session, found: Found, wanted: Seen) -> list[Registration]:
    query = (
        select(Registration, VisitPlace.item_id)
        .join(VisitPlace, col(VisitPlace.registration_id) == Registration.id, isouter=True)
        .where(Registration.meeting_id == found.meeting.id, col(Registration.id).in_(wanted))
    )
    return [row for row, item in session.exec(query).all() if item != wanted[row.id or 0]]


def send(session: Session, found: Found, actor: str) -> int:
    """Write to all whose seat has changed since they were told, each in their language; how many letters that is.

    Raises Refusal when the meeting is over or cancelled, and when a visit is not on the agenda that was given out: its
    letter could not say where to go.
    """
    offered = offer(session, found)
    check_not_over(lock(session, offered))
    letters_written = 0
    for row, news in _untold(session, found):
        chosen = queries.choices(session, row.id or 0)
        if chosen.visit is not None and offered.item(chosen.visit) is None:
            raise Refusal(_("Publish the agenda first: people cannot see one of these visits yet."))
        if row.status in HOLDING and chosen.visit != news.told_item_id:
            write_letter(session, letters.allocated(offered, row, chosen))
            note(session, actor, "visit.tell", letters.about(row), item=chosen.visit)
            letters_written += 1
        session.delete(news)
    return letters_written


def _untold(session: Session, found: Found) -> list[tuple[Registration, VisitNews]]:
    query = select(Registration, VisitNews).join(VisitNews, col(VisitNews.registration_id) == Registration.id)
    return list(session.exec(query.where(Registration.meeting_id == found.meeting.id).order_by(col(Registration.id))))
