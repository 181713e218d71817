"""People from a table: what each row would do, checked as the form checks, then all of it or nothing.

A dry run counts places and queues as the real one does, and writes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from planner import db
from planner.audit import note
from planner.errors import Refusal
from planner.forms import Typed
from planner.language import _, country_text, interface_languages, language_text, speaking
from planner.meetings.queries import Found, at_desk
from planner.names import fold, full
from planner.registration import actions, forms, words
from planner.registration.entry import Entry
from planner.registration.offer import Offer, offer
from planner.registration.options import COUNTRIES
from planner.registration.rules import CATEGORIES
from planner.registration.tables import Registration
from planner.registration.together import foresee, register_all
from planner.registration.waiting_list import Round
from planner.tabular import Table

MOST_PEOPLE = 5000
"""Rows of a table of people."""
PLACES, CONFIRMED = "places", "confirmed"
WAYS = (PLACES, CONFIRMED)
"""Take a place or a turn like everybody, or be confirmed whatever the number of places."""
FIELDS = (
    "given", "family", "latin_given", "latin_family", "email", "category", "partner", "organisation", "function",
    "country", "phone", "language", "days_on_site", "days_online", "remarks",
)  # fmt: skip
"""The columns that are understood, under these names or the headings of the table that the list gives out."""
NEEDED = ("given", "family", "email", "category")
NEW, KNOWN, WRONG = "new", "known", "wrong"


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a row, counted as the spreadsheet counts; `column` is the heading, empty for the whole row."""

    row: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Step:
    """What a row does: a new registration with the status it gets, or a person who is there already."""

    row: int
    name: str
    what: str
    status: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a table does: step by step, or the mistakes that keep all of it from being done."""

    steps: list[Step]
    mistakes: list[Mistake]

    @property
    def new(self) -> int:
        """How many people are added."""
        return sum(step.what == NEW for step in self.steps)


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


def columns(table: Table) -> tuple[dict[str, int], list[Mistake]]:
    """Where each field stands, by the headings in the first row; headings nobody knows are passed over."""
    known = _in_all_languages(headings) | {fold(name.replace("_", " ")): name for name in FIELDS} | {
        fold(name): name for name in FIELDS
    }  # fmt: skip
    places: dict[str, int] = {}
    for place, heading in enumerate(table[0] if table else []):
        if (name := known.get(fold(heading))) is not None:
            places.setdefault(name, place)
    told = headings()
    missing = [Mistake(1, told[name], _("This column is needed.")) for name in NEEDED if name not in places]
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

    def typed(self, cells: Sequence[str]) -> Typed:
        """The form's fields; what is no choice of the form stays as it is, and the form says so."""
        row = {name: cells[place] if place < len(cells) else "" for name, place in self.places.items()}
        values = {name: row.get(name, "") for name in FIELDS if name not in ("days_on_site", "days_online", "language")}
        values["country"] = self.countries.get(fold(values["country"]), values["country"])
        values["category"] = self.categories.get(fold(values["category"]), values["category"])
        values["partner"] = self.partner(values["partner"])
        return Typed({name: [value] for name, value in (values | self.days(row)).items()})

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
        numbers = {mode: set(_numbers(text)) for mode, text in told.items()}
        return {
            f"day_{day.number}": next((mode for mode in numbers if str(day.number) in numbers[mode]), forms.NO)
            for day in self.offer.days
        }

    def language(self, cells: Sequence[str], fallback: str) -> str:
        """The language somebody is written to in."""
        place = self.places.get("language", len(cells))
        return self.languages.get(fold(cells[place]) if place < len(cells) else "", fallback)


def _numbers(text: str) -> list[str]:
    return "".join(character if character.isdecimal() else " " for character in text).split()


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


def bring(session: Session, found: Found, table: Table, way: str, actor: str, *, write: bool = True) -> Outcome:
    """Register everybody in a table: all of it, or nothing when one row has a mistake. `way` is one of WAYS.

    Without `write` it is only foreseen. Whoever is registered under that name and address is passed over, so
    the same table changes nothing again. Raises Refusal for a table without people, Missing without a registration
    form.
    """
    real = offer(session, found)
    there = replace(real, questions=[], uses=dict.fromkeys(real.uses, "optional"))
    places, mistakes = columns(table)
    if mistakes or len(table) < 2:
        return Outcome([], mistakes or [Mistake(1, "", _("This table has no people in it."))])
    reader, turn = _reader(there, places), actions.lock(session, real)
    entries, mistakes = _entries(reader, table)
    mistakes += _twice(entries)
    if mistakes:
        return Outcome([], sorted(mistakes, key=lambda mistake: mistake.row))
    steps = _steps(session, turn, entries, way, actor, write=write)
    outcome = Outcome(steps, [])
    about = f"meeting:{found.meeting.id}"
    if write:
        note(session, actor, "registrations.import", about, rows=len(steps), new=outcome.new, way=way)
    return outcome


def import_table(project: str, meeting: str, table: Table, actor: str, way: str = PLACES, *, write: bool) -> Outcome:
    """Do what a table says in a transaction of its own; without `write` nothing is written.

    Raises Missing for a meeting that is not there or has no registration form.
    """
    with db.write() as session:
        return bring(session, at_desk(session, project, meeting), table, way, actor, write=write)


def _entries(reader: _Reader, table: Table) -> tuple[list[tuple[int, Entry]], list[Mistake]]:
    entries: list[tuple[int, Entry]] = []
    mistakes: list[Mistake] = []
    told = headings() | forms.labels(reader.offer)
    for number, cells in enumerate(table[1:], start=2):
        if not any(cells):
            continue
        entry, errors = forms.entry(reader.typed(cells), reader.offer)
        mistakes += [Mistake(number, told.get(name, ""), sentence) for name, sentence in errors.items()]
        if entry is not None:
            entries.append((number, replace(entry, language=reader.language(cells, "en"))))
    return entries, mistakes


def _twice(entries: Iterable[tuple[int, Entry]]) -> list[Mistake]:
    first: dict[str, int] = {}
    return [
        Mistake(number, "", _("The same person stands in row %(row)d.") % {"row": first[entry.identity]})
        for number, entry in entries
        if first.setdefault(entry.identity, number) != number
    ]


def _steps(
    session: Session, turn: Round, entries: Sequence[tuple[int, Entry]], way: str, actor: str, *, write: bool
) -> list[Step]:
    known = _known(session, turn)
    fresh = [entry for _row, entry in entries if entry.identity not in known]
    people = [(_key(turn, entry), entry) for entry in fresh]
    certain = way == CONFIRMED
    outcomes = foresee(session, turn, fresh, certain=certain)
    if write:
        register_all(session, turn, people, actor, certain=certain)
    status = known | {entry.identity: verdict.status for entry, (verdict, *_more) in zip(fresh, outcomes, strict=True)}
    return [
        Step(
            number,
            full(entry.latin_given, entry.latin_family),
            KNOWN if entry.identity in known else NEW,
            status[entry.identity],
        )
        for number, entry in entries
    ]


def _key(turn: Round, entry: Entry) -> str:
    """The same for the same person, so that two who bring the same table register nobody twice."""
    return f"import-{hashlib.sha256(f'{turn.form.meeting_id}|{entry.identity}'.encode()).hexdigest()[:48]}"


def _known(session: Session, turn: Round) -> dict[str, str]:
    """Everybody who was ever registered, with what became of the newest registration."""
    query = select(Registration.identity, Registration.status).where(
        Registration.meeting_id == turn.form.meeting_id, Registration.identity != ""
    )
    return dict(session.exec(query.order_by(col(Registration.id))).all())


def status_text(step: Step) -> str:
    """What happens to somebody, in words."""
    status = words.status_text(step.status)
    return _("There already: %(status)s") % {"status": status} if step.what == KNOWN else status


def refused(outcome: Outcome) -> Refusal:
    """The mistakes of a table in one sentence after the other, for the command line."""
    told = _("Row %(row)d, %(column)s: %(sentence)s")
    lines = [told % {"row": one.row, "column": one.column or "–", "sentence": one.sentence} for one in outcome.mistakes]
    return Refusal("\n".join(lines))
