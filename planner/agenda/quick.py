"""One line that becomes an item: `14:00 45m Study visit: harbour @Room B #b`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from typing import NamedTuple

from planner.names import fold

_CLOCK = r"([01]?\d|2[0-3])(?:[:.h]([0-5]\d))"
_SPAN = re.compile(rf"{_CLOCK}\s*(?:-|–|—|to)\s*{_CLOCK}\b")
_START = re.compile(rf"{_CLOCK}\b")
_MINUTES = re.compile(
    r"(?:(\d{1,2})\s*h)?\s*(?:(\d{1,3})\s*(?:m|min|mins|minutes|'|′|λ|λεπτά))?(?=\s|$)", re.IGNORECASE
)
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
    """What a line says. `minutes` is how long (None: not said); `room` as typed when no room has that name."""

    title: str
    starts: time | None = None
    minutes: int | None = None
    kind: str = "presentation"
    track: str = ""
    place_id: int | None = None
    room: str = ""

    @property
    def audience(self) -> str:
        """Whom the item is for, as far as its kind tells: a steering group meets behind closed doors."""
        return self.kind if self.kind == "steering_group" else ""


class _Rest(NamedTuple):
    line: Line
    text: str


def parse(text: str, rooms: Mapping[str, int]) -> Line:
    """Read one line. `rooms` are names, in any language, to ids. Never fails: what is not understood is the title."""
    rest = _when(" ".join(text.split()))
    line, words = rest
    if found := _TRACK.search(words):
        line, words = replace(line, track=found[1]), _without(words, found)
    if found := _ROOM.search(words):
        line, words = _placed(line, found[1].strip(), rooms), _without(words, found)
    title = " ".join(words.split())
    return replace(line, title=title, kind=kind_of(title))


def kind_of(title: str) -> str:
    """The kind that a title tells by how it begins: `Coffee with the mayor`, `Airport transfer to Bucharest`."""
    start = fold(title)
    leading = next((kind for word, kind in _LEADING if re.match(rf"{re.escape(word)}\b", start)), "")
    name = [] if leading in PAUSES else _FIRST_WORDS.split(start, maxsplit=1)[0].split()
    ending = next((kind for word, kind in _LEADING if kind in PAUSES and name[-1:] == [word]), "")
    return (ending if len(name) <= _LONGEST_NAME else "") or leading or "presentation"


def _when(text: str) -> _Rest:
    if found := _SPAN.match(text):
        starts, ends = _clock(found[1], found[2]), _clock(found[3], found[4])
        minutes = (_of_day(ends) - _of_day(starts)) % (24 * 60)
        return _Rest(Line("", starts, minutes or None), text[found.end() :])
    if found := _START.match(text):
        rest = text[found.end() :].lstrip()
        length = _MINUTES.match(rest)
        minutes = int(length[1] or 0) * 60 + int(length[2] or 0) if length else 0
        return _Rest(Line("", _clock(found[1], found[2]), minutes or None), rest[length.end() :] if length else rest)
    length = _MINUTES.match(text)
    minutes = int(length[1] or 0) * 60 + int(length[2] or 0) if length else 0
    return _Rest(Line("", None, minutes or None), text[length.end() :] if length else text)


def _clock(hours: str, minutes: str) -> time:
    return time(int(hours), int(minutes))


def _of_day(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def _placed(line: Line, name: str, rooms: Mapping[str, int]) -> Line:
    wanted = fold(name)
    number = next((number for known, number in rooms.items() if fold(known) == wanted), None)
    return replace(line, place_id=number) if number else replace(line, room=name)


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
