"""What is asked about places and registrations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from planner.agenda.releases import released
from planner.agenda.tables import Day
from planner.consortium.tables import Person
from planner.db import Texts
from planner.errors import Missing
from planner.names import fold
from planner.outbox import OutboxLetter
from planner.registration import rules
from planner.registration.rules import HOLDING, LIVE, Claim, Demand, Places, Wish, walk
from planner.registration.tables import (
    CareNote,
    Consent,
    MealChoice,
    PlannedDay,
    Quota,
    Registration,
    RegistrationForm,
    RideChoice,
    StatusChange,
    VisitChoice,
    VisitPlace,
)
from planner.tokens import digest
from planner.visits.releases import released_capacities


def form_of(session: Session, meeting_id: int) -> RegistrationForm | None:
    """The registration form of a meeting, if it has one."""
    return session.exec(select(RegistrationForm).where(RegistrationForm.meeting_id == meeting_id)).first()


def places(session: Session, form: RegistrationForm) -> Places:
    """How many places a meeting has."""
    rows = session.exec(select(Quota).where(Quota.form_id == form.id))
    return Places(
        form.seats_on_site,
        form.seats_online,
        {"partner_staff": form.quota_partner_staff, "stakeholder": form.quota_stakeholder},
        {(row.partner_id, row.category): row.seats for row in rows},
    )


def claims(session: Session, meeting_id: int) -> list[Claim]:
    """All live registrations of a meeting with what they need."""
    query = (
        sqlalchemy.select(
            col(Registration.id),
            col(Registration.status),
            col(Registration.submitted_at),
            col(Registration.updated_at),
            _comes("on_site"),
            _comes("online"),
            col(Registration.partner_id),
            col(Registration.category),
            col(Registration.waiting_for),
        )
        .where(col(Registration.meeting_id) == meeting_id, col(Registration.status).in_(LIVE))
        .join(PlannedDay, col(PlannedDay.registration_id) == Registration.id, isouter=True)
        .group_by(col(Registration.id))
    )
    return [
        Claim(number, status, submitted or updated, Demand(bool(here), bool(online), partner, category), reason)
        for number, status, submitted, updated, here, online, partner, category, reason in (
            session.connection().execute(query)
        )
    ]


def _comes(mode: str) -> ColumnElement[Any]:
    return func.count(sqlalchemy.case((col(PlannedDay.mode) == mode, 1)))


def seats_on_visits(session: Session, meeting_id: int) -> dict[int, int]:
    """How many seats each study visit of a meeting has, by agenda item, as its newest version says."""
    return released_capacities(session, meeting_id)


def seats_left_on_visits(session: Session, meeting_id: int) -> dict[int, int]:
    """The seats nobody has yet, by agenda item."""
    taken = (
        select(VisitPlace.item_id, func.count())
        .join(Registration, col(Registration.id) == VisitPlace.registration_id)
        .where(Registration.meeting_id == meeting_id, col(Registration.status).in_(HOLDING))
        .group_by(col(VisitPlace.item_id))
    )
    counted = dict(session.exec(taken).all())
    return {item: seats - counted.get(item, 0) for item, seats in seats_on_visits(session, meeting_id).items()}


def wishes(session: Session, meeting_id: int) -> list[Wish]:
    """Confirmed registrations that chose study visits and have a seat on none yet."""
    query = (
        select(Registration.id, Registration.submitted_at, Registration.updated_at, VisitChoice.item_id)
        .join(VisitChoice, col(VisitChoice.registration_id) == Registration.id)
        .join(VisitPlace, col(VisitPlace.registration_id) == Registration.id, isouter=True)
        .where(
            Registration.meeting_id == meeting_id,
            Registration.status == "confirmed",
            col(VisitPlace.registration_id).is_(None),
        )
        .order_by(col(Registration.id), col(VisitChoice.rank))
    )
    found: dict[int, tuple[datetime, list[int]]] = {}
    for number, submitted, updated, item in session.exec(query):
        found.setdefault(number or 0, (submitted or updated, []))[1].append(item)
    return [Wish(number, arrived, tuple(items)) for number, (arrived, items) in found.items()]


@dataclass(frozen=True, slots=True)
class Seats:
    """Places of one kind: how many there are, are taken and are waited for."""

    seats: int
    taken: int
    waiting: int

    @property
    def full(self) -> bool:
        """Whether somebody who registers now has to wait."""
        return self.taken + self.waiting >= self.seats


def seats(session: Session, form: RegistrationForm) -> list[tuple[str, Seats]]:
    """The places of a meeting by way of taking part (`on_site`, `online`), those that exist."""
    return seats_of(claims(session, form.meeting_id), places(session, form))


def seats_of(live: Sequence[Claim], there: Places) -> list[tuple[str, Seats]]:
    """The same, counted from what was read already. Who waits for a partner's quota waits for no seat yet."""
    waiting = [claim.demand for claim, verdict in walk(there, live, ()) if verdict.waiting_for == "place"]
    holding = [claim.demand for claim in live if claim.status in HOLDING]
    return [
        ("on_site", Seats(there.on_site, sum(d.on_site for d in holding), sum(d.on_site for d in waiting))),
        ("online", Seats(there.online, sum(d.online for d in holding), sum(d.online for d in waiting))),
    ][: 2 if there.online else 1]


def visit_seats(session: Session, meeting_id: int) -> list[tuple[Texts, Seats]]:
    """The study visits that the public sees, in the agenda's order, with their seats."""
    counted, rows = visit_seats_by_item(session, meeting_id), released(session, meeting_id)
    if rows is None:
        return []
    shown = rows.public().taking_place()
    order = {block.id: place for place, block in enumerate(shown.blocks)}
    visits = [row for row in shown.items if row.id in counted]
    visits.sort(key=lambda row: (shown.day_of(row).number, order[row.block_id], row.position))
    return [(dict(row.title), counted[row.id or 0]) for row in visits]


def visit_seats_by_item(session: Session, meeting_id: int) -> dict[int, Seats]:
    """The seats of each study visit. Somebody waits for each of the visits chosen."""
    there, left = seats_on_visits(session, meeting_id), seats_left_on_visits(session, meeting_id)
    waiting = Counter(item for wish in wishes(session, meeting_id) for item in wish.choices)
    return {item: Seats(number, number - left[item], waiting[item]) for item, number in there.items()}


def of_token(session: Session, token: str) -> Registration:
    """The registration that a secret address opens. Raises Missing."""
    found = session.exec(select(Registration).where(Registration.token_hash == digest(token))).first()
    if found is None:
        raise Missing
    return found


def of_form_key(session: Session, meeting_id: int, form_key: str) -> Registration | None:
    """What that very form was registered as before."""
    query = select(Registration).where(Registration.meeting_id == meeting_id, Registration.form_key == form_key)
    return session.exec(query).first()


def live_of_identity(session: Session, meeting_id: int, identity: str) -> Registration | None:
    """The live registration of that person."""
    query = select(Registration).where(
        Registration.meeting_id == meeting_id,
        Registration.identity == identity,
        col(Registration.status).in_(LIVE),
    )
    return session.exec(query).first()


def live_of_address(session: Session, meeting_id: int, email: str) -> Sequence[Registration]:
    """The live registrations under an e-mail address, however it is capitalised."""
    query = select(Registration).where(
        Registration.meeting_id == meeting_id,
        col(Registration.status).in_(LIVE),
        func.lower(Registration.email) == email.lower(),
    )
    return session.exec(query.order_by(col(Registration.id))).all()


def person_of(session: Session, project_id: int, email: str, given: str, family: str) -> Person | None:
    """The person of the directory with that address and name."""
    query = select(Person).where(Person.project_id == project_id, func.lower(Person.email) == email.lower())
    named = fold(f"{given} {family}")
    return next((found for found in session.exec(query) if fold(f"{found.given} {found.family}") == named), None)


def was_written_since(session: Session, about: str, moment: datetime) -> bool:
    """Whether a letter about that thing was written since then."""
    query = select(OutboxLetter.id).where(OutboxLetter.about == about, OutboxLetter.created_at >= moment)
    return session.exec(query.limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Choices:
    """All that a registration consists of beside its own row. Ids are those of agenda days and items."""

    days: dict[int, str]
    visits: tuple[int, ...]
    visit: int | None
    meals: tuple[int, ...]
    rides: tuple[int, ...]
    care: CareNote | None
    consents: dict[str, Consent]


def choices(session: Session, registration_id: int) -> Choices:
    """What somebody chose; of each consent the answer that counts, the newest."""
    chosen = select(VisitChoice).where(VisitChoice.registration_id == registration_id)
    days = session.exec(select(PlannedDay).where(PlannedDay.registration_id == registration_id))
    meals = session.exec(select(MealChoice.item_id).where(MealChoice.registration_id == registration_id))
    rides = session.exec(select(RideChoice.item_id).where(RideChoice.registration_id == registration_id))
    place = session.get(VisitPlace, registration_id)
    return Choices(
        {row.day_id: row.mode for row in days},
        tuple(row.item_id for row in session.exec(chosen.order_by(col(VisitChoice.rank)))),
        place.item_id if place else None,
        tuple(meals),
        tuple(rides),
        session.get(CareNote, registration_id),
        {row.purpose: row for row in answers(session, registration_id)},
    )


def answers(session: Session, registration_id: int) -> Sequence[Consent]:
    """Every answer about consent that somebody ever gave, in order."""
    query = select(Consent).where(Consent.registration_id == registration_id)
    return session.exec(query.order_by(col(Consent.given_at), col(Consent.id))).all()


def history(session: Session, registration_id: int) -> Sequence[StatusChange]:
    """What became of a registration, in order."""
    query = select(StatusChange).where(StatusChange.registration_id == registration_id)
    return session.exec(query.order_by(col(StatusChange.at), col(StatusChange.id))).all()


def days(session: Session, meeting_id: int) -> Sequence[Day]:
    """The days of a meeting, in order, with those that were taken off the agenda after people chose them."""
    return session.exec(select(Day).where(Day.meeting_id == meeting_id).order_by(col(Day.number))).all()


def position(session: Session, form: RegistrationForm, registration_id: int) -> int:
    """Where somebody stands in the queue, from 1; 0 for somebody who does not wait."""
    return rules.position(registration_id, places(session, form), claims(session, form.meeting_id))
