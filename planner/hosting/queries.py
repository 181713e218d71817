"""What is asked for hosts: how far meetings have come, and what of a copied one still needs a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy
from sqlalchemy import func
from sqlmodel import Session, col, select

from planner.agenda.releases import is_pending
from planner.agenda.tables import Document, Item, Release
from planner.clock import local
from planner.consortium.tables import Partner, Project
from planner.history import Change
from planner.hosting.rules import Facts, Milestone, Step, milestones, next_step
from planner.hosting.tables import Look
from planner.hosting.words import Advice, advice
from planner.meetings.queries import Found, all_meetings
from planner.meetings.tables import Meeting
from planner.registration.form_tables import RegistrationForm
from planner.registration.rules import phase
from planner.registration.tables import Registration
from planner.visits.releases import SECTION, freeze


@dataclass(frozen=True, slots=True)
class Way:
    """How far a meeting has come: the stretches of its way, and the one thing to do next."""

    meeting: Meeting
    host: Partner
    milestones: list[Milestone]
    step: Step
    advice: Advice


def ways(session: Session, meetings: Sequence[Meeting], moment: datetime) -> list[Way]:
    """How far those meetings have come, in a constant number of questions."""
    known, facts = _partners(session, meetings), facts_of(session, meetings, moment)
    return [_way(meeting, known[meeting.host_partner_id], facts[meeting.id or 0]) for meeting in meetings]


def _way(meeting: Meeting, host: Partner, facts: Facts) -> Way:
    step = next_step(facts)
    return Way(meeting, host, milestones(facts), step, advice(step, facts))


def way(session: Session, found: Found, moment: datetime) -> Way:
    """How far one meeting has come. Here it is looked up whether readers would really see a change."""
    meeting = found.meeting
    number = meeting.id or 0
    facts = facts_of(session, [meeting], moment)[number]
    if facts.pending:
        facts = replace(facts, pending=is_pending(session, found, {SECTION: freeze(session, number)}))
    return _way(meeting, session.get_one(Partner, meeting.host_partner_id), facts)


def project_ways(session: Session, project: Project, moment: datetime) -> list[Way]:
    """All meetings of a project, those that are not published among them; the newest first."""
    return ways(session, all_meetings(session, project.id or 0), moment)[::-1]


def _partners(session: Session, meetings: Sequence[Meeting]) -> dict[int, Partner]:
    numbers = {meeting.host_partner_id for meeting in meetings}
    return {row.id or 0: row for row in session.exec(select(Partner).where(col(Partner.id).in_(numbers)))}


def facts_of(session: Session, meetings: Sequence[Meeting], moment: datetime) -> dict[int, Facts]:
    """What the rules about a meeting's way ask for, by the meeting's id."""
    numbers = [meeting.id or 0 for meeting in meetings]
    query = select(RegistrationForm).where(col(RegistrationForm.meeting_id).in_(numbers))
    gathered = _Gathered(
        {row.meeting_id: row for row in session.exec(query)},
        _items(session, numbers),
        *_releases(session, numbers),
        _submitted(session, numbers),
        _open_looks(session, numbers),
        _with_minutes(session, numbers),
    )
    return {meeting.id or 0: _facts(meeting, gathered, moment) for meeting in meetings}


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What was asked about all of some meetings, by their ids."""

    forms: Mapping[int, RegistrationForm]
    items: Collection[int]
    releases: Mapping[int, str]
    pending: Collection[int]
    submitted: Counter[int]
    looks: Counter[int]
    minutes: Collection[int]


def _facts(meeting: Meeting, known: _Gathered, moment: datetime) -> Facts:
    number = meeting.id or 0
    form = known.forms.get(number)

    def day(at: datetime | None) -> date | None:
        return local(at, meeting.zone).date() if at else None

    return Facts(
        today=local(moment, meeting.zone).date(),
        first_day=meeting.first_day,
        last_day=meeting.last_day,
        published=meeting.published_at is not None,
        cancelled=meeting.cancelled_at is not None,
        has_items=number in known.items,
        release=known.releases.get(number, ""),
        pending=number in known.pending,
        looks=known.looks[number],
        registration=phase(form, moment),
        submitted=known.submitted[number],
        minutes=number in known.minutes,
        opens=day(form.opens_at) if form else None,
        closes=day(form.closes_at) if form else None,
        numbers=day(form.catering_frozen_at) if form else None,
        papers=day(form.papers_frozen_at) if form else None,
    )


def _items(session: Session, numbers: Collection[int]) -> set[int]:
    query = select(Item.meeting_id).where(col(Item.meeting_id).in_(numbers), col(Item.deleted_at).is_(None))
    return set(session.exec(query.distinct()))


def _releases(session: Session, numbers: Collection[int]) -> tuple[dict[int, str], set[int]]:
    """The state of each newest release, and which drafts were changed since, by the history of acts."""
    query = select(Release.meeting_id, Release.state, Release.released_at).where(col(Release.meeting_id).in_(numbers))
    newest = {number: (state, at) for number, state, at in session.exec(query.order_by(col(Release.number)))}
    states = {number: state for number, (state, _at) in newest.items()}
    return states, _changed(session, {number: at for number, (_state, at) in newest.items()})


def _changed(session: Session, since: Mapping[int, datetime]) -> set[int]:
    """Meetings with an act on their agenda after that moment that still stands. What was undone does not count."""
    if not since:
        return set()
    scopes = {f"meeting:{number}": number for number in since}
    columns = (col(Change.id), col(Change.scope), col(Change.at), col(Change.undone_at), col(Change.undoes_id))
    query = sqlalchemy.select(*columns).where(col(Change.scope).in_(scopes), col(Change.at) > min(since.values()))
    rows = [row for row in session.connection().execute(query) if row[2] > since[scopes[row[1]]]]
    recent = {number for number, *_rest in rows}
    return {
        scopes[scope]
        for _number, scope, _at, undone_at, undoes_id in rows
        if undone_at is None and undoes_id not in recent
    }


def _submitted(session: Session, numbers: Collection[int]) -> Counter[int]:
    waiting = (col(Registration.meeting_id).in_(numbers), Registration.status == "submitted")
    query = select(Registration.meeting_id, func.count()).where(*waiting).group_by(col(Registration.meeting_id))
    return Counter(dict(session.exec(query).all()))


def _open_looks(session: Session, numbers: Collection[int]) -> Counter[int]:
    there = (col(Look.meeting_id).in_(numbers), col(Look.done_at).is_(None))
    query = select(Look.meeting_id, func.count()).where(*there).group_by(col(Look.meeting_id))
    return Counter(dict(session.exec(query).all()))


def _with_minutes(session: Session, numbers: Collection[int]) -> set[int]:
    minutes = (Document.kind == "minutes", col(Document.deleted_at).is_(None))
    query = select(Document.meeting_id).where(col(Document.meeting_id).in_(numbers), *minutes)
    return {number for number in session.exec(query.distinct()) if number is not None}


def looks(session: Session, meeting_id: int) -> list[Look]:
    """What of a copied meeting needed or needs a look, open ones first."""
    query = select(Look).where(Look.meeting_id == meeting_id)
    rows = session.exec(query.order_by(col(Look.position), col(Look.id))).all()
    return sorted(rows, key=lambda row: row.done_at is not None)


def find_look(session: Session, meeting_id: int, number: int) -> Look | None:
    """The thing to look at of that number, if it is of that meeting."""
    return session.exec(select(Look).where(Look.meeting_id == meeting_id, Look.id == number)).first()
