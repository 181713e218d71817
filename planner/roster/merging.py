"""Two registrations of one person become one, and can become two again.

The other one stays as it was, with the status `duplicate`: what it gave to the kept one is remembered by number.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from planner.clock import now
from planner.errors import Missing, Refusal, Stale
from planner.language import _
from planner.meetings.queries import Found
from planner.outbox import write_letter
from planner.registration import letters, queries
from planner.registration.actions import finish, lock
from planner.registration.offer import offer
from planner.registration.place_tables import MealChoice, PlaceOffer, RideChoice, VisitChoice, VisitPlace
from planner.registration.rows import renew_token
from planner.registration.rules import CERTAIN, DECIDED, LIVE, identity
from planner.registration.tables import Answer, CareNote, Consent, PlannedDay, Registration
from planner.registration.waiting_list import Round, promote, set_status
from planner.registration.wishing import end_offers
from planner.roster.doubles import COMPARED
from planner.roster.editing import change_of
from planner.roster.record import of_id
from planner.roster.tables import Merge
from planner.roster.uniting import check_line, take_offers, take_places

FIELDS = (
    "title", "given", "family", "latin_given", "latin_family", "email", "phone", "function", "organisation",
    "organisation_id", "category", "partner_id", "country", "language", "remarks", "organiser_remarks",
)  # fmt: skip
TOGETHER = {"organisation": ("organisation", "organisation_id"), "partner": ("partner_id", "category")}
"""Fields that are chosen as one."""
CHOSEN = (
    "title", "given", "family", "latin_given", "latin_family", "email", "phone", "function", "organisation", "partner",
    "country", "language", "remarks", "organiser_remarks",
)  # fmt: skip
"""What an organiser chooses from one side or the other."""
UNITED: dict[str, tuple[Any, str]] = {
    "days": (PlannedDay, "day_id"),
    "meals": (MealChoice, "item_id"),
    "rides": (RideChoice, "item_id"),
    "visits": (VisitChoice, "rank"),
}
"""Choices that both may have: the kept one gets those that it has none of."""


def merge(
    session: Session,
    found: Found,
    kept_id: int,
    other_id: int,
    picked: Collection[str],
    seen: tuple[int, int],
    actor: str,
) -> Merge:
    """Keep one of two registrations, with the fields `picked` from the other one and the choices of both.

    A place that either holds stays. Raises Stale when one of them is not the version that was `seen`, Refusal when one
    of them is over or both would get a place that neither holds and others wait for, Missing for another meeting's.
    """
    turn = lock(session, offer(session, found))
    kept, other = _both(session, found, kept_id, other_id, seen)
    was, before, line = other.status, kept.status, queries.claims(session, turn.form.meeting_id)
    offers = _end(session, turn, kept, other, actor)
    _take_status(session, turn, kept, was, actor)
    added = {"status": before, **_take_all(session, turn, kept, other, picked, offers, actor)}
    check_line(session, turn, kept, other, line)
    row = Merge(
        kept_id=kept.id or 0, other_id=other.id or 0, at=turn.moment, actor=actor, other_status=was, added=added
    )  # fmt: skip
    session.add(row)
    close(session, turn, kept, other, actor, "registration.merge")
    if "email" in picked and kept.email:
        send_link(session, found, kept)
    return row


def _both(
    session: Session, found: Found, kept_id: int, other_id: int, seen: tuple[int, int]
) -> tuple[Registration, Registration]:
    """The two as they were seen. Raises Stale, Refusal or Missing."""
    kept, other = of_id(session, found, kept_id), of_id(session, found, other_id)
    if kept.id == other.id:
        raise Missing
    if (kept.version, other.version) != seen:
        raise Stale(_("One of the two has changed since you opened the page. Please look at both again."))
    if kept.status not in COMPARED or other.status not in COMPARED:
        raise Refusal(_("One of the two is over or was put together with another one already."))
    return kept, other


def _end(session: Session, turn: Round, kept: Registration, other: Registration, actor: str) -> list[PlaceOffer]:
    """The other one is a duplicate from now on; the answer is what it was offered until then."""
    same = _("The same person as no. %(number)d") % {"number": kept.id}
    set_status(session, other, "duplicate", turn.moment, actor, same)
    offers = end_offers(session, turn, other.id or 0, None, "void")
    session.flush()  # before the kept one takes over what only one registration may have
    return offers


def _take_all(
    session: Session,
    turn: Round,
    kept: Registration,
    other: Registration,
    picked: Collection[str],
    offers: Sequence[PlaceOffer],
    actor: str,
) -> dict[str, Any]:
    """What goes from the other one to the kept one: fields, choices, places, offers, consents and care."""
    return {
        "changes": _take_fields(session, kept, other, picked, actor, turn.moment),
        **_take_choices(session, kept, other),
        **take_places(session, kept, other),
        **take_offers(session, turn, kept, offers, actor),
        "consents": _take_consents(session, kept, other),
        **_take_care(session, kept, other),
    }


def _take_status(session: Session, turn: Round, kept: Registration, status: str, actor: str) -> None:
    """The place that the other one held is the person's: nobody who waits is passed over."""
    if kept.status in LIVE and kept.status != CERTAIN and status in DECIDED and kept.status != status:
        end_offers(session, turn, kept.id or 0, None, "void")
        set_status(session, kept, status, turn.moment, actor, _("The place of the other registration"))


def _take_fields(
    session: Session, kept: Registration, other: Registration, picked: Collection[str], actor: str, moment: datetime
) -> list[int]:
    names = [name for one in picked for name in TOGETHER.get(one, (one,)) if name in FIELDS]
    values = {name: getattr(other, name) for name in names if getattr(other, name) != getattr(kept, name)}
    return write(session, kept, values, "merge", actor, moment)


def write(
    session: Session, row: Registration, values: Mapping[str, Any], act: str, actor: str, moment: datetime
) -> list[int]:
    """Put those values into a registration; the answer is the numbers of the lines in its history."""
    changes = [change_of(row, act, name, as_text(getattr(row, name)), as_text(value), actor, moment)
               for name, value in values.items()]  # fmt: skip
    moved = "email" in values and str(values["email"]).casefold() != row.email.casefold()
    for name, value in values.items():
        setattr(row, name, value)
    row.identity = identity(row.given, row.family, row.email)
    if moved:
        renew_token(row, row.token_version + 1)
    session.add_all([row, *changes])
    session.flush()
    return [change.id or 0 for change in changes]


def as_text(value: object) -> str:
    """A value as the history keeps it."""
    return "" if value is None else str(value)


def _take_choices(session: Session, kept: Registration, other: Registration) -> dict[str, Any]:
    added = {name: _take_missing(session, kept, other, name) for name in UNITED}
    moving = {row.question_id for row in rows_of(session, Answer, other)} - {
        row.question_id for row in rows_of(session, Answer, kept)
    }
    move_answers(session, other, kept, moving)
    return {**added, "answers": sorted(moving), **_take_seat(session, kept, other)}


def _take_missing(session: Session, kept: Registration, other: Registration, name: str) -> list[Any]:
    """The choices of one kind that only the other one has; wishes for visits as a whole or not at all."""
    table, key = UNITED[name]
    has = {getattr(row, key) for row in rows_of(session, table, kept)}
    if name == "visits" and has:
        return []
    missing = [row for row in rows_of(session, table, other) if getattr(row, key) not in has]
    since = {"since": other.submitted_at} if name == "visits" else {}  # the turn of whoever wished for it
    session.add_all(table(**(since | _told(row) | {"registration_id": kept.id})) for row in missing)
    return [getattr(row, key) for row in missing]


def _told(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.model_dump().items() if value is not None}


def _take_seat(session: Session, kept: Registration, other: Registration) -> dict[str, Any]:
    """The seat on a study visit, unless the kept one has one."""
    seat = session.get(VisitPlace, other.id)
    if seat is None:
        return {}
    goes = session.get(VisitPlace, kept.id) is None
    if goes:
        session.add(VisitPlace(**(seat.model_dump() | {"registration_id": kept.id})))
    session.delete(seat)
    return {"other_visit": seat.item_id, **({"visit": seat.item_id} if goes else {})}


def rows_of(session: Session, table: Any, row: Registration) -> list[Any]:
    """The rows of a table that belong to a registration."""
    return list(session.exec(select(table).where(table.registration_id == row.id)))


def move_answers(session: Session, source: Registration, target: Registration, questions: Collection[int]) -> None:
    """Answers to some questions go from one registration to another, with their files."""
    for answer in rows_of(session, Answer, source):
        if answer.question_id in questions:
            values = answer.model_dump() | {"registration_id": target.id}
            session.delete(answer)
            session.add(Answer(**values))
    session.flush()


def _take_consents(session: Session, kept: Registration, other: Registration) -> list[int]:
    """Of each purpose the newest answer counts, whichever registration it was given in."""
    mine = {row.purpose: row for row in queries.answers(session, kept.id or 0)}
    its = {row.purpose: row for row in queries.answers(session, other.id or 0)}
    newer = [row for name, row in its.items() if name not in mine or row.given_at > mine[name].given_at]
    copies = [
        Consent(
            registration_id=kept.id or 0,
            purpose=row.purpose,
            granted=row.granted,
            given_at=row.given_at,
            wording_id=row.wording_id,
        )
        for row in newer
    ]
    session.add_all(copies)
    session.flush()
    return [copy.id or 0 for copy in copies]


def _take_care(session: Session, kept: Registration, other: Registration) -> dict[str, Any]:
    """What the other one told about food and access moves to the kept one, if the newest answer allows it."""
    agreed = {row.purpose: row.granted for row in queries.answers(session, kept.id or 0)}.get("sensitive", False)
    care = session.get(CareNote, other.id)
    if care is None or session.get(CareNote, kept.id) is not None or not agreed:
        return {"care": False}
    session.add(CareNote(**(care.model_dump() | {"registration_id": kept.id})))
    session.delete(care)
    return {"care": True}


def close(session: Session, turn: Round, kept: Registration, other: Registration, actor: str, act: str) -> None:
    """Both have changed: whoever waits for what became free gets it, and the act is noted."""
    for row in (kept, other):
        row.version, row.updated_at = row.version + 1, now()
        session.add(row)
    session.flush()
    promote(session, turn, None)
    finish(session, turn, kept, actor, act, other=other.id)


def send_link(session: Session, found: Found, row: Registration) -> None:
    """Mail the kept one's link to its address: an address taken from the other one does not know it."""
    write_letter(session, letters.link(offer(session, found), row, queries.choices(session, row.id or 0)))
