"""What letters to those who register bring along: their days for the calendar, and the link to join online."""

from email import message_from_bytes, policy

import pytest
from icalendar import Calendar
from sqlmodel import col, select

from planner import db
from planner.outbox import OutboxLetter
from planner.registration import letters
from tests.registration.people import days, entry, leave_room, register, withdraw

pytestmark = pytest.mark.usefixtures("demo_sqlite")


def mails(row):
    """The letters about a registration, in order."""
    with db.read() as session:
        query = select(OutboxLetter).where(OutboxLetter.about == letters.about(row)).order_by(col(OutboxLetter.id))
        return [message_from_bytes(letter.mime, policy=policy.default) for letter in session.exec(query)]


def calendars(row):
    """What the letters about a registration bring for the calendar: way, status and revision of each day."""
    parts = [part for mail in mails(row) for part in mail.iter_attachments()]
    events = [event for part in parts for event in Calendar.from_ical(part.get_content()).walk("VEVENT")]
    return [(event["SUMMARY"].rpartition("(")[2], str(event["STATUS"]), event["SEQUENCE"]) for event in events]


def test_letters_bring_the_days_somebody_comes_and_take_them_back():
    row = register(entry(days={**days("on_site", 1), **days("online", 2)}))
    withdraw(row)
    came, went = calendars(row)[:2], calendars(row)[2:]
    assert [day[:2] for day in came] == [("On site)", "CONFIRMED"), ("Online)", "CONFIRMED")]
    assert [day[:2] for day in went] == [("On site)", "CANCELLED"), ("Online)", "CANCELLED")]
    assert all(later[2] > before[2] for before, later in zip(came, went, strict=True))


def test_who_never_had_a_place_has_nothing_in_the_calendar_to_take_back():
    leave_room(0)
    row = register(entry())
    withdraw(row)
    assert calendars(row) == []


def test_the_link_to_join_comes_with_the_confirmation_of_an_online_day_and_with_no_other():
    leave_room(1, online=1)
    online, here = register(entry("Ana", days=days("online", 1))), register(entry("Ben"))
    waits = register(entry("Cleo", days=days("online", 1)))
    for row, told in ((online, True), (here, False), (waits, False)):
        [mail] = mails(row)
        assert ("https://meet.example/secon-riga" in mail.get_body(("plain",)).get_content()) is told
        assert ("https://meet.example/secon-riga" in mail.get_body(("html",)).get_content()) is told
