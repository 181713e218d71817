"""The editor's forms: an item, where it goes, days and blocks; and two organisers at the same thing."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from httpx import Client, Response
from sqlmodel import select

from planner import db
from planner.agenda.entry import Spoken, values_of
from planner.agenda.tables import Block, Day
from planner.consortium.tables import Person
from planner.meetings.tables import Meeting
from tests.hosting.test_editor import HTMX, RIGA, at, item, names
from tests.reception import sign_in


@pytest.fixture
def token(demo_sqlite: str, client: Client) -> str:
    """Somebody who organises is signed in; the token of their forms."""
    return sign_in(client, "organiser")


def fields(page: str) -> dict[str, list[str]]:
    """What the first form of a page would send, as a browser reads it."""
    form = page[page.index('class="form"') :]
    form = form[: form.index("</form>")]
    found: dict[str, list[str]] = {}
    for attributes in re.findall(r"<input\b([^>]*)>", form):
        known = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        if known.get("type") not in ("checkbox", "radio") or re.search(r"\bchecked\b", attributes):
            found.setdefault(known["name"], []).append(html.unescape(known.get("value", "")))
    for name, text in re.findall(r'<textarea\b[^>]*name="([^"]*)"[^>]*>\n?([^<]*)</textarea>', form):
        found.setdefault(name, []).append(html.unescape(text))
    for name, options in re.findall(r'<select\b[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.findall(r'<option value="([^"]*)" selected', options) or re.findall(
            r'<option value="([^"]*)"', options
        )
        found.setdefault(name, []).append(html.unescape(chosen[0]))
    return found


def opened(client: Client, path: str) -> dict[str, list[str]]:
    """A form as somebody finds it."""
    answer = client.get(f"{RIGA}/{path}")
    assert answer.status_code == 200
    return fields(answer.text)


def save(client: Client, path: str, form: dict[str, Any], **headers: str) -> Response:
    """Send a form."""
    return client.post(f"{RIGA}/{path}", data=form, headers=headers)


def values(slug: str) -> Any:
    """All that an item says."""
    with db.read() as session:
        return values_of(session, item(slug))


def test_an_item_that_is_opened_and_saved_is_the_same(token: str, client: Client) -> None:
    for slug in ("d1-welcome", "d1-workshop-a", "d1-lunch", "d1-steering"):
        row, before = item(slug), values(slug)
        answer = save(client, f"items/{row.id}", opened(client, f"items/{row.id}"))
        assert answer.status_code == 303
        assert (values(slug), item(slug).version) == (before, row.version)


def test_everything_an_item_says_can_be_written(token: str, client: Client) -> None:
    row = item("d1-coffee")
    with db.read() as session:
        person = session.exec(select(Person).where(Person.latin_family == "Hadjinikita")).one()
    page = client.get(f"{RIGA}/items/{row.id}").text
    label = next(found for found in re.findall(r'<option value="([^"]*Hadjinikita[^"]*)">', page))
    practice = re.findall(r'name="practices" value="(\d+)"', page)[0]
    partner = re.findall(r'name="partners" value="(\d+)"', page)[1]
    form = fields(page) | {
        "title_en": "Coffee with the press", "title_lv": "Kafija ar presi", "starts": "10:25", "ends": "10:40",
        "kind": "press", "track": "a", "mode": "hybrid", "capacity": "12", "audience": "named",
        "partners": [partner], "hidden": "yes", "language": "lv", "interpretation": ["en", "el"], "evidence": "yes",
        "own_expense": "yes", "practices": [practice], "text_en": "Two lines.\nOf text.",
        "points_en": "First\nSecond", "points_lv": "Pirmais", "speaker_0": label, "role_0": "moderator",
        "online_0": "yes",
    }  # fmt: skip
    assert save(client, f"items/{row.id}?day=1", form).headers["location"] == f"{RIGA}?day=1#line-{row.id}"
    now = values("d1-coffee")
    assert (now.title, now.text) == (
        {"en": "Coffee with the press", "lv": "Kafija ar presi"},
        {"en": "Two lines.\nOf text."},
    )
    assert now.points == ({"en": "First", "lv": "Pirmais"}, {"en": "Second"})
    assert (now.kind, now.track, now.mode, now.capacity, now.language) == ("press", "a", "hybrid", 12, "lv")
    assert (now.audience, now.partners, now.hidden, now.evidence, now.own_expense) == (
        "named", (int(partner),), True, True, True,
    )  # fmt: skip
    assert sorted(now.interpretation) == ["el", "en"]
    assert (now.practices, now.speakers) == ((int(practice),), (Spoken(person.id or 0, "moderator", "online"),))
    assert at(item("d1-coffee")) == "10:25-10:40"


def test_a_speaker_may_be_written_by_part_of_the_name_but_not_be_a_stranger(token: str, client: Client) -> None:
    row = item("d1-coffee")
    form = opened(client, f"items/{row.id}")
    assert save(client, f"items/{row.id}", form | {"speaker_0": "zoe hadji"}).status_code == 303
    assert len(values("d1-coffee").speakers) == 1
    answer = save(client, f"items/{row.id}", form | {"speaker_0": "Nobody Known"})
    assert answer.status_code == 422
    assert "Nobody of that name is in the directory." in answer.text
    assert 'value="Nobody Known"' in answer.text


def test_of_several_people_who_fit_the_form_names_some_and_keeps_what_was_typed(token: str, client: Client) -> None:
    row = item("d1-coffee")
    form = opened(client, f"items/{row.id}")
    answer = save(client, f"items/{row.id}", form | {"speaker_0": "d"})
    assert answer.status_code == 422
    assert "Several people fit:" in answer.text
    assert 'autocomplete="off" value="d"' in answer.text
    assert "/desk/documents?item=" in answer.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title_en": "", "title_lv": ""}, "Please write a title"),
        ({"starts": ""}, "Please write when it starts."),
        ({"starts": "25:00"}, "Please write the time like 14:00."),
        ({"ends": "10:00"}, "It ends before it begins."),
        ({"kind": "party"}, "Please choose one of the offered answers."),
        ({"place": "99999"}, "Please choose one of the offered answers."),
        ({"capacity": "-1"}, "Please write a whole number"),
        ({"capacity": "1e9"}, "Please write a whole number"),
        ({"audience": "named"}, "Please tick the partners it is for."),
        ({"title_en": "x" * 301}, "Please shorten this"),
        ({"text_en": "a\x00b"}, "cannot be kept"),
    ],
)
def test_a_mistake_keeps_what_was_typed_and_says_what_to_do(
    token: str, client: Client, wrong: dict[str, str], said: str
) -> None:
    row, before = item("d1-coffee"), values("d1-coffee")
    form = opened(client, f"items/{row.id}") | {"text_lv": "Tas paliek."} | wrong
    for headers in ({}, HTMX):
        answer = save(client, f"items/{row.id}", form, **headers)
        assert answer.status_code == 422
        assert said in html.unescape(answer.text)
        assert "Tas paliek." in answer.text
    assert values("d1-coffee") == before


@pytest.mark.parametrize(
    "body", ["", "csrf={}", "csrf={}&version=x&title_en=%F0%28", "csrf={}&speaker_0=" + "a" * 5000]
)
def test_a_damaged_form_is_never_a_fault(token: str, client: Client, body: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    row = item("d1-coffee")
    for path in ("", "/move", "/shift", "/place", "/cancellation"):
        answer = client.post(f"{RIGA}/items/{row.id}{path}", content=body.format(token), headers=headers)
        assert answer.status_code < 500


def test_the_second_of_two_organisers_gets_both_versions(token: str, client: Client) -> None:
    row = item("d1-coffee")
    mine, theirs = opened(client, f"items/{row.id}"), opened(client, f"items/{row.id}")
    assert save(client, f"items/{row.id}", theirs | {"title_en": "Tea", "ends": "10:50"}).status_code == 303
    late = save(client, f"items/{row.id}", mine | {"title_en": "Juice", "text_en": "Fresh."})
    assert late.status_code == 409
    rows = re.findall(r'<th scope="row">([^<]*)</th><td><ins>([^<]*)</ins></td><td>([^<]*)</td>', late.text)
    assert [label for label, _mine, _theirs in rows] == ["Title", "Ends", "Description"]
    assert ("Juice" in rows[0][1], "Tea" in rows[0][2]) == (True, True)
    assert rows[1][1:] == ("10:45", "10:50")
    assert values("d1-coffee").title["en"] == "Tea"
    on_top = save(client, f"items/{row.id}", fields(late.text))
    assert on_top.status_code == 303
    assert (values("d1-coffee").title["en"], values("d1-coffee").text["en"]) == ("Juice", "Fresh.")


def test_two_organisers_at_different_items_never_clash(token: str, client: Client) -> None:
    coffee, lunch = item("d1-coffee").id, item("d1-lunch").id
    one, other = opened(client, f"items/{coffee}"), opened(client, f"items/{lunch}")
    assert save(client, f"items/{coffee}", one | {"title_en": "Tea"}).status_code == 303
    assert save(client, f"items/{lunch}", other | {"title_en": "Soup"}).status_code == 303


def test_an_item_stands_below_another_and_goes_with_it(token: str, client: Client) -> None:
    coffee, welcome = item("d1-coffee"), item("d1-welcome")
    form = opened(client, f"items/{coffee.id}") | {"parent": str(welcome.id), "starts": "09:10", "ends": "09:20"}
    assert save(client, f"items/{coffee.id}", form).status_code == 303
    assert names(client.get(f"{RIGA}?day=1"))[:3] == ["Registration", "Welcome", "Coffee"]
    wish = opened(client, f"items/{welcome.id}/move") | {"starts": "09:05"}
    assert save(client, f"items/{welcome.id}/move", wish).status_code == 303
    assert at(item("d1-coffee")) == "09:15-09:25"


def test_the_move_form_takes_an_item_to_another_day_room_and_track(token: str, client: Client) -> None:
    row, welcome = item("d1-coffee"), item("d2-closing")
    where = {"where": str(welcome.block_id), "starts": "11:15", "place": str(item("d1-workshop-a").place_id)}
    answer = save(client, f"items/{row.id}/move?day=1", opened(client, f"items/{row.id}/move") | where | {"track": "b"})
    assert answer.headers["location"] == f"{RIGA}?day=2#line-{row.id}"
    now = item("d1-coffee")
    assert (now.block_id, at(now), now.track) == (welcome.block_id, "11:15-11:40", "b")
    aside = opened(client, f"items/{row.id}/move") | {"where": ""}
    assert save(client, f"items/{row.id}/move", aside).status_code == 303
    assert item("d1-coffee").block_id is None


def test_later_items_move_along_when_that_is_ticked(token: str, client: Client) -> None:
    row = item("d1-coffee")
    wish = opened(client, f"items/{row.id}/move") | {"starts": "09:00", "shift_later": "yes"}
    save(client, f"items/{row.id}/move", wish)
    assert (at(item("d1-coffee")), at(item("d1-welcome"))) == ("09:00-09:25", "09:25-09:55")


def test_a_move_that_is_too_late_shows_both_wishes(token: str, client: Client) -> None:
    row = item("d1-coffee")
    mine, theirs = opened(client, f"items/{row.id}/move"), opened(client, f"items/{row.id}/move")
    save(client, f"items/{row.id}/move", theirs | {"starts": "10:30"})
    late = save(client, f"items/{row.id}/move", mine | {"starts": "10:40"})
    assert late.status_code == 409
    assert re.findall(r"<td><ins>([^<]*)</ins></td><td>([^<]*)</td>", late.text) == [("10:40", "10:30")]
    assert save(client, f"items/{row.id}/move", fields(late.text)).status_code == 303
    assert at(item("d1-coffee")) == "10:40-11:05"


def test_everything_after_an_item_is_shifted_as_one_act(token: str, client: Client) -> None:
    row = item("d1-coffee")
    form = {"csrf": token, "version": str(row.version), "minutes": "-15"}
    page = save(client, f"items/{row.id}/shift?day=1", form, **HTMX).text
    assert (at(item("d1-coffee")), at(item("d1-workshop-a"))) == ("10:20-10:45", "10:30-12:00")
    number = re.findall(r'id="undo-(\d+)"', page)[0]
    client.post(f"{RIGA}/changes/{number}/undo", data={"csrf": token})
    assert at(item("d1-workshop-a")) == "10:45-12:15"


@pytest.mark.parametrize("minutes", ["", "soon", "0", "99999"])
def test_shifting_by_nothing_sensible_is_refused(token: str, client: Client, minutes: str) -> None:
    row = item("d1-coffee")
    form = {"csrf": token, "version": str(row.version), "minutes": minutes}
    assert save(client, f"items/{row.id}/shift?day=1", form, **HTMX).status_code == 422
    assert at(item("d1-workshop-a")) == "10:45-12:15"


def test_an_item_is_cancelled_takes_place_after_all_and_is_deleted(token: str, client: Client) -> None:
    number = item("d1-coffee").id

    def press(verb: str) -> Response:
        form = {"csrf": token, "version": str(item("d1-coffee").version)}
        return save(client, f"items/{number}/{verb}?day=1", form, **HTMX)

    assert "cancelled “Coffee”" in press("cancellation").text
    assert item("d1-coffee").cancelled_at is not None
    press("restoration")
    assert item("d1-coffee").cancelled_at is None
    assert names(press("removal"))[:4] == [
        *("Registration", "Welcome", "Counting what counts"),
        names(client.get(f"{RIGA}?day=1"))[3],
    ]
    assert item("d1-coffee").deleted_at is not None
    assert client.get(f"{RIGA}/items/{number}").status_code == 404


def day(number: int) -> Day:
    """A day of Riga's draft."""
    with db.read() as session:
        query = select(Day).join(Meeting).where(Meeting.slug == "riga-upcoming", Day.number == number)
        return session.exec(query).one()


def test_days_are_added_changed_and_deleted(token: str, client: Client) -> None:
    new = opened(client, "days/new") | {"note_en": "Departure"}
    assert save(client, "days", new).headers["location"] == f"{RIGA}?day=3"
    added = day(3)
    form = opened(client, f"days/{added.id}")
    assert save(client, f"days/{added.id}", form | {"note_en": "Way home"}).status_code == 303
    assert day(3).note == {"en": "Way home"}
    late = save(client, f"days/{added.id}", form | {"note_en": "Travel"})
    assert late.status_code == 409
    assert re.findall(r"<td><ins>([^<]*)</ins></td><td>([^<]*)</td>", late.text) == [("Travel", "Way home")]
    assert save(client, f"days/{added.id}", fields(late.text)).status_code == 303
    save(client, f"days/{added.id}/removal", {"csrf": token, "version": str(day(3).version)})
    assert client.get(f"{RIGA}/days/{added.id}").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"date": ""}, "Please write the date."),
        ({"date": "soon"}, "Please write the date like 2027-05-14."),
        ({"chair": "99999"}, "Please choose one of the offered answers."),
    ],
)
def test_a_mistake_in_a_day_is_said(token: str, client: Client, wrong: dict[str, str], said: str) -> None:
    answer = save(client, "days", opened(client, "days/new") | {"note_en": "Kept"} | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Kept"' in answer.text


def test_two_days_cannot_have_one_date(token: str, client: Client) -> None:
    answer = save(client, "days", opened(client, "days/new") | {"date": day(1).date.isoformat()})
    assert answer.status_code == 422
    assert "There is a day with that date already." in answer.text


def test_blocks_are_added_changed_and_deleted(token: str, client: Client) -> None:
    new = opened(client, "blocks/new?day=1") | {"title_en": "Late night", "audience": "partners"}
    assert save(client, "blocks?day=1", new).headers["location"] == f"{RIGA}?day=1"
    with db.read() as session:
        block = session.exec(select(Block).where(Block.day_id == day(1).id)).all()[-1]
    assert (block.title, block.audience) == ({"en": "Late night"}, "partners")
    form = opened(client, f"blocks/{block.id}")
    save(client, f"blocks/{block.id}", form | {"day_of": str(day(2).id)})
    late = save(client, f"blocks/{block.id}", form | {"title_en": "Early morning"})
    assert late.status_code == 409
    assert "Early morning" in late.text
    with db.read() as session:
        version = session.get_one(Block, block.id).version
    save(client, f"blocks/{block.id}/removal", {"csrf": token, "version": str(version)})
    assert client.get(f"{RIGA}/blocks/{block.id}").status_code == 404


def test_items_of_a_deleted_block_wait_in_the_pool(token: str, client: Client) -> None:
    row = item("d1-workshop-a")
    with db.read() as session:
        version = session.get_one(Block, row.block_id).version
    form = {"csrf": token, "version": str(version)}
    assert save(client, f"blocks/{row.block_id}/removal?day=1", form).status_code == 303
    assert item("d1-workshop-a").block_id is None
    assert "Workshop A: five figures for a small enterprise" in names(client.get(f"{RIGA}?day=1"))


@pytest.mark.parametrize("path", ["days/{}", "blocks/{}"])
def test_days_and_blocks_of_other_meetings_are_not_found(
    token: str, client: Client, clients: Callable[[], Client], path: str
) -> None:
    with db.read() as session:
        foreign = item("d1-welcome", "haskovo-2023").block_id
        number = foreign if path.startswith("blocks") else session.get_one(Block, foreign).day_id
    for odd in (number, 0, 99999999):
        assert client.get(f"{RIGA}/{path.format(odd)}").status_code == 404
        assert save(client, path.format(odd), {"csrf": token}).status_code == 404
        assert save(client, path.format(odd) + "/removal", {"csrf": token, "version": "1"}).status_code == 404


def test_forms_speak_greek(token: str, client: Client) -> None:
    page = client.get(f"{RIGA}/items/{item('d1-welcome').id}?lang=el").text
    assert "Καλλιόπη Βρεττού" in page
    assert "Τίτλος" in page
