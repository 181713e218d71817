"""Giving out an agenda: the changes in words, who is told and of what, versions that stay, and what the public sees."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import pytest
from httpx import Client
from sqlmodel import Session, select

from planner import db
from planner.agenda import actions
from planner.agenda.differences import Difference, Slot
from planner.agenda.entry import BlockValues, DayValues
from planner.agenda.outline import edit_block, edit_day
from planner.agenda.quick import Line
from planner.agenda.releases import latest_release
from planner.agenda.rows import drafted
from planner.agenda.rules import Span
from planner.agenda.tables import Block, Day, Item
from planner.hosting.differences import Guest, Reach, told, touches
from planner.hosting.publishing import preview
from planner.language import speaking
from planner.meetings.queries import at_desk
from planner.meetings.tables import Meeting
from planner.outbox import OutboxLetter
from planner.registration.tables import Registration
from tests.hosting.test_setting_up import made, meeting
from tests.reception import counted_questions, sign_in

RIGA, DESK = "/secon/riga-upcoming", "/secon/riga-upcoming/desk"
PUBLICATION = f"{DESK}/publication"
WHO = "somebody@example.org"
DAY = date(2027, 6, 7)


@pytest.fixture
def organiser(demo_sqlite: str, client: Client) -> str:
    """Somebody who organises is signed in; the token of their forms."""
    return sign_in(client, "organiser")


def item(session: Session, slug: str, meeting: str = "riga-upcoming") -> Item:
    """An item of a meeting by its short name."""
    return session.exec(select(Item).join(Meeting).where(Meeting.slug == meeting, Item.slug == slug)).one()


def some_item(session: Session, kind: str) -> Item:
    """An item of that kind on Riga's agenda."""
    query = select(Item).join(Meeting).where(Meeting.slug == "riga-upcoming", Item.kind == kind)
    return session.exec(query.order_by(Item.id)).all()[0]


def move(kind: str, hour: int, minute: int) -> Item:
    """Move the first item of a kind on the draft of Riga's agenda."""
    with db.write() as session:
        row = some_item(session, kind)
        return actions.move_item(
            session, row.meeting_id, WHO, row.id or 0, row.version,
            block_id=row.block_id, starts=time(hour, minute), place_id=row.place_id, track=row.track,
        )  # fmt: skip


def seen(client: Client) -> str:
    """What the page of publication was looked at."""
    found = re.search(r'name="seen" value="([^"]+)"', client.get(PUBLICATION).text)
    assert found
    return found[1]


def publish(client: Client, csrf: str, **values: str) -> int:
    """Publish what the page shows; the answer is its status."""
    form = {"csrf": csrf, "state": "provisional", "seen": seen(client)} | values
    return client.post(PUBLICATION, data=form).status_code


def letters() -> list[OutboxLetter]:
    """All letters in the outbox."""
    with db.read() as session:
        return list(session.exec(select(OutboxLetter)))


def test_a_move_is_seen_in_words_told_and_given_out(
    organiser: str, client: Client, clients: Callable[[], Client]
) -> None:
    public = clients()
    before = public.get(f"{RIGA}/agenda").text
    row = move("lunch", 13, 45)
    assert public.get(f"{RIGA}/agenda").text == before
    page = client.get(PUBLICATION).text
    assert "1 change" in page
    assert re.search(r"moved from \d\d:\d\d to 13:45", page)
    people = re.search(r"Tell (\d+) people by letter", page)
    assert people
    known = len(letters())
    assert publish(client, organiser, tell="yes") == 303
    told_now = letters()[known:]
    assert len(told_now) == int(people[1]) > 5
    assert all("13:45" in letter.mime.decode() or "base64" in letter.mime.decode() for letter in told_now)
    agenda = public.get(f"{RIGA}/agenda").text
    assert agenda != before
    assert f'href="{RIGA}/changes"' in agenda
    changes = public.get(f"{RIGA}/changes").text
    assert re.search(r"moved from \d\d:\d\d to 13:45", changes)
    assert f"item-{row.slug}" in agenda


def test_other_headings_and_notes_of_days_are_changes_too(
    organiser: str, client: Client, clients: Callable[[], Client]
) -> None:
    with db.write() as session:
        number = at_desk(session, "secon", "riga-upcoming").meeting.id or 0
        block = session.get_one(Block, some_item(session, "lunch").block_id)
        old, day = BlockValues.of(block), session.get_one(Day, block.day_id)
        edit_block(session, number, WHO, block.id or 0, block.version, replace(old, title={"en": "Around the table"}))
        note = replace(DayValues.of(day), note={"en": "Bring boots."})
        for row in session.exec(select(Registration).where(Registration.status == "submitted")).all():
            row.status = "confirmed"  # nothing else asks for the organisers first
        edit_day(session, number, WHO, day.id or 0, day.version, note)
    page = client.get(PUBLICATION).text
    assert "2 changes" in page
    assert f"the heading was “{old.title['en']}”" in page
    assert "another note about the day" in page
    assert "readers still see the version before" in client.get(DESK).text
    assert publish(client, organiser) == 303
    assert "Around the table" in clients().get(f"{RIGA}/changes").text


def test_who_was_overtaken_sees_what_is_new_and_may_publish_that(organiser: str, client: Client) -> None:
    move("lunch", 13, 45)
    looked_at = seen(client)
    with db.write() as session:
        some_item(session, "lunch").text = {"en": "Soup only."}  # the same change in words, with another content
    answer = client.post(PUBLICATION, data={"csrf": organiser, "state": "final", "seen": looked_at})
    assert answer.status_code == 409
    assert "Please look again what is new." in answer.text
    assert "description changed" in answer.text
    assert 'value="final" checked' in re.sub(r'id="[^"]*" ', "", answer.text)
    assert publish(client, organiser, state="final") == 303
    again = client.post(PUBLICATION, data={"csrf": organiser, "state": "final", "seen": seen(client)})
    assert again.status_code == 422
    assert "Nothing has changed since version" in again.text
    assert "Versions that were given out" in again.text


def test_nobody_is_told_without_the_tick(organiser: str, client: Client) -> None:
    move("lunch", 13, 45)
    known = len(letters())
    assert publish(client, organiser) == 303
    assert len(letters()) == known


def test_who_is_offered_a_place_is_told_too(organiser: str, client: Client) -> None:
    move("lunch", 13, 45)
    with db.write() as session:
        touched = preview(session, at_desk(session, "secon", "riga-upcoming")).touched
        row = next(one.registration for one in touched if one.registration.status == "confirmed")
        row.status = "offered"
        session.add(row)
    with db.read() as session:
        after = preview(session, at_desk(session, "secon", "riga-upcoming")).touched
    assert row.id in {one.registration.id for one in after}
    assert len(after) == len(touched)


def test_letters_speak_their_reader_s_language(organiser: str, client: Client) -> None:
    with db.write() as session:
        rows = session.exec(select(Registration).join(Meeting).where(Meeting.slug == "riga-upcoming")).all()
        for row in rows:
            row.language = "el" if row.status == "confirmed" else "en"
    move("lunch", 13, 45)
    known = len(letters())
    publish(client, organiser, tell="yes")
    assert {"el", "en"} >= {re.search(rb"Content-Language: (\w+)", one.mime)[1].decode() for one in letters()[known:]}  # type: ignore[index]
    assert any(b"Content-Language: el" in one.mime for one in letters()[known:])


def test_what_was_not_looked_at_is_not_published(organiser: str, client: Client) -> None:
    move("lunch", 13, 45)
    mark = seen(client)
    move("lunch", 13, 50)
    answer = client.post(PUBLICATION, data={"csrf": organiser, "state": "final", "seen": mark, "tell": "yes"})
    assert answer.status_code == 409
    with db.read() as session:
        release = latest_release(session, meeting("riga-upcoming").id or 0)
    assert release is not None
    assert release.state != "final"


def test_nothing_new_and_odd_states_are_refused(organiser: str, client: Client) -> None:
    page = client.get(PUBLICATION).text
    assert "Nothing has changed since." in page
    with db.read() as session:
        release = latest_release(session, meeting("riga-upcoming").id or 0)
    assert release is not None
    assert publish(client, organiser, state=release.state) == 422
    assert publish(client, organiser, state="held") == 422
    assert publish(client, organiser, state="") == 422


def test_versions_stay_readable_as_they_were(organiser: str, client: Client) -> None:
    with db.read() as session:
        old = latest_release(session, meeting("riga-upcoming").id or 0)
    assert old is not None
    shown = client.get(f"{PUBLICATION}/{old.number}").text
    move("lunch", 13, 45)
    publish(client, organiser)
    again = client.get(f"{PUBLICATION}/{old.number}").text
    assert re.findall(r"<time[^>]*>[^<]*", shown) == re.findall(r"<time[^>]*>[^<]*", again)
    assert "13:45" in client.get(f"{PUBLICATION}/{old.number + 1}").text
    assert client.get(f"{PUBLICATION}/99").status_code == 404


def test_the_first_publication_shows_the_whole_meeting(
    organiser: str, client: Client, clients: Callable[[], Client]
) -> None:
    slug = made(client, organiser)
    desk, public = f"/secon/{slug}/desk", clients()
    with db.write() as session:
        line = Line("Welcome", time(9), 30, "welcome")
        actions.add_item(session, meeting(slug).id or 0, WHO, line, block_id=_block(slug))
    assert public.get(f"/secon/{slug}").status_code == 404
    page = client.get(f"{desk}/publication").text
    assert "the whole meeting becomes public" in page
    mark = re.search(r'name="seen" value="([^"]+)"', page)
    assert mark
    form = {"csrf": organiser, "state": "provisional", "seen": mark[1]}
    assert client.post(f"{desk}/publication", data=form).status_code == 303
    assert public.get(f"/secon/{slug}").status_code == 200
    assert "Welcome" in public.get(f"/secon/{slug}/agenda").text
    assert "first version" in public.get(f"/secon/{slug}/changes").text


def _block(slug: str) -> int:
    with db.read() as session:
        return drafted(session, meeting(slug)).blocks[0].id or 0


def test_announcing_shows_dates_and_no_agenda(organiser: str, client: Client, clients: Callable[[], Client]) -> None:
    slug, public = made(client, organiser), clients()
    assert client.post(f"/secon/{slug}/desk/announcement", data={"csrf": organiser}).status_code == 303
    assert public.get(f"/secon/{slug}").status_code == 200
    assert "The agenda is not out yet." in public.get(f"/secon/{slug}/agenda").text
    assert client.post(f"/secon/{slug}/desk/announcement", data={"csrf": organiser}).status_code == 422


def test_the_desk_asks_to_publish_what_was_changed_and_not_what_was_undone(organiser: str, client: Client) -> None:
    waiting = "readers still see the version before"
    with db.write() as session:
        for row in session.exec(select(Registration).join(Meeting).where(Meeting.slug == "riga-upcoming")).all():
            row.status = "confirmed" if row.status == "submitted" else row.status
    assert waiting not in client.get(DESK).text
    was = move("lunch", 13, 45)
    assert waiting in client.get(DESK).text
    assert waiting in client.get("/secon/desk").text
    assert was is not None
    publish(client, organiser)
    assert waiting not in client.get(DESK).text


def test_looking_at_changes_costs_the_same_for_one_and_for_three(organiser: str, client: Client) -> None:
    move("lunch", 13, 45)
    with counted_questions() as one:
        client.get(PUBLICATION)
    move("dinner", 21, 15)
    move("break", 10, 55)
    with counted_questions() as three:
        client.get(PUBLICATION)
    assert len(one) == len(three)


def slot(day: date = DAY, starts: int = 795, ends: int = 855, place: str = "") -> Slot:
    """A place in time and room."""
    return Slot(day, Span(starts, ends), ({"en": place}, "", None) if place else ())


@pytest.mark.parametrize(
    ("before", "after", "what", "sentence"),
    [
        (None, slot(place="Hall"), (), "new: Monday 7 June, 13:15, Hall"),
        (slot(), None, (), "cancelled, was Monday 7 June, 13:15"),
        (slot(), slot(starts=825), (), "moved from 13:15 to 13:45"),
        (slot(), slot(date(2027, 6, 8)), (), "moved from Monday 7 June, 13:15 to Tuesday 8 June, 13:15"),
        (slot(), slot(ends=870), (), "ends at 14:30 instead of 14:15"),
        (slot(), slot(place="Hall"), (), "place: Hall instead of –"),
        (slot(), slot(), ("title", "text", "points"), "renamed · description changed"),
        (slot(starts=1500), slot(starts=1530), (), "moved from 01:00 to 01:30"),
    ],
)
def test_changes_are_said_in_words(
    before: Slot | None, after: Slot | None, what: tuple[str, ...], sentence: str
) -> None:
    kind = "new" if before is None else "cancelled" if after is None else "moved"
    with speaking("en"):
        assert told([Difference(kind, 1, "x", {"en": "X"}, before, after, what)])[0].sentence == sentence


MOVED = Difference("moved", 7, "x", {"en": "X"}, slot(), slot(starts=825))


@pytest.mark.parametrize(
    ("guest", "reach", "is_told"),
    [
        (Guest("speaker", None), Reach("public", frozenset()), True),
        (Guest("partner_staff", 1, dates=frozenset({DAY})), Reach("public", frozenset()), True),
        (Guest("partner_staff", 1, dates=frozenset({date(2027, 6, 8)})), Reach("public", frozenset()), False),
        (Guest("host_local", None), Reach("partners", frozenset()), False),
        (Guest("stakeholder", 1), Reach("partners", frozenset()), True),
        (Guest("stakeholder", 1), Reach("steering_group", frozenset()), False),
        (Guest("partner_staff", 1), Reach("named", frozenset({2})), False),
        (Guest("partner_staff", 2), Reach("named", frozenset({2})), True),
        (Guest("host_local", None, person_id=5), Reach("partners", frozenset(), frozenset({5})), True),
        (Guest("partner_staff", 1), Reach("public", frozenset(), chosen=True), False),
        (Guest("partner_staff", 1, visits=frozenset({7})), Reach("public", frozenset(), chosen=True), True),
    ],
)
def test_people_are_told_what_concerns_them(guest: Guest, reach: Reach, is_told: bool) -> None:
    assert touches(MOVED, guest, reach) is is_told
