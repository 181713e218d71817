"""What somebody wrote about their health is looked for behind every address of a meeting's desk, role by role."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator

import httpx
import pytest
from sqlmodel import select

from planner import db
from planner.accounts.permissions import ROLES
from planner.app import create_app
from planner.clock import now
from planner.meetings.tables import Meeting
from planner.questions.tables import Question, QuestionVersion
from planner.registration.tables import Answer, CareNote
from tests.house.test_acts import routes
from tests.reception import scope_of, sign_in
from tests.registration import people

SECRET = "xqzzyhealth"


@pytest.fixture
def number(demo_sqlite: str) -> int:
    """Somebody confirmed for Riga, with a note about access and an answer about health."""
    row = people.register(people.entry("Ana"))
    assert row is not None
    with db.write() as session:
        end = session.get_one(Meeting, row.meeting_id).last_day
        session.add(CareNote(registration_id=row.id or 0, diet_note=SECRET, access=SECRET, delete_after=end))
        question = Question(meeting_id=row.meeting_id, slug="health", position=9, purpose="care")
        session.add(question)
        session.flush()
        wording = QuestionVersion(question_id=question.id or 0, number=1, kind="text", label={"en": "?"}, made_at=now())
        session.add(wording)
        session.flush()
        session.add(Answer(registration_id=row.id or 0, question_id=question.id or 0, version=1, value=SECRET))
    return row.id or 0


def addresses(number: int) -> Iterator[str]:
    """Everything that can be looked at below the project, with what is known of that registration filled in."""
    known = {"{project:str}": people.PROJECT, "{meeting:str}": people.MEETING}
    for path, handler in routes(create_app()):
        if "GET" in handler.http_methods and "{project" in path:
            for name, value in known.items():
                path = path.replace(name, value)
            yield "/".join(str(number) if part.startswith("{") else part for part in path.split("/"))


def told(answer: httpx.Response) -> bool:
    """Whether the secret stands in an answer, also in the parts of a workbook."""
    content = answer.content
    if content.startswith(b"PK"):
        parts = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(parts.read(name) for name in parts.namelist())
    return SECRET.encode() in content.lower()


@pytest.mark.parametrize("role", ROLES)
def test_health_is_told_to_the_logistics_role_alone(
    number: int, clients: Callable[[], httpx.Client], role: str
) -> None:
    client = clients()
    sign_in(client, role)
    asked = sorted({*addresses(number), *(f"{path}?care=yes&columns=care" for path in addresses(number))})
    telling = [path for path in asked if told(client.get(path))]
    assert len(asked) > 60
    assert bool(telling) == (role == "logistics"), telling


def test_nobody_else_sees_the_pages_of_health(number: int, clients: Callable[[], httpx.Client]) -> None:
    for role, status in (("organiser", 404), ("administrator", 404), ("reception", 404), ("logistics", 200)):
        client = clients()
        sign_in(client, role, scope_of(people.MEETING))
        path = f"/{people.PROJECT}/{people.MEETING}/desk/registrations-care.csv"
        assert client.get(path).status_code == status, role
    with db.read() as session:
        assert session.exec(select(CareNote).where(CareNote.registration_id == number)).one().access == SECRET
