"""What a meeting keeps of people, until when, and what of it is past its end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from planner.admin import erasing, traces
from planner.admin.erasing import Target
from planner.admin.plan import BY_OTHERS, PARTS, PER_MEETING
from planner.admin.rules import (
    ABSENT,
    ANSWERS,
    ATTENDANCE,
    AUDIT,
    CARE,
    CONSENTS,
    CONTACT,
    KINDS,
    LETTERS,
    LOGISTICS,
    Terms,
    archive_date,
    is_proven,
)
from planner.attendance.tables import CheckIn, OnlineLog, Signature
from planner.clock import local
from planner.meetings.queries import Found
from planner.questions.tables import Question
from planner.registration.queries import form_of
from planner.registration.tables import CareNote, Consent, Delegation, Registration

OWN = ("id", "registration_id")
"""Columns by which a part of the plan says whose it is."""
INVITATIONS = "future_invitations"
"""The consent by which an address may be kept longer: to be invited again."""


@dataclass(frozen=True, slots=True)
class People:
    """The registrations of a meeting: all of them, whose attendance is proven, and who agreed to be invited again.

    `coming` are those whose attendance will have to be proven if they come.
    """

    ids: frozenset[int]
    proven: frozenset[int]
    invited: frozenset[int]
    coming: frozenset[int] = frozenset()

    def only(self, ids: Collection[int]) -> People:
        """Some of them."""
        some = frozenset(ids)
        return replace(self, ids=self.ids & some, proven=self.proven & some, invited=self.invited & some)


def terms_of(session: Session, found: Found) -> Terms:
    """How long the data of a meeting are kept."""
    archive, form = archive_of(found), form_of(session, found.meeting.id or 0)
    if form is None:
        return Terms(found.meeting.last_day, archive)
    days = (form.sensitive_days, form.logistics_days, form.contact_days, form.consent_days)
    return Terms(found.meeting.last_day, archive, *days)


def archive_of(found: Found) -> date:
    """The last day on which attendance at the project's meetings is kept."""
    return archive_date(found.project.ends, found.project.archive_until)


def today_at(found: Found, moment: datetime) -> date:
    """The day it is where the meeting takes place."""
    return local(moment, found.meeting.zone).date()


def people_of(session: Session, found: Found, today: date) -> People:
    """Who is registered for a meeting, in whatever way."""
    rows = session.exec(select(Registration).where(Registration.meeting_id == found.meeting.id)).all()
    seen, begun = _seen(session, found), found.meeting.first_day <= today and found.meeting.cancelled_at is None
    return People(
        frozenset(row.id or 0 for row in rows),
        frozenset(row.id or 0 for row in rows if is_proven(row.status, has_evidence=row.id in seen, begun=begun)),
        _invited(session, found),
    )


def _seen(session: Session, found: Found) -> set[int | None]:
    """Who signed, checked in or was in the log."""
    mine = Registration.meeting_id == found.meeting.id
    seen: set[int | None] = set()
    for table in (Signature, CheckIn, OnlineLog):
        seen |= set(session.exec(select(table.registration_id).join(Registration).where(mine)))
    return seen


def _invited(session: Session, found: Found) -> frozenset[int]:
    query = (
        select(Consent.registration_id, Consent.granted)
        .join(Registration)
        .where(Registration.meeting_id == found.meeting.id, Consent.purpose == INVITATIONS)
        .order_by(col(Consent.given_at), col(Consent.id))
    )
    newest = dict(session.exec(query).all())
    return frozenset(number for number, granted in newest.items() if granted)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A kind of data of a meeting: the last day on which any of it is kept, all of it, and what is past its end."""

    kind: str
    until: date
    all: Sequence[Target]
    due: Sequence[Target]


def shelves(session: Session, found: Found, people: People, today: date) -> list[Shelf]:
    """All kinds of data of a meeting that hang on its last day, in the order in which they go."""
    terms = terms_of(session, found)
    made = {
        CARE: _care(session, found, terms, people, today),
        ANSWERS: _answers(session, found, terms, people, today),
        CONTACT: _contact(session, found, terms, people, today),
        ABSENT: _simple(ABSENT, terms, people.ids - people.proven, today),
    }
    for kind in (LOGISTICS, CONSENTS):
        made[kind] = _simple(kind, terms, people.ids, today)
    made[ATTENDANCE] = replace(
        _simple(ATTENDANCE, terms, people.proven, today), all=_parts(ATTENDANCE, people.proven | people.coming)
    )
    return [made[kind] for kind in KINDS if kind in made]


def _parts(kind: str, ids: Collection[int]) -> list[Target]:
    return [Target(part, ids) for part in PARTS if part.kind == kind]


def _simple(kind: str, terms: Terms, ids: Collection[int], today: date) -> Shelf:
    until, parts = terms.until(kind), _parts(kind, ids)
    return Shelf(kind, until, parts, parts if today > until else [])


def _care(session: Session, found: Found, terms: Terms, people: People, today: date) -> Shelf:
    """Notes go by their own day, answers about health with them."""
    notes = _parts(CARE, people.ids)
    due = notes if today > terms.archive else [replace(note, before=today) for note in notes]
    asked = [one for one in _questions(session, found) if one.purpose == CARE]
    told = _answered(people, [one.id or 0 for one in asked])
    late = [one.id or 0 for one in asked if today > terms.answers_until(CARE, one.keep_days)]
    mine = select(Registration.id).where(Registration.meeting_id == found.meeting.id)
    last = session.exec(select(func.max(CareNote.delete_after)).where(col(CareNote.registration_id).in_(mine))).one()
    until = max(terms.until(CARE), last or terms.last_day)
    return Shelf(CARE, until, [*notes, told], [*due, _answered(people, late)])


def _answers(session: Session, found: Found, terms: Terms, people: People, today: date) -> Shelf:
    """Answers to each question go on their own day, those of people who did not take part with their names."""
    asked = [one for one in _questions(session, found) if one.purpose != CARE]
    ends = {one.id or 0: terms.answers_until(one.purpose, one.keep_days) for one in asked}
    late = [number for number, end in ends.items() if today > end]
    due = [_answered(people, late)]
    if today > terms.until(ABSENT):
        due.append(_answered(people.only(people.ids - people.proven), list(ends.keys() - set(late))))
    until = max(ends.values(), default=terms.last_day)
    return Shelf(ANSWERS, until, [_answered(people, list(ends))], due)


def _answered(people: People, questions: Collection[int]) -> Target:
    part = next(part for part in PARTS if part.kind == ANSWERS)
    return Target(part, people.ids, questions=questions)


def _questions(session: Session, found: Found) -> Sequence[Question]:
    return session.exec(select(Question).where(Question.meeting_id == found.meeting.id)).all()


def _contact(session: Session, found: Found, terms: Terms, people: People, today: date) -> Shelf:
    """Addresses stay longer for those who want to be invited again."""
    meeting = _of_the_meeting(session, found)
    usual, longer = terms.contact_until(wants_invitations=False), terms.contact_until(wants_invitations=True)
    late = people.ids if today > longer else people.ids - people.invited if today > usual else frozenset()
    due = _parts(CONTACT, late)
    if today > usual:
        due = [replace(one, ids=people.ids) if one.part.columns == BY_OTHERS else one for one in due] + meeting
    if today <= terms.until(LOGISTICS):  # they know former addresses
        due += [target for target in _parts(LOGISTICS, late) if target.part.table == "field_change"]
    return Shelf(CONTACT, longer if people.invited else usual, [*_parts(CONTACT, people.ids), *meeting], due)


def _of_the_meeting(session: Session, found: Found) -> list[Target]:
    """What the meeting knows of people beside registrations."""
    number = found.meeting.id or 0
    groups = set(session.exec(select(Delegation.id).where(Delegation.meeting_id == number)))
    ids = {"meeting_id": {number}, "delegation_id": {group or 0 for group in groups}}
    return [Target(part, ids[part.by]) for part in PER_MEETING]


def ended(shelf: Shelf) -> frozenset[int]:
    """The registrations of which something on a shelf is past its end, whether or not there is any of it."""
    mine = (target for target in shelf.due if target.part.by in OWN and target.part.columns != BY_OTHERS)
    return frozenset(int(one) for target in mine for one in target.ids)


def clear_due(session: Session, found: Found, moment: datetime) -> dict[str, int]:
    """Take what is past its end out of a meeting, and out of the history of changes; how much of each kind went."""
    today = today_at(found, moment)
    people = people_of(session, found, today)
    counts: dict[str, int] = {}
    whose: dict[str, frozenset[int]] = {}
    for shelf in shelves(session, found, people, today):
        counts[shelf.kind] = sum(erasing.clear(session, target) for target in shelf.due)
        whose[shelf.kind] = ended(shelf)
    if today > terms_of(session, found).until(CARE):
        whose[CARE] = people.ids
    whose[ABSENT] |= whose[CONTACT]  # the history of changes is no proof: names go from it with the addresses
    erasing.forget_changes(session, whose)
    counts[LETTERS] = traces.forget_addressee(session, whose[CONTACT])
    return {kind: number for kind, number in counts.items() if number}


def clear_old_traces(session: Session, moment: datetime, ids: Collection[int] | None = None) -> dict[str, int]:
    """Empty letters and audit notes that are old enough: of those registrations, or of the whole installation."""
    letters, notes = traces.empty_everywhere(session, moment) if ids is None else traces.empty_old(session, ids, moment)
    return {kind: number for kind, number in ((LETTERS, letters), (AUDIT, notes)) if number}
