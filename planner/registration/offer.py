"""What a meeting offers to those who register: days, visits, meals, buses, and who answers for their data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from sqlmodel import Session, col, select

from planner.agenda.tables import Block, Day, Item
from planner.consortium.queries import PartnerRow, partners
from planner.consortium.tables import Project
from planner.db import Texts
from planner.errors import Missing
from planner.meetings.queries import Found
from planner.meetings.tables import Meeting, Place
from planner.registration.queries import form_of
from planner.registration.rules import MODES
from planner.registration.tables import ConsentWording, RegistrationForm
from planner.visits.tables import StudyVisit, Transport

MEALS = frozenset({"breakfast", "lunch", "dinner", "reception"})
REMOTE = frozenset({"online", "hybrid"})
ON_FOOT = "foot"


@dataclass(frozen=True, slots=True)
class OfferedDay:
    """A day one can come; `modes` are the ways offered, `starts` is when its agenda begins."""

    id: int
    number: int
    date: date
    note: Texts
    modes: tuple[str, ...]
    starts: time | None


@dataclass(frozen=True, slots=True)
class OfferedItem:
    """An item of the agenda that one can choose: a study visit, a meal or a bus. Times are the venue's wall clock."""

    id: int
    slug: str
    kind: str
    day_id: int
    date: date
    starts: time
    ends: time | None
    title: Texts
    text: Texts
    own_expense: bool
    be_there: time | None
    access: Texts


@dataclass(frozen=True, slots=True)
class Offer:
    """All a registration can consist of."""

    found: Found
    form: RegistrationForm
    controller: PartnerRow
    wording: ConsentWording | None
    partners: list[PartnerRow]
    venue: Place | None
    days: list[OfferedDay]
    visits: list[OfferedItem]
    meals: list[OfferedItem]
    rides: list[OfferedItem]

    @property
    def purposes(self) -> dict[str, Texts]:
        """What people are asked to say yes or no to."""
        return self.wording.purposes if self.wording else {}

    def day(self, number: int) -> OfferedDay | None:
        """The day of that id."""
        return next((day for day in self.days if day.id == number), None)

    def item(self, number: int | None) -> OfferedItem | None:
        """The visit, meal or bus of that id."""
        return next((item for item in (*self.visits, *self.meals, *self.rides) if item.id == number), None)


def offer(session: Session, found: Found) -> Offer:
    """What that meeting offers. Raises Missing when it has no registration."""
    meeting = found.meeting
    number = meeting.id or 0
    form = form_of(session, number)
    if form is None:
        raise Missing
    consortium = partners(session, meeting.project_id, meeting.first_day)
    rows = _items(session, number)
    days = session.exec(select(Day).where(Day.meeting_id == number).order_by(col(Day.number))).all()
    items = [_offered(*row) for row in rows]
    return Offer(
        found,
        form,
        next(partner for partner in consortium if partner.id == form.controller_partner_id),
        session.get(ConsentWording, form.wording_id) if form.wording_id else None,
        consortium,
        session.exec(select(Place).where(Place.meeting_id == number, Place.kind == "venue")).first(),
        [_day(day, [row[0] for row in rows if row[1].id == day.id], form) for day in days],
        [item for item, row in zip(items, rows, strict=True) if row[2] is not None],
        [item for item in items if item.kind in MEALS],
        [item for item, row in zip(items, rows, strict=True) if item.kind == "transfer" and _is_ride(row[3])],
    )


def offer_of(session: Session, meeting_id: int) -> Offer:
    """What the meeting of that id offers. Raises Missing when it has no registration."""
    meeting = session.get_one(Meeting, meeting_id)
    return offer(session, Found(session.get_one(Project, meeting.project_id), meeting))


Row = tuple[Item, Day, StudyVisit | None, Transport | None]


def _items(session: Session, meeting_id: int) -> list[Row]:
    query = (
        select(Item, Day, StudyVisit, Transport)
        .join(Block, col(Block.id) == Item.block_id)
        .join(Day, col(Day.id) == Block.day_id)
        .join(StudyVisit, col(StudyVisit.item_id) == Item.id, isouter=True)
        .join(Transport, col(Transport.item_id) == Item.id, isouter=True)
        .where(Item.meeting_id == meeting_id, col(Block.hidden).is_(False), col(Item.cancelled_at).is_(None))
        .order_by(col(Day.number), col(Item.starts), col(Item.track), col(Item.id))
    )
    return [(item, day, visit, transport) for item, day, visit, transport in session.exec(query)]


def _is_ride(transport: Transport | None) -> bool:
    return transport is not None and transport.mode != ON_FOOT


def _offered(item: Item, day: Day, visit: StudyVisit | None, transport: Transport | None) -> OfferedItem:
    return OfferedItem(
        id=item.id or 0,
        slug=item.slug,
        kind=item.kind,
        day_id=day.id or 0,
        date=day.date,
        starts=item.starts,
        ends=item.ends,
        title=item.title,
        text=item.text,
        own_expense=item.own_expense,
        be_there=transport.be_there if transport else None,
        access=visit.access if visit else {},
    )


def _day(day: Day, items: Iterable[Item], form: RegistrationForm) -> OfferedDay:
    there = list(items)
    offered = {
        "on_site": form.seats_on_site > 0,
        "online": form.seats_online > 0 and any(item.mode in REMOTE for item in there),
    }
    modes = tuple(mode for mode in MODES if offered[mode])
    starts = min((item.starts for item in there if item.kind != "transfer"), default=None)
    return OfferedDay(day.id or 0, day.number, day.date, day.note, modes, starts)
