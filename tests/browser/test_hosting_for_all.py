"""What hosts do, for everybody: by keyboard alone, with and without script, on a phone, in Greek, without barriers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.desk import RIGA, Desk

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "locale": "el-GR"}
WAYS: dict[str, dict[str, Any]] = {
    "a keyboard": {},
    "a phone in Greek": PHONE,
    "a phone in Greek without script": {**PHONE, "java_script_enabled": False},
}
FARTHEST = 300
"""Times that somebody presses Tab at most until they are there."""
TABLE = "day,start,minutes,title,room\n1,14:00,45,Harbour,{room}\n,15:00,30,Λιμάνι,\n"


def reach(page: Page, goal: Locator) -> None:
    """Go there by pressing Tab, and nothing else."""
    expect(goal).to_be_visible()
    for _ in range(FARTHEST):
        if goal.evaluate("(one) => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"no key leads to {goal}")


def enter(page: Page, goal: Locator) -> None:
    """Go there and press Enter."""
    reach(page, goal)
    page.keyboard.press("Enter")


def named(page: Page, title: str) -> Locator:
    """The link with the title of an item in its line."""
    return page.locator(".editor-day .name > a", has_text=title)


def row(page: Page, title: str) -> Locator:
    """The line of an item."""
    return page.locator(".editor-day .line", has=page.locator(".name > a", has_text=title))


@pytest.mark.parametrize("way", WAYS)
def test_an_agenda_is_edited_and_given_out_by_keyboard_alone(desk: Desk, way: str) -> None:
    page = desk.visit(**WAYS[way])
    reach(page, page.locator(".editor-day .quick [name=line]").first)
    page.keyboard.type("14:00 45m Harbour")
    page.keyboard.press("Enter")
    expect(row(page, "Harbour").locator("time").first).to_have_text("14:00")

    enter(page, named(page, "Harbour"))
    reach(page, page.locator(".line.open [name=title_en]"))
    page.keyboard.press("Control+A")
    page.keyboard.type("Harbour by boat")
    page.keyboard.press("Enter")
    expect(named(page, "Harbour by boat")).to_be_visible()

    enter(page, row(page, "Harbour by boat").locator("[id^=move-]"))
    reach(page, page.locator(".line.open [name=starts]"))
    page.keyboard.press("ArrowUp")  # of the hours
    page.keyboard.press("Enter")
    expect(row(page, "Harbour by boat").locator("time").first).to_have_text("15:00")

    enter(page, page.locator("#changes [id^=undo-]").first)
    expect(row(page, "Harbour by boat").locator("time").first).to_have_text("14:00")

    enter(page, page.locator(".editor-head a[href$='/publication']"))
    reach(page, page.locator("[name=tell]"))
    page.keyboard.press("Space")
    enter(page, page.locator("main button"))
    expect(page.locator(".empty")).to_be_visible()
    page.goto(desk.url + "/secon/riga-upcoming/agenda")
    expect(page.get_by_role("heading", name="Harbour by boat")).to_be_visible()


@pytest.mark.parametrize(
    ("width", "locale", "scheme"), [(1280, "en-GB", "light"), (1280, "el-GR", "dark"), (360, "el-GR", "light")]
)
def test_nothing_keeps_hosts_out(
    desk: Desk, axe: Callable[[Page], list[str]], width: int, locale: str, scheme: str
) -> None:
    page = desk.visit(viewport={"width": width, "height": 800}, locale=locale, color_scheme=scheme)
    page.locator("[id^=later-]").first.click()
    expect(page.locator("#changes")).to_be_visible()
    found = {path: _barriers(page, desk.url + path, axe) for path in (f"{RIGA}/publication", f"{RIGA}/clone")}
    for number, ride in enumerate(_rides(page, desk)):
        found[f"visit {number}"] = _barriers(page, desk.url + ride, axe)
    found["table"] = _barriers(page, f"{desk.url}{RIGA}/agenda/import", axe)
    for room in ("", "Nowhere"):
        _bring(page, TABLE.format(room=room))
        found[f"table with {room or 'no room'}"] = _seen(page, axe)
    assert {step: barriers for step, barriers in found.items() if barriers} == {}


def _rides(page: Page, desk: Desk) -> list[str]:
    page.goto(f"{desk.url}{RIGA}/visits")
    links = [link.get_attribute("href") or "" for link in page.locator(".card a.cover").all()]
    assert links
    return [f"{RIGA}/visits", links[0], links[-1]]


def _bring(page: Page, table: str) -> None:
    """Choose a table and look at it."""
    file = FilePayload(name="agenda.csv", mimeType="text/csv", buffer=table.encode())
    page.locator("#file").set_input_files(file)
    page.locator("form:has(#file) button").click()
    expect(page.locator("#understood")).to_be_visible()


def _barriers(page: Page, address: str, axe: Callable[[Page], list[str]]) -> list[str]:
    page.goto(address)
    return _seen(page, axe)


def _seen(page: Page, axe: Callable[[Page], list[str]]) -> list[str]:
    """What axe finds with everything open, and whether the page is wider than its window."""
    page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*axe(page), *(["wider than the window"] if wide > 0 else [])]


def test_a_table_is_brought_without_script(desk: Desk) -> None:
    page = desk.visit(f"{RIGA}/agenda/import", **WAYS["a phone in Greek without script"])
    _bring(page, TABLE.format(room="Nowhere"))
    expect(page.locator(".notice.bad")).to_be_visible()
    _bring(page, TABLE.format(room=""))
    page.locator("[name=write]").click()
    expect(page).to_have_url(f"{desk.url}{RIGA}/agenda")
    page.goto(f"{desk.url}{RIGA}/agenda/preview")
    expect(page.get_by_role("heading", name="Λιμάνι")).to_be_visible()
