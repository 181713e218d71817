"""Series: expanding a rule and writing it so that calendar programs agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.ical import Entry, Head, calendar_bytes, occurrences

ATHENS = ZoneInfo("Europe/Athens")
MADE = datetime(2023, 9, 1, tzinfo=UTC)
FIRST = datetime(2023, 9, 12, 10, 0, tzinfo=ATHENS)
SECOND_TUESDAYS = "FREQ=MONTHLY;BYDAY=2TU;UNTIL=20270511T070000Z"
CALLS = Entry("calls@example.eu", 0, MADE, MADE, "Call", FIRST, FIRST + timedelta(hours=1), rule=SECOND_TUESDAYS)

PIECES = [
    *("FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY", "COUNT=2", "BYDAY=TU", "BYDAY=9TU", "BYDAY=+-1TU"),
    *("BYMONTHDAY=12", "BYMONTH=9", "BYMONTH=1-1", "INTERVAL=9999", "INTERVAL=x", "=", ";", "BYSETPOS=1"),
    *("UNTIL=1", "UNTIL=20240101T0000Z", "UNTIL=00000000", "UNTIL=99991231T235959Z", "UNTIL=00010101T000000Z"),
    *("BYSETPOS=0", "WKST=MO", "WKST=X"),
]


def lines(*entries: Entry) -> list[str]:
    return calendar_bytes(Head("SECON"), entries).decode().replace("\r\n ", "").split("\r\n")


def rule_line(entry: Entry) -> str:
    return next(line for line in lines(entry) if line.startswith("RRULE") and "BYDAY=-1SU" not in line)


def test_second_tuesdays_keep_their_clock_time() -> None:
    starts = occurrences(SECOND_TUESDAYS, FIRST)
    assert len(starts) == 45
    assert starts[-1] == datetime(2027, 5, 11, 10, 0, tzinfo=ATHENS)
    assert {start.strftime("%H:%M %A") for start in starts} == {"10:00 Tuesday"}
    assert starts[1].astimezone(UTC) == datetime(2023, 10, 10, 7, 0, tzinfo=UTC)
    assert starts[3].astimezone(UTC) == datetime(2023, 12, 12, 8, 0, tzinfo=UTC)


def test_a_part_of_a_series_is_found() -> None:
    october, january = datetime(2023, 10, 10, 7, tzinfo=UTC), datetime(2024, 1, 9, 8, tzinfo=UTC)
    found = occurrences(SECOND_TUESDAYS, FIRST, after=october, before=january)
    assert [f"{start:%d %b}" for start in found] == ["10 Oct", "14 Nov", "12 Dec"]
    assert occurrences(SECOND_TUESDAYS, FIRST, after=october, limit=2) == found[:2]


def test_an_endless_series_ends() -> None:
    assert len(occurrences("FREQ=DAILY", FIRST)) == 1000
    assert len(occurrences("FREQ=DAILY", FIRST, limit=10**9)) == 20_000


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=3", date(2023, 9, 26)),
        ("FREQ=WEEKLY;INTERVAL=2;UNTIL=20231024", date(2023, 10, 24)),
        ("FREQ=WEEKLY;UNTIL=20231024T095959", date(2023, 10, 17)),
        ("FREQ=WEEKLY;UNTIL=20231024T070000Z", date(2023, 10, 24)),
        ("FREQ=WEEKLY;UNTIL=20231024T065959Z", date(2023, 10, 17)),
        ("FREQ=WEEKLY;UNTIL=20231031T080000Z", date(2023, 10, 31)),
        ("FREQ=WEEKLY;UNTIL=20231031T070000Z", date(2023, 10, 24)),
    ],
)
def test_a_series_ends_where_its_rule_says(rule: str, last: date) -> None:
    assert occurrences(rule, FIRST)[-1].date() == last


def test_a_skipped_clock_time_uses_the_offset_before_the_gap() -> None:
    sofia = ZoneInfo("Europe/Sofia")
    nights = occurrences("FREQ=DAILY;COUNT=3", datetime(2024, 3, 30, 3, 30, tzinfo=sofia))
    assert [night.astimezone(UTC).strftime("%d %H:%M") for night in nights] == ["30 01:30", "31 01:30", "01 00:30"]


def test_a_repeated_clock_time_means_the_first() -> None:
    sofia = ZoneInfo("Europe/Sofia")
    nights = occurrences("FREQ=DAILY;COUNT=2", datetime(2023, 10, 28, 3, 30, tzinfo=sofia))
    assert nights[1].astimezone(UTC) == datetime(2023, 10, 29, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=MONTHLY;BYDAY=3TU",
        "FREQ=DAILY;UNTIL=20230101",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=10",
        "FREQ=WEEKLY;COUNT=3;UNTIL=20240101T000000Z",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=WEEKLY;INTERVAL=-1",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=WEEKLY;UNTIL=soon",
        "FREQ=WEEKLY;UNTIL=20240230",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;INTERVAL=99999999999",
        "FREQ=WEEKLY;INTERVAL=\u0662",
        "FREQ=MONTHLY;BYMONTHDAY=1_2",
        "FREQ=MONTHLY;BYSETPOS=x;BYDAY=TU",
        "RRULE:FREQ=DAILY",
        "FREQ=DAILY\nATTACH:x",
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        occurrences(rule, FIRST)


@given(st.lists(st.sampled_from(PIECES)).map(";".join))
def test_any_rule_is_followed_or_refused(rule: str) -> None:
    try:
        starts = occurrences(rule, FIRST, limit=5)
    except ValueError:
        return
    assert starts[0] == FIRST


def test_a_series_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        occurrences("FREQ=DAILY", datetime(2023, 9, 12, 10))  # noqa: DTZ001


@pytest.mark.parametrize("until", ["20270511T070000Z", "20270511T100000"])
def test_the_end_of_a_timed_series_is_written_in_utc(until: str) -> None:
    entry = replace(CALLS, rule=f"FREQ=MONTHLY;BYDAY=2TU;UNTIL={until}")
    assert rule_line(entry) == "RRULE:FREQ=MONTHLY;UNTIL=20270511T070000Z;BYDAY=2TU"


def test_a_last_day_is_written_as_its_last_second() -> None:
    assert rule_line(replace(CALLS, rule="FREQ=WEEKLY;UNTIL=20231212")) == "RRULE:FREQ=WEEKLY;UNTIL=20231212T215959Z"


def test_the_end_of_an_all_day_series_is_a_date() -> None:
    days = replace(CALLS, starts=date(2023, 9, 12), ends=date(2023, 9, 13), rule="FREQ=WEEKLY;UNTIL=20231024T100000Z")
    days = replace(days, exdates=(date(2023, 9, 19),))
    assert rule_line(days) == "RRULE:FREQ=WEEKLY;UNTIL=20231024"
    assert "EXDATE;VALUE=DATE:20230919" in lines(days)


def test_moved_and_cancelled_dates_are_told_in_the_zone_of_the_series() -> None:
    cancelled, moved = datetime(2023, 12, 12, 8, tzinfo=UTC), datetime(2023, 10, 10, 7, tzinfo=UTC)
    other = replace(
        CALLS,
        uid="anything",
        summary="Call, a day later",
        starts=datetime(2023, 10, 11, 8, tzinfo=UTC),
        ends=datetime(2023, 10, 11, 9, tzinfo=UTC),
        recurrence_id=moved,
    )
    written = lines(replace(CALLS, exdates=(cancelled, moved), overrides=(other,)))
    assert "EXDATE;TZID=Europe/Athens:20231212T100000" in written
    assert "RECURRENCE-ID;TZID=Europe/Athens:20231010T100000" in written
    assert "DTSTART;TZID=Europe/Athens:20231011T110000" in written
    assert written.count("UID:calls@example.eu") == 2
    assert sum(line.startswith("RRULE:FREQ=MONTHLY") for line in written) == 1


def test_one_moved_date_can_go_alone() -> None:
    alone = replace(CALLS, rule="", recurrence_id=FIRST, starts=FIRST.astimezone(ZoneInfo("Europe/Riga")))
    written = lines(alone)
    assert "RECURRENCE-ID;TZID=Europe/Athens:20230912T100000" in written
    assert "DTSTART;TZID=Europe/Athens:20230912T100000" in written


def test_a_series_that_does_not_begin_with_its_first_date_is_skipped() -> None:
    assert "BEGIN:VEVENT" not in lines(replace(CALLS, rule="FREQ=MONTHLY;BYDAY=3TU"))
