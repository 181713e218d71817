"""What belongs to registrations beside their own row, for some of them at a time: titles in the reader's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from planner.agenda.tables import Block, Day, Item
from planner.language import say
from planner.registration.given import Given, answers_of
from planner.registration.place_tables import MealChoice, RideChoice, VisitChoice, VisitPlace
from planner.registration.tables import CareNote, Consent

VISITS = (VisitChoice, VisitPlace)
Choice = type[VisitChoice] | type[VisitPlace] | type[MealChoice] | type[RideChoice]
Titles = Mapping[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Parts:
    """By the numbers of registrations: wishes by rank, seats, meals and buses by day, consents, answers, care."""

    wishes: Titles = field(default_factory=dict)
    visits: Titles = field(default_factory=dict)
    meals: Titles = field(default_factory=dict)
    rides: Titles = field(default_factory=dict)
    consents: Mapping[tuple[int, str], bool] = field(default_factory=dict)
    answers: Mapping[int, Mapping[int, Given]] = field(default_factory=dict)
    care: Mapping[int, CareNote] = field(default_factory=dict)


def parts(session: Session, ids: Collection[int], wanted: Collection[str], *, care: bool) -> Parts:
    """The parts that those columns show: `wanted` are their names. Nothing about health unless `care`."""
    questions = [int(name[1:]) for name in wanted if name[:1] == "q" and name[1:].isdecimal()]
    return Parts(
        _titles(session, ids, VisitChoice) if "wishes" in wanted else {},
        _titles(session, ids, VisitPlace) if "visit" in wanted else {},
        _titles(session, ids, MealChoice) if "meals" in wanted else {},
        _titles(session, ids, RideChoice) if "rides" in wanted else {},
        _consents(session, ids) if "consents" in wanted else {},
        answers_of(session, ids, care=care, questions=questions) if questions else {},
        _care(session, ids) if care and "care" in wanted else {},
    )


def _titles(session: Session, ids: Collection[int], kind: Choice) -> dict[int, list[str]]:
    ranked: Any = VisitChoice.rank if kind is VisitChoice else Day.number
    query = (
        select(kind.registration_id, Day.number, Item.title)
        .join(Item, col(Item.id) == kind.item_id)
        .join(Block, col(Block.id) == Item.block_id)
        .join(Day, col(Day.id) == Block.day_id)
        .where(col(kind.registration_id).in_(ids))
        .order_by(ranked, col(Item.starts))
    )
    titles: dict[int, list[str]] = defaultdict(list)
    for number, day, title in session.exec(query):
        titles[number].append(say(title).text if kind in VISITS else f"{day}: {say(title).text}")
    return titles


def _consents(session: Session, ids: Collection[int]) -> dict[tuple[int, str], bool]:
    """Of each purpose the answer that counts, the newest."""
    rows = session.exec(
        select(Consent).where(col(Consent.registration_id).in_(ids)).order_by(col(Consent.given_at), col(Consent.id))
    )
    return {(row.registration_id, row.purpose): row.granted for row in rows}


def _care(session: Session, ids: Collection[int]) -> dict[int, CareNote]:
    rows = session.exec(select(CareNote).where(col(CareNote.registration_id).in_(ids)))
    return {row.registration_id: row for row in rows}
