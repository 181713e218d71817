"""The agenda editor in a real browser: by mouse, finger, keyboard and without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import DAY, MORNING, Desk, begins, drag, line


def test_a_drag_that_is_broken_off_changes_nothing(desk: Desk) -> None:
    page = desk.visit(viewport={"width": 1280, "height": 1000})
    handle, goal = line(page, "Coffee").locator(".grip"), line(page, "Registration")
    start, end = handle.bounding_box(), goal.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 5, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(end["x"] + 90, end["y"] + 5, steps=3)
    expect(goal).to_have_class("line rest drop-before")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(goal).to_have_class("line rest")
    expect(page.locator("#changes")).to_have_count(0)
    begins(page, *MORNING)


def test_an_item_is_dragged_to_the_pool_to_another_day_and_back(desk: Desk) -> None:
    page = desk.visit(viewport={"width": 1280, "height": 1000})
    drag(page, line(page, "Coffee").locator(".grip"), page.locator("#pool"))
    expect(page.locator("#pool .line .name")).to_have_text("Coffee")
    drag(page, page.locator("#pool .grip"), line(page, "Welcome"))
    expect(page.locator("#pool .line")).to_have_count(0)
    begins(page, "Registration", "Coffee", "Welcome")
    drag(page, line(page, "Welcome").locator(".grip"), page.locator("#days a", has_text="Thu"), 0.5)
    expect(page.get_by_role("status").get_by_text("“Welcome” is on that day now.")).to_be_visible()
    begins(page, "Registration", "Coffee", "Counting what counts")


def test_the_buttons_keep_the_focus_and_stop_at_the_ends(desk: Desk) -> None:
    page = desk.visit()
    later, earlier = (page.get_by_role("button", name=f"{way}: Registration") for way in ("Later", "Earlier"))
    earlier.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#changes")).to_have_count(0)
    later.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_have_text("“Registration” begins at 09:00 now.")
    expect(later).to_be_focused()


def test_an_item_is_edited_in_its_line_by_keyboard_alone(desk: Desk) -> None:
    page = desk.visit()
    page.get_by_role("link", name="Coffee", exact=True).first.focus()
    page.keyboard.press("Enter")
    title = page.get_by_label("Title (English)")
    expect(title).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("Tea and talk")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Tea and talk", exact=True)).to_be_focused()
    assert page.url.endswith(DAY)


def test_what_is_typed_in_one_line_outlives_acts_on_others(desk: Desk) -> None:
    page = desk.visit()
    page.get_by_role("link", name="Coffee", exact=True).first.click()
    title = page.get_by_label("Title (English)")
    title.fill("Tea, not saved yet")
    page.get_by_role("button", name="Later: Registration").click()
    begins(page, "Welcome", "Registration")
    expect(title).to_have_value("Tea, not saved yet")
    page.get_by_role("link", name="Do not save").click()
    expect(title).to_have_count(0)
    expect(page.get_by_role("link", name="Coffee", exact=True).first).to_be_focused()


def test_two_organisers_at_one_item_lose_nothing(desk: Desk) -> None:
    mine, theirs = desk.visit(), desk.visit()
    for page in (mine, theirs):
        page.get_by_role("link", name="Coffee", exact=True).first.click()
    theirs.get_by_label("Title (English)").fill("Tea")
    theirs.get_by_role("button", name="Save", exact=True).click()
    expect(line(theirs, "Tea")).to_be_visible()
    mine.get_by_label("Title (English)").fill("Juice")
    mine.get_by_role("button", name="Save", exact=True).click()
    both = mine.get_by_role("region", name="Both versions")
    expect(both.get_by_role("row", name="Title")).to_contain_text("Juice")
    expect(both.get_by_role("row", name="Title")).to_contain_text("Tea")
    expect(mine.get_by_role("heading", name="Somebody was faster")).to_be_focused()
    expect(mine.get_by_label("Title (English)")).to_have_value("Juice")
    expect(mine.locator("#toasts")).to_be_empty()
    mine.get_by_role("button", name="Save my version on top").click()
    expect(line(mine, "Juice")).to_be_visible()


def test_theirs_can_be_taken(desk: Desk) -> None:
    mine, theirs = desk.visit(), desk.visit()
    for page, title in ((mine, ""), (theirs, "Tea")):
        page.get_by_role("link", name="Coffee", exact=True).first.click()
        page.get_by_label("Title (English)").fill(title or "Juice")
        if title:
            page.get_by_role("button", name="Save", exact=True).click()
            expect(line(page, title)).to_be_visible()
    mine.get_by_role("button", name="Save", exact=True).click()
    mine.get_by_role("link", name="Take theirs").click()
    expect(line(mine, "Tea")).to_be_visible()


def test_a_mistake_is_said_in_the_line(desk: Desk) -> None:
    page = desk.visit()
    page.get_by_role("link", name="Coffee", exact=True).first.click()
    page.get_by_label("Title (English)").fill("")
    page.get_by_label("Title (Latvian)").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Title (English)")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#toasts")).to_be_empty()


def test_everything_works_without_script(desk: Desk) -> None:
    page = desk.visit(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page.get_by_label("New item in Opening").fill("14:00 45m Harbour walk @Nowhere")
    page.get_by_label("New item in Opening").press("Enter")
    expect(page.get_by_text("There is no room “Nowhere” at this meeting")).to_be_visible()
    page.goto(desk.url + DAY)
    page.get_by_role("button", name="Later: Registration").click()
    begins(page, "Welcome", "Registration")
    page.get_by_role("button", name="Undo moved").first.click()
    begins(page, *MORNING)
    page.get_by_role("link", name="Coffee", exact=True).first.click()
    page.get_by_label("Title (English)").fill("Tea")
    page.get_by_role("button", name="Save", exact=True).click()
    begins(page, "Registration", "Welcome", "Counting what counts", "Tea")
    page.get_by_role("link", name="Move… Tea").click()
    page.get_by_label("Starts").fill("08:00")
    page.get_by_role("button", name="Move", exact=True).click()
    begins(page, "Tea", "Registration")
    page.get_by_role("link", name="Move… Welcome").click()
    page.get_by_label("Everything after this item").fill("10")
    page.get_by_role("button", name="Move everything after").click()
    expect(line(page, "Counting what counts").locator(".time")).to_have_text("09:35–10:30")


@pytest.mark.parametrize(
    ("width", "locale", "scheme"), [(1280, "en-GB", "light"), (360, "el-GR", "dark"), (320, "el-GR", "light")]
)
def test_nobody_is_kept_out(desk: Desk, axe: Callable[[Page], list[str]], width: int, locale: str, scheme: str) -> None:
    page = desk.visit(viewport={"width": width, "height": 800}, locale=locale, color_scheme=scheme)
    found = {}
    for step in ("", "earlier", "edit", "move"):
        if step == "earlier":
            page.locator("[id^=later-]").first.click()
            expect(page.locator("#changes")).to_be_visible()
        elif step:
            page.locator(f".editor-day .line [id^={step}-]:visible").nth(4).click()
            expect(page.locator(".line.open").last).to_be_visible()
        page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
        found[step] = axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, step
    for path in ("/preview", "/days/new", "/blocks/new?day=1"):
        page.goto(desk.url + DAY.partition("?")[0] + path)
        found[path] = axe(page)
    assert {step: barriers for step, barriers in found.items() if barriers} == {}


def test_everything_to_press_is_large_enough(desk: Desk) -> None:
    page = desk.visit(viewport={"width": 360, "height": 740}, has_touch=True)
    page.locator(".editor-day .name > a").nth(1).click()
    expect(page.locator(".line.open")).to_be_visible()
    small = page.evaluate(
        """[...document.querySelectorAll('main :is(button, input:not([type=hidden]), select, .name a, a.button)')]
        .filter((one) => one.checkVisibility() && !one.closest('[hidden], .sr-only'))
        .map((one) => [one.outerHTML.slice(0, 80), (one.closest('label') || one).getBoundingClientRect()])
        .filter(([, box]) => box.width && Math.min(box.width, box.height) < 24).map(([what]) => what)"""
    )
    assert small == []
