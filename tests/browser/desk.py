"""Somebody organises Riga in a browser: the desk's pages, what one does there, and how much work it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from planner.accounts.guards import cookie_name

RIGA = "/secon/riga-upcoming/desk"
DAY = f"{RIGA}/agenda?day=1"
MORNING = ["Registration", "Welcome", "Counting what counts", "Coffee"]
"""What the first day begins with."""
EFFORT = """
    window.effort = JSON.parse(sessionStorage.effort || '{"clicks": 0, "keys": 0}');
    const count = (what) => (event) => {
      if (!event.isTrusted) return;
      effort[what] += 1;
      sessionStorage.effort = JSON.stringify(effort);
    };
    addEventListener("pointerdown", count("clicks"), true);
    addEventListener("keydown", count("keys"), true);
"""
"""Counts how often somebody presses the mouse and keys, over all pages of a visit."""


@dataclass(frozen=True)
class Desk:
    """The served demo with an organiser's cookie."""

    url: str
    secret: str
    open_page: Callable[..., Page]

    def visit(self, path: str = DAY, **options: object) -> Page:
        """A page of the editor as an organiser sees it."""
        page = self.open_page(**options)
        page.context.add_cookies([{"name": cookie_name(), "value": self.secret, "url": self.url}])
        page.add_init_script(EFFORT)
        page.goto(self.url + path)
        return page


def begins(page: Page, *titles: str) -> None:
    """The day begins with those items."""
    expect(page.locator(".editor-day .line .name > a").first).to_have_text(titles[0])
    assert page.locator(".editor-day .line .name > a").all_inner_texts()[: len(titles)] == list(titles)


def line(page: Page, title: str) -> Locator:
    """The line of an item."""
    return page.locator(".editor-day .line", has=page.get_by_role("link", name=title, exact=True)).first


def effort(page: Page) -> tuple[int, int]:
    """How many presses of the mouse and of keys it took so far."""
    counted = page.evaluate("effort")
    return counted["clicks"], counted["keys"]


def drag(page: Page, handle: Locator, goal: Locator, share: float = 0.2) -> None:
    """Take something by its handle to the upper part of something else."""
    handle.scroll_into_view_if_needed()
    start, end = handle.bounding_box(), goal.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 90, end["y"] + end["height"] * share + 30, steps=3)
    page.mouse.move(end["x"] + 90, end["y"] + end["height"] * share, steps=3)
    page.mouse.up()
