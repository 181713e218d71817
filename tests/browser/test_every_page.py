"""Every page of the demo, in a real browser: nobody kept out, nothing sideways, nothing missing without script."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from planner import db
from planner.accounts.guards import cookie_name
from tests.fixtures.application import Served
from tests.house import demo

PUBLIC = (
    "/secon",
    "/secon/calls/coordination-call",
    "/secon/news/news-haskovo",
    "/secon/haskovo-2023",
    "/secon/haskovo-2023/agenda",
    "/secon/haskovo-2023/agenda?day=2",
    "/secon/haskovo-2023/visits",
    "/secon/haskovo-2023/practical",
    "/secon/haskovo-2023/documents",
    "/secon/haskovo-2023/report",
    "/secon/harghita-2024/agenda",
    "/secon/kalamata-2023",
    "/secon/kalamata-2023/agenda",
    "/secon/riga-upcoming",
    "/secon/riga-upcoming/visits",
    "/secon/riga-upcoming/calendar",
    "/secon/riga-upcoming/register",
    "/secon/riga-upcoming/register/link",
    "/secon/riga-upcoming/privacy",
    "/secon/haskovo-2023/register",
    "/sign-in",
)
OWN = ("", "/change", "/withdrawal", "/data", "/ticket", "/erasure", "/notice")
DESK = (
    "",
    "/registrations",
    "/registrations?q=vrettou",
    "/papers",
    "/delegations",
    "/invitations",
    "/invitations/new",
    "/registration-form",
    "/agenda",
    "/agenda/import",
    "/visits",
    "/allocation",
    "/documents",
    "/speakers",
    "/settings",
    "/texts",
    "/places",
    "/team",
    "/retention",
    "/erasures",
    "/privacy-notice",
    "/publication",
    "/clone",
)


@dataclass(frozen=True)
class Place:
    """The served demo, an organiser's cookie, and the addresses of all its pages."""

    url: str
    cookie: str
    pages: tuple[str, ...]
    lost: str


@pytest.fixture
def place(demo_sqlite: str, clients: Callable[[], object], server: Callable[..., Served]) -> Iterator[Place]:
    """Everything there is to look at."""
    visitor = clients()
    demo.sign_in(visitor)  # type: ignore[arg-type]
    secret = visitor.cookies[cookie_name()]  # type: ignore[attr-defined]
    own, desk = demo.own_page(), demo.desk_page()
    db.disconnect()
    pages = (
        *PUBLIC,
        *(own + page for page in OWN),
        "/secon/desk",
        "/secon/desk/meetings/new",
        *(demo.NEXT + "/desk" + page for page in DESK),
        desk,
    )
    yield Place(server().url, secret, pages, "/secon/nowhere")


def _visit(page: Page, place: Place, path: str) -> int:
    signed_in = "/desk" in path
    page.context.clear_cookies(name=cookie_name())
    if signed_in:
        page.context.add_cookies([{"name": cookie_name(), "value": place.cookie, "url": place.url}])
    answer = page.goto(place.url + path)
    assert answer is not None
    assert urlsplit(page.url).path == urlsplit(path).path
    return answer.status


@pytest.mark.parametrize(
    ("width", "locale", "scheme"), [(1280, "en-GB", "light"), (1280, "el-GR", "dark"), (360, "el-GR", "light")]
)
def test_no_page_keeps_anybody_out(
    place: Place,
    open_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    width: int,
    locale: str,
    scheme: str,
) -> None:
    page = open_page(viewport={"width": width, "height": 800}, locale=locale, color_scheme=scheme)
    found = {}
    for path in place.pages:
        assert _visit(page, place, path) == 200, path
        found[path] = axe(page)
    assert _visit(page, place, place.lost) == 404
    found[place.lost] = axe(page)
    assert {path: barriers for path, barriers in found.items() if barriers} == {}


def test_no_page_moves_sideways_at_320_pixels(place: Place, open_page: Callable[..., Page]) -> None:
    found = {}
    for locale in ("en-GB", "el-GR"):
        page = open_page(viewport={"width": 320, "height": 640}, locale=locale)
        for path in place.pages:
            _visit(page, place, path)
            found[locale, path] = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
    assert {where: pixels for where, pixels in found.items() if pixels > 0} == {}


def test_every_page_reads_the_same_without_script(place: Place, open_page: Callable[..., Page]) -> None:
    scripted, plain = open_page(), open_page(java_script_enabled=False)
    for path in place.pages:
        _visit(scripted, place, path)
        _visit(plain, place, path)
        headings = [[one.inner_text() for one in page.locator("main :is(h1, h2)").all()] for page in (scripted, plain)]
        assert headings[0] == headings[1] != [], path
        assert plain.get_by_text("Co-funded by the European Union").first.is_visible(), path


def test_everything_to_press_is_large_enough(place: Place, open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 360, "height": 740}, has_touch=True)
    small = {}
    for path in place.pages:
        _visit(page, place, path)
        small[path] = page.evaluate(
            """[...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, nav a, a.button')]
            .filter(one => one.checkVisibility() && !one.closest('[hidden], .sr-only'))
            .map(one => [one.outerHTML.slice(0, 80), (one.closest('label') || one).getBoundingClientRect()])
            .filter(([, box]) => box.width && Math.min(box.width, box.height) < 24).map(([what]) => what)"""
        )
    assert {path: found for path, found in small.items() if found} == {}
