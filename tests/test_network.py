"""Where visitors come from: only declared proxies are believed."""

import pytest

from planner.network import network, visitor
from planner.settings import Settings, settings


@pytest.fixture
def behind(monkeypatch):
    """Declares proxies."""

    def declare(networks):
        monkeypatch.setenv("PLANNER_TRUSTED_PROXIES", networks)
        settings.cache_clear()

    yield declare
    monkeypatch.undo()
    settings.cache_clear()


def seen(peer, *forwarded):
    headers = [(b"x-forwarded-for", line.encode("latin-1")) for line in forwarded]
    return str(visitor({"client": (peer, 1) if peer else None, "headers": headers}) or "")


def test_without_a_declared_proxy_the_header_is_not_believed():
    assert seen("203.0.113.9", "198.51.100.1") == "203.0.113.9"
    assert seen("127.0.0.1", "198.51.100.1") == "127.0.0.1"


def test_a_declared_proxy_tells_who_came_and_visitors_cannot_add_to_it(behind):
    behind("127.0.0.1, 10.0.0.0/8, ::1")
    assert seen("127.0.0.1", "198.51.100.1") == "198.51.100.1"
    assert seen("127.0.0.1", "6.6.6.6, 198.51.100.1") == "198.51.100.1"
    assert seen("127.0.0.1", "6.6.6.6", "198.51.100.1, 10.1.2.3") == "198.51.100.1"
    assert seen("::1", "[2001:db8::7]:4711") == "2001:db8::7"
    assert seen("127.0.0.1", "198.51.100.1:4711") == "198.51.100.1"
    assert seen("203.0.113.9", "198.51.100.1") == "203.0.113.9"


@pytest.mark.parametrize("damaged", ["", ",,", "nobody", "1.2.3", "1.2.3.4.5", "\xff", "unknown, unknown", "x" * 9000])
def test_a_damaged_header_says_nothing(behind, damaged):
    behind("127.0.0.1")
    assert seen("127.0.0.1", damaged) == "127.0.0.1"


def test_who_has_no_address_has_no_network():
    assert (seen(""), seen("testclient"), network(None)) == ("", "", "")


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("198.51.100.7", "198.51.100.0/24"),
        ("::ffff:198.51.100.7", "198.51.100.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
    ],
)
def test_neighbours_share_a_network(address, shared):
    assert network(visitor({"client": (address, 1), "headers": []})) == shared


def test_what_is_no_list_of_networks_is_refused_at_the_start():
    with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6 network"):
        Settings(trusted_proxies="my proxy")
