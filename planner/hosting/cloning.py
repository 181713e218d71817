"""A meeting made from another one: everything moves with the date, and what was true of the old place is listed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from planner.agenda.rows import Rows, drafted
from planner.agenda.tables import Block, Day, Item
from planner.audit import note
from planner.clock import exists, now, repeated
from planner.consortium.tables import Partner
from planner.db import Table, Texts
from planner.history import revived, values
from planner.hosting.rules import TEXTS, shifted
from planner.hosting.tables import Look
from planner.ical import mint_uid
from planner.language import DEFAULT, listed, say
from planner.meetings.queries import Found, all_meetings
from planner.meetings.rules import address_for
from planner.meetings.tables import Meeting, Place
from planner.names import fold
from planner.questions.actions import copy as copy_questions
from planner.registration.form_tables import Quota, RegistrationForm
from planner.registration.queries import form_of
from planner.settings import settings
from planner.visits.tables import Stop, StudyVisit, Transport

MOMENTS = (
    "opens_at", "quota_until", "closes_at", "changes_close_at", "waiting_list_closes_at", "catering_frozen_at",
    "papers_frozen_at",
)  # fmt: skip
Topic = tuple[str, Mapping[str, Any]]


@dataclass(slots=True)
class Copying:
    """A copy in the making: old ids to new rows, by table, and what will need a look."""

    session: Session
    old: Meeting
    host: Partner
    days: int
    new_ids: dict[tuple[str, int], int] = field(default_factory=dict)
    looks: list[Topic] = field(default_factory=list)

    def copy(self, row: Table, **changed: Any) -> Any:
        """A new row like that one, with other values where they are given."""
        kept = {name: value for name, value in values(row).items() if name != "id"}
        copy = type(row)(**(revived(type(row), kept) | changed))
        self.session.add(copy)
        self.session.flush()
        number, table = getattr(row, "id", None), str(type(row).__tablename__)
        self.new_ids[table, number or 0] = getattr(copy, "id", 0)
        return copy

    def new(self, kind: type[Table], number: int | None) -> int | None:
        """The id of the copy of that row; None for none."""
        return self.new_ids.get((str(kind.__tablename__), number or 0))


def clone(session: Session, found: Found, actor: str, first_day: date, host: Partner) -> Meeting:
    """A meeting like that one, from `first_day` on at `host`: not published, nobody registered, nothing given out.

    Times stay what the clock on the wall shows there; deadlines move by as many days. UIDs are new.
    """
    old = found.meeting
    copying = Copying(session, old, host, (first_day - old.first_day).days)
    rows = drafted(session, old)
    meeting = _meeting(copying, found, first_day)
    _places(copying, rows.places, meeting)
    _agenda(copying, rows, meeting)
    _visits(copying, rows)
    form = form_of(session, old.id or 0)
    kept = _form(copying, form, meeting) if form else None
    copy_questions(session, old.id or 0, meeting.id or 0)
    _look_around(copying, rows, meeting, kept)
    session.add_all(
        Look(meeting_id=meeting.id or 0, position=position, topic=topic, details=dict(details))
        for position, (topic, details) in enumerate(copying.looks)
    )
    note(session, actor, "meeting.clone", f"meeting:{meeting.id}", of=old.id)
    return meeting


def uid(kind: str) -> str:
    """A new identity for calendars."""
    return mint_uid(kind, urlsplit(settings().public_url).hostname or "planner")


def address_of(session: Session, project_id: int, host: Partner, year: int) -> str:
    """A free address for a new meeting of that host."""
    taken = {meeting.slug for meeting in all_meetings(session, project_id)}
    return address_for(host.city.get("en") or host.slug, year, taken)


def _meeting(copying: Copying, found: Found, first_day: date) -> Meeting:
    old, host, moment = copying.old, copying.host, now()
    moved = host.id != old.host_partner_id
    meeting: Meeting = copying.copy(
        old,
        slug=address_of(copying.session, old.project_id, host, first_day.year),
        number=None,
        state="planned",
        host_partner_id=host.id or 0,
        zone=host.zone,
        first_day=first_day,
        last_day=old.last_day + timedelta(days=copying.days),
        uid=uid("meeting"),
        sequence=0,
        revision=1,
        created_at=moment,
        updated_at=moment,
        published_at=None,
        cancelled_at=None,
        reason={},
        turns=0,
        turned_at=None,
        **({"place": dict(host.city)} if moved else {}),
    )
    return meeting


def _places(copying: Copying, places: Iterable[Place], meeting: Meeting) -> None:
    for place in places:
        copying.copy(place, meeting_id=meeting.id)


def _agenda(copying: Copying, rows: Rows, meeting: Meeting) -> None:
    """Days, blocks and items with their speakers; what had been cancelled or deleted stays behind."""
    for day in rows.days:
        copying.copy(day, meeting_id=meeting.id, date=day.date + timedelta(days=copying.days), version=1)
    for block in rows.blocks:
        copying.copy(block, day_id=copying.new(Day, block.day_id), version=1)
    items = sorted((*rows.items, *rows.pool), key=lambda item: item.parent_id is not None)
    for item in items:
        if item.cancelled_at is None:
            _item(copying, item, meeting)
    for track in rows.tracks:
        copying.copy(track, meeting_id=meeting.id, version=1)
    for speaking in rows.speakings:
        if number := copying.new(Item, speaking.item_id):
            copying.copy(speaking, item_id=number)
    for practice in rows.practices:
        if number := copying.new(Item, practice.item_id):
            copying.copy(practice, item_id=number)


def _item(copying: Copying, item: Item, meeting: Meeting) -> None:
    moment = now()
    copying.copy(
        item,
        meeting_id=meeting.id,
        block_id=copying.new(Block, item.block_id),
        parent_id=copying.new(Item, item.parent_id),
        place_id=copying.new(Place, item.place_id),
        uid=uid("item"),
        sequence=0,
        created_at=moment,
        updated_at=moment,
        version=1,
    )


def _visits(copying: Copying, rows: Rows) -> None:
    numbers = [item.id or 0 for item in (*rows.items, *rows.pool) if item.cancelled_at is None]
    session = copying.session
    titles = {item.id or 0: item.title for item in (*rows.items, *rows.pool)}
    for visit in session.exec(select(StudyVisit).where(col(StudyVisit.item_id).in_(numbers))).all():
        copying.copy(visit, item_id=copying.new(Item, visit.item_id))
        copying.looks.append(("visit", {"name": titles[visit.item_id]}))
    visited = [old for table, old in copying.new_ids if table == StudyVisit.__tablename__]
    for stop in session.exec(select(Stop).where(col(Stop.visit_id).in_(visited)).order_by(col(Stop.number))).all():
        copying.copy(stop, visit_id=copying.new(StudyVisit, stop.visit_id))
    for ride in session.exec(select(Transport).where(col(Transport.item_id).in_(numbers))).all():
        copying.copy(
            ride,
            item_id=copying.new(Item, ride.item_id),
            from_place_id=copying.new(Place, ride.from_place_id),
            to_place_id=copying.new(Place, ride.to_place_id),
        )
        copying.looks.append(("ride", {"name": titles[ride.item_id]}))


def _form(copying: Copying, form: RegistrationForm, meeting: Meeting) -> RegistrationForm:
    """When one can register moves along; who answers for people's data is the new host."""
    moments = {name: shifted(getattr(form, name), copying.days, copying.old.zone, meeting.zone) for name in MOMENTS}
    moved = copying.host.id != copying.old.host_partner_id
    responsible = {"controller_partner_id": copying.host.id, "privacy_contact": ""} if moved else {}
    copy: RegistrationForm = copying.copy(
        form, meeting_id=meeting.id, revision=1, arrived_at=None, **moments, **responsible
    )
    for quota in copying.session.exec(select(Quota).where(Quota.form_id == form.id)).all():
        copying.copy(quota, form_id=copy.id)
    return copy


def _look_around(copying: Copying, rows: Rows, meeting: Meeting, form: RegistrationForm | None) -> None:
    """List what was true of the old date and place; the most fundamental things first."""
    moved = copying.host.id != copying.old.host_partner_id
    first: list[Topic] = [*_dates(copying.old, meeting, form), *_clock(rows, meeting, copying.days)]
    first += _where(rows.places)
    last: list[Topic] = []
    if moved:
        last += _of_host(meeting, form, copying.session.get(Partner, copying.old.host_partner_id), rows)
    if rows.speakings:
        last.append(("speakers", {"name": meeting.title}))
    copying.looks[:] = [*first, *copying.looks, *last]


def _where(places: Sequence[Place]) -> Iterator[Topic]:
    """The venue, its rooms in one line, and every other place."""
    rooms = [say(place.name, wish=DEFAULT).text for place in places if place.kind == "room"]
    yield from (("venue", {"name": place.name}) for place in places if place.kind == "venue")
    if rooms:
        yield "rooms", {"name": listed(rooms)}
    yield from (("place", {"name": place.name}) for place in places if place.kind == "place")


def _dates(old: Meeting, new: Meeting, form: RegistrationForm | None) -> Iterator[Topic]:
    if old.first_day.weekday() != new.first_day.weekday():
        yield "weekday", {"old": old.first_day.isoformat(), "new": new.first_day.isoformat()}
    if form and form.closes_at < now():
        yield "past", {}


def _clock(rows: Rows, meeting: Meeting, days: int) -> Iterator[Topic]:
    """Items at a time that a clock change skips or repeats on the new date."""
    for item in rows.items:
        day = rows.day_of(item).date + timedelta(days=days)
        if item.starts and _odd(day, item.starts, meeting.zone):
            yield "clock", {"name": item.title}


def _odd(day: date, wall: time, zone: str) -> bool:
    return not exists(day, wall, zone) or repeated(day, wall, zone)


def _of_host(meeting: Meeting, form: RegistrationForm | None, old: Partner | None, rows: Rows) -> Iterator[Topic]:
    """What the host before said of itself."""
    yield "languages", {}
    if meeting.contact_name or meeting.contact_email:
        yield "contact", {"name": meeting.contact_name or meeting.contact_email}
    if meeting.online_link:
        yield "link", {"name": meeting.online_link}
    if form:
        yield "privacy", {}
        yield "quota", {}
    for texts in (*_texts(meeting), *(item.title for item in rows.items), *(item.text for item in rows.items)):
        if old and (found := named(texts, [*old.city.values(), old.short])):
            yield "text", {"name": _short(texts), "found": found}


def _texts(meeting: Meeting) -> Sequence[Texts]:
    return [getattr(meeting, name) for name in TEXTS]


def named(texts: Mapping[str, str], names: Iterable[str]) -> str:
    """The first of the names that a text mentions in any language, whatever its accents and capitals; else nothing."""
    said = [fold(text) for text in texts.values()]
    return next((name for name in names if name and any(fold(name) in text for text in said)), "")


def _short(texts: Mapping[str, str]) -> dict[str, str]:
    return {code: text if len(text) <= 60 else f"{text[:59]}…" for code, text in texts.items()}
