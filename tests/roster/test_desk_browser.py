"""The desk in a real browser: nobody is kept out, nothing sticks out, and the list follows the typing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from planner.accounts.guards import cookie_name
from tests.fixtures.application import Served
from tests.reception import registration, secret_of

PAGES = (
    "riga-upcoming/desk",
    "riga-upcoming/desk/registrations?partner=2",
    "riga-upcoming/desk/registrations/{}",
    "haskovo-2023/desk/papers",
)


@pytest.fixture
def visit(demo_sqlite: str, server: Callable[..., Served], open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens a page of the project as an organiser: visit("haskovo-2023/desk", viewport=…)."""
    address, secret = server().url, secret_of("organiser")

    def opened(path: str, **options: object) -> Page:
        page = open_page(**options)
        page.context.add_cookies([{"name": cookie_name(), "value": secret, "url": address}])
        page.goto(f"{address}/secon/{path}")
        return page

    return opened


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_the_desk_keep_nobody_out(
    visit: Callable[..., Page], axe: Callable[[Page], list[str]], scheme: str
) -> None:
    for path in PAGES:
        window = {"width": 360, "height": 800}
        page = visit(path.format(registration("rig-15").id), color_scheme=scheme, viewport=window)
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_the_list_follows_the_typing(visit: Callable[..., Page]) -> None:
    page = visit("haskovo-2023/desk/registrations?status=confirmed")
    page.locator("#q").press_sequentially("ŻÓŁCI")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("#q")).to_be_focused()
    assert page.url.endswith("&status=confirmed")


def test_everything_works_without_scripts(visit: Callable[..., Page]) -> None:
    page = visit("riga-upcoming/desk/registrations?status=submitted", java_script_enabled=False)
    page.locator("input[name=registration]").check()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Nobody fits")).to_be_visible()
    assert registration("rig-15").status == "confirmed"
