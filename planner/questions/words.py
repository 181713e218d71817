"""Words for what questions store as codes, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.numbers import get_decimal_symbol

from planner.files import size_text
from planner.language import _, country_text, current, day_text, ngettext, say
from planner.questions.rules import NO, YES, Asked, Condition, Span, days

MEGABYTE = 1024 * 1024


def kind_text(kind: str) -> str:
    """What kind of answer a question asks for."""
    words = {
        "text": _("A line of text"),
        "long": _("Several lines of text"),
        "number": _("A number"),
        "one": _("One of a list"),
        "many": _("Several of a list"),
        "yes_no": _("Yes or no"),
        "date": _("A date"),
        "time": _("A time of day"),
        "file": _("A file"),
        "country": _("A country"),
        "phone": _("A telephone number"),
    }
    return words.get(kind, kind)


def purpose_text(purpose: str) -> str:
    """Why a question is asked, and so who sees its answers."""
    words = {
        "attendance": _("To prove who took part"),
        "logistics": _("To organise the stay"),
        "care": _("Health and special needs: only with consent, only for those who look after it"),
        "communication": _("To keep in touch"),
    }
    return words.get(purpose, purpose)


def keep_text(days: int | None) -> str:
    """How long answers are kept."""
    if days is None:
        return _("Kept until the project's records may be destroyed")
    if days == 0:
        return _("Deleted after the meeting's last day")
    return ngettext(
        "Deleted %(count)d day after the meeting", "Deleted %(count)d days after the meeting", days
    ) % {"count": days}  # fmt: skip


def use_text(use: str) -> str:
    """How a built-in field is used."""
    return {"off": _("Not asked"), "optional": _("Optional"), "required": _("Required")}.get(use, use)


def field_text(name: str) -> str:
    """A built-in field that can be left out."""
    words = {
        "function": _("Function"),
        "country": _("Country"),
        "phone": _("Telephone"),
        "visits": _("Study visit"),
        "meals": _("Meals"),
        "rides": _("Buses"),
        "diet": _("Food"),
        "access": _("What you need to take part"),
        "remarks": _("Remarks"),
    }
    return words.get(name, name)


def fact_text(name: str) -> str:
    """A field of the form that a condition can look at."""
    words = {
        "category": _("I come as"),
        "partner": _("I come for"),
        "mode": _("How somebody takes part"),
        "visit": field_text("visits"),
    }
    return words.get(name) or field_text(name)


def test_text(test: str) -> str:
    """How a condition compares."""
    words = {"is": _("is"), "is_not": _("is not"), "any_of": _("is one of"), "answered": _("is answered")}
    return words.get(test, test)


def yes_no_text(value: str) -> str:
    """Yes or no."""
    return {YES: _("Yes"), NO: _("No")}.get(value, value)


Names = Mapping[str, Mapping[str, str]]
"""What the values of each fact are called: fact → value → words."""


def condition_text(condition: Condition, questions: Mapping[str, Asked], facts: Names) -> str:
    """A condition as a sentence: «Only if “I come as” is Invited speaker»."""
    parent = questions.get(condition.of)
    said = {"name": say(parent.label).text if parent else fact_text(condition.of)}
    names = [_value_name(value, parent, facts.get(condition.of, {})) for value in condition.values]
    said["value"] = " / ".join(names)
    if condition.test == "answered":
        return _("Only if you answer “%(name)s”") % said
    if condition.test == "is_not":
        return _("Only if “%(name)s” is not: %(value)s") % said
    return _("Only if “%(name)s” is: %(value)s") % said


def _value_name(value: str, parent: Asked | None, names: Mapping[str, str]) -> str:
    if parent is None:
        return names.get(value) or gone_text(value)
    return _one_text(parent, value)


def gone_text(value: str) -> str:
    """Something that a condition names and that cannot be chosen any more."""
    return _("%(name)s (no longer offered)") % {"name": value}


def value_text(question: Asked, value: Any) -> str:
    """An answer in words, in the wording of that version of the question."""
    if question.kind == "many":
        return "; ".join(_one_text(question, slug) for slug in value)
    if question.kind == "file":
        return str(value["file_name"])
    return _one_text(question, str(value))


def number_text(number: str) -> str:
    """A number as it is written in the reader's language: 2.5 is 2,5 in Greek."""
    return number.replace(".", get_decimal_symbol(current()))


def _one_text(question: Asked, value: str) -> str:
    if question.kind in ("one", "many"):
        option = question.option(value)
        return say(option.texts).text if option else value
    if question.kind == "yes_no":
        return yes_no_text(value)
    if question.kind == "country":
        return country_text(value)
    if question.kind == "number":
        return number_text(value)
    return day_text(date.fromisoformat(value), "d MMMM y") if question.kind == "date" else value


def limits_text(question: Asked, span: Span) -> str:
    """What an answer may be, for the person who gives it; nothing when it goes without saying."""
    limits = question.limits
    if question.kind == "file":
        types = " ".join(limits.get("types", ()))
        return _("%(types)s, at most %(size)s.") % {"types": types, "size": size_text(limits["most"] * MEGABYTE)}
    if question.kind == "date":
        return days_limit_text(*days(question, span))
    if question.kind in ("text", "long"):
        return least_text(limits["min"]) if limits.get("min") else ""
    told = between(question.kind, limits.get("min"), limits.get("max"))
    return f"{_('Please write a whole number.')} {told}" if limits.get("whole") else told


def least_text(characters: int) -> str:
    """The least length of a text."""
    return _("Please write at least %(count)d characters.") % {"count": characters}


def days_limit_text(least: date | None, most: date | None) -> str:
    """The days that can be answered; nothing when it may be any."""
    told = {"first": day_text(least) if least else "", "last": day_text(most) if most else ""}
    if least and most:
        return _("Please choose a day from %(first)s to %(last)s.") % told
    if least:
        return _("Please choose a day from %(first)s on.") % told
    return _("Please choose a day up to %(last)s.") % told if most else ""


def between(kind: str, least: object, most: object) -> str:
    """Limits of a number or of how many are chosen."""
    told = {name: number_text(str(limit)) for name, limit in (("min", least), ("max", most)) if limit is not None}
    if least is not None and most is not None:
        return (_("From %(min)s to %(max)s.") if kind == "number" else _("Choose %(min)s to %(max)s.")) % told
    if least is not None:
        return (_("At least %(min)s.") if kind == "number" else _("Choose at least %(min)s.")) % told
    if most is not None:
        return (_("At most %(max)s.") if kind == "number" else _("Choose at most %(max)s.")) % told
    return ""
