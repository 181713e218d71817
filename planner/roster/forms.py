"""What an organiser types about one person or many, read into values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.consortium.queries import PartnerRow
from planner.forms import Check, Typed
from planner.language import _, country_text, interface_languages, language_text
from planner.names import sort_key
from planner.paper import unprintable
from planner.registration import portrait
from planner.registration.options import COUNTRIES
from planner.registration.rules import CATEGORIES
from planner.registration.tables import Registration
from planner.registration.words import category_text

FIELDS = ("function", "organisation", "category", "partner", "country", "phone", "language", "organiser_remarks")
"""What an organiser may mend in a registration; names, address and choices are the person's own."""
LIMITS = {"function": 200, "organisation": 200, "phone": 40, "organiser_remarks": 1000}
NO_PARTNER = portrait.NO_PARTNER


def labels() -> dict[str, str]:
    """What those fields are called."""
    return {
        "function": _("Function"),
        "organisation": _("Organisation"),
        "category": _("Category"),
        "partner": _("Partner"),
        "country": _("Country"),
        "phone": _("Phone"),
        "language": _("Language"),
        "organiser_remarks": _("Our own remarks"),
    }


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen in the fields of choice, as value and words."""

    category: Sequence[tuple[str, str]]
    partner: Sequence[tuple[str, str]]
    country: Sequence[tuple[str, str]]
    language: Sequence[tuple[str, str]]

    def text(self, name: str, value: str) -> str:
        """A value in words."""
        offered: Sequence[tuple[str, str]] = getattr(self, name, ())
        return dict(offered).get(value, value)


def choices(partners: Sequence[PartnerRow], speaks: str) -> Choices:
    """The choices of a meeting with those partners, for somebody who `speaks` a language, if only that one."""
    named = sorted(((code, country_text(code)) for code in COUNTRIES), key=lambda one: sort_key(one[1]))
    spoken = {code: language_text(code) for code in [*(one.code for one in interface_languages()), speaks]}
    return Choices(
        [(value, category_text(value)) for value in CATEGORIES],
        [(NO_PARTNER, _("No partner")), *((str(row.number), f"{row.number} {row.short}") for row in partners)],
        named,
        list(spoken.items()),
    )


def filled(row: Registration, organisation: str, partner: PartnerRow | None) -> Typed:
    """The form with what is kept."""
    values = {name: getattr(row, name) for name in FIELDS if name not in ("partner", "organisation")}
    values |= {"partner": str(partner.number) if partner else NO_PARTNER, "organisation": organisation}
    return Typed({**{name: [value] for name, value in values.items()}, "version": [str(row.version)]})


def edited(check: Check, known: Choices, kept: Typed) -> Mapping[str, str]:
    """The fields as they were typed; a choice that is kept already is never wrong."""
    found: dict[str, str] = {}
    for name in FIELDS:
        if name in LIMITS:
            found[name] = check.text(name, limit=LIMITS[name], lines=name == "organiser_remarks")
        else:
            allowed = {kept.one(name), *(value for value, _text in getattr(known, name))}
            found[name] = check.choice(name, allowed)
    for name in ("function", "organisation"):
        if found[name] != kept.one(name) and unprintable(found[name]):
            check.wrong(name, _("Our lists and badges cannot print a character of this. Please write it another way."))
    if not found["category"]:
        check.wrong("category", _("Please choose one of the offered answers."))
    return found
