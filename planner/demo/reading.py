"""Reads the demo's data files. Riga's dates hang on the day the demo is loaded; this places them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlmodel import Session

from planner.clock import instant
from planner.db import Table

Record = Mapping[str, Any]
FOLDER = Path(__file__).parent / "data"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def records(name: str) -> Any:
    """The content of one data file."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=loader)  # noqa: S506


def wall(text: str) -> time:
    """A wall-clock time as the files write it: 09:15."""
    return time.fromisoformat(text)


@dataclass(slots=True)
class Loading:
    """One load of the demo: its session, its day, and the ids of what was written so far, by the files' names."""

    session: Session
    today: date
    ids: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, kind: str, name: str, row: Table) -> int:
        """Write a row and remember its id under its name."""
        self.session.add(row)
        self.session.flush()
        number = self.ids[kind, name] = row.id  # type: ignore[attr-defined]
        return int(number)

    def add_all(self, rows: Iterable[Table]) -> None:
        """Write rows that nothing points at."""
        self.session.add_all(list(rows))

    def id(self, kind: str, name: str | None) -> int | None:
        """The id of something written before; None for nothing or for a name of another kind."""
        return self.ids.get((kind, name)) if name else None

    def sure(self, kind: str, name: str) -> int:
        """The id of something that must have been written before."""
        return self.ids[kind, name]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where a meeting lies: its first day (day 0 of a relative one), the load day and its zone."""

    first: date
    today: date
    zone: str

    def moment(self, value: Any) -> datetime | None:
        """An instant: written out, or so many days before the meeting or the load day at a wall-clock time."""
        if value is None or isinstance(value, datetime):
            return value.astimezone(UTC) if value else None
        days = self._day(value)
        return instant(days, wall(value.get("time", "12:00")), self.zone)

    def sure(self, value: Any) -> datetime:
        """An instant that must be there."""
        found = self.moment(value)
        if found is None:
            raise ValueError("a moment is missing")
        return found

    def _day(self, value: Any) -> date:
        if isinstance(value, date):
            return value
        if "date" in value:
            return date.fromisoformat(str(value["date"]))
        anchor, days = (self.today, "days_ago") if "days_ago" in value else (self.first, "days_before")
        return anchor - timedelta(days=value[days])

    def day(self, record: Record) -> date:
        """The date of an agenda day."""
        return record["date"] if "date" in record else self.first + timedelta(days=record["offset"])


def calendar_of(meeting: Record, today: date) -> Calendar:
    """The calendar of a meeting: a relative one starts on the first such weekday so many weeks from the load day."""
    if "first_day" in meeting:
        return Calendar(meeting["first_day"], today, meeting["zone"])
    rule = meeting["relative"]
    earliest = today + timedelta(weeks=rule["weeks_ahead"])
    wait = (WEEKDAYS.index(rule["weekday"]) - earliest.weekday()) % 7
    return Calendar(earliest + timedelta(days=wait), today, meeting["zone"])


def last_day(meeting: Record, calendar: Calendar) -> date:
    """The meeting's last day."""
    if "last_day" in meeting:
        last: date = meeting["last_day"]
        return last
    return max(calendar.day(day) for day in meeting["agenda"]["days"])
