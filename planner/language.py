"""Languages: which one the reader gets, translated sentences, and texts that exist in several languages."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from babel import Locale
from babel.dates import format_date, get_timezone_name
from babel.support import NullTranslations, Translations

from planner.clock import zone

INTERFACE = {"en": "English", "el": "Ελληνικά"}
"""Languages of the interface, each under its own name. Adding one: docs/adding.md."""

NAMES = {
    "en": "English", "el": "Ελληνικά", "bg": "Български", "ro": "Română", "pl": "Polski", "es": "Español",
    "pt": "Português", "de": "Deutsch", "nl": "Nederlands", "lv": "Latviešu", "hu": "Magyar", "fr": "Français",
}  # fmt: skip
"""Languages content may be written in, each under its own name."""

DEFAULT = "en"
FOLDER = Path(__file__).parent / "locale"

_current: ContextVar[str] = ContextVar("language", default=DEFAULT)


def current() -> str:
    """Language code of the reader this work is for."""
    return _current.get()


def use(code: str) -> None:
    """From here on, this request speaks that language (an unknown one means English)."""
    _current.set(code if code in INTERFACE else DEFAULT)


@contextmanager
def speaking(code: str):  # type: ignore[no-untyped-def]
    """Inside the block, sentences come in that language: for letters and papers in their reader's language."""
    token = _current.set(code if code in INTERFACE else DEFAULT)
    try:
        yield
    finally:
        _current.reset(token)


@cache
def _catalogue(code: str) -> NullTranslations:
    return Translations.load(FOLDER, [code])


def _(message: str) -> str:
    """The sentence in the reader's language."""
    return _catalogue(current()).gettext(message) if message else ""


def ngettext(singular: str, plural: str, number: int) -> str:
    """The sentence in the form that the number takes in the reader's language."""
    return _catalogue(current()).ngettext(singular, plural, number)


def pgettext(context: str, message: str) -> str:
    """The sentence, told apart by context from another that reads the same in English."""
    return str(_catalogue(current()).pgettext(context, message))


@lru_cache(maxsize=4096)
def choose(query: str, cookie: str, accept: str) -> str:
    """The interface language for a visitor: asked for in the address, kept in the cookie, or the browser's wish."""
    for wish in (query, cookie):
        if wish in INTERFACE:
            return wish
    wishes = [part.partition(";") for part in accept.split(",")[:20]]
    ranked = sorted(wishes, key=lambda wish: -_quality(wish[2]))
    for tag, _sep, _quality_text in ranked:
        if (code := tag.strip().lower().split("-")[0]) in INTERFACE:
            return code
    return DEFAULT


def _quality(parameters: str) -> float:
    try:
        return float(parameters.strip().removeprefix("q="))
    except ValueError:
        return 1.0


class Said(NamedTuple):
    """A text with the language it is in; `foreign` when that is not the reader's."""

    text: str
    lang: str
    foreign: bool


NOTHING = Said("", DEFAULT, False)


def say(texts: Mapping[str, str] | None, *, wish: str = "") -> Said:
    """The text in the wished (or reader's) language, else in English, else in the first language it has."""
    if not texts:
        return NOTHING
    reader = wish or current()
    for code in (reader, DEFAULT, *texts):
        if texts.get(code):
            return Said(texts[code], code, code != reader)
    return NOTHING


@dataclass(frozen=True, slots=True)
class Language:
    """A language the reader can switch to."""

    code: str
    name: str


def interface_languages() -> list[Language]:
    """The languages of the interface, in the order the switch shows them."""
    return [Language(code, name) for code, name in INTERFACE.items()]


def _remembered(function: Callable[..., str]) -> Callable[..., str]:
    """Keep what was formatted: Babel takes a tenth of a millisecond for each date."""
    return lru_cache(maxsize=8192)(function)


def day_text(day: date, pattern: str = "EEEE d MMMM y") -> str:
    """A day as words, weekday first, in the reader's language."""
    return _day_text(day, pattern, current())


@_remembered
def _day_text(day: date, pattern: str, code: str) -> str:
    return str(format_date(day, pattern, locale=code))


def days_text(first: date, last: date) -> str:
    """First and last day in one phrase: 13–14 November 2023, 30 January – 2 February 2024."""
    if first == last:
        return day_text(first, "d MMMM y")
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day_text(last, 'd MMMM y')}"
    pattern = "d MMMM" if first.year == last.year else "d MMMM y"
    return f"{day_text(first, pattern)} – {day_text(last, 'd MMMM y')}"


def time_text(wall: time | datetime) -> str:
    """A time of day on the 24-hour clock."""
    return f"{wall:%H:%M}"


def utc_text(moment: datetime) -> str:
    """An instant as time of day in UTC, as people who join online from elsewhere compare it."""
    return f"{moment.astimezone(UTC):%H:%MZ}"


def moment_text(moment: datetime, zone_name: str) -> str:
    """An instant as day and time in the given zone."""
    there = moment.astimezone(zone(zone_name))
    return f"{day_text(there.date(), 'd MMMM y')}, {time_text(there)}"


def zone_text(zone_name: str, moment: datetime) -> str:
    """The zone in words with its offset at that moment: Eastern European Time (UTC+2)."""
    there = moment.astimezone(zone(zone_name))
    return _zone_text(zone_name, f"{there:%z}", current())


@_remembered
def _zone_text(zone_name: str, offset: str, code: str) -> str:
    hours = f"{offset[:3].replace('-0', '-').replace('+0', '+')}" + (f":{offset[3:]}" if offset[3:] != "00" else "")
    return f"{get_timezone_name(zone(zone_name), locale=code)} (UTC{hours})"


@_remembered
def _country_text(country: str, code: str) -> str:
    return str(Locale.parse(code).territories.get(country, country))


def country_text(country: str) -> str:
    """The name of a country (ISO 3166 code) in the reader's language."""
    return _country_text(country, current())


def language_text(code: str) -> str:
    """The name of a language in the reader's language: `bg` is «Bulgarian»."""
    return str(Locale.parse(current()).languages.get(code, code))


def listed(parts: Iterable[str]) -> str:
    """Several words with commas between them."""
    return ", ".join(part for part in parts if part)
