"""Where a visitor comes from: the one address that can be believed, and the network it belongs to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from planner.settings import settings

Address = IPv4Address | IPv6Address
IPV4_PREFIX, IPV6_PREFIX = 24, 48
"""Bits that one house or provider's customer shares: spammers change the bits behind them at will."""


def visitor(scope: Any) -> Address | None:
    """The address a request came from; None for what has none, such as a socket file.

    A header counts only as far as trusted proxies have written it: from its right end, up to the first address that
    is no proxy of ours. What stands left of that, anybody may have made up.
    """
    found = _read((scope.get("client") or ("",))[0])
    for told in reversed(_forwarded(scope)):
        if found is None or not _is_trusted(found) or (before := _read(told)) is None:
            break
        found = before
    return found


def _forwarded(scope: Any) -> list[str]:
    lines = [value.decode("latin-1") for key, value in scope["headers"] if key == b"x-forwarded-for"]
    return [part.strip() for part in ",".join(lines).split(",") if part.strip()]


def _read(text: str) -> Address | None:
    """An address, with or without a port; IPv4 inside IPv6 is IPv4."""
    bare = text.removeprefix("[").partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in settings().proxies)


def network(address: Address | None) -> str:
    """The network of an address: what neighbours share, and what one person cannot change at will."""
    if address is None:
        return ""
    prefix = IPV4_PREFIX if isinstance(address, IPv4Address) else IPV6_PREFIX
    return str(ip_network((address, prefix), strict=False))
