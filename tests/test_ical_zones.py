"""VTIMEZONE components: the offsets that a program reads from them are those of the zone."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar, Timezone

from planner.ical import Entry, Head, calendar_bytes
from planner.zones import seasons, vtimezone, zone_for

BEGIN, END = datetime(2023, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
HOURLY = [
    *("Europe/Sofia", "Europe/Bucharest", "Europe/Riga", "Europe/Athens", "Europe/Brussels", "Europe/Warsaw"),
    *("Europe/Madrid", "Europe/Berlin", "Europe/Lisbon", "Europe/Dublin", "Europe/Istanbul", "Atlantic/Azores"),
    *("America/New_York", "Asia/Kolkata", "Asia/Jerusalem", "Australia/Lord_Howe", "America/Santiago"),
]
EUROPE = sorted(zone for zone in available_timezones() if zone.startswith("Europe/"))


def changes_told(name: str) -> list[tuple[datetime, timedelta, timedelta]]:
    """The clock changes that the component's rules tell: clock time before, offset before, offset after."""
    changes = []
    for part in Timezone.from_ical(vtimezone(name)).subcomponents:
        first, before, after = part.DTSTART, part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td
        onsets = [first]
        if "RRULE" in part:
            rule = rrulestr(part["RRULE"].to_ical().decode(), dtstart=first)
            onsets += rule.between(datetime(2022, 1, 1), datetime(2028, 6, 1))  # noqa: DTZ001
        changes += [(onset, before, after) for onset in onsets]
    return sorted(changes)


def disagreements(name: str, step: timedelta) -> list[datetime]:
    """The instants from 2023 to 2027 at which the VTIMEZONE and the zone tell different offsets."""
    changes = changes_told(name)
    moments = [(onset - before).replace(tzinfo=UTC) for onset, before, _ in changes]
    coming = [moment for moment in moments if moment >= BEGIN]
    samples = [BEGIN + step * count for count in range((END - BEGIN) // step)]
    zone, wrong = ZoneInfo(name), []
    for sample in [*samples, *coming, *(moment - timedelta(seconds=1) for moment in coming)]:
        if changes[bisect_right(moments, sample) - 1][2] != sample.astimezone(zone).utcoffset():
            wrong.append(sample)
    return wrong


def misread(name: str, moment: datetime) -> bool:
    """Whether the clock time written with this zone's TZID is read as another instant."""
    local = moment.astimezone(ZoneInfo(name))
    changes = changes_told(name)
    latest = bisect_right([onset for onset, _, _ in changes], local.replace(tzinfo=None)) - 1
    return zone_for(local) == name and changes[latest][2] != local.utcoffset()


@pytest.mark.parametrize("name", HOURLY)
def test_every_hour_of_five_years_has_the_offset_of_the_zone(name: str) -> None:
    assert disagreements(name, timedelta(hours=1)) == []


@pytest.mark.parametrize("name", EUROPE)
def test_every_zone_of_europe_is_told_right(name: str) -> None:
    assert disagreements(name, timedelta(hours=12)) == []


def test_a_moment_that_a_yearly_rule_tells_wrong_is_not_written_with_its_zone() -> None:
    """Such as Moroccan Ramadan, or a change of law between 2023 and 2027."""
    doubtful = {name: disagreements(name, timedelta(days=10)) for name in available_timezones() if seasons(name)}
    assert [(name, moment) for name, moments in doubtful.items() for moment in moments if misread(name, moment)] == []
    assert doubtful["Africa/Casablanca"]


def test_sofia_changes_at_the_clock_time_shown_before_the_change() -> None:
    written = vtimezone("Europe/Sofia")
    assert b"BEGIN:DAYLIGHT\r\nDTSTART:19700329T030000\r\n" in written
    assert b"BEGIN:STANDARD\r\nDTSTART:19701025T040000\r\n" in written
    assert b"RDATE" not in written


def test_summer_is_daylight_in_dublin_too() -> None:
    written = vtimezone("Europe/Dublin")
    assert b"TZNAME:IST\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\nEND:DAYLIGHT" in written
    assert b"TZNAME:GMT\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\nEND:STANDARD" in written


def test_a_zone_without_seasons_is_one_standard_part() -> None:
    assert vtimezone("Asia/Kolkata") == (
        b"BEGIN:VTIMEZONE\r\nTZID:Asia/Kolkata\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZNAME:IST\r\n"
        b"TZOFFSETFROM:+0530\r\nTZOFFSETTO:+0530\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )


def test_a_zone_nobody_knows_has_no_component() -> None:
    with pytest.raises(ValueError, match="Nowhere"):
        vtimezone("Europe/Nowhere")


def test_a_moment_that_the_rule_tells_wrong_is_written_in_utc() -> None:
    casablanca = ZoneInfo("Africa/Casablanca")
    ramadan, later = datetime(2024, 3, 20, 10, tzinfo=casablanca), datetime(2024, 6, 20, 10, tzinfo=casablanca)
    made = datetime(2024, 1, 1, tzinfo=UTC)
    entries = [Entry(f"{day:%j}", 0, made, made, "Visit", day, day + timedelta(hours=1)) for day in (ramadan, later)]
    events = Calendar.from_ical(calendar_bytes(Head("SECON"), entries)).events
    assert [event.DTSTART.astimezone(UTC) for event in events] == [ramadan, later]


def test_the_hour_that_is_skipped_is_written_in_utc() -> None:
    sofia = ZoneInfo("Europe/Sofia")
    assert zone_for(datetime(2024, 3, 31, 2, 59, tzinfo=sofia)) == "Europe/Sofia"
    assert zone_for(datetime(2024, 3, 31, 3, 30, tzinfo=sofia)) == ""
    assert zone_for(datetime(2024, 3, 31, 4, 0, tzinfo=sofia)) == "Europe/Sofia"


def test_no_zone_is_listed_by_dates() -> None:
    assert [name for name in HOURLY if b"RDATE" in vtimezone(name)] == []
