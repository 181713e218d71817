"""The shared macros and the frame: safe with hostile text, plain in words, and the emblem on every page."""

from __future__ import annotations

import math
import re
from datetime import date
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest

from planner import language
from planner.forms import EMPTY, Typed
from planner.language import Said
from planner.templates import STATIC, assets, pages, render
from planner.web import Shell

HOSTILE = "<script>alert(1)</script>\"'{{ 1111*1111 }}"
SHELL = Shell("en", "auto", "/secon", "page=2", None, "")
OPTIONS = [("a", "A & <b>", "hint"), ("b", "B")]
VOID = {"input", "path", "rect", "circle", "meta", "link", "br"}


def drawn(source: str, **context: Any) -> str:
    return pages().from_string(source).render(**context)


class Balance(HTMLParser):
    """Notes every tag, and whether each that opens is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


MACROS = [
    "ui.said(said)",
    "ui.badge(evil, 'good')",
    "ui.notice(evil, 'warn', 'status')",
    "ui.empty(evil)",
    "ui.leaf(day)",
    "ui.seat_bar(3, 10, evil)",
    "ui.seat_bar(12, 10, evil, waiting=2)",
    "ui.seat_bar(0, 0, evil)",
    "ui.seat_bar(3, none, evil)",
    "ui.progress(3, 8, evil)",
    "ui.progress(3, none, evil)",
    "ui.text_field('x', evil, typed, errors, hint=evil, required=True, autocomplete='name')",
    "ui.text_field('x', evil, typed, errors, lines=4)",
    "ui.text_field('x', evil, typed, {}, kind='search', required=none)",
    "ui.select_field('x', evil, typed, errors, options, hint=evil)",
    "ui.choice_field('x', evil, typed, errors, options, hint=evil, required=True, disabled=['b'])",
    "ui.ticks_field('x', evil, typed, errors, options, row=True)",
    "ui.tick_field('x', evil, typed, errors, hint=evil, required=True)",
    "ui.error_summary(errors, {'x': evil})",
    "ui.crumbs([(evil, '/secon')], evil)",
    "ui.pager(2, 3, shell)",
    "ui.map([outline], [{'x': 1, 'y': 2, 'label': evil, 'kind': 'next'}], evil, ['GR'], 'M0 0')",
    "ui.emblem()",
    "ui.signed_in(signed)",
]


@pytest.mark.parametrize("macro", MACROS)
def test_macros_stay_whole_around_hostile_text(macro: str) -> None:
    text = drawn(
        "{{ " + macro + " }}",
        evil=HOSTILE,
        said=Said(HOSTILE, "bg", True),
        typed=Typed({"x": [HOSTILE]}),
        errors={"x": HOSTILE},
        options=[*OPTIONS, (HOSTILE, HOSTILE, HOSTILE)],
        day=date(2023, 11, 13),
        shell=SHELL,
        signed=Shell("en", "auto", "/", "", SimpleNamespace(name=HOSTILE), HOSTILE),
        outline=SimpleNamespace(code="GR", path="M0 0l1 1z"),
    )
    found = Balance(text).tags
    assert "script" not in [tag for tag, _attributes in found]
    assert "1234321" not in text
    assert not any("style" in attributes for _tag, attributes in found)


def test_a_foreign_text_says_its_language_to_eye_and_ear() -> None:
    language.use("en")
    text = drawn("{{ ui.said(said, 'h2') }}", said=Said("Община Хасково", "bg", True))
    assert text.startswith('<h2 lang="bg">Община Хасково<span class="tongue" lang="en">')
    assert "not translated, in Bulgarian" in text
    assert drawn("{{ ui.said(said) }}", said=Said("Haskovo", "en", False)) == "<span>Haskovo</span>"


def test_a_mistake_is_tied_to_its_field() -> None:
    text = drawn("{{ ui.text_field('x', 'E-mail', typed, errors, hint='Why') }}", typed=EMPTY, errors={"x": "Missing."})
    field = next(attributes for tag, attributes in Balance(text).tags if tag == "input")
    assert (field["aria-describedby"], field["aria-invalid"]) == ("x-hint x-mistake", "true")
    assert '<label for="x">E-mail<span class="need">optional</span></label>' in text


def test_what_was_chosen_stays_chosen() -> None:
    text = drawn("{{ ui.ticks_field('x', 'X', typed, {}, options) }}", typed=Typed({"x": ["b"]}), options=OPTIONS)
    boxes = [attributes for tag, attributes in Balance(text).tags if tag == "input"]
    assert [(box["id"], box["value"], "checked" in box) for box in boxes] == [("x", "a", False), ("x-2", "b", True)]


def test_seats_are_told_in_words() -> None:
    assert "7 of 10 places free" in drawn("{{ ui.seat_bar(3, 10, 'On site') }}")
    assert "Full: all 10 places taken · 2 waiting" in drawn("{{ ui.seat_bar(10, 10, 'On site', 2) }}")


def test_bars_never_leave_their_frame() -> None:
    assert 'width="100"' in drawn("{{ ui.bar(30, 10) }}")
    assert 'width="0"' in drawn("{{ ui.bar(0, 0) }}")


def stars(markup: str) -> list[list[tuple[float, float]]]:
    path = re.search(r'fill="#fc0" d="([^"]+)"', markup)
    assert path
    pairs = (re.findall(r"(-?[\d.]+) (-?[\d.]+)", star) for star in path[1].split("z")[:-1])
    return [[(float(x), float(y)) for x, y in star] for star in pairs]


@pytest.mark.parametrize("where", ["macro", "file"])
def test_the_emblem_follows_the_published_geometry(where: str) -> None:
    markup = drawn("{{ ui.emblem() }}") if where == "macro" else (STATIC / "img" / "emblem.svg").read_text()
    assert 'fill="#039" d="M0 0h810v540H0z"' in markup  # 3 : 2
    assert 'viewBox="-21.6 -21.6 853.2 583.2"' in markup  # a white edge of 1/25 of the height
    found = stars(markup)
    assert len(found) == 12
    for hour, star in enumerate(found):
        x = 405 + 180 * math.sin(math.radians(30 * hour))  # like the hours of a clock, on a third of the height
        y = 270 - 180 * math.cos(math.radians(30 * hour))
        assert star[0] == pytest.approx((x, y - 30), abs=0.06)  # one point upwards
        assert [math.dist(point, (x, y)) for point in star[::2]] == pytest.approx([30] * 5, abs=0.1)  # 1/18
        assert [math.dist(point, (x, y)) for point in star[1::2]] == pytest.approx([11.46] * 5, abs=0.1)


def test_a_page_without_a_project_still_shows_the_emblem_and_its_words() -> None:
    text = render("error.html", {"shell": SHELL, "title": "Page not found", "sentence": HOSTILE, "code": 404})
    assert text.count('class="emblem"') == 2
    assert text.count("Co-funded by the European Union") == 2
    assert "<title>Page not found – Planner</title>" in text
    assert "<script>alert" not in text


def test_the_frame_shows_where_we_are() -> None:
    said = Said("SECON", "en", False)
    frame = {
        "project": SimpleNamespace(acronym="SECON", slug="secon", name=said),
        "meeting": SimpleNamespace(slug="haskovo-2023", title=Said("Хасково", "bg", True)),
        "current": "agenda",
        "demo": True,
        "contact": SimpleNamespace(name="Ana", email="ana@haskovo.example"),
    }
    text = render("error.html", {"shell": SHELL, "frame": frame, "title": "T", "sentence": "S"})
    assert '<a href="/secon/haskovo-2023/agenda" aria-current="page">' in text
    assert '<a href="/secon/haskovo-2023" lang="bg">Хасково</a>' in text
    assert "all sentences are invented" in text
    assert "mailto:ana@haskovo.example" in text
    assert 'href="/secon?page=2&amp;lang=el" lang="el" hreflang="el"' in text


def test_style_sheets_name_files_by_addresses_that_last() -> None:
    sheets = [asset for name, asset in assets().items() if name.endswith(".css")]
    addresses = {asset.address for asset in assets().values()}
    named = {found.decode() for asset in sheets for found in re.findall(rb"url\((/[^)]+)\)", asset.plain)}
    assert named
    assert all(address in addresses or address.startswith("/static/-/") for address in named)


def test_styles_stay_small() -> None:
    sheets = [asset for name, asset in assets().items() if name.endswith(".css") and name != "css/grid.css"]
    assert sum(len(asset.gzipped) for asset in sheets) < 12_000
