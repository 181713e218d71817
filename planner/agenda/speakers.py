"""Who may speak: the people of the project's directory, found by name, with what they speak in at a meeting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from planner.agenda.tables import Item, Speaking
from planner.clock import now
from planner.consortium.queries import partner_names, people_with_offices
from planner.consortium.rules import folded_names
from planner.consortium.tables import Person
from planner.db import Texts
from planner.names import fold, full, sort_key, written_in


@dataclass(frozen=True, slots=True)
class SpokenItem:
    """An item that somebody speaks in, of the draft."""

    id: int
    slug: str
    title: Texts


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody of the directory: name in Latin letters and as they write it, what they do where, what they speak in.

    `own_name` is empty when it is the same; `language` is the one it is written in, `spoken` the one they speak.
    """

    id: int
    name: str
    own_name: str
    language: str
    spoken: str
    function: Texts
    organisation: Texts
    email: str
    items: tuple[SpokenItem, ...]


def people(
    session: Session, project_id: int, query: str = "", *, meeting_id: int | None = None, on: date | None = None
) -> list[PersonRow]:
    """The directory by family name, narrowed to who fits all words of the query: in name, organisation, function or
    e-mail, with accents, capitals and look-alike letters folded. Partners are called as on that day (today's if none).

    Costs four questions at most, however many people there are.
    """
    names = partner_names(session, project_id, on or now().date())
    spoken = _spoken(session, meeting_id) if meeting_id else {}
    found = [
        (_order(person), _row(person, office.names if office else names.get(person.partner_id or 0, {}), spoken))
        for person, office in people_with_offices(session, project_id)
    ]
    words = fold(query).split()
    return [row for _place, row in sorted(found, key=lambda pair: pair[0]) if _fits(row, words)]


def namesakes(session: Session, project_id: int, names: frozenset[str], but: int | None = None) -> list[PersonRow]:
    """Who in the directory has one of those folded names (`rules.folded_names`), except the person `but`."""
    same = {
        person.id
        for person, _office in people_with_offices(session, project_id)
        if person.id != but
        and names & folded_names(person.given, person.family, person.latin_given, person.latin_family)
    }
    return [row for row in people(session, project_id) if row.id in same] if same else []


def _spoken(session: Session, meeting_id: int) -> Mapping[int, list[SpokenItem]]:
    query = (
        select(Speaking, Item)
        .join(Item, col(Item.id) == Speaking.item_id)
        .where(Item.meeting_id == meeting_id, col(Item.deleted_at).is_(None))
        .order_by(col(Item.position), col(Item.id))
    )
    found: dict[int, list[SpokenItem]] = defaultdict(list)
    for speaking, item in session.exec(query):
        found[speaking.person_id].append(SpokenItem(item.id or 0, item.slug, item.title))
    return found


def _order(person: Person) -> tuple[str, str, int]:
    family = person.sort_key or person.latin_family or person.family
    return sort_key(family), sort_key(person.latin_given or person.given), person.id or 0


def _row(person: Person, organisation: Texts, spoken: Mapping[int, list[SpokenItem]]) -> PersonRow:
    own = full(person.given, person.family, person.order, person.title)
    latin = full(person.latin_given, person.latin_family, "given_first", person.title) or own
    return PersonRow(
        id=person.id or 0,
        name=latin,
        own_name=own if own != latin else "",
        language=written_in(own, person.language),
        spoken=person.language,
        function=person.function,
        organisation=organisation,
        email=person.email,
        items=tuple(spoken.get(person.id or 0, ())),
    )


def _fits(row: PersonRow, words: list[str]) -> bool:
    texts = (row.name, row.own_name, row.email, *row.organisation.values(), *row.function.values())
    text = fold(" ".join(texts)) if words else ""
    return all(word in text for word in words)
