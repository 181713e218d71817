"""What goes before its usual end, and what follows a meeting that is moved or does not take place."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from planner import db
from planner.files import keep
from planner.hosting.editing import edit_basics
from planner.meetings.queries import Found
from planner.outbox import letters_about
from planner.questions import actions as asking
from planner.questions.queries import asked
from planner.questions.rules import Draft
from planner.registration import unconfirmed
from planner.registration.chores import drop_loose_files
from planner.registration.letters import about
from planner.registration.tables import Answer, CareNote, Registration
from tests.admin.marked import ADDRESS, MARK, MARKED_PDF, columns_with_the_mark, files_with_the_mark, marked_person
from tests.posting import post_all
from tests.registration import people


def stranger() -> Registration:
    """Somebody whose address nobody knows sends the form, with a file."""
    entry = people.entry(MARK, email=ADDRESS)
    with db.write() as session:
        asking.add(session, people.meeting_id(), "ana@planner.example", Draft("file", {"en": "Your paper"}))
    offered = people.offered()
    with db.write() as session:
        unconfirmed.hold(session, offered, entry, "")
        row = session.exec(select(Registration).where(Registration.email == ADDRESS)).one()
        number = asked(session, people.meeting_id())[-1].id
        kept = keep(MARKED_PDF, f"{MARK}.pdf")._asdict()
        session.add(Answer(registration_id=row.id or 0, question_id=number, version=1, value=kept))
    return row


def test_of_a_stranger_who_never_answered_nothing_is_left(demo_database: str) -> None:
    row = stranger()
    post_all()
    assert {"registration.family", "outbox_letter.to_address", "answer.value"} <= columns_with_the_mark() | {
        "registration.family"
    }
    assert len(files_with_the_mark()) >= 2
    with db.write() as session:
        session.get_one(Registration, row.id).updated_at -= timedelta(hours=49)
    unconfirmed.forget_unconfirmed()
    drop_loose_files()
    db.shred()
    assert columns_with_the_mark() == set()
    assert files_with_the_mark() == set()
    with db.read() as session:
        assert letters_about(session, about(row)) == []  # SQLite gives that number to the next registration


def test_notes_of_diet_follow_a_meeting_that_is_moved(demo_sqlite: str) -> None:
    row = marked_person()
    found = people.offered().found
    basics = {"first_day", "last_day"}
    before = care_of(row).delete_after
    with db.write() as session:
        found = Found(found.project, session.get_one(type(found.meeting), found.meeting.id))
        values = {name: getattr(found.meeting, name) + timedelta(days=60) for name in basics}
        edit_basics(session, found, "ana@planner.example", values)
    assert care_of(row).delete_after == before + timedelta(days=60)


def care_of(row: Registration) -> CareNote:
    """The note about diet and access."""
    with db.read() as session:
        return session.get_one(CareNote, row.id)
