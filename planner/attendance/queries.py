"""What is asked for the lists of a meeting: who stands on them, who signed, who was in the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import distinct, func
from sqlmodel import Session, col, select

from planner.agenda.tables import Day
from planner.attendance.rules import is_on_list, own_language, signs
from planner.attendance.tables import OnlineLog, Signature
from planner.db import Texts
from planner.errors import Missing
from planner.meetings.queries import Found
from planner.names import full
from planner.registration.affiliations import Affiliations, affiliations, by_partner
from planner.registration.queries import form_of
from planner.registration.tables import Consent, PlannedDay, Registration, StatusChange

EMAIL_IN_LIST = "participant_list"
"""The consent to print one's e-mail address in the list that all participants get."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on a list: names in Latin letters and in the own script, organisation, partner, country (ISO code).

    `organisation_language` is the one its own name is in, beside the English one; empty when it has none.
    """

    registration_id: int
    name: str
    own_name: str
    language: str
    organisation: Texts
    organisation_language: str
    partner: str
    country: str
    function: str
    email: str


def days(session: Session, found: Found) -> Sequence[Day]:
    """The days of a meeting, in order."""
    query = select(Day).where(Day.meeting_id == found.meeting.id, col(Day.deleted_at).is_(None))
    return session.exec(query.order_by(col(Day.number))).all()


def day(session: Session, found: Found, number: int) -> Day:
    """The day of that number. Raises Missing."""
    there = {row.number: row for row in days(session, found)}
    if number not in there:
        raise Missing
    return there[number]


def signature_rows(session: Session, found: Found, on: Day) -> list[Listed]:
    """Who is printed on the signature list of a day: on the list, planned on site that day, of a category that signs.

    Names of partners are those of that day.
    """
    rows = _expected(session, found)[on.id or 0]
    return _listed(rows, affiliations(session, found, on.date), lambda _row: "")


def participants(session: Session, found: Found) -> list[Listed]:
    """Everybody whose place is certain, on site or online; the e-mail address only of those who said yes to that."""
    query = select(Registration).where(Registration.meeting_id == found.meeting.id, Registration.status == "confirmed")
    agreed = _agreed(session, found)
    known = affiliations(session, found)
    return _listed(session.exec(query), known, lambda row: row.email if row.id in agreed else "")


def _agreed(session: Session, found: Found) -> set[int]:
    query = (
        select(Consent.registration_id, Consent.granted)
        .join(Registration, col(Registration.id) == Consent.registration_id)
        .where(Registration.meeting_id == found.meeting.id, Consent.purpose == EMAIL_IN_LIST)
        .order_by(col(Consent.given_at), col(Consent.id))
    )
    newest = dict(session.exec(query).all())
    return {number for number, granted in newest.items() if granted}


def _expected(session: Session, found: Found) -> dict[int, list[Registration]]:
    """Who stands on the list of each day (by id): all days in one question."""
    query = (
        select(PlannedDay.day_id, Registration)
        .join(Registration, col(Registration.id) == PlannedDay.registration_id)
        .where(
            Registration.meeting_id == found.meeting.id,
            PlannedDay.mode == "on_site",
            col(Registration.status).in_(("confirmed", "cancelled")),
        )
    )
    form, changes = form_of(session, found.meeting.id or 0), _changes(session, found)
    frozen = form.papers_frozen_at if form else None
    expected: dict[int, list[Registration]] = defaultdict(list)
    for there, row in session.exec(query):
        if signs(row.category) and is_on_list(row.status, changes[row.id or 0], frozen):
            expected[there].append(row)
    return expected


def _changes(session: Session, found: Found) -> dict[int, list[tuple[datetime, str]]]:
    query = (
        select(StatusChange.registration_id, StatusChange.at, StatusChange.status)
        .join(Registration, col(Registration.id) == StatusChange.registration_id)
        .where(Registration.meeting_id == found.meeting.id, Registration.status == "cancelled")
        .order_by(col(StatusChange.at), col(StatusChange.id))
    )
    changes: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for number, moment, status in session.exec(query):
        changes[number].append((moment, status))
    return changes


def _listed(rows: Iterable[Registration], known: Affiliations, email: Callable[[Registration], str]) -> list[Listed]:
    return [_row(row, known, email(row)) for row in sorted(rows, key=lambda row: by_partner(row, known))]


def _row(row: Registration, known: Affiliations, email: str) -> Listed:
    partner, organisation = known.partner(row.partner_id), known.organisation(row)
    return Listed(
        registration_id=row.id or 0,
        name=full(row.latin_given, row.latin_family, row.order),
        own_name=full(row.given, row.family, row.order),
        language=row.language,
        organisation=organisation,
        organisation_language=own_language(organisation, partner.language if partner else ""),
        partner=f"{partner.number} {partner.short}" if partner else "",
        country=known.country(row),
        function=row.function,
        email=email,
    )


@dataclass(frozen=True, slots=True)
class Turnout:
    """A day's list in figures: printed rows, how many signed, were written in by hand, and were in the log."""

    day: Day
    printed: int
    signed: int
    written_in: int
    online: int


def turnout(session: Session, found: Found) -> list[Turnout]:
    """The lists of a meeting's days in figures."""
    expected, signed, online = _expected(session, found), _signatures(session, found), _logged(session, found)
    return [
        Turnout(
            there,
            len(expected[there.id or 0]),
            signed.get((there.id or 0, False), 0),
            signed.get((there.id or 0, True), 0),
            online.get(there.id or 0, 0),
        )
        for there in days(session, found)
    ]


def _signatures(session: Session, found: Found) -> dict[tuple[int, bool], int]:
    query = (
        select(Signature.day_id, Signature.written_in, func.count())
        .join(Day, col(Day.id) == Signature.day_id)
        .where(Day.meeting_id == found.meeting.id)
        .group_by(col(Signature.day_id), col(Signature.written_in))
    )
    return {(there, by_hand): count for there, by_hand, count in session.exec(query)}


def _logged(session: Session, found: Found) -> dict[int, int]:
    query = (
        select(OnlineLog.day_id, func.count(distinct(col(OnlineLog.registration_id))))
        .join(Day, col(Day.id) == OnlineLog.day_id)
        .where(Day.meeting_id == found.meeting.id)
        .group_by(col(OnlineLog.day_id))
    )
    return {there or 0: count for there, count in session.exec(query)}
