"""What is true of signing in."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.accounts import rules

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("address", ["/", "/secon", "/secon/riga-2026/desk?status=waiting&page=2", "/a%20b#c", "/a//b"])
def test_a_path_on_this_site_is_a_way_on(address: str) -> None:
    assert rules.way_on(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/a\\b",
        "/ a",
        "/ä",
        "/\x00",
        "https://evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "http://127.0.0.1:8000/secon",
        "/a\r\nSet-Cookie: planner=x",
    ],
)
def test_any_other_way_on_leads_to_the_first_page(address: str) -> None:
    assert rules.way_on(address) == "/"


@given(st.text(alphabet="/\\.:@ \t\n\rev%2fhtps?#\x00é", max_size=20))
def test_no_way_on_names_another_host(address: str) -> None:
    way = rules.way_on(address)
    assert way.startswith("/") and not way.startswith(("//", "/\\"))
    assert not set(way) & set("\\ \t\n\r\x00é")


@pytest.mark.parametrize(
    ("seen", "ended", "alive"),
    [
        (NOON, None, True),
        (NOON - timedelta(hours=8) + MINUTE, None, True),
        (NOON - timedelta(hours=8), None, False),
        (NOON, NOON, False),
    ],
)
def test_a_browser_counts_until_it_is_idle_for_eight_hours_or_ended(
    seen: datetime, ended: datetime | None, alive: bool
) -> None:
    assert rules.is_alive(NOON - timedelta(days=2), seen, ended, NOON) is alive


def test_a_busy_browser_counts_for_thirty_days() -> None:
    assert rules.is_alive(NOON - timedelta(days=30) + MINUTE, NOON, None, NOON)
    assert not rules.is_alive(NOON - timedelta(days=30), NOON, None, NOON)


def test_a_link_works_once_until_it_expires() -> None:
    assert rules.is_usable(NOON + MINUTE, None, NOON)
    assert not rules.is_usable(NOON, None, NOON)
    assert not rules.is_usable(NOON + MINUTE, NOON - MINUTE, NOON)


def test_five_tries_are_allowed() -> None:
    assert [rules.may_try(earlier) for earlier in range(7)] == [True] * 5 + [False] * 2


def test_a_page_token_follows_from_secret_and_browser() -> None:
    tokens = {rules.page_token(secret, token) for secret in (b"a", b"b") for token in ("x", "y", "\udcff", "ä")}
    assert len(tokens) == 8
    assert rules.page_token(b"a", "x") == rules.page_token(b"a", "x")
