"""The registration form: what was typed becomes an entry, or a sentence at each field that needs another look."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from planner import language
from planner.clock import now
from planner.forms import Check, Typed
from planner.language import _, day_text, say
from planner.questions.answers import ref_of
from planner.registration.asking import answered, typed_answers
from planner.registration.entry import Entry
from planner.registration.form_keys import new_key
from planner.registration.offer import Offer, OfferedDay, OfferedItem
from planner.registration.options import COUNTRIES, DIETS
from planner.registration.person import address_of, latin_name_of, name_of, printed
from planner.registration.queries import Choices
from planner.registration.rules import CATEGORIES, WITH_QUOTA
from planner.registration.tables import Registration
from planner.tokens import mint

OTHER = "other"
"""The choice for people who come for no partner."""
NO = "no"
"""The choice for a day one does not come."""
TRAP = "website"
"""A field no person sees: whoever fills it is a program."""
_KEY = re.compile(r"[A-Za-z0-9_-]{40,64}")


def blank(offer: Offer) -> Typed:
    """An unused form: its key, and the days of the meeting on site unless the reader says otherwise."""
    return Typed({"form_key": [new_key(now())], **{f"day_{day.number}": [_usual(day)] for day in offer.days}})


def _usual(day: OfferedDay) -> str:
    return day.modes[0] if day.modes and day.number > 0 else NO


def form_key(typed: Typed) -> str:
    """The key that the form carries; a new one when somebody has damaged it."""
    key = typed.one("form_key")
    return key if _KEY.fullmatch(key) else mint()


def entry(typed: Typed, offer: Offer, *, again: bool = False) -> tuple[Entry | None, dict[str, str]]:
    """What was typed as an entry, or a sentence for each field that cannot be taken. What was not offered is dropped:
    visits and meals of days on which somebody is not there, answers to questions that do not apply. Who changes a
    registration (`again`) may keep what was answered to fields that are not asked any more.
    """
    check = Check(typed)
    found = answered(check, _standard(check, offer, again=again), offer)
    if found.needs_care and "sensitive" in offer.purposes and not found.consents["sensitive"]:
        check.wrong(
            "consent_sensitive",
            _("To use what you wrote about food or access we need your yes here. Or empty those fields."),
        )
    return (found if check.fine else None), check.errors


def legible(typed: Typed, offer: Offer, *, again: bool = False) -> Entry:
    """What can be read of a form as it stands, whatever is still wrong with it: conditions look at that."""
    return _standard(Check(typed), offer, again=again)


def _standard(check: Check, offer: Offer, *, again: bool) -> Entry:
    """The answers to the fields that every meeting has."""
    person, latin = name_of(check), latin_name_of(check)
    reading = _Reading(check, offer, again)
    email, category = (
        address_of(check),
        check.choice("category", CATEGORIES, needed=_("Please say in which role you come.")),
    )
    partner, organisation = reading.partner(category)
    days = reading.days()
    on_site = {day.date for day in offer.days if days.get(day.id) == "on_site"}
    care = reading.care()
    return Entry(
        given=person[0],
        family=person[1],
        latin_given=latin[0] or person[0],
        latin_family=latin[1] or person[1],
        email=email,
        category=category,
        partner_id=partner,
        days=days,
        language=language.current(),
        function=reading.told("function", lambda needed: printed(check, "function", needed)),
        organisation=organisation,
        country=reading.told("country", lambda needed: check.choice("country", COUNTRIES, needed=needed)),
        phone=reading.told("phone", lambda needed: check.text("phone", limit=40, needed=needed)),
        remarks=reading.told("remarks", lambda _needed: check.text("remarks", limit=1000, lines=True)),
        visits=reading.visits(on_site),
        keeps_first=check.tick("visit_keep"),
        meals=reading.chosen("meals", offer.meals, on_site),
        rides=reading.chosen("rides", offer.rides, on_site),
        diet=care[0],
        diet_note=care[1],
        access=care[2],
        consents=consents(check.typed, offer),
        notice=check.typed.one("notice")[:64],
    )


def consents(typed: Typed, offer: Offer) -> dict[str, bool]:
    """Yes or no to each purpose; what is not ticked is a no."""
    return {purpose: bool(typed.one(f"consent_{purpose}")) for purpose in offer.purposes}


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads the fields whose choices depend on the meeting."""

    check: Check
    offer: Offer
    again: bool

    def asks(self, name: str) -> bool:
        """Whether a field that may be left out is asked."""
        return self.again or self.offer.uses[name] != "off"

    def told(self, name: str, read: Callable[[str], str]) -> str:
        """A field that may be left out or needed: read with the sentence for when it is empty."""
        needed = _("Please answer this question.") if self.offer.uses[name] == "required" else ""
        return read(needed) if self.asks(name) else ""

    def care(self) -> tuple[str, str, str]:
        """Diet, more about it, and what somebody needs to take part."""
        check, diet = self.check, self.asks("diet")
        note = check.text("diet_note", limit=300, lines=True) if diet else ""
        access = self.told("access", lambda _needed: check.text("access", limit=500, lines=True))
        return (check.choice("diet", DIETS) if diet else ""), note, access

    def partner(self, category: str) -> tuple[int | None, str]:
        """The partner somebody comes for, and the organisation in words."""
        numbers = {str(partner.number): partner.id for partner in self.offer.partners}
        local = category == "host_local"
        needed = "" if local else _("Please choose whom you come for, or “another organisation”.")
        value = self.check.choice("partner", (*numbers, OTHER), needed=needed)
        if category in WITH_QUOTA and value == OTHER:
            self.check.wrong("partner", _("Please choose the partner you work for or who invited you."))
        named = _("Please write the name of your organisation.")
        needs_name = not local and (value == OTHER or category == "stakeholder")
        organisation = printed(self.check, "organisation", needed=named if needs_name else "")
        return (self.offer.found.meeting.host_partner_id if local else numbers.get(value)), organisation

    def days(self) -> dict[int, str]:
        """How somebody comes on each day."""
        modes = {day.id: self.check.choice(f"day_{day.number}", (*day.modes, NO)) for day in self.offer.days}
        days = {day: mode for day, mode in modes.items() if mode not in ("", NO)}
        if not days and self.offer.days:
            first = f"day_{self.offer.days[0].number}"
            self.check.wrong(first, _("Please choose at least one day on which you come, on site or online."))
        return days

    def visits(self, on_site: set[date]) -> tuple[int, ...]:
        """The wishes for study visits, each once."""
        slugs = {visit.slug: visit for visit in self.offer.visits}
        chosen = [self.check.choice(name, slugs) for name in ("visit_1", "visit_2") if self.asks("visits")]
        wishes = tuple(dict.fromkeys(slugs[slug].id for slug in chosen if slug and slugs[slug].date in on_site))
        if not wishes and self.offer.uses["visits"] == "required" and on_site & {one.date for one in slugs.values()}:
            self.check.wrong("visit_1", _("Please choose a visit of a day on which you come."))
        return wishes

    def chosen(self, name: str, items: list[OfferedItem], on_site: set[date]) -> tuple[int, ...]:
        """The ticked items of days on which somebody is there."""
        if not self.asks(name):
            return ()
        slugs = {item.slug: item for item in items}
        return tuple(slugs[slug].id for slug in self.check.ticks(name, slugs) if slugs[slug].date in on_site)


def filled(row: Registration, chosen: Choices, offer: Offer) -> Typed:
    """The form as it would look if somebody had just typed what is kept."""
    partners = {partner.id: str(partner.number) for partner in offer.partners}
    slugs = {item.id: item.slug for item in (*offer.visits, *offer.meals, *offer.rides)}
    care = chosen.care
    values: dict[str, str] = {
        **{name: str(getattr(row, name)) for name in ("given", "family", "email", "function", "organisation")},
        **{name: str(getattr(row, name)) for name in ("country", "phone", "remarks", "category")},
        "latin_given": row.latin_given if row.latin_given != row.given else "",
        "latin_family": row.latin_family if row.latin_family != row.family else "",
        "partner": partners.get(row.partner_id or 0, OTHER),
        **{f"day_{day.number}": chosen.days.get(day.id, NO) for day in offer.days},
        **{f"visit_{rank}": slugs.get(item, "") for rank, item in enumerate(chosen.visits, 1)},
        "visit_keep": "yes" if chosen.keeps_first else "",
        "diet": care.diet if care else "",
        "diet_note": care.diet_note if care else "",
        "access": care.access if care else "",
        **{f"consent_{name}": "yes" for name, answer in chosen.consents.items() if answer.granted},
        "version": str(row.version),
    }
    ticked = {
        name: [slugs[i] for i in ids if i in slugs] for name, ids in (("meals", chosen.meals), ("rides", chosen.rides))
    }
    kept = typed_answers(offer, {number: (given.question, given.value) for number, given in chosen.answers.items()})
    return Typed({**{name: [value] for name, value in values.items()}, **ticked, **kept, "form_key": [mint()]})


def differences(typed: Typed, kept: Typed, labels: Mapping[str, str]) -> list[str]:
    """The labels of the fields in which two forms differ."""
    return [label for name, label in labels.items() if _answers(typed, name) != _answers(kept, name)]


def _answers(typed: Typed, name: str) -> list[str]:
    values = [*typed.many(name), *typed.many(ref_of(name))]
    return sorted(value.strip() for value in values if value.strip())


def labels(offer: Offer) -> dict[str, str]:
    """What the fields are called, in the order of the page."""
    return {
        "given": _("Given name"),
        "family": _("Family name"),
        "latin_given": _("Given name in Latin letters"),
        "latin_family": _("Family name in Latin letters"),
        "email": _("E-mail address"),
        "category": _("I come as"),
        "partner": _("I come for"),
        "organisation": _("Organisation"),
        "function": _("Function"),
        "country": _("Country"),
        "phone": _("Telephone"),
        **{f"day_{day.number}": day_label(day) for day in offer.days},
        "visit_1": _("First choice"),
        "visit_2": _("Second choice"),
        "visit_keep": _("If I get my second choice, I still wait for my first"),
        "meals": _("Meals"),
        "rides": _("Buses"),
        "diet": _("Food"),
        "diet_note": _("More about food"),
        "access": _("What you need to take part"),
        "remarks": _("Remarks"),
        **{question.field: say(question.label).text for question in offer.questions},
        **{f"consent_{purpose}": say(texts).text for purpose, texts in offer.purposes.items()},
    }


def day_label(day: OfferedDay) -> str:
    """A day by name: «Tuesday 2 February, meeting day»."""
    return ", ".join(part for part in (day_text(day.date, "EEEE d MMMM"), say(day.note).text) if part)
