"""What is asked about the agenda: the programme of a meeting as its viewer may see it, and its versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from planner.accounts.permissions import MEETING, Scope, Viewer
from planner.agenda.releases import released
from planner.agenda.rows import Rows, drafted
from planner.agenda.rules import DAY, Cell, Span, grid, wall_of
from planner.agenda.tables import Block, Day, Item, Speaking
from planner.agenda.views import BlockView, DayView, ItemView, PersonView, PlaceView, PracticeView, SpeakerView
from planner.clock import at
from planner.consortium.queries import partner_names
from planner.consortium.tables import GoodPractice, Organisation, Person
from planner.db import Texts
from planner.errors import Missing
from planner.meetings.queries import Found
from planner.meetings.tables import Place
from planner.names import full, written_in


def sees_all(found: Found, viewer: Viewer | None) -> bool:
    """Whether the viewer works for that meeting and so sees closed and cancelled items."""
    scope = Scope(MEETING, found.meeting.id or 0, found.project.id or 0)
    return viewer is not None and viewer.may("desk.read", scope)


def programme(
    session: Session, found: Found, viewer: Viewer | None = None, *, cancelled: bool = False
) -> list[DayView]:
    """The days of a meeting as they were last given out, in a constant number of questions; none before that.

    The public sees nothing hidden; cancelled items only with `cancelled` (calendars must say that something fell
    out). Who works for the meeting sees both.
    """
    rows = released(session, found.meeting.id or 0)
    if rows is None:
        return []
    everything = sees_all(found, viewer)
    shown = rows if everything else rows.public()
    days = _days(session, found, shown if everything or cancelled else shown.taking_place(), rows.times)
    fallen = shown.fallen() if cancelled else None
    return days if fallen is None else _joined(days, _days(session, found, fallen, fallen.times, gone=True))


def closed_programme(session: Session, found: Found) -> list[DayView]:
    """The days as they were last given out, with what is not for the public and without what was cancelled: for
    papers of the desk only.
    """
    rows = released(session, found.meeting.id or 0)
    return _days(session, found, rows.taking_place(), rows.times) if rows else []


def draft(session: Session, found: Found) -> list[DayView]:
    """The days of a meeting as the organisers have them now, closed and cancelled items included: for the desk only."""
    rows = drafted(session, found.meeting)
    return _days(session, found, rows, rows.times)


def version(session: Session, found: Found, number: int) -> list[DayView]:
    """The days as the version of that number showed them, closed and cancelled items included: for the desk only.

    Raises Missing when there never was such a version.
    """
    rows = released(session, found.meeting.id or 0, number)
    if rows is None:
        raise Missing
    return _days(session, found, rows, rows.times)


def _joined(days: Iterable[DayView], gone: Iterable[DayView]) -> list[DayView]:
    """Days with what is gone of them."""
    found = {day.id: day for day in days}
    for day in gone:
        mine = found.get(day.id, replace(day, blocks=()))
        found[day.id] = replace(mine, blocks=(*mine.blocks, *day.blocks))
    return sorted(found.values(), key=lambda day: day.date)


def _days(
    session: Session, found: Found, rows: Rows, times: Mapping[int, Span], *, gone: bool = False
) -> list[DayView]:
    parts = _parts(session, found, rows, times, gone=gone)
    return [_day(day, rows, parts) for day in rows.days]


class _Parts(NamedTuple):
    """What belongs to items, by item or by its own id."""

    places: Mapping[int, PlaceView]
    speakers: Mapping[int, tuple[SpeakerView, ...]]
    practices: Mapping[int, tuple[PracticeView, ...]]
    people: Mapping[int, PersonView]
    partners: Mapping[int, Texts]
    times: Mapping[int, Span]
    gone: bool


def _parts(session: Session, found: Found, rows: Rows, times: Mapping[int, Span], *, gone: bool) -> _Parts:
    partners = partner_names(session, found.project.id or 0, found.meeting.first_day)
    wanted = {speaking.person_id for speaking in rows.speakings} | {day.chair_id for day in rows.days if day.chair_id}
    people = _persons(session, wanted, partners)
    speakers: dict[int, list[SpeakerView]] = defaultdict(list)
    for row in rows.speakings:
        if person := people.get(row.person_id):
            speakers[row.item_id].append(SpeakerView(_there(person, row, found), row.role, row.mode))
    kept = {item: tuple(found) for item, found in speakers.items()}
    return _Parts(place_views(rows.place), kept, _practices(session, rows), people, partners, times, gone)


def _there(person: PersonView, row: Speaking, found: Found) -> PersonView:
    """A speaker with the function and organisation of that item, where they are others than in the directory."""
    function, organisation = (_in_one(text, found) for text in (row.function, row.organisation))
    return replace(person, function=function or person.function, organisation=organisation or person.organisation)


def _in_one(text: str, found: Found) -> Texts:
    return {written_in(text, found.meeting.working_language): text} if text else {}


def persons(session: Session, found: Found, ids: Iterable[int]) -> dict[int, PersonView]:
    """People by id, with the name that their partner had on the first day of the meeting, or their organisation's."""
    return _persons(session, ids, partner_names(session, found.project.id or 0, found.meeting.first_day))


def _persons(session: Session, ids: Iterable[int], partners: Mapping[int, Texts]) -> dict[int, PersonView]:
    query = select(Person, Organisation).join(
        Organisation, col(Organisation.id) == Person.organisation_id, isouter=True
    )
    rows = session.exec(query.where(col(Person.id).in_(sorted(set(ids))))).all()
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


def _practices(session: Session, rows: Rows) -> dict[int, tuple[PracticeView, ...]]:
    wanted = {row.practice_id for row in rows.practices}
    query = select(GoodPractice).where(col(GoodPractice.id).in_(wanted)).order_by(col(GoodPractice.slug))
    known = {one.id or 0: PracticeView(one.slug, one.title) for one in session.exec(query)}
    shown: dict[int, set[int]] = defaultdict(set)
    for row in rows.practices:
        shown[row.item_id].add(row.practice_id)
    return {item: tuple(view for number, view in known.items() if number in mine) for item, mine in shown.items()}


def _day(day: Day, rows: Rows, parts: _Parts) -> DayView:
    tops = rows.tops.get(day.id or 0, [])
    cells = grid([parts.times[item.id or 0] for item in tops], [item.track for item in tops])
    views: dict[int, list[ItemView]] = defaultdict(list)
    for item, cell in zip(tops, cells, strict=True):
        below = tuple(_item(other, day.date, cell, rows, parts) for other in rows.below.get(item.id or 0, ()))
        views[item.block_id or 0].append(_item(item, day.date, cell, rows, parts, below))
    blocks = tuple(_block(row, views[row.id or 0]) for row in rows.blocks if row.day_id == day.id)
    return DayView(
        day.id or 0, day.version, day.number, day.date, parts.people.get(day.chair_id or 0), day.note, blocks
    )  # fmt: skip


def _block(row: Block, items: Iterable[ItemView]) -> BlockView:
    return BlockView(row.id or 0, row.version, row.slug, row.title, row.audience, row.hidden, tuple(items))


_KEPT = (
    "slug", "kind", "track", "mode", "evidence", "own_expense", "capacity", "title", "text", "uid", "sequence",
    "created_at", "updated_at", "cancelled_at", "version", "language",
)  # fmt: skip


def _item(
    item: Item, day: date, cell: Cell, rows: Rows, parts: _Parts, below: tuple[ItemView, ...] = ()
) -> ItemView:  # fmt: skip
    number, span = item.id or 0, parts.times[item.id or 0]
    return ItemView(
        id=number,
        starts=_at(day, span.starts, rows.zone),
        ends=_at(day, span.ends, rows.zone),
        cell=cell,
        points=tuple(item.points),
        interpretation=tuple(item.interpretation),
        place=parts.places.get(item.place_id or 0),
        speakers=parts.speakers.get(number, ()),
        practices=parts.practices.get(number, ()),
        audience=item.audience or rows.block[item.block_id or 0].audience,
        hidden=number in rows.hidden,
        track_name=rows.track_names.get(item.track, {}),
        partners=tuple(parts.partners.get(partner, {}) for partner in item.partners),
        gone=parts.gone,
        below=below,
        **{name: getattr(item, name) for name in _KEPT},
    )


def _at(day: date, minute: int, zone: str) -> datetime:
    return at(day + timedelta(days=minute // DAY), wall_of(minute), zone)
