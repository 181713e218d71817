"""A registration in texts, as its history keeps them: what a person changes is seen field by field.

Nothing about food, access or health is among it, and no answer: of those only that they are others now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlmodel import Session

from planner.language import listed, say
from planner.registration import queries
from planner.registration.offer import Offer
from planner.registration.queries import Choices
from planner.registration.tables import FieldChange, Registration

NO_PARTNER = "none"
"""Stands for no partner where a partner's number would stand."""
ANSWER = "q"
"""What the field of an answer begins with; the question's id follows."""
AS_KEPT = (
    "given", "family", "latin_given", "latin_family", "email", "function", "organisation", "category", "country",
    "phone", "remarks",
)  # fmt: skip


def portrait(session: Session, offer: Offer, row: Registration) -> dict[str, str]:
    """The fields of a registration as texts, titles in the meeting's own language."""
    made = queries.choices(session, row.id or 0)
    partner = next((one for one in offer.partners if one.id == row.partner_id), None)
    told = {name: str(getattr(row, name)) for name in AS_KEPT}
    told["partner"] = str(partner.number) if partner else NO_PARTNER
    numbers = {day.id or 0: day.number for day in queries.days(session, row.meeting_id)}
    for mode in ("on_site", "online"):
        days = sorted(numbers[day] for day, way in made.days.items() if way == mode)
        told[f"days_{mode}"] = listed(map(str, days))
    told["visits"] = "; ".join(_title(offer, item) for item in made.visits)
    told["meals"], told["rides"] = _dated(offer, made.meals), _dated(offer, made.rides)
    return told | _answers(made)


def _answers(made: Choices) -> dict[str, str]:
    given = made.answers.values()
    return {f"{ANSWER}{one.question.id}": repr(one.value) for one in given if one.question.purpose != "care"}


def _title(offer: Offer, number: int) -> str:
    item = offer.item(number)
    return say(item.title, wish=offer.found.meeting.working_language).text if item else str(number)


def _dated(offer: Offer, numbers: Iterable[int]) -> str:
    """Items, each with the number of its day."""
    days = {day.date: day.number for day in offer.days}
    known = [item for number in numbers if (item := offer.item(number))]
    ordered = sorted(known, key=lambda item: (item.date, item.starts, item.id))
    return "; ".join(f"{days.get(item.date, '')}: {_title(offer, item.id)}" for item in ordered)


def changes(
    row: Registration, before: Mapping[str, str], after: Mapping[str, str], actor: str, moment: datetime
) -> list[FieldChange]:
    """A line of the history for each field that is another one now."""
    return [
        FieldChange(
            registration_id=row.id or 0, at=moment, actor=actor, act="change", field=name, before=was, after=now
        )
        for name, was, now in _differing(before, after)
    ]


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    for name in dict.fromkeys((*before, *after)):
        was, now = before.get(name, ""), after.get(name, "")
        if was != now:
            yield (name, "", "") if name.removeprefix(ANSWER).isdecimal() else (name, was, now)
