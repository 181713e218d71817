"""How a list's address becomes a question to the database, and how many people each facet would show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from planner.agenda.tables import Day
from planner.consortium.tables import Organisation, Partner
from planner.language import country_text
from planner.meetings.queries import Found
from planner.names import fold, sort_key
from planner.registration.affiliations import Affiliations
from planner.registration.place_tables import VisitChoice, VisitPlace
from planner.registration.tables import PlannedDay, Registration
from planner.roster.selection import FACETS, NOBODY, Selection

STATUSES = (
    "submitted", "waiting", "offered", "confirmed", "walk_in", "unconfirmed", "cancelled", "declined", "duplicate",
)  # fmt: skip
"""All a registration can be, those that somebody has to look after first."""
R = Registration
FIRST_WISH = aliased(VisitChoice)
ARRIVED = func.coalesce(col(R.submitted_at), col(R.updated_at))
COUNTRY = case((col(R.country) != "", col(R.country)), else_=func.coalesce(Organisation.country, Partner.country, ""))
"""The country somebody comes from: as given, else the organisation's, else the partner's."""
VISIT = func.coalesce(col(VisitPlace.item_id), col(FIRST_WISH.item_id))
"""The study visit somebody has a seat on, else the first one wished."""


def joined(*columns: Any) -> Select[Any]:
    """Those columns of registrations beside what facets look at: partner, organisation, seat and first wish."""
    return (
        sqlalchemy.select(*columns)
        .select_from(R)
        .outerjoin(Partner, col(Partner.id) == R.partner_id)
        .outerjoin(Organisation, col(Organisation.id) == R.organisation_id)
        .outerjoin(VisitPlace, col(VisitPlace.registration_id) == R.id)
        .outerjoin(FIRST_WISH, and_(col(FIRST_WISH.registration_id) == R.id, col(FIRST_WISH.rank) == 1))
    )


def fitting(found: Found, selected: Selection, known: Affiliations, *without: str) -> list[ColumnElement[bool]]:
    """What is true of everybody on that list; facets may be left out, to count what they would offer."""
    facets = [_facet(name, selected.chosen(name)) for name in FACETS if name not in without and selected.chosen(name)]
    ticked = [col(R.id).in_(selected.ticked)] if selected.ticked else []
    return [col(R.meeting_id) == found.meeting.id, *_searched(selected.q, known), *facets, *ticked]


def _searched(q: str, known: Affiliations) -> list[ColumnElement[bool]]:
    """Every word stands in a name, the e-mail address or a name of the organisation."""
    return [_has(word, known) for word in fold(q).split()]


def _has(word: str, known: Affiliations) -> ColumnElement[bool]:
    organisations = [number for number, row in known.organisations.items() if _names(word, row.names)]
    partners = [number for number, row in known.partners.items() if _names(word, row.names)]
    own = or_(col(R.category) == "partner_staff", col(R.organisation) == "")
    return or_(
        col(R.search_key).contains(word, autoescape=True),
        col(R.organisation_id).in_(organisations) if organisations else false(),
        and_(col(R.partner_id).in_(partners), col(R.organisation_id).is_(None), own) if partners else false(),
    )


def _names(word: str, names: Mapping[str, str]) -> bool:
    return any(word in fold(name) for name in names.values())


def _facet(name: str, values: Sequence[str]) -> ColumnElement[bool]:
    if name == "day":
        return or_(*(_comes(value) for value in values))
    if name == "partner":
        column: Any = col(Partner.number)
    elif name == "visit":
        column = VISIT
    elif name == "country":
        return COUNTRY.in_(["" if value == NOBODY else value for value in values])
    else:
        chosen: ColumnElement[bool] = getattr(R, name).in_(values)
        return chosen
    known = [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < 10]
    return or_(column.in_(known), column.is_(None) if NOBODY in values else false())


def _comes(value: str) -> ColumnElement[bool]:
    number, _sign, mode = value.partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) < 6):
        return false()
    asked = sqlalchemy.select(col(PlannedDay.registration_id)).join(Day, col(Day.id) == PlannedDay.day_id)
    same = col(PlannedDay.registration_id) == R.id
    return exists(asked.where(same, col(Day.number) == int(number), col(PlannedDay.mode) == mode))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people a list has, and how many each value of a facet would show, the other facets kept."""

    total: int
    facets: Mapping[str, Counter[str]]


def counted(session: Session, found: Found, selected: Selection, known: Affiliations) -> Counts:
    """The counts of a list: two questions, however many people and facets there are."""
    values = (col(R.status), col(Partner.number), COUNTRY, col(R.category), VISIT)
    query = joined(*values, func.count()).where(*fitting(found, selected, known, *_GROUPED)).group_by(*values)
    rows = session.connection().execute(query)
    groups = [(dict(zip(_GROUPED, map(_value, row[:-1]), strict=True)), row[-1]) for row in rows]
    facets = {name: Counter[str]() for name in _GROUPED}
    total = 0
    for group, count in groups:
        misses = [name for name in _GROUPED if selected.chosen(name) and group[name] not in selected.chosen(name)]
        total += 0 if misses else count
        for name in _GROUPED if not misses else misses if len(misses) == 1 else ():
            facets[name][group[name]] += count
    return Counts(total, {**facets, "day": _days(session, found, selected, known)})


_GROUPED = ("status", "partner", "country", "category", "visit")


def _value(value: object) -> str:
    return NOBODY if value in (None, "") else str(value)


def _days(session: Session, found: Found, selected: Selection, known: Affiliations) -> Counter[str]:
    query = (
        joined(Day.number, PlannedDay.mode, func.count())
        .join(PlannedDay, col(PlannedDay.registration_id) == R.id)
        .join(Day, col(Day.id) == PlannedDay.day_id)
        .where(*fitting(found, selected, known, "day"))
        .group_by(col(Day.number), col(PlannedDay.mode))
    )
    return Counter({f"{number}-{mode}": count for number, mode, count in session.connection().execute(query)})


def in_order(query: Select[Any], sort: str, countries: Sequence[str]) -> Select[Any]:
    """Sorted as asked; whoever is alike in that goes by name, so that equal people never change places."""
    order, backwards = sort.removeprefix("-"), sort.startswith("-")
    first: dict[str, Any] = {
        "partner": func.coalesce(Partner.number, 10_000),
        "name": col(R.name_key),
        "country": _ranked(COUNTRY, sorted(countries, key=lambda code: sort_key(country_text(code)))),
        "status": _ranked(col(R.status), STATUSES),
        "arrived": ARRIVED,
    }
    return query.order_by(first[order].desc() if backwards else first[order], col(R.name_key), col(R.id))


def _ranked(column: Any, values: Sequence[str]) -> Any:
    ranks = {value: place for place, value in enumerate(values)}
    return case(ranks, value=column, else_=len(values)) if ranks else column
