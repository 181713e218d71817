"""One clock; what happened is an instant with its zone, what is planned has a way to the zone of its place."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from datetime import datetime

import pytest
from sqlalchemy import Column, DateTime, ForeignKey, Integer, MetaData, Table, Time
from sqlalchemy.exc import StatementError
from sqlmodel import select
from sqlmodel.sql.sqltypes import UTCDateTime

from planner.accounts.tables import SignInAttempt
from planner.db import read, write
from planner.tables import metadata
from tests.house.reading import TEMPLATES, dotted, nothing_in, sources, tree

CLOCK = "planner.clock"
ZONED = ("meeting", "call_series")
"""Tables whose `zone` is the zone of every time planned below them."""

_TELLS = {"utcnow", "localtime", "gmtime", "utcfromtimestamp", "current_timestamp"}
_NOW = re.compile(r"(?<!clock)\.now$|\btime\.(time|time_ns)$|\bdate(time)?\.today$")


def clocks(code: Mapping[str, str]) -> list[str]:
    """Places other than the clock that ask what time it is."""
    return [
        f"{module}:{node.lineno} asks {name} and not planner.clock"
        for module, source in code.items()
        if module != CLOCK
        for node in ast.walk(tree(source))
        if isinstance(node, ast.Attribute)
        for name in [dotted(node) or f"….{node.attr}"]
        if node.attr in _TELLS or _NOW.search(name)
    ]


def test_only_the_clock_tells_the_time() -> None:
    nothing_in(clocks(sources()))


@pytest.mark.parametrize(
    ("planted", "asked"),
    [
        ("datetime.now(UTC)", "datetime.now"), ("datetime.datetime.now()", "datetime.datetime.now"),
        ("x = date.today()", "date.today"), ("datetime.utcnow()", "datetime.utcnow"), ("time.time()", "time.time"),
        ("Field(default_factory=datetime.now)", "datetime.now"), ("func.now()", "func.now"),
        ("f().now()", "….now"),
    ],
)  # fmt: skip
def test_another_clock_is_found(planted: str, asked: str) -> None:
    assert clocks({"m": "from planner import clock\nclock.now()\ntime.monotonic()", CLOCK: planted}) == []
    assert clocks({"m": planted}) == [f"m:1 asks {asked} and not planner.clock"]


def test_papers_do_not_ask_the_time() -> None:
    nothing_in([path.name for path in TEMPLATES.rglob("*.typ") if "datetime.today" in path.read_text()])


def loose_instants(tables: MetaData) -> list[str]:
    """Columns for instants that would take a time without a zone."""
    return [
        f"{column} is {column.type!r} and not UTCDateTime"
        for table in tables.tables.values()
        for column in table.columns
        if isinstance(column.type, DateTime)
    ]


def test_every_instant_is_kept_with_its_zone() -> None:
    nothing_in(loose_instants(metadata))
    assert any(isinstance(column.type, UTCDateTime) for column in metadata.tables["account"].columns)


@pytest.mark.usefixtures("database")
def test_both_databases_refuse_an_instant_without_a_zone() -> None:
    naive = datetime(2023, 11, 13, 9)  # noqa: DTZ001  (that is the point)
    with pytest.raises(StatementError, match=r"(?i)naive|aware"), write() as session:
        session.add(SignInAttempt(email="ana@example.org", at=naive))
    with read() as session:
        assert session.exec(select(SignInAttempt)).all() == []


def zoneless(tables: MetaData) -> list[str]:
    """Tables with planned times from which no foreign keys lead to a table that holds their zone."""
    return [
        f"{name} has planned times and no way to a zone"
        for name, table in tables.tables.items()
        if any(isinstance(column.type, Time) for column in table.columns) and not _has_zone(table, set())
    ]


def _has_zone(table: Table, seen: set[str]) -> bool:
    if table.name in ZONED and "zone" in table.columns:
        return True
    seen.add(table.name)
    ahead = [key.column.table for key in table.foreign_keys]
    return any(_has_zone(target, seen) for target in ahead if target.name not in seen)


def test_planned_times_have_a_way_to_their_zone() -> None:
    nothing_in(zoneless(metadata))


def test_times_without_a_zone_are_found() -> None:
    planted = MetaData()
    Table("meeting", planted, Column("id", Integer, primary_key=True), Column("zone", Integer))
    Table("item", planted, Column("meeting_id", ForeignKey("meeting.id")), Column("starts", Time))
    assert (loose_instants(planted), zoneless(planted)) == ([], [])
    Table("bus", planted, Column("leaves", Time), Column("at", DateTime))
    assert loose_instants(planted) == ["bus.at is DateTime() and not UTCDateTime"]
    assert zoneless(planted) == ["bus has planned times and no way to a zone"]
