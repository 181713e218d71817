"""Lists cost the same number of questions, however long they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from httpx import Client
from sqlmodel import Session, col, select

from planner.agenda.tables import Block, Day, Document, Item, ItemPractice, Speaking
from planner.attendance.tables import Signature
from planner.consortium.tables import Indicator, Organisation, Partner, PartnerName, Person, PolicyInstrument, Project
from planner.db import Table, read, write
from planner.meetings.tables import CallChange, CallSeries, Meeting, Place
from planner.newsletter.tables import ComingNext, NewsItem
from planner.registration.form_tables import RegistrationForm
from planner.registration.place_tables import VisitChoice
from planner.registration.tables import PlannedDay, Registration, StatusChange
from planner.visits.tables import Stop, StudyVisit, Transport
from tests.agenda.giving import give_out_anew
from tests.house.demo import NEXT, PAST, sign_in
from tests.house.reading import nothing_in
from tests.queries import Count, counting

Tables = tuple[type[Any], ...]

AGENDA: Tables = (Place, Day, Block, Item, Speaking, ItemPractice)
VISITS: Tables = (Item, StudyVisit, Stop, Transport)
PEOPLE: Tables = (Registration, PlannedDay, StatusChange, VisitChoice, Signature)
MEETINGS: Tables = (Meeting, CallSeries, CallChange)

PAGES: list[tuple[str, Tables]] = [
    ("/secon", (Partner, PartnerName, PolicyInstrument, Indicator, NewsItem, ComingNext, Document, *MEETINGS)),
    ("/secon/calendar.ics", MEETINGS),
    (PAST, VISITS),
    (f"{PAST}/agenda", AGENDA),
    (f"{PAST}/visits", VISITS),
    (f"{PAST}/practical", (Place,)),
    (f"{PAST}/documents", (Document,)),
    (f"{PAST}/calendar.ics", AGENDA),
    (f"{NEXT}/register", VISITS),
]
"""Pages and feeds, with the tables whose rows they list."""

BEHIND: list[tuple[str, Tables]] = [
    (f"{PAST}/desk", PEOPLE),
    (f"{PAST}/desk/registrations", PEOPLE),
    (f"{PAST}/desk/papers", (Day,)),
    (f"{PAST}/desk/documents", (Document,)),
    (f"{PAST}/desk/agenda", (Place, Block, Item, Speaking)),
    (f"{PAST}/desk/agenda/preview", (Place, Block, Item, Speaking, ItemPractice)),
    (f"{PAST}/desk/speakers", (Organisation, Person, Speaking)),
]
"""The same for an organiser who is signed in."""

_numbers = count(1)


def double(session: Session, *tables: type[Any]) -> None:
    """Write each row of those tables a second time; copies belong to the copies of what the rows belonged to.

    Name parents before their children. Every revision rises, so that no page is remembered.
    """
    twins: dict[str, dict[object, object]] = {}
    for table in tables:
        for row in session.exec(select(table)).all():
            twin = table(**_values(table, row, twins))
            session.add(twin)
            session.flush()
            twins.setdefault(table.__table__.name, {})[getattr(row, "id", None)] = getattr(twin, "id", None)
    for revised in (Project, Meeting, RegistrationForm):
        for row in session.exec(select(revised)).all():
            row.revision += 1
            session.add(row)


def _values(table: type[Any], row: Any, twins: dict[str, dict[object, object]]) -> dict[str, Any]:
    alone = {column.name for constraint in _unique(table) for column in constraint}
    values = {column.name: getattr(row, column.name) for column in table.__table__.columns if column.name != "id"}
    for name, value in values.items():
        target = next((key.column.table.name for key in table.__table__.columns[name].foreign_keys), "")
        if target:
            values[name] = twins.get(target, {}).get(value, value)
        elif name in alone and value is not None:
            values[name] = _other(value)
    return values


def _unique(table: type[Any]) -> list[Any]:
    constraints = [found for found in table.__table__.constraints if type(found).__name__ == "UniqueConstraint"]
    return [*constraints, *(index.columns for index in table.__table__.indexes if index.unique)]


def _other(value: Any) -> Any:
    if isinstance(value, int):
        return value + 1000 * next(_numbers)
    return f"{value}-{next(_numbers)}" if isinstance(value, str) else value + timedelta(days=next(_numbers))


def cost(ask: Callable[[], int], grow: Callable[[], None]) -> tuple[Count, Count]:
    """What asking costs before and after the list has grown. `ask` answers how much it got."""
    with counting() as before:
        short = ask()
    grow()
    with counting() as after:
        long = ask()
    assert long > short, "the list did not grow: this test sees nothing"
    return before, after


def extra(before: Count, after: Count) -> list[str]:
    """The questions that only the longer list asked, each with how often."""
    if after.number == before.number:
        return []
    more = Counter(map(_shape, after.statements)) - Counter(map(_shape, before.statements))
    return [f"{times} × {statement}" for statement, times in more.items()]


def _shape(statement: str) -> str:
    return re.sub(r"\?(, \?)*", "…", " ".join(statement.split()))


def _grow(tables: Tables) -> None:
    with write() as session:
        double(session, *tables)
        give_out_anew(session)


def _size(client: Client, address: str) -> int:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address} gave {answer.status_code}"
    return len(answer.content)


@pytest.mark.usefixtures("demo_sqlite")
@pytest.mark.parametrize(("address", "tables"), PAGES)
def test_a_longer_page_costs_no_more_questions(client: Client, address: str, tables: Tables) -> None:
    before, after = cost(lambda: _size(client, address), lambda: _grow(tables))
    nothing_in(extra(before, after))


@pytest.mark.usefixtures("demo_sqlite")
@pytest.mark.parametrize(("address", "tables"), BEHIND)
def test_a_longer_list_at_the_desk_costs_no_more_questions(client: Client, address: str, tables: Tables) -> None:
    sign_in(client)
    _size(client, address)  # the first visit also notes that the visitor was seen
    before, after = cost(lambda: _size(client, address), lambda: _grow(tables))
    nothing_in(extra(before, after))


@pytest.mark.usefixtures("demo_sqlite")
def test_a_list_that_asks_again_for_every_row_is_found() -> None:
    def planted() -> int:
        with read() as session:
            meetings = session.exec(select(Meeting)).all()
            return sum(
                len(session.exec(select(Place).where(col(Place.meeting_id) == row.id)).all()) + 1 for row in meetings
            )

    before, after = cost(planted, lambda: _grow((Meeting, Place)))
    assert [line.partition(" × ")[0] for line in extra(before, after)] == [str(before.number - 1)]


@pytest.mark.usefixtures("demo_sqlite")
def test_copies_belong_to_copies() -> None:
    def rows(table: type[Table]) -> int:
        with read() as session:
            return len(session.exec(select(table)).all())

    before = rows(Item), rows(Stop)
    _grow(VISITS)
    assert (rows(Item), rows(Stop)) == (2 * before[0], 2 * before[1])
