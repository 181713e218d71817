"""The database that is measured: the demo, two meetings of ten times different size, and empty ones to register at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, select

from planner import clock, db
from planner.accounts.actions import make_link
from planner.accounts.tables import Account, Grant
from planner.agenda.releases import freeze, give_out
from planner.agenda.tables import Block, Day, Item, Release
from planner.consortium.tables import Partner, PartnerName, Project
from planner.db import Table
from planner.demo.load import ORGANISER, load
from planner.ical import mint_uid
from planner.meetings.tables import Meeting
from planner.registration.form_tables import RegistrationForm
from planner.registration.rules import identity
from planner.registration.tables import PlannedDay, Registration, StatusChange
from planner.tokens import derive, digest, mint
from planner.visits import releases as visits
from planner.visits.tables import StudyVisit

PROJECT = "load"
SMALL, LARGE = 300, 3_000
"""People of the two meetings, whose addresses are `p300` and `p3000`."""
ITEMS_EACH = 10
"""Agenda items for every three people: 1,000 and 10,000."""
PER_DAY = 50
EDITED = "edited"
"""A meeting of three full days that an organiser works on."""
PARTNERS = 10
DOOR_SEATS = 100
GIVEN = ("Ana", "Beatriz", "Ελένη", "Ģirts", "Иван", "János", "Łukasz", "Mária", "Ștefan", "Zoë")
FAMILY = ("Almeida", "Bērziņš", "Димитрова", "Γεωργίου", "Kowalska", "Müller", "Nagy", "Popescu", "Ozola", "Silva")


def settle(doors: list[str]) -> str:
    """Fill the current database; the meetings called `doors` are empty and open. Returns the organiser's link."""
    load(clock.now().date())
    with db.write() as session:
        project, partners = _project(session)
        for people in (SMALL, LARGE):
            meeting, days = _meeting(session, project, partners[0], f"p{people}", people * ITEMS_EACH // 3)
            _open(session, meeting, partners[0], people * 2)
            _people(session, meeting, partners, days, people)
        _meeting(session, project, partners[0], EDITED, PER_DAY * 3)
        for door in doors:
            meeting, _days = _meeting(session, project, partners[0], door, PER_DAY * 2)
            _open(session, meeting, partners[0], DOOR_SEATS)
        return make_link(session, ORGANISER, 60)


def _add(session: Session, row: Table) -> int:
    session.add(row)
    session.flush()
    return int(row.id)  # type: ignore[attr-defined]


def _project(session: Session) -> tuple[int, list[int]]:
    moment, today = clock.now(), clock.now().date()
    row = Project(
        slug=PROJECT,
        acronym="LOAD",
        names={"en": "Many people, many items"},
        about={"en": "Made to be measured."},
        programme="Interreg Europe",
        reference="00",
        starts=today - timedelta(days=400),
        ends=today + timedelta(days=800),
        updated_at=moment,
    )
    number = _add(session, row)
    account = session.exec(select(Account.id).where(Account.email == ORGANISER)).one()
    session.add(Grant(account_id=account, role="organiser", scope="project", scope_id=number, granted_at=moment))
    return number, [_partner(session, number, position) for position in range(1, PARTNERS + 1)]


def _partner(session: Session, project: int, position: int) -> int:
    row = Partner(
        project_id=project,
        slug=f"partner-{position}",
        number=position,
        short=f"P{position}",
        role="lead" if position == 1 else "partner",
        country="LV",
        city={"en": "Riga"},
        latitude=56.9,
        longitude=24.1,
        zone="Europe/Riga",
        language="en",
    )
    number = _add(session, row)
    session.add(PartnerName(partner_id=number, lang="en", name=f"Regional development agency {position}"))
    return number


def _meeting(session: Session, project: int, host: int, slug: str, items: int) -> tuple[int, list[int]]:
    moment, first = clock.now(), clock.now().date() + timedelta(days=60)
    row = Meeting(
        project_id=project,
        slug=slug,
        kind="interregional",
        state="provisional",
        host_partner_id=host,
        zone="Europe/Riga",
        first_day=first,
        last_day=first + timedelta(days=items // PER_DAY - 1),
        mode="hybrid",
        place={"en": "Riga"},
        title={"en": f"A meeting with {items} items"},
        summary={"en": "Made to be measured."},
        uid=_uid("meeting"),
        created_at=moment,
        updated_at=moment,
        published_at=moment,
    )
    meeting = _add(session, row)
    days = [_day(session, meeting, number, first, moment) for number in range(1, items // PER_DAY + 1)]
    session.flush()
    content = freeze(session, row, {visits.SECTION: visits.freeze(session, meeting)}, moment)
    release = Release(meeting_id=meeting, number=1, state="provisional", released_at=moment, content=content)
    give_out(session, release)
    return meeting, days


def _uid(kind: str) -> str:
    return mint_uid(kind, "load.example")


def _day(session: Session, meeting: int, number: int, first: date, moment: datetime) -> int:
    row = Day(meeting_id=meeting, number=number, date=first + timedelta(days=number - 1))
    day = _add(session, row)
    block = Block(day_id=day, slug=f"day-{number}", position=number, title={"en": f"Day {number}"})
    items = list(_items(meeting, _add(session, block), number, moment))
    session.add_all(items)
    if number == 1:  # so that the form has something to choose
        session.flush()
        session.add_all(StudyVisit(item_id=item.id or 0, capacity=30) for item in items if item.kind == "visit")
    return day


def _items(meeting: int, block: int, day: int, moment: datetime) -> Iterator[Item]:
    """Five items side by side, ten times a day; the first day has two study visits, each day lunch."""
    for position in range(PER_DAY):
        slot, track = divmod(position, 5)
        kind = _kind(day, slot, track)
        yield Item(
            meeting_id=meeting,
            block_id=block,
            slug=f"d{day}-i{position}",
            position=position,
            kind=kind,
            starts=time(9 + slot),
            ends=time(9 + slot, 45),
            track=f"Track {track + 1}",
            title={"en": f"Item {position + 1} of day {day}", "el": f"Θέμα {position + 1} της ημέρας {day}"},
            text={"en": "What this item is about, in a sentence of the length that agendas have."},
            uid=_uid("item"),
            created_at=moment,
            updated_at=moment,
        )


def _kind(day: int, slot: int, track: int) -> str:
    if slot == 4 and track == 0:
        return "lunch"
    return "visit" if day == 1 and slot == 6 and track < 2 else "presentation"


def _open(session: Session, meeting: int, controller: int, seats: int) -> None:
    closes = clock.now() + timedelta(days=30)
    session.add(
        RegistrationForm(
            meeting_id=meeting,
            closes_at=closes,
            seats_on_site=seats,
            seats_online=seats,
            controller_partner_id=controller,
            privacy_contact="privacy@load.example",
        )
    )


def _people(session: Session, meeting: int, partners: list[int], days: list[int], count: int) -> None:
    rows = [_person(meeting, partners, number) for number in range(count)]
    session.add_all(rows)
    session.flush()
    for row in rows:
        number = row.id or 0
        session.add(StatusChange(registration_id=number, status="confirmed", at=row.updated_at, actor="planner"))
        session.add_all(PlannedDay(registration_id=number, day_id=day, mode="on_site") for day in days[:2])


def _person(meeting: int, partners: list[int], number: int) -> Registration:
    given, family = GIVEN[number % 10], f"{FAMILY[number // 10 % 10]}-{number}"
    email, uid, moment = f"person{number}@load.example", mint(), clock.now()
    return Registration(
        meeting_id=meeting,
        uid=uid,
        token_hash=digest(derive("my", uid, 1)),
        identity=identity(given, family, email),
        status="confirmed",
        category=("partner_staff", "stakeholder")[number % 2],
        partner_id=partners[number % len(partners)],
        given=given,
        family=family,
        latin_given=f"Given{number % 10}",
        latin_family=f"Family{number}",
        function="Adviser",
        email=email,
        submitted_at=moment,
        updated_at=moment,
    )
