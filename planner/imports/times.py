"""Days and times as people write them in tables, and as spreadsheets leave them when their format is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from functools import cache

from babel.dates import get_day_names, get_month_names

from planner.language import NAMES
from planner.names import fold

SERIALS_FROM = date(1899, 12, 30)
"""The day from which spreadsheets count."""
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h]([0-5]\d)(?::[0-5]\d)?)?\s*(am|pm)?")
_DATED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[ T](?=\d)")
_PART_OF_DAY = re.compile(r"(?:[45]\d{4}[.,](\d+)|0[.,](25|75|\d|\d{3,}))")
_HALVES = {"π.μ.": "am", "πμ": "am", "a.m.": "am", "μ.μ.": "pm", "μμ": "pm", "p.m.": "pm"}
_BETWEEN = re.compile(r"\s*[-–—]\s*")


def clock_in(value: str) -> time | None:
    """The time of day in 14:00, 14.00, 2:00 PM, 14, 24:00, or in a number that lost its format; None for all else."""
    if part := _PART_OF_DAY.fullmatch(value):
        minute = round(float(f"0.{part[1] or part[2]}") * 24 * 60)
        return time(minute // 60 % 24, minute % 60)
    written = _DATED.sub("", value.lower())
    for half, meant in _HALVES.items():
        written = written.replace(half, meant)
    found = _CLOCK.fullmatch(written)
    return _clock(int(found[1]), int(found[2] or 0), found[3]) if found else None


def _clock(hour: int, minute: int, half: str | None) -> time | None:
    if half:
        return time(hour % 12 + (12 if half == "pm" else 0), minute) if 1 <= hour <= 12 else None
    if hour == 24 and minute == 0:
        return time(0)
    return time(hour, minute) if hour < 24 else None


def span_in(value: str) -> tuple[time | None, time | None]:
    """The times of 9:00, and both of 9:00–9:30."""
    parts = [clock_in(part) for part in _BETWEEN.split(value)]
    if len(parts) == 2 and all(parts):
        return parts[0], parts[1]
    return clock_in(value), None


def number_in(value: str) -> int | None:
    """The number of a day: 2, or with a word before it, as in “Day 2”. Nothing when that word is a day of the week."""
    found = re.fullmatch(r"(?:(\D{0,12})\s)?(\d{1,2})", value)
    return int(found[2]) if found and _word(found[1] or "") not in _weekdays() else None


def date_in(value: str, year: int) -> date | None:
    """The date in 2024-04-16, 16.4.2024, 16/4/24, 16 April, or in a number that lost its format; None for all else.

    A day of the week in front and a time behind are passed over. `year` is that of a date without one.
    """
    parts = value.split(maxsplit=1)
    if len(parts) == 2 and _word(parts[0]) in _weekdays():
        return date_in(parts[1], year)
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]\d.*)?", value):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := re.fullmatch(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d\d)\.?", value):
        return _date(int(found[4]) % 2000 + 2000, int(found[3]), int(found[1]))
    if found := re.fullmatch(r"(\d{1,2})\.?\s+([^\W\d]+)\.?(?:\s+(\d{4}))?", value):
        return _date(int(found[3] or year), _months().get(_word(found[2]), 0), int(found[1]))
    if found := re.fullmatch(r"([45]\d{4})(?:[.,]\d+)?", value):
        return SERIALS_FROM + timedelta(days=int(found[1]))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _word(text: str) -> str:
    return fold(text).strip(" .,")


@cache
def _months() -> Mapping[str, int]:
    return {
        _word(name): number
        for code in NAMES
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, name in get_month_names(width, context, code).items()
    }


@cache
def _weekdays() -> frozenset[str]:
    return frozenset(
        _word(name)
        for code in NAMES
        for width in ("wide", "abbreviated")
        for name in get_day_names(width, "format", code).values()
    )
