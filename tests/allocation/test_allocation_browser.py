"""Visits and allocation in a real browser: nobody is kept out, dragging and ticking lead to the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from planner import db
from planner.accounts.guards import cookie_name
from planner.allocation.queries import Board, board
from planner.meetings.queries import at_desk
from tests.fixtures.application import Served
from tests.reception import secret_of

ADDRESS = "secon/riga-upcoming/desk"


@pytest.fixture
def visit(demo_sqlite: str, server: Callable[..., Served], open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens a page of Riga's desk as an organiser: visit("allocation", viewport=…)."""
    address, secret = server().url, secret_of("organiser")

    def opened(path: str, **options: object) -> Page:
        page = open_page(**options)
        page.context.add_cookies([{"name": cookie_name(), "value": secret, "url": address}])
        page.goto(f"{address}/{ADDRESS}/{path}")
        return page

    return opened


def view() -> Board:
    with db.read() as session:
        return board(session, at_desk(session, "secon", "riga-upcoming"), with_care=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_visits_and_allocation_keep_nobody_out(
    visit: Callable[..., Page], axe: Callable[[Page], list[str]], scheme: str
) -> None:
    first = view().columns[0].visit.id
    for path in ("visits", f"visits/{first}", "allocation", "allocation/proposal"):
        page = visit(path, color_scheme=scheme, viewport={"width": 320, "height": 800})
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_person_is_moved_by_tick_and_button_without_script(visit: Callable[..., Page]) -> None:
    guest = view().columns[0].guests[0]
    page = visit("allocation", java_script_enabled=False)
    page.locator(f"input[value^='{guest.number}:']").check()
    page.get_by_role("button", name="Ticked people off their visit").click()
    expect(page.get_by_text("The place of 1 person has changed since they were last told.")).to_be_visible()
    assert guest.number in [one.number for one in (*view().waiting, *view().others)]


def test_dragging_a_person_does_the_same_as_the_button(visit: Callable[..., Page]) -> None:
    guest = view().columns[0].guests[0]
    page = visit("allocation", viewport={"width": 1400, "height": 1000})
    chip = page.locator(".chip", has=page.locator(f"input[value^='{guest.number}:']"))
    with page.expect_navigation():
        chip.drag_to(page.locator(".column").last.locator("h2"))
    assert guest.number in [one.number for one in (*view().waiting, *view().others)]


def test_everything_can_be_reached_by_keyboard(visit: Callable[..., Page]) -> None:
    guest = view().columns[0].guests[0]
    page = visit("allocation")
    page.locator(f"input[value^='{guest.number}:']").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Lock the ticked", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chip", has=page.locator(f"input[value^='{guest.number}:']"))).to_contain_text("locked")
