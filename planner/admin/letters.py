"""What is mailed about erasure: that the request has come, and by when it is answered."""

from __future__ import annotations

from planner.language import say
from planner.letter import Letter, render_letter
from planner.names import full
from planner.registration.letters import about, address
from planner.registration.offer import Offer
from planner.registration.tables import ErasureRequest, Registration


def received(offer: Offer, row: Registration, asked: ErasureRequest) -> Letter:
    """We have your request; the outcome will stand on your own page, since your address goes too."""
    project, meeting = offer.found.project, offer.found.meeting
    context = {
        "project": say(project.names, wish=row.language).text or project.acronym,
        "disclaimer": say(project.disclaimer, wish=row.language).text,
        "meeting": meeting,
        "name": full(row.given, row.family, row.order, row.title),
        "due_on": asked.due_on,
        "link": f"{address(row)}/erasure",
    }
    subject, text, html = render_letter("admin/letters/erasure_received.html", context, row.language)
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
