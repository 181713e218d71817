"""Who sees which part of a programme, and what it costs to ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time

from sqlalchemy import event
from sqlmodel import select

from planner import db
from planner.accounts.permissions import Held, Viewer
from planner.agenda.queries import draft, programme
from planner.agenda.tables import Release
from planner.agenda.views import DayView
from planner.meetings.queries import find
from planner.visits.queries import outings
from tests.agenda.giving import found, item, publish

HASKOVO_FIRST_DAY = [
    "d1-registration", "d1-welcome", "d1-state", "d1-roundtable", "d1-coffee", "d1-marketing", "d1-lunch",
    "d1-workshop-a", "d1-workshop-b", "d1-report", "d1-coffee-2", "d1-bus-dinner", "d1-dinner", "d1-bus-hotel",
]  # fmt: skip
MEETINGS = ["kalamata-2023", "diest-2023", "mazowieckie-2024", "haskovo-2023", "harghita-2024", "riga-upcoming"]


def somebody(role: str, scope: str, number: int) -> Viewer:
    return Viewer(1, "Ana", "ana@planner.example", "en", "", (Held(role, scope, number),))


def days_of(meeting: str, viewer: Viewer | None = None, *, cancelled: bool = False) -> list[DayView]:
    with db.read() as session:
        return programme(session, find(session, "secon", meeting), viewer, cancelled=cancelled)


def meeting_id(slug: str) -> int:
    with db.read() as session:
        return find(session, "secon", slug).meeting.id or 0


def slugs(days: list[DayView]) -> list[list[str]]:
    return [[item.slug for item in day.items] for day in days]


@contextmanager
def questions() -> Iterator[list[str]]:
    """What is asked of the database inside the block."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    engine = db.current().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_the_public_reads_haskovos_first_day_without_the_steering_group(demo_database: str) -> None:
    assert slugs(days_of("haskovo-2023"))[0] == HASKOVO_FIRST_DAY


def test_those_who_work_for_the_meeting_read_the_steering_group_too(demo_sqlite: str) -> None:
    organiser = somebody("organiser", "meeting", meeting_id("haskovo-2023"))
    first = slugs(days_of("haskovo-2023", organiser))[0]
    assert first == [*HASKOVO_FIRST_DAY[:11], "d1-steering", *HASKOVO_FIRST_DAY[11:]]


def test_an_organiser_of_another_meeting_is_the_public_here(demo_sqlite: str) -> None:
    organiser = somebody("organiser", "meeting", meeting_id("harghita-2024"))
    assert slugs(days_of("haskovo-2023", organiser))[0] == HASKOVO_FIRST_DAY


def test_a_block_for_partners_is_shown_to_all_with_its_audience(demo_sqlite: str) -> None:
    second = days_of("haskovo-2023")[1]
    assert {block.slug: block.audience for block in second.blocks}["d2-next-block"] == "partners"


def test_a_cancelled_item_is_only_for_calendars_and_organisers(demo_sqlite: str) -> None:
    with db.write() as session:
        item(session, "haskovo-2023", "d1-dinner").cancelled_at = datetime(2023, 11, 12, tzinfo=UTC)
    publish("haskovo-2023")
    organiser = somebody("organiser", "meeting", meeting_id("haskovo-2023"))
    assert "d1-dinner" not in slugs(days_of("haskovo-2023"))[0]
    assert "d1-dinner" in slugs(days_of("haskovo-2023", cancelled=True))[0]
    assert "d1-dinner" in slugs(days_of("haskovo-2023", organiser))[0]


def test_a_draft_that_was_never_given_out_is_at_the_desk_only(demo_sqlite: str) -> None:
    with db.write() as session:
        for release in session.exec(select(Release).where(Release.meeting_id == meeting_id("riga-upcoming"))):
            session.delete(release)
    organiser = somebody("organiser", "meeting", meeting_id("riga-upcoming"))
    assert (days_of("riga-upcoming"), days_of("riga-upcoming", organiser)) == ([], [])
    with db.read() as session:
        assert len(draft(session, found(session, "riga-upcoming"))) == 3


def test_speakers_come_with_both_scripts_and_the_organisation_of_that_day(demo_sqlite: str) -> None:
    welcome = days_of("haskovo-2023")[0].items[1]
    seen = [(speaker.person.name, speaker.person.own_name, speaker.person.language, speaker.role, speaker.mode)
            for speaker in welcome.speakers]  # fmt: skip
    assert seen == [
        ("Yordan Cholakov", "Йордан Чолаков", "bg", "welcome", "on_site"),
        ("Kalliopi Vrettou", "Καλλιόπη Βρεττού", "el", "welcome", "online"),
    ]
    assert welcome.speakers[0].person.organisation["bg"] == "Община Хасково"


def test_a_room_has_the_address_of_its_venue(demo_sqlite: str) -> None:
    place = days_of("haskovo-2023")[0].items[1].place
    assert place is not None
    assert (place.name["en"], place.venue["en"], place.address) == (
        "Great hall",
        "Tobacco Store Centre",
        "ул. Примерна 12, 6300 Хасково",
    )


def test_one_day_and_three_days_cost_the_same_questions(demo_database: str) -> None:
    counts = set()
    for meeting in MEETINGS[1:]:
        with db.read() as session:
            there = found(session, meeting)
            with questions() as asked:
                outings(session, there, programme(session, there))
        counts.add(len(asked))
    assert len(counts) == 1


def test_an_item_past_midnight_ends_on_the_next_day(demo_sqlite: str) -> None:
    with db.write() as session:
        row = item(session, "haskovo-2023", "d1-bus-hotel")
        row.starts, row.ends = time(23, 30), time(0, 30)
    publish("haskovo-2023")
    last = days_of("haskovo-2023")[0].items[-1]
    assert (last.starts.isoformat(), last.ends.isoformat()) == (
        "2023-11-13T23:30:00+02:00",
        "2023-11-14T00:30:00+02:00",
    )
