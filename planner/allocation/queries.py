"""What is asked about who goes on which study visit: everybody who may, with wishes and seat, and what to propose."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from planner.agenda.tables import Day
from planner.allocation.rules import Given, Room, Seeker, propose, uses_wheelchair
from planner.consortium.queries import partners
from planner.meetings.queries import Found
from planner.names import full, sort_key
from planner.registration.apart import OPEN
from planner.registration.place_tables import PlaceOffer, VisitChoice, VisitNews, VisitPlace
from planner.registration.queries import seats_on_visits
from planner.registration.rules import HOLDING
from planner.registration.tables import CareNote, PlannedDay, Registration
from planner.visits.outline import Outing, listed
from planner.visits.rules import ON_FOOT


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who may go on a visit. `told` says whether they know of their seat; `offered` is the visit on which one
    is kept until they answer; `wheelchair` is None for those who may not know.
    """

    number: int
    name: str
    partner: str
    arrived: datetime
    choices: tuple[int, ...]
    current: int | None
    locked: bool
    told: bool
    wheelchair: bool | None
    offered: int | None

    @property
    def rank(self) -> int:
        """Which wish the seat fulfils: 1, 2, or 0 for none."""
        return self.choices.index(self.current) + 1 if self.current in self.choices else 0

    @property
    def seeker(self) -> Seeker:
        """As the rules see this person."""
        return Seeker(
            number=self.number,
            arrived=self.arrived,
            choices=self.choices,
            current=self.current,
            locked=self.locked,
            wheelchair=bool(self.wheelchair),
            offered=self.offered,
        )


@dataclass(frozen=True, slots=True)
class Column:
    """A visit and who goes there, first choices first, then by name. `kept` seats are offered to somebody.

    `published` is how many people the agenda that was given out takes, None when the visit is not on it.
    """

    visit: Outing
    letter: str
    guests: list[Guest]
    kept: int
    published: int | None

    @property
    def is_open(self) -> bool:
        """Whether people can be sent there: readers see it, and it takes place."""
        return self.published is not None and not self.visit.cancelled

    @property
    def seats(self) -> int:
        """How many can come along."""
        return seats_that_count(self.visit, self.published)

    @property
    def is_changing(self) -> bool:
        """Whether the next publication changes how many can come along."""
        return self.is_open and self.published != self.visit.seats

    @property
    def room(self) -> Room:
        """All of its seats, as the rules see them."""
        ride = self.visit.ride
        counted = ride is not None and ride.mode != ON_FOOT
        return Room(self.seats, (ride.wheelchair_places or 0) if ride and counted else None)


@dataclass(frozen=True, slots=True)
class Board:
    """All visits with their people; `waiting` wished for some and have no seat, in order of arrival, `others` come that
    day and told no wish. `letters` name the visits in short.
    """

    columns: list[Column]
    waiting: list[Guest]
    others: list[Guest]

    @property
    def letters(self) -> dict[int, str]:
        """The short name of each visit, by agenda item."""
        return {column.visit.id: column.letter for column in self.columns}

    @property
    def guests(self) -> list[Guest]:
        """Everybody."""
        return [*(guest for column in self.columns for guest in column.guests), *self.waiting, *self.others]

    @property
    def untold(self) -> list[Guest]:
        """Those whose seat has changed since they were last told."""
        return [guest for guest in self.guests if not guest.told]


def seats_that_count(visit: Outing, published: int | None) -> int:
    """How many can go on a visit: what was given out, but never more than the draft says now; nobody when it is
    cancelled or was never given out.
    """
    if published is None or visit.cancelled:
        return 0
    return published if visit.seats is None else min(visit.seats, published)


def open_seats(session: Session, found: Found) -> dict[int, int]:
    """How many can go on each visit of the draft, taken seats included, by agenda item."""
    published = seats_on_visits(session, found.meeting.id or 0)
    return {visit.id: seats_that_count(visit, published.get(visit.id)) for visit in listed(session, found).visits}


def board(session: Session, found: Found, *, with_care: bool) -> Board:
    """Who goes where now, in a constant number of questions. `with_care`: the viewer may read notes about access."""
    visits, published = listed(session, found).visits, seats_on_visits(session, found.meeting.id or 0)
    known = {visit.id for visit in visits}
    everybody = sorted(_guests(session, found, known, with_care=with_care), key=lambda guest: sort_key(guest.name))
    coming = _coming(session, found, visits)
    loose = [guest for guest in everybody if guest.current not in known]
    return Board(
        [
            Column(
                visit,
                _letter(place),
                sorted((guest for guest in everybody if guest.current == visit.id), key=lambda guest: guest.rank or 3),
                sum(guest.offered == visit.id for guest in everybody),
                published.get(visit.id),
            )
            for place, visit in enumerate(visits)
        ],
        sorted((guest for guest in loose if guest.choices), key=lambda guest: guest.seeker.order),
        [guest for guest in loose if not guest.choices and (guest.number in coming or not guest.told)],
    )


def _letter(place: int) -> str:
    return chr(ord("A") + place) if place < 26 else str(place + 1)


def _guests(session: Session, found: Found, known: set[int], *, with_care: bool) -> list[Guest]:
    meeting = found.meeting.id or 0
    query = (
        select(Registration, VisitPlace)
        .join(VisitPlace, col(VisitPlace.registration_id) == Registration.id, isouter=True)
        .where(Registration.meeting_id == meeting, col(Registration.status).in_(HOLDING))
    )
    rows: Sequence[tuple[Registration, VisitPlace | None]] = session.exec(query).all()
    wishes, news = _wishes(session, meeting, known), _news(session, meeting)
    short = {row.id: row.short for row in partners(session, found.project.id or 0, found.meeting.first_day)}
    chairs, offers = _wheelchairs(session, meeting) if with_care else None, _offers(session, meeting)
    return [
        Guest(
            number=row.id or 0,
            name=full(row.latin_given, row.latin_family, row.order),
            partner=short.get(row.partner_id or 0, ""),
            arrived=row.submitted_at or row.updated_at,
            choices=tuple(wishes[row.id or 0]),
            current=place.item_id if place else None,
            locked=place is not None and place.locked,
            told=_is_told(news, row.id or 0, place),
            wheelchair=None if chairs is None else row.id in chairs,
            offered=offers.get(row.id or 0),
        )
        for row, place in rows
        if row.status == "confirmed" or place is not None
    ]


def _wishes(session: Session, meeting_id: int, known: set[int]) -> Mapping[int, list[int]]:
    query = select(VisitChoice).join(Registration).where(Registration.meeting_id == meeting_id)
    found: dict[int, list[int]] = defaultdict(list)
    for row in session.exec(query.order_by(col(VisitChoice.rank))):
        if row.item_id in known:
            found[row.registration_id].append(row.item_id)
    return found


def _news(session: Session, meeting_id: int) -> dict[int, int | None]:
    """What people know of their seat that an organiser has changed since."""
    query = select(VisitNews.registration_id, VisitNews.told_item_id).join(Registration)
    return dict(list(session.exec(query.where(Registration.meeting_id == meeting_id))))


def _offers(session: Session, meeting_id: int) -> dict[int, int]:
    query = select(PlaceOffer.registration_id, PlaceOffer.number).join(Registration)
    mine = (Registration.meeting_id == meeting_id, PlaceOffer.kind == "visit", PlaceOffer.outcome == OPEN)
    return dict(list(session.exec(query.where(*mine))))


def _is_told(news: Mapping[int, int | None], number: int, place: VisitPlace | None) -> bool:
    """Whether somebody knows where they go: nothing was changed, or it is what it was again."""
    return number not in news or news[number] == (place.item_id if place else None)


def _wheelchairs(session: Session, meeting_id: int) -> set[int]:
    query = select(CareNote).join(Registration).where(Registration.meeting_id == meeting_id, col(CareNote.access) != "")
    return {row.registration_id for row in session.exec(query) if uses_wheelchair(row.access)}


def _coming(session: Session, found: Found, visits: Sequence[Outing]) -> set[int]:
    """Who comes on site on a day with visits."""
    query = (
        select(PlannedDay.registration_id)
        .join(Day, col(Day.id) == PlannedDay.day_id)
        .where(
            Day.meeting_id == found.meeting.id,
            PlannedDay.mode == "on_site",
            col(Day.date).in_([visit.date for visit in visits if visit.date]),
        )
    )
    return set(session.exec(query))


def proposal(view: Board) -> list[Given]:
    """What the rules would give everybody who has a wish or a seat, in order of arrival."""
    rooms = {column.visit.id: column.room for column in view.columns if column.is_open}
    seekers = [guest.seeker for guest in view.guests if guest.choices or guest.current]
    there = [one if one.current in rooms else replace(one, current=None) for one in seekers]
    return propose(there, rooms)


def mark_of(given: Sequence[Given]) -> str:
    """Changes when the proposal does: what is applied is what was read."""
    return hashlib.sha256(repr([(one.number, one.item) for one in given]).encode()).hexdigest()[:24]
