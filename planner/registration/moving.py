"""Somebody's e-mail address changes: the old one is told, in case it was not they who did it."""

from __future__ import annotations

from planner.language import say
from planner.letter import Letter, render_letter
from planner.names import full
from planner.registration.letters import about
from planner.registration.offer import Offer
from planner.registration.tables import Registration


def masked(email: str) -> str:
    """An address that its owner recognises and nobody else can use: a•••@example.org."""
    local, _at, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def to_old_address(offer: Offer, row: Registration, new: str) -> Letter:
    """The letter to the address that the registration still has; `new` is the one it will get."""
    project, meeting = offer.found.project, offer.found.meeting
    context = {
        "project": say(project.names, wish=row.language).text or project.acronym,
        "disclaimer": say(project.disclaimer, wish=row.language).text,
        "meeting": meeting,
        "name": full(row.given, row.family, row.order, row.title),
        "new": masked(new),
    }
    subject, text, html = render_letter("registration/letters/moved.html", context, row.language)
    return Letter(
        row.email,
        subject,
        text,
        html,
        reply_to=meeting.contact_email,
        to_name=full(row.given, row.family, row.order),
        language=row.language,
        about=about(row),
    )
