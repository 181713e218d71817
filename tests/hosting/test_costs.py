"""What pages about a whole agenda ask of the database: as much for forty items as for five."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from httpx import Client, Response
from sqlmodel import select

from planner import db
from planner.agenda import actions
from planner.agenda.quick import parse
from planner.agenda.tables import Block, Day, Item
from planner.meetings.tables import Meeting
from tests.queries import Count, counting
from tests.reception import sign_in

DESK = "/secon/riga-upcoming/desk"
FEW, MANY = 5, 40
HEADS = "day,start,minutes,title,kind"


def add(numbers: range) -> None:
    """Write so many items at the end of the last day, ten minutes each."""
    with db.write() as session:
        meeting = session.exec(select(Meeting).where(Meeting.slug == "riga-upcoming")).one()
        days = select(Block).join(Day).where(Day.meeting_id == meeting.id).order_by(Day.date.desc(), Block.id)  # type: ignore[attr-defined]
        block = session.exec(days).first()
        assert block
        for number in numbers:
            line = parse(f"{15 + number // 6}:{number % 6}0 10m Item {number}", {})
            actions.add_item(session, meeting.id or 0, "ana@example.org", line, block_id=block.id)


@pytest.fixture
def token(demo_sqlite: str, client: Client) -> str:
    """Somebody who organises is signed in, and five items are new."""
    token = sign_in(client, "organiser")
    client.get(DESK)  # the first visit also notes that the visitor was seen
    add(range(FEW))
    return token


def counted(ask: Callable[[], Response]) -> tuple[Count, int]:
    """What an answer costs, and how long it is."""
    with counting() as count:
        answer = ask()
    assert answer.status_code == 200, answer.text
    return count, len(answer.content)


@pytest.mark.parametrize(
    "path",
    [
        "/agenda",
        "/agenda?day=3",
        "/agenda/preview",
        "/agenda/import",
        "/publication",
        "/documents",
        "/visits",
        "/clone",
    ],
)
def test_a_page_of_the_desk_asks_as_much_for_forty_items(token: str, client: Client, path: str) -> None:
    few, _short = counted(lambda: client.get(DESK + path))
    add(range(FEW, MANY))
    many, _long = counted(lambda: client.get(DESK + path))
    assert many.number == few.number, str(many)


def test_the_differences_of_a_publication_grow_and_its_questions_do_not(token: str, client: Client) -> None:
    few, short = counted(lambda: client.get(f"{DESK}/publication"))
    add(range(FEW, MANY))
    many, long = counted(lambda: client.get(f"{DESK}/publication"))
    assert long > short + 100 * (MANY - FEW)
    assert many.number == few.number


def test_a_table_is_looked_at_in_as_many_questions_for_forty_rows(token: str, client: Client) -> None:
    def look(rows: int) -> Response:
        lines = [f"1,{9 + row // 6}:{row % 6}0,10,Item {row},presentation" for row in range(rows)]
        file = ("agenda.csv", "\n".join([HEADS, *lines]).encode(), "text/csv")
        return client.post(f"{DESK}/agenda/import", data={"csrf": token}, files={"file": file})

    (few, short), (many, long) = counted(lambda: look(FEW)), counted(lambda: look(MANY))
    assert long > short + 100 * (MANY - FEW)
    assert many.number == few.number


def test_an_item_moves_in_as_many_questions_among_forty(token: str, client: Client) -> None:
    def later() -> Response:
        with db.read() as session:
            item = next(row for row in session.exec(select(Item)) if row.title.get("en") == "Item 1")
        form = {"csrf": token, "version": str(item.version)}
        return client.post(f"{DESK}/agenda/items/{item.id}/later?day=3", data=form, headers={"hx-request": "true"})

    few, _short = counted(later)
    add(range(FEW, MANY))
    many, _long = counted(later)
    assert many.number == few.number
