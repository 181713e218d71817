"""Papers of the agenda for walls and doors: the whole meeting on one page, and what happens in each room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session

from planner import paper
from planner.agenda.papers import Data, agenda_data
from planner.agenda.queries import closed_programme
from planner.agenda.releases import released
from planner.agenda.views import BlockView, DayView, ItemView
from planner.agenda.words import audience_text, track_text
from planner.db import Texts
from planner.language import _, current, day_text, listed, say, time_text
from planner.meetings.queries import Found

Order = tuple[Data, datetime]
"""What a paper says, and the moment it speaks of."""


def overview_data(session: Session, found: Found) -> Order:
    """All days side by side on one page, as the public agenda has them."""
    data, made_at = agenda_data(session, found)
    return {**data, "labels": {"overview": _("Agenda at a glance")}}, made_at


def overview_paper(data: Data, made_at: datetime) -> bytes:
    """The overview as PDF, in the reader's language."""
    return paper.render("agenda/overview", data, made_at=made_at, language=current())


def door_data(session: Session, found: Found) -> Order:
    """A sheet for each room and day: what happens there. Of what is not public a door tells only that it is closed."""
    data, made_at = agenda_data(session, found)
    days, rows = closed_programme(session, found), released(session, found.meeting.id or 0)
    rooms = [place for place in rows.places if place.kind == "room"] if rows else []
    sheets = [
        {
            **_room(data, room.name),
            "day": day_text(day.date),
            "items": items,
        }
        for day in days
        for room in rooms
        if (items := [_on_door(block, item) for block, item in _inside(day, room.id or 0)])
    ]
    return {**data, "days": [], "sheets": sheets, "labels": {"doors": _("Door sheets")}}, made_at


def door_paper(data: Data, made_at: datetime) -> bytes:
    """The door sheets as PDF, in the reader's language."""
    return paper.render("agenda/door_sheet", data, made_at=made_at, language=current())


def _room(data: Data, names: Texts) -> dict[str, str]:
    """The name of a room, and in the second language of the papers when it is another one."""
    name, other = say(names).text, names.get(str(data["second_language"]), "")
    return {"room": name, "second_room": other if other != name else ""}


def _inside(day: DayView, room: int) -> Iterable[tuple[BlockView, ItemView]]:
    """What happens in a room, and what stands below another item and is in a room of its own."""
    for block, item in day.rows:
        own = (one for one in item.below if one.place and one.place != item.place)
        yield from ((block, one) for one in (item, *own) if one.place and one.place.id == room)


def _on_door(block: BlockView, item: ItemView) -> dict[str, str]:
    times = {"time_text": f"{time_text(item.starts)}–{time_text(item.ends)}"}
    audience = audience_text(item.audience)
    if item.hidden:
        return times | {"title": _("Closed session"), "audience": audience}
    speakers: Sequence[str] = [speaker.person.name for speaker in item.speakers]
    return times | {
        "title": say(item.title).text,
        "block": say(block.title).text,
        "audience": audience,
        "track": track_text(item.track, item.track_name),
        "speakers": listed(speakers),
    }
