"""What is asked about places and registrations."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, bindparam, func
from sqlmodel import Session, col, select

from planner.agenda.tables import Day
from planner.clock import now
from planner.consortium.tables import Person
from planner.errors import Missing
from planner.names import fold
from planner.outbox import OutboxLetter
from planner.registration import apart, rules
from planner.registration.apart import Standing
from planner.registration.entry import Entry
from planner.registration.form_tables import Quota, RegistrationForm
from planner.registration.given import Given, own_answers
from planner.registration.place_tables import MealChoice, VisitChoice
from planner.registration.pools import Pool, visit
from planner.registration.rules import HOLDING, LIVE, Claim, Demand, Group, Places, walk
from planner.registration.tables import CareNote, Consent, PlannedDay, Registration, StatusChange
from planner.tokens import digest
from planner.visits.releases import released_capacities


def form_of(session: Session, meeting_id: int) -> RegistrationForm | None:
    """The registration form of a meeting, if it has one."""
    return session.exec(select(RegistrationForm).where(RegistrationForm.meeting_id == meeting_id)).first()


def places(session: Session, form: RegistrationForm, moment: datetime | None = None) -> Places:
    """How many places a meeting has at that moment (now when None): quotas only count until their phase ends."""
    if form.quota_until is not None and form.quota_until <= (moment or now()):
        return Places(form.seats_on_site, form.seats_online, {}, {})
    rows = session.exec(select(Quota).where(Quota.form_id == form.id))
    return Places(
        form.seats_on_site,
        form.seats_online,
        {"partner_staff": form.quota_partner_staff, "stakeholder": form.quota_stakeholder},
        {(row.partner_id, row.category): row.seats for row in rows},
    )


def anybody_waits(session: Session, meeting_id: int) -> bool:
    """Whether there is a line for a meeting: without one nobody has to be looked at when a place becomes free."""
    waiting = select(Registration.id).where(Registration.meeting_id == meeting_id, Registration.status == "waiting")
    return session.exec(waiting.limit(1)).first() is not None


def claims(session: Session, meeting_id: int) -> list[Claim]:
    """All live registrations of a meeting with what they need."""
    query = (
        sqlalchemy.select(
            col(Registration.id),
            col(Registration.status),
            col(Registration.queued_at),
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
        Claim(
            number, status, queued or submitted or updated, Demand(bool(here), bool(online), partner, category), reason
        )
        for number, status, queued, submitted, updated, here, online, partner, category, reason in (
            session.connection().execute(query)
        )
    ]


def groups(session: Session, meeting_id: int, without: int) -> list[Group]:
    """The same in sums, all but one registration: what a newcomer has to know, whatever the size of the crowd."""
    asked = session.connection().execute(_groups(), {"meeting": meeting_id, "without": without})
    return [
        Group(status, reason, Demand(bool(here), bool(there), partner, category), count)
        for status, reason, partner, category, here, there, count in asked
    ]


@cache  # putting it together takes longer than asking
def _groups() -> Any:
    named = [col(getattr(Registration, name)) for name in ("status", "waiting_for", "partner_id", "category")]
    each = (
        sqlalchemy.select(*named, (_comes("on_site") > 0).label("here"), (_comes("online") > 0).label("there"))
        .where(
            col(Registration.meeting_id) == bindparam("meeting"),
            col(Registration.status).in_(LIVE),
            col(Registration.id) != bindparam("without"),
        )
        .join(PlannedDay, col(PlannedDay.registration_id) == Registration.id, isouter=True)
        .group_by(col(Registration.id))
        .subquery()
    )
    return sqlalchemy.select(*each.c, func.count()).group_by(*each.c)


def _comes(mode: str) -> ColumnElement[Any]:
    return func.count(sqlalchemy.case((col(PlannedDay.mode) == mode, 1)))


def seats_on_visits(session: Session, meeting_id: int) -> dict[int, int]:
    """How many seats each study visit of a meeting has, by agenda item, as its newest version says."""
    return released_capacities(session, meeting_id)


def seats_left_on_visits(session: Session, meeting_id: int) -> dict[int, int]:
    """The seats that nobody has and that are kept for nobody, by agenda item."""
    taken = seats_taken_on_visits(session, meeting_id)
    return {item: seats - taken.get(item, 0) for item, seats in seats_on_visits(session, meeting_id).items()}


def seats_taken_on_visits(session: Session, meeting_id: int) -> dict[int, int]:
    """The seats that somebody has or that are kept for somebody, by agenda item; none for an item without."""
    held = apart.held(session, meeting_id)
    return {item: seats for (kind, item, _key), seats in held.items() if kind == "visit"}


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


def visit_seats_by_item(session: Session, meeting_id: int) -> dict[int, Seats]:
    """The seats of each study visit. Somebody waits for each of the visits chosen."""
    there = {visit(item): seats for item, seats in seats_on_visits(session, meeting_id).items()}
    return {pool[1]: seats for pool, seats in seats_apart(session, meeting_id, there).items()}


def seats_apart(session: Session, meeting_id: int, sizes: Mapping[Pool, float]) -> dict[Pool, Seats]:
    """How those pools beside the meeting's own stand that have a limit."""
    taken, waiting = apart.held(session, meeting_id), apart.waiting_people(apart.wants(session, meeting_id))
    return {pool: Seats(int(size), taken[pool], waiting[pool]) for pool, size in sizes.items() if not math.isinf(size)}


def of_token(session: Session, token: str) -> Registration:
    """The registration that a secret address opens. Raises Missing."""
    found = session.exec(select(Registration).where(Registration.token_hash == digest(token))).first()
    if found is None:
        raise Missing
    return found


def of_form_key(session: Session, form_key: str) -> Registration | None:
    """What that very form was sent in as before, at whatever meeting."""
    return session.exec(select(Registration).where(Registration.form_key == form_key)).first()


def live_of_identity(session: Session, meeting_id: int, identity: str) -> Registration | None:
    """The live registration of that person."""
    query = select(Registration).where(
        Registration.meeting_id == meeting_id,
        Registration.identity == identity,
        col(Registration.status).in_(LIVE),
    )
    return session.exec(query).first()


def live_of_address(session: Session, meeting_id: int, email: str) -> Sequence[Registration]:
    """The live registrations under an e-mail address, however it is capitalised, and those made at the door."""
    query = select(Registration).where(
        Registration.meeting_id == meeting_id,
        col(Registration.status).in_((*LIVE, "walk_in")),
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
    """All that a registration consists of beside its own row. Ids are those of agenda days and items; those of
    `answers` are questions. `rides` are all that were chosen; `places` says how it stands with them and with all else
    that is limited.
    """

    days: dict[int, str]
    visits: tuple[int, ...]
    visit: int | None
    meals: tuple[int, ...]
    rides: tuple[int, ...]
    care: CareNote | None
    consents: dict[str, Consent]
    answers: dict[int, Given] = field(default_factory=dict)
    places: tuple[Standing, ...] = ()
    keeps_first: bool = False


def choices(session: Session, registration_id: int) -> Choices:
    """What somebody chose; of each consent the answer that counts, the newest."""
    row = session.get_one(Registration, registration_id)
    chosen = select(VisitChoice).where(VisitChoice.registration_id == registration_id)
    visits = session.exec(chosen.order_by(col(VisitChoice.rank))).all()
    days = session.exec(select(PlannedDay).where(PlannedDay.registration_id == registration_id))
    meals = session.exec(select(MealChoice.item_id).where(MealChoice.registration_id == registration_id))
    places = apart.standings(session, row)
    return Choices(
        {row.day_id: row.mode for row in days},
        tuple(row.item_id for row in visits),
        next((one.pool[1] for one in places if one.pool[0] == "visit" and one.state == "held"), None),
        tuple(meals),
        tuple(one.pool[1] for one in places if one.pool[0] == "ride"),
        session.get(CareNote, registration_id),
        {row.purpose: row for row in answers(session, registration_id)},
        own_answers(session, registration_id),
        tuple(places),
        any(row.keeps for row in visits),
    )


def chosen(entry: Entry, places: Sequence[Standing], told: dict[int, Given]) -> Choices:
    """What somebody has just chosen and `told`, without asking again; consents are not among it."""
    return Choices(
        dict(entry.days),
        entry.visits,
        next((one.pool[1] for one in places if one.pool[0] == "visit" and one.state == "held"), None),
        entry.meals,
        entry.rides,
        None,
        {},
        told,
        places=tuple(places),
        keeps_first=entry.keeps_first,
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
