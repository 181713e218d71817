"""What somebody answers: read from the form's field by the kind of question, with a sentence for what cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from babel import Locale

from planner import language
from planner.errors import Refusal
from planner.files import size_text
from planner.filetypes import recognise
from planner.forms import Check, Typed, Upload
from planner.language import _, country_text
from planner.names import sort_key
from planner.questions.rules import NO, YES, Asked, Span, days
from planner.questions.words import MEGABYTE, between, days_limit_text, least_text

LONGEST = {"text": 200, "long": 1000}
"""Characters of a text, where a question says nothing else."""
_NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
"""Two-letter codes of the CLDR that are unions, trials or parts of a country (ISO 3166 has 249, and XK is added)."""
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}([.,][0-9]{1,9})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9](:00)?")
_PHONE = re.compile(r"[+(]{0,2}[0-9][0-9 ()./-]*((ext|x|#|εσωτ)[. ]*[0-9]{1,6})?", re.IGNORECASE)
_AS_COPIED = str.maketrans(
    dict.fromkeys("\u00a0\u2007\u2009\u202f", " ") | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
)
"""Blanks and dashes that come along when a number is copied from a page."""


class Sent(NamedTuple):
    """A file that was sent before and waits, under its secret name; `kept` instead stands for the one of before."""

    ref: str


KEPT = Sent("kept")


def ref_of(field: str) -> str:
    """The hidden field that stands for a file sent before."""
    return f"{field}_ref"


def name_of(field: str) -> str:
    """The hidden field with the name of a file sent before, for the page only."""
    return f"{field}_name"


def version_of(field: str) -> str:
    """The hidden field that says which version of the question the page showed."""
    return f"{field}_v"


def answer(check: Check, question: Asked, span: Span) -> Any:
    """The answer to a question as it is kept, None for none; a sentence in `check` when it cannot be taken."""
    value = READ[question.kind](check, question, span)
    if question.required and value is None and question.field not in check.errors:
        check.wrong(question.field, _needed(question.kind))
    seen = check.typed.one(version_of(question.field))
    if value is not None and seen and seen != str(question.number):
        check.wrong(question.field, _("This question was changed meanwhile. Please look at your answer again."))
    return value


def _needed(kind: str) -> str:
    if kind in ("one", "many", "yes_no", "country"):
        return _("Please choose an answer.")
    return _("Please choose a file.") if kind == "file" else _("Please answer this question.")


def _text(check: Check, question: Asked, span: Span) -> str | None:
    value = check.text(question.field, limit=longest(question), lines=question.kind == "long")
    least = question.limits.get("min") or 0
    if value and len(value) < least:
        check.wrong(question.field, least_text(least))
    return value or None


def longest(question: Asked) -> int:
    """Characters of a text; a long one that is demanded has room."""
    limits = question.limits
    return int(limits.get("max") or max(LONGEST[question.kind], limits.get("min") or 0))


def _phone(check: Check, question: Asked, span: Span) -> str | None:
    value = check.text(question.field, limit=40).translate(_AS_COPIED)
    digits = sum(character.isdigit() for character in value)
    if value and not (_PHONE.fullmatch(value) and 5 <= digits <= 20):
        check.wrong(question.field, _("Please write a telephone number with its country code, like +30 2310 000000."))
    return value or None


def _number(check: Check, question: Asked, span: Span) -> str | None:
    value, limits = check.text(question.field, limit=40).translate(_AS_COPIED), question.limits
    if not value:
        return None
    if not _NUMBER.fullmatch(value):
        check.wrong(question.field, _("Please write a number in digits, like 3 or 2.5."))
        return None
    number = Decimal(value.replace(",", ".")) + 0  # minus nothing is nothing
    if limits.get("whole") and number != number.to_integral_value():
        check.wrong(question.field, _("Please write a whole number."))
    if not _within(number, limits):
        check.wrong(question.field, between("number", limits.get("min"), limits.get("max")))
    return f"{number:f}"


def _within(number: Decimal, limits: Mapping[str, Any]) -> bool:
    least, most = limits.get("min"), limits.get("max")
    return (least is None or number >= Decimal(str(least))) and (most is None or number <= Decimal(str(most)))


def _one(check: Check, question: Asked, span: Span) -> str | None:
    return check.choice(question.field, [option.slug for option in question.options]) or None


def _many(check: Check, question: Asked, span: Span) -> list[str] | None:
    chosen, limits = check.ticks(question.field, [option.slug for option in question.options]), question.limits
    if chosen and not _within(Decimal(len(chosen)), limits):
        check.wrong(question.field, between("many", limits.get("min"), limits.get("max")))
    return chosen or None


def _yes_no(check: Check, question: Asked, span: Span) -> str | None:
    return check.choice(question.field, (YES, NO)) or None


def _country(check: Check, question: Asked, span: Span) -> str | None:
    return check.choice(question.field, [code for code, _name in countries()]) or None


def countries() -> list[tuple[str, str]]:
    """All countries (ISO 3166, and XK for Kosovo) by name in the reader's language."""
    return _countries(language.current())


@lru_cache(maxsize=32)
def _countries(code: str) -> list[tuple[str, str]]:
    codes = [found for found in map(str, Locale.parse("en").territories) if re.fullmatch("[A-Z]{2}", found)]
    named = [(found, country_text(found)) for found in codes if found not in _NO_COUNTRIES]
    return sorted(named, key=lambda option: sort_key(option[1]))


def _date(check: Check, question: Asked, span: Span) -> str | None:
    value = check.text(question.field, limit=40)
    if not value:
        return None
    day = _day(value)
    if day is None:
        check.wrong(question.field, _("Please write the date as year-month-day, like 2027-03-31."))
        return None
    least, most = days(question, span)
    if (least and day < least) or (most and day > most):
        check.wrong(question.field, days_limit_text(least, most))
    return day.isoformat()


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:
        return None


def _time(check: Check, question: Asked, span: Span) -> str | None:
    value = check.text(question.field, limit=40)
    if not value:
        return None
    if not _TIME.fullmatch(value):
        check.wrong(question.field, _("Please write the time on the 24-hour clock, like 17:45."))
        return None
    hours, minutes = value.split(":")[:2]
    return f"{time(int(hours), int(minutes)):%H:%M}"


def _file(check: Check, question: Asked, span: Span) -> Sent | None:
    upload = check.typed.files.get(question.field)
    if upload is not None:
        check.wrong(question.field, unfit(question, upload) or _("Please choose the file again."))
        return None
    ref = check.typed.one(ref_of(question.field))
    return Sent(ref) if ref and not check.tick(drop_of(question.field)) else None


def unfit(question: Asked, upload: Upload) -> str:
    """Why a file cannot be taken as an answer, told from its content; nothing when it can."""
    limit = question.limits["most"] * MEGABYTE
    if not upload.content:
        return _("This file is empty. Please choose another one.")
    if len(upload.content) > limit:
        told = {"size": size_text(len(upload.content)), "limit": size_text(limit)}
        return _("This file is too large: %(size)s. It may have %(limit)s.") % told
    try:
        kind = recognise(upload.content, upload.name)
    except Refusal as refusal:
        return refusal.sentence
    if kind.name not in question.limits["types"]:
        told = {"type": kind.name, "types": " ".join(question.limits["types"])}
        return _("This is a file of the type %(type)s. Please choose one of: %(types)s.") % told
    return ""


READ: Mapping[str, Callable[[Check, Asked, Span], Any]] = {
    "text": _text,
    "long": _text,
    "number": _number,
    "one": _one,
    "many": _many,
    "yes_no": _yes_no,
    "date": _date,
    "time": _time,
    "file": _file,
    "country": _country,
    "phone": _phone,
}
"""How each kind of question is read."""


def before_of(field: str) -> str:
    """The hidden field with an earlier answer in words, where the form cannot show it as an answer any more."""
    return f"{field}_before"


def drop_of(field: str) -> str:
    """The tick by which somebody takes back a file, or an answer that the form cannot show any more."""
    return f"{field}_drop"


def typed_as(question: Asked, value: Any) -> dict[str, list[str]]:
    """The fields of a form in which somebody has just given that answer."""
    if question.kind == "file":
        return {ref_of(question.field): [KEPT.ref], name_of(question.field): [value["file_name"]]}
    return {question.field: list(value) if question.kind == "many" else [str(value)]}


def lenient(question: Asked, typed: Typed, span: Span) -> Any:
    """The answer as far as it can be read: what cannot be taken is none."""
    check = Check(typed)
    value = READ[question.kind](check, question, span)
    return None if check.errors else value
