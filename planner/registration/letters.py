"""What is mailed to those who registered, each in their own language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from planner.language import say
from planner.letter import Letter, render_letter
from planner.names import full
from planner.registration.calendar import PlannedDay, attachment
from planner.registration.offer import Offer, OfferedItem
from planner.registration.place_tables import PlaceOffer
from planner.registration.placing import lines, named
from planner.registration.queries import Choices
from planner.registration.rules import CERTAIN
from planner.registration.tables import Registration
from planner.settings import settings
from planner.tokens import derive

PURPOSE = "my"
"""What the secret of /my/… is derived for."""


def token(registration: Registration) -> str:
    """The secret of a registration's own page."""
    return derive(PURPOSE, registration.uid, registration.token_version)


def address(registration: Registration) -> str:
    """A registration's own page."""
    return f"{settings().public_url}/my/{token(registration)}"


def about(registration: Registration) -> str:
    """What letters about a registration are filed under."""
    return f"registration:{registration.id}"


def planned(offer: Offer, days: dict[int, str]) -> list[PlannedDay]:
    """The days somebody comes, in order."""
    return [PlannedDay(day.id, day.date, days[day.id], day.starts, day.hours) for day in offer.days if day.id in days]


def joins_online(row: Registration, chosen: Choices) -> bool:
    """Whether somebody comes online for certain: only they get the link."""
    return row.status == CERTAIN and "online" in chosen.days.values()


def received(offer: Offer, row: Registration, chosen: Choices) -> Letter:
    """The registration is there; an organiser has to confirm it."""
    return _letter("received", offer, row, chosen)


def confirmed(offer: Offer, row: Registration, chosen: Choices) -> Letter:
    """The place is certain; the meeting comes along for the calendar."""
    return _letter("confirmed", offer, row, chosen)


def waiting(offer: Offer, row: Registration, chosen: Choices, position: int) -> Letter:
    """All places are taken; where one stands in the queue."""
    return _letter("waiting", offer, row, chosen, position=position)


def promoted(offer: Offer, row: Registration, chosen: Choices) -> Letter:
    """Somebody gave up a place and it is yours: at the meeting, or on a study visit."""
    return _letter("promoted", offer, row, chosen)


def offered(offer: Offer, row: Registration, chosen: Choices, place: PlaceOffer, *, again: bool) -> Letter:
    """A freed place is kept for the reader for some time; `again`: one such offer has lapsed before."""
    return _letter("offered", offer, row, chosen, place=place, again=again)


def lapsed(offer: Offer, row: Registration, chosen: Choices, place: PlaceOffer, position: int) -> Letter:
    """Nobody answered an offer in time: the place went to the next; number in the queue, or 0 for out of it."""
    return _letter("lapsed", offer, row, chosen, place=place, position=position)


def excepted(offer: Offer, email: str, until: datetime, secret: str, about: str) -> Letter:
    """One address may register after the deadline, until then."""
    project, meeting = offer.found.project, offer.found.meeting
    language = meeting.working_language
    context = {
        "project": say(project.names, wish=language).text or project.acronym,
        "disclaimer": say(project.disclaimer, wish=language).text,
        "meeting": meeting,
        "until": until,
        "link": f"{settings().public_url}/{project.slug}/{meeting.slug}/register?late={secret}",
    }
    subject, text, html = render_letter("registration/letters/excepted.html", context, language)
    return Letter(email, subject, text, html, reply_to=meeting.contact_email, language=language, about=about)


def allocated(offer: Offer, row: Registration, chosen: Choices) -> Letter:
    """The organisers have changed who goes on which study visit: where one goes now, or that no seat is left."""
    return _letter("allocated", offer, row, chosen)


def changed(offer: Offer, row: Registration, chosen: Choices, position: int) -> Letter:
    """What is kept after a change."""
    return _letter("changed", offer, row, chosen, position=position)


def withdrawn(offer: Offer, row: Registration, chosen: Choices, reason: str = "", *, was: str) -> Letter:
    """The withdrawal was received; `reason` says who did it for the person. `was` is the status before."""
    return _letter("withdrawn", offer, row, chosen, reason=reason, was=was)


def declined(offer: Offer, row: Registration, chosen: Choices, reason: str, *, was: str) -> Letter:
    """The organisers said no, and why. `was` is the status before."""
    return _letter("declined", offer, row, chosen, reason=reason, was=was)


def link(offer: Offer, row: Registration, chosen: Choices) -> Letter:
    """The link to one's own page once more."""
    return _letter("link", offer, row, chosen)


def _letter(
    name: str,
    offer: Offer,
    row: Registration,
    chosen: Choices,
    *,
    position: int = 0,
    reason: str = "",
    place: PlaceOffer | None = None,
    again: bool = False,
    was: str = "",
) -> Letter:
    context = {"f": _facts(offer, row, chosen), "position": position, "reason": reason, "again": again}
    if place is not None:
        context |= {"place": place, "thing": named(offer, (place.kind, place.number, place.key))}
    subject, text, html = render_letter(f"registration/letters/{name}.html", context, row.language)
    return Letter(
        row.email,
        subject,
        text,
        html,
        calendar=_calendar(name, offer, row, chosen, was),
        reply_to=offer.found.meeting.contact_email,
        to_name=full(row.given, row.family, row.order),
        language=row.language,
        about=about(row),
    )


def _calendar(name: str, offer: Offer, row: Registration, chosen: Choices, was: str) -> bytes:
    """The days of somebody whose place is certain; the same days as cancelled for somebody who had them."""
    certain = row.status == CERTAIN and name in ("allocated", "confirmed", "promoted", "changed")
    if not (certain or was == CERTAIN):
        return b""
    days = planned(offer, chosen.days)
    return attachment(offer.found, offer.venue, row, days, "CONFIRMED" if certain else "CANCELLED")


def plain(template: str, offer: Offer, row: Registration, **context: object) -> Letter:
    """A letter about a registration that needs none of its choices, only `name` and what is handed over."""
    project, meeting = offer.found.project, offer.found.meeting
    common = {
        "project": say(project.names, wish=row.language).text or project.acronym,
        "disclaimer": say(project.disclaimer, wish=row.language).text,
        "meeting": meeting,
        "name": full(row.given, row.family, row.order, row.title),
    }
    return Letter(
        row.email,
        *render_letter(template, common | context, row.language),
        reply_to=meeting.contact_email,
        to_name=full(row.given, row.family, row.order),
        language=row.language,
        about=about(row),
    )


def _facts(offer: Offer, row: Registration, chosen: Choices) -> dict[str, Any]:
    project, meeting = offer.found.project, offer.found.meeting
    visit: OfferedItem | None = offer.item(chosen.visit)
    return {
        "project": say(project.names, wish=row.language).text or project.acronym,
        "disclaimer": say(project.disclaimer, wish=row.language).text,
        "meeting": meeting,
        "venue": offer.venue,
        "name": full(row.given, row.family, row.order, row.title),
        "registration": row,
        "days": planned(offer, chosen.days),
        "visit": visit,
        "offers": bool(offer.form.offer_hours),
        "join": meeting.online_link if joins_online(row, chosen) else "",
        "waits_for_visit": bool(chosen.visits) and visit is None and row.status == "confirmed",
        "answers": [given for given in chosen.answers.values() if given.question.purpose != "care"],
        "places": [line for line in lines(offer, chosen) if line.pool != ("visit", chosen.visit, "")],
        "link": address(row),
    }
