"""What letters to those who register bring along: their days for the calendar, and the link to join online."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from icalendar import Calendar
from sqlmodel import col, select

from planner import db
from planner.outbox import OutboxLetter
from planner.registration import letters, link_again
from planner.registration.tables import Registration
from tests.registration.people import change_form, days, entry, leave_room, register, subjects, withdraw

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


def test_who_will_be_asked_is_not_promised_a_place_unasked():
    leave_room(0)
    given = register(entry("Ana"))
    change_form(offer_hours=24)
    asked = register(entry("Ben"))
    [first], [second] = mails(given), mails(asked)
    assert "you get it and a letter from us" in first.get_body(("plain",)).get_content()
    assert "please answer in time" in second.get_body(("plain",)).get_content()


def test_somebody_registered_at_the_door_gets_the_link_too():
    row = register(entry())
    with db.write() as session:
        session.get_one(Registration, row.id).status = "walk_in"
        for letter in session.exec(select(OutboxLetter).where(OutboxLetter.about == letters.about(row))):
            letter.created_at -= timedelta(hours=1)
        link_again.ask(session, row.email.upper(), row.meeting_id)
    link_again.send_asked_links()
    assert subjects(row) == ["You are registered", "Your registration"]
