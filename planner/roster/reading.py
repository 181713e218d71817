"""The people in a table: each row becomes what the form would have been told, and is checked as the form checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from planner.forms import Typed
from planner.language import _, country_text, interface_languages, language_text, speaking
from planner.names import fold
from planner.registration import forms, words
from planner.registration.entry import Entry
from planner.registration.offer import Offer
from planner.registration.options import COUNTRIES
from planner.registration.rules import CATEGORIES
from planner.tabular import Table

FIELDS = (
    "given", "family", "latin_given", "latin_family", "email", "category", "partner", "organisation", "function",
    "country", "phone", "language", "days_on_site", "days_online", "remarks",
)  # fmt: skip
"""The columns that are understood, under these names or the headings of the table that the list gives out."""
ALSO = {
    "given": ("First name", "Forename"),
    "family": ("Last name", "Surname"),
    "email": ("E-mail address", "Mail"),
    "organisation": ("Organization", "Institution", "Company"),
    "function": ("Position", "Job title", "Role"),
    "phone": ("Telephone", "Mobile", "Phone number"),
    "remarks": ("Notes", "Comments"),
}
"""What other tables call the same columns."""
NEEDED = ("given", "family", "email", "category")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a row, counted as the spreadsheet counts; `column` is the heading, empty for the whole row."""

    row: int
    column: str
    sentence: str


def headings() -> dict[str, str]:
    """The heading of each column as the list's own table has it, in the reader's language."""
    return {
        "given": _("Given name"),
        "family": _("Family name"),
        "latin_given": _("Given name in Latin letters"),
        "latin_family": _("Family name in Latin letters"),
        "email": _("E-mail"),
        "category": _("Category"),
        "partner": _("Partner"),
        "organisation": _("Organisation"),
        "function": _("Function"),
        "country": _("Country"),
        "phone": _("Phone"),
        "language": _("Language"),
        "days_on_site": _("Days on site"),
        "days_online": _("Days online"),
        "remarks": _("Remarks"),
    }


def _in_all_languages(words_of: Callable[[], Mapping[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for code in [language.code for language in interface_languages()]:
        with speaking(code):
            found |= {fold(text): key for key, text in words_of().items()}
    return found


def _first(table: Table) -> int:
    """Where the headings stand: the first row with anything in it, after the one that tells Excel how to read a CSV."""
    rows = (place for place, row in enumerate(table) if any(row) and not row[0].lower().startswith("sep="))
    return next(rows, 0)


def columns(table: Table) -> tuple[dict[str, int], list[Mistake]]:
    """Where each field stands, by the headings; headings nobody knows are passed over."""
    known = {fold(also): name for name, others in ALSO.items() for also in others} | _in_all_languages(headings)
    known |= {fold(way): name for name in FIELDS for way in (name, name.replace("_", " "))}
    places: dict[str, int] = {}
    first = _first(table)
    for place, heading in enumerate(table[first] if table else []):
        if (name := known.get(fold(heading))) is not None:
            places.setdefault(name, place)
    told = headings()
    missing = [Mistake(first + 1, told[name], _("This column is needed.")) for name in NEEDED if name not in places]
    return places, missing


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns a row into the form that the person would have filled in."""

    offer: Offer
    places: Mapping[str, int]
    countries: Mapping[str, str]
    categories: Mapping[str, str]
    languages: Mapping[str, str]
    partners: Mapping[str, str]

    def row(self, cells: Sequence[str]) -> dict[str, str]:
        """What stands in the known columns."""
        return {name: cells[place] if place < len(cells) else "" for name, place in self.places.items()}

    def typed(self, row: Mapping[str, str]) -> Typed:
        """The form's fields; what is no choice of the form stays as it is, and the form says so."""
        values = {name: row.get(name, "") for name in FIELDS if name not in ("days_on_site", "days_online", "language")}
        values["country"] = self.countries.get(fold(values["country"]), values["country"])
        values["category"] = self.categories.get(fold(values["category"]), values["category"])
        values["partner"] = self.partner(values["partner"])
        return Typed({name: [value] for name, value in (values | self.days(row)).items()})

    def unknown(self, row: Mapping[str, str], typed: Typed) -> dict[str, str]:
        """What stands for nothing here, in the words of the table, by column."""
        partners = {str(partner.number): partner.short for partner in self.offer.partners}
        offered = {
            "category": {name: words.category_text(name) for name in CATEGORIES},
            "partner": partners | {forms.OTHER: ""},
            "country": dict.fromkeys(COUNTRIES, ""),
        }
        found = {
            name: _none_of(row[name], known.values())
            for name, known in offered.items()
            if row.get(name) and typed.one(name) not in known
        }
        there = {str(day.number) for day in self.offer.days}
        for name in ("days_on_site", "days_online"):
            if odd := next((day for day in self.numbers(row.get(name, "")) if day not in there), ""):
                found[name] = _("There is no day %(number)s.") % {"number": odd}
        return found

    def partner(self, text: str) -> str:
        """The number of a partner that is named by number, short name or name; without one another organisation."""
        if not text:
            return forms.OTHER
        return self.partners.get(fold(text)) or self.partners.get(fold(text.split()[0].rstrip("."))) or text

    def days(self, row: Mapping[str, str]) -> dict[str, str]:
        """How somebody comes on each day; without a word about it as the form proposes."""
        told = {"on_site": row.get("days_on_site", ""), "online": row.get("days_online", "")}
        if not any(told.values()):
            usual = forms.blank(self.offer)
            return {f"day_{day.number}": usual.one(f"day_{day.number}") for day in self.offer.days}
        numbers = {mode: self.numbers(text) for mode, text in told.items()}
        return {
            f"day_{day.number}": next((mode for mode in numbers if str(day.number) in numbers[mode]), forms.NO)
            for day in self.offer.days
        }

    def numbers(self, text: str) -> list[str]:
        """The days in a cell, by number or by date."""
        for day in self.offer.days:
            text = text.replace(day.date.isoformat(), f" {day.number} ")
        return "".join(character if character.isdecimal() else " " for character in text).split()

    def language(self, row: Mapping[str, str], fallback: str) -> str:
        """The language somebody is written to in."""
        return self.languages.get(fold(row.get("language", "")), fallback)


def _none_of(text: str, known: Iterable[str]) -> str:
    told = {"text": text, "known": ", ".join(filter(None, known))}
    return (
        _("“%(text)s” is none of these: %(known)s.") if told["known"] else _("“%(text)s” is not known here.")
    ) % told


def _reader(there: Offer, places: Mapping[str, int]) -> _Reader:
    partners = {fold(name): str(row.number) for row in there.partners for name in (*row.names.values(), row.short)}
    languages = [language.code for language in interface_languages()]
    return _Reader(
        there,
        places,
        _in_all_languages(lambda: {code: country_text(code) for code in COUNTRIES}) | _codes(COUNTRIES),
        _in_all_languages(lambda: {name: words.category_text(name) for name in CATEGORIES}) | _codes(CATEGORIES),
        _in_all_languages(lambda: {code: language_text(code) for code in languages}) | _codes(languages),
        partners | {str(row.number): str(row.number) for row in there.partners},
    )


def _codes(values: Iterable[str]) -> dict[str, str]:
    return {fold(value): value for value in values}


def people(table: Table, real: Offer) -> tuple[list[tuple[int, Entry]], list[Mistake]]:
    """Everybody in a table by the number of the row, and what is wrong in it; own questions are asked of nobody."""
    there = replace(real, questions=[], uses=dict.fromkeys(real.uses, "optional"))
    places, mistakes = columns(table)
    if mistakes or len(table) < _first(table) + 2:
        return [], mistakes or [Mistake(_first(table) + 1, "", _("This table has no people in it."))]
    entries, mistakes = _entries(_reader(there, places), table)
    mistakes += _twice(entries)
    return entries, sorted(mistakes, key=lambda mistake: mistake.row)


def _entries(reader: _Reader, table: Table) -> tuple[list[tuple[int, Entry]], list[Mistake]]:
    entries: list[tuple[int, Entry]] = []
    mistakes: list[Mistake] = []
    days = {f"day_{day.number}": _("Days on site") for day in reader.offer.days}
    told = forms.labels(reader.offer) | headings() | days
    first = _first(table)
    for number, cells in enumerate(table[first + 1 :], start=first + 2):
        if not any(cells):
            continue
        row = reader.row(cells)
        typed = reader.typed(row)
        entry, errors = forms.entry(typed, reader.offer)
        odd = reader.unknown(row, typed)
        if odd.keys() & {"days_on_site", "days_online"}:
            errors = {name: sentence for name, sentence in errors.items() if name not in days}
        errors = {**errors, **odd}
        mistakes += [Mistake(number, told.get(name, ""), sentence) for name, sentence in errors.items()]
        if entry is not None and not errors:
            entries.append((number, replace(entry, language=reader.language(row, "en"))))
    return entries, mistakes


def _twice(entries: Iterable[tuple[int, Entry]]) -> list[Mistake]:
    first: dict[str, int] = {}
    return [
        Mistake(number, "", _("The same person stands in row %(row)d.") % {"row": first[entry.identity]})
        for number, entry in entries
        if first.setdefault(entry.identity, number) != number
    ]
