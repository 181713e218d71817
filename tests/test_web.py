"""Answers: pages and blocks, addresses, cookies, conditions and the shelf."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.connection import Request

from planner import web
from planner.web import Shell

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def visit(path: str = "/secon", query: bytes = b"", viewer: Any = None, **headers: str) -> Any:
    lines = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": lines}
    return Request({**scope, "viewer": viewer, "theme": "auto", "state": {}})  # type: ignore[typeddict-item]


def here(path: str, query: bytes = b"", **changes: str) -> str:
    return web.shell(visit(path, query)).here(**changes)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (here("/secon"), "/secon"),
        (here("/secon", lang="el"), "/secon?lang=el"),
        (here("/secon", b"page=2&lang=en", lang="el"), "/secon?page=2&lang=el"),
        (here("/secon", b"q=a%26b&q=c"), "/secon?q=a%26b&q=c"),
        (here("//evil.example/x", lang="el"), "/evil.example/x?lang=el"),
        (here("/a?b#c d"), "/a%3Fb%23c%20d"),
        (here("/\\evil"), "/%5Cevil"),
        (here("/ά", b"q=\xff"), "/%CE%AC?q=%C3%BF"),
    ],
)
def test_this_address_with_changes(address: str, expected: str) -> None:
    assert address == expected


@given(st.text(max_size=20), st.binary(max_size=20))
def test_no_address_of_a_page_leads_to_another_host(path: str, query: bytes) -> None:
    address = here(path.encode("utf-8", "replace").decode(), query)
    assert address.startswith("/") and not address.startswith(("//", "/\\"))


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        ([b"planner=abc"], "abc"),
        ([b"a=1; planner=abc; b=2"], "abc"),
        ([b"a=1", b"planner=abc"], "abc"),
        ([b'bad="x{;y; planner=abc'], "abc"),
        ([b"planner=abc; planner=planted"], "abc"),
        ([b"xplanner=abc; planner2=x; planner"], ""),
        ([b"planner=a=b=="], "a=b=="),
        ([b"\xff\xfe"], ""),
        ([], ""),
    ],
)
def test_a_cookie_is_found_among_others(lines: list[bytes], value: str) -> None:
    assert web.cookie({"headers": [(b"cookie", line) for line in lines]}, "planner") == value


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5, *", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, br", False),
        ("gzip;q=0.1", True),
        ("br", False),
        ("x-gzipped", False),
        ("", False),
    ],
)
def test_compressed_bytes_go_to_who_takes_them(sent: str, taken: bool) -> None:
    assert web.takes_gzip(visit(accept_encoding=sent)) is taken


@pytest.mark.parametrize(
    ("headers", "current"),
    [
        ({"if_none_match": 'W/"a"'}, True),
        ({"if_none_match": '"a"'}, True),
        ({"if_none_match": '"b", W/"a"'}, True),
        ({"if_none_match": "*"}, True),
        ({"if_none_match": '"b"', "if_modified_since": "Sun, 01 Mar 2026 12:00:00 GMT"}, False),
        ({"if_none_match": "\xff"}, False),
        ({"if_modified_since": "Sun, 01 Mar 2026 12:00:00 GMT"}, True),
        ({"if_modified_since": "Sun, 01 Mar 2026 11:59:59 GMT"}, False),
        ({"if_modified_since": "Sun, 01 Mar 2026 12:00:00"}, False),
        ({"if_modified_since": "yesterday"}, False),
        ({"if_modified_since": "Mon, 99 Foo 99999 99:99:99 GMT"}, False),
        ({}, False),
    ],
)
def test_a_copy_is_current_by_its_tag_else_by_its_date(headers: dict[str, str], current: bool) -> None:
    assert web.matches(visit(**headers), 'W/"a"', NOON) is current


def test_a_date_is_written_as_headers_want_it() -> None:
    assert web.http_date(NOON) == "Sun, 01 Mar 2026 12:00:00 GMT"


def test_the_shelf_makes_once_and_lets_the_least_used_go() -> None:
    made: list[str] = []
    shelf = web.Shelf(2)

    def ask(key: str) -> bytes:
        return shelf.get(key, lambda: made.append(key) or key.encode()).plain  # type: ignore[func-returns-value]

    assert [ask(key) for key in "abacab"] == [b"a", b"b", b"a", b"c", b"a", b"b"]
    assert made == ["a", "b", "c", "b"]


def test_a_page_for_one_viewer_is_never_kept() -> None:
    answer = web.page(visit(), "error.html", {"title": "T", "sentence": "S"})
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.content.startswith(b"<!doctype html>")


def test_htmx_gets_only_the_block_unless_it_wants_the_page() -> None:
    context = {"title": "T", "sentence": "S"}
    part = web.page(visit(hx_request="true"), "error.html", context, block="main").content
    whole = web.page(visit(hx_request="true", hx_request_type="full"), "error.html", context, block="main").content
    assert b"<html" not in part and b"<h1>T</h1>" in part
    assert b"<html" in whole


def kept(**options: Any) -> Any:
    key = options.pop("key", ("a", 1))
    return web.kept_page(visit(**options), key, "error.html", lambda: {"title": "T", "sentence": "S"})


def test_a_public_page_is_told_unchanged_until_its_key_changes() -> None:
    tag = kept().headers["ETag"]
    again = kept(if_none_match=tag)
    assert (again.status_code, again.content, again.media_type) == (304, b"", "text/html")
    assert b"<h1>T</h1>" in kept(if_none_match=tag, key=("a", 2)).content


def test_a_signed_in_viewers_page_is_not_kept_for_others() -> None:
    viewer = SimpleNamespace(name="Ana", csrf="token")
    mine = kept(viewer=viewer)
    assert mine.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in mine.headers
    assert b"Ana" in mine.content
    assert b"Ana" not in kept().content


def test_pages_differ_by_language_colours_and_place() -> None:
    frames = [
        Shell(language, theme, path, "", None, "")
        for language in ("en", "el")
        for theme in ("light", "dark")
        for path in ("/a", "/b")
    ]
    assert len({web.tag_of(frame) for frame in frames}) == 8


def test_after_an_act_the_visitor_is_sent_to_look() -> None:
    answer = web.see("/secon")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/secon")


def test_a_download_has_our_name() -> None:
    answer = web.download(b"%PDF", "application/pdf", "sheet.pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sheet.pdf"'
    assert (
        web.download(b"", "application/pdf", "a.pdf", inline=True).headers["Content-Disposition"].startswith("inline")
    )
