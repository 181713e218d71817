"""The monthly call: when it takes place, and how its series shows in a calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from ical.calendar_stream import IcsCalendarStream

from planner import db
from planner.clock import at
from planner.consortium.queries import project
from planner.ical import Entry, Head, calendar_bytes, occurrences
from planner.meetings.calendar import CallDate, call_dates, call_entry
from planner.meetings.queries import changes, series
from planner.meetings.tables import CallChange, CallSeries

LONG_AGO, MUCH_LATER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def monthly() -> tuple[CallSeries, list[CallChange]]:
    with db.read() as session:
        (found,) = series(session, project(session, "secon").id or 0)
        return found, list(changes(session, [found.id or 0]))


def entry() -> Entry:
    with db.read() as session:
        return call_entry(project(session, "secon"), *monthly(), "https://planner.example", "en")


def starts(calls: Iterable[CallDate]) -> list[str]:
    return [call.starts.astimezone(UTC).isoformat() for call in calls]


def test_the_rule_has_45_dates_and_44_take_place(demo_database: str) -> None:
    found, changed = monthly()
    assert len(occurrences(found.rule, at(found.first, found.starts, found.zone))) == 45
    assert len(call_dates(found, changed, LONG_AGO, MUCH_LATER)) == 44


def test_ten_in_athens_is_seven_in_summer_and_eight_in_winter(demo_sqlite: str) -> None:
    held = starts(call_dates(*monthly(), LONG_AGO, MUCH_LATER))
    assert "2023-10-10T07:00:00+00:00" in held
    assert "2023-12-12T08:00:00+00:00" in held
    assert not any(start.startswith("2023-11") for start in held)
    assert held[-1] == "2027-05-11T07:00:00+00:00"


def test_the_moved_call_is_only_on_its_new_day(demo_sqlite: str) -> None:
    (call,) = call_dates(*monthly(), datetime(2024, 8, 1, tzinfo=UTC), datetime(2024, 9, 1, tzinfo=UTC))
    assert starts([call]) == ["2024-08-27T08:00:00+00:00"]
    assert (call.ends - call.starts).total_seconds() == 3600
    assert call.moved_from == datetime(2024, 8, 13, 7, tzinfo=UTC)
    assert call.reason == {"en": "Summer holidays.", "el": "Θερινές διακοπές."}


@pytest.mark.parametrize(
    ("after", "before", "number"),
    [
        (datetime(2024, 8, 13, tzinfo=UTC), datetime(2024, 8, 14, tzinfo=UTC), 0),
        (datetime(2024, 8, 27, 8, tzinfo=UTC), datetime(2024, 8, 27, 8, 1, tzinfo=UTC), 1),
        (datetime(2024, 8, 27, 7, tzinfo=UTC), datetime(2024, 8, 27, 8, tzinfo=UTC), 0),
        (datetime(2023, 10, 1, tzinfo=UTC), datetime(2024, 3, 31, tzinfo=UTC), 5),
        (datetime(2024, 4, 1, tzinfo=UTC), datetime(2024, 9, 30, tzinfo=UTC), 6),
    ],
)
def test_a_stretch_of_time_holds_the_calls_that_begin_in_it(
    demo_sqlite: str, after: datetime, before: datetime, number: int
) -> None:
    assert len(call_dates(*monthly(), after, before)) == number


def test_another_series_changes_do_not_touch_this_one(demo_sqlite: str) -> None:
    found, changed = monthly()
    for change in changed:
        change.series_id += 1
    assert len(call_dates(found, changed, LONG_AGO, MUCH_LATER)) == 45


def test_the_series_is_one_uid_with_an_exception_and_an_override(demo_sqlite: str) -> None:
    call = entry()
    assert call.exdates == (at(datetime(2023, 11, 14, tzinfo=UTC).date(), call.starts.time(), "Europe/Athens"),)  # type: ignore[union-attr]
    (moved,) = call.overrides
    assert (moved.uid, moved.rule, moved.overrides) == (call.uid, "", ())
    assert moved.sequence >= call.sequence == 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_another_program_expands_the_series_to_the_same_dates(demo_sqlite: str) -> None:
    calendar = IcsCalendarStream.calendar_from_ics(calendar_bytes(Head("SECON"), [entry()]).decode())
    read = sorted(one.dtstart.astimezone(UTC).isoformat() for one in calendar.timeline)
    assert read == starts(call_dates(*monthly(), LONG_AGO, MUCH_LATER))
