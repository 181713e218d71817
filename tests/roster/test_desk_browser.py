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
    "riga-upcoming/desk/registrations/{}/edit",
    "riga-upcoming/desk/registrations?cols=email,phone,organiser_remarks&sort=-name&country=GR",
    "riga-upcoming/desk/registration-views?status=confirmed",
    "riga-upcoming/desk/doubles",
    "riga-upcoming/desk/import-people",
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


def test_a_row_is_mended_where_it_stands(visit: Callable[..., Page]) -> None:
    page, number = visit("riga-upcoming/desk/registrations"), registration("rig-15").id
    row = page.locator(f"#row-{number}")
    row.get_by_role("link", name="Edit").press("Enter")
    row.get_by_label("Function").fill("Σύμβουλος")
    row.get_by_role("button", name="Keep").press("Enter")
    expect(row.get_by_role("link", name="Edit")).to_be_visible()
    assert registration("rig-15").function == "Σύμβουλος"
    assert page.url.endswith("/desk/registrations")


def test_letters_and_mending_work_without_scripts(visit: Callable[..., Page]) -> None:
    page, number = visit("riga-upcoming/desk/registrations", java_script_enabled=False), registration("rig-15").id
    page.locator(f"#row-{number}").get_by_role("link", name="Edit").click()
    page.get_by_label("Function").fill("Adviser")
    page.get_by_role("button", name="Keep").click()
    assert registration("rig-15").function == "Adviser"
    page.locator(f"#row-{number} input[type=checkbox]").check()
    page.get_by_role("button", name="Write to them").click()
    page.get_by_label("Subject").fill("The bus")
    page.get_by_label("Letter", exact=False).last.fill("It leaves at **8:00**.")
    page.get_by_role("button", name="Show how it will look").click()
    expect(page.locator("pre.letter")).to_contain_text("It leaves at")
    page.get_by_role("button", name="Send it").click()
    page.goto(page.url.partition("/registrations")[0] + f"/registrations/{number}")
    expect(page.get_by_text("Letter: The bus")).to_be_visible()


def test_many_are_decided_from_the_list_of_all(visit: Callable[..., Page], axe: Callable[[Page], list[str]]) -> None:
    page = visit("riga-upcoming/desk/registrations?partner=2", viewport={"width": 360, "height": 800})
    page.locator("#all").check()
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_role("heading", name="What was decided")).to_be_visible()
    assert axe(page) == []
