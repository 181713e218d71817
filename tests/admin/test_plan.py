"""The plan names every table that is about people: whoever adds one says here how it ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from planner.admin.plan import ADDRESSED, ELSEWHERE, PARTS, PER_MEETING, PLAIN
from planner.admin.rules import ATTENDANCE, CARE, CONSENTS, CONTACT, KINDS, LOGISTICS, Terms, answer_by, archive_date
from planner.tables import metadata
from tests.house.reading import nothing_in

PEOPLE = frozenset({"registration", "person", "account"})
TELLING = ("email", "mail", "address", "phone", "given", "family", "actor", "invited_by", "registered_by")
"""Parts of the names of columns that tell about people."""


def unplanned(tables: Iterable[Table], planned: set[str]) -> list[str]:
    """Tables that point to people, or have columns that tell about them, and that the plan does not name."""
    return [
        f"{table.name} is about people ({', '.join(about)}): say in planner/admin/plan.py how it ends"
        for table in tables
        if (about := [column.name for column in table.columns if _tells(column)]) and table.name not in planned
    ]


def _tells(column: Column[object]) -> bool:
    points = {key.column.table.name for key in column.foreign_keys} & PEOPLE
    named = column.name in ("registration_id", "person_id") or column.name in TELLING
    return bool(points) or named


def planned() -> set[str]:
    """The tables that the plan names."""
    return {part.table for part in (*PARTS, *PER_MEETING, *ADDRESSED)} | set(ELSEWHERE)


PLACES = {"place", "visit_stop"}
"""They have addresses, of houses."""


def test_every_table_about_people_is_in_the_plan() -> None:
    tables = [table for table in metadata.tables.values() if table.name not in PLACES]
    nothing_in(unplanned(tables, planned()))
    nothing_in([f"{name} is no table" for name in planned() - set(metadata.tables)])


def test_a_table_that_was_forgotten_is_found() -> None:
    scratch = MetaData()
    Table("registration", scratch, Column("id", Integer, primary_key=True))
    found = Table("badge", scratch, Column("registration_id", ForeignKey("registration.id")), Column("colour", String))
    assert unplanned([found], set()) == [
        "badge is about people (registration_id): say in planner/admin/plan.py how it ends"
    ]
    assert unplanned([found], {"badge"}) == []


def test_every_table_of_a_registration_goes_by_itself() -> None:
    """Rows that hang on a registration are in the plan's parts: saying that they end elsewhere is not enough."""
    parts = {part.table for part in (*PARTS, *PER_MEETING, *ADDRESSED)}
    numbers_only = {"two_people", "merge", "erasure_request"}
    hanging = {
        table.name
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "registration"
    }
    assert hanging - parts == numbers_only


def test_every_column_of_a_registration_has_its_end() -> None:
    emptied = {name for part in PARTS if part.table == "registration" for name in part.columns}
    columns = set(metadata.tables["registration"].columns.keys())
    assert columns - emptied - PLAIN == set()
    assert emptied & PLAIN == set()
    assert (emptied | PLAIN) - columns == set()


def test_parts_name_columns_that_exist() -> None:
    for part in (*PARTS, *PER_MEETING, *ADDRESSED):
        known = set(metadata.tables[part.table].columns.keys())
        assert {*part.columns, part.by, part.until or part.by, part.files or part.by} <= known, part
        assert part.kind in KINDS


def test_each_kind_has_its_own_end_and_nothing_outlives_the_archive() -> None:
    terms = Terms(date(2026, 3, 31), date(2031, 5, 31))
    ends = [terms.until(kind) for kind in (CARE, LOGISTICS, CONTACT, CONSENTS, ATTENDANCE)]
    assert ends == [date(2026, 4, 30), date(2026, 6, 29), date(2027, 3, 31), date(2029, 3, 30), date(2031, 5, 31)]
    short = Terms(date(2026, 3, 31), date(2026, 5, 1))
    assert {short.until(kind) for kind in (LOGISTICS, CONTACT, CONSENTS, ATTENDANCE)} == {date(2026, 5, 1)}


@pytest.mark.parametrize(
    ("purpose", "days", "until"),
    [
        ("logistics", 10, date(2026, 4, 10)),
        ("attendance", None, date(2031, 5, 31)),
        ("care", None, date(2026, 4, 30)),
        ("care", 5, date(2026, 4, 5)),
        ("care", 900, date(2026, 4, 30)),
    ],
)
def test_answers_end_by_their_question_and_health_never_later_than_care(
    purpose: str, days: int | None, until: date
) -> None:
    assert Terms(date(2026, 3, 31), date(2031, 5, 31)).answers_until(purpose, days) == until


def test_who_wants_invitations_stays_reachable() -> None:
    terms = Terms(date(2026, 3, 31), date(2031, 5, 31))
    assert terms.contact_until(wants_invitations=False) == date(2027, 3, 31)
    assert terms.contact_until(wants_invitations=True) == terms.until(CONSENTS)


def test_one_month_is_the_same_day_of_the_next_month() -> None:
    assert [answer_by(date(2026, 1, day)) for day in (15, 31)] == [date(2026, 2, 15), date(2026, 2, 28)]


def test_the_archive_date_is_five_years_after_the_end_unless_set() -> None:
    assert archive_date(date(2027, 5, 31), None) == date(2032, 5, 31)
    assert archive_date(date(2027, 5, 31), date(2035, 12, 31)) == date(2035, 12, 31)
