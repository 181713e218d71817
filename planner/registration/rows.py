"""The rows that an entry becomes. Nothing here asks or writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from planner.db import Table
from planner.registration.entry import Entry
from planner.registration.letters import token
from planner.registration.place_tables import MealChoice, PlaceWish, VisitChoice
from planner.registration.pools import Pool
from planner.registration.tables import CareNote, Consent, PlannedDay, Registration
from planner.tokens import digest, mint

AS_TYPED = (
    "given", "family", "latin_given", "latin_family", "function", "email", "phone", "country", "organisation",
    "category", "partner_id", "identity", "remarks",
)  # fmt: skip


def registration(meeting_id: int, entry: Entry, form_key: str, arrival: datetime) -> Registration:
    """A new registration. It waits, until it is given a place, in line by its arrival."""
    row = Registration(
        meeting_id=meeting_id,
        slug=mint()[:12],
        uid=mint(),
        token_hash="",
        form_key=form_key,
        status="waiting",
        language=entry.language,
        submitted_at=arrival,
        updated_at=arrival.replace(microsecond=0),
        **_as_typed(entry),
    )
    renew_token(row, row.token_version)
    return row


def renew_token(row: Registration, version: int) -> None:
    """Give the registration's own page the address that follows from this version; the one before is dead."""
    row.token_version = version
    row.token_hash = digest(token(row))


def write_entry(row: Registration, entry: Entry) -> None:
    """Put what was typed into an existing row."""
    for name, value in _as_typed(entry).items():
        setattr(row, name, value)


def _as_typed(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in AS_TYPED}


def choices(number: int, entry: Entry) -> list[Table]:
    """Days, meals and wishes for visits."""
    return [
        *(PlannedDay(registration_id=number, day_id=day, mode=mode) for day, mode in entry.days.items()),
        *(_visit(number, rank, item, entry) for rank, item in enumerate(entry.visits, 1)),
        *(MealChoice(registration_id=number, item_id=item) for item in entry.meals),
    ]


def _visit(number: int, rank: int, item: int, entry: Entry) -> Table:
    return VisitChoice(registration_id=number, rank=rank, item_id=item, keeps=rank == 1 and entry.keeps_first)


def wishes(number: int, pools: Iterable[Pool], moment: datetime) -> list[Table]:
    """Wishes for buses and limited options, from that moment on."""
    return [
        PlaceWish(registration_id=number, kind=kind, number=which, key=key, since=moment) for kind, which, key in pools
    ]


def care(number: int, entry: Entry, delete_after: date) -> list[Table]:
    """Diet and access, if something was told and may be used."""
    if not entry.needs_care or not entry.consents.get("sensitive"):
        return []
    told = {"diet": entry.diet, "diet_note": entry.diet_note, "access": entry.access}
    return [CareNote(registration_id=number, delete_after=delete_after, **told)]


def consents(number: int, answers: Mapping[str, bool], wording_id: int, moment: datetime) -> Iterable[Table]:
    """Answers about consent, each with its wording and its time."""
    return [
        Consent(registration_id=number, purpose=purpose, granted=granted, given_at=moment, wording_id=wording_id)
        for purpose, granted in answers.items()
    ]
