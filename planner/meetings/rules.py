"""What is true about meetings: pure, values in, decision out."""

from datetime import date

VISITING = frozenset({"interregional"})
"""Kinds of meetings that come with study visits."""


def navigation(kind: str, state: str) -> tuple[str, ...]:
    """Keys of the pages a meeting has, in the order the navigation shows them."""
    held = state == "held"
    visits = ("visits",) if kind in VISITING else ()
    return ("overview", "agenda", *visits, "practical", "documents", "report" if held else "register")


def is_past(last_day: date, today: date) -> bool:
    """Whether a meeting is over; on its last day it is not."""
    return last_day < today
