"""A dry run says exactly what a run then takes, on every day on which something ends, and nobody's name."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from sqlmodel import Session, select

from planner import db
from planner.admin import inventory, retention_run
from planner.admin.actions import run_now
from planner.audit import AuditNote
from planner.clock import now
from planner.meetings.queries import Found
from planner.meetings.tables import Meeting
from planner.outbox import OutboxLetter
from planner.questions.tables import Question
from planner.registration.tables import Registration
from tests.admin.marked import MARK, columns_with_the_mark, duplicate_of, marked_person, over_since, today, took_part
from tests.posting import post_all
from tests.reception import scope_of, sign_in
from tests.registration import people

DAYS = (0, 30, 31, 61, 91, 366, 1096)


def riga(session: Session) -> Found:
    """The meeting as it is now."""
    found = people.offered().found
    return Found(found.project, session.get_one(Meeting, found.meeting.id))


def everything_is_old(days: int) -> None:
    """Letters and notes were written almost so many days ago."""
    moment = now() - timedelta(days=days, hours=-1)
    with db.write() as session:
        for letter in session.exec(select(OutboxLetter)).all():
            letter.created_at = moment
        for kept in session.exec(select(AuditNote)).all():
            kept.at = moment


@pytest.fixture
def meeting_with_marked_people(demo_sqlite: str) -> Registration:
    """One took part, one is the same as the first, and one waits for nothing any more and never came."""
    row = marked_person()
    duplicate_of(row)
    people.register(people.entry(f"{MARK}never", email=f"never@{MARK}.example"))
    post_all()
    took_part(row)
    with db.write() as session:
        meeting = session.get_one(Meeting, row.meeting_id)
        meeting.last_day = today()
        never = session.exec(select(Registration).where(Registration.email == f"never@{MARK}.example")).one()
        never.status = "declined"
    return row


@pytest.mark.usefixtures("meeting_with_marked_people")
@pytest.mark.parametrize("archive", [0, 1])
def test_a_dry_run_of_all_is_the_run(archive: int) -> None:
    for days in DAYS:
        over_since(days, ends=archive)
        everything_is_old(days)
        with db.read() as session:
            said = inventory.expected(session, now())
        assert retention_run.carry_out() == said, days
        with db.read() as session:
            assert inventory.expected(session, now()) == {}, days


@pytest.mark.usefixtures("meeting_with_marked_people")
def test_a_dry_run_of_a_meeting_is_the_run() -> None:
    for days in DAYS:
        over_since(days)
        everything_is_old(days)
        with db.write() as session:
            said = {kept.kind: kept.due for kept in inventory.overview(session, riga(session), now()) if kept.due}
            assert run_now(session, riga(session), "ana@planner.example").counts == said, days


def test_former_addresses_go_with_the_address_when_that_goes_first(demo_sqlite: str) -> None:
    marked_person()
    people.change_form(contact_days=10, logistics_days=900)
    over_since(11)
    retention_run.carry_out()
    found = columns_with_the_mark()
    assert "registration.email" not in found
    assert "field_change.before" not in found


def test_what_absent_people_answered_goes_with_their_names(demo_sqlite: str) -> None:
    row = marked_person()
    with db.write() as session:
        session.get_one(Registration, row.id).status = "declined"
        for question in session.exec(select(Question).where(Question.meeting_id == row.meeting_id)).all():
            question.keep_days = None
    over_since(366)
    retention_run.carry_out()
    assert "answer.value" not in columns_with_the_mark()


def test_the_page_says_how_much_and_not_whose(demo_sqlite: str, client: httpx.Client) -> None:
    marked_person()
    over_since(400)
    sign_in(client, "organiser", scope_of(people.MEETING))
    page = client.get(f"/{people.PROJECT}/{people.MEETING}/desk/retention").text
    assert "None of this can be restored." in page
    assert MARK not in page.casefold()
