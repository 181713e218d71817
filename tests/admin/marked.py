"""Somebody whose every word is marked, and a search for the mark in all that is kept."""

from __future__ import annotations

import base64
import re
from datetime import date, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from sqlalchemy import inspect
from sqlmodel import Session, select

from planner import db
from planner.accounts.tables import SignInAttempt
from planner.admin.plan import PLAIN
from planner.agenda.tables import Day
from planner.attendance.tables import CheckIn, OnlineLog, Signature
from planner.audit import note
from planner.clock import now
from planner.consortium.tables import Person
from planner.delegations.tables import PersonalInvitation
from planner.files import keep
from planner.history import Change, values
from planner.letter import Letter
from planner.meetings.tables import Meeting
from planner.outbox import write_letter
from planner.questions.tables import Question, QuestionVersion
from planner.registration.letters import about
from planner.registration.place_tables import DeadlineException
from planner.registration.tables import (
    Answer,
    CareNote,
    Consent,
    FieldChange,
    LinkRequest,
    LooseFile,
    Registration,
    StatusChange,
)
from planner.roster.tables import Merge, RosterView
from planner.tables import metadata
from planner.tokens import mint
from tests.registration import people
from tests.sample_files import PDF

MARK = "xqzzyq"
ADDRESS = f"{MARK}@guests.example"
MARKED_PDF = PDF.replace(b"endobj", b"endobj % " + MARK.encode())


def today() -> date:
    """Today, as the plan counts it."""
    return now().date()


def marked_person(*, directory: bool = False) -> Registration:
    """Riga has a registration with the mark in every text, and in whatever else may know of the person."""
    row = people.register(people.entry(MARK, email=ADDRESS))
    assert row is not None
    with db.write() as session:
        row = session.get_one(Registration, row.id)
        _mark_columns(session, row)
        _mark_rows(session, row)
        _mark_traces(session, row)
        if directory:
            row.person_id = _person(session, row)
    return people.now(row)


def _mark_columns(session: Session, row: Registration) -> None:
    for column in metadata.tables["registration"].columns:
        if str(column.type) == "VARCHAR" and column.name not in PLAIN and column.name != "form_key":
            setattr(row, column.name, ADDRESS if column.name == "email" else f"{MARK}-{column.name}")
    session.add(row)
    session.flush()


def _mark_rows(session: Session, row: Registration) -> None:
    number = row.id or 0
    day = session.exec(select(Day.id).where(Day.meeting_id == row.meeting_id)).first() or 0
    wording = session.exec(select(Consent.wording_id)).first() or 0
    end = today() + timedelta(days=90)
    session.add(CareNote(registration_id=number, diet="vegan", diet_note=MARK, access=MARK, delete_after=end))
    session.add(Consent(registration_id=number, purpose=f"{MARK}", granted=True, given_at=now(), wording_id=wording))
    session.add(StatusChange(registration_id=number, status="confirmed", at=now(), actor="planner", reason=MARK))
    session.add(FieldChange(
        registration_id=number, at=now(), actor="planner", act="edit", field="family", before=MARK, after=MARK
    ))  # fmt: skip
    for purpose, kind, value in (
        ("logistics", "text", MARK),
        ("care", "text", MARK),
        ("communication", "many", [MARK]),
        ("attendance", "file", keep(MARKED_PDF, f"{MARK}.pdf")._asdict()),
    ):
        question = Question(meeting_id=row.meeting_id, slug=mint()[:8], position=9, purpose=purpose, keep_days=60)
        session.add(question)
        session.flush()
        session.add(
            QuestionVersion(question_id=question.id or 0, number=1, kind=kind, label={"en": "?"}, made_at=now())
        )
        session.flush()
        session.add(Answer(registration_id=number, question_id=question.id or 0, version=1, value=value))
    row.form_key = row.form_key or mint()
    loose = keep(MARKED_PDF, f"{MARK}.pdf")._asdict()
    session.add(LooseFile(ref=mint(), form_key=row.form_key, value=loose, until=now() + timedelta(days=1)))
    assert day


def _mark_traces(session: Session, row: Registration) -> None:
    organiser = people.meeting_id()
    note(session, "planner", "registration.edit", about(row), family=MARK, email=ADDRESS)
    before = {"table": "registration", "id": row.id, "before": values(row), "after": values(row)}
    care = session.get_one(CareNote, row.id)
    diet = {"table": "care_note", "id": row.id, "before": values(care), "after": None}
    scope, act = f"meeting:{organiser}", "edit"
    session.add(Change(scope=scope, at=now(), actor="planner", act=act, details={"name": MARK}, rows=[before, diet]))
    letter = Letter(ADDRESS, f"Hello {MARK}", f"Dear {MARK}", f"<p>{MARK}</p>", to_name=MARK, about=about(row))
    write_letter(session, letter)
    write_letter(session, Letter(ADDRESS, "To the address alone", MARK, MARK))
    session.add(LinkRequest(email=ADDRESS, at=now(), done_at=now()))
    session.add(SignInAttempt(email=ADDRESS, at=now()))
    account = session.connection().exec_driver_sql("SELECT MIN(id) FROM account").scalar_one()
    session.add(
        RosterView(meeting_id=row.meeting_id, account_id=account, name="Who", query=f"?q={MARK.upper()}-Family")
    )
    session.add(DeadlineException(
        meeting_id=row.meeting_id, uid=mint(), email=ADDRESS, until=now(), reason=MARK, granted_by="x", granted_at=now()
    ))  # fmt: skip
    session.add(PersonalInvitation(
        meeting_id=row.meeting_id, uid=mint(), token_hash=mint(), identity=MARK, given=MARK, family=MARK,
        email=ADDRESS, category="speaker", registration_id=row.id, sent_at=now(), expires_at=now(),
    ))  # fmt: skip
    other = session.exec(select(Registration).where(Registration.meeting_id == row.meeting_id)).all()[0]
    other.registered_by = ADDRESS
    session.add(other)


def _person(session: Session, row: Registration) -> int:
    project = session.get_one(Meeting, row.meeting_id).project_id
    person = Person(
        project_id=project, slug=MARK, title=MARK, given=MARK, family=MARK, latin_given=MARK, latin_family=MARK,
        sort_key=MARK, function={"en": MARK}, email=ADDRESS,
    )  # fmt: skip
    session.add(person)
    session.flush()
    return person.id or 0


def duplicate_of(row: Registration) -> Registration:
    """A second registration of the same person, merged into the first."""
    twin = people.register(people.entry(f"{MARK}two", email=ADDRESS))
    assert twin is not None
    with db.write() as session:
        other = session.get_one(Registration, twin.id)
        other.status = "duplicate"
        session.add(other)
        session.add(Merge(kept_id=row.id or 0, other_id=twin.id or 0, at=now(), actor="x", other_status="confirmed"))
    return twin


def took_part(row: Registration) -> None:
    """The meeting has begun; the person checked in, signed and was in the log."""
    with db.write() as session:
        meeting = session.get_one(Meeting, row.meeting_id)
        meeting.first_day = meeting.last_day = today()
        session.add(meeting)
        day = session.exec(select(Day.id).where(Day.meeting_id == row.meeting_id)).first() or 0
        number, moment = row.id or 0, now()
        session.add(Signature(registration_id=number, day_id=day, noted_at=moment))
        session.add(CheckIn(registration_id=number, day_id=day, at=moment, by="door@example.org"))
        log = OnlineLog(day_id=day, registration_id=number, shown_as=MARK, joined=moment.time(), left=moment.time())
        session.add(log)


def over_since(days: int, *, ends: int = 0) -> None:
    """Riga's meeting ended so many days ago (the project `ends` days ago), and so did what hangs on its last day."""
    with db.write() as session:
        meeting = session.get_one(Meeting, people.meeting_id())
        shift = today() - timedelta(days=days) - meeting.last_day
        meeting.first_day += shift
        meeting.last_day += shift
        session.add(meeting)
        for care in session.exec(select(CareNote).join(Registration).where(Registration.meeting_id == meeting.id)):
            care.delete_after = meeting.last_day + timedelta(days=30)
            session.add(care)
        if ends:
            session.connection().exec_driver_sql(
                f"UPDATE project SET archive_until = '{today() - timedelta(days=ends)}'"
            )


def columns_with_the_mark() -> set[str]:
    """Every column of every table of the database in which the mark stands, however it is encoded."""
    engine = db.current().engine
    with engine.connect() as connection:
        return {
            f"{table}.{column['name']}"
            for table in inspect(engine).get_table_names()
            for column in inspect(engine).get_columns(table)
            for (value,) in connection.exec_driver_sql(f'SELECT "{column["name"]}" FROM "{table}"')
            if value is not None and _is_marked(value)
        }


def _is_marked(value: Any) -> bool:
    raw = value.tobytes() if isinstance(value, memoryview) else value
    if isinstance(raw, bytes):
        return _in_bytes(raw)
    return MARK in str(raw).casefold()


def _in_bytes(raw: bytes) -> bool:
    """In the bytes as they are, or in the parts of a letter once they are decoded."""
    if MARK.encode() in raw.lower():
        return True
    if not re.match(rb"[A-Za-z-]+: ", raw):
        return False
    letter = message_from_bytes(raw, policy=policy.default)
    parts = [part.get_payload(decode=True) or b"" for part in letter.walk() if not part.is_multipart()]
    return any(MARK.encode() in part.lower() for part in parts)


def files_with_the_mark(folder: Path = Path()) -> set[str]:
    """Every file below a folder in which the mark stands: letters, stored files, and the database's own bytes."""
    coded = base64.b64encode(MARK.encode()).rstrip(b"=")[:-1]
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and (_in_bytes(content := path.read_bytes()) or coded in content)
    }
