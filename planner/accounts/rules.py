"""What is true of signing in: how long it lasts, how often it may be tried, and where it may lead."""

import hmac
import re
from datetime import datetime, timedelta

from planner.limits import Limit

LINK_MINUTES = 10
IDLE = timedelta(hours=8)
LONGEST = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=5)
"""How exactly a browser's last visit is remembered: not every page view costs a write."""
TRIES = 5
TRIES_WITHIN = timedelta(minutes=10)
SIGNING_IN_PER_NETWORK = Limit("sign-in", 60, timedelta(minutes=10))
"""Tries of all who share a network, whatever addresses they try."""
SHORTEST_PASSWORD = 12

# Browsers drop tabs and line ends inside an address and read a backslash as a slash.
_PATH = re.compile(r"/(?!/)[!-\[\]-~]*")


def is_alive(created: datetime, seen: datetime, ended: datetime | None, moment: datetime) -> bool:
    """Whether a signed-in browser still counts: not ended, used in the last 8 hours, at most 30 days old."""
    return ended is None and moment < seen + IDLE and moment < created + LONGEST


def may_try(earlier: int) -> bool:
    """Whether one more try is allowed after so many for the same address in the last ten minutes."""
    return earlier < TRIES


def is_usable(expires: datetime, used: datetime | None, moment: datetime) -> bool:
    """Whether a sign-in link still works: it does once, until it expires."""
    return used is None and moment < expires


def way_on(address: str) -> str:
    """Where to go after signing in: the wished address if it is a path on this site, else the first page."""
    return address if _PATH.fullmatch(address) else "/"


def page_token(secret: bytes, token: str) -> str:
    """The token that forms of a signed-in browser carry: it follows from the browser's secret and ends with it."""
    return hmac.new(secret, b"form:" + token.encode("utf-8", "replace"), "sha256").hexdigest()


def tidy(email: str) -> str:
    """An address the way accounts keep it."""
    return email.strip().lower()
