"""What is asked about meetings, and the frame that all their pages share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from planner.accounts.guards import Scope
from planner.consortium.queries import project as find_project
from planner.consortium.tables import Project
from planner.db import probe
from planner.errors import Missing
from planner.language import Said, say
from planner.meetings.rules import navigation
from planner.meetings.tables import CallChange, CallSeries, Meeting, Place


@dataclass(frozen=True, slots=True)
class Found:
    """A meeting and its project."""

    project: Project
    meeting: Meeting


def find(session: Session, project: str, meeting: str) -> Found:
    """The published meeting at that address: for everything the public sees. Raises Missing."""
    found = at_desk(session, project, meeting)
    if found.meeting.published_at is None:
        raise Missing
    return found


def at_desk(session: Session, project: str, meeting: str) -> Found:
    """The meeting at that address, published or not: only behind the guard of its desk. Raises Missing."""
    query = select(Project, Meeting).where(
        Project.slug == project, Meeting.slug == meeting, Meeting.project_id == Project.id
    )
    row = session.exec(query).first()
    if row is None:
        raise Missing
    return Found(row[0], row[1])


def scope_of_meeting(session: Session, path: Mapping[str, str]) -> Scope:
    """The meeting that an address is about, as a scope of rights. Raises Missing."""
    query = (
        select(Meeting.id, Meeting.project_id)
        .join(Project)
        .where(Project.slug == path["project"], Meeting.slug == path["meeting"])
    )
    row = session.exec(query).first()
    if row is None:
        raise Missing
    return Scope("meeting", row[0] or 0, row[1])


def scope_of_project(session: Session, path: Mapping[str, str]) -> Scope:
    """The project that an address is about, as a scope of rights. Raises Missing."""
    number = find_project(session, path["project"]).id or 0
    return Scope("project", number, number)


def published(session: Session, project_id: int) -> Sequence[Meeting]:
    """The published meetings of a project, by date."""
    query = select(Meeting).where(Meeting.project_id == project_id, col(Meeting.published_at).is_not(None))
    return session.exec(query.order_by(col(Meeting.first_day), col(Meeting.id))).all()


def all_meetings(session: Session, project_id: int) -> Sequence[Meeting]:
    """The meetings of a project, published or not, by date: only behind the guard of the project's desk."""
    query = select(Meeting).where(Meeting.project_id == project_id)
    return session.exec(query.order_by(col(Meeting.first_day), col(Meeting.id))).all()


def places(session: Session, meeting_id: int) -> dict[int, Place]:
    """The places of a meeting by id, in their order."""
    rows = session.exec(select(Place).where(Place.meeting_id == meeting_id).order_by(col(Place.position)))
    return {place.id or 0: place for place in rows}


def series(session: Session, project_id: int) -> Sequence[CallSeries]:
    """The series of calls of a project."""
    return session.exec(
        select(CallSeries).where(CallSeries.project_id == project_id).order_by(col(CallSeries.first))
    ).all()


def find_series(session: Session, project_id: int, slug: str) -> CallSeries:
    """The series of calls at that address. Raises Missing."""
    query = select(CallSeries).where(CallSeries.project_id == project_id, CallSeries.slug == slug)
    found = session.exec(query).first()
    if found is None:
        raise Missing
    return found


def changes(session: Session, series_ids: Sequence[int]) -> Sequence[CallChange]:
    """Moved and cancelled dates of those series, in order."""
    query = select(CallChange).where(col(CallChange.series_id).in_(series_ids))
    return session.exec(query.order_by(col(CallChange.occurrence))).all()


def revision(project: str, meeting: str) -> tuple[int, int, int, int]:
    """Ids and revisions of a published meeting and its project, in one indexed question. Raises Missing."""
    row = probe(
        "SELECT p.id, p.revision, m.id, m.revision FROM meeting m JOIN project p ON p.id = m.project_id"
        " WHERE p.slug = ? AND m.slug = ? AND m.published_at IS NOT NULL",
        (project, meeting),
    )
    if row is None:
        raise Missing
    return int(row[0]), int(row[1]), int(row[2]), int(row[3])


@dataclass(frozen=True, slots=True)
class FrameProject:
    """The project as the frame of a page shows it."""

    slug: str
    acronym: str
    name: Said


@dataclass(frozen=True, slots=True)
class FrameMeeting:
    """The meeting as the frame of a page shows it; `nav` are the keys of the pages it has.

    When it is `cancelled`, every page says so with the `reason`.
    """

    slug: str
    title: Said
    nav: tuple[str, ...]
    cancelled: bool
    reason: Said


@dataclass(frozen=True, slots=True)
class Contact:
    """Where to ask: on every page in the same place."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Head and foot of every page of a project: who, under which number, paid by whom, where to ask."""

    project: FrameProject
    meeting: FrameMeeting | None
    current: str
    contact: Contact | None
    funding: Said
    disclaimer: Said
    reference: str
    programme: str
    demo: bool


def frame(project: Project, meeting: Meeting | None = None, current: str = "") -> Frame:
    """The frame in the reader's language. `current` names the navigation entry that is open."""
    shown = _frame_meeting(meeting) if meeting else None
    contact = Contact(meeting.contact_name, meeting.contact_email) if meeting and meeting.contact_email else None
    return Frame(
        FrameProject(project.slug, project.acronym, say(project.names)),
        shown,
        current,
        contact,
        say(project.funding),
        say(project.disclaimer),
        project.reference,
        project.programme,
        project.demo,
    )


def _frame_meeting(meeting: Meeting) -> FrameMeeting:
    is_off = meeting.cancelled_at is not None
    return FrameMeeting(meeting.slug, say(meeting.title), _navigation(meeting), is_off, say(meeting.reason))


def _navigation(meeting: Meeting) -> tuple[str, ...]:
    """A meeting that is not published has nothing but its desk; for one that is cancelled nobody registers."""
    if not meeting.published_at:
        return ("desk",)
    pages = navigation(meeting.kind, meeting.state)
    return tuple(key for key in pages if key != "register" or meeting.cancelled_at is None)
