"""The sheet of a question: what an organiser typed becomes a draft, or a sentence at each field."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from planner.db import Texts
from planner.filetypes import TYPES
from planner.forms import Check, Typed
from planner.language import _
from planner.questions.rules import (
    KNOWN_ANSWERS,
    NO,
    PURPOSES,
    TESTS,
    WITH_OPTIONS,
    YES,
    Asked,
    Condition,
    Draft,
    Option,
    is_same,
)

LONGEST_LABEL, LONGEST_HINT, LONGEST_OPTION = 300, 500, 200
MOST_OPTIONS = 60
SPARE = 3
"""Empty lines for further options."""
LONGEST_KEPT = {"care": 31, "logistics": 366, "communication": 366}
"""Days after the meeting that answers may be kept at most; what proves attendance may stay with the records."""
LARGEST_FILE = 10
"""Megabytes."""
_NUMBER = re.compile(r"-?[0-9]{1,12}([.,][0-9]{1,6})?")


def draft(check: Check, kind: str, languages: Sequence[str], values: Mapping[str, Collection[str]]) -> Draft | None:
    """The question as it was typed. `values`: what a condition may look at, with the answers that it may name."""
    label = _texts(check, "label", languages, LONGEST_LABEL)
    if not label:
        check.wrong(f"label-{languages[0]}", _("Please write the question."))
    options = _options(check, languages) if kind in WITH_OPTIONS else ()
    purpose = check.choice("purpose", PURPOSES, needed=_("Please say what the answers are for."))
    found = Draft(
        kind=kind,
        label=label,
        hint=_texts(check, "hint", languages, LONGEST_HINT),
        options=options,
        condition=_condition(check, values),
        required=check.tick("required"),
        limits=_limits(check, kind, len(options)),
        purpose=purpose,
        keep_days=_keep_days(check, purpose),
    )
    return found if check.fine else None


def _texts(check: Check, name: str, languages: Sequence[str], limit: int) -> Texts:
    texts = {code: check.text(f"{name}-{code}", limit=limit) for code in languages}
    return {code: text for code, text in texts.items() if text}


def rows_of(typed: Typed) -> int:
    """How many lines for options the form has."""
    said = typed.one("rows")
    return min(int(said), MOST_OPTIONS) if said.isascii() and said.isdecimal() and len(said) < 4 else SPARE


def arranged(typed: Typed) -> Typed:
    """The sheet after a button that keeps nothing: an answer one line earlier or later, or more empty lines."""
    act, _dash, line = typed.one("do").partition("-")
    rows = rows_of(typed)
    if act == "lines":
        return Typed({**typed.values, "rows": [str(min(rows + SPARE, MOST_OPTIONS))]})
    row = int(line) if line.isascii() and line.isdecimal() and len(line) < 4 else rows
    other = row + {"earlier": -1, "later": 1}.get(act, rows)
    return _swapped(typed, row, other) if row < rows and 0 <= other < rows else typed


def _swapped(typed: Typed, row: int, other: int) -> Typed:
    lines = {f"o{row}": f"o{other}", f"o{other}": f"o{row}"}
    parts = {name: name.partition("-") for name in typed.values}
    return Typed({lines.get(line, line) + dash + rest: typed.many(name) for name, (line, dash, rest) in parts.items()})


def _options(check: Check, languages: Sequence[str]) -> tuple[Option, ...]:
    """The lines with a text. A line whose texts were emptied is an option that is no longer offered."""
    options: list[Option] = []
    for row in range(rows_of(check.typed)):
        texts = _texts(check, f"o{row}", languages, LONGEST_OPTION)
        seats = whole(check, f"o{row}-seats", 0, 100_000)
        if texts:
            if any(is_same(texts, one.texts) for one in options):
                check.wrong(f"o{row}-{languages[0]}", _("Another answer reads the same."))
            options.append(Option(_slug(check.typed.one(f"o{row}-slug")), texts, seats))
    slugs = [option.slug for option in options if option.slug]
    if len(options) < 2 or len(set(slugs)) < len(slugs):
        check.wrong(f"o0-{languages[0]}", _("Please write at least two answers to choose from."))
    return tuple(options)


def _slug(typed: str) -> str:
    return typed if re.fullmatch(r"[a-z0-9_]{1,60}", typed) else ""


def whole(check: Check, name: str, least: int, most: int) -> int | None:
    """A whole number within limits; None when nothing was typed."""
    value = check.text(name, limit=20)
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) < 9 and least <= int(value) <= most):
        told = {"min": least, "max": most}
        check.wrong(name, _("Please write a whole number from %(min)s to %(max)s, or leave it empty.") % told)
        return None
    return int(value)


def _limits(check: Check, kind: str, options: int) -> dict[str, Any]:
    if kind in ("text", "long"):
        return _some(check, kind, min=whole(check, "min", 0, 5000), max=whole(check, "max", 1, 5000))
    if kind == "number":
        limits = {name: _number(check, name) for name in ("min", "max")}
        return _some(check, kind, **limits, whole=check.tick("whole") or None)
    if kind == "many":
        return _some(check, kind, min=whole(check, "min", 0, options), max=whole(check, "max", 1, options or 1))
    if kind == "date":
        return _some(check, kind, before=whole(check, "before", 0, 365), after=whole(check, "after", 0, 365))
    return _file_limits(check) if kind == "file" else {}


def _some(check: Check, kind: str, **limits: Any) -> dict[str, Any]:
    """The limits that were set; a lower one above the upper one is refused."""
    least, most = limits.get("min"), limits.get("max")
    if least is not None and most is not None and Decimal(least) > Decimal(most):
        check.wrong("max", _("The upper limit is below the lower one."))
    return {name: value for name, value in limits.items() if value is not None}


def _number(check: Check, name: str) -> str | None:
    value = check.text(name, limit=30)
    if value and not _NUMBER.fullmatch(value):
        check.wrong(name, _("Please write a number in digits, like 3 or 2.5."))
        return None
    return f"{Decimal(value.replace(',', '.')):f}" if value else None


def _file_limits(check: Check) -> dict[str, Any]:
    types = check.ticks("types", tuple(TYPES))
    if not types:
        check.wrong("types", _("Please choose the types of files that you take."))
    return {"most": whole(check, "most", 1, LARGEST_FILE) or LARGEST_FILE, "types": types}


def _keep_days(check: Check, purpose: str) -> int | None:
    if purpose == "attendance":
        return whole(check, "keep_days", 0, 3660)
    most = LONGEST_KEPT.get(purpose, 366)
    days = whole(check, "keep_days", 0, most)
    if days is None:
        check.wrong("keep_days", _("Please say for how many days, at most %(count)d.") % {"count": most})
    return days


def _condition(check: Check, values: Mapping[str, Collection[str]]) -> Condition | None:
    of = check.choice("cond_of", tuple(values))
    if not of:
        return None
    test = check.choice("cond_test", TESTS, needed=_("Please choose how to compare."))
    if test in ("", "answered"):
        return Condition(of, "answered")
    if not values[of]:
        check.wrong("cond_test", _("Its answers cannot be named. Please choose “is answered”."))
        return None
    chosen = check.ticks("cond_values", tuple(values[of]))
    if not chosen:
        check.wrong("cond_values", _("Please choose the answers that it depends on."))
    if test == "is" and len(chosen) > 1:
        test = "any_of"
    return Condition(of, test, tuple(chosen))


def answers_to(question: Asked) -> list[str]:
    """The answers of a question that conditions may name; countries come from elsewhere."""
    if question.kind == "yes_no":
        return [YES, NO]
    return [option.slug for option in question.options] if question.kind in KNOWN_ANSWERS else []


def as_typed(question: Asked | Draft, languages: Sequence[str], version: int) -> Typed:
    """The sheet as it would look if somebody had just typed the question."""
    limits, condition = question.limits, question.condition
    values: dict[str, str] = {
        **{f"label-{code}": question.label.get(code, "") for code in languages},
        **{f"hint-{code}": question.hint.get(code, "") for code in languages},
        **_typed_options(question.options, languages),
        **{name: str(limits[name]) for name in ("min", "max", "before", "after", "most") if name in limits},
        "whole": "yes" if limits.get("whole") else "",
        "required": "yes" if question.required else "",
        "purpose": question.purpose,
        "keep_days": "" if question.keep_days is None else str(question.keep_days),
        "cond_of": condition.of if condition else "",
        "cond_test": condition.test if condition else "is",
        "version": str(version),
        "rows": str(min(len(question.options) + SPARE, MOST_OPTIONS)),
    }
    several = {"types": list(limits.get("types", ())), "cond_values": list(condition.values) if condition else []}
    return Typed({**{name: [value] for name, value in values.items()}, **several})


def _typed_options(options: Sequence[Option], languages: Sequence[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for row, option in enumerate(options):
        fields |= {f"o{row}-{code}": option.texts.get(code, "") for code in languages}
        fields |= {f"o{row}-slug": option.slug, f"o{row}-seats": "" if option.seats is None else str(option.seats)}
    return fields


def blank(kind: str, languages: Sequence[str]) -> Typed:
    """An empty sheet for a question of that kind."""
    usual = Draft(kind=kind, label={}, limits={"whole": True} if kind == "number" else {})
    typed = as_typed(usual, languages, 0)
    return Typed({**typed.values, "most": ["5"], "types": ["PDF"]}) if kind == "file" else typed
