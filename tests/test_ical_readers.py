"""What other programs' parsers read from our calendars: the same starts as we mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
import vobject
from ical.calendar_stream import IcsCalendarStream

from planner.ical import Entry, Head, calendar_bytes, occurrences

MADE = datetime(2023, 9, 1, tzinfo=UTC)
ATHENS, SOFIA, DUBLIN = ZoneInfo("Europe/Athens"), ZoneInfo("Europe/Sofia"), ZoneInfo("Europe/Dublin")
FIRST = datetime(2023, 9, 12, 10, 0, tzinfo=ATHENS)
RULE = "FREQ=MONTHLY;BYDAY=2TU;UNTIL=20240611T070000Z"
MOVED_FROM, CANCELLED = datetime(2023, 10, 10, 10, tzinfo=ATHENS), datetime(2023, 12, 12, 10, tzinfo=ATHENS)
MOVED_TO = datetime(2023, 10, 31, 14, 0, tzinfo=ATHENS)

Read = list[tuple[str, datetime]]


def entry(uid: str, summary: str, starts: datetime, hours: int = 1) -> Entry:
    return Entry(uid, 0, MADE, MADE, summary, starts, starts + timedelta(hours=hours))


MOVED = replace(entry("calls", "Обаждане, преместено", MOVED_TO), recurrence_id=MOVED_FROM)
CALLS = replace(entry("calls", "Κλήση; 2ος", FIRST), rule=RULE, exdates=(CANCELLED,), overrides=(MOVED,))
ENTRIES = [
    CALLS,
    entry("winter", "Winter\nmeeting", datetime(2024, 1, 17, 9, 30, tzinfo=SOFIA)),
    entry("summer", "Summer 👩‍👧, \\n", datetime(2024, 7, 17, 9, 30, tzinfo=SOFIA)),
    entry("night", "Night bus", datetime(2024, 10, 27, 1, 30, tzinfo=DUBLIN)),
    entry("online", "Online", datetime(2024, 7, 17, 9, 30, tzinfo=UTC)),
]
WRITTEN = calendar_bytes(Head("SECON", "Any; text, here"), ENTRIES)


def meant() -> Read:
    calls = [start for start in occurrences(RULE, FIRST) if start not in (MOVED_FROM, CANCELLED)]
    series = [(CALLS.summary, start.astimezone(UTC)) for start in calls] + [(MOVED.summary, MOVED_TO.astimezone(UTC))]
    single = [(one.summary, one.starts.astimezone(UTC)) for one in ENTRIES[1:] if isinstance(one.starts, datetime)]
    return sorted(series + single)


def read_by_ical(written: bytes) -> Read:
    calendar = IcsCalendarStream.calendar_from_ics(written.decode())
    return sorted((event.summary, event.dtstart.astimezone(UTC)) for event in islice(calendar.timeline, 100))


def read_by_vobject(written: bytes) -> Read:
    events = vobject.readOne(written.decode()).vevent_list
    moved = {event.recurrence_id.value for event in events if hasattr(event, "recurrence_id")}
    read = []
    for event in events:
        starts = event.rruleset or [event.dtstart.value] if hasattr(event, "rrule") else [event.dtstart.value]
        own = [start for start in starts if hasattr(event, "recurrence_id") or start not in moved]
        read += [(event.summary.value, start.astimezone(UTC)) for start in own]
    return sorted(read)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("read", [read_by_ical, read_by_vobject])
def test_other_parsers_read_the_starts_we_mean(read: Callable[[bytes], Read]) -> None:
    assert read(WRITTEN) == meant()


def test_other_parsers_read_all_days_as_days() -> None:
    days = Entry("days", 0, MADE, MADE, "Haskovo", date(2023, 10, 17), date(2023, 10, 20))
    written = calendar_bytes(Head("SECON"), [days]).decode()
    (event,) = IcsCalendarStream.calendar_from_ics(written).events
    assert (event.dtstart, event.dtend) == (days.starts, days.ends)
    assert vobject.readOne(written).vevent.dtend.value == days.ends


def test_other_parsers_read_an_empty_feed() -> None:
    written = calendar_bytes(Head("SECON"), []).decode()
    assert IcsCalendarStream.calendar_from_ics(written).events == []
    assert vobject.readOne(written).prodid.value == "-//Planner//Planner//EN"
