"""Riga's registration for tests: its form made small, people who register, and what became of them."""

import re
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from planner import clock, db
from planner.agenda.tables import Item
from planner.meetings.queries import find
from planner.meetings.tables import Meeting
from planner.outbox import OutboxLetter
from planner.questions import actions as asking
from planner.questions.queries import asked
from planner.questions.rules import Draft, Option
from planner.registration import actions, apart, changing, letters, queries
from planner.registration.entry import Entry
from planner.registration.form_keys import new_key
from planner.registration.form_tables import RegistrationForm
from planner.registration.offer import Offer, offer
from planner.registration.pools import Pool
from planner.registration.tables import Registration
from planner.tokens import mint
from planner.visits.tables import StudyVisit, Transport
from tests.agenda.giving import give_out_anew

PROJECT, MEETING = "secon", "riga-upcoming"
REGISTER = f"/{PROJECT}/{MEETING}/register"


def offered() -> Offer:
    """What Riga offers."""
    with db.read() as session:
        return offer(session, find(session, PROJECT, MEETING))


def change_form(**values: Any) -> None:
    """Change Riga's form: places, opening, quotas."""
    with db.write() as session:
        form = session.get_one(RegistrationForm, offered().form.id)
        for name, value in values.items():
            setattr(form, name, value)
        session.add(form)


def leave_room(on_site: int, online: int = 0) -> None:
    """Leave so many places free beside those that the demo's people hold."""
    with db.read() as session:
        taken = dict(queries.seats(session, offered().form))
    change_form(seats_on_site=taken["on_site"].taken + on_site, seats_online=taken["online"].taken + online)


def leave_seats(slug: str, count: int) -> None:
    """Leave so many seats free on a study visit."""
    with db.write() as session:
        item = session.exec(
            select(Item.id).join(StudyVisit).where(Item.slug == slug, Item.meeting_id == meeting_id())
        ).one()
        visit = session.exec(select(StudyVisit).where(StudyVisit.item_id == item)).one()
        taken = queries.visit_seats_by_item(session, meeting_id())[item or 0].taken
        visit.capacity = taken + count
        session.add(visit)
        publish_anew(session)  # seats count once readers see them


def leave_bus(slug: str, count: int) -> int:
    """Leave so many seats free on a bus; its item's number."""
    with db.write() as session:
        item = session.exec(select(Item.id).where(Item.slug == slug, Item.meeting_id == meeting_id())).one() or 0
        ride = session.exec(select(Transport).where(Transport.item_id == item)).one()
        ride.seats = apart.held(session, meeting_id())["ride", item, ""] + count
        session.add(ride)
        publish_anew(session)
    return item


def limited_option(seats: int) -> Pool:
    """A question with an option that only so many may choose."""
    draft = Draft("one", {"en": "Where do you sleep?"}, options=(Option("", {"en": "In the castle"}, seats),))
    with db.write() as session:
        number = asking.add(session, meeting_id(), "ana@planner.example", draft)
        option = asked(session, meeting_id())[-1].options[0]
    return ("option", number, option.slug)


def publish_anew(session: Session) -> None:
    """Let readers see what stands in the tables, as a publication does."""
    give_out_anew(session)
    session.get_one(Meeting, meeting_id()).revision += 1


def meeting_id() -> int:
    """Riga's number."""
    return offered().form.meeting_id


def entry(name: str = "Ana", **values: Any) -> Entry:
    """Somebody local who comes on the first meeting day, on site."""
    usual = {
        "given": name,
        "family": "Guest",
        "latin_given": name,
        "latin_family": "Guest",
        "email": f"{name.lower()}@guests.example",
        "category": "host_local",
        "partner_id": offered().found.meeting.host_partner_id,
        "days": days("on_site", 1),
        "consents": {"photo": True, "participant_list": False, "future_invitations": False, "sensitive": False},
    }
    return Entry(**{**usual, **values})


def days(mode: str, *numbers: int) -> dict[int, str]:
    """Agenda days by number, all in one way."""
    return {day.id: mode for day in offered().days if day.number in numbers}


def visits(*slugs: str) -> tuple[int, ...]:
    """Study visits by their short names."""
    known = {visit.slug: visit.id for visit in offered().visits}
    return tuple(known[slug] for slug in slugs)


def register(given: Entry, form_key: str = "") -> Registration | None:
    """Register somebody the way the page does."""
    place = offered()
    with db.write() as session:
        return actions.register(session, place, given, form_key or mint())


def now(row: Registration) -> Registration:
    """A registration as it is now."""
    with db.read() as session:
        return session.get_one(Registration, row.id)


def chosen(row: Registration) -> queries.Choices:
    """What somebody chose, as it is now."""
    with db.read() as session:
        return queries.choices(session, row.id or 0)


def change(row: Registration, given: Entry, version: int | None = None) -> Registration:
    """Change a registration the way the page does."""
    place = offered()
    with db.write() as session:
        return changing.change(session, place, row.id or 0, given, now(row).version if version is None else version)


def withdraw(row: Registration) -> None:
    """Withdraw a registration the way the page does."""
    place = offered()
    with db.write() as session:
        actions.withdraw(session, place, row.id or 0)


def subjects(row: Registration) -> list[str]:
    """How the letters about a registration begin, in order."""
    with db.read() as session:
        query = select(OutboxLetter.subject).where(OutboxLetter.about == letters.about(row))
        return [subject.partition(":")[0] for subject in session.exec(query.order_by(col(OutboxLetter.id)))]


def aged_key() -> str:
    """The key of a form that was shown a minute ago: nobody fills one in within a moment."""
    return new_key(clock.now() - timedelta(minutes=1))


def let_a_minute_pass(page: Any) -> None:
    """Make the form in a browser one that was shown a minute ago."""
    page.evaluate("key => { document.querySelector('input[name=form_key]').value = key }", aged_key())


def form(client: Any, address: str = REGISTER) -> dict[str, Any]:
    """The fields of the form as the page sends them to a browser, filled with what it proposes."""
    page = client.get(address).text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    ticked = re.findall(r'<input type="radio" id="[^"]*" name="(\w+)" value="([^"]*)" checked', page)
    return {**fields, **dict(ticked), **({"form_key": aged_key()} if "form_key" in fields else {})}


def filled(client: Any, name: str = "Ana", **values: Any) -> dict[str, Any]:
    """The form as somebody local fills it in."""
    who = {"given": name, "family": "Guest", "email": f"{name.lower()}@guests.example", "category": "host_local"}
    return {**form(client), **who, **values}
