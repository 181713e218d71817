"""Single cells of a table that somebody brings: what each means, or a sentence about what it cannot mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from itertools import zip_longest

from planner.agenda.entry import Spoken
from planner.agenda.rules import ROLES
from planner.db import Texts
from planner.forms import Check
from planner.imports.times import clock_in, date_in, number_in, span_in
from planner.language import INTERFACE, NAMES, _, speaking
from planner.names import fold

_YES = frozenset(fold(word) for word in ("yes", "x", "1", "true", "ναι", "✓", "✔"))
_NO = frozenset(fold(word) for word in ("", "no", "0", "false", "όχι", "-", "–"))
_LENGTH = re.compile(r"([01]?\d|2[0-3])[:.h]([0-5]\d)(?::\d\d)?")
_SPEAKER = re.compile(r"([^()\[\]]+?)\s*(?:\((.*)\))?\s*(?:\[([^\]]*)\])?")
_LONGEST = 24 * 60


@dataclass(frozen=True, slots=True)
class Known:
    """What names in the table may mean, folded: rooms, people (with their organisations), partners, practices.

    `days` are the dates that day numbers mean; other numbers count from `first_day`.
    """

    language: str
    first_day: date
    last_day: date
    days: Mapping[int, date]
    rooms: Mapping[str, int]
    people: Mapping[str, Sequence[tuple[int, str]]]
    partners: Mapping[str, int]
    practices: Mapping[str, int]
    make_rooms: bool = False


def day_of(value: str, known: Known) -> date | None:
    """The day that a cell means: a number, or a date. None for anything else."""
    if (number := number_in(value)) is not None:
        return known.days.get(number) or known.first_day + timedelta(days=number - 1)
    return date_in(value, known.first_day.year)


@cache
def _vocabulary(codes: tuple[str, ...], text: Callable[[str], str]) -> Mapping[str, str]:
    """What each code is called, folded, in all languages of the interface."""
    found: dict[str, str] = {}
    for language in INTERFACE:
        with speaking(language):
            found |= {fold(text(code)): code for code in codes if text(code)}
    return found | {fold(code.replace("_", " ")): code for code in codes}


def clock(check: Check, name: str) -> time | None:
    """A time of day, or nothing."""
    value = check.text(name, limit=40)
    found = clock_in(value)
    if value and found is None:
        check.wrong(name, _("Please write the time like 14:00."))
    return found


def span(check: Check, name: str) -> tuple[time | None, time | None]:
    """A time of day and, where it is written behind that, when it ends."""
    starts, ends = span_in(check.text(name, limit=40))
    return (starts, ends) if ends else (clock(check, name), None)


def minutes(check: Check) -> int | None:
    """How long it takes: 45, or 0:45 as spreadsheets like it."""
    found = _LENGTH.fullmatch(check.text("minutes", limit=20))
    return int(found[1]) * 60 + int(found[2]) if found else count(check, "minutes", 1, _LONGEST)


def count(check: Check, name: str, least: int = 0, most: int = 100_000) -> int | None:
    """A whole number, or nothing."""
    value = check.text(name, limit=20)
    if not value:
        return None
    if value.isascii() and value.isdecimal() and least <= int(value) <= most:
        return int(value)
    told = {"least": least, "most": most}
    check.wrong(name, _("Please write a whole number between %(least)d and %(most)d.") % told)
    return None


def yes(check: Check, name: str) -> bool:
    """Yes or no; an empty cell is no."""
    value = fold(check.text(name, limit=20))
    if value not in _YES | _NO:
        check.wrong(name, _("Please write yes or no."))
    return value in _YES


def texts(check: Check, name: str, *, limit: int, lines: bool = False) -> Texts:
    """A text in all the languages it has columns for."""
    written = {code: check.text(f"{name}:{code}", limit=limit, lines=lines) for code in _codes(check, name)}
    return {code: text for code, text in written.items() if text}


def points(check: Check) -> tuple[Texts, ...]:
    """One point in a line; the first lines of all languages are the first point, and a dash is none."""
    codes = _codes(check, "points")
    written = [check.text(f"points:{code}", limit=4000, lines=True).split("\n") for code in codes]
    rows = zip_longest(*written, fillvalue="")
    found = [{code: line.strip() for code, line in zip(codes, row, strict=True) if line.strip(" –")} for row in rows]
    return tuple(point for point in found if point)


def _codes(check: Check, name: str) -> list[str]:
    return [head.partition(":")[2] for head in check.typed.values if head.startswith(f"{name}:")]


def code(check: Check, name: str, codes: tuple[str, ...], text: Callable[[str], str], usual: str) -> str:
    """One of the codes, or the word for it in any language of the interface; `usual` when the cell is empty."""
    value = check.text(name, limit=60)
    found = _vocabulary(codes, text).get(fold(value.replace("_", " "))) if value else usual
    if found is None:
        check.wrong(name, _("“%(word)s” is none of these: %(words)s.") % {"word": value, "words": ", ".join(codes)})
    return found or usual


def room(check: Check, known: Known) -> tuple[int | None, str]:
    """A room that is there, or the name of one that shall be made."""
    value = check.text("room", limit=200)
    place = known.rooms.get(fold(value))
    if value and place is None and not known.make_rooms:
        check.wrong("room", _("There is no room “%(room)s” in this meeting.") % {"room": value})
    return place, "" if place else value


def languages(check: Check, name: str) -> tuple[str, ...]:
    """Languages by their codes or own names."""
    names = {fold(own): known for known, own in NAMES.items()} | {known: known for known in NAMES}
    words = [word for word in re.split(r"[;,\s]+", check.text(name, limit=200)) if word]
    for word in words:
        if fold(word) not in names:
            check.wrong(name, _("There is no language “%(code)s” here.") % {"code": word})
    return tuple(dict.fromkeys(names[fold(word)] for word in words if fold(word) in names))


def several(check: Check, name: str, known: Mapping[str, int], sentence: str) -> tuple[int, ...]:
    """Several known things, with semicolons between them."""
    words = _parted(check.text(name, limit=1000, lines=True))
    for word in words:
        if fold(word) not in known:
            check.wrong(name, sentence % {"name": word})
    return tuple(dict.fromkeys(known[fold(word)] for word in words if fold(word) in known))


def speakers(check: Check, known: Known) -> tuple[Spoken, ...]:
    """People: `Name (Organisation) [panel, online]; …`."""
    written = _parted(check.text("speakers", limit=4000, lines=True))
    return tuple(found for one in written if (found := _speaker(check, known, one)))


def _parted(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]


def _speaker(check: Check, known: Known, written: str) -> Spoken | None:
    parts = _SPEAKER.fullmatch(written)
    name, organisation, marks = (parts[1], parts[2] or "", parts[3] or "") if parts else (written, "", "")
    person = _person(check, known, name, organisation)
    words = [word.strip().lower() for word in marks.split(",") if word.strip()]
    if odd := [word for word in words if word not in (*ROLES, "online")]:
        told = {"word": odd[0], "words": ", ".join((*ROLES, "online"))}
        check.wrong("speakers", _("“%(word)s” is none of these: %(words)s.") % told)
    role = next((word for word in words if word in ROLES), "speaker")
    return Spoken(person, role, "online" if "online" in words else "on_site") if person else None


def _person(check: Check, known: Known, name: str, organisation: str) -> int | None:
    people = known.people.get(in_any_order(name), ())
    if len(people) > 1 and organisation:
        people = [person for person in people if fold(organisation) in person[1]]
    if len(people) == 1:
        return people[0][0]
    unknown = _("Nobody called “%(name)s” is in the directory of people. Add them there first.")
    same = _("Several people are called “%(name)s”. Write the organisation behind the name, in brackets.")
    check.wrong("speakers", (same if people else unknown) % {"name": name})
    return None


def in_any_order(name: str) -> str:
    """A name for comparing, whichever of its parts comes first."""
    return " ".join(sorted(fold(name).split()))
