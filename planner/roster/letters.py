"""What organisers write to the people they chose, with the link to each one's own page."""

from __future__ import annotations

import re
from typing import Any

from planner.language import say
from planner.letter import Letter, render_letter
from planner.meetings.queries import Found
from planner.names import full
from planner.registration.letters import about, address
from planner.registration.tables import Registration

NAME = "{name}"
"""Stands for the person's name in a subject and a text."""
_SIGNS = re.compile(r"[!-/:-@\[-`{-~]")
"""What means something in Markdown: a name is a name, and makes no link in the organisers' letter."""
_STANDS_FOR = re.compile(r"\{+ *[^\W\d][\w .-]{0,40}\}+")


def unknown(text: str) -> str:
    """The first word in braces that stands for nothing, such as {firstname} or {{ name }}; empty without one."""
    return next((found for found in _STANDS_FOR.findall(text) if found != NAME), "")


def written(found: Found, row: Registration, subject: str, text: str) -> Letter:
    """An organiser's letter to one person, framed in that person's language."""
    name = full(row.given, row.family, row.order, row.title)
    context: dict[str, Any] = {
        "subject": subject.replace(NAME, name),
        "body": text.replace(NAME, name),
        "marked": text.replace(NAME, _SIGNS.sub(r"\\\g<0>", name)),
        "project": say(found.project.names, wish=row.language).text or found.project.acronym,
        "disclaimer": say(found.project.disclaimer, wish=row.language).text,
        "link": address(row),
    }
    line, plain, html = render_letter("roster/letters/written.html", context, row.language)
    return Letter(
        row.email,
        line,
        plain,
        html,
        reply_to=found.meeting.contact_email,
        to_name=full(row.given, row.family, row.order),
        language=row.language,
        about=about(row),
    )
