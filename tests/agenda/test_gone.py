"""What calendars are told of items that the public sees no more: cancelled, and nothing that was never public."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time
from typing import Any

import icalendar
import pytest
from httpx import Client
from sqlmodel import select

from planner import db
from planner.agenda import actions
from planner.agenda.queries import programme
from planner.agenda.releases import released
from planner.agenda.tables import Block, Speaking
from planner.consortium.tables import Person
from planner.visits.tables import Stop, StudyVisit, Transport
from tests.agenda.acting import act, number, of, row
from tests.agenda.giving import found, give_out_anew, item, publish
from tests.queries import counting

HASKOVO, RIGA = "haskovo-2023", "riga-upcoming"
SECRET = "Zweihundertsechzig"


def entry(client: Client, slug: str, meeting: str = HASKOVO) -> Any:
    """An item in the public feed."""
    uid, answer = row(slug, meeting).uid, client.get(f"/secon/{meeting}/calendar.ics")
    calendar = icalendar.Calendar.from_ical(answer.content)
    return next((one for one in calendar.walk("VEVENT") if one["UID"] == uid), None)


def facts(client: Client, slug: str, meeting: str = HASKOVO) -> tuple[str, int]:
    """Status and SEQUENCE of an item in the public feed."""
    found = entry(client, slug, meeting)
    return str(found["STATUS"]), int(found.get("SEQUENCE", 0))


def change(slug: str, meeting: str = HASKOVO, **values: Any) -> None:
    """Change an item of the draft."""
    with db.write() as session:
        one = item(session, meeting, slug)
        for name, value in values.items():
            setattr(one, name, value)
        session.add(one)


def hide_by_block(slug: str) -> None:
    with db.write() as session:
        block = session.get_one(Block, item(session, HASKOVO, slug).block_id)
        block.hidden, block.title = True, {"en": SECRET}
        session.add(block)


HIDINGS: dict[str, Callable[[], None]] = {
    "hidden": lambda: change("d1-coffee", hidden=True, audience="partners"),
    "its block hidden": lambda: hide_by_block("d1-coffee"),
    "deleted": lambda: act(actions.delete_item, *of("d1-coffee")),
    "unscheduled": lambda: change("d1-coffee", block_id=None),
}


@pytest.mark.parametrize("way", HIDINGS)
def test_what_the_public_sees_no_more_is_cancelled_in_its_calendars(
    demo_database: str, client: Client, way: str
) -> None:
    before = entry(client, "d1-coffee")
    HIDINGS[way]()
    change("d1-coffee", title={"en": SECRET}, text={"en": SECRET}, starts=time(4, 4), ends=time(5, 5))
    publish(HASKOVO)
    after = entry(client, "d1-coffee")
    assert (str(after["STATUS"]), after["SEQUENCE"]) == ("CANCELLED", before["SEQUENCE"] + 1)
    assert [after[name].dt for name in ("DTSTART", "DTEND")] == [before[name].dt for name in ("DTSTART", "DTEND")]
    assert str(before["SUMMARY"]) in str(after["SUMMARY"])
    assert str(after["DESCRIPTION"]) == str(before["DESCRIPTION"])
    answer = client.get(f"/secon/{HASKOVO}/agenda/d1-coffee.ics")
    assert (answer.status_code, "STATUS:CANCELLED" in answer.text) == (200, True)
    for page in ("agenda", "calendar.ics", "agenda.pdf", "changes", "agenda/d1-coffee.ics", ""):
        assert SECRET not in client.get(f"/secon/{HASKOVO}/{page}").text
    assert 'id="item-d1-coffee"' not in client.get(f"/secon/{HASKOVO}/agenda").text


def test_what_happens_behind_closed_doors_changes_nothing_until_it_is_shown_again(
    demo_sqlite: str, client: Client
) -> None:
    change("d1-coffee", hidden=True)
    publish(HASKOVO)
    told = entry(client, "d1-coffee").to_ical()
    for hour in (3, 4):
        change("d1-coffee", starts=time(hour), title={"en": SECRET})
        publish(HASKOVO)
        assert entry(client, "d1-coffee").to_ical() == told
    change("d1-coffee", hidden=False, title={"en": "Coffee again"})
    publish(HASKOVO)
    status, sequence = facts(client, "d1-coffee")
    assert (status, sequence > 1) == ("CONFIRMED", True)
    assert str(entry(client, "d1-coffee")["SUMMARY"]) == "Coffee again"
    change("d1-coffee", hidden=True)
    publish(HASKOVO)
    assert facts(client, "d1-coffee") == ("CANCELLED", sequence + 1)


def test_what_was_closed_and_is_then_deleted_stays_as_it_was_public(demo_sqlite: str, client: Client) -> None:
    change("d1-coffee", hidden=True, title={"en": SECRET})
    publish(HASKOVO)
    told = entry(client, "d1-coffee").to_ical()
    act(actions.delete_item, *of("d1-coffee"))
    publish(HASKOVO)
    assert entry(client, "d1-coffee").to_ical() == told
    change("d1-welcome", title={"en": "Hello"})
    publish(HASKOVO)
    assert entry(client, "d1-coffee").to_ical() == told


def test_what_only_organisers_saw_is_never_told(demo_sqlite: str, client: Client) -> None:
    act(actions.delete_item, *of("d1-steering"))
    publish(HASKOVO)
    assert entry(client, "d1-steering") is None
    with db.read() as session:
        there = released(session, number())
        assert there is not None
        assert there.gone is not None
        assert [one.slug for one in there.gone.items] == ["d1-steering"]
        assert there.public().gone is not None
        assert there.public().fallen().items == []  # type: ignore[union-attr]
        assert "d1-steering" not in repr(programme(session, found(session, HASKOVO), cancelled=True))


def test_a_closed_visit_keeps_the_bus_that_was_public_and_says_nothing_of_the_new_one(
    demo_database: str, client: Client
) -> None:
    before = entry(client, "d2-visit-a", RIGA)
    with db.write() as session:
        one = item(session, RIGA, "d2-visit-a")
        one.hidden = True
        visit = session.exec(select(StudyVisit).where(StudyVisit.item_id == one.id)).one()
        ride = session.exec(select(Transport).where(Transport.item_id == one.id)).one()
        visit.access = {"en": SECRET}
        ride.be_there = ride.departs = time(4, 44)
        session.add(Stop(visit_id=visit.id or 0, number=99, name={"en": SECRET}, arrives=time(9), leaves=time(10)))
        person = session.exec(select(Person)).all()[0]
        session.add(Speaking(item_id=one.id or 0, person_id=person.id or 0, position=0, role="speaker"))
        family = person.latin_family
    publish(RIGA)
    after = entry(client, "d2-visit-a", RIGA)
    assert str(after["STATUS"]) == "CANCELLED"
    assert [str(after[name]) for name in ("LOCATION", "DESCRIPTION")] == [
        str(before[name]) for name in ("LOCATION", "DESCRIPTION")
    ]
    assert family not in str(after["DESCRIPTION"])
    shown = client.get(f"/secon/{RIGA}/calendar.ics").text + client.get(f"/secon/{RIGA}/visits").text
    assert (SECRET in shown, "04:44" in shown) == (False, False)


def test_an_end_that_followed_from_the_next_item_stays_what_it_was(demo_sqlite: str, client: Client) -> None:
    with db.write() as session:
        item(session, HASKOVO, "d1-welcome").ends = None
        give_out_anew(session)
    before = entry(client, "d1-welcome")
    change("d1-welcome", hidden=True)
    change("d1-state", starts=time(12, 1))
    publish(HASKOVO)
    assert entry(client, "d1-welcome")["DTEND"].dt == before["DTEND"].dt


def test_what_changes_below_an_item_counts_for_it(demo_sqlite: str, client: Client) -> None:
    parent = row("d1-coffee")
    change("d1-dinner", parent_id=parent.id, block_id=parent.block_id, starts=None, ends=None)
    publish(HASKOVO)
    sequence = facts(client, "d1-coffee")[1]
    assert sequence == 1
    change("d1-dinner", title={"en": "Cake"})
    publish(HASKOVO)
    assert "Cake" in str(entry(client, "d1-coffee")["DESCRIPTION"])
    assert facts(client, "d1-coffee") == ("CONFIRMED", 2)
    assert facts(client, "d1-welcome")[1] == 0


def test_what_is_hidden_below_an_item_is_off_its_entry(demo_sqlite: str, client: Client) -> None:
    parent = row("d1-coffee")
    change("d1-dinner", parent_id=parent.id, block_id=parent.block_id, starts=None, ends=None, title={"en": "Cake"})
    publish(HASKOVO)
    change("d1-dinner", hidden=True, title={"en": SECRET})
    publish(HASKOVO)
    said = client.get(f"/secon/{HASKOVO}/calendar.ics").text
    assert (SECRET in said, re.findall("Cake", str(entry(client, "d1-coffee")["DESCRIPTION"]))) == (False, [])


def test_organisers_see_what_is_closed_as_it_is_now(demo_sqlite: str) -> None:
    change("d1-coffee", hidden=True, title={"en": SECRET})
    publish(HASKOVO)
    with db.read() as session:
        there = released(session, number())
        assert there is not None
        assert SECRET in repr([one.title for one in there.items])
        assert there.fallen() is not None
        assert there.fallen().items == []  # type: ignore[union-attr]


def test_the_feed_costs_the_same_for_one_and_three_that_are_gone(demo_sqlite: str) -> None:
    def ask() -> int:
        with db.read() as session, counting() as count:
            programme(session, found(session, HASKOVO), cancelled=True)
        return count.number

    change("d1-coffee", hidden=True)
    publish(HASKOVO)
    first = ask()
    change("d1-welcome", hidden=True)
    act(actions.delete_item, *of("d1-dinner"))
    publish(HASKOVO)
    assert ask() == first
