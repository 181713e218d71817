"""What the front pages ask of all the rooms before them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from planner import atlas
from planner.agenda.tables import Document, ReleasedItem
from planner.clock import at
from planner.consortium.queries import PartnerRow, partners
from planner.consortium.tables import Project
from planner.db import Texts, probe
from planner.errors import Missing
from planner.meetings.calendar import CallDate, call_dates
from planner.meetings.queries import Found, changes, places, published, series
from planner.meetings.rules import is_past
from planner.meetings.tables import CallChange, CallSeries, Meeting, Place
from planner.newsletter.queries import coming, news, report
from planner.newsletter.tables import ComingNext, NewsItem
from planner.registration.form_tables import RegistrationForm
from planner.registration.queries import Seats, form_of, seats
from planner.registration.rules import Phase, phase
from planner.registration.visit_seats import visit_seats
from planner.reporting.queries import Figure, figures

CALLS_SHOWN = 6
"""How many dates of a series of calls the project's home shows."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A point on the map. kind: partner, lead, next, past."""

    x: float
    y: float
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Calls:
    """A series of calls with its next dates."""

    series: CallSeries
    dates: list[CallDate]


@dataclass(frozen=True, slots=True)
class Home:
    """The project's home."""

    project: Project
    figures: list[Figure]
    upcoming: list[Meeting]
    past: list[Meeting]
    hosts: dict[int, PartnerRow]
    partners: list[PartnerRow]
    calls: list[Calls]
    news: Sequence[NewsItem]
    coming: list[tuple[ComingNext, str]]
    documents: Sequence[Document]


def home_key(slug: str) -> tuple[object, ...]:
    """What the home page depends on besides the day: revisions of the project, its meetings, its places."""
    row = probe(
        "SELECT p.id, p.revision,"
        " (SELECT SUM(m.revision) FROM meeting m WHERE m.project_id = p.id),"
        " (SELECT SUM(f.revision) FROM registration_form f JOIN meeting m ON m.id = f.meeting_id"
        " WHERE m.project_id = p.id)"
        " FROM project p WHERE p.slug = ?",
        (slug,),
    )
    if row is None:
        raise Missing
    return tuple(map(str, row))


def meeting_key(project: str, meeting: str, moment: datetime) -> tuple[object, ...]:
    """What a meeting's front page depends on besides the day: revisions of project, meeting and places, and whether
    registration has opened and closed at that moment."""
    instant = f"{moment:%Y-%m-%d %H:%M:%S}.000000+00"  # the form in which both databases compare it with theirs
    row = probe(
        "SELECT p.revision, m.id, m.revision, f.revision,"
        " CASE WHEN f.opens_at > ? THEN 1 ELSE 0 END, CASE WHEN f.closes_at <= ? THEN 1 ELSE 0 END"
        " FROM meeting m JOIN project p ON p.id = m.project_id"
        " LEFT JOIN registration_form f ON f.meeting_id = m.id"
        " WHERE p.slug = ? AND m.slug = ? AND m.published_at IS NOT NULL",
        (instant, instant, project, meeting),
    )
    if row is None:
        raise Missing
    return tuple(map(str, row))


def home(session: Session, project: Project, today: date) -> Home:
    """Everything on the project's home."""
    number = project.id or 0
    consortium = partners(session, number, today)
    meetings = published(session, number)
    return Home(
        project,
        figures(session, number),
        [meeting for meeting in meetings if not is_past(meeting.last_day, today)],
        [meeting for meeting in reversed(meetings) if is_past(meeting.last_day, today)],
        {partner.id: partner for partner in consortium},
        consortium,
        _calls(session, number, today),
        news(session, number),
        coming(session, number),
        documents(session, number, None),
    )


def _calls(session: Session, project_id: int, today: date) -> list[Calls]:
    rows = series(session, project_id)
    changed = changes(session, [row.id or 0 for row in rows])
    return [
        Calls(row, _next_dates(row, [change for change in changed if change.series_id == row.id], today))
        for row in rows
    ]


def _next_dates(row: CallSeries, changed: Sequence[CallChange], today: date) -> list[CallDate]:
    start = at(today, time(), row.zone)
    return call_dates(row, changed, start, start + timedelta(days=31 * (CALLS_SHOWN + 2)))[:CALLS_SHOWN]


def dots(consortium: list[PartnerRow], hosting: set[int], labels: dict[int, str]) -> list[Dot]:
    """Partners on the map; `hosting` are those where the next meetings are."""
    return [
        Dot(*atlas.project(partner.latitude, partner.longitude), labels[partner.id], _kind(partner, hosting))
        for partner in consortium
    ]


def _kind(partner: PartnerRow, hosting: set[int]) -> str:
    if partner.id in hosting:
        return "next"
    return "lead" if partner.role == "lead" else "partner"


def documents(session: Session, project_id: int, meeting_id: int | None) -> Sequence[Document]:
    """Documents of a meeting, or of the project itself."""
    there = (Document.project_id == project_id, Document.meeting_id == meeting_id, col(Document.deleted_at).is_(None))
    query = select(Document).where(*there)
    return session.exec(query.order_by(col(Document.position))).all()


@dataclass(frozen=True, slots=True)
class VisitSeats:
    """A study visit with its places."""

    title: Texts
    seats: Seats


@dataclass(frozen=True, slots=True)
class Front:
    """A meeting's front page."""

    host: PartnerRow
    venue: Place | None
    form: RegistrationForm | None
    phase: Phase
    seats: list[tuple[str, Seats]]
    visits: list[VisitSeats]
    items: int
    report: NewsItem | None


def front(session: Session, found: Found, moment: datetime) -> Front:
    """Everything on a meeting's front page."""
    meeting, number = found.meeting, found.meeting.id or 0
    consortium = partners(session, meeting.project_id, meeting.first_day)
    form = form_of(session, number)
    there = places(session, number).values()
    return Front(
        next(partner for partner in consortium if partner.id == meeting.host_partner_id),
        next((place for place in there if place.kind == "venue"), None),
        form,
        phase(form, moment),
        seats(session, form) if form else [],
        [VisitSeats(title, count) for title, count in visit_seats(session, number)] if form else [],
        session.exec(select(func.count(col(ReleasedItem.id))).where(ReleasedItem.meeting_id == number)).one(),
        report(session, number),
    )
