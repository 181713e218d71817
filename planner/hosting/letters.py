"""What hosts mail: that somebody organises along, and what has changed on the agenda."""

from __future__ import annotations

from collections.abc import Sequence

from planner.accounts.tables import Account
from planner.agenda.differences import Difference
from planner.delegations.unanswered import Asked
from planner.hosting.differences import told
from planner.language import say, speaking
from planner.letter import Letter, render_letter
from planner.meetings.queries import Found
from planner.names import full
from planner.registration.letters import about, address
from planner.registration.tables import Registration
from planner.settings import settings


def invited(found: Found, account: Account, sender: str) -> Letter:
    """You organise this meeting from now on, and how to sign in."""
    language = account.language or "en"
    context = {
        **_facts(found, language),
        "name": account.name,
        "sender": sender,
        "link": f"{_home(found)}/desk",
    }
    subject, text, html = render_letter("hosting/letters/invited.html", context, language)
    return Letter(account.email, subject, text, html, to_name=account.name, language=language, reply_to=sender)


def turned(found: Found, row: Registration, *, back: bool) -> Letter:
    """To somebody who is registered: the meeting does not take place, and why; or it does after all (`back`)."""
    name = full(row.given, row.family, row.order, row.title)
    context = _turn(found, row.language, back=back) | {"name": name, "link": address(row), "registered": True}
    return _to(found, row, *render_letter("hosting/letters/cancelled.html", context, row.language))


def turned_for_asked(found: Found, one: Asked, *, back: bool) -> Letter:
    """The same to somebody who was asked to come and has not answered, or to register a delegation."""
    told = {"name": one.name, "link": one.link, "registered": False, "is_contact": one.is_contact}
    context = _turn(found, one.language, back=back) | told
    subject, text, html = render_letter("hosting/letters/cancelled.html", context, one.language)
    return Letter(
        one.email,
        subject,
        text,
        html,
        reply_to=found.meeting.contact_email,
        to_name=one.name,
        language=one.language,
        about=one.about,
    )


def _turn(found: Found, language: str, *, back: bool) -> dict[str, object]:
    reason = say(found.meeting.reason, wish=language)
    return {**_facts(found, language), "back": back, "reason": reason if reason.text and not back else None}


def changed(found: Found, row: Registration, differences: Sequence[Difference], version: str) -> Letter:
    """What has changed on the agenda for somebody who registered."""
    with speaking(row.language):
        changes = told(differences)
    context = {
        **_facts(found, row.language),
        "name": full(row.given, row.family, row.order, row.title),
        "changes": changes,
        "version": version,
        "agenda": f"{_home(found)}/agenda",
        "link": address(row),
    }
    return _to(found, row, *render_letter("hosting/letters/changed.html", context, row.language))


def _to(found: Found, row: Registration, subject: str, text: str, html: str) -> Letter:
    return Letter(
        row.email,
        subject,
        text,
        html,
        reply_to=found.meeting.contact_email,
        to_name=full(row.given, row.family, row.order),
        language=row.language,
        about=about(row),
    )


def _facts(found: Found, language: str) -> dict[str, object]:
    project = found.project
    return {
        "project": say(project.names, wish=language).text or project.acronym,
        "disclaimer": say(project.disclaimer, wish=language).text,
        "meeting": found.meeting,
    }


def _home(found: Found) -> str:
    return f"{settings().public_url}/{found.project.slug}/{found.meeting.slug}"
