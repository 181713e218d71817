"""All that is kept about one registration, for the person it is about."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from planner.language import say
from planner.registration.offer import Offer
from planner.registration.queries import Choices, answers, history
from planner.registration.tables import Registration

ROW = (
    "status", "waiting_for", "category", "title", "given", "family", "latin_given", "latin_family", "function",
    "organisation", "email", "phone", "country", "language", "remarks", "registered_by",
)  # fmt: skip


def own_data(session: Session, offer: Offer, row: Registration, chosen: Choices) -> dict[str, Any]:
    """Plain values that JSON can hold; instants in UTC."""
    care = chosen.care
    return {
        "meeting": say(offer.found.meeting.title).text,
        "controller": say(offer.controller.names).text,
        "registration": {name: getattr(row, name) for name in ROW},
        "submitted_at": row.submitted_at.isoformat() if row.submitted_at else None,
        "updated_at": row.updated_at.isoformat(),
        "partner": next((say(partner.names).text for partner in offer.partners if partner.id == row.partner_id), None),
        "days": {day.date.isoformat(): chosen.days[day.id] for day in offer.days if day.id in chosen.days},
        "visit_choices": _titles(offer, chosen.visits),
        "visit": next(iter(_titles(offer, (chosen.visit or 0,))), None),
        "meals": _titles(offer, chosen.meals),
        "buses": _titles(offer, chosen.rides),
        "food_and_access": {"diet": care.diet, "diet_note": care.diet_note, "access": care.access} if care else None,
        "consents": [
            {"purpose": answer.purpose, "granted": answer.granted, "given_at": answer.given_at.isoformat()}
            for answer in answers(session, row.id or 0)
        ],
        "history": [
            {"status": change.status, "at": change.at.isoformat(), "reason": change.reason}
            for change in history(session, row.id or 0)
        ],
    }


def _titles(offer: Offer, numbers: tuple[int, ...]) -> list[str]:
    return [say(item.title).text for number in numbers if (item := offer.item(number))]
