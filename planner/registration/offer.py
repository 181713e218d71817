"""What a meeting offers to those who register: days, visits, meals, buses, and who answers for their data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from weakref import WeakKeyDictionary

from sqlmodel import Session, select

from planner.agenda.queries import programme
from planner.agenda.views import DayView, ItemView
from planner.consortium.queries import PartnerRow, partners
from planner.consortium.tables import Project
from planner.db import Database, Texts, current
from planner.errors import Missing
from planner.meetings.queries import Found
from planner.meetings.tables import Meeting, Place
from planner.questions.queries import asked, fields
from planner.questions.rules import Asked, pools
from planner.registration.form_tables import ConsentWording, RegistrationForm
from planner.registration.notices import Notice, standing
from planner.registration.pools import Pool
from planner.registration.queries import form_of
from planner.registration.rules import MODES
from planner.visits.queries import outings
from planner.visits.views import RideView

MEALS = frozenset({"breakfast", "lunch", "dinner", "reception"})
REMOTE = frozenset({"online", "hybrid"})
ON_FOOT = "foot"


@dataclass(frozen=True, slots=True)
class OfferedDay:
    """A day one can come; `modes` are the ways offered, `starts` is when its agenda begins, `hours` all of it."""

    id: int
    number: int
    date: date
    note: Texts
    modes: tuple[str, ...]
    starts: time | None
    hours: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class OfferedItem:
    """An item of the agenda that one can choose: a study visit, a meal or a bus. Times are the venue's wall clock.

    `seats` is how many can come along, None where nobody counts.
    """

    id: int
    slug: str
    kind: str
    date: date
    starts: time
    ends: time
    title: Texts
    own_expense: bool
    be_there: time | None
    access: Texts
    seats: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """All a registration can consist of. `uses`: which built-in fields are asked, and how (see questions.rules)."""

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
    questions: list[Asked]
    uses: Mapping[str, str]
    notice: Notice

    @property
    def limits(self) -> dict[Pool, int]:
        """The options of questions that only so many may choose."""
        return pools(self.questions)

    @property
    def sizes(self) -> dict[Pool, float]:
        """How many places there are beside the meeting's own: on visits, on buses, of limited options."""
        seats = {("visit", item.id, ""): item.seats for item in self.visits}
        seats |= {("ride", item.id, ""): item.seats for item in self.rides}
        return self.limits | {pool: math.inf if number is None else number for pool, number in seats.items()}

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


@dataclass(frozen=True, slots=True)
class _Programme:
    """What an offer takes from the public pages of the meeting; `remote` are the days with something online."""

    partners: list[PartnerRow]
    venue: Place | None
    days: list[OfferedDay]
    remote: frozenset[int]
    visits: list[OfferedItem]
    meals: list[OfferedItem]
    rides: list[OfferedItem]


_kept: WeakKeyDictionary[Database, dict[int, tuple[tuple[int, int], _Programme]]] = WeakKeyDictionary()


def offer(session: Session, found: Found) -> Offer:
    """What that meeting offers. Raises Missing when it has no registration."""
    form = form_of(session, found.meeting.id or 0)
    if form is None:
        raise Missing
    public = _programme(session, found)
    controller = next(partner for partner in public.partners if partner.id == form.controller_partner_id)
    return Offer(
        found,
        form,
        controller,
        session.get(ConsentWording, form.wording_id) if form.wording_id else None,
        public.partners,
        public.venue,
        [replace(day, modes=_modes(form, remote=day.id in public.remote)) for day in public.days],
        public.visits,
        public.meals,
        public.rides,
        asked(session, found.meeting.id or 0),
        fields(session, found.meeting.id or 0),
        standing(session, found, form, controller, public.partners),
    )


def _modes(form: RegistrationForm, *, remote: bool) -> tuple[str, ...]:
    offered = {"on_site": form.seats_on_site > 0, "online": form.seats_online > 0 and remote}
    return tuple(mode for mode in MODES if offered[mode])


def _programme(session: Session, found: Found) -> _Programme:
    """Read once for each revision of meeting and project: people who register ask for it again and again."""
    kept = _kept.setdefault(current(), {})
    number, revision = found.meeting.id or 0, (found.project.revision, found.meeting.revision)
    if number not in kept or kept[number][0] != revision:
        kept[number] = revision, _read(session, found)
    return kept[number][1]


def _read(session: Session, found: Found) -> _Programme:
    meeting = found.meeting
    days = programme(session, found)
    trips = outings(session, found, days)
    venue = session.exec(select(Place).where(Place.meeting_id == meeting.id, Place.kind == "venue")).first()
    return _Programme(
        partners(session, meeting.project_id, meeting.first_day),
        Place(**venue.model_dump()) if venue else None,  # a copy that belongs to no session
        [_day(view) for view in days],
        frozenset(view.id for view in days if any(item.mode in REMOTE for item in view.items)),
        [replace(_offered(visit.item, visit.ride, visit.access), seats=visit.seats) for visit in trips.visits],
        [_offered(item) for view in days for item in view.items if item.kind in MEALS],
        [_offered(trip.item, trip.ride) for trip in trips.transfers if trip.ride.mode != ON_FOOT],
    )


def offer_of(session: Session, meeting_id: int) -> Offer:
    """What the meeting of that id offers. Raises Missing when it has no registration."""
    meeting = session.get_one(Meeting, meeting_id)
    return offer(session, Found(session.get_one(Project, meeting.project_id), meeting))


def _offered(item: ItemView, ride: RideView | None = None, access: Texts | None = None) -> OfferedItem:
    return OfferedItem(
        id=item.id,
        slug=item.slug,
        kind=item.kind,
        date=item.starts.date(),
        starts=item.starts.time(),
        ends=item.ends.time(),
        title=item.title,
        own_expense=item.own_expense,
        be_there=ride.be_there.time() if ride else None,
        access=access or {},
        seats=ride.seats if ride else None,
    )


def _day(view: DayView) -> OfferedDay:
    starts = min((item.starts.time() for item in view.items if item.kind != "transfer"), default=None)
    hours = (min(item.starts for item in view.items), max(item.ends for item in view.items)) if view.items else None
    return OfferedDay(view.id, view.number, view.date, view.note, (), starts, hours)
