"""Two registrations that were made one become two again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, select

from planner.clock import now
from planner.errors import Missing, Refusal
from planner.language import _
from planner.meetings.queries import Found
from planner.registration import queries
from planner.registration.actions import lock
from planner.registration.apart import held
from planner.registration.offer import offer
from planner.registration.place_tables import OptionPlace, RideChoice, VisitPlace
from planner.registration.rules import DECIDED, LIVE, Stock
from planner.registration.tables import CareNote, Consent, FieldChange, Registration
from planner.registration.waiting_list import Round, set_status
from planner.roster.merging import UNITED, as_text, close, move_answers, rows_of, write
from planner.roster.record import of_id
from planner.roster.tables import Merge
from planner.roster.uniting import give_places_back


def undo(session: Session, found: Found, number: int, actor: str) -> Registration:
    """Make two of one again: each has what it had, and a place if one is still free; else it waits where it stood.

    What was changed in the kept one since then stays. Raises Missing, or Refusal when that cannot be any more.
    """
    turn = lock(session, offer(session, found))
    row = session.get(Merge, number, populate_existing=True)
    if row is None:
        raise Missing
    kept, other = of_id(session, found, row.kept_id), of_id(session, found, row.other_id)
    if row.undone_at is not None or other.status != "duplicate":
        raise Refusal(_("This was taken back already."))
    _give_back(session, turn, kept, other, row.added)
    _give_fields_back(session, kept, row.added["changes"], actor, turn.moment)
    if kept.status in LIVE and row.added["status"] != kept.status and row.added["status"] == "waiting":
        set_status(session, kept, "waiting", turn.moment, actor)
    _come_back(session, turn, other, row.other_status, actor)
    row.undone_at = turn.moment
    session.add(row)
    close(session, turn, kept, other, actor, "registration.undo_merge")
    return other


def _give_back(
    session: Session, turn: Round, kept: Registration, other: Registration, added: Mapping[str, Any]
) -> None:
    for name, (table, key) in UNITED.items():
        own = table.registration_id == kept.id
        session.exec(delete(table).where(own, getattr(table, key).in_(added.get(name, ()))))
    give_places_back(session, turn, kept, added)
    move_answers(session, kept, other, added["answers"])
    session.exec(delete(Consent).where(col(Consent.id).in_(added["consents"])))
    if "visit" in added and (seat := session.get(VisitPlace, kept.id)) and seat.item_id == added["visit"]:
        session.delete(seat)
    if "other_visit" in added:
        session.add(VisitPlace(registration_id=other.id or 0, item_id=added["other_visit"], given_at=now()))
    care = session.get(CareNote, kept.id)
    if added["care"] and care is not None:
        session.add(CareNote(**(care.model_dump() | {"registration_id": other.id})))
        session.delete(care)
    session.flush()


def _give_fields_back(
    session: Session, kept: Registration, changes: Collection[int], actor: str, moment: datetime
) -> None:
    rows = session.exec(select(FieldChange).where(col(FieldChange.id).in_(changes))).all()
    values = {
        row.field: _value(row.field, row.before) for row in rows if as_text(getattr(kept, row.field)) == row.after
    }
    write(session, kept, values, "undo", actor, moment)


def _value(name: str, text: str) -> Any:
    return (int(text) if text else None) if name.endswith("_id") else text


def _come_back(session: Session, turn: Round, other: Registration, status: str, actor: str) -> None:
    taken = queries.live_of_identity(session, turn.form.meeting_id, other.identity)
    if status in LIVE and taken is not None:
        raise Refusal(_("Somebody of that name and address is registered again meanwhile."))
    if status not in LIVE:
        set_status(session, other, status, turn.moment, actor)
        return
    set_status(session, other, "waiting", turn.moment, actor)
    session.flush()
    live = queries.claims(session, turn.form.meeting_id)
    demand = next(claim.demand for claim in live if claim.registration_id == other.id)
    if status in DECIDED and not Stock(queries.places(session, turn.form), live).lacking(demand.pools):
        set_status(session, other, status, turn.moment, actor)
        session.flush()
    _leave_what_is_full(session, turn, other)


def _leave_what_is_full(session: Session, turn: Round, other: Registration) -> None:
    """Seats on visits and buses and places of options that others got meanwhile are theirs."""
    taken = held(session, turn.form.meeting_id)
    for table, kind, name in ((VisitPlace, "visit", "item_id"), (RideChoice, "ride", "item_id")):
        for row in rows_of(session, table, other):
            pool = (kind, getattr(row, name), "")
            if other.status not in DECIDED or taken[pool] > turn.sizes(pool):
                session.delete(row)
    for row in rows_of(session, OptionPlace, other):
        pool = ("option", row.question_id, row.option)
        if other.status not in DECIDED or taken[pool] > turn.sizes(pool):
            session.delete(row)
    session.flush()
