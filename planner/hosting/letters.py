"""What hosts mail: that somebody organises along, and what has changed on the agenda."""

from __future__ import annotations

from collections.abc import Sequence

from planner.accounts.tables import Account
from planner.agenda.differences import Difference
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


def called_off(found: Found, row: Registration) -> Letter:
    """The meeting does not take place, and why."""
    return _turned(found, row, back=False)


def takes_place(found: Found, row: Registration) -> Letter:
    """The meeting takes place after all."""
    return _turned(found, row, back=True)


def _turned(found: Found, row: Registration, *, back: bool) -> Letter:
    reason = say(found.meeting.reason, wish=row.language)
    context = {
        **_facts(found, row.language),
        "name": full(row.given, row.family, row.order, row.title),
        "back": back,
        "reason": reason if reason.text and not back else None,
        "link": address(row),
    }
    return _to(found, row, *render_letter("hosting/letters/cancelled.html", context, row.language))


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
