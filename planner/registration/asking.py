"""A meeting's own questions in the registration form: which are asked of whom, and what was answered to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from planner.filetypes import TYPES
from planner.forms import Check, Typed
from planner.language import NOTHING, Said, _, ngettext, say
from planner.questions.answers import (
    LONGEST,
    Sent,
    answer,
    before_of,
    countries,
    drop_of,
    lenient,
    longest,
    name_of,
    typed_as,
)
from planner.questions.rules import Asked, Option, Span, fits, picks, shown, values_of
from planner.questions.words import Names, condition_text, keep_text, limits_text, purpose_text, value_text, yes_no_text
from planner.registration.entry import Entry
from planner.registration.offer import Offer
from planner.registration.options import DIETS
from planner.registration.pools import Pool
from planner.registration.rules import CATEGORIES, MODES
from planner.registration.words import category_text, diet_text

Choice = tuple[str, Said, str]
"""A value, what it is called, and what is to be said beside that."""


def span(offer: Offer) -> Span:
    """The days of the meeting."""
    meeting = offer.found.meeting
    return Span(meeting.first_day, meeting.last_day)


def facts(found: Entry, offer: Offer) -> dict[str, tuple[str, ...]]:
    """What conditions may look at, in what somebody said about the fields of the form itself."""
    slugs = {item.id: item.slug for item in (*offer.visits, *offer.meals, *offer.rides)}
    partner = next((str(partner.number) for partner in offer.partners if partner.id == found.partner_id), "")
    one = {"category": found.category, "partner": partner, "country": found.country, "diet": found.diet}
    several = {"visit": found.visits, "meals": found.meals, "rides": found.rides}
    return {
        **{name: (value,) if value else () for name, value in one.items()},
        **{name: tuple(slugs[number] for number in numbers) for name, numbers in several.items()},
        "mode": tuple(dict.fromkeys(found.days.values())),
    }


def asked_of(found: Entry, typed: Typed, offer: Offer) -> frozenset[str]:
    """The slugs of the questions that are asked of somebody who typed that."""
    known = {question.slug: question for question in offer.questions}
    given = {slug: values_of(one.kind, _told(lenient(one, typed, span(offer)))) for slug, one in known.items()}
    return shown(offer.questions, facts(found, offer), given)


def _told(value: Any) -> Any:
    return value.ref if isinstance(value, Sent) else value


def answered(check: Check, found: Entry, offer: Offer) -> Entry:
    """The entry with the answers to the questions that are asked of this person. All other answers are dropped.

    None stands for a question that is asked and was not answered. An answer to earlier words that somebody takes
    back is dropped like those.
    """
    asked = asked_of(found, check.typed, offer)
    questions = [question for question in offer.questions if question.slug in asked]
    answers = {question.id: answer(check, question, span(offer)) for question in questions}
    taken: list[Pool] = [pool for question in questions for pool in picks(question, answers[question.id])]
    care = any(question.purpose == "care" and answers[question.id] is not None for question in questions)
    back = {question.id for question in questions if check.tick(drop_of(question.field))}
    kept = {number: value for number, value in answers.items() if value is not None or number not in back}
    return replace(found, answers=kept, picks=tuple(taken), told_care=care)


@dataclass(frozen=True, slots=True)
class AskedView:
    """A question as the form shows it; `only_if` says on what condition, `is_shown` whether that holds now.

    `terms`: what its answers are for and how long they are kept, where that differs from most questions.
    """

    question: Asked
    is_shown: bool
    label: Said
    hint: Said
    limits: str
    only_if: str
    choices: list[Choice]
    waiting: str
    before: str
    terms: str

    @property
    def options(self) -> list[tuple[str, str]]:
        """What can be chosen, in plain text."""
        return [(value, said.text + beside) for value, said, beside in self.choices]

    @property
    def field(self) -> str:
        """What its field is called."""
        return self.question.field

    @property
    def longest(self) -> int:
        """Characters of a text."""
        return longest(self.question) if self.question.kind in LONGEST else 0

    @property
    def endings(self) -> str:
        """Endings of the files that are taken, as browsers want them."""
        return ",".join(ending for name in self.question.limits.get("types", ()) for ending in TYPES[name].endings)


def views(offer: Offer, found: Entry, typed: Typed, left: Mapping[Pool, float]) -> list[AskedView]:
    """All questions of the form, in order. `left` says how many places a limited option has."""
    asked = asked_of(found, typed, offer)
    known, names = {one.slug: one for one in offer.questions}, fact_names(offer) if offer.questions else {}
    usual = usual_terms(offer)
    return [
        AskedView(
            one,
            one.slug in asked,
            say(one.label),
            say(one.hint),
            limits_text(one, span(offer)),
            condition_text(one.condition, known, names) if one.condition else "",
            choices(one, left),
            typed.one(name_of(one.field)),
            typed.one(before_of(one.field)),
            "" if (terms := _terms(one)) == usual else terms,
        )
        for one in offer.questions
    ]


def usual_terms(offer: Offer) -> str:
    """What answers are for and how long they are kept, as for most questions of the form."""
    return next((terms for terms, _count in Counter(map(_terms, offer.questions)).most_common(1)), "")


def _terms(question: Asked) -> str:
    return f"{purpose_text(question.purpose)}. {keep_text(question.keep_days)}."


def choices(question: Asked, left: Mapping[Pool, float]) -> list[Choice]:
    """What can be chosen, with how many places are left."""
    if question.kind == "yes_no":
        return [(value, NOTHING._replace(text=yes_no_text(value)), "") for value in ("yes", "no")]
    if question.kind == "country":
        return [(code, NOTHING._replace(text=name), "") for code, name in countries()]
    return [(option.slug, say(option.texts), _seats(question, option, left)) for option in question.options]


def _seats(question: Asked, option: Option, left: Mapping[Pool, float]) -> str:
    if option.seats is None:
        return ""
    number = int(left.get(("option", question.id, option.slug), option.seats))
    if number <= 0:
        return f" – {_('full, waiting list')}"
    return f" – {ngettext('%(count)d seat left', '%(count)d seats left', number) % {'count': number}}"


def fact_names(offer: Offer) -> Names:
    """What the values that conditions may name are called."""
    return {
        "category": {category: category_text(category) for category in CATEGORIES},
        "partner": {str(one.number): f"{one.number}. {say(one.names).text}" for one in offer.partners},
        "country": dict(countries()),
        "mode": dict(zip(MODES, (_("On site"), _("Online")), strict=True)),
        "visit": {item.slug: say(item.title).text for item in offer.visits},
        "meals": {item.slug: say(item.title).text for item in offer.meals},
        "rides": {item.slug: say(item.title).text for item in offer.rides},
        "diet": {diet: diet_text(diet) for diet in DIETS},
    }


def typed_answers(offer: Offer, kept: Mapping[int, tuple[Asked, Any]]) -> dict[str, list[str]]:
    """The form's fields as if somebody had just typed what is kept; in words what the question means no more."""
    fields: dict[str, list[str]] = {}
    for question in offer.questions:
        was, value = kept.get(question.id, (None, None))
        if was is not None and fits(question, was, value):
            fields |= typed_as(question, value)
        elif was is not None:
            fields[before_of(question.field)] = [f"{say(was.label).text}: {value_text(was, value)}"]
    return fields
