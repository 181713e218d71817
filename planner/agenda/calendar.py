"""How the items of an agenda show in a calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from planner.agenda.views import DayView, ItemView, PlaceView, SpeakerView
from planner.agenda.words import languages_text, mode_text
from planner.consortium.tables import Project
from planner.ical import Entry
from planner.language import _, listed, say, speaking, time_text
from planner.meetings.calendar import titled
from planner.meetings.tables import Meeting


class Note(NamedTuple):
    """What a later room knows of an item: where one has to be, and lines for its description."""

    location: str
    lines: tuple[str, ...]


NO_NOTE = Note("", ())


def item_entries(
    project: Project,
    meeting: Meeting,
    days: Iterable[DayView],
    base_url: str,
    language: str,
    notes: Mapping[int, Note],
) -> list[Entry]:
    """One entry for each item of those days, breaks and transfers included, by day and start.

    Cancelled items stay, marked as such: calendars that already hold them learn it only this way.
    """
    items = [item for day in days for item in day.items]
    return [item_entry(project, meeting, item, base_url, language, notes.get(item.id, NO_NOTE)) for item in items]


def item_entry(
    project: Project, meeting: Meeting, item: ItemView, base_url: str, language: str, note: Note = NO_NOTE
) -> Entry:
    """An item in the meeting's zone, with its texts in `language` where they exist in it."""
    is_off = bool(item.cancelled_at or meeting.cancelled_at)
    turns = [moment for moment in (item.cancelled_at, meeting.turned_at) if moment]
    url = f"{base_url}/{project.slug}/{meeting.slug}/agenda#item-{item.slug}"
    with speaking(language):
        lines = [*_lines(item, language), *note.lines, url]
    return Entry(
        uid=item.uid,
        sequence=item.sequence + meeting.turns,
        created=item.created_at,
        updated=max([item.updated_at, *turns]),
        summary=titled(item.title, language, fell_out=is_off),
        starts=item.starts,
        ends=item.ends,
        location=note.location or where(item.place, language),
        description="\n".join(line for line in lines if line),
        url=url,
        status="CANCELLED" if is_off else "CONFIRMED",
        related_to=meeting.uid,
    )


def where(place: PlaceView | None, language: str) -> str:
    """Room, venue and address in one line."""
    if place is None:
        return ""
    return listed([say(place.name, wish=language).text, say(place.venue, wish=language).text, place.address])


def _lines(item: ItemView, language: str) -> Iterable[str]:
    if item.track_name:
        yield _("Track: %(track)s") % {"track": say(item.track_name, wish=language).text}
    yield say(item.text, wish=language).text
    yield from (f"– {say(point, wish=language).text}" for point in item.points)
    yield from (_below(other, item, language) for other in item.below if other.cancelled_at is None)
    yield from (_speaker(speaker, language) for speaker in item.speakers)
    if item.mode != "on_site":
        yield mode_text(item.mode)
    if item.interpretation:
        yield _("Interpretation: %(languages)s") % {"languages": languages_text(item.interpretation)}
    if item.own_expense:
        yield _("Everyone pays for themselves.")


def _below(item: ItemView, above: ItemView, language: str) -> str:
    """An item below another is no entry of its own: it stands in that one's, with its time and its speakers."""
    begins = time_text(item.starts) if item.starts != above.starts else ""
    names = listed([speaker.person.name for speaker in item.speakers])
    title = say(item.title, wish=language).text
    return " ".join(filter(None, ["–", begins, f"{title} ({names})" if names else title]))


def _speaker(speaker: SpeakerView, language: str) -> str:
    person = speaker.person
    return listed([person.name, say(person.organisation, wish=language).text])
