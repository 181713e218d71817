"""`make pictures`: the demo's pages as the README shows them, taken in a real browser, and a signature list."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from tests.fixtures import machine
from tests.fixtures.browsers import FLAGS

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
PORT = "8765"
URL = f"http://127.0.0.1:{PORT}"
ORGANISER = "organiser@secon.example"
SIZES = ((360, 740), (1280, 900))
PAGES = {
    "home": "/secon",
    "meeting": "/secon/riga-upcoming",
    "agenda": "/secon/haskovo-2023/agenda",
    "register": "/secon/riga-upcoming/register",
    "desk": "/secon/riga-upcoming/desk",
    "registrations": "/secon/riga-upcoming/desk/registrations",
    "editor": "/secon/riga-upcoming/desk/agenda?day=1",
    "publication": "/secon/riga-upcoming/desk/publication",
    "visits": "/secon/riga-upcoming/desk/visits",
    "documents": "/secon/haskovo-2023/desk/documents",
    "settings": "/secon/riga-upcoming/desk/settings",
    "questions": "/secon/harghita-2024/desk/questions",
    "places": "/secon/riga-upcoming/desk/queues",
    "delegations": "/secon/riga-upcoming/desk/delegations",
    "retention": "/secon/riga-upcoming/desk/retention",
    "allocation": "/secon/riga-upcoming/desk/allocation",
}
LOOKS = (("en-GB", "light"), ("el-GR", "dark"))


def planner(*words: str) -> str:
    """What a command says."""
    return subprocess.run([sys.executable, "-m", "planner", *words], check=True, capture_output=True, text=True).stdout


@contextmanager
def served() -> Iterator[None]:
    """The demo, served from a folder that goes away."""
    os.environ.update(PLANNER_PORT=PORT, PYTHONPATH=str(FOLDER.parents[1]))
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        planner("migrate")
        planner("demo")
        with subprocess.Popen([sys.executable, "-m", "planner", "serve", "--no-worker"]) as process:
            _await()
            yield
            process.terminate()


def _await() -> None:
    while True:
        try:
            urlopen(f"{URL}/ready", timeout=5).close()
        except OSError:
            continue
        return


def _look(browser: Browser, locale: str, scheme: str) -> None:
    for width, height in SIZES:
        page = browser.new_page(viewport={"width": width, "height": height}, locale=locale, color_scheme=scheme)  # type: ignore[arg-type]
        _sign_in(page)
        for name, path in PAGES.items():
            page.goto(URL + path)
            page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}-{locale[:2]}.png")
        if (width, scheme) == (1280, "light"):
            _paper(page)
        page.close()


def _sign_in(page: Page) -> None:
    link = next(word for word in planner("sign-in-link", ORGANISER).split() if word.startswith("http"))
    page.goto(link)
    page.locator("main button").click()


def _change(browser: Browser) -> None:
    """Let the draft differ from what was given out."""
    page = browser.new_page()
    _sign_in(page)
    page.goto(URL + PAGES["editor"])
    page.locator(".editor-day [id^=later-]").first.click()
    page.locator("#changes").wait_for()
    page.close()


def _paper(page: Page) -> None:
    answer = page.request.get(f"{URL}/secon/haskovo-2023/desk/papers/signature-list/1.pdf")
    Path("list.pdf").write_bytes(answer.body())
    command = ["pdftoppm", "-png", "-r", "60", "-singlefile", "list.pdf", str(FOLDER / "signature-list")]
    subprocess.run(command, check=True)


def main() -> None:
    """Take all pictures anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with served(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine.chromium(), args=FLAGS)
        _change(browser)
        for locale, scheme in LOOKS:
            _look(browser, locale, scheme)
    print(f"{len(list(FOLDER.glob('*.png')))} pictures on {date.today():%d %B %Y}")  # noqa: DTZ011


if __name__ == "__main__":
    main()
