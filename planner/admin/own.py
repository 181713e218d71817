"""All that is kept about one registration, for the person it is about (GDPR, Articles 15 and 20)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from planner.admin import words
from planner.admin.inventory import Kept, overview_of
from planner.admin.plan import PARTS
from planner.agenda.tables import Day
from planner.attendance.tables import CheckIn, OnlineLog, Signature
from planner.clock import now
from planner.db import Table, Texts
from planner.language import _, country_text, say
from planner.outbox import letters_about
from planner.registration.form_tables import ConsentWording, PrivacyNotice
from planner.registration.given import as_data, own_answers
from planner.registration.letters import about
from planner.registration.offer import Offer
from planner.registration.queries import Choices, answers, history
from planner.registration.tables import Registration
from planner.registration.words import category_text, diet_text, purpose_text, status_text

ROW = (
    "status", "waiting_for", "category", "title", "given", "family", "latin_given", "latin_family", "function",
    "organisation", "email", "phone", "country", "language", "remarks", "registered_by", "organiser_remarks",
)  # fmt: skip
SECRET = frozenset({"token_hash", "form_key", "uid", "search_key", "name_key", "identity"})
"""Columns of a registration that are keys and indexes: they say nothing new, and some open doors."""


def own_data(session: Session, offer: Offer, row: Registration, chosen: Choices) -> dict[str, Any]:
    """Plain values that JSON can hold; instants in UTC. `rows` is everything as it is stored, table by table."""
    return {
        "meeting": say(offer.found.meeting.title).text,
        "controller": say(offer.controller.names).text,
        "registration": {name: getattr(row, name) for name in ROW},
        "submitted_at": _plain(row.submitted_at),
        "updated_at": _plain(row.updated_at),
        **_choices(offer, row, chosen),
        "answers": as_data(own_answers(session, row.id or 0)),
        "consents": _consents(session, row),
        "privacy_notice": _notice(session, row),
        **_past(session, row),
        "attendance": _attendance(session, row),
        "kept": [_kept(kept) for kept in overview_of(session, offer.found, row, now())],
        "rows": _rows(session, row),
    }


def _choices(offer: Offer, row: Registration, chosen: Choices) -> dict[str, Any]:
    """What was chosen and written at the form."""
    care = chosen.care
    return {
        "partner": next((say(partner.names).text for partner in offer.partners if partner.id == row.partner_id), None),
        "days": {day.date.isoformat(): chosen.days[day.id] for day in offer.days if day.id in chosen.days},
        "visit_choices": _titles(offer, chosen.visits),
        "visit": next(iter(_titles(offer, (chosen.visit or 0,))), None),
        "meals": _titles(offer, chosen.meals),
        "buses": _titles(offer, chosen.rides),
        "food_and_access": {"diet": care.diet, "diet_note": care.diet_note, "access": care.access} if care else None,
    }


def _past(session: Session, row: Registration) -> dict[str, Any]:
    """What became of the registration, and what was written about it."""
    return {
        "history": [
            {"status": change.status, "at": change.at.isoformat(), "reason": change.reason}
            for change in history(session, row.id or 0)
        ],
        "letters": [
            {"subject": letter.subject, "written_at": _plain(letter.created_at), "sent_at": _plain(letter.sent_at)}
            for letter in letters_about(session, about(row))
        ],
    }


def _kept(kept: Kept) -> dict[str, Any]:
    """A kind of data: why, for whom, and until when."""
    return {
        "data": words.kind_text(kept.kind),
        "purpose": words.reason_text(kept.kind),
        "recipients": words.receiver_text(kept.kind),
        "until": _plain(kept.until),
        "days_after_writing": kept.days,
        "rows": kept.rows,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | list | dict) or value is None else str(value)


def _titles(offer: Offer, numbers: Iterable[int]) -> list[str]:
    return [say(item.title).text for number in numbers if (item := offer.item(number))]


def _consents(session: Session, row: Registration) -> list[dict[str, Any]]:
    """Every answer with the words that were read, and whether a later one replaced it."""
    given = answers(session, row.id or 0)
    newest = {answer.purpose: answer.id for answer in given}.values()
    texts = {answer.wording_id: session.get(ConsentWording, answer.wording_id) for answer in given}
    return [
        {
            "purpose": answer.purpose,
            "granted": answer.granted,
            "given_at": answer.given_at.isoformat(),
            "wording": say(_wording(texts[answer.wording_id], answer.purpose)).text,
            "counts": answer.id in newest,
        }
        for answer in given
    ]


def _wording(kept: ConsentWording | None, purpose: str) -> Texts:
    return dict(kept.purposes.get(purpose, {})) if kept else {}


def _notice(session: Session, row: Registration) -> dict[str, Any] | None:
    notice = session.get(PrivacyNotice, row.notice_id) if row.notice_id else None
    return {"version": notice.number, "published_at": _plain(notice.published_at)} if notice else None


def _attendance(session: Session, row: Registration) -> list[dict[str, Any]]:
    """Signatures, check-ins and lines of the online log, by day."""
    found = []
    for table, what in ((Signature, "signed"), (CheckIn, "checked_in"), (OnlineLog, "online")):
        shape = Table.metadata.tables[str(table.__tablename__)]
        query: Any = select(shape, col(Day.date).label("day")).join(Day, col(Day.id) == shape.c.day_id)
        for line in session.connection().execute(query.where(shape.c.registration_id == row.id)).mappings():
            when = line.get("noted_at") or line.get("at")
            found.append({"day": line["day"].isoformat(), "what": what, "at": _plain(when)})
    return sorted(found, key=lambda line: (line["day"], line["what"]))


def _rows(session: Session, row: Registration) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that the retention plan names for a registration: a new table shows by itself."""
    tables = {part.table: part.by for part in PARTS}
    return {
        table: [
            {name: _plain(value) for name, value in line.items() if name not in SECRET}
            for line in session.connection().execute(_mine(table, by, row)).mappings()
        ]
        for table, by in tables.items()
    }


def _mine(table: str, by: str, row: Registration) -> Any:
    shape = Table.metadata.tables[table]
    return select(shape).where(shape.c[by] == row.id)


class Line(NamedTuple):
    """What something is called, and what it is."""

    name: str
    value: str


def readable(data: Mapping[str, Any]) -> list[Line]:
    """The answers of a registration in words."""
    row, care = data["registration"], data["food_and_access"] or {}
    lines = [
        Line(_("Status"), status_text(row["status"])),
        Line(_("Name"), f"{row['title']} {row['given']} {row['family']}".strip()),
        Line(_("In Latin letters"), f"{row['latin_given']} {row['latin_family']}".strip()),
        Line(_("E-mail address"), row["email"]),
        Line(_("Telephone"), row["phone"]),
        Line(_("I come as"), category_text(row["category"])),
        Line(_("I come for"), data["partner"] or ""),
        Line(_("Organisation"), row["organisation"]),
        Line(_("Function"), row["function"]),
        Line(_("Country"), country_text(row["country"]) if row["country"] else ""),
        Line(_("Registered by"), row["registered_by"]),
        Line(_("Visits requested"), "; ".join(data["visit_choices"])),
        Line(_("Visit given"), data["visit"] or ""),
        Line(_("Meals"), "; ".join(data["meals"])),
        Line(_("Buses"), "; ".join(data["buses"])),
        Line(_("Food"), diet_text(care.get("diet", ""))),
        Line(_("More about food"), care.get("diet_note", "")),
        Line(_("What you need to take part"), care.get("access", "")),
        Line(_("Remarks"), row["remarks"]),
        Line(_("Remarks of the organisers"), row["organiser_remarks"]),
    ]
    return [line for line in lines if line.value]


def purpose(name: str) -> str:
    """A purpose of a consent, in short."""
    return purpose_text(name)
