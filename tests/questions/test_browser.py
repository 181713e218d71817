"""Conditional questions in a browser: with script only what applies, without script all of it with its condition."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from planner import db
from planner.questions import actions
from planner.questions.rules import KINDS
from tests.fixtures.application import Served
from tests.questions.asking import SPEAKER, ask, option
from tests.reception import scope_of, secret_of
from tests.registration.people import MEETING, PROJECT, let_a_minute_pass, meeting_id, offered
from tests.sample_files import PDF

OWN = re.compile(r"/my/[\w-]+$")
NARROW = {"width": 320, "height": 720}


@pytest.fixture
def address(demo_sqlite: str, server: Callable[..., Served]) -> str:
    """A Planner whose Riga asks every ready-made question, and one of each kind."""
    with db.write() as session:
        for key in ("hotel", "speaker", "presentation", "companion"):
            actions.add_ready_made(session, meeting_id(), "test", key)
    ask("many", "Workshops?", options=(option("Honey", 3), option("Truffles")))
    ask("text", "Tool?")
    return server().url


@pytest.fixture
def form(address: str) -> str:
    """The address of its open registration form."""
    return f"{address}/{PROJECT}/{MEETING}/register"


def _fill_in(page: Page) -> None:
    let_a_minute_pass(page)
    page.locator("#given").fill("Ana")
    page.locator("#family").fill("Kovačević")
    page.locator("#email").fill("ana.kovacevic@example.org")
    page.get_by_label("Speaker", exact=True).check()
    page.locator("#partner").select_option("other")
    page.locator("#organisation").fill("Kafija un maize")


def _send(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Register", exact=True).click()


def test_with_script_a_change_shows_what_follows_and_keeps_focus_and_text(form: str, page: Page) -> None:
    page.goto(form)
    title = page.locator("#q_presentation_title")
    expect(title).to_be_hidden()
    expect(page.locator(".told").first).to_be_hidden()
    page.locator("#q_tool").fill("a saw, half typ")
    _fill_in(page)
    page.locator("#q_tool").focus()
    expect(title).to_be_visible()
    expect(page.locator("#q_tool")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type("ed")
    expect(page.locator("#q_tool")).to_have_value("a saw, half typed")
    title.fill("Sheep")
    page.locator("#q_presentation_file").set_input_files({"name": "talk.pdf", "mimeType": "x/y", "buffer": PDF})
    page.get_by_label("Yes").first.check()
    expect(page.locator("#q_hotel_nights")).to_be_visible()
    expect(title).to_have_value("Sheep")
    page.locator("#q_hotel_nights").fill("2")
    page.locator("#q_hotel_first").fill(offered().found.meeting.first_day.isoformat())
    _send(page)
    expect(page).to_have_url(OWN)
    for told in ("Sheep", "talk.pdf", "a saw, half typed"):
        expect(page.get_by_role("main")).to_contain_text(told)


def test_without_script_all_is_there_with_its_condition_and_what_does_not_apply_is_dropped(
    form: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(viewport=NARROW, java_script_enabled=False)
    page.goto(form)
    expect(page.locator("#q_presentation_title")).to_be_visible()
    expect(page.locator("#q_presentation_title-hint")).to_contain_text("Only if “I come as” is: Invited speaker")
    page.locator("#given").fill("Ana")
    page.locator("#family").fill("Kovačević")
    page.locator("#email").fill("ana.kovacevic@example.org")
    page.get_by_label("Local guest of the host").check()
    page.locator("#q_presentation_title").fill("Sheep")
    page.locator("#q_tool").fill("saw")
    page.wait_for_timeout(3100)  # nobody fills in a form in less
    _send(page)
    expect(page).to_have_url(OWN)
    expect(page.get_by_role("main")).to_contain_text("saw")
    expect(page.get_by_role("main")).not_to_contain_text("Sheep")


def test_a_file_need_not_be_chosen_again_after_a_mistake(form: str, page: Page) -> None:
    page.goto(form)
    _fill_in(page)
    page.locator("#given").fill("")
    page.locator("#q_presentation_file").set_input_files({"name": "talk.pdf", "mimeType": "x/y", "buffer": PDF})
    _send(page)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#q_presentation_file-here")).to_contain_text("talk.pdf")
    let_a_minute_pass(page)
    page.locator("#given").fill("Ana")
    _send(page)
    expect(page).to_have_url(OWN)
    expect(page.get_by_role("main")).to_contain_text("talk.pdf")


@pytest.mark.parametrize(("language", "width"), [("en-GB", 1280), ("el-GR", 320)])
def test_the_form_and_its_mistakes_keep_nobody_out(
    form: str, open_page: Callable[..., Page], axe: Callable[[Page], list[str]], language: str, width: int
) -> None:
    for kind in KINDS:
        ask(kind, f"One more {kind}?", required=True)
    page = open_page(viewport={"width": width, "height": 800}, locale=language)
    page.goto(form)
    assert axe(page) == []
    let_a_minute_pass(page)
    page.locator("form#registration .submit button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert axe(page) == []
    assert _overflow(page) <= 0


def _overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize(("language", "width"), [("en-GB", 1280), ("el-GR", 320)])
def test_the_desk_of_questions_keeps_nobody_out(
    address: str, open_page: Callable[..., Page], axe: Callable[[Page], list[str]], language: str, width: int
) -> None:
    one = ask("one", "Food?", options=(option("Bread", 2), option("Honey")), condition=SPEAKER)
    page = open_page(viewport={"width": width, "height": 800}, locale=language)
    secret = secret_of("organiser", scope_of(MEETING))
    page.context.add_cookies([{"name": "planner", "value": secret, "url": address}])
    desk = f"{address}/{PROJECT}/{MEETING}/desk/questions"
    for path in ("", f"/{one.id}", "/new?kind=file", f"/{one.id}/removal", "/preview"):
        page.goto(desk + path)
        assert axe(page) == [], path
        assert _overflow(page) <= 0, path


@pytest.mark.parametrize("script", [True, False])
def test_an_organiser_adds_a_ready_made_question_with_one_click_and_writes_one(
    address: str, open_page: Callable[..., Page], script: bool
) -> None:
    page = open_page(viewport=NARROW, java_script_enabled=script)
    secret = secret_of("organiser", scope_of(MEETING))
    page.context.add_cookies([{"name": "planner", "value": secret, "url": address}])
    page.goto(f"{address}/{PROJECT}/{MEETING}/desk/questions")
    page.get_by_role("button", name=re.compile("Add.*Emergency contact")).click()
    expect(page.get_by_role("heading", name="Whom should we call in an emergency?")).to_be_visible()
    page.locator("#kind").select_option("yes_no")
    page.get_by_role("button", name="Write the question").click()
    page.locator("#label-en").fill("Do you want a lift?")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Do you want a lift?")).to_be_visible()
    page.get_by_role("link", name="See the form as participants do").click()
    expect(page.get_by_role("radiogroup", name="Do you want a lift?")).to_be_visible()
