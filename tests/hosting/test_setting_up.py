"""Setting up a meeting: a new one with its defaults, its sheets of settings, and who organises along."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from httpx import Client
from sqlmodel import Session, select

from planner import db
from planner.agenda.tables import Block, Day
from planner.clock import local
from planner.meetings.tables import Meeting, Place
from planner.outbox import OutboxLetter
from planner.registration.form_tables import Quota, RegistrationForm
from tests.reception import counted_questions, scope_of, sign_in

NEW, RIGA = "/secon/desk/meetings/new", "/secon/riga-upcoming/desk"


@pytest.fixture
def organiser(demo_sqlite: str, client: Client) -> str:
    """Somebody who organises is signed in; the token of their forms."""
    return sign_in(client, "organiser")


def meeting(slug: str) -> Meeting:
    """A meeting as it is now."""
    with db.read() as session:
        return session.exec(select(Meeting).where(Meeting.slug == slug)).one()


def form_of(slug: str) -> RegistrationForm:
    """Its registration form."""
    with db.read() as session:
        query = select(RegistrationForm).join(Meeting).where(Meeting.slug == slug)
        return session.exec(query).one()


def made(client: Client, csrf: str, **values: str) -> str:
    """Set up a meeting; the answer is its short address."""
    typed = {"csrf": csrf, "kind": "thematic_seminar", "host": "mazowieckie", "first_day": "2027-06-07"}
    answer = client.post(NEW, data=typed | {"title-en": "Seminar"} | values)
    assert answer.status_code == 303, re.findall('mistake">.*', answer.text)
    return answer.headers["location"].split("/")[2]


def filled(client: Client, path: str) -> dict[str, list[str]]:
    """The fields of the page's form as a browser would send them."""
    text = client.get(path).text
    form = next(one for one in re.findall(r"<form.*?</form>", text, re.S) if 'name="version"' in one)
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, kind = re.search(r'name="([^"]*)"', tag), re.search(r'type="([^"]*)"', tag)
        if name and (kind is None or kind[1] not in ("checkbox", "radio") or " checked" in tag):
            value = re.search(r'value="([^"]*)"', tag)
            fields.setdefault(name[1], []).append(value[1] if value else "")
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[name] = [chosen[1] if chosen else ""]
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.S):
        fields[name] = [text]
    return fields


def test_a_new_meeting_has_the_defaults_of_its_kind_and_its_host(organiser: str, client: Client) -> None:
    slug = made(client, organiser)
    row, form = meeting(slug), form_of(slug)
    assert (slug, row.zone, row.place["en"], row.mode, row.exchange_event) == (
        "warsaw-2027", "Europe/Warsaw", "Warsaw", "hybrid", True,
    )  # fmt: skip
    assert (row.first_day, row.last_day, row.published_at) == (date(2027, 6, 7), date(2027, 6, 8), None)
    assert form.controller_partner_id == row.host_partner_id
    assert (form.seats_on_site, form.quota_partner_staff) == (60, 3)
    assert f"{local(form.closes_at, row.zone):%Y-%m-%d %H:%M}" == "2027-05-24 18:00"
    with db.read() as session:
        days = session.exec(select(Day).where(Day.meeting_id == row.id).order_by(Day.number)).all()
        assert [(day.number, day.date.day) for day in days] == [(1, 7), (2, 8)]
        assert len(session.exec(select(Block).join(Day).where(Day.meeting_id == row.id)).all()) == 2


def test_the_same_place_and_year_get_another_address(organiser: str, client: Client) -> None:
    assert [made(client, organiser), made(client, organiser)] == ["warsaw-2027", "warsaw-2027-2"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"host": "atlantis"}, "host"),
        ({"first_day": ""}, "first_day"),
        ({"first_day": "7.6.2027"}, "first_day"),
        ({"last_day": "2027-06-01"}, "last_day"),
        ({"last_day": "2028-06-01"}, "last_day"),
        ({"title-en": "   "}, "title-en"),
    ],
)
def test_what_is_missing_or_odd_is_said_beside_the_field(
    organiser: str, client: Client, values: dict[str, str], field: str
) -> None:
    typed = {"csrf": organiser, "kind": "kick_off", "host": "riga", "first_day": "2027-06-07", "title-en": "Kept"}
    answer = client.post(NEW, data=typed | values)
    assert answer.status_code == 422
    assert f'id="{field}-mistake"' in answer.text
    assert ('value="Kept"' in answer.text) == (field != "title-en")


def test_only_organisers_of_the_project_set_up_meetings(demo_sqlite: str, clients: Callable[[], Client]) -> None:
    for role, scope, status in (("reception", "", 404), ("controller", "", 404), ("organiser", "riga-upcoming", 404)):
        visitor = clients()
        sign_in(visitor, role, scope_of(scope)) if scope else sign_in(visitor, role)
        assert visitor.get(NEW).status_code == status
    assert clients().get(NEW).headers["location"].startswith("/sign-in")


def test_settings_are_kept_and_the_days_of_the_agenda_move_along(organiser: str, client: Client) -> None:
    slug = made(client, organiser)
    desk = f"/secon/{slug}/desk"
    fields = filled(client, f"{desk}/settings")
    fields |= {"first_day": ["2027-06-14"], "last_day": ["2027-06-16"], "interpretation": ["pl", "el"]}
    answer = client.post(f"{desk}/settings", data=fields)
    assert answer.status_code == 303, re.findall('mistake">.*', answer.text)
    row = meeting(slug)
    assert (row.first_day, row.last_day, row.interpretation) == (date(2027, 6, 14), date(2027, 6, 16), ["el", "pl"])
    with db.read() as session:
        days = session.exec(select(Day).where(Day.meeting_id == row.id).order_by(Day.number)).all()
        assert [(day.number, day.date.day) for day in days] == [(1, 14), (2, 15), (3, 16)]


def test_a_day_with_items_is_not_lost_by_a_shorter_meeting(organiser: str, client: Client) -> None:
    fields = filled(client, f"{RIGA}/settings")
    answer = client.post(f"{RIGA}/settings", data=fields | {"last_day": fields["first_day"]})
    assert answer.status_code == 422
    assert "has items on the agenda" in answer.text


def test_the_second_of_two_gets_both_versions(organiser: str, client: Client) -> None:
    first, second = filled(client, f"{RIGA}/settings"), filled(client, f"{RIGA}/settings")
    assert client.post(f"{RIGA}/settings", data=first | {"contact_name": ["Ilze"]}).status_code == 303
    answer = client.post(f"{RIGA}/settings", data=second | {"contact_name": ["Jānis"]})
    assert answer.status_code == 409
    assert "<bdi>Ilze</bdi>" in answer.text
    assert "<bdi>Jānis</bdi>" in answer.text
    assert meeting("riga-upcoming").contact_name == "Ilze"
    again = re.search(r'name="version" value="([^"]+)"', answer.text)
    assert again
    fields = second | {"contact_name": ["Jānis"], "version": [again[1]]}
    assert client.post(f"{RIGA}/settings", data=fields).status_code == 303
    assert meeting("riga-upcoming").contact_name == "Jānis"


def test_different_sheets_never_clash(organiser: str, client: Client) -> None:
    settings, texts = filled(client, f"{RIGA}/settings"), filled(client, f"{RIGA}/texts?language=el")
    assert client.post(f"{RIGA}/settings", data=settings | {"contact_name": ["Ilze"]}).status_code == 303
    assert client.post(f"{RIGA}/texts?language=el", data=texts | {"summary": ["Νέο"]}).status_code == 303
    assert meeting("riga-upcoming").summary["el"] == "Νέο"


def test_a_published_meeting_changes_for_its_calendar_only_when_that_shows(organiser: str, client: Client) -> None:
    before = meeting("riga-upcoming")
    client.post(f"{RIGA}/settings", data=filled(client, f"{RIGA}/settings") | {"contact_phone": ["+371 1"]})
    after = meeting("riga-upcoming")
    assert (after.sequence, after.revision) == (before.sequence, before.revision + 1)
    client.post(f"{RIGA}/texts?language=en", data=filled(client, f"{RIGA}/texts?language=en") | {"title": ["Other"]})
    assert meeting("riga-upcoming").sequence == before.sequence + 1


def test_missing_texts_show_what_readers_see_instead(organiser: str, client: Client) -> None:
    slug = made(client, organiser)
    text = client.get(f"/secon/{slug}/desk/texts?language=pl").text
    assert "not translated" in text
    assert '<q lang="en">Seminar</q>' in text
    assert client.get(f"/secon/{slug}/desk/texts?language=xx").status_code == 200


def test_places_are_added_changed_and_taken_away(organiser: str, client: Client) -> None:
    slug = made(client, organiser)
    desk = f"/secon/{slug}/desk"
    fields = filled(client, f"{desk}/places")
    fields |= {
        "venue-name": ["Hotel Bristol"],
        "new1-name": ["Room A"],
        "new1-capacity": ["40"],
        "new1-step_free": ["yes"],
    }
    assert client.post(f"{desk}/places", data=fields).status_code == 303
    with db.read() as session:
        rows = _places(session, slug)
    assert [(row.kind, row.name["en"], row.capacity, row.step_free) for row in rows] == [
        ("venue", "Hotel Bristol", None, None),
        ("room", "Room A", 40, True),
    ]
    fields = filled(client, f"{desk}/places") | {f"p{rows[1].id}-removed": ["yes"]}
    assert client.post(f"{desk}/places", data=fields).status_code == 303
    with db.read() as session:
        assert len(_places(session, slug)) == 1


def _places(session: Session, slug: str) -> list[Place]:
    return list(session.exec(select(Place).join(Meeting).where(Meeting.slug == slug).order_by(Place.position)))


def test_a_place_on_the_agenda_stays(organiser: str, client: Client) -> None:
    fields = filled(client, f"{RIGA}/places")
    key = next(name.removesuffix("-name") for name in fields if re.fullmatch(r"p\d+-name", name))
    answer = client.post(f"{RIGA}/places", data=fields | {f"{key}-removed": ["yes"]})
    assert answer.status_code == 422
    assert "is used on the agenda" in answer.text


def test_registration_is_set_by_the_wall_clock_of_the_place(organiser: str, client: Client) -> None:
    slug = made(client, organiser)
    path = f"/secon/{slug}/desk/registration-form"
    fields = filled(client, path)
    assert fields["closes_at"] == ["2027-05-24T18:00"]
    fields |= {"closes_at": ["2027-05-20 12:30"], "partner_staff-riga": ["5"], "quota_stakeholder": [""]}
    assert client.post(path, data=fields).status_code == 303
    form = form_of(slug)
    assert f"{form.closes_at:%Y-%m-%d %H:%M}" == "2027-05-20 10:30"
    assert form.quota_stakeholder is None
    with db.read() as session:
        assert [row.seats for row in session.exec(select(Quota).where(Quota.form_id == form.id))] == [5]
    answer = client.post(path, data=filled(client, path) | {"seats_on_site": ["many"], "opens_at": ["2028-01-01"]})
    assert answer.status_code == 422
    assert 'id="seats_on_site-mistake"' in answer.text
    assert 'id="closes_at-mistake"' in answer.text


def test_somebody_organises_along_and_no_longer(organiser: str, client: Client, clients: Callable[[], Client]) -> None:
    form = {"csrf": organiser, "email": "Ilze@example.org", "name": "Ilze"}
    assert client.post(f"{RIGA}/team", data=form).status_code == 303
    with db.read() as session:
        letter = session.exec(select(OutboxLetter).where(OutboxLetter.to_address == "ilze@example.org")).one()
    assert letter.subject.startswith("You organise: ")
    page = client.get(f"{RIGA}/team").text
    number = re.search(r"/team/(\d+)/removal", page)
    assert number
    assert client.post(f"{RIGA}/team/{number[1]}/removal", data={"csrf": organiser}).status_code == 303
    assert client.post(f"{RIGA}/team/{number[1]}/removal", data={"csrf": organiser}).status_code == 404
    assert client.post(f"{RIGA}/team", data={"csrf": organiser, "email": "nobody"}).status_code == 422


def test_the_project_s_desk_asks_as_much_for_few_meetings_as_for_more(organiser: str, client: Client) -> None:
    with counted_questions() as few:
        assert client.get("/secon/desk").status_code == 200
    for _number in range(3):
        made(client, organiser)
    with counted_questions() as more:
        text = client.get("/secon/desk").text
    assert len(more) == len(few)
    assert text.count("Not published") == 3


@pytest.mark.parametrize("path", ["settings", "texts", "places", "registration-form", "team", "clone", "publication"])
def test_a_desk_s_sheets_are_for_its_organisers(demo_sqlite: str, clients: Callable[[], Client], path: str) -> None:
    other, reader = clients(), clients()
    sign_in(other, "organiser", scope_of("harghita-2024"))
    sign_in(reader, "controller")
    assert [one.get(f"{RIGA}/{path}").status_code for one in (other, reader)] == [404, 404]
