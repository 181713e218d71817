"""Everything that is known about one registration, for the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from planner.agenda.tables import Block, Day, Item
from planner.consortium.queries import PartnerRow
from planner.db import Texts
from planner.errors import Missing
from planner.meetings.queries import Found
from planner.registration.affiliations import affiliations
from planner.registration.apart import open_offers
from planner.registration.form_tables import ConsentWording
from planner.registration.offer import offer
from planner.registration.placing import Line, lines, named
from planner.registration.pools import MEETING
from planner.registration.queries import Choices, answers, choices, days, form_of
from planner.registration.tables import CareNote, Consent, Registration
from planner.roster.listing import positions
from planner.roster.selection import LARGEST_ID
from planner.roster.timeline import Event, timeline


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no to a purpose, with the words that were read; `counts` unless a newer answer replaced it."""

    consent: Consent
    wording: Texts
    counts: bool


@dataclass(frozen=True, slots=True)
class Record:
    """A registration with all that belongs to it. `care` is there only for those who may see it.

    `places` say how it stands with everything limited; None at a meeting without registration.
    """

    row: Registration
    organisation: Texts
    partner: PartnerRow | None
    country: str
    position: int
    days: list[tuple[Day, str]]
    visits: list[Texts]
    visit: Texts | None
    meals: list[tuple[date, Texts]]
    rides: list[tuple[date, Texts]]
    answers: list[Answer]
    places: list[Line] | None
    history: list[Event]
    care: CareNote | None


def of_id(session: Session, found: Found, number: int) -> Registration:
    """The registration of that number, if it is one of this meeting's. Raises Missing."""
    query = select(Registration).where(Registration.id == number, Registration.meeting_id == found.meeting.id)
    row = session.exec(query).first() if number <= LARGEST_ID else None
    if row is None:
        raise Missing
    return row


def record(session: Session, found: Found, number: int, *, with_care: bool) -> Record:
    """Everything about a registration of that meeting; diet and access only `with_care`. Raises Missing."""
    row = of_id(session, found, number)
    known, made = affiliations(session, found), choices(session, number)
    items = _items(session, row.meeting_id)
    return Record(
        row,
        known.organisation(row),
        known.partner(row.partner_id),
        known.country(row),
        positions(session, found, [number] if row.status == "waiting" else []).get(number, 0),
        [(day, made.days[day.id or 0]) for day in days(session, row.meeting_id) if day.id in made.days],
        [items[item][1] for item in made.visits],
        items[made.visit][1] if made.visit else None,
        [told for item, told in items.items() if item in made.meals],
        [told for item, told in items.items() if item in made.rides],
        _answers(session, number),
        _places(session, found, row, made),
        timeline(session, row),
        made.care if with_care else None,
    )


def _items(session: Session, meeting_id: int) -> dict[int, tuple[date, Texts]]:
    query = (
        select(Item.id, col(Day.date), Item.title)
        .join(Block, col(Block.id) == Item.block_id)
        .join(Day, col(Day.id) == Block.day_id)
        .where(Item.meeting_id == meeting_id)
        .order_by(col(Day.number), col(Item.starts), col(Item.id))
    )
    return {number or 0: (day, dict(title)) for number, day, title in session.exec(query)}


def _places(session: Session, found: Found, row: Registration, made: Choices) -> list[Line] | None:
    """Everything limited that the person has, is offered or waits for; None at a meeting without registration."""
    if form_of(session, row.meeting_id) is None:
        return None
    offered = offer(session, found)
    kept = [one for one in open_offers(session, row.id or 0) if (one.kind, one.number, one.key) == MEETING]
    seats = [Line(named(offered, MEETING), "offered", 0, one.expires_at, one.id or 0) for one in kept]
    return [*seats, *lines(offered, made)]


def _answers(session: Session, number: int) -> list[Answer]:
    rows = answers(session, number)
    ids = {row.wording_id for row in rows}
    kept = session.exec(select(ConsentWording).where(col(ConsentWording.id).in_(ids))).all()
    wordings = {wording.id: wording.purposes for wording in kept}
    newest = {row.purpose: row.id for row in rows}.values()
    return [Answer(row, wordings[row.wording_id].get(row.purpose, {}), row.id in newest) for row in rows]
