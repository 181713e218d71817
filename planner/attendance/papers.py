"""What is printed for a meeting: the signature list of a day, the list of participants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from planner import collation, paper
from planner.agenda.tables import Day
from planner.attendance.queries import Listed, participants, signature_rows
from planner.language import (
    DEFAULT,
    INTERFACE,
    _,
    country_text,
    day_text,
    days_text,
    moment_text,
    say,
    speaking,
    zone_text,
)
from planner.meetings.queries import Found, places
from planner.names import written_in


def language_of(found: Found) -> str:
    """The language a meeting's papers are in: its working language, English when Planner does not speak that."""
    wished = found.meeting.working_language
    return wished if wished in INTERFACE else DEFAULT


def signature_list(session: Session, found: Found, day: Day, moment: datetime, blank_rows: int) -> bytes:
    """The PDF to sign on a day, as of that moment, with empty rows at the end."""
    rows = signature_rows(session, found, day)
    language = language_of(found)
    with speaking(language):
        data = {
            **_head(session, found, moment),
            "day": {"date_text": day_text(day.date), "number": day.number or None},
            "rows": _numbered(rows),
            "blank_rows": blank_rows,
            "signed_by_label": _("For the host"),
        }
    return paper.render("attendance/signature_list", data, made_at=moment, language=language)


def participants_list(session: Session, found: Found, moment: datetime) -> bytes:
    """The PDF that all participants get, as of that moment."""
    rows = participants(session, found)
    language = language_of(found)
    with speaking(language):
        more = [{"function": row.function, "email": row.email} for row in rows]
        numbered = [{**row, **public} for row, public in zip(_numbered(rows), more, strict=True)]
        data = {**_head(session, found, moment), "rows": numbered}
    return paper.render("attendance/participants_list", data, made_at=moment, language=language)


def _head(session: Session, found: Found, moment: datetime) -> dict[str, Any]:
    project, meeting = found.project, found.meeting
    venue = next((place for place in places(session, meeting.id or 0).values() if place.kind == "venue"), None)
    as_of = {"time": moment_text(moment, meeting.zone), "zone": zone_text(meeting.zone, moment)}
    return {
        "project": {
            "acronym": project.acronym,
            "name": say(project.names).text,
            "reference": project.reference,
            "programme": project.programme,
        },
        "meeting": {
            "title": say(meeting.title).text,
            "place": say(meeting.place).text,
            "venue": say(venue.name).text if venue else "",
            "dates_text": days_text(meeting.first_day, meeting.last_day),
        },
        "funding": say(project.funding).text,
        "disclaimer": say(project.disclaimer).text,
        "status_line": f"{_('As of %(time)s, %(zone)s') % as_of}. {_sorted()}",
        "demo_note": _("Demonstration: people, times and rooms are invented.") if project.demo else "",
    }


def _sorted() -> str:
    told = _("Sorted by partner number, then by family name in Latin letters in the %(collation)s.")
    return told % {"collation": collation.NAME}


def _numbered(rows: Sequence[Listed]) -> list[dict[str, object]]:
    return [_row(number, row) for number, row in enumerate(rows, start=1)]


def _row(number: int, row: Listed) -> dict[str, object]:
    return {
        "number": number,
        "name": row.name,
        "own_script_name": row.own_name,
        "own_language": written_in(row.own_name, row.language),
        "organisation": say(row.organisation).text,
        "organisation_own": row.organisation.get(row.organisation_language, ""),
        "organisation_language": row.organisation_language,
        "partner": row.partner,
        "country": country_text(row.country) if row.country else "",
    }
