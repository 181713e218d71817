"""Calendars as bytes: what is written, how lines are folded, and what a bad row does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from structlog.testing import capture_logs

from planner.ical import Entry, Guest, Head, Organizer, calendar_bytes, clean, mint_uid

SOFIA = ZoneInfo("Europe/Sofia")
MADE = datetime(2023, 9, 1, 8, 30, tzinfo=UTC)
CHANGED = datetime(2023, 9, 5, 14, 0, tzinfo=UTC)
HEAD = Head("SECON", "Meetings of the project", "https://example.eu/secon", "https://example.eu/secon/calendar.ics")
MEETING = Entry(
    uid="meeting-1@example.eu",
    sequence=2,
    created=MADE,
    updated=CHANGED,
    summary="Steering group",
    starts=datetime(2023, 10, 17, 9, 30, tzinfo=SOFIA),
    ends=datetime(2023, 10, 17, 17, 0, tzinfo=SOFIA),
    location="Haskovo",
)
ANY_TEXT = st.text(st.characters(exclude_categories=())) | st.text(
    st.sampled_from("a N;,\\n\r\n\t:\"'^%\x00\x1f\x7f\x85\u2028\ud800αΩЖю👩‍👧é漢"), max_size=200
)


def lines(written: bytes) -> list[str]:
    """The content lines, unfolded."""
    return written.decode().replace("\r\n ", "").split("\r\n")


def event_lines(entry: Entry) -> list[str]:
    unfolded = lines(calendar_bytes(HEAD, [entry]))
    return unfolded[unfolded.index("BEGIN:VEVENT") : unfolded.index("END:VEVENT") + 1]


def unescaped(value: str) -> str:
    """TEXT as RFC 5545, 3.3.11 reads it, told apart from the library's own reading."""
    out, rest = "", iter(value)
    for char in rest:
        out += {"n": "\n"}.get(escaped := next(rest), escaped) if char == "\\" else char
    return out


def test_a_feed_is_written_in_full() -> None:
    written = calendar_bytes(replace(HEAD, updated=CHANGED), [replace(MEETING, url="https://example.eu/secon/haskovo")])
    assert (
        written
        == b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Planner//Planner//EN
CALSCALE:GREGORIAN
DESCRIPTION;LANGUAGE=en:Meetings of the project
X-WR-CALDESC:Meetings of the project
NAME;LANGUAGE=en:SECON
X-WR-CALNAME:SECON
LAST-MODIFIED:20230905T140000Z
REFRESH-INTERVAL;VALUE=DURATION:PT1H
SOURCE;VALUE=URI:https://example.eu/secon/calendar.ics
URL:https://example.eu/secon
X-PUBLISHED-TTL:PT1H
BEGIN:VTIMEZONE
TZID:Europe/Sofia
BEGIN:STANDARD
DTSTART:19701025T040000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:EET
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZNAME:EEST
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:Steering group
DTSTART;TZID=Europe/Sofia:20231017T093000
DTEND;TZID=Europe/Sofia:20231017T170000
DTSTAMP:20230905T140000Z
UID:meeting-1@example.eu
SEQUENCE:2
CREATED:20230901T083000Z
LAST-MODIFIED:20230905T140000Z
LOCATION:Haskovo
STATUS:CONFIRMED
TRANSP:OPAQUE
URL:https://example.eu/secon/haskovo
END:VEVENT
END:VCALENDAR
""".replace(b"\n", b"\r\n")
    )


def test_the_same_entries_give_the_same_bytes() -> None:
    again = replace(MEETING, summary="".join(["Steering", " group"]))
    assert calendar_bytes(HEAD, [MEETING]) == calendar_bytes(HEAD, [again])


def test_equal_instants_in_two_zones_keep_their_zones() -> None:
    athens = ZoneInfo("Europe/Athens")
    in_athens = replace(MEETING, starts=MEETING.starts.astimezone(athens), ends=MEETING.ends.astimezone(athens))
    assert in_athens == MEETING
    assert "DTSTART;TZID=Europe/Sofia:20231017T093000" in event_lines(MEETING)
    assert "DTSTART;TZID=Europe/Athens:20231017T093000" in event_lines(in_athens)


def test_events_stand_in_the_order_given_after_the_zones_they_use() -> None:
    riga = ZoneInfo("Europe/Riga")
    later = replace(MEETING, uid="b@example.eu", starts=datetime(2024, 5, 7, 9, tzinfo=riga))
    later = replace(later, ends=later.starts + timedelta(hours=1))
    unfolded = lines(calendar_bytes(HEAD, [MEETING, later, replace(MEETING, uid="a@example.eu")]))
    told = [line for line in unfolded if line.startswith(("TZID:", "UID:"))]
    assert told == [
        "TZID:Europe/Riga",
        "TZID:Europe/Sofia",
        "UID:meeting-1@example.eu",
        "UID:b@example.eu",
        "UID:a@example.eu",
    ]


def test_an_empty_feed_still_has_a_component() -> None:
    calendar = Calendar.from_ical(calendar_bytes(HEAD, []))
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"]


def test_an_all_day_entry_has_dates_and_no_zone() -> None:
    frame = replace(MEETING, starts=date(2023, 10, 17), ends=date(2023, 10, 20), transparent=True)
    written = event_lines(frame)
    assert "DTSTART;VALUE=DATE:20231017" in written
    assert "DTEND;VALUE=DATE:20231020" in written
    assert "TRANSP:TRANSPARENT" in written
    assert b"VTIMEZONE" not in calendar_bytes(HEAD, [frame])


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("UTC"), ZoneInfo("Etc/UTC"), ZoneInfo("GMT"), ZoneInfo("Etc/GMT")])
def test_utc_is_written_with_z(zone: ZoneInfo) -> None:
    online = replace(MEETING, starts=MEETING.starts.astimezone(zone), ends=MEETING.ends.astimezone(zone))
    assert "DTSTART:20231017T063000Z" in event_lines(online)
    assert b"VTIMEZONE" not in calendar_bytes(HEAD, [online])


def test_a_fixed_offset_is_written_in_utc() -> None:
    fixed = timezone(timedelta(hours=3))
    shifted = replace(MEETING, starts=MEETING.starts.astimezone(fixed), ends=MEETING.ends.astimezone(fixed))
    assert "DTSTART:20231017T063000Z" in event_lines(shifted)


def test_an_end_in_another_zone_is_told_in_the_zone_of_the_start() -> None:
    vienna = ZoneInfo("Europe/Vienna")
    assert "DTEND;TZID=Europe/Sofia:20231017T170000" in event_lines(
        replace(MEETING, ends=MEETING.ends.astimezone(vienna))
    )


def test_the_second_of_two_equal_clock_times_is_written_in_utc() -> None:
    night = datetime(2023, 10, 29, 3, 15, tzinfo=SOFIA)
    first = replace(MEETING, starts=night, ends=night + timedelta(hours=5))
    second = replace(first, starts=night.replace(fold=1))
    assert "DTSTART;TZID=Europe/Sofia:20231029T031500" in event_lines(first)
    assert "DTSTART:20231029T011500Z" in event_lines(second)


def test_an_end_that_is_not_later_is_left_out() -> None:
    assert not [line for line in event_lines(replace(MEETING, ends=MEETING.starts)) if line.startswith("DTEND")]
    assert not [line for line in event_lines(replace(MEETING, ends=date(2023, 10, 18))) if line.startswith("DTEND")]


def test_a_cancelled_entry_stays_and_says_so() -> None:
    assert "STATUS:CANCELLED" in event_lines(replace(MEETING, status="CANCELLED"))


def test_categories_are_escaped_one_by_one() -> None:
    assert "CATEGORIES:Energy\\, climate,A\\\\N" in event_lines(
        replace(MEETING, categories=("Energy, climate", "A\\N"))
    )


def test_an_agenda_item_names_its_meeting() -> None:
    assert "RELATED-TO:meeting-1@example.eu" in event_lines(replace(MEETING, uid="i", related_to=MEETING.uid))


def test_the_link_to_join_takes_the_place_of_an_empty_location() -> None:
    written = event_lines(replace(MEETING, location="", conference="https://meet.example.eu/secon"))
    assert "CONFERENCE;FEATURE=AUDIO,VIDEO;VALUE=URI:https://meet.example.eu/secon" in written
    assert "LOCATION:https://meet.example.eu/secon" in written


def test_the_link_to_join_heads_the_description_when_there_is_a_place() -> None:
    written = event_lines(replace(MEETING, description="Agenda", conference="https://meet.example.eu/secon"))
    assert "LOCATION:Haskovo" in written
    assert "DESCRIPTION:https://meet.example.eu/secon\\n\\nAgenda" in written


def test_links_are_written_in_ascii() -> None:
    written = event_lines(replace(MEETING, url="https://Пример.бг:8443/среща 1?q=а%20б"))
    assert "URL:https://xn--e1afmkfd.xn--90ae:8443/%D1%81%D1%80%D0%B5%D1%89%D0%B0%201?q=%D0%B0%20%D0%B1" in written


def test_line_ends_and_lone_surrogates_in_a_link_are_taken_out() -> None:
    written = event_lines(replace(MEETING, url=" https://example.eu/a\r\nATT\ud800ACH:https://bad.example "))
    assert "URL:https://example.eu/aATTACH:https://bad.example" in written


@pytest.mark.parametrize("url", ["no link", "http://[::1", "https:", "https://" + "a" * 64 + ".бг"])
def test_what_is_no_link_is_left_out_with_a_warning(url: str) -> None:
    with capture_logs() as logs:
        written = event_lines(replace(MEETING, url=url))
    assert not [line for line in written if line.startswith("URL")]
    assert [entry["event"] for entry in logs] == ["calendar link left out"]


@pytest.mark.parametrize(
    "broken",
    [
        replace(MEETING, uid=""),
        replace(MEETING, uid="n", starts=datetime(2023, 10, 17, 9, 30)),  # noqa: DTZ001
        replace(MEETING, uid="u", updated=datetime(2023, 10, 17, 9, 30)),  # noqa: DTZ001
        replace(MEETING, uid="r", rule="FREQ=SOMETIMES"),
        replace(MEETING, uid="x", rule="FREQ=DAILY", exdates=(datetime(2023, 10, 17, 9, 30),)),  # noqa: DTZ001
        replace(MEETING, uid="o", rule="FREQ=DAILY", overrides=(MEETING,)),
        replace(MEETING, uid="l", categories=["a list"]),  # type: ignore[arg-type]
    ],
    ids=lambda entry: entry.uid,
)
def test_one_bad_row_never_kills_a_feed(broken: Entry) -> None:
    with capture_logs() as logs:
        written = calendar_bytes(HEAD, [MEETING, broken, replace(MEETING, uid="last@example.eu")])
    assert [line for line in lines(written) if line.startswith("UID:")] == [
        "UID:meeting-1@example.eu",
        "UID:last@example.eu",
    ]
    assert [(entry["event"], entry["uid"]) for entry in logs] == [("calendar entry skipped", broken.uid)]


def test_a_name_cannot_bring_lines_of_its_own() -> None:
    unfolded = lines(calendar_bytes(Head("Plan, first; second\nX-OWN:1"), []))
    assert "NAME;LANGUAGE=en:Plan\\, first\\; second\\nX-OWN:1" in unfolded
    assert "X-WR-CALNAME:Plan\\, first\\; second\\nX-OWN:1" in unfolded


def test_a_typed_backslash_and_n_is_no_line_break() -> None:
    assert "SUMMARY:C:\\\\New and \\\\n" in event_lines(replace(MEETING, summary="C:\\New and \\n"))


def test_cleaning_keeps_tabs_and_lines_and_drops_other_controls() -> None:
    assert clean("a\tb\r\nc\rd\x00\x0b\x1b\x7f\ud800e\u2028f") == "a\tb\nc\nde\nf"


def test_a_feed_names_nobody_and_has_no_method() -> None:
    written = calendar_bytes(replace(HEAD, organizer=Organizer("a@b.eu"), guests=(Guest("c@d.eu"),)), [MEETING])
    assert b"METHOD" not in written
    assert b"ORGANIZER" not in written
    assert b"ATTENDEE" not in written


def test_an_invitation_names_who_invites_and_who_is_invited() -> None:
    head = Head(
        "SECON",
        method="REQUEST",
        updated=datetime(2023, 9, 6, 10, 0, tzinfo=UTC),
        organizer=Organizer("invites@example.eu", 'Ana "Anna" Popova, lead', "mailto:office@example.eu"),
        guests=(Guest("Pekka@example.fi", "Pekka", optional=True), Guest("eleni@example.gr", answer="ACCEPTED")),
    )
    unfolded = lines(calendar_bytes(head, [MEETING]))
    assert unfolded[1:5] == ["VERSION:2.0", "PRODID:-//Planner//Planner//EN", "CALSCALE:GREGORIAN", "METHOD:REQUEST"]
    assert unfolded[5] == "BEGIN:VTIMEZONE"
    assert (
        'ORGANIZER;CN="Ana ^\'Anna^\' Popova, lead";SENT-BY="mailto:office@example.eu":mailto:invites@example.eu'
        in unfolded
    )
    assert (
        "ATTENDEE;CN=Pekka;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=OPT-PARTICIPANT;RSVP=TRUE:"
        "mailto:Pekka@example.fi" in unfolded
    )
    assert (
        "ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:eleni@example.gr"
        in unfolded
    )
    assert "DTSTAMP:20230906T100000Z" in unfolded
    assert "LAST-MODIFIED:20230905T140000Z" in unfolded


@pytest.mark.parametrize("address", ["", "nobody", "a@b.eu\r\nX:1", "a@b.eu,c@d.eu", "Ana <a@b.eu>"])
def test_an_invitation_to_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="no mail address"):
        calendar_bytes(Head("SECON", method="REQUEST", guests=(Guest(address),)), [MEETING])


def test_an_invitation_is_never_sent_without_its_event() -> None:
    with pytest.raises(ValueError, match="without its zone"):
        calendar_bytes(Head("SECON", method="REQUEST"), [replace(MEETING, starts=datetime(2023, 10, 17))])  # noqa: DTZ001


def test_minted_uids_differ() -> None:
    first, second = mint_uid("meeting", "example.eu"), mint_uid("meeting", "example.eu")
    assert first != second
    assert first.startswith("meeting-")
    assert first.endswith("@example.eu")


@given(ANY_TEXT)
def test_lines_are_folded_at_75_octets_between_characters(text: str) -> None:
    written = calendar_bytes(Head(text, text), [replace(MEETING, summary=text, description=text * 3)])
    folded = written.split(b"\r\n")
    assert max(len(line) for line in folded) <= 75
    assert "" not in [line.decode() for line in folded[:-1]]
    assert not any(control in written.replace(b"\r\n", b"") for control in b"\r\n\x00\x0b\x1b\x7f")


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_any_text_comes_back_as_it_was(name: str, summary: str, location: str, description: str) -> None:
    entry = replace(MEETING, summary=summary, location=location, description=description)
    written = calendar_bytes(Head(name), [entry])
    (event,) = Calendar.from_ical(written).events
    read = [str(event.get(field, "")) for field in ("SUMMARY", "LOCATION", "DESCRIPTION")]
    assert read == [clean(summary), clean(location), clean(description)]
    names = [line.partition(":")[2] for line in lines(written) if line.startswith(("NAME;", "X-WR-CALNAME:"))]
    assert [unescaped(value) for value in names] == [clean(name)] * (2 if clean(name) else 0)
