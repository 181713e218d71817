"""Somebody changes what they chose. Places are only given up for free ones; what is wished as before keeps its turn."""

from __future__ import annotations

from sqlmodel import Session

from planner.errors import Refusal
from planner.language import _
from planner.outbox import write_letter
from planner.registration import letters, queries, rows, sentences
from planner.registration.actions import check_not_over, delete_rows, find_live, finish, keep, lock, recognise
from planner.registration.agreement import REGISTRANT
from planner.registration.deadlines import check_changes_open
from planner.registration.entry import Entry
from planner.registration.moving import to_old_address
from planner.registration.offer import Offer
from planner.registration.place_tables import MealChoice, VisitChoice
from planner.registration.portrait import changes, portrait
from planner.registration.rules import DECIDED, HOLDING, lacking_for_change, status_with_place
from planner.registration.tables import CareNote, PlannedDay, Registration
from planner.registration.waiting_list import PLANNER, Round, promote, set_status
from planner.registration.wishing import choices_of_visits, move_seat, visit_after, wish_anew


def change(
    session: Session,
    offer: Offer,
    number: int,
    entry: Entry,
    version: int,
    actor: str = REGISTRANT,
    contact: str = "",
) -> Registration:
    """Put new answers in the place of the old ones. Places are only given up for free ones.

    Raises Stale when the registration is no longer that version, Refusal when what is wished for is taken or the
    meeting is over. A new e-mail address makes the old link worthless. Each field that changed is a line of the
    history, by the `actor`. `contact` is the address of whoever answers for the delegation, when that is who changes.
    """
    turn = lock(session, offer)
    check_not_over(turn)
    row = find_live(session, number, version)
    check_changes_open(session, turn, row, contact)
    _check_unique(session, turn, row, entry)
    visit = _check_places(session, turn, row, entry)
    _check_turn(session, turn, row, entry)
    before = portrait(session, offer, row)
    _rewrite(session, turn, row, entry)
    move_seat(session, turn, row, visit)
    session.add_all(changes(row, before, portrait(session, offer, row), actor, turn.moment))
    promote(session, turn, row)
    finish(session, turn, row, actor, "registration.change")
    position = queries.position(session, turn.form, number) if row.status == "waiting" else 0
    write_letter(session, letters.changed(offer, row, queries.choices(session, number), position))
    return row


def _check_unique(session: Session, turn: Round, row: Registration, entry: Entry) -> None:
    other = queries.live_of_identity(session, turn.form.meeting_id, entry.identity)
    if other is not None and other.id != row.id:
        raise Refusal(_("This name and address cannot be used here. Please ask the organisers."), "email")


def _check_places(session: Session, turn: Round, row: Registration, entry: Entry) -> int | None:
    """The visit somebody with a place has after the change. Raises Refusal for what is taken."""
    if row.status not in HOLDING:
        return None
    live = queries.claims(session, turn.form.meeting_id)
    held = next(claim.demand for claim in live if claim.registration_id == row.id)
    if lacking := lacking_for_change(held, entry.demand, queries.places(session, turn.form), live):
        quota = any(pool[0] == "quota" for pool in lacking)
        raise Refusal(sentences.no_place(lacking), "partner" if quota else _day_field(turn.offer, entry))
    return visit_after(session, turn, row, entry)


def _check_turn(session: Session, turn: Round, row: Registration, entry: Entry) -> None:
    """Who waits, and now waits for something else, stands at the end of that line."""
    if row.status != "waiting":
        return
    claims = queries.claims(session, turn.form.meeting_id)
    waited = next(claim.demand for claim in claims if claim.registration_id == row.id)
    leaves = waited.quota - entry.demand.quota if row.waiting_for == "quota" else ()  # who waited for no seat so far
    if entry.demand.pools - waited.pools or leaves:
        row.queued_at = turn.arrival


def _day_field(offer: Offer, entry: Entry) -> str:
    return next(f"day_{day.number}" for day in offer.days if day.id in entry.days)


def _rewrite(session: Session, turn: Round, row: Registration, entry: Entry) -> None:
    if entry.category != row.category:
        row.approved = False  # the yes was to what the person came as
    if entry.category != row.category and row.status in DECIDED:
        status = status_with_place(entry.category, turn.form.approval)
        if status != row.status:
            set_status(session, row, status, turn.moment, PLANNER)
    if entry.email.casefold() != row.email.casefold():
        write_letter(session, to_old_address(turn.offer, row, entry.email))
        rows.renew_token(row, row.token_version + 1)
    rows.write_entry(row, entry)
    recognise(session, turn.offer, row)
    row.updated_at = turn.moment
    row.version += 1
    session.add(row)
    before = choices_of_visits(session, row)
    for table in (PlannedDay, VisitChoice, MealChoice, CareNote):
        delete_rows(session, table, row)
    keep(session, turn, row, entry)
    session.flush()
    wish_anew(session, turn, row, entry, before)
