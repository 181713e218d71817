"""Versions that are given out: frozen, counted for calendars, compared item by item; a draft never shows."""

from __future__ import annotations

import json
from datetime import date, time
from typing import Any

import pytest
from httpx import Client
from sqlmodel import col, select

from planner import db
from planner.agenda import actions
from planner.agenda.differences import Difference, diff
from planner.agenda.entry import DayValues, values_of
from planner.agenda.outline import add_day, delete_day
from planner.agenda.queries import draft, programme, version
from planner.agenda.quick import Line
from planner.agenda.releases import latest_release, released, releases, what_changed
from planner.agenda.rows import drafted, frozen, thawed
from planner.agenda.rules import minute_of, wall_of
from planner.agenda.tables import Block, Item, Release
from planner.audit import AuditNote
from planner.errors import Missing, Refusal
from planner.meetings.tables import Meeting, Place
from planner.registration.offer import offer
from planner.registration.visit_seats import visit_seats
from planner.visits.queries import drafted_outings, outings
from planner.visits.releases import drafted_plan
from planner.visits.tables import Stop, StudyVisit, Transport
from tests.agenda.acting import act, block_of, number, of, row
from tests.agenda.giving import ACTOR, found, give_out_anew, item, publish
from tests.queries import counting

HASKOVO, RIGA = "haskovo-2023", "riga-upcoming"
SECRET = "Zweihundertsechzig"


def counted(slug: str, meeting: str = HASKOVO) -> tuple[int, str]:
    """SEQUENCE and LAST-MODIFIED of an item as calendars get it."""
    with db.read() as session:
        days = programme(session, found(session, meeting), cancelled=True)
    view = next(one for day in days for one in day.items if one.slug == slug)
    return view.sequence, view.updated_at.isoformat()


def told(differences: list[Difference]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.kind, one.slug, one.what) for one in differences]


def news(since: int, meeting: str = HASKOVO) -> list[tuple[str, str, tuple[str, ...]]]:
    with db.read() as session:
        return told(what_changed(session, number(meeting), since))


def move(slug: str, starts: time, meeting: str = HASKOVO) -> None:
    old = row(slug, meeting)
    wish = {"block_id": old.block_id, "starts": starts, "place_id": old.place_id, "track": old.track}
    act(actions.move_item, *of(slug, meeting), **wish, meeting=meeting)


def test_a_published_version_says_who_and_when_and_counts_on(demo_database: str) -> None:
    move("d1-dinner", time(20))
    with db.read() as session:
        before = found(session, HASKOVO).meeting
    given = publish(HASKOVO, "final")
    assert (given.number, given.state, given.released_by) == (6, "final", ACTOR)
    with db.read() as session:
        after = found(session, HASKOVO).meeting
        noted = session.exec(select(AuditNote).where(AuditNote.act == "agenda.published")).one()
        assert [one.number for one in releases(session, number())] == [6, 5]
    assert (after.state, after.revision, after.updated_at) == ("final", before.revision + 1, given.released_at)
    assert (noted.actor, noted.subject, noted.details) == (
        ACTOR,
        f"meeting:{number()}",
        {"version": 6, "state": "final"},
    )


def test_only_what_changed_for_readers_counts_up(demo_database: str) -> None:
    was = counted("d1-dinner"), counted("d1-welcome")
    move("d1-dinner", time(20))
    publish(HASKOVO)
    assert counted("d1-dinner")[0] == was[0][0] + 1
    assert counted("d1-dinner")[1] > was[0][1]
    assert counted("d1-welcome") == was[1]
    move("d1-welcome", time(9, 10))
    publish(HASKOVO)
    assert (counted("d1-dinner")[0], counted("d1-welcome")[0]) == (1, 1)


def test_what_was_changed_and_changed_back_counts_nothing(demo_sqlite: str) -> None:
    was = counted("d1-dinner")
    move("d1-dinner", time(20))
    move("d1-dinner", time(19, 30))
    move("d1-coffee", time(11, 5))
    publish(HASKOVO)
    assert counted("d1-dinner") == was


def test_counting_never_goes_back(demo_sqlite: str) -> None:
    for starts in (time(20), time(19, 30), time(20)):
        move("d1-dinner", starts)
        publish(HASKOVO)
    assert counted("d1-dinner")[0] == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"title": {"en": "Other"}}, {"text": {"en": "Other"}}, {"points": ({"en": "Other"},)}, {"kind": "decision"},
        {"mode": "online"}, {"own_expense": True}, {"audience": "partners"}, {"language": "bg"},
        {"interpretation": ("bg",)}, {"speakers": ()}, {"capacity": 12}, {"track": "z"}, {"ends": time(9, 25)},
    ],
    ids=lambda changed: next(iter(changed)),
)  # fmt: skip
def test_every_visible_fact_counts(demo_sqlite: str, changed: dict[str, Any]) -> None:
    with db.read() as session:
        values = values_of(session, item(session, HASKOVO, "d1-welcome"))
    kept = {name: getattr(values, name) for name in type(values).__dataclass_fields__}
    act(actions.edit_item, *of("d1-welcome"), type(values)(**{**kept, **changed}))
    publish(HASKOVO, "held")
    assert counted("d1-welcome")[0] == 1


def test_an_end_that_follows_from_the_next_item_counts_too(demo_sqlite: str) -> None:
    with db.write() as session:
        item(session, HASKOVO, "d1-welcome").ends = None
        give_out_anew(session)
    move("d1-state", time(9, 40))
    publish(HASKOVO)
    assert counted("d1-welcome")[0] == 1


def test_another_name_of_a_place_counts_and_shows_only_then(demo_database: str) -> None:
    with db.write() as session:
        place = session.get_one(Place, item(session, HASKOVO, "d1-welcome").place_id)
        place.name = {"en": SECRET}
    assert SECRET not in shown(HASKOVO)
    publish(HASKOVO)
    assert SECRET in shown(HASKOVO)
    assert counted("d1-welcome")[0] == 1


def test_a_bus_that_leaves_earlier_counts_for_its_item(demo_database: str) -> None:
    with db.write() as session:
        bus = item(session, HASKOVO, "d2-bus-visit")
        session.exec(select(Transport).where(Transport.item_id == bus.id)).one().be_there = time(13)
    publish(HASKOVO)
    assert (counted("d2-bus-visit")[0], counted("d2-visit")[0]) == (1, 0)


@pytest.mark.parametrize("fall", ["cancelled", "deleted", "unscheduled", "its day deleted"])
def test_what_fell_out_stays_cancelled_in_every_later_version(demo_database: str, fall: str) -> None:
    if fall == "cancelled":
        act(actions.cancel_item, *of("d1-coffee"))
    elif fall == "deleted":
        act(actions.delete_item, *of("d1-coffee"))
    elif fall == "unscheduled":
        act(actions.move_item, *of("d1-coffee"), block_id=None, starts=None, place_id=None, track="")
    else:
        with db.read() as session:
            day = drafted(session, found(session, HASKOVO).meeting).days[0]
        act(delete_day, day.id, day.version)
    publish(HASKOVO)
    first = counted("d1-coffee")
    assert (first[0], "slug='d1-coffee'" in shown(HASKOVO)) == (1, False)
    move("d2-obstacles", time(9, 5))
    publish(HASKOVO)
    assert counted("d1-coffee") == first
    with db.read() as session:
        days = programme(session, found(session, HASKOVO), cancelled=True)
    assert next(one for day in days for one in day.items if one.slug == "d1-coffee").cancelled_at is not None


def test_what_comes_back_counts_on(demo_sqlite: str) -> None:
    act(actions.cancel_item, *of("d1-coffee"))
    publish(HASKOVO)
    act(actions.restore_item, *of("d1-coffee"))
    publish(HASKOVO)
    assert counted("d1-coffee")[0] == 2
    assert news(6) == [("new", "d1-coffee", ())]


def test_the_whole_day_that_fell_out_is_no_empty_day(demo_sqlite: str) -> None:
    with db.read() as session:
        day = drafted(session, found(session, HASKOVO).meeting).days[1]
    act(delete_day, day.id, day.version)
    publish(HASKOVO)
    with db.read() as session:
        assert [one.number for one in programme(session, found(session, HASKOVO))] == [1]


def test_what_was_cancelled_before_anybody_saw_it_is_in_no_version(demo_sqlite: str) -> None:
    new = act(actions.add_item, Line(SECRET, time(9), 30), block_id=block_of("d1-welcome"))
    act(actions.cancel_item, new.id, new.version)
    move("d1-dinner", time(20))
    assert SECRET not in json.dumps(publish(HASKOVO).content)


def test_differences_are_told_item_by_item(demo_database: str) -> None:
    act(actions.add_item, Line("Photo", time(10), 10), block_id=block_of("d1-welcome"))
    act(actions.cancel_item, *of("d1-coffee"))
    move("d1-dinner", time(20))
    act(actions.shift_after, *of("d2-next"), 5)
    publish(HASKOVO)
    first, second = news(5)[:3], news(5)[3:]
    assert first == [("new", "presentation-1", ()), ("cancelled", "d1-coffee", ()), ("moved", "d1-dinner", ("time",))]
    assert {one[::2] for one in second} == {("moved", ("time",))}
    assert {"d2-lunch", "d2-closing"} < {one[1] for one in second}


def test_details_of_a_visit_are_news_when_they_did_more_than_move_along(demo_sqlite: str) -> None:
    act(actions.shift_after, *of("d2-next"), 5)
    with db.write() as session:
        ride = session.exec(
            select(Transport).join(Item).where(Item.meeting_id == number(), Item.slug.startswith("d2-"))
        ).first()  # type: ignore[attr-defined]
        assert ride is not None
        ride.be_there = wall_of(minute_of(ride.be_there) - 5)
        session.add(ride)
        moved = session.get_one(Item, ride.item_id).slug
    publish(HASKOVO)
    assert [one[1] for one in news(5) if one[2] == ("time", "visits")] == [moved]


def test_a_changed_title_is_a_change_and_no_move(demo_sqlite: str) -> None:
    with db.write() as session:
        item(session, HASKOVO, "d1-welcome").title = {"en": "Opening"}
    publish(HASKOVO)
    assert news(5) == [("changed", "d1-welcome", ("title",))]


def test_news_for_everybody_hold_nothing_hidden(demo_database: str) -> None:
    move("d1-steering", time(16, 5))
    act(actions.add_item, Line(SECRET, time(17), 10), block_id=block_of("d1-steering"))
    publish(HASKOVO)
    assert news(5) == []
    with db.read() as session:
        assert len(diff(released(session, number(), 5), released(session, number()) or thawed({}))) == 2


def test_what_is_hidden_from_now_on_is_news_of_a_cancellation(demo_sqlite: str) -> None:
    with db.write() as session:
        item(session, HASKOVO, "d1-coffee").hidden = True
    publish(HASKOVO)
    assert news(5) == [("cancelled", "d1-coffee", ())]
    assert "slug='d1-coffee'" not in shown(HASKOVO)


def test_an_unknown_version_is_missing(demo_sqlite: str) -> None:
    with pytest.raises(Missing):
        news(77)


def test_a_version_stays_as_it_was(demo_database: str) -> None:
    with db.read() as session:
        first = session.exec(select(Release.content).where(Release.meeting_id == number())).one()
        before = version(session, found(session, HASKOVO), 5)
    move("d1-dinner", time(20))
    act(actions.delete_item, *of("d1-coffee"))
    publish(HASKOVO)
    with db.read() as session:
        kept = session.exec(select(Release.content).where(Release.meeting_id == number(), Release.number == 5)).one()
        assert (kept, version(session, found(session, HASKOVO), 5)) == (first, before)


def test_frozen_rows_thaw_to_the_same(demo_database: str) -> None:
    with db.read() as session:
        rows = drafted(session, found(session, HASKOVO).meeting, {"visits": {"1": {"seats": 5}}})
        content = json.loads(json.dumps(frozen(rows)))
    assert frozen(thawed(content)) == content
    assert thawed(content).times == rows.times


def test_a_column_that_is_newer_than_a_version_has_its_default(demo_sqlite: str) -> None:
    with db.read() as session:
        content = json.loads(json.dumps(frozen(drafted(session, found(session, HASKOVO).meeting))))
    for one in content["items"]:
        del one["language"]
        one["colour"] = "of a column that is gone"
    assert {one.language for one in thawed(content).items} == {""}


@pytest.mark.parametrize("state", ["", "planned", "perfect"])
def test_an_agenda_is_given_out_in_known_states(demo_sqlite: str, state: str) -> None:
    with pytest.raises(Refusal) as refused:
        publish(HASKOVO, state)
    assert refused.value.field == "state"


def test_nothing_new_is_not_given_out_twice(demo_sqlite: str) -> None:
    with pytest.raises(Refusal, match="version 5"):
        publish(HASKOVO, "held")
    assert publish(HASKOVO, "final").number == 6
    with pytest.raises(Refusal, match="version 6"):
        publish(HASKOVO, "final")


def test_an_empty_agenda_is_not_given_out(demo_sqlite: str) -> None:
    with pytest.raises(Refusal, match="nothing on the agenda"):
        publish("kalamata-2023")


def test_the_first_version_has_number_one(demo_sqlite: str) -> None:
    day = act(add_day, DayValues(date(2024, 10, 22)), meeting="kalamata-2023")
    with db.read() as session:
        block = session.exec(select(Block).where(Block.day_id == day.id)).one()
    act(actions.add_item, Line("Welcome", time(9), 30), block_id=block.id, meeting="kalamata-2023")
    assert publish("kalamata-2023", "provisional").number == 1
    assert counted("presentation-1", "kalamata-2023")[0] == 0


def test_the_meetings_own_entry_counts_only_for_what_it_says(demo_sqlite: str) -> None:
    move("d1-dinner", time(20))
    publish(HASKOVO, "held")
    with db.write() as session:
        meeting = session.exec(select(Meeting).where(Meeting.slug == HASKOVO)).one()
        assert meeting.sequence == 0
        meeting.title = {"en": "Another name"}
    publish(HASKOVO, "held")
    with db.read() as session:
        assert found(session, HASKOVO).meeting.sequence == 1


def test_times_of_visits_move_along_with_their_item(demo_database: str) -> None:
    with db.read() as session:
        before = drafted_plan(session, number(RIGA))
        visit = item(session, RIGA, "d2-visit-a").id or 0
    old = row("d2-visit-a", RIGA).starts
    assert old is not None
    move("d2-visit-a", old.replace(minute=old.minute - 15 if old.minute >= 15 else old.minute + 15), RIGA)
    sign = -1 if old.minute >= 15 else 1
    with db.read() as session:
        after = drafted_plan(session, number(RIGA))
    stops = zip(before.stops[before.visits[visit].id or 0], after.stops[after.visits[visit].id or 0], strict=True)
    for one, other in [*stops, (before.transports[visit], after.transports[visit])]:
        assert minutes(other.arrives) - minutes(one.arrives) == 15 * sign
    assert minutes(after.transports[visit].be_there) - minutes(before.transports[visit].be_there) == 15 * sign


def minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def shown(meeting: str) -> str:
    """All that the public gets to read of an agenda, through every question a page asks."""
    with db.read() as session:
        there = found(session, meeting)
        days = programme(session, there)
        parts = [days, outings(session, there, days), visit_seats(session, there.meeting.id or 0)]
        return repr([*parts, offer(session, there)] if meeting == RIGA else parts)


def tamper() -> None:
    """Write the secret into everything that Riga's draft consists of, and a new item with it into the open."""
    with db.write() as session:
        there = found(session, RIGA).meeting
        rows = drafted(session, there)
        for day in rows.days:
            day.note = {"en": SECRET}
        for block in rows.blocks:
            block.title, block.hidden = {"en": SECRET}, False
        for place in rows.places:
            place.address = SECRET if place.kind != "venue" else place.address
            place.name = {"en": SECRET} if place.kind != "venue" else place.name
        for one in rows.items:
            one.title = one.text = {"en": SECRET}
            one.points, one.track = [{"en": SECRET}], SECRET
        mine = select(Item.id).where(Item.meeting_id == there.id)
        for visit in session.exec(select(StudyVisit).where(col(StudyVisit.item_id).in_(mine))):
            visit.access = visit.photos = {"en": SECRET}
        for stop in session.exec(select(Stop)):
            stop.name, stop.address = {"en": SECRET}, SECRET
    act(actions.add_item, Line(SECRET, time(11), 10), block_id=block_of("d1-welcome", RIGA), meeting=RIGA)
    act(actions.add_item, Line(SECRET), block_id=None, meeting=RIGA)


def test_a_draft_is_in_no_answer_to_the_public(demo_database: str) -> None:
    before = shown(RIGA)
    tamper()
    with db.read() as session:
        there = found(session, RIGA)
        days = draft(session, there)
        assert SECRET in repr(days)
        assert SECRET in repr(drafted_outings(session, there, days))
    assert SECRET not in shown(RIGA)
    assert len(shown(RIGA)) == len(before)


@pytest.mark.parametrize(
    "page",
    ["", "/agenda", "/agenda?day=1", "/agenda.pdf", "/visits", "/calendar.ics", "/register", "/documents",
     "/agenda/presentation-1.ics", "/agenda/d1-welcome.ics"],
)  # fmt: skip
def test_a_draft_is_on_no_page_and_in_no_feed(demo_sqlite: str, client: Client, page: str) -> None:
    tamper()
    with db.write() as session:  # so that nothing is only remembered
        session.exec(select(Meeting).where(Meeting.slug == RIGA)).one().revision += 1
    answer = client.get(f"/secon/{RIGA}{page}")
    assert answer.status_code == (404 if "presentation-1" in page else 200)
    assert SECRET.encode() not in answer.content


def test_a_version_costs_the_same_questions_however_long_it_is(demo_database: str) -> None:
    def ask() -> int:
        with db.read() as session, counting() as count:
            there = found(session, RIGA)
            days = programme(session, there)
            outings(session, there, days)
            draft(session, there)
            what_changed(session, there.meeting.id or 0, 2)
        return count.number

    before = ask()
    for hour in range(9, 19):
        act(actions.add_item, Line("One more", time(hour), 5), block_id=block_of("d1-welcome", RIGA), meeting=RIGA)
    publish(RIGA)
    assert ask() == before


def test_the_newest_version_is_known_without_its_content(demo_sqlite: str) -> None:
    with db.read() as session, counting() as count:
        release = latest_release(session, number())
    assert release is not None
    assert release.number == 5
    assert "content" not in str(count)
