"""Delegations and invitations in a real browser: counted clicks and fields, no script, small screens, Greek, axe."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from planner.accounts.guards import cookie_name
from tests.delegations.people import (
    PARTNER,
    delegation,
    home,
    invitation_home,
    invited,
    invitee,
    leave_quota,
    team,
)
from tests.fixtures.application import Served
from tests.reception import secret_of
from tests.registration.people import leave_room, let_a_minute_pass

OWN = re.compile(r"/my/[\w-]+$")
COUNT = """
document.addEventListener('click', event => event.isTrusted && event.detail && counted('click', ''), true)
document.addEventListener('input', event => event.isTrusted && /^(text|email|tel|textarea)$/.test(event.target.type)
    && counted('typed', event.target.name), true)
"""


@dataclass
class Counted:
    """What a person did: clicks (choosing in a list is one) and the fields in which something was typed."""

    clicks: int = 0
    typed: set[str] = field(default_factory=set)

    def watch(self, page: Page) -> None:
        """Count on every page that is opened from now on."""
        page.expose_function("counted", self._note)
        page.add_init_script(COUNT)

    def _note(self, kind: str, name: str) -> None:
        if kind == "click":
            self.clicks += 1
        else:
            self.typed.add(name)


@dataclass(frozen=True)
class Place:
    """The served demo with a delegation, an invitation and an organiser."""

    url: str
    delegation: str
    invitation: str
    cookie: str


@pytest.fixture
def place(demo_sqlite: str, server: Callable[..., Served]) -> Place:
    """Everything there is to look at, with some room left."""
    leave_room(10)
    leave_quota(PARTNER, "partner_staff", 3)
    leave_quota(PARTNER, "stakeholder", 3)
    own, row = home(delegation()), invited(invitee())
    return Place(server().url, own, invitation_home(row), secret_of("organiser"))


def button(page: Page, name: str) -> None:
    """Press a button of the page itself."""
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()


@pytest.mark.parametrize("script", [True, False])
def test_from_an_invitation_it_takes_two_clicks_and_nothing_typed(
    place: Place, open_page: Callable[..., Page], script: bool
) -> None:
    page, counted = open_page(viewport={"width": 360, "height": 740}, java_script_enabled=script), Counted()
    if script:
        counted.watch(page)
    page.goto(place.url + place.invitation)  # the first click: the link in the letter
    button(page, "Register")
    expect(page).to_have_url(OWN)
    expect(page.get_by_role("main")).to_contain_text("Iva")
    if script:
        assert (1 + counted.clicks, counted.typed) == (2, set())


def test_an_unknown_person_types_four_fields_at_most_and_clicks_four_times_at_most(
    place: Place, open_page: Callable[..., Page]
) -> None:
    page, counted = open_page(), Counted()
    counted.watch(page)
    page.goto(f"{place.url}/secon/riga-upcoming/register")
    let_a_minute_pass(page)
    page.locator("#given").press_sequentially("Ana")
    page.locator("#family").press_sequentially("Guest")
    page.locator("#email").press_sequentially("ana@guests.example")
    page.get_by_label("Staff of a partner").check()
    page.locator("#partner").select_option("4")
    counted.clicks += 1  # a choice from a list
    button(page, "Register")
    expect(page).to_have_url(OWN)
    assert counted.typed == {"given", "family", "email"}
    assert counted.clicks <= 4


def test_a_delegation_is_registered_without_script(place: Place, open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(place.url + place.delegation)
    page.get_by_text("Paste a list from Excel or Outlook").click()
    page.get_by_label("Your list").fill("Ana Team <ana@team.example>")
    button(page, "Turn it into rows")
    expect(page.locator("#given-1")).to_have_value("Ana")
    button(page, "More rows")
    expect(page.locator("#given-8")).to_have_count(1)
    page.locator("#given-2").fill("Ben")
    page.locator("#family-2").fill("Team")
    page.locator("#email-2").fill("ben at team")
    button(page, "Register these people")
    expect(page.locator("#email-2")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#email-2")).to_have_value("ben at team")
    expect(page.locator("#given-1")).to_have_value("")
    page.locator("#email-2").fill("ben@team.example")
    button(page, "Register these people")
    expect(page.get_by_role("status").first).to_contain_text("Done.")
    assert team() == {"Ana": "confirmed", "Ben": "confirmed"}
    page.get_by_role("link", name=re.compile("Withdraw.*Ben Team")).click()
    button(page, "Yes, withdraw")
    expect(page).to_have_url(place.url + place.delegation)
    assert team() == {"Ana": "confirmed", "Ben": "cancelled"}


def test_enter_in_a_row_registers_instead_of_adding_rows(place: Place, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(place.url + place.delegation)
    for name, value in (("given", "Ana"), ("family", "Team"), ("email", "ana@team.example")):
        page.locator(f"#{name}-1").fill(value)
    page.locator("#email-1").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Done.")
    assert set(team()) == {"Ana"}


@pytest.mark.parametrize(
    ("width", "locale", "scheme"),
    [(320, "en-GB", "light"), (320, "el-GR", "dark"), (360, "el-GR", "light"), (1280, "en-GB", "dark")],
)
def test_no_page_keeps_anybody_out_or_moves_sideways(
    place: Place, open_page: Callable[..., Page], axe: Callable[[Page], list[str]], width: int, locale: str, scheme: str
) -> None:
    page = open_page(viewport={"width": width, "height": 740}, locale=locale, color_scheme=scheme)
    page.context.add_cookies([{"name": cookie_name(), "value": place.cookie, "url": place.url}])
    desk = "/secon/riga-upcoming/desk"
    paths = (
        place.delegation, place.invitation, f"{place.invitation}/refusal", "/secon/riga-upcoming/register/sent",
        f"{desk}/delegations", f"{desk}/delegations/test-3", f"{desk}/invitations", f"{desk}/invitations/new",
        f"{desk}/invitations/new?from=list", f"{desk}/registration-form",
    )  # fmt: skip
    for path in paths:
        answer = page.goto(place.url + path)
        assert answer is not None and answer.status == 200, path
        assert axe(page) == [], path
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, path


def test_mistakes_keep_nobody_out_either(
    place: Place, open_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    page = open_page(viewport={"width": 320, "height": 740})
    page.goto(place.url + place.delegation)
    page.locator("#given-1").fill("Μαρία")
    button(page, "Register these people")
    expect(page.get_by_role("alert")).to_be_focused()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
