"""What is true of an agenda: when items end, how they stand side by side, what cannot happen at the same time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from itertools import islice, takewhile
from typing import NamedTuple

SLOT = 5
"""Minutes of a row of the grid."""

DAY = 24 * 60
USUAL = 30
"""Minutes an item takes when nothing says when it ends."""
MOST_OWN = 4
"""Tracks of a day that each stand in a column of their own."""
LONGEST = 14 * 60
"""Minutes an item takes at most; what seems longer ends before it begins."""

KINDS = (
    "registration", "welcome", "presentation", "discussion", "workshop", "decision", "steering_group", "visit",
    "break", "lunch", "dinner", "transfer", "walk", "press", "free_time", "closing",
)  # fmt: skip
MODES = ("on_site", "online", "hybrid")
AUDIENCES = ("public", "partners", "steering_group", "stakeholders", "named")
ROLES = ("speaker", "welcome", "moderator", "panel", "chair")
STATES = ("provisional", "final", "held")
"""How settled an agenda is that is given out."""


class Planned(NamedTuple):
    """An item as it was planned, by wall clock; without an end when nobody wrote one."""

    starts: time
    ends: time | None
    track: str = ""


class Span(NamedTuple):
    """From when to when, in minutes since the midnight the day begins with; beyond 1440 it is the next day."""

    starts: int
    ends: int


def spans(items: Sequence[Planned]) -> list[Span]:
    """When the items of one day happen. An end that is not after the start is on the next day.

    A missing end is the start of what comes next for the same people, or half an hour later when nothing does.
    """
    return [span_among(item, items) for item in items]


def span_among(item: Planned, others: Sequence[Planned]) -> Span:
    """When an item happens that stands among those others on its day."""
    starts = minute_of(item.starts)
    if item.ends is not None:
        ends = minute_of(item.ends)
        return Span(starts, ends if ends > starts else ends + DAY)
    later = [minute_of(other.starts) for other in others if same_people(item.track, other.track)]
    return Span(starts, min((minute for minute in later if minute > starts), default=starts + USUAL))


def ends_before(starts: time, ends: time) -> bool:
    """Whether that end cannot be meant: it is at the start or earlier, and not in the night after it."""
    return not 0 < (minute_of(ends) - minute_of(starts)) % DAY <= LONGEST


def day_numbers(dates: Sequence[date], first: date, known: Mapping[date, int] | None = None) -> dict[date, int]:
    """Days count from 1 on the first day of the meeting; the day of arrival before it is 0.

    Numbers that readers know stay theirs: days before the first of these count back from it, and a later one gets
    another number only when a new day comes between two that follow each other.
    """
    ordered, given = sorted(dates), known or {}
    anchor = next((place for place, day in enumerate(ordered) if day in given), None)
    if anchor is None:
        before = sum(day < first for day in ordered)
        return {day: place - before + 1 for place, day in enumerate(ordered)}
    number = given[ordered[anchor]]
    numbers = {day: number - anchor + place for place, day in enumerate(ordered[: anchor + 1])}
    for day in ordered[anchor + 1 :]:
        number = max(number + 1, given.get(day, 0))
        numbers[day] = number
    return numbers


def minute_of(wall: time) -> int:
    """Minutes since midnight."""
    return wall.hour * 60 + wall.minute


def wall_of(minute: int) -> time:
    """The wall-clock time so many minutes after a midnight; after 24 hours it begins anew."""
    return time(minute % DAY // 60, minute % 60)


def same_people(one: str, other: str) -> bool:
    """Whether somebody may be in both tracks: an item without a track is for everybody."""
    return one == other or not one or not other


class Cell(NamedTuple):
    """Where an item stands on the grid of its day: first row, how many rows, column (0: alone, across all)."""

    row: int
    rows: int
    column: int


def grid(items: Sequence[Span], tracks: Sequence[str]) -> list[Cell]:
    """The items of one day on rows of five minutes (row 0 is midnight) and as few columns as they need.

    No two that share a row share a column. A track keeps its column as long as its items and others do not clash;
    when there are few, each has its own all day.
    """
    rows = [_rows(span) for span in items]
    columns, groups = [0] * len(items), _groups(rows)
    own = _own_columns(groups, tracks)
    for group in groups:
        tracked = any(tracks[item] in own for item in group)
        alone = len(group) == 1 and not tracked
        for column, members in enumerate(_columns(group, rows, tracks, own if tracked else ()), 1):
            for member in () if alone else members:
                columns[member] = column
    return [Cell(row.starts, row.ends - row.starts, column) for row, column in zip(rows, columns, strict=True)]


class Face(NamedTuple):
    """The grid of a whole day: the hour it begins with, its columns, and the full hours to be labelled."""

    hour: int
    columns: int
    hours: tuple[int, ...]


def face(cells: Sequence[Cell]) -> Face:
    """The smallest grid that holds the cells of a day, in whole hours; hours end at midnight."""
    per_hour = 60 // SLOT
    first = min((cell.row for cell in cells), default=0) // per_hour
    last = -(-max((cell.row + cell.rows for cell in cells), default=0) // per_hour)
    return Face(first, max((cell.column for cell in cells), default=0) or 1, tuple(range(first, min(last, 24))))


def _rows(span: Span) -> Span:
    first = span.starts // SLOT
    return Span(first, max(first + 1, -(-span.ends // SLOT)))


def _groups(rows: Sequence[Span]) -> list[list[int]]:
    """Items that overlap, directly or by way of others, by start."""
    groups: list[list[int]] = []
    end = 0
    for item in sorted(range(len(rows)), key=lambda item: rows[item]):
        if groups and rows[item].starts < end:
            groups[-1].append(item)
        else:
            groups.append([item])
        end = max(end, rows[item].ends)
    return groups


def _own_columns(groups: Sequence[Sequence[int]], tracks: Sequence[str]) -> list[str]:
    """The tracks of a day that have a column of their own: all that run beside others, unless there are too many."""
    found = sorted({tracks[item] for group in groups if len(group) > 1 for item in group} - {""})
    return found if 1 < len(found) <= MOST_OWN else []


def _columns(
    group: Sequence[int], rows: Sequence[Span], tracks: Sequence[str], own: Sequence[str]
) -> list[list[int]]:  # fmt: skip
    columns: list[list[int]] = [[] for _track in own]
    for lane in _lanes(group, rows, tracks):
        track = tracks[lane[0]]
        mine = columns[own.index(track) :][:1] if track in own else []
        there = [*mine, *columns[len(own) :]]
        free = (column for column in there if not any(_meet(rows[a], rows[b]) for a in lane for b in column))
        if (column := next(free, None)) is not None:
            column.extend(lane)
        else:
            columns.append(lane)
    return columns


def _lanes(group: Sequence[int], rows: Sequence[Span], tracks: Sequence[str]) -> list[list[int]]:
    """What stays together in a column: the items of a track that do not overlap; others each alone.

    Tracks stand in the order of their names, so that A is on the left all day, whichever begins first.
    """
    lanes: list[list[int]] = []
    for item in sorted(group, key=lambda item: (tracks[item], rows[item])):
        last = lanes[-1] if lanes else []
        together = last and tracks[item] and tracks[last[-1]] == tracks[item]
        if together and not any(_meet(rows[item], rows[other]) for other in last):
            last.append(item)
        else:
            lanes.append([item])
    return lanes


def _meet(one: Span, other: Span) -> bool:
    return one.starts < other.ends and other.starts < one.ends


@dataclass(frozen=True, slots=True)
class Use:
    """What an item takes, and when (aware): its track, its place, its speakers. A bus takes people from be-there on."""

    name: str
    starts: datetime
    ends: datetime
    track: str = ""
    place: int | None = None
    people: frozenset[int] = frozenset()


class Clash(NamedTuple):
    """Two items that cannot both be as planned, for how many minutes, and why: same people, one place, a speaker."""

    first: str
    second: str
    minutes: int
    same_track: bool
    same_place: bool
    people: frozenset[int]


def overlaps(items: Sequence[Use]) -> list[Clash]:
    """Every pair of items that clash, by start. Parallel tracks alone are no clash."""
    ordered = sorted(items, key=lambda item: (item.starts, item.ends))
    return [
        clash
        for place, one in enumerate(ordered)
        for other in takewhile(partial(_begins_before, one.ends), islice(ordered, place + 1, None))
        if (clash := _clash(one, other))
    ]


def _begins_before(end: datetime, use: Use) -> bool:
    return use.starts < end


def _clash(one: Use, other: Use) -> Clash | None:
    minutes = int((min(one.ends, other.ends) - other.starts).total_seconds() // 60)
    track = same_people(one.track, other.track)
    place = one.place is not None and one.place == other.place
    people = one.people & other.people
    return Clash(one.name, other.name, minutes, track, place, people) if track or place or people else None
