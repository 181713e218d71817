"""The form in which an agenda comes as a table: an empty one to fill in, and the draft as it is in that form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlmodel import Session, col, select

from planner.agenda.queries import persons
from planner.agenda.rows import Rows, drafted
from planner.agenda.tables import Item
from planner.consortium.tables import GoodPractice, Partner
from planner.imports.rules import COLUMNS, TONGUED
from planner.language import say
from planner.meetings.queries import Found
from planner.sheet import Cell

SHORT = tuple(name for name in COLUMNS if name not in ("hidden", "partners", "points", "practices", "below", "capacity",
              "own expense", "interpretation", "language"))  # fmt: skip
"""The columns that most tables need."""


class Form(NamedTuple):
    """A table in the import's form."""

    headers: list[str]
    rows: list[list[Cell]]


class _Names(NamedTuple):
    """What stands for rows in a table, by id."""

    practices: Mapping[int, str]
    partners: Mapping[int, str]
    speaking: Mapping[int, str]
    shown: Mapping[int, Sequence[int]]


def empty_form(languages: Sequence[str]) -> Form:
    """The headings to fill in, texts in those languages: the first is the one without a mark."""
    return Form(_headers(SHORT, languages), [])


def _headers(columns: Iterable[str], languages: Sequence[str]) -> list[str]:
    found = []
    for name in columns:
        more = languages[1:] if name in TONGUED else ()
        found += [name, *(f"{name}:{code}" for code in more)]
    return found


def filled_form(session: Session, found: Found) -> Form:
    """The draft as a table that, brought back, makes the same agenda; cancelled items stay behind."""
    rows = drafted(session, found.meeting).taking_place()
    languages = _languages(found, rows)
    names = _names(session, found, rows)
    columns = [name for name in COLUMNS if name != "minutes"]
    lines = [_line(rows, item, names, columns, languages) for item in _in_order(rows)]
    return Form(_headers(columns, languages), lines)


def _languages(found: Found, rows: Rows) -> list[str]:
    texts = [text for item in rows.items for text in (item.title, item.text, *item.points)]
    texts += [block.title for block in rows.blocks]
    return list(dict.fromkeys([found.meeting.working_language, *sorted({code for text in texts for code in text})]))


def _in_order(rows: Rows) -> list[Item]:
    """Block by block, what stands below another right after it."""
    return [
        one
        for day in rows.days
        for block in rows.blocks
        if block.day_id == day.id
        for item in rows.tops[day.id or 0]
        if item.block_id == block.id
        for one in (item, *rows.below[item.id or 0])
    ]


def _names(session: Session, found: Found, rows: Rows) -> _Names:
    people = persons(session, found, {row.person_id for row in rows.speakings})
    speaking: dict[int, list[str]] = {}
    for row in rows.speakings:
        marks = [row.role] * (row.role != "speaker") + ["online"] * (row.mode == "online")
        office = say(people[row.person_id].organisation).text
        parts = [people[row.person_id].name, f"({office})" if office else "", f"[{', '.join(marks)}]" if marks else ""]
        speaking.setdefault(row.item_id, []).append(" ".join(filter(None, parts)))
    shown: dict[int, list[int]] = {}
    for practice in rows.practices:
        shown.setdefault(practice.item_id, []).append(practice.practice_id)
    return _Names(
        dict(session.exec(select(GoodPractice.id, GoodPractice.slug).where(_mine(GoodPractice, found))).all()),  # type: ignore[arg-type]
        dict(session.exec(select(Partner.id, Partner.slug).where(_mine(Partner, found))).all()),  # type: ignore[arg-type]
        {item: "; ".join(parts) for item, parts in speaking.items()},
        shown,
    )


def _mine(table: type[GoodPractice] | type[Partner], found: Found) -> bool:
    return col(table.project_id) == found.project.id  # type: ignore[return-value]


def _line(rows: Rows, item: Item, names: _Names, columns: Iterable[str], languages: Sequence[str]) -> list[Cell]:
    cells: list[Cell] = []
    for name in columns:
        if name in TONGUED:
            cells += [_TEXTS[name](rows, item, code) for code in languages]
        else:
            cells.append(_CELLS[name](rows, item, names))
    return cells


def _yes(value: bool) -> str:
    return "yes" if value else ""


def _room(rows: Rows, item: Item, _names: _Names) -> str:
    place = rows.place.get(item.place_id or 0)
    return say(place.name).text if place else ""


_TEXTS: dict[str, Callable[[Rows, Item, str], str]] = {
    "block": lambda rows, item, code: rows.block[item.block_id or 0].title.get(code, ""),
    "title": lambda _rows, item, code: item.title.get(code, ""),
    "text": lambda _rows, item, code: item.text.get(code, ""),
    "points": lambda _rows, item, code: "\n".join(point.get(code, "–") for point in item.points),
}
_CELLS: dict[str, Callable[[Rows, Item, _Names], Cell]] = {
    "day": lambda rows, item, _names: rows.day_of(item).date,
    "start": lambda _rows, item, _names: item.starts,
    "end": lambda _rows, item, _names: item.ends,
    "kind": lambda _rows, item, _names: item.kind,
    "room": _room,
    "track": lambda _rows, item, _names: item.track,
    "audience": lambda rows, item, _names: item.audience or rows.block[item.block_id or 0].audience,
    "partners": lambda _rows, item, names: "; ".join(names.partners[number] for number in item.partners),
    "hidden": lambda rows, item, _names: _yes(item.id in rows.hidden),
    "mode": lambda _rows, item, _names: item.mode,
    "speakers": lambda _rows, item, names: names.speaking.get(item.id or 0, ""),
    "evidence": lambda _rows, item, _names: _yes(item.evidence),
    "language": lambda _rows, item, _names: item.language,
    "interpretation": lambda _rows, item, _names: ", ".join(item.interpretation),
    "capacity": lambda _rows, item, _names: item.capacity,
    "own expense": lambda _rows, item, _names: _yes(item.own_expense),
    "practices": lambda _rows, item, names: "; ".join(
        names.practices[number] for number in names.shown.get(item.id or 0, ())
    ),
    "below": lambda _rows, item, _names: _yes(item.parent_id is not None),
}
