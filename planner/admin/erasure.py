"""One person is erased: everywhere except what auditors will ask for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from planner.admin import elsewhere, erasing, retention, traces
from planner.admin.erasing import Target
from planner.admin.plan import GONE, PARTS
from planner.admin.queries import meetings_of_project, merged_with, open_request, same_person
from planner.admin.retention import today_at
from planner.admin.rules import ABSENT, ANSWERS, ATTENDANCE, AUDIT, CARE, CONSENTS, CONTACT, KINDS, LETTERS, LOGISTICS
from planner.agenda.tables import Day, Speaking
from planner.audit import note
from planner.clock import now
from planner.consortium.tables import Person, Project
from planner.errors import Refusal
from planner.language import _
from planner.registration import actions as registration
from planner.registration.agreement import REGISTRANT
from planner.registration.letters import about
from planner.registration.offer import Offer, offer_of
from planner.registration.queries import form_of
from planner.registration.rules import LIVE
from planner.registration.tables import ErasureRequest, Registration
from planner.registration.unconfirmed import UNCONFIRMED
from planner.registration.waiting_list import set_status
from planner.visits.tables import StudyVisit

ALWAYS = (CARE, LOGISTICS, ANSWERS, CONTACT, CONSENTS)
"""Kinds of data that go whoever asks."""
AGENDA = "agenda"
"""What an outcome calls it that an agenda names the person, beside the kinds of data."""


def erase(session: Session, request: ErasureRequest, actor: str, *, everywhere: bool) -> None:
    """Erase whoever asked: at this meeting, or (`everywhere`) at all of the project and in its directory.

    The outcome counts what went, and under `attendance` and `agenda` what stays. What else the person has asked is
    answered with it, and the pages of all erased registrations tell the outcome. Raises Refusal when it is done.
    """
    session.refresh(request, with_for_update=True)  # of two at once, the second learns what the first has done
    if request.done_at is not None:
        raise Refusal(_("This person was erased already."))
    row = session.get_one(Registration, request.registration_id)
    person_id, rows = row.person_id, same_person(session, row) if everywhere else merged_with(session, row)
    named = {one.id: is_on_an_agenda(session, one) for one in rows}
    elsewhere.forget(session, rows, meetings_of_project(session, row) if everywhere else {row.meeting_id})
    outcomes = {one.id or 0: _erase_one(session, one, actor) for one in rows}
    counts = {kind: sum(outcome[kind] for outcome in outcomes.values()) for kind in KINDS}
    if everywhere and person_id:
        counts[CONTACT] += _erase_from_directory(session, person_id)
    for number, outcome in outcomes.items():
        told = {**(counts if number == row.id else outcome), AGENDA: int(named[number])}
        _answer(session, request, number, actor, told, everywhere=request.everywhere or everywhere)


def _answer(
    session: Session, request: ErasureRequest, number: int, actor: str, counts: dict[str, int], *, everywhere: bool
) -> None:
    """The request of that registration is done; it gets one when another one was asked for."""
    done = request if number == request.registration_id else open_request(session, number)
    if done is None:
        done = ErasureRequest(**request.model_dump(exclude={"id"}) | {"registration_id": number})
    done.done_at, done.done_by, done.everywhere = now(), actor, everywhere
    done.outcome = {kind: count for kind, count in counts.items() if count}
    session.add(done)


def _erase_one(session: Session, row: Registration, actor: str) -> dict[str, int]:
    """Everything of one registration but the proof of attendance."""
    offer, number = offer_of(session, row.meeting_id), row.id or 0
    today = today_at(offer.found, now())
    proven = number in retention.people_of(session, offer.found, today).proven
    kinds = ALWAYS if proven else (*ALWAYS, ABSENT)
    told = (*kinds, ATTENDANCE) if proven else kinds
    counts = dict.fromkeys(KINDS, 0) | {kind: _number(session, kind, number) for kind in told}
    if not proven:
        _withdraw(session, offer, row, today)
    for target in [target for kind in kinds for target in _targets(kind, number)]:
        erasing.clear(session, target)
    erasing.forget_changes(session, {kind: {number} for kind in (*ALWAYS, ABSENT)})  # names there prove nothing
    counts[LETTERS] = traces.forget_addressee(session, {number})
    counts[AUDIT] = traces.forget_details(session, {number})
    _mark_erased(session, number, actor, proven=proven)
    return counts


def _withdraw(session: Session, offer: Offer, row: Registration, today: date) -> None:
    """Give the places to those who wait. An address that nobody has proved is not asked about any more."""
    meeting = offer.found.meeting
    if row.status in LIVE and today <= meeting.last_day and meeting.cancelled_at is None:
        registration.withdraw(session, offer, row.id or 0)
    elif row.status == UNCONFIRMED:
        set_status(session, row, "cancelled", now(), REGISTRANT)
        session.flush()


def _number(session: Session, kind: str, number: int) -> int:
    return sum(len(erasing.holders(session, target)) for target in _targets(kind, number))


def _targets(kind: str, number: int) -> list[Target]:
    return [Target(part, {number}) for part in PARTS if part.kind == kind]


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
    session.execute(update(Speaking).where(col(Speaking.person_id) == person_id).values(function="", organisation=""))
    if not _is_named(session, person_id):
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


def is_on_an_agenda(session: Session, row: Registration) -> bool:
    """Whether an agenda names this person as speaker, chair, contact or guide: that name stays there."""
    return row.person_id is not None and _is_named(session, row.person_id)


def _is_named(session: Session, person_id: int) -> bool:
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
