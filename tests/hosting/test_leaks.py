"""Drafts stay at the desk: all that the public can ask for is asked, with secrets planted in all that is drafted."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import date, time

import pypdf
import pytest
from httpx import Client, Response
from sqlmodel import Session, select

from planner import db
from planner.accounts.permissions import ACTS, PUBLIC
from planner.agenda import actions
from planner.agenda.quick import Line
from planner.agenda.rows import drafted
from planner.agenda.tables import Document, Item, Speaking
from planner.app import create_app
from planner.consortium.tables import Partner, Person
from planner.hosting.cloning import clone
from planner.hosting.publishing import preview, publish
from planner.meetings.queries import at_desk
from planner.meetings.tables import Place
from planner.registration.letters import token
from planner.registration.rows import renew_token
from planner.registration.tables import Registration
from planner.visits.tables import Stop, StudyVisit, Transport
from tests.house.test_acts import routes
from tests.reception import sign_in

RIGA, WHO, SECRET = "riga-upcoming", "somebody@example.org", "xyzzy"
KNOWN = "ab" * 6
"""What stands for parameters that name nothing of ours."""


def texts(what: str) -> dict[str, str]:
    """A secret text that says where it was planted, in both languages of the interface."""
    return {"en": f"{SECRET}-{what}", "el": f"{SECRET}-{what}"}


def plant(session: Session) -> str:
    """Put secrets into everything that is drafted for Riga, and an unpublished meeting beside it, whose address comes
    back.
    """
    found = at_desk(session, "secon", RIGA)
    rows = drafted(session, found.meeting)
    _hide(session, rows.items[1])
    view = preview(session, found)
    publish(session, found, WHO, "provisional", view.mark, tell=False)
    number, block = found.meeting.id or 0, rows.items[0].block_id
    added = actions.add_item(session, number, WHO, Line(f"{SECRET}-item", time(18)), block_id=block)
    actions.add_item(session, number, WHO, Line(f"{SECRET}-pool", time(18)), block_id=None)
    _overwrite(session, rows.items[0], added)
    for visit in session.exec(select(StudyVisit).join(Item).where(Item.meeting_id == number)).all():
        visit.access = visit.photos = texts("visit")
        session.add(Stop(visit_id=visit.id or 0, number=99, name=texts("stop"), arrives=time(9), leaves=time(10)))
    for ride in session.exec(select(Transport).join(Item).where(Item.meeting_id == number)).all():
        ride.departs, ride.be_there = time(4, 44), time(4, 33)
    _places(session, number)
    session.add(Document(
        project_id=found.project.id or 0, meeting_id=number, title=texts("document"), audience="participants",
        link=f"https://example.org/{SECRET}",
    ))  # fmt: skip
    host = session.exec(select(Partner).where(Partner.slug == "harghita")).one()
    copy = clone(session, at_desk(session, "secon", RIGA), WHO, date(2031, 3, 4), host)
    copy.title = copy.summary = copy.place = copy.travel = texts("meeting")
    return copy.slug


def _hide(session: Session, item: Item) -> None:
    row = session.get_one(Item, item.id)
    row.hidden, row.title, row.text = True, texts("hidden"), texts("hidden")
    session.flush()


def _overwrite(session: Session, item: Item, added: Item) -> None:
    """Draft other words, another speaker and other headings."""
    rows = drafted(session, at_desk(session, "secon", RIGA).meeting)
    row = session.get_one(Item, item.id)
    row.title, row.text, row.points = texts("title"), texts("text"), [texts("point")]
    for block in rows.blocks:
        block.title = texts("block")
    for day in rows.days:
        day.note = texts("note")
    person = Person(
        project_id=at_desk(session, "secon", RIGA).project.id or 0, slug=SECRET, given=SECRET, family=SECRET,
        latin_given=SECRET, latin_family=SECRET,
    )  # fmt: skip
    session.add(person)
    session.flush()
    added.slug = f"{SECRET}-item"
    session.add(Speaking(item_id=added.id or 0, person_id=person.id or 0, position=0, role="speaker"))


def _places(session: Session, meeting_id: int) -> None:
    """Draft a room, and other names and addresses for those that are there; the venue itself is a setting."""
    for kind in ("room", "place"):
        session.add(Place(meeting_id=meeting_id, slug=f"{SECRET}-{kind}", kind=kind, position=99, name=texts(kind)))
    others = select(Place).where(Place.meeting_id == meeting_id, Place.kind != "venue")
    for place in session.exec(others).all():
        place.name, place.address = texts("renamed"), f"{SECRET}-address"


def addresses(meeting: str, own: str, item: str) -> Iterator[str]:
    """Every address that needs no account, for a meeting. A parameter that nobody knows here fails the test."""
    values = {
        "{project:str}": "secon", "{meeting:str}": meeting, "{token:str}": own, "{file:str}": f"{item}.ics",
        "{series:str}": "coordination-call", "{item:str}": "news-haskovo", "{key:str}": KNOWN, "{mark:str}": KNOWN,
        "{name:path}": "/css/base.css", "{number:int}": "1", "{item:int}": "1", "{question:int}": "1",
        "{slug:str}": "riga",
    }  # fmt: skip
    for path, handler in routes(create_app()):
        if "GET" in handler.http_methods and PUBLIC in ACTS[handler.opt["act"]]:
            yield re.sub(r"\{[^}]+\}", lambda found: values[found[0]], path).replace("//", "/")


def said(answer: Response) -> str:
    """All that an answer says, a PDF's text and the headers included."""
    body = answer.text
    if answer.headers.get("content-type", "").startswith("application/pdf"):
        body = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
    return f"{answer.headers} {body}"


def leaking(client: Client, wanted: list[str]) -> list[str]:
    """Addresses that say something planted, with what."""
    found = []
    for address in wanted:
        for language in ("en", "el"):
            answer = client.get(address, headers={"Accept-Language": language})
            assert answer.status_code < 500, address
            found += [f"{address}: {what}" for what in re.findall(rf"{SECRET}-?\w*|04:44|04:33", said(answer))]
    return sorted(set(found))


def own_page(session: Session) -> str:
    """The secret of somebody's registration for Riga's meeting."""
    query = select(Registration).where(Registration.status == "confirmed")
    row = session.exec(query.join(Item, Item.meeting_id == Registration.meeting_id).where(Item.slug != "")).all()
    mine = next(one for one in row if one.meeting_id == at_desk(session, "secon", RIGA).meeting.id)
    renew_token(mine, mine.token_version)
    session.add(mine)
    return token(mine)


@pytest.mark.usefixtures("demo_sqlite")
def test_no_draft_leaves_the_desk(clients: Callable[[], Client]) -> None:
    with db.write() as session:
        copy, own = plant(session), own_page(session)
        slugs = [row.slug for row in drafted(session, at_desk(session, "secon", RIGA).meeting).items]
    visitor = clients()
    asked = [*addresses(RIGA, own, f"{SECRET}-item"), *addresses(copy, own, slugs[0])]
    asked += [f"/secon/{RIGA}/agenda/{slug}.ics" for slug in slugs]
    asked += [f"/secon/{RIGA}/agenda?day={day}" for day in range(4)]
    asked += [f"/secon/{RIGA}/{page}" for page in ("agenda?version=1", "changes?since=1", "agenda.pdf", "calendar.ics")]
    # An address that names the secret itself says it back in the links to other languages.
    mine = [line for line in leaking(visitor, asked) if not line.startswith(f"/secon/{RIGA}/agenda/{SECRET}-item.ics")]
    participants_only = [line for line in mine if not line.startswith(f"/my/{own}/documents")]
    assert participants_only == []
    assert visitor.get(f"/secon/{RIGA}/agenda/{SECRET}-item.ics").status_code == 404
    below = [address for address in addresses(copy, own, slugs[0]) if f"/{copy}" in address]
    assert {address: visitor.get(address).status_code for address in below} == dict.fromkeys(below, 404)


@pytest.mark.usefixtures("demo_sqlite")
def test_what_was_planted_is_there_for_the_desk(clients: Callable[[], Client]) -> None:
    with db.write() as session:
        copy = plant(session)
    organiser = clients()
    sign_in(organiser, "organiser")
    shown = organiser.get(f"/secon/{RIGA}/desk/publication").text
    assert f"{SECRET}-item" in shown
    assert f"{SECRET}-title" in shown
    assert f"{SECRET}-meeting" in organiser.get(f"/secon/{copy}/desk").text
