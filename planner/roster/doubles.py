"""Registrations of a meeting that may be one person's: found, looked at, and kept as two people when they are."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy
from sqlmodel import Session, col, select

from planner.audit import note
from planner.clock import now
from planner.errors import Missing
from planner.language import _
from planner.meetings.queries import Found
from planner.registration.affiliations import Affiliations, affiliations
from planner.registration.rules import LIVE
from planner.registration.tables import Registration
from planner.roster.listing import Line, of_numbers
from planner.roster.record import of_id
from planner.roster.rules import SAME_ADDRESS, SAME_NAME, SIMILAR_NAME, Likeness, Pair, pairs
from planner.roster.tables import Merge, TwoPeople

COMPARED = (*LIVE, "walk_in")
"""The statuses of registrations that count; what is over is nobody's second one."""
SHOWN = 100
"""So many pairs stand on a page."""


@dataclass(frozen=True, slots=True)
class Double:
    """Two rows of the list that may be one person, with the reasons in words."""

    first: Line
    second: Line
    reasons: list[str]


def found_pairs(session: Session, found: Found, known: Affiliations) -> list[Pair]:
    """All pairs of a meeting that nobody has looked at yet."""
    columns = [getattr(Registration, name) for name in (*Likeness.__dataclass_fields__, *_AFFILIATION)]
    query = sqlalchemy.select(*columns).where(
        col(Registration.meeting_id) == found.meeting.id,
        col(Registration.status).in_(COMPARED),
        col(Registration.erased_at).is_(None),
    )
    people = [_likeness(row) for row in session.connection().execute(query)]
    apart = select(TwoPeople.first_id, TwoPeople.second_id).join(
        Registration, col(Registration.id) == TwoPeople.first_id
    ).where(Registration.meeting_id == found.meeting.id)  # fmt: skip
    return pairs(people, session.exec(apart).all())


_AFFILIATION = ("organisation_id", "partner_id", "category")


def _likeness(row: sqlalchemy.Row[tuple[object, ...]]) -> Likeness:
    values = dict(row._mapping)
    number, partner, _category = (values.pop(name) for name in _AFFILIATION)
    if number or partner:
        values["organisation"] = f"organisation {number}" if number else f"{values['organisation']} of {partner}"
    return Likeness(**values)


def doubles(session: Session, found: Found) -> tuple[list[Double], int]:
    """The pairs to look at, the surest first, and how many there are."""
    known = affiliations(session, found)
    everything = found_pairs(session, found, known)
    shown = everything[:SHOWN]
    ids = sorted({number for pair in shown for number in (pair.first, pair.second)})
    lines = {line.person.id: line for line in of_numbers(session, found, ids, known)}
    told = reasons()
    return [
        Double(lines[pair.first], lines[pair.second], [told[reason] for reason in pair.reasons]) for pair in shown
    ], len(everything)


def reasons() -> dict[str, str]:
    """Why two registrations may be one person's, in words."""
    return {
        SAME_NAME: _("The names are the same, apart from accents, capitals and letters that look alike."),
        SIMILAR_NAME: _("The names are similar and the organisation is the same."),
        SAME_ADDRESS: _("The e-mail address is the same, the names are not."),
    }


def two_people(session: Session, found: Found, one: int, other: int, actor: str) -> None:
    """These are not the same person: the pair is not proposed again. Raises Missing for another meeting's."""
    if one == other:
        raise Missing
    first, second = sorted((of_id(session, found, one).id or 0, of_id(session, found, other).id or 0))
    if session.get(TwoPeople, (first, second)) is None:
        session.add(TwoPeople(first_id=first, second_id=second, at=now(), actor=actor))
        note(session, actor, "registrations.two_people", f"meeting:{found.meeting.id}", first=first, second=second)


def merges(session: Session, found: Found) -> list[tuple[Merge, Line, Line]]:
    """What was made one, the newest first, with both rows; those that were taken back are not among them."""
    query = (
        select(Merge)
        .join(Registration, col(Registration.id) == Merge.kept_id)
        .where(Registration.meeting_id == found.meeting.id, col(Merge.undone_at).is_(None))
        .order_by(col(Merge.id).desc())
        .limit(SHOWN)
    )
    rows = session.exec(query).all()
    ids = sorted({number for row in rows for number in (row.kept_id, row.other_id)})
    lines = {line.person.id: line for line in of_numbers(session, found, ids, affiliations(session, found))}
    return [(row, lines[row.kept_id], lines[row.other_id]) for row in rows]
