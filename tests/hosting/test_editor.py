"""The agenda editor: the board, lines that become items, order, undo, and who gets in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from httpx import Client, Response
from sqlmodel import select

from planner import db
from planner.agenda.tables import Block, Day, Item, Release
from planner.meetings.tables import Meeting
from tests.house.test_queries import double
from tests.queries import counting
from tests.reception import scope_of, sign_in

RIGA = "/secon/riga-upcoming/desk/agenda"
HTMX = {"hx-request": "true"}
MORNING = ["Registration", "Welcome", "Counting what counts", "Coffee"]


@pytest.fixture
def token(demo_sqlite: str, client: Client) -> str:
    """Somebody who organises is signed in; the token of their forms."""
    return sign_in(client, "organiser")


def item(slug: str, meeting: str = "riga-upcoming") -> Item:
    """An item of the draft as it is now."""
    with db.read() as session:
        return session.exec(select(Item).join(Meeting).where(Meeting.slug == meeting, Item.slug == slug)).one()


def titled(title: str) -> Item:
    """The newest item with that English title."""
    with db.read() as session:
        rows = session.exec(select(Item).order_by(Item.id)).all()
        return [row for row in rows if row.title.get("en") == title][-1]


def block(slug: str) -> Block:
    """A block of Riga's draft."""
    with db.read() as session:
        query = select(Block).join(Day).join(Meeting).where(Meeting.slug == "riga-upcoming", Block.slug == slug)
        return session.exec(query).one()


def opening() -> Block:
    """The block that Riga's first day begins with."""
    with db.read() as session:
        return session.get_one(Block, item("d1-welcome").block_id)


def names(answer: Response) -> list[str]:
    """The items on a board, in order."""
    return re.findall(r'<p class="name"><a id="edit-[^>]*>([^<]+)</a>', answer.text)


def at(row: Item) -> str:
    """From when to when an item is."""
    return f"{row.starts:%H:%M}-{row.ends:%H:%M}" if row.starts and row.ends else ""


def press(client: Client, token: str, slug: str, verb: str, **more: object) -> Response:
    """Press a button in the row of an item."""
    row = item(slug)
    form = {"csrf": token, "version": str(row.version), **more}
    return client.post(f"{RIGA}/items/{row.id}/{verb}?day=1", data=form, headers=HTMX)


def add(client: Client, token: str, line: str, block_id: object, **headers: str) -> Response:
    """Write a line."""
    return client.post(f"{RIGA}/items?day=1", data={"csrf": token, "block": block_id, "line": line}, headers=headers)


def test_the_board_shows_a_day_in_reading_order(token: str, client: Client) -> None:
    answer = client.get(f"{RIGA}?day=1")
    assert answer.status_code == 200
    assert names(answer)[:4] == MORNING
    assert "Overlaps “Welcome” by 5 minutes." in answer.text
    assert "3 things to check" in answer.text


@pytest.mark.parametrize("path", ["", "?day=1", "/preview", "/days/new", "/blocks/new", "/understood?line=x"])
def test_strangers_sign_in_first_and_others_find_nothing(
    demo_sqlite: str, clients: Callable[[], Client], path: str
) -> None:
    assert clients().get(RIGA + path).headers["location"].startswith("/sign-in?next=")
    other, helper = clients(), clients()
    sign_in(other, "organiser", scope_of("harghita-2024"))
    sign_in(helper, "reception", scope_of("riga-upcoming"))
    assert other.get(RIGA + path).status_code == helper.get(RIGA + path).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["items", "items/{}", "items/{}/earlier", "items/{}/later", "items/{}/place", "items/{}/move", "items/{}/shift",
     "items/{}/cancellation", "items/{}/restoration", "items/{}/removal", "changes/1/undo", "days", "blocks"],
)  # fmt: skip
def test_acts_are_for_organisers_with_their_own_form(
    demo_sqlite: str, clients: Callable[[], Client], path: str
) -> None:
    address = f"{RIGA}/{path.format(item('d1-welcome').id)}"
    reception, organiser = clients(), clients()
    token = sign_in(reception, "reception", scope_of("riga-upcoming"))
    sign_in(organiser, "organiser")
    assert reception.post(address, data={"csrf": token}).status_code == 404
    assert organiser.post(address, data={"line": "x"}).status_code == 403


def test_an_item_of_another_meeting_is_not_found(token: str, client: Client) -> None:
    foreign = item("d1-welcome", "haskovo-2023").id
    for odd in (foreign, 0, 99999999, "x"):
        assert client.get(f"{RIGA}/items/{odd}").status_code == 404
        form = {"csrf": token, "version": "1", "title_en": "x", "kind": "welcome", "mode": "on_site", "starts": "9:00"}
        assert client.post(f"{RIGA}/items/{odd}", data=form).status_code == 404
        assert client.post(f"{RIGA}/items/{odd}/later", data=form).status_code == 404
    assert item("d1-welcome", "haskovo-2023").title["en"] != "x"


def test_one_line_becomes_an_item(token: str, client: Client) -> None:
    answer = add(client, token, "14:00 45m Study visit: harbour @Room 1", opening().id, **HTMX)
    row = titled("Study visit: harbour")
    assert answer.status_code == 200
    assert "Study visit: harbour" in names(answer)
    assert (at(row), row.kind, row.place_id, row.block_id) == (
        "14:00-14:45",
        "visit",
        item("d1-workshop-a").place_id,
        opening().id,
    )


def test_an_unknown_room_is_said_with_and_without_script(token: str, client: Client) -> None:
    said = "There is no room “Cellar” at this meeting"
    assert said in add(client, token, "14:00 Tasting @Cellar", opening().id, **HTMX).text
    plain = add(client, token, "14:00 Tasting @Cellar", opening().id)
    assert plain.status_code == 303
    assert said in client.get(plain.headers["location"]).text


def test_a_line_without_a_time_waits_in_the_pool(token: str, client: Client) -> None:
    answer = add(client, token, "Panel on procurement", "pool", **HTMX)
    assert names(answer)[-1] == "Panel on procurement"
    assert titled("Panel on procurement").block_id is None


def test_a_line_in_greek_is_a_greek_title(token: str, client: Client) -> None:
    add(client, token, "14:00 Επίσκεψη στο λιμάνι", opening().id, **HTMX)
    with db.read() as session:
        newest = session.exec(select(Item).order_by(Item.id)).all()[-1]
    assert (newest.title, newest.kind) == ({"el": "Επίσκεψη στο λιμάνι"}, "visit")


@pytest.mark.parametrize("line", ["", "   ", "14:00 45m", "x" * 301, "a\x00b"])
def test_a_line_that_says_nothing_stays_in_its_field(token: str, client: Client, line: str) -> None:
    answer = add(client, token, line, opening().id, **HTMX)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize("odd", ["x", "-1", "99999999", "9" * 30])
def test_a_line_for_an_odd_block_is_refused(token: str, client: Client, odd: str) -> None:
    assert add(client, token, "14:00 Talk", odd).status_code in (404, 303, 422)


def test_a_line_is_read_out_while_it_is_written(token: str, client: Client) -> None:
    address = f"{RIGA}/understood"
    answer = client.get(address, params={"line": "9:15-9:30 Words @Rope hall #a"}, headers=HTMX).text
    assert "09:15–09:30 · Presentation · Words · Rope hall · Track A" in answer
    assert "no room “Cellar” here" in client.get(address, params={"line": "Talk @Cellar"}, headers=HTMX).text
    assert client.get(address, params={"line": " "}, headers=HTMX).text.strip() == ""


def test_later_and_earlier_change_places_and_come_back_to_the_board(token: str, client: Client) -> None:
    answer = press(client, token, "d1-registration", "later")
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert names(answer)[:2] == ["Welcome", "Registration"]
    assert "“Registration” begins at 09:00 now." in answer.text
    assert names(press(client, token, "d1-registration", "earlier"))[:4] == MORNING


def test_without_script_an_act_leads_back_to_its_line(token: str, client: Client) -> None:
    row = item("d1-registration")
    form = {"csrf": token, "version": str(row.version)}
    answer = client.post(f"{RIGA}/items/{row.id}/later?day=1", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{RIGA}?day=1#line-{row.id}")


def test_the_first_item_cannot_go_earlier(token: str, client: Client) -> None:
    answer = press(client, token, "d1-registration", "earlier")
    assert answer.status_code == 422
    assert "It is the first of its day." in answer.text
    assert names(answer)[:4] == MORNING


def test_a_button_that_is_too_late_shows_how_it_stands(token: str, client: Client) -> None:
    answer = press(client, token, "d1-welcome", "later", version="0")
    assert answer.status_code == 409
    assert "This is how it stands now." in answer.text
    assert names(answer)[:4] == MORNING


def test_a_dropped_item_goes_before_another_and_what_is_between_slides(token: str, client: Client) -> None:
    before = {"block": opening().id, "before": item("d1-registration").id}
    answer = press(client, token, "d1-coffee", "place", **before)
    assert names(answer)[:4] == ["Coffee", "Registration", "Welcome", "Counting what counts"]
    assert at(item("d1-coffee")) == "08:30-08:55"
    assert at(item("d1-registration")) == "08:55-09:25"


def test_a_dropped_item_keeps_to_its_own_track(token: str, client: Client) -> None:
    workshops = item("d1-workshop-a").block_id
    press(client, token, "d1-workshop-a", "place", block=opening().id, before=item("d1-coffee").id)
    assert at(item("d1-workshop-b")) == "10:45-12:15"
    assert item("d1-workshop-b").block_id == workshops


def test_an_item_is_dropped_on_another_day_and_in_the_pool_and_comes_back(token: str, client: Client) -> None:
    with db.read() as session:
        third = session.exec(select(Day).join(Meeting).where(Meeting.slug == "riga-upcoming", Day.number == 2)).one()
    press(client, token, "d1-coffee", "place", day=third.id)
    with db.read() as session:
        assert session.get_one(Block, item("d1-coffee").block_id).day_id == third.id
    assert names(press(client, token, "d1-coffee", "place", block=""))[-1] == "Coffee"
    assert item("d1-coffee").block_id is None
    press(client, token, "d1-coffee", "place", block=opening().id, before="")
    assert (item("d1-coffee").block_id, at(item("d1-coffee"))) == (opening().id, "10:20-10:45")


@pytest.mark.parametrize(
    "where", [{"day": "99999"}, {"block": "99999"}, {"block": "x" * 50}, {"day": "-1", "block": "1", "before": "x"}]
)
def test_a_drop_on_something_odd_is_no_fault(token: str, client: Client, where: dict[str, str]) -> None:
    assert press(client, token, "d1-coffee", "place", **where).status_code < 500


def test_every_act_is_undone_by_one_button(token: str, client: Client) -> None:
    answer = press(client, token, "d1-registration", "later")
    number = re.findall(r'id="undo-(\d+)"', answer.text)[0]
    assert "moved “Registration” to 09:00" in answer.text
    back = client.post(f"{RIGA}/changes/{number}/undo?day=1", data={"csrf": token}, headers=HTMX)
    assert names(back)[:4] == MORNING
    assert "undid: moved “Registration” to 09:00" in back.text
    again = client.post(f"{RIGA}/changes/{number}/undo?day=1", data={"csrf": token}, headers=HTMX)
    assert again.status_code == 422
    assert "This was undone already." in again.text


@pytest.mark.parametrize("odd", ["0", "99999999"])
def test_an_unknown_change_cannot_be_undone(token: str, client: Client, odd: str) -> None:
    assert client.post(f"{RIGA}/changes/{odd}/undo", data={"csrf": token}).status_code == 404


def test_the_public_sees_nothing_of_the_draft(token: str, client: Client, clients: Callable[[], Client]) -> None:
    add(client, token, "23:00 Secret meeting of nobody", opening().id)
    stranger = clients()
    for page in ("agenda", "agenda.pdf", "calendar.ics", "visits", "agenda.json"):
        assert "Secret meeting" not in stranger.get(f"/secon/riga-upcoming/{page}").text
    preview = client.get(f"{RIGA}/preview?day=1").text
    assert "Secret meeting of nobody" in preview
    assert "DRAFT" in preview


def test_a_meeting_without_days_begins_with_all_of_them(token: str, client: Client) -> None:
    with db.write() as session:
        meeting = session.exec(select(Meeting).where(Meeting.slug == "riga-upcoming")).one()
        for release in session.exec(select(Release).where(Release.meeting_id == meeting.id)):
            session.delete(release)
        for day in session.exec(select(Day).where(Day.meeting_id == meeting.id)):
            day.deleted_at = meeting.created_at
    assert "This meeting has no days yet." in client.get(RIGA).text
    client.post(f"{RIGA}/days", data={"csrf": token, "all": "yes"})
    page = client.get(RIGA).text
    assert len(re.findall(r'id="tab-\d+"', page)) == (meeting.last_day - meeting.first_day).days + 1


def test_a_longer_day_costs_no_more_questions(token: str, client: Client) -> None:
    client.get(f"{RIGA}?day=1")
    with counting() as before:
        short = client.get(f"{RIGA}?day=1")
    with db.write() as session:
        double(session, Item)
    with counting() as after:
        long = client.get(f"{RIGA}?day=1")
    assert len(names(long)) > len(names(short))
    assert after.number == before.number, str(after)


def marks(answer: Response) -> list[str]:
    """The lines that are written out on a board, as the page's script names them."""
    return re.findall(r'data-mark="([^"]+)"', answer.text)


def test_an_act_answers_with_the_touched_lines_and_only_names_the_others(token: str, client: Client) -> None:
    before = client.get(f"{RIGA}?day=1")
    whole = press(client, token, "d1-registration", "later")
    assert len(marks(whole)) == len(marks(before))
    client.headers["planner-seen"] = " ".join(marks(whole))
    answer = press(client, token, "d1-registration", "earlier")
    touched = {mark.partition(":")[0] for mark in set(marks(before)) ^ set(marks(whole))}
    assert {mark.partition(":")[0] for mark in marks(answer)} == touched
    assert {str(item(slug).id) for slug in ("d1-registration", "d1-welcome")} <= touched
    named = re.findall(r'id="line-(\d+)" data-same', answer.text)
    assert sorted([*named, *touched]) == sorted(mark.partition(":")[0] for mark in marks(before))
    assert len(answer.content) < len(whole.content)
    assert len(marks(client.get(f"{RIGA}?day=1"))) == len(marks(before)), "a whole page is whole"
