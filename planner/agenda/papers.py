"""The agenda on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from babel.dates import format_date
from sqlmodel import Session

from planner import paper
from planner.agenda.queries import closed_programme, programme
from planner.agenda.releases import latest_release
from planner.agenda.tables import Release
from planner.agenda.views import BlockView, DayView, ItemView, PersonView
from planner.agenda.words import audience_text, languages_text, state_text, track_text, version_text
from planner.clock import at
from planner.consortium.tables import Partner
from planner.db import Texts
from planner.language import _, current, day_text, days_text, listed, say, time_text, zone_text
from planner.meetings.queries import Found, places

UNFINISHED = ("planned", "provisional")


Data = Mapping[str, object]


def agenda_data(session: Session, found: Found, *, closed: bool = False) -> tuple[Data, datetime]:
    """What the paper says, in the reader's language with the host's below it, and the moment it speaks of.

    It holds what the public agenda holds; with `closed`, for the desk only, also what is not public, marked as such.
    """
    meeting, project = found.meeting, found.project
    release = latest_release(session, meeting.id or 0)
    host = session.get(Partner, meeting.host_partner_id)
    second = host.language if host and host.language != current() else ""
    days = closed_programme(session, found) if closed else programme(session, found)
    venue = next((place for place in places(session, meeting.id or 0).values() if place.kind == "venue"), None)
    data = {
        "project": {"acronym": project.acronym, "programme": project.programme, "reference": project.reference},
        "funding": say(project.funding).text,
        "disclaimer": say(project.disclaimer).text,
        "meeting": _twice("title", meeting.title, second)
        | {
            "dates_text": days_text(meeting.first_day, meeting.last_day),
            "venue": listed([say(venue.name).text, venue.address]) if venue else "",
            "place": say(meeting.place).text,
            "zone_text": zone_text(meeting.zone, at(meeting.first_day, time(12), meeting.zone)),
        },
        "second_language": second or None,
        "version_line": version_text(release, meeting.zone),
        "watermark": _("Cancelled") if meeting.cancelled_at else _watermark(release, meeting.zone),
        "days": [_day(day, second) for day in days],
    }
    if closed:
        data["labels"] = {"agenda": _("Agenda for partners")}
    if project.demo:
        data["demo_note"] = _("Demonstration: people, times, rooms and all sentences are invented.")
    return data, release.released_at if release else meeting.updated_at


def agenda_paper(data: Mapping[str, object], made_at: datetime) -> bytes:
    """The agenda as PDF, in the reader's language."""
    return paper.render("agenda/agenda", data, made_at=made_at, language=current())


def _watermark(release: Release | None, zone: str) -> str:
    """How settled it is in large letters, version and date below: a sheet that was put aside tells its age."""
    if release is None or release.state not in UNFINISHED:
        return ""
    return f"{state_text(release.state)}\n{version_text(release, zone)}"


def _twice(key: str, texts: Texts, second: str) -> dict[str, str]:
    """A text in the reader's language and, where it exists and differs, in the second one."""
    first = say(texts).text
    other = texts.get(second, "")
    return {key: first} | ({f"second_{key}": other} if other and other != first else {})


def _day(day: DayView, second: str) -> dict[str, object]:
    return {
        "number": day.number,
        "date_text": day_text(day.date),
        "second_date_text": _foreign_day(day.date, second),
        "chair": _name(day.chair) if day.chair else "",
        "note": say(day.note).text,
        "blocks": [_block(block, second) for block in day.blocks if block.items],
    }


def _foreign_day(day: date, language: str) -> str:
    return str(format_date(day, "EEEE d MMMM y", locale=language)) if language else ""


def _block(block: BlockView, second: str) -> dict[str, object]:
    items = [_item(one, second, block) | {"below": one in item.below} for item in block.items for one in _each(item)]
    return _twice("title", block.title, second) | {"audience": _for_whom(block), "items": items}


def _each(item: ItemView) -> Sequence[ItemView]:
    return item, *item.below


def _for_whom(thing: BlockView | ItemView) -> str:
    """For whom something is that is not for everybody; on papers of the desk also that the public does not see it."""
    return listed([audience_text(thing.audience), _("not on the public agenda") if thing.hidden else ""])


def _item(item: ItemView, second: str, block: BlockView) -> dict[str, object]:
    own_expense = [_("At your own expense")] if item.own_expense else []
    times = f"{time_text(item.starts)}–{time_text(item.ends)}"
    return (
        _twice("title", item.title, second)
        | _twice("text", item.text, second)
        | {
            "time_text": times,
            "points": [*(say(point).text for point in item.points), *own_expense],
            "room": _room(item),
            "interpretation": languages_text(item.interpretation),
            "track": track_text(item.track, item.track_name),
            "audience": own if (own := _for_whom(item)) != _for_whom(block) else "",
            "speakers": _speakers(item),
        }
    )


def _room(item: ItemView) -> str:
    """A room by its name, since the venue stands in the head; another place with its address."""
    place = item.place
    return listed([say(place.name).text, "" if place.venue else place.address]) if place else ""


def _name(person: PersonView) -> str:
    """As that person writes it for readers of the same language, else in Latin letters."""
    return person.own_name if person.language == current() else person.name


def _speakers(item: ItemView) -> Sequence[Mapping[str, str]]:
    return [
        {
            "name": _name(speaker.person),
            "function": say(speaker.person.function).text,
            "organisation": say(speaker.person.organisation).text,
        }
        for speaker in item.speakers
    ]
