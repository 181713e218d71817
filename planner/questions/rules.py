"""What is true about questions: which of them are asked of whom, and what may depend on what. All of it pure.

A condition looks at one thing only: an earlier fact of the form (as what somebody comes, on which visit) or the
answer to another question. Questions therefore hang on each other in chains, and a chain must end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from planner.db import Texts

KINDS = ("text", "long", "number", "one", "many", "yes_no", "date", "time", "file", "country", "phone")
WITH_OPTIONS = ("one", "many")
KNOWN_ANSWERS = ("one", "many", "yes_no", "country")
"""Kinds whose answers are some of a known few: a condition may name them."""
TESTS = ("is", "is_not", "any_of", "answered")
PURPOSES = ("attendance", "logistics", "care", "communication")
YES, NO = "yes", "no"
FACTS = ("category", "partner", "country", "mode", "visit", "meals", "rides", "diet")
"""Fields of the form that a condition may look at. `mode`: the ways of taking part on any day."""

Facts = Mapping[str, tuple[str, ...]]
"""What is known of somebody: for each field or question the values that were chosen, none when unanswered."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A question is asked when `of` (a fact, or another question's slug) passes the test against the values."""

    of: str
    test: str
    values: tuple[str, ...] = ()

    def holds(self, facts: Facts) -> bool:
        """Whether the question is asked. Who has not answered is not something, and has answered nothing."""
        found = facts.get(self.of, ())
        if self.test == "answered":
            return bool(found)
        hit = any(value in found for value in self.values)
        return not hit if self.test == "is_not" else hit


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose. `seats` is how many may, None for any number."""

    slug: str
    texts: Texts
    seats: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is asked: what it means (frozen under `number`) and how it is put to use."""

    id: int
    slug: str
    kind: str
    label: Texts
    hint: Texts = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    condition: Condition | None = None
    required: bool = False
    limits: Mapping[str, Any] = field(default_factory=dict)
    purpose: str = "logistics"
    keep_days: int | None = None
    standard: str = ""
    position: int = 0
    number: int = 1
    version: int = 1

    @property
    def field(self) -> str:
        """What its field in a form is called."""
        return field_of(self.slug)

    def option(self, slug: str) -> Option | None:
        """The option of that slug."""
        return next((option for option in self.options if option.slug == slug), None)


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as an organiser writes it. An option without a slug is new."""

    kind: str
    label: Texts
    hint: Texts = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    condition: Condition | None = None
    required: bool = False
    limits: Mapping[str, Any] = field(default_factory=dict)
    purpose: str = "logistics"
    keep_days: int | None = 30


class Span(NamedTuple):
    """First and last day of a meeting."""

    first: date
    last: date


def days(question: Asked, span: Span) -> tuple[date | None, date | None]:
    """The first and last day that can be answered; they move with the meeting."""
    before, after = question.limits.get("before"), question.limits.get("after")
    return (
        span.first - timedelta(days=before) if before is not None else None,
        span.last + timedelta(days=after) if after is not None else None,
    )


def meaning(question: Asked | Draft) -> tuple[object, ...]:
    """What a version freezes: two questions that mean the same share it."""
    options = [(option.slug, dict(option.texts)) for option in question.options]
    return question.kind, dict(question.label), dict(question.hint), options, question.condition


def is_same(one: Texts, other: Texts) -> bool:
    """Whether two texts say the same wherever both say something, and both do in some language."""
    shared = one.keys() & other.keys()
    return bool(shared) and all(one[code] == other[code] for code in shared)


def fits(question: Asked, was: Asked, value: Any) -> bool:
    """Whether an answer to another version of the question is an answer to this version too: nothing was reworded."""
    if question.kind != was.kind or not is_same(question.label, was.label):
        return False
    chosen = values_of(was.kind, value) if was.kind in WITH_OPTIONS else ()
    pairs = [(question.option(slug), was.option(slug)) for slug in chosen]
    return all(now and then and is_same(now.texts, then.texts) for now, then in pairs)


def field_of(slug: str) -> str:
    """What the field of that question is called in a form."""
    return f"q_{slug}"


def values_of(kind: str, value: Any) -> tuple[str, ...]:
    """An answer as a condition sees it."""
    if value in (None, "", []):
        return ()
    if kind == "many":
        return tuple(value)
    return (value,) if isinstance(value, str) else ("file",)


def shown(questions: Iterable[Asked], facts: Facts, answers: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """The slugs of the questions that are asked of somebody, whatever order they stand in.

    A question that is not asked has no answer, so nothing that needs one is asked either; neither is one that
    hangs on itself.
    """
    known = {question.slug: question for question in questions}
    settled: dict[str, bool] = {}
    for slug in known:
        _settle(slug, known, facts, answers, settled)
    return frozenset(slug for slug, is_shown in settled.items() if is_shown)


def _settle(
    slug: str,
    known: Mapping[str, Asked],
    facts: Facts,
    answers: Mapping[str, tuple[str, ...]],
    settled: dict[str, bool],
) -> None:
    """Walk up the chain to something settled, then down again."""
    chain: list[str] = []
    while slug in known and slug not in settled and slug not in chain:
        chain.append(slug)
        condition = known[slug].condition
        slug = condition.of if condition else ""
    if slug in chain:
        settled.update(dict.fromkeys(chain, False))
        return
    for name in reversed(chain):
        condition = known[name].condition
        seen = _seen(condition.of, known, facts, answers, settled) if condition else {}
        settled[name] = condition is None or (_is_there(condition, known, settled) and condition.holds(seen))


def _is_there(condition: Condition, known: Mapping[str, Asked], settled: Mapping[str, bool]) -> bool:
    """A question that is not asked hides all that hang on it, even on its not being something."""
    return condition.of not in known or settled[condition.of]


def _seen(
    name: str,
    known: Mapping[str, Asked],
    facts: Facts,
    answers: Mapping[str, tuple[str, ...]],
    settled: Mapping[str, bool],
) -> Facts:
    if name in known:
        return {name: answers.get(name, ()) if settled[name] else ()}
    return {name: facts.get(name, ())}


def circle(conditions: Mapping[str, str], slug: str) -> tuple[str, ...]:
    """The chain from a question back to itself, when there is one. `conditions`: slug → what it hangs on."""
    chain = [slug]
    while (ahead := conditions.get(chain[-1], "")) and ahead not in chain:
        chain.append(ahead)
    return tuple(chain) if ahead == slug else ()


def dependants(questions: Iterable[Asked], name: str) -> list[Asked]:
    """The questions that hang directly on that one (or on that field of the form)."""
    return [question for question in questions if question.condition and question.condition.of == name]


def pools(questions: Iterable[Asked]) -> dict[tuple[str, int, str], int]:
    """The options that only so many may choose, as pools of places."""
    return {
        ("option", question.id, option.slug): option.seats
        for question in questions
        for option in question.options
        if option.seats is not None
    }


def picks(question: Asked, value: Any) -> list[tuple[str, int, str]]:
    """The limited options that an answer takes a place of."""
    chosen = values_of(question.kind, value)
    return [
        ("option", question.id, option.slug)
        for option in question.options
        if option.seats is not None and option.slug in chosen
    ]


USES = ("off", "optional", "required")
USUAL: Mapping[str, Sequence[str]] = {
    "function": ("optional", "off", "required"),
    "country": ("optional", "off", "required"),
    "phone": ("optional", "off", "required"),
    "visits": ("optional", "off", "required"),
    "meals": ("optional", "off"),
    "rides": ("optional", "off"),
    "diet": ("optional", "off"),
    "access": ("optional", "off"),
    "remarks": ("optional", "off"),
}
"""Built-in fields that may be left out, with the ways they can be used: the usual one first.

Name, address, role, partner and days are always asked: places and the proof of attendance need them.
"""
FIELD_PURPOSES = {
    "function": "attendance",
    "country": "attendance",
    "phone": "communication",
    "visits": "logistics",
    "meals": "logistics",
    "rides": "logistics",
    "diet": "care",
    "access": "care",
    "remarks": "logistics",
}
"""What the built-in fields are for; how long they are kept follows from that."""
FACT_FIELDS = {"country": "country", "visits": "visit", "meals": "meals", "rides": "rides", "diet": "diet"}
"""Built-in fields that can be off, with the fact that is then unknown."""


def uses(kept: Mapping[str, str]) -> dict[str, str]:
    """How each field that may be left out is used, where a meeting has decided nothing in the usual way."""
    return {name: kept[name] if kept.get(name) in ways else ways[0] for name, ways in USUAL.items()}
