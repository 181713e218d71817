"""Somebody registers for Riga in a browser: on a phone, by keyboard alone, without script, and changes it later."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.application import Served
from tests.registration.people import let_a_minute_pass

PHONE = {"width": 360, "height": 740}
OWN = re.compile(r"/my/[\w-]+$")


@pytest.fixture
def form(demo_sqlite: str, server: Callable[..., Served]) -> str:
    """The address of the open registration form."""
    return server().url + "/secon/riga-upcoming/register"


def _write_name(page: Page) -> None:
    let_a_minute_pass(page)
    page.locator("#given").fill("Ana")
    page.locator("#family").fill("Kovačević")
    page.locator("#email").fill("ana.kovacevic@example.org")


@pytest.mark.parametrize("script", [True, False])
def test_a_guest_registers_on_a_phone_changes_and_withdraws(
    form: str, open_page: Callable[..., Page], script: bool
) -> None:
    page = open_page(viewport=PHONE, java_script_enabled=script)
    page.goto(form)
    _write_name(page)
    page.get_by_label("Local guest of the host").check()
    page.locator("#organisation").fill("Kafija un maize")
    page.get_by_role("main").get_by_role("button", name="Register", exact=True).click()
    expect(page).to_have_url(OWN)
    expect(page.get_by_role("main")).to_contain_text("Kovačević")
    own = page.url
    page.get_by_role("link", name="Change").first.click()
    page.locator("#function").fill("Baker")
    page.get_by_role("main").get_by_role("button", name="Keep the changes").click()
    expect(page).to_have_url(own)
    page.get_by_role("link", name="Change").first.click()
    expect(page.locator("#function")).to_have_value("Baker")
    page.goto(own)
    page.get_by_role("link", name="Withdraw").first.click()
    page.get_by_role("main").get_by_role("button", name="Yes, withdraw").click()
    page.goto(own)
    expect(page.get_by_role("main")).to_contain_text("You have withdrawn")


def test_the_form_goes_by_keyboard_alone(form: str, page: Page) -> None:
    page.goto(form)
    let_a_minute_pass(page)
    page.locator("#given").focus()
    for words in ("Ana", "Kovačević"):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    page.locator("#email").focus()
    page.keyboard.type("ana.kovacevic@example.org")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the first way to come: staff of a partner
    page.keyboard.press("Tab")
    page.keyboard.type("3")  # Flemish Brabant begins with its number
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # in a line of text it sends the form
    expect(page).to_have_url(OWN)
    expect(page.get_by_role("main")).to_contain_text("Kovačević")


def test_a_mistake_keeps_everything_and_says_what_to_do(form: str, page: Page) -> None:
    page.goto(form)
    _write_name(page)
    page.locator("#email").fill("ana at example")
    page.get_by_label("Vegan").check()
    page.get_by_role("main").get_by_role("button", name="Register", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#family")).to_have_value("Kovačević")
    expect(page.locator("#email")).to_have_value("ana at example")
    expect(page.locator("#email")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Vegan")).to_be_checked()


def test_three_quick_clicks_make_one_registration(form: str, page: Page) -> None:
    page.goto(form)
    _write_name(page)
    page.get_by_label("Local guest of the host").check()
    page.locator("#organisation").fill("Kafija un maize")
    page.get_by_role("main").get_by_role("button", name="Register", exact=True).click(click_count=3, no_wait_after=True)
    expect(page).to_have_url(OWN)
    page.goto(form.removesuffix("/register"))
    expect(page.get_by_role("main")).to_contain_text("26 of 45 places free")
