"""One line that becomes an item: `14:00 45m Study visit: harbour @Room B #b`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import NamedTuple

from planner.agenda.rules import DAY, minute_of
from planner.names import fold

_TIME = (
    r"(?P<h{n}>\d{{1,2}})(?:[:.h](?P<m{n}>\d\d)(?!\d))?"
    r"(?:\s?(?P<x{n}>h|ч|am|pm|a\.m\.|p\.m\.|π\.?μ\.?|μ\.?μ\.?)(?!\w))?(?!\w|[:.]\d)"
)
_START = re.compile(_TIME.format(n=1), re.IGNORECASE)
_SPAN = re.compile(rf"{_TIME.format(n=1)}\s?(?:-|–|—|to|έως|μέχρι)\s?{_TIME.format(n=2)}", re.IGNORECASE)
_TOGETHER = re.compile(r"(0\d)([0-5]\d)(?!\d)(?:\s?[-–]\s?([0-2]\d)([0-5]\d)(?!\d))?")
_ALMOST = re.compile(r"\d{1,3}:\d{1,2}(?!\d)")
_LENGTH = re.compile(
    r"(?:(?P<hours>\d{1,2}(?:[.,]\d{1,2})?)\s?(?:hours?|hrs?|h|ώρες|ώρα|ωρες|ωρα|ω)\.?(?P<more>[0-5]\d)?)?\s?"
    r"(?:(?P<minutes>\d{1,3})\s?(?:minutes?|mins?|m|'|′|’|λεπτά|λεπτα|λ)\.?)?(?=[\s,;:)]|$)",
    re.IGNORECASE,
)
_LAST_LENGTH = re.compile(r"[\s,;–-]+(?:\(([^()]{2,12})\)|(\d+(?:h\d\d|h|min|m|'|λ)))$", re.IGNORECASE)
_LAST_TIME = re.compile(r"[\s,]+(?:at |στις |στη )?(\d{1,2}:\d\d(?:\s?[-–]\s?\d{1,2}:\d\d)?)$", re.IGNORECASE)
_AFTERNOON = ("pm", "p.m.", "μμ", "μ.μ.", "μ.μ")
_BETWEEN = " -–—:,;|"
EARLIEST = 5
"""The first hour that `5h` means as a time of day; fewer are how long something takes."""
_TRACK = re.compile(r"(?:^|\s)#(\S+)")
_ROOM = re.compile(r"(?:^|\s)@([^#@]+)")

KINDS: dict[str, tuple[str, ...]] = {
    "registration": ("registration", "check-in", "arrival", "εγγραφη", "προσελευση", "αφιξη"),
    "welcome": ("welcome", "opening", "καλωσορισμα", "εναρξη"),
    "workshop": ("workshop", "εργαστηριο"),
    "steering_group": ("steering group", "συντονιστικη ομαδα"),
    "visit": ("study visit", "visit", "επισκεψη"),
    "break": ("coffee", "break", "καφες", "διαλειμμα"),
    "lunch": ("lunch", "γευμα", "μεσημεριανο"),
    "dinner": ("dinner", "supper", "δειπνο"),
    "transfer": ("bus", "coach", "minibus", "transfer", "λεωφορειο", "μεταφορα"),
    "walk": ("walk", "περιπατος"),
    "free_time": ("free time", "ελευθερος χρονος"),
    "closing": ("closing", "goodbye", "κλεισιμο", "ληξη"),
    "discussion": ("discussion", "round table", "συζητηση", "στρογγυλο τραπεζι"),
}
"""Words at the start of a title that tell its kind, in the languages of the interface; anything else presents."""

PAUSES = frozenset({"break", "lunch", "dinner", "transfer", "walk"})
"""Kinds whose word may also end the first words of a title: a welcome dinner is a dinner."""
_JOINTS = (
    "after and at before by for from in of on the to with "
    "απο για και με μετα πριν σε στη στην στις στο στον στους την της των του το"
)
_FIRST_WORDS = re.compile(rf"[:,;(/&–—]|\s-\s|\b(?:{'|'.join(map(fold, _JOINTS.split()))})\b")
_LONGEST_NAME = 3

_LEADING = sorted(
    ((fold(word), kind) for kind, words in KINDS.items() for word in words), key=lambda pair: -len(pair[0])
)


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says. `minutes` is how long (None: not said); `room` as typed when no room has that name, `wrong`
    what looks like a time and is none.
    """

    title: str
    starts: time | None = None
    minutes: int | None = None
    kind: str = "presentation"
    track: str = ""
    place_id: int | None = None
    room: str = ""
    wrong: str = ""

    @property
    def audience(self) -> str:
        """Whom the item is for, as far as its kind tells: a steering group meets behind closed doors."""
        return self.kind if self.kind == "steering_group" else ""


class _Rest(NamedTuple):
    line: Line
    text: str


def parse(text: str, rooms: Mapping[str, int]) -> Line:
    """Read one line. `rooms` are names, in any language, to ids. Never fails: what is not understood is the title."""
    line, words = Line(""), " ".join(text.split())
    if found := _TRACK.search(words):
        line, words = replace(line, track=found[1]), _without(words, found)
    if found := _ROOM.search(words):
        line, more = _placed(line, found[1].split(), rooms)
        words = f"{words[: found.start()]} {more} {words[found.end() :]}"
    line, words = _times(line, " ".join(words.split()))
    return replace(line, title=words, kind=kind_of(words))


def kind_of(title: str) -> str:
    """The kind that a title tells by how it begins: `Coffee with the mayor`, `Airport transfer to Bucharest`."""
    start = fold(title)
    leading = next((kind for word, kind in _LEADING if re.match(rf"{re.escape(word)}\b", start)), "")
    name = [] if leading in PAUSES else _FIRST_WORDS.split(start, maxsplit=1)[0].split()
    ending = next((kind for word, kind in _LEADING if kind in PAUSES and name[-1:] == [word]), "")
    return (ending if len(name) <= _LONGEST_NAME else "") or leading or "presentation"


def _times(line: Line, text: str) -> _Rest:
    """When it begins and how long it takes: in front of the title, or else behind it."""
    line, text = _when(line, text)
    line, text = _lasting(line, text.lstrip(_BETWEEN))
    text = text.lstrip(_BETWEEN)
    if line.minutes is None and (found := _LAST_LENGTH.search(text)):
        line, rest = _lasting(line, found[1] or found[2])
        text = text if rest else text[: found.start()]
    if line.starts is None and not line.wrong and (found := _LAST_TIME.search(text)):
        line, rest = _when(line, found[1])
        text = text if rest else text[: found.start()]
    return _Rest(line, text)


def _when(line: Line, text: str) -> _Rest:
    text = _TOGETHER.sub(_parted, text, 1) if _TOGETHER.match(text) else text
    if (found := _SPAN.match(text)) and (ends := _clock(found, 2)):
        starts = _clock(found, 1) or _clock(found, 1, like=2)
        if starts:
            minutes = (minute_of(ends) - minute_of(starts)) % DAY
            return _Rest(replace(line, starts=starts, minutes=minutes or None), text[found.end() :])
    if (found := _START.match(text)) and (starts := _clock(found, 1)):
        return _Rest(replace(line, starts=starts), text[found.end() :])
    if found := _ALMOST.match(text):
        return _Rest(replace(line, wrong=found[0]), text)
    return _Rest(line, text)


def _parted(found: re.Match[str]) -> str:
    """`0900-1030` with colons. Only with a leading zero: 2027 is rather a year."""
    return f"{found[1]}:{found[2]}" + (f"-{found[3]}:{found[4]}" if found[3] else "")


def _clock(found: re.Match[str], place: int, like: int = 0) -> time | None:
    """A time of day; a bare number is none, unless it is `like` another one that says what it is."""
    hour, minutes = int(found[f"h{place}"]), found[f"m{place}"]
    mark = (found[f"x{like or place}"] or "").lower()
    hours = mark == "h" if minutes is None else found.string[found.start(f"m{place}") - 1] == "h"
    if not like and ((minutes is None and not mark) or (hours and hour < EARLIEST)):
        return None
    if mark and mark not in "hч":
        hour = (hour % 12 + 12 * (mark in _AFTERNOON)) if hour <= 12 else 24
    if place == 2 and (hour, int(minutes or 0)) == (24, 0):
        return time(0)
    return time(hour, int(minutes or 0)) if hour < 24 and int(minutes or 0) < 60 else None


def _lasting(line: Line, text: str) -> _Rest:
    bare = text[1:] if text.startswith("(") else text
    found = _LENGTH.match(bare)
    if not found or not found[0].strip() or line.minutes:
        return _Rest(line, text)
    hours = float((found["hours"] or "0").replace(",", "."))
    minutes = round(hours * 60) + int(found["more"] or 0) + int(found["minutes"] or 0)
    rest = bare[found.end() :]
    return _Rest(replace(line, minutes=minutes or None), rest.removeprefix(")") if bare is not text else rest)


def _placed(line: Line, words: Sequence[str], rooms: Mapping[str, int]) -> tuple[Line, str]:
    """The line in the room of the longest name that the words begin with, and the words that are left."""
    known = {fold(name): number for name, number in rooms.items()}
    for count in range(len(words), 0, -1):
        if number := known.get(fold(" ".join(words[:count]).rstrip(_BETWEEN))):
            return replace(line, place_id=number), " ".join(words[count:])
    return replace(line, room=" ".join(words)), ""


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
