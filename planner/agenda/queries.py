"""What is asked about the agenda: the programme of a meeting as its viewer may see it, and its versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from planner.accounts.permissions import MEETING, Scope, Viewer
from planner.agenda.rules import DAY, Cell, Planned, grid, spans
from planner.agenda.tables import Block, Day, Item, ItemPractice, Release, Speaking
from planner.agenda.views import BlockView, DayView, ItemView, PersonView, PlaceView, PracticeView, SpeakerView
from planner.clock import at
from planner.consortium.queries import partner_names
from planner.consortium.tables import GoodPractice, Organisation, Person
from planner.db import Texts
from planner.meetings.queries import Found, places
from planner.meetings.tables import Place
from planner.names import full, written_in


def latest_release(session: Session, meeting_id: int) -> Release | None:
    """The last version of the agenda that was given out."""
    query = select(Release).where(Release.meeting_id == meeting_id).order_by(col(Release.number).desc())
    return session.exec(query.limit(1)).first()


def sees_all(found: Found, viewer: Viewer | None) -> bool:
    """Whether the viewer works for that meeting and so sees closed and cancelled items and drafts."""
    scope = Scope(MEETING, found.meeting.id or 0, found.project.id or 0)
    return viewer is not None and viewer.may("desk.read", scope)


def programme(
    session: Session, found: Found, viewer: Viewer | None = None, *, cancelled: bool = False
) -> list[DayView]:
    """The days of a meeting with blocks, items, speakers and places, in a constant number of questions.

    The public sees no hidden block and, before a version was given out, nothing at all; cancelled items only with
    `cancelled` (calendars must say that something fell out). Who works for the meeting sees everything.
    """
    everything = sees_all(found, viewer)
    meeting_id = found.meeting.id or 0
    if not everything and latest_release(session, meeting_id) is None:
        return []
    days = session.exec(select(Day).where(Day.meeting_id == meeting_id).order_by(col(Day.number))).all()
    blocks = _blocks(session, meeting_id, hidden=everything)
    items = _items(session, meeting_id, cancelled=everything or cancelled)
    shown = {block.id for group in blocks.values() for block in group}
    parts = _parts(session, found, [day.chair_id for day in days])
    return [
        _day(day, blocks[day.id or 0], [item for item in items if item.block_id in shown], parts, found.meeting.zone)
        for day in days
    ]


def _blocks(session: Session, meeting_id: int, *, hidden: bool) -> dict[int, list[Block]]:
    query = select(Block).join(Day).where(Day.meeting_id == meeting_id).order_by(col(Block.position), col(Block.id))
    found: dict[int, list[Block]] = defaultdict(list)
    for block in session.exec(query):
        if hidden or not block.hidden:
            found[block.day_id].append(block)
    return found


def _items(session: Session, meeting_id: int, *, cancelled: bool) -> Sequence[Item]:
    query = select(Item).where(Item.meeting_id == meeting_id).order_by(col(Item.position), col(Item.id))
    if not cancelled:
        query = query.where(col(Item.cancelled_at).is_(None))
    return session.exec(query).all()


class _Parts(NamedTuple):
    """What belongs to items, by item or by its own id."""

    places: Mapping[int, PlaceView]
    speakers: Mapping[int, tuple[SpeakerView, ...]]
    practices: Mapping[int, tuple[PracticeView, ...]]
    people: Mapping[int, PersonView]


def _parts(session: Session, found: Found, chairs: Iterable[int | None]) -> _Parts:
    meeting_id = found.meeting.id or 0
    mine = select(Item.id).where(Item.meeting_id == meeting_id)
    query = select(Speaking).where(col(Speaking.item_id).in_(mine)).order_by(col(Speaking.position), col(Speaking.id))
    speakings = session.exec(query).all()
    wanted = {speaking.person_id for speaking in speakings} | {chair for chair in chairs if chair}
    people = persons(session, found, wanted)
    speakers: dict[int, list[SpeakerView]] = defaultdict(list)
    for row in speakings:
        speakers[row.item_id].append(SpeakerView(people[row.person_id], row.role, row.mode))
    kept = {item: tuple(rows) for item, rows in speakers.items()}
    return _Parts(place_views(places(session, meeting_id)), kept, _practices(session, meeting_id), people)


def persons(session: Session, found: Found, ids: Iterable[int]) -> dict[int, PersonView]:
    """People by id, with the name that their partner had on the first day of the meeting, or their organisation's."""
    query = select(Person, Organisation).join(
        Organisation, col(Organisation.id) == Person.organisation_id, isouter=True
    )
    rows = session.exec(query.where(col(Person.id).in_(sorted(set(ids))))).all()
    partners = partner_names(session, found.project.id or 0, found.meeting.first_day)
    return {
        person.id or 0: _person(person, office.names if office else partners.get(person.partner_id or 0, {}))
        for person, office in rows
    }


def _person(person: Person, organisation: Texts) -> PersonView:
    latin = full(person.latin_given, person.latin_family, "given_first", person.title)
    own = full(person.given, person.family, person.order, person.title)
    language = written_in(own, person.language)
    return PersonView(person.id or 0, latin, own, language, person.function, organisation)


def place_views(rows: Mapping[int, Place]) -> dict[int, PlaceView]:
    """Places as agendas show them, by id."""
    venue = next((place for place in rows.values() if place.kind == "venue"), None)
    return {number: _place(place, venue if place.kind == "room" else None) for number, place in rows.items()}


def _place(place: Place, venue: Place | None) -> PlaceView:
    address = place.address or (venue.address if venue else "")
    return PlaceView(place.id or 0, place.name, venue.name if venue else {}, address, place.step_free)


def _practices(session: Session, meeting_id: int) -> dict[int, tuple[PracticeView, ...]]:
    query = (
        select(ItemPractice.item_id, GoodPractice)
        .join(GoodPractice, col(GoodPractice.id) == ItemPractice.practice_id)
        .join(Item, col(Item.id) == ItemPractice.item_id)
        .where(Item.meeting_id == meeting_id)
        .order_by(col(GoodPractice.slug))
    )
    found: dict[int, list[PracticeView]] = defaultdict(list)
    for item, practice in session.exec(query):
        found[item].append(PracticeView(practice.slug, practice.title))
    return {item: tuple(rows) for item, rows in found.items()}


def _day(day: Day, blocks: Sequence[Block], items: Sequence[Item], parts: _Parts, zone: str) -> DayView:
    numbers = {block.id for block in blocks}
    mine = [item for item in items if item.block_id in numbers]
    times = spans([Planned(item.starts, item.ends, item.track) for item in mine])
    cells = grid(times, [item.track for item in mine])
    views: dict[int, list[ItemView]] = defaultdict(list)
    for item, (_starts, ends), cell in zip(mine, times, cells, strict=True):
        views[item.block_id].append(_item(item, day.date, ends, cell, parts, zone))
    shown = tuple(
        BlockView(block.slug, block.title, block.audience, block.hidden, tuple(views[block.id or 0]))
        for block in blocks
    )
    return DayView(day.number, day.date, parts.people.get(day.chair_id or 0), day.note, shown)


def _item(item: Item, day: date, ends: int, cell: Cell, parts: _Parts, zone: str) -> ItemView:
    number = item.id or 0
    kept = (
        "slug kind track mode evidence own_expense capacity title text uid sequence created_at updated_at cancelled_at"
    )
    return ItemView(
        id=number,
        starts=at(day, item.starts, zone),
        ends=at(day + timedelta(days=ends // DAY), time(ends % DAY // 60, ends % 60), zone),
        cell=cell,
        points=tuple(item.points),
        interpretation=tuple(item.interpretation),
        place=parts.places.get(item.place_id or 0),
        speakers=parts.speakers.get(number, ()),
        practices=parts.practices.get(number, ()),
        **{name: getattr(item, name) for name in kept.split()},
    )
