"""One person is erased: everywhere except what auditors will ask for."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from planner.admin import erasing, retention, traces
from planner.admin.erasing import Target
from planner.admin.plan import ADDRESSED, GONE, PARTS
from planner.admin.queries import merged_with, same_person
from planner.admin.retention import today_at
from planner.admin.rules import ABSENT, ANSWERS, ATTENDANCE, AUDIT, CARE, CONSENTS, CONTACT, KINDS, LETTERS, LOGISTICS
from planner.agenda.tables import Day, Speaking
from planner.audit import note
from planner.clock import now
from planner.consortium.tables import Person, Project
from planner.errors import Refusal
from planner.language import _
from planner.names import fold, full
from planner.outbox import OutboxLetter
from planner.registration import actions as registration
from planner.registration.letters import about
from planner.registration.offer import offer_of
from planner.registration.queries import form_of
from planner.registration.rules import LIVE
from planner.registration.tables import ErasureRequest, LooseFile, Registration
from planner.roster.tables import RosterView
from planner.visits.tables import StudyVisit

ALWAYS = (CARE, LOGISTICS, ANSWERS, CONTACT, CONSENTS)
"""Kinds of data that go whoever asks."""


def erase(session: Session, request: ErasureRequest, actor: str, *, everywhere: bool) -> None:
    """Erase whoever asked: at this meeting, or (`everywhere`) at all of the project and in its directory.

    The outcome counts what went, and under `attendance` what stays. Raises Refusal when it is done already.
    """
    if request.done_at is not None:
        raise Refusal(_("This person was erased already."))
    row = session.get_one(Registration, request.registration_id)
    person_id, counts = row.person_id, dict.fromkeys(KINDS, 0)
    for one in same_person(session, row) if everywhere else merged_with(session, row):
        for kind, number in _erase_one(session, one, actor).items():
            counts[kind] += number
    if everywhere and person_id:
        counts[CONTACT] += _erase_from_directory(session, person_id)
    request.done_at, request.done_by = now(), actor
    request.everywhere = request.everywhere or everywhere
    request.outcome = {kind: number for kind, number in counts.items() if number}
    session.add(request)


def _erase_one(session: Session, row: Registration, actor: str) -> dict[str, int]:
    """Everything of one registration but the proof of attendance."""
    offer, number = offer_of(session, row.meeting_id), row.id or 0
    today = today_at(offer.found, now())
    proven = number in retention.people_of(session, offer.found, today).proven
    if row.status in LIVE and not proven and today <= offer.found.meeting.last_day:
        registration.withdraw(session, offer, number)  # the places go to those who wait
    _forget_elsewhere(session, row)
    kinds = ALWAYS if proven else (*ALWAYS, ABSENT)
    counts = {kind: sum(erasing.clear(session, target) for target in _targets(kind, number)) for kind in kinds}
    counts[ATTENDANCE] = sum(len(erasing.holders(session, target)) for target in _targets(ATTENDANCE, number))
    erasing.forget_changes(session, {kind: {number} for kind in (*ALWAYS, ABSENT)})  # names there prove nothing
    counts[LETTERS] = traces.forget_addressee(session, {number})
    counts[AUDIT] = traces.forget_details(session, {number})
    _mark_erased(session, number, actor, proven=proven)
    return counts if proven else {**counts, ATTENDANCE: 0}


def _targets(kind: str, number: int) -> list[Target]:
    return [Target(part, {number}) for part in PARTS if part.kind == kind]


def _forget_elsewhere(session: Session, row: Registration) -> None:
    """What others' rows say of this person, and what is known by the address or by the form alone."""
    names = {full(row.given, row.family, row.order), full(row.latin_given, row.latin_family, row.order), row.email}
    query = select(Registration).where(col(Registration.registered_by).in_(names - {""}))
    for other in session.exec(query).all():
        other.registered_by = ""
        session.add(other)
    for file in session.exec(select(LooseFile).where(LooseFile.form_key == row.form_key)).all():
        erasing.discard_in(file.value)
        session.delete(file)
    _forget_searches(session, row)
    if row.email and not _is_shared(session, row):
        address = row.email.lower()
        for part in ADDRESSED:
            erasing.clear(session, Target(part, {address}))
        traces.forget_letters(session, func.lower(col(OutboxLetter.to_address)) == address)
    session.flush()


def _forget_searches(session: Session, row: Registration) -> None:
    """Views that search for this person."""
    words = {fold(word) for word in (row.email, row.family, row.latin_family) if word}
    for view in session.exec(select(RosterView).where(RosterView.meeting_id == row.meeting_id)).all():
        sought = fold(" ".join(value for _name, value in parse_qsl(view.query.lstrip("?"), errors="replace")))
        if any(word in sought for word in words):
            session.delete(view)


def _is_shared(session: Session, row: Registration) -> bool:
    """Whether others are registered under the same address: then what is known by it alone is theirs too."""
    query = select(Registration.id).where(
        func.lower(Registration.email) == row.email.lower(),
        Registration.id != row.id,
        Registration.identity != row.identity,
    )
    return session.exec(query.limit(1)).first() is not None


def _mark_erased(session: Session, number: int, actor: str, *, proven: bool) -> None:
    row = session.get_one(Registration, number)
    row.erased_at = row.updated_at = now()
    row.version += 1
    session.add(row)
    if form := form_of(session, row.meeting_id):
        form.revision += 1
        session.add(form)
    note(session, actor, "registration.erase", about(row), attendance_kept=proven)
    session.flush()


def _erase_from_directory(session: Session, person_id: int) -> int:
    """The directory's row is emptied; the name stays where an agenda that was given out names it."""
    person = session.get(Person, person_id)
    if person is None:
        return 0
    person.email, person.title, person.function = "", "", {}
    if not _is_on_an_agenda(session, person_id):
        person.given = person.latin_given = person.sort_key = ""
        person.family = person.latin_family = GONE
        person.slug = f"erased-{person_id}"
        person.organisation_id = None
    session.add(person)
    project = session.get_one(Project, person.project_id)
    project.revision += 1  # its public pages may have named the person
    project.updated_at = now()
    session.add(project)
    session.flush()
    return 1


def _is_on_an_agenda(session: Session, person_id: int) -> bool:
    asked: Iterable[object] = (
        session.exec(select(Speaking.id).where(Speaking.person_id == person_id)).first(),
        session.exec(select(Day.id).where(Day.chair_id == person_id)).first(),
        session.exec(
            select(StudyVisit.id).where(
                or_(col(StudyVisit.contact_id) == person_id, col(StudyVisit.guide_id) == person_id)
            )
        ).first(),
    )
    return any(asked)
