"""The columns that the organisers' table can have: what each is called, and what stands in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from planner.language import _, country_text, language_text, listed, say
from planner.questions.rules import Asked
from planner.registration import words
from planner.roster.listing import Line
from planner.roster.parts import Parts
from planner.sheet import Cell

PURPOSES = ("photo", "participant_list", "future_invitations")
"""Consents of the list; the one to diet and access stands beside those, where few may look."""
USUAL = ("organisation", "partner", "status", "days", "arrived")
"""The columns that the table on the page has when nobody picked others; the name is always there."""
Cells = Callable[[Line, Parts], Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: in a spreadsheet it may be several. `needs` is the part of a registration it shows."""

    key: str
    title: str
    headers: tuple[str, ...]
    cells: Cells
    needs: str = ""
    care: bool = False

    def text(self, line: Line, parts: Parts) -> str:
        """What stands in the page's table."""
        return ", ".join(str(cell) for cell in self.cells(line, parts) if cell not in (None, ""))


def columns(zone: str, questions: Iterable[Asked], *, care: bool) -> list[Column]:
    """Every column that this viewer may pick, in the order of a spreadsheet; those about health only with `care`."""
    asked = [_answer(question) for question in questions if care or question.purpose != "care"]
    said = [*_person(), *_affiliation(), *_reachable(), *_choices(), *_when(zone), *_said()]
    return [*said, *asked, *(_care() if care else ())]


def picked(known: Sequence[Column], keys: Collection[str]) -> list[Column]:
    """The columns of that choice; the usual ones when nobody chose."""
    wanted = keys or USUAL
    return [column for column in known if column.key in wanted]


def exported(known: Sequence[Column], keys: Collection[str]) -> list[Column]:
    """The columns of a spreadsheet: the name and those picked, else all of them. Health only when picked by name."""
    names = ("number", "name", "latin_name")
    return [one for one in known if (one.key in keys or one.key in names if keys else not one.care)]


def _one(key: str, title: str, cell: Callable[[Line], Cell], needs: str = "") -> Column:
    return Column(key, title, (title,), lambda line, _parts: [cell(line)], needs)


def _person() -> list[Column]:
    return [
        _one("number", _("Number"), lambda line: line.person.id),
        _one("status", _("Status"), lambda line: words.status_text(line.person.status)),
        Column("name", _("Name"), (_("Family name"), _("Given name")),
               lambda line, _parts: [line.person.family, line.person.given]),
        Column("latin_name", _("Name in Latin letters"),
               (_("Family name in Latin letters"), _("Given name in Latin letters")),
               lambda line, _parts: [line.person.latin_family, line.person.latin_given]),
        _one("title", _("Title"), lambda line: line.person.title),
    ]  # fmt: skip


def _affiliation() -> list[Column]:
    return [
        _one("category", _("Category"), lambda line: words.category_text(line.person.category)),
        Column("partner", _("Partner"), (_("Partner no."), _("Partner")),
               lambda line, _parts: [line.partner.number, line.partner.short] if line.partner else [None, ""]),
        _one("organisation", _("Organisation"), lambda line: say(line.organisation).text),
        _one("function", _("Function"), lambda line: line.person.function),
        _one("country", _("Country"), lambda line: country_text(line.country) if line.country else ""),
    ]  # fmt: skip


def _reachable() -> list[Column]:
    return [
        _one("email", _("E-mail"), lambda line: line.person.email),
        _one("phone", _("Phone"), lambda line: line.person.phone),
        _one("language", _("Language"), lambda line: language_text(line.person.language)),
        _one("registered_by", _("Registered by"), lambda line: line.person.registered_by),
    ]


def _choices() -> list[Column]:
    return [
        Column("days", _("Days"), (_("Days on site"), _("Days online")),
               lambda line, _parts: [listed(map(str, line.on_site)), listed(map(str, line.online))]),
        Column("wishes", _("Study visits wished"), (_("First choice of visit"), _("Second choice of visit")),
               lambda line, parts: [*parts.wishes.get(line.person.id, ()), "", ""][:2], "wishes"),
        _joined("visit", _("Visit given"), "visits"),
        _joined("meals", _("Meals (day: meal)"), "meals"),
        _joined("rides", _("Buses (day: bus)"), "rides"),
    ]  # fmt: skip


def _joined(key: str, title: str, part: str) -> Column:
    def cells(line: Line, parts: Parts) -> Sequence[Cell]:
        return ["; ".join(getattr(parts, part).get(line.person.id, ()))]

    return Column(key, title, (title,), cells, key)


def _when(zone: str) -> list[Column]:
    title = _("Registered at (%(zone)s)") % {"zone": zone}
    return [_one("arrived", title, lambda line: line.arrived if line.person.submitted_at else None)]


def _said() -> list[Column]:
    return [
        *(_consent(purpose) for purpose in PURPOSES),
        _one("remarks", _("Remarks"), lambda line: line.person.remarks),
        _one("organiser_remarks", _("Our own remarks"), lambda line: line.person.organiser_remarks),
    ]


def _consent(purpose: str) -> Column:
    title = words.purpose_text(purpose)
    return Column(
        purpose, title, (title,), lambda line, parts: [_yes(parts.consents.get((line.person.id, purpose)))], "consents"
    )


def _yes(answer: bool | None) -> str:
    return "" if answer is None else _("yes") if answer else _("no")


def _answer(question: Asked) -> Column:
    key, title = f"q{question.id}", say(question.label).text
    number = question.id

    def cells(line: Line, parts: Parts) -> Sequence[Cell]:
        given = parts.answers.get(line.person.id, {}).get(number)
        return [given.below(question) if given else ""]

    return Column(key, title, (title,), cells, key, question.purpose == "care")


def _care() -> list[Column]:
    return [
        _note("diet", _("Diet"), lambda diet: words.diet_text(diet)),
        _note("diet_note", _("More about the diet")),
        _note("access", _("Access")),
    ]


def _note(key: str, title: str, text: Callable[[str], str] = str) -> Column:
    def cells(line: Line, parts: Parts) -> Sequence[Cell]:
        note = parts.care.get(line.person.id)
        return [text(getattr(note, key)) if note else ""]

    return Column(key, title, (title,), cells, "care", care=True)
