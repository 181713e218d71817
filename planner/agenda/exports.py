"""The agenda for other programs: a schedule as conference tools (frab, c3voc, Giggity) read it, as JSON and as XML.

Both hold the same; who makes them hands over what readers may see.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

from planner import __version__
from planner.agenda.rules import SLOT
from planner.agenda.tables import Document
from planner.agenda.views import BlockView, DayView, ItemView, SpeakerView
from planner.agenda.words import kind_text, mode_text, track_text
from planner.db import Texts
from planner.language import say, speaking
from planner.meetings.calendar import titled
from planner.meetings.tables import Meeting

GENERATOR = {"name": "planner", "version": __version__}
_PLAIN_SLUG = re.compile(r"[a-z][a-z0-9-]*[a-z0-9]")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ILLEGAL_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
Values = dict[str, Any]
_NESTED = ("guid", "id", "persons", "links", "attachments")


@dataclass(frozen=True, slots=True)
class Programme:
    """An agenda that was given out: `url` is the address of its page, `version` says in words which one it is.

    `project` is the project's part of that address, `papers` are documents that everybody may read, by the uid of
    their item.
    """

    project: str
    meeting: Meeting
    days: Sequence[DayView]
    version: str
    url: str
    language: str
    papers: Mapping[str, Sequence[Document]] = field(default_factory=dict)


def schedule(programme: Programme) -> Values:
    """The agenda as values, in the programme's language where its texts have it; times are those of the meeting."""
    with speaking(programme.language):
        told = [day for day in programme.days if day.items]
        days = [_day(programme, index, day) for index, day in enumerate(told, 1)]
        conference = _conference(programme) | {"daysCount": len(days)}
    conference |= {"rooms": _rooms(days), "tracks": _tracks(programme), "days": days}
    return {
        "generator": GENERATOR,
        "url": f"{programme.url}.json",
        "version": programme.version,
        "base_url": programme.url,
        "conference": conference,
    }


def schedule_json(programme: Programme) -> bytes:
    """The schedule as JSON."""
    return json.dumps({"schedule": schedule(programme)}, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def schedule_xml(programme: Programme) -> bytes:
    """The schedule as XML. Characters that XML does not know are left out."""
    made = schedule(programme)
    root = ElementTree.Element("schedule")
    ElementTree.SubElement(root, "generator", GENERATOR)
    _say(root, {"version": made["version"]})
    _add_conference(root, made)
    for day in made["conference"]["days"]:
        _add_day(root, day)
    ElementTree.indent(root, " ")
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def guid(uid: str) -> str:
    """The identity of an item in the form of a UUID: the one in its stored UID."""
    found = _UUID.search(uid)
    return found[0] if found else str(uuid.uuid5(uuid.NAMESPACE_URL, uid))


def _conference(programme: Programme) -> Values:
    meeting = programme.meeting
    return {
        "acronym": f"{programme.project}_{meeting.slug}".replace("-", "_"),
        "title": titled(meeting.title, programme.language, fell_out=meeting.cancelled_at is not None),
        "start": meeting.first_day.isoformat(),
        "end": meeting.last_day.isoformat(),
        "timeslot_duration": _hours(timedelta(minutes=SLOT)),
        "time_zone_name": meeting.zone,
        "meta": {"cancelled": meeting.cancelled_at is not None},
    }


def _rooms(days: Iterable[Values]) -> list[Values]:
    names = dict.fromkeys(name for day in days for name in day["rooms"])
    return [{"name": name, "guid": guid(f"room:{name}")} for name in names]


def _tracks(programme: Programme) -> list[Values]:
    found = {item.track: _track(programme, item) for day in programme.days for item in day.every if item.track}
    return [
        {"name": name, "slug": _slug(track, number)} for number, (track, name) in enumerate(sorted(found.items()), 1)
    ]


def _slug(track: str, number: int) -> str:
    """A track's code as readers of schedules take one: at least two letters, digits or dashes."""
    return track if _PLAIN_SLUG.fullmatch(track) else f"track-{track if _PLAIN_SLUG.fullmatch(f'x{track}') else number}"


def _track(programme: Programme, item: ItemView) -> str:
    return _text(programme, item.track_name) or track_text(item.track)


def _day(programme: Programme, index: int, day: DayView) -> Values:
    """A day with its rooms. Readers of schedules count days from 1, whatever the day of arrival is called here."""
    events = list(_events(programme, day))
    rooms = dict.fromkeys(event["room"] for event in events)
    return {
        "index": index,
        "date": day.date.isoformat(),
        "day_start": min(item.starts for item in day.items).isoformat(),
        "day_end": max(item.ends for item in day.items).isoformat(),
        "rooms": {room: [event for event in events if event["room"] == room] for room in rooms},
    }


def _events(programme: Programme, day: DayView) -> Iterator[Values]:
    for block, item in day.rows:
        for one in (item, *item.below):
            yield _event(programme, block, item, one)


def _event(programme: Programme, block: BlockView, top: ItemView, item: ItemView) -> Values:
    """`top` is the item that stands on the page's list, `item` itself or the one it stands below."""
    place = item.place or top.place
    return {
        "guid": guid(item.uid),
        "id": item.id,
        "date": item.starts.isoformat(),
        "start": f"{item.starts:%H:%M}",
        "duration": _hours(_length(item.starts, item.ends)),
        "room": _text(programme, place.name if place else programme.meeting.place) or mode_text(item.mode),
        "slug": f"{programme.meeting.slug}-{item.slug}",
        "url": f"{programme.url}#item-{top.slug}",
        "title": _text(programme, item.title),
        "subtitle": _text(programme, block.title),
        "track": _track(programme, item),
        "type": kind_text(item.kind),
        "language": item.language or programme.meeting.working_language,
        "abstract": _text(programme, item.text),
        "description": "\n".join(f"– {_text(programme, point)}" for point in item.points),
        "persons": [_person(programme, item, speaker) for speaker in item.speakers],
        "links": [],
        "attachments": [_paper(programme, paper) for paper in programme.papers.get(item.uid, ())],
    }


def _person(programme: Programme, item: ItemView, speaker: SpeakerView) -> Values:
    person = speaker.person
    mine = [paper for paper in programme.papers.get(item.uid, ()) if paper.speaker_id == person.id]
    return {
        "id": person.id,
        "public_name": person.name,
        "function": _text(programme, person.function),
        "affiliation": _text(programme, person.organisation),
        "links": [_paper(programme, paper) for paper in mine],
    }


def _paper(programme: Programme, paper: Document) -> Values:
    address = paper.link or f"{programme.url.removesuffix('/agenda')}/documents/{paper.key}"
    kind = {"presentation": "slides", "paper": "paper"}.get(paper.kind, "related")
    return {"title": _text(programme, paper.title) or paper.file_name, "url": address, "type": kind}


def _text(programme: Programme, texts: Texts) -> str:
    return say(texts, wish=programme.language).text


def _length(starts: datetime, ends: datetime) -> timedelta:
    return ends.astimezone(starts.tzinfo) - starts if ends > starts else timedelta()


def _hours(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _say(parent: ElementTree.Element, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        ElementTree.SubElement(parent, name).text = _plain(value)


def _plain(value: object) -> str:
    return _ILLEGAL_IN_XML.sub("", str(value))


def _add_conference(root: ElementTree.Element, made: Values) -> None:
    said = made["conference"]
    node = ElementTree.SubElement(root, "conference")
    _say(node, {name: said[name] for name in ("acronym", "title", "start", "end")})
    _say(node, {"days": said["daysCount"], "timeslot_duration": said["timeslot_duration"]})
    _say(node, {"base_url": made["base_url"], "time_zone_name": said["time_zone_name"]})
    for track in said["tracks"]:
        ElementTree.SubElement(node, "track", {name: _plain(value) for name, value in track.items()})


def _add_day(root: ElementTree.Element, day: Values) -> None:
    marks = {"index": day["index"], "date": day["date"], "start": day["day_start"], "end": day["day_end"]}
    node = ElementTree.SubElement(root, "day", {name: str(value) for name, value in marks.items()})
    for name, events in day["rooms"].items():
        room = ElementTree.SubElement(node, "room", {"name": _plain(name)})
        for event in events:
            _add_event(room, event)


def _add_event(room: ElementTree.Element, event: Values) -> None:
    node = ElementTree.SubElement(room, "event", {"guid": event["guid"], "id": str(event["id"])})
    _say(node, {name: value for name, value in event.items() if name not in _NESTED})
    papers = ElementTree.SubElement(node, "attachments")
    for paper in event["attachments"]:
        marks = {"href": _plain(paper["url"]), "type": paper["type"]}
        ElementTree.SubElement(papers, "attachment", marks).text = _plain(paper["title"])
    persons = ElementTree.SubElement(node, "persons")
    for person in event["persons"]:
        ElementTree.SubElement(persons, "person", {"id": str(person["id"])}).text = _plain(person["public_name"])
