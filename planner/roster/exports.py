"""The list of a meeting as a table for spreadsheets: all pages of it, as searched and narrowed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from planner.agenda.tables import Block, Day, Item
from planner.clock import local
from planner.language import _, country_text, listed, say
from planner.meetings.queries import Found
from planner.registration import words
from planner.registration.affiliations import Affiliations
from planner.registration.tables import (
    CareNote,
    Consent,
    MealChoice,
    Registration,
    RideChoice,
    VisitChoice,
    VisitPlace,
)
from planner.roster.listing import chosen, planned_days
from planner.roster.selection import Selection
from planner.sheet import Cell, csv_bytes, xlsx_bytes

PURPOSES = ("photo", "participant_list", "future_invitations")
"""Consents of the list; the one to diet and access stands beside those, where few may look."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its title, ready to be written."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def written(self, kind: str) -> bytes:
        """The table as a file: `csv` or `xlsx`."""
        return csv_bytes(self.headers, self.rows) if kind == "csv" else xlsx_bytes(self.title, self.headers, self.rows)


def registrations(session: Session, found: Found, selected: Selection) -> Table:
    """Everybody on that list with days, choices and consents; nothing about health."""
    order, known = chosen(session, found, selected)
    rows, parts = _rows(session, found), _parts(session, found)
    zone = found.meeting.zone
    headers = [*_who_headers(), *_choice_headers(zone), *map(words.purpose_text, PURPOSES), _("Remarks")]
    return Table(
        _("Registrations"),
        headers,
        [
            [*_who(rows[person.id], known), *parts.choices(rows[person.id], zone), rows[person.id].remarks]
            for person in order
        ],
    )


def care(session: Session, found: Found, selected: Selection) -> Table:
    """What people on that list wrote about food and access, those who wrote something. For organisers only."""
    order, _known = chosen(session, found, selected)
    rows, notes = _rows(session, found), _care_notes(session, found)
    headers = [
        _("Number"),
        _("Status"),
        _("Name"),
        _("Diet"),
        _("More about the diet"),
        _("Access"),
        _("Deleted after"),
    ]
    return Table(
        _("Food and access"),
        headers,
        [_care_row(rows[person.id], person.name, notes[person.id]) for person in order if person.id in notes],
    )


def _care_row(row: Registration, name: str, note: CareNote) -> list[Cell]:
    diet = words.diet_text(note.diet)
    return [row.id, words.status_text(row.status), name, diet, note.diet_note, note.access, note.delete_after]


def _rows(session: Session, found: Found) -> dict[int, Registration]:
    query = select(Registration).where(Registration.meeting_id == found.meeting.id)
    return {row.id or 0: row for row in session.exec(query)}


def _care_notes(session: Session, found: Found) -> dict[int, CareNote]:
    query = select(CareNote).join(Registration).where(Registration.meeting_id == found.meeting.id)
    return {note.registration_id: note for note in session.exec(query)}


def _who_headers() -> list[str]:
    return [
        _("Number"),
        _("Status"),
        _("Category"),
        _("Partner no."),
        _("Partner"),
        _("Country"),
        _("Family name"),
        _("Given name"),
        _("Family name in Latin letters"),
        _("Given name in Latin letters"),
        _("Title"),
        _("Function"),
        _("Organisation"),
        _("E-mail"),
        _("Phone"),
        _("Language"),
        _("Registered by"),
    ]


def _who(row: Registration, known: Affiliations) -> list[Cell]:
    partner, country = known.partner(row.partner_id), known.country(row)
    return [
        row.id,
        words.status_text(row.status),
        words.category_text(row.category),
        partner.number if partner else None,
        partner.short if partner else "",
        country_text(country) if country else "",
        row.family,
        row.given,
        row.latin_family,
        row.latin_given,
        row.title,
        row.function,
        say(known.organisation(row)).text,
        row.email,
        row.phone,
        row.language,
        row.registered_by,
    ]


def _choice_headers(zone: str) -> list[str]:
    return [
        _("Days on site"),
        _("Days online"),
        _("First choice of visit"),
        _("Second choice of visit"),
        _("Visit given"),
        _("Meals (day: meal)"),
        _("Buses (day: bus)"),
        _("Registered at (%(zone)s)") % {"zone": zone},
    ]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What belongs to the registrations of a meeting, by their numbers; titles in the reader's language."""

    days: dict[int, dict[str, list[int]]]
    wishes: dict[int, list[str]]
    visits: dict[int, list[str]]
    meals: dict[int, list[str]]
    rides: dict[int, list[str]]
    consents: dict[tuple[int, str], bool]

    def choices(self, row: Registration, zone: str) -> list[Cell]:
        """The cells from the days on to the consents."""
        number = row.id or 0
        first, second = [*self.wishes.get(number, []), "", ""][:2]
        days = self.days.get(number, {})
        return [
            listed(map(str, days.get("on_site", ()))),
            listed(map(str, days.get("online", ()))),
            first,
            second,
            *("; ".join(part.get(number, [])) for part in (self.visits, self.meals, self.rides)),
            local(row.submitted_at, zone) if row.submitted_at else None,
            *(_yes_or_no(self.consents.get((number, purpose))) for purpose in PURPOSES),
        ]


def _yes_or_no(answer: bool | None) -> str:
    return "" if answer is None else _("yes") if answer else _("no")


def _parts(session: Session, found: Found) -> _Parts:
    mine = select(Registration.id).where(Registration.meeting_id == found.meeting.id)
    return _Parts(
        planned_days(session, mine),
        _titles(session, found, VisitChoice),
        _titles(session, found, VisitPlace),
        _titles(session, found, MealChoice),
        _titles(session, found, RideChoice),
        _consents(session, found),
    )


VISITS = (VisitChoice, VisitPlace)
Choice = VisitChoice | VisitPlace | MealChoice | RideChoice


def _titles(session: Session, found: Found, kind: type[Choice]) -> dict[int, list[str]]:
    """Titles of what people chose, wishes by rank, meals and buses by day with its number in front."""
    ranked = kind is VisitChoice
    query = (
        select(kind.registration_id, Day.number, Item.title)
        .join(Item, col(Item.id) == kind.item_id)
        .join(Block, col(Block.id) == Item.block_id)
        .join(Day, col(Day.id) == Block.day_id)
        .where(Item.meeting_id == found.meeting.id)
        .order_by(col(VisitChoice.rank if ranked else Day.number), col(Item.starts))
    )
    titles: dict[int, list[str]] = defaultdict(list)
    for number, day, title in session.exec(query):
        titles[number].append(say(title).text if kind in VISITS else f"{day}: {say(title).text}")
    return titles


def _consents(session: Session, found: Found) -> dict[tuple[int, str], bool]:
    """Of each purpose the answer that counts, the newest."""
    query = select(Consent).join(Registration).where(Registration.meeting_id == found.meeting.id)
    rows = session.exec(query.order_by(col(Consent.given_at), col(Consent.id)))
    return {(row.registration_id, row.purpose): row.granted for row in rows}
