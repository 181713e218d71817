"""What hosts do with a meeting's settings: its frame, its texts, its places, its registration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select

from planner.agenda.drafting import history_of
from planner.agenda.entry import DayValues
from planner.agenda.outline import add_day, given_numbers
from planner.agenda.rules import day_numbers
from planner.agenda.tables import Block, Day, Item
from planner.audit import note
from planner.clock import now
from planner.errors import Refusal
from planner.history import Record, recording
from planner.hosting.rules import TEXTS, Values, usual_deadlines
from planner.language import _, say
from planner.meetings.queries import Found
from planner.meetings.rules import KINDS
from planner.meetings.tables import Meeting, Place
from planner.registration.agreement import move_ends
from planner.registration.form_tables import ConsentWording, Quota, RegistrationForm
from planner.tokens import mint
from planner.visits.tables import Transport

BY_INVITATION = ["speaker", "programme", "interpreter"]
"""Categories that anybody could claim: an organiser confirms them."""
IN_CALENDARS = ("title", "place", "summary", "first_day", "last_day")
"""Columns that the meeting's own calendar entry shows: its SEQUENCE rises with them (RFC 5545, 3.8.7.4)."""


def add_days(session: Session, meeting: Meeting, actor: str, first: date) -> None:
    """Days of the agenda from `first` to the last one."""
    for ahead in range((meeting.last_day - first).days + 1):
        add_day(session, meeting.id or 0, actor, DayValues(first + timedelta(days=ahead), None, {}))


def new_form(session: Session, meeting: Meeting) -> RegistrationForm:
    """The registration that a meeting begins with: the kind's places, the usual deadlines, the host answers."""
    usual, dates = KINDS[meeting.kind], usual_deadlines(meeting.first_day, meeting.zone)
    wordings = select(ConsentWording.id).where(ConsentWording.project_id == meeting.project_id)
    return RegistrationForm(
        meeting_id=meeting.id or 0,
        opens_at=dates.opens_at,
        closes_at=dates.closes_at,
        waiting_list_closes_at=dates.waiting_list_closes_at,
        catering_frozen_at=dates.catering_frozen_at,
        papers_frozen_at=dates.papers_frozen_at,
        seats_on_site=usual.seats_on_site,
        seats_online=usual.seats_online,
        quota_partner_staff=usual.partner_staff,
        quota_stakeholder=usual.stakeholders,
        approval=BY_INVITATION,
        controller_partner_id=meeting.host_partner_id,
        wording_id=session.exec(wordings.order_by(col(ConsentWording.valid_from).desc())).first(),
    )


def edit_basics(session: Session, found: Found, actor: str, values: Values) -> None:
    """Change kind, host, days, zone, mode, languages, contact. The days of the agenda move along with the first.

    Raises Refusal when a day would go that has something on it.
    """
    meeting = found.meeting
    by, longer = (values["first_day"] - meeting.first_day).days, (values["last_day"] - meeting.last_day).days
    with _editing(session, found, actor, "basics") as editing:
        _set(meeting, values)
        last = _move_days(session, editing, meeting, by)
        move_ends(session, meeting.id or 0, longer)
    if last < meeting.last_day:
        add_days(session, meeting, actor, last + timedelta(days=1))


def _move_days(session: Session, editing: Editing, meeting: Meeting, by: int) -> date:
    """Move all days, take off those after the last one, and number the rest; the answer is the last of them."""
    query = select(Day).where(Day.meeting_id == meeting.id, col(Day.deleted_at).is_(None)).order_by(col(Day.date))
    days = session.exec(query).all()
    dates = [day.date + timedelta(days=by) for day in days]
    given = given_numbers(session, meeting.id or 0)
    known = {there: given[day.id or 0] for day, there in zip(days, dates, strict=True) if day.id in given}
    numbers = day_numbers([there for there in dates if there <= meeting.last_day], meeting.first_day, known)
    for day, there in zip(days, dates, strict=True):
        editing.draft.touch(day)
        if (day.date, day.number) != (there, numbers.get(there)):
            day.version += 1
        if there > meeting.last_day:
            _drop(session, day)
        day.date, day.number = there, numbers.get(there, day.number)
    return max(numbers, default=meeting.first_day - timedelta(days=1))


def _drop(session: Session, day: Day) -> None:
    there = (Block.day_id == day.id, col(Item.deleted_at).is_(None), col(Item.cancelled_at).is_(None))
    if session.exec(select(Item.id).join(Block).where(*there)).first() is not None:
        sentence = _("Day %(number)s has items on the agenda. Move or delete them first.")
        raise Refusal(sentence % {"number": day.number}, "last_day")
    day.deleted_at = now()


def edit_texts(session: Session, found: Found, actor: str, language: str, values: Values) -> None:
    """Change the texts of a meeting, and the names of its places, in one language; an empty text is taken out."""
    places = session.exec(select(Place).where(Place.meeting_id == found.meeting.id)).all()
    with _editing(session, found, actor, "texts") as editing:
        _set(found.meeting, {name: _in(getattr(found.meeting, name), language, values[name]) for name in TEXTS})
        for place in places:
            editing.draft.touch(place)
            place.name = _in(place.name, language, values.get(f"place-{place.id}", place.name.get(language, "")))


def _in(texts: Mapping[str, str], language: str, text: str) -> dict[str, str]:
    kept = {code: said for code, said in texts.items() if code != language}
    return kept | ({language: text} if text else {})


def edit_places(session: Session, found: Found, actor: str, rows: Mapping[str, Values]) -> None:
    """Change venue, rooms and other places. Raises Refusal when one is to go that the agenda uses."""
    known = session.exec(select(Place).where(Place.meeting_id == found.meeting.id)).all()
    by_key = {"venue" if place.kind == "venue" else f"p{place.id}": place for place in known}
    with _editing(session, found, actor, "places") as editing:
        for key, row in rows.items():
            _edit_place(session, editing.draft, found.meeting, by_key.get(key), (key, row, len(known)))


def _edit_place(
    session: Session, record: Record, meeting: Meeting, place: Place | None, wish: tuple[str, Values, int]
) -> None:
    key, row, position = wish
    facts = {name: row[name] for name in ("kind", "address", "capacity", "step_free")}
    if place is None:
        if row["name"] or row["address"]:
            slug = key if key == "venue" else f"{row['kind']}-{mint()[:8].lower()}"
            texts = _in({}, meeting.working_language, row["name"])
            record.add(Place(meeting_id=meeting.id or 0, slug=slug, position=position, name=texts, **facts))
    elif row["removed"]:
        _remove_place(session, record, place, key)
    else:
        record.touch(place)
        _set(place, facts | {"name": _in(place.name, meeting.working_language, row["name"])})


def _remove_place(session: Session, record: Record, place: Place, key: str) -> None:
    used = session.exec(select(Item.id).where(Item.place_id == place.id)).first()
    ends = (col(Transport.from_place_id) == place.id) | (col(Transport.to_place_id) == place.id)
    if used or session.exec(select(Transport.id).where(ends)).first():
        sentence = _("“%(name)s” is used on the agenda. Put those items elsewhere first.")
        raise Refusal(sentence % {"name": say(place.name).text}, f"{key}-name")
    record.remove(place)


def edit_registration(session: Session, found: Found, actor: str, values: Values) -> None:
    """Change when and for how many a meeting is open; the form's row is locked, as for every act about places."""
    query = select(RegistrationForm).where(RegistrationForm.meeting_id == found.meeting.id)
    form = session.exec(query.with_for_update().execution_options(populate_existing=True)).first()
    quotas = values.pop("quotas")
    with _editing(session, found, actor, "registration") as editing:
        record = editing.settings
        if form is None:
            form = new_form(session, found.meeting)
            record.add(form)
        record.touch(form)
        _set(form, values)
        form.revision += 1
        _set_quotas(session, record, form, quotas)


def _set_quotas(
    session: Session, record: Record, form: RegistrationForm, wishes: Mapping[tuple[int, str], int]
) -> None:
    known = {(row.partner_id, row.category): row for row in session.exec(select(Quota).where(Quota.form_id == form.id))}
    for key, row in known.items():
        if key not in wishes:
            record.remove(row)
    for (partner, category), seats in wishes.items():
        if own := known.get((partner, category)):
            record.touch(own)
            own.seats = seats
        else:
            record.add(Quota(form_id=form.id or 0, partner_id=partner, category=category, seats=seats))


@dataclass(frozen=True, slots=True)
class Editing:
    """An act on a meeting's settings. `draft` is the history of the agenda: what only a publication shows."""

    settings: Record
    draft: Record


@contextmanager
def _editing(session: Session, found: Found, actor: str, sheet: str) -> Iterator[Editing]:
    """Inside the block, settings change: noted, remembered row by row, and seen at once when published.

    Their history is kept apart from the agenda's: they are changed back by hand, not undone there.
    """
    meeting = found.meeting
    shown = {name: getattr(meeting, name) for name in IN_CALENDARS}
    with (
        recording(session, f"settings:{meeting.id}", actor, "meeting.edit", sheet=sheet) as own,
        recording(session, history_of(meeting.id or 0), actor, "meeting.edit", sheet=sheet) as draft,
    ):
        own.touch(meeting)
        yield Editing(own, draft)
        meeting.revision += 1
        meeting.updated_at = now()
        if meeting.published_at and shown != {name: getattr(meeting, name) for name in IN_CALENDARS}:
            meeting.sequence += 1
        session.add(meeting)
    note(session, actor, "meeting.edit", f"meeting:{meeting.id}", sheet=sheet)


def _set(row: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def quotas_of(session: Session, form: RegistrationForm | None) -> dict[tuple[int, str], int]:
    """Partners' own numbers of places, by partner and category."""
    if form is None:
        return {}
    rows = session.exec(select(Quota).where(Quota.form_id == form.id))
    return {(row.partner_id, row.category): row.seats for row in rows}
