"""Files of those who speak: put in for one speaker of an item, and read beside that name wherever the agenda is."""

from __future__ import annotations

from xml.etree import ElementTree

from litestar.testing import TestClient
from sqlmodel import col, select

from planner import db
from planner.agenda.documents import place
from planner.agenda.tables import Speaking
from tests.agenda.giving import give_out_anew, item
from tests.materials.test_documents import DESK, HASKOVO, Clients, organiser, rows, upload

__all__ = ["organiser"]


def speakers() -> tuple[str, list[int]]:
    """The uid of an item and the people who speak there, in order."""
    with db.read() as session:
        row = item(session, "haskovo-2023", "d1-welcome")
        there = select(Speaking).where(Speaking.item_id == row.id).order_by(col(Speaking.position))
        return row.uid, [one.person_id for one in session.exec(there)]


def test_a_file_of_one_speaker_is_read_beside_that_name(organiser: str, client: TestClient, clients: Clients) -> None:
    uid, (first, second) = speakers()
    assert f'value="{place(uid, second)}"' in client.get(f"{DESK}?item={uid}%7C{second}").text
    for whose, title in ((second, "Her slides"), (first, "His slides")):
        assert upload(client, organiser, item=place(uid, whose), title_en=title, kind="presentation").status_code == 303
    assert upload(client, organiser, item=uid, title_en="Of both").status_code == 303
    assert [row.speaker_id for row in rows()] == [second, first, None]
    page = clients().get(f"{HASKOVO}/agenda").text
    people = page[: page.index("Of both")].rpartition('<ul class="people">')[2]
    assert people.index("His slides") < people.rindex("<b>") < people.index("Her slides")
    assert page.count("Her slides") == 1
    assert "Her slides" in client.get(f"{HASKOVO}/desk/agenda/items/{number()}").text
    told = clients().get(f"{HASKOVO}/agenda.json").json()["schedule"]["conference"]["days"]
    events = [one for day in told for there in day["rooms"].values() for one in there]
    (event,) = [one for one in events if one["slug"].endswith("d1-welcome")]
    assert [[one["title"] for one in person["links"]] for person in event["persons"]] == [
        ["His slides"],
        ["Her slides"],
    ]
    assert all(person["function"] and person["affiliation"] for person in event["persons"])
    schedule = ElementTree.fromstring(clients().get(f"{HASKOVO}/agenda.xml").content)
    assert {one.text for one in schedule.iter("attachment")} == {"His slides", "Her slides", "Of both"}


def number() -> int:
    with db.read() as session:
        return item(session, "haskovo-2023", "d1-welcome").id or 0


def test_a_file_of_somebody_who_speaks_no_more_stays_with_the_item(
    organiser: str, client: TestClient, clients: Clients
) -> None:
    uid, (_first, second) = speakers()
    upload(client, organiser, item=place(uid, second), title_en="Her slides")
    with db.write() as session:
        mine = select(Speaking).where(Speaking.person_id == second, Speaking.item_id == number())
        session.delete(session.exec(mine).one())
        give_out_anew(session)
    page = clients().get(f"{HASKOVO}/agenda").text
    assert page.count("Her slides") == 1
    assert f'<option value="{uid}" selected' in client.get(f"{DESK}/{rows()[0].key}").text
    refused = upload(client, organiser, item=place(uid, second), title_en="More")
    assert refused.status_code == 422
