"""Copying a meeting: two fields, everything moves along, and what was true of the old place is listed."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from httpx import Client
from sqlmodel import Session, select

from planner import db
from planner.agenda.rows import drafted
from planner.agenda.tables import Item, Release
from planner.clock import local
from planner.consortium.tables import Partner
from planner.hosting.cloning import clone, named
from planner.hosting.tables import Look
from planner.meetings.queries import at_desk
from planner.meetings.tables import Meeting
from planner.registration.form_tables import RegistrationForm
from planner.registration.tables import Registration
from planner.visits.tables import Stop, StudyVisit, Transport
from tests.hosting.test_setting_up import filled, meeting
from tests.reception import counted_questions, sign_in

HASKOVO = "/secon/haskovo-2023/desk"


@pytest.fixture
def organiser(demo_sqlite: str, client: Client) -> str:
    """Somebody who organises is signed in; the token of their forms."""
    return sign_in(client, "organiser")


def copied(client: Client, csrf: str, first_day: str = "2027-11-15", host: str = "oliveira") -> str:
    """Copy Haskovo's meeting; the answer is the short address of the copy."""
    answer = client.post(f"{HASKOVO}/clone", data={"csrf": csrf, "first_day": first_day, "host": host})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("/")[2]


def count(session: Session, kind: type[StudyVisit] | type[Transport], slug: str) -> int:
    """How many study visits or rides a meeting has."""
    query = select(kind).join(Item).join(Meeting, Meeting.id == Item.meeting_id).where(Meeting.slug == slug)
    return len(session.exec(query).all())


def test_a_copy_takes_two_clicks_and_two_fields(organiser: str, client: Client) -> None:
    assert f'href="{HASKOVO}/clone"' in client.get(HASKOVO).text
    form = re.search(r'<form class="form".*?</form>', client.get(f"{HASKOVO}/clone").text, re.S)
    assert form
    fields = re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', form[0])
    assert fields == ["csrf", "first_day", "host"]
    assert copied(client, organiser) == "oliveira-de-azemeis-2027"


def test_days_and_deadlines_move_by_the_wall_clock_into_the_new_zone(organiser: str, client: Client) -> None:
    old, new = meeting("haskovo-2023"), meeting(copied(client, organiser))
    assert (new.zone, new.first_day, new.last_day - new.first_day) == (
        "Europe/Lisbon", date(2027, 11, 15), old.last_day - old.first_day,
    )  # fmt: skip
    assert (new.uid != old.uid, new.sequence, new.revision, new.state, new.published_at) == (
        True,
        0,
        1,
        "planned",
        None,
    )
    by = new.first_day - old.first_day
    with db.read() as session:
        forms = {row.meeting_id: row for row in session.exec(select(RegistrationForm))}
        before, after = forms[old.id or 0], forms[new.id or 0]
        for name in ("closes_at", "catering_frozen_at", "papers_frozen_at"):
            then, there = local(getattr(before, name), old.zone), local(getattr(after, name), new.zone)
            assert there.replace(tzinfo=None) == then.replace(tzinfo=None) + by
        assert after.controller_partner_id == new.host_partner_id
        assert after.privacy_contact == ""
        days = [drafted(session, row).days for row in (old, new)]
        assert [day.date for day in days[1]] == [day.date + by for day in days[0]]


def test_the_agenda_is_the_same_with_new_identities(organiser: str, client: Client) -> None:
    slug = copied(client, organiser)
    with db.read() as session:
        rows = [drafted(session, meeting(one)) for one in ("haskovo-2023", slug)]
        shown = [[(item.slug, item.starts, item.ends, item.title, item.track) for item in one.items] for one in rows]
        places = [[one.place[item.place_id].slug if item.place_id else "" for item in one.items] for one in rows]
        assert shown[0] == shown[1]
        assert places[0] == places[1]
        assert len(rows[0].speakings) == len(rows[1].speakings) > 0
        assert not {item.uid for item in rows[0].items} & {item.uid for item in rows[1].items}
        assert {item.sequence for item in rows[1].items} == {0}
        mine = {place.id for place in rows[1].places}
        assert {item.place_id for item in rows[1].items if item.place_id} <= mine
        for kind in (StudyVisit, Transport):
            assert count(session, kind, slug) == count(session, kind, "haskovo-2023") > 0
        stops = select(Stop).join(StudyVisit).join(Item).join(Meeting, Meeting.id == Item.meeting_id)
        assert session.exec(stops.where(Meeting.slug == slug)).first() is not None
        new = meeting(slug).id
        assert session.exec(select(Registration).where(Registration.meeting_id == new)).first() is None
        assert session.exec(select(Release).where(Release.meeting_id == new)).first() is None


def test_what_needs_a_look_is_listed_and_ticked_off(organiser: str, client: Client) -> None:
    slug = copied(client, organiser, "2027-11-16")
    desk = f"/secon/{slug}/desk"
    text = client.get(desk).text
    for words in (
        "was a Monday",
        "Venue: is “",
        "Transport: “",
        "Study visit: “",
        "Contact: ",
        "names the place before",
    ):
        assert words in text
    with db.read() as session:
        looks = session.exec(select(Look).where(Look.meeting_id == meeting(slug).id)).all()
    assert f"{len(looks)} things were copied and need a look." in text
    first = looks[0].id
    for done, left in (("yes", len(looks) - 1), ("", len(looks))):
        answer = client.post(f"{desk}/looks/{first}", data={"csrf": organiser, "done": done})
        assert answer.headers["location"] == f"{desk}#look"
        assert f"{left} things were copied" in client.get(desk).text
    foreign = f"/secon/riga-upcoming/desk/looks/{first}"
    assert client.post(foreign, data={"csrf": organiser, "done": "yes"}).status_code == 404


def test_the_same_host_again_has_less_to_look_at(organiser: str, client: Client) -> None:
    text = client.get(f"/secon/{copied(client, organiser, '2027-11-15', 'haskovo')}/desk").text
    assert "Venue: is “" in text
    for words in ("was a Monday", "Contact: ", "names the place before", "data protection"):
        assert words not in text


def test_an_hour_that_the_clock_skips_is_named(demo_sqlite: str) -> None:
    with db.write() as session:
        found = at_desk(session, "secon", "haskovo-2023")
        rows = drafted(session, found.meeting)
        item = session.get_one(Item, rows.items[0].id)
        item.starts = item.starts.replace(hour=3, minute=30) if item.starts else None
        session.flush()
        by = rows.day_of(item).date - found.meeting.first_day
        host = session.exec(select(Partner).where(Partner.slug == "haskovo")).one()
        made = clone(session, found, "x@example.org", date(2027, 3, 28) - by, host)
        topics = session.exec(select(Look.topic).where(Look.meeting_id == made.id)).all()
    assert "clock" in topics


def test_a_copy_of_a_copy_is_the_same_agenda(organiser: str, client: Client) -> None:
    first = copied(client, organiser)
    form = {"csrf": organiser, "first_day": "2028-02-28", "host": "riga"}
    answer = client.post(f"/secon/{first}/desk/clone", data=form)
    second = answer.headers["location"].split("/")[2]
    with db.read() as session:
        one, other = (drafted(session, meeting(slug)) for slug in (first, second))
        assert [item.title for item in one.items] == [item.title for item in other.items]
    assert meeting(second).last_day - meeting(second).first_day == timedelta(days=1)


def test_mistakes_are_said_beside_the_field(organiser: str, client: Client) -> None:
    answer = client.post(f"{HASKOVO}/clone", data={"csrf": organiser, "first_day": "soon", "host": ""})
    assert answer.status_code == 422
    assert 'id="first_day-mistake"' in answer.text
    assert 'id="host-mistake"' in answer.text


def test_names_are_found_in_every_spelling() -> None:
    assert named({"el": "Στο Χάσκοβο και πέρα"}, ["Haskovo", "Χασκοβο"]) == "Χασκοβο"
    assert named({"en": "Welcome to HASKOVO"}, ["Haskovo"]) == "Haskovo"
    assert named({"en": "Welcome"}, ["Haskovo", ""]) == ""


def test_a_desk_with_a_long_list_costs_no_more(organiser: str, client: Client) -> None:
    slug = copied(client, organiser)
    with counted_questions() as long:
        client.get(f"/secon/{slug}/desk")
    with db.write() as session:
        for row in session.exec(select(Look).where(Look.meeting_id == meeting(slug).id)).all()[1:]:
            session.delete(row)
    with counted_questions() as short:
        client.get(f"/secon/{slug}/desk")
    assert len(long) == len(short)
    assert filled(client, f"/secon/{slug}/desk/settings")["host"] == ["oliveira"]
