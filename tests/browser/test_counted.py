"""How many clicks, keys and fields an organiser's commonest acts take: the counts may not rise."""

from __future__ import annotations

import re
from datetime import date

from playwright.sync_api import expect

from tests.browser.desk import DAY, MORNING, RIGA, Desk, begins, drag, effort, line


def test_an_item_is_added_by_one_line_and_enter_and_the_field_is_ready_for_the_next(desk: Desk) -> None:
    page = desk.visit()
    field = page.get_by_label("New item in Opening")
    field.click()
    field.fill("14:00 45m Study visit: harbour @Room 1")
    expect(page.get_by_text("Understood: 14:00–14:45 · Study visit: harbour · Room 1")).to_be_visible()
    field.press("Enter")
    expect(line(page, "Study visit: harbour").locator(".time")).to_have_text("14:00–14:45")
    assert effort(page) == (1, 1)
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    field.press_sequentially("14:45 Tea")
    field.press("Enter")
    expect(line(page, "Tea")).to_be_visible()


def test_an_item_moves_by_one_drag_and_is_undone_by_one_click(desk: Desk) -> None:
    page = desk.visit(viewport={"width": 1280, "height": 1000})
    begins(page, *MORNING)
    drag(page, line(page, "Coffee").locator(".grip"), line(page, "Registration"))
    expect(line(page, "Coffee").locator(".time")).to_have_text("08:30–08:55")
    begins(page, "Coffee", "Registration", "Welcome")
    assert effort(page) == (1, 0)
    page.get_by_role("button", name="Undo moved “Coffee” to 08:30").click()
    expect(line(page, "Coffee").locator(".time")).to_have_text("10:20–10:45")
    begins(page, *MORNING)
    assert effort(page) == (2, 0)


def test_an_item_moves_by_two_keys_and_the_focus_stays(desk: Desk) -> None:
    page = desk.visit()
    page.get_by_role("link", name="Registration", exact=True).focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#told")).to_have_text("“Registration” begins at 09:00 now.")
    begins(page, "Welcome", "Registration")
    assert effort(page) == (0, 2)
    expect(page.get_by_role("link", name="Registration", exact=True)).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#told")).to_have_text("“Registration” begins at 08:30 now.")
    begins(page, *MORNING)


def test_a_meeting_is_copied_by_two_clicks_and_two_fields(desk: Desk) -> None:
    page = desk.visit(RIGA)
    page.get_by_role("link", name="Copy this meeting").click()
    fields = page.locator("main :is(input:not([type=hidden]), select, textarea)")
    expect(fields).to_have_count(2)
    page.get_by_label("First day").fill(date(date.today().year + 1, 10, 12).isoformat())  # noqa: DTZ011
    page.get_by_label("Who hosts it").select_option("harghita")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page).to_have_url(re.compile(r"/secon/miercurea-ciuc-\d{4}/desk$"))
    expect(page.get_by_role("heading", name="Needs a look")).to_be_visible()
    assert effort(page) == (2, 0)


def test_a_change_is_given_out_by_two_clicks(desk: Desk) -> None:
    page = desk.visit(DAY)
    page.get_by_role("link", name="Registration", exact=True).focus()
    page.keyboard.press("Alt+ArrowDown")
    begins(page, "Welcome", "Registration")
    page.get_by_role("link", name="Publish", exact=True).click()
    page.get_by_role("main").get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Nothing has changed since.")).to_be_visible()
    assert effort(page) == (2, 2)
