"""What is true about the lists of a day: who stands on them, and who signs. All of it pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

WITHOUT_SIGNATURE = frozenset({"interpreter"})
"""Categories that ride, eat and take a place, but have no row on the signature list."""
MOST_BLANK_ROWS = 40
BLANK_ROWS = 10
"""Empty rows below the printed ones, for people who walk in."""


def is_on_list(status: str, history: Iterable[tuple[datetime, str]], frozen_at: datetime | None) -> bool:
    """Whether somebody stands on the lists: confirmed, or cancelled after they were frozen as a confirmed person.

    `history` are the moments of the status changes with the status from then on, in order.
    """
    if status == "confirmed":
        return True
    if status != "cancelled" or frozen_at is None:
        return False
    when_frozen = [then for at, then in history if at <= frozen_at]
    return bool(when_frozen) and when_frozen[-1] == "confirmed"


def signs(category: str) -> bool:
    """Whether people of that category have a row to sign."""
    return category not in WITHOUT_SIGNATURE


def own_language(names: Mapping[str, str], partner: str) -> str:
    """The language of an organisation's own name: its partner's, else the first beside English; empty for none."""
    return next((code for code in (partner, *names) if code in names and code != "en"), "")


def blank_rows(typed: str) -> int:
    """How many empty rows somebody asked for, within what fits; anything unreadable means the usual number."""
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 4):
        return BLANK_ROWS
    return min(int(typed), MOST_BLANK_ROWS)
