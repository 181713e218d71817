"""What is true about meetings: pure, values in, decision out."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import count


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a kind of meeting usually is: days, mode, places on site and online, places for each partner's people.

    None for a partner's places is no limit. `exchange` counts as an interregional exchange event of the project.
    """

    days: int
    mode: str
    seats_on_site: int
    seats_online: int
    partner_staff: int | None
    stakeholders: int | None
    visits: bool
    exchange: bool


KINDS = {
    "kick_off": Defaults(2, "on_site", 40, 0, 3, 0, visits=False, exchange=True),
    "interregional": Defaults(3, "hybrid", 60, 100, 3, 3, visits=True, exchange=True),
    "thematic_seminar": Defaults(2, "hybrid", 60, 100, 3, 3, visits=True, exchange=True),
    "steering_group": Defaults(1, "on_site", 24, 0, 2, 0, visits=False, exchange=False),
    "study_visit": Defaults(2, "on_site", 24, 0, 2, 2, visits=True, exchange=True),
    "regional_stakeholders": Defaults(1, "on_site", 30, 0, None, None, visits=False, exchange=False),
    "online_call": Defaults(1, "online", 0, 100, None, None, visits=False, exchange=False),
}
"""Kinds of meetings in the order they are offered."""
VISITING = frozenset(kind for kind, usual in KINDS.items() if usual.visits)
"""Kinds of meetings that come with study visits."""
MODES = ("on_site", "hybrid", "online")
RESERVED = frozenset({"calendar", "calendar.ics", "calls", "desk", "documents", "meetings", "my", "news", "search"})
"""Words that no meeting's address may be: below a project they lead somewhere else."""
_APART = re.compile(r"[^a-z0-9]+")


def address_for(words: str, year: int, taken: Collection[str]) -> str:
    """The address of a new meeting: its place in plain Latin letters and the year, unlike all those taken."""
    bare = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    stem = f"{_APART.sub('-', bare).strip('-')[:40] or 'meeting'}-{year}"
    names = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
    return next(name for name in names if name not in taken and name not in RESERVED)


def navigation(kind: str, state: str) -> tuple[str, ...]:
    """Keys of the pages a meeting has, in the order the navigation shows them."""
    held = state == "held"
    visits = ("visits",) if kind in VISITING else ()
    return ("overview", "agenda", *visits, "practical", "documents", "report" if held else "register")


def is_past(last_day: date, today: date) -> bool:
    """Whether a meeting is over; on its last day it is not."""
    return last_day < today
