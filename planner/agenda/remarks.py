"""What the checks find, in words beside the items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from planner.agenda.checks import NO_FACTS, Facts, Finding, findings
from planner.agenda.queries import persons
from planner.agenda.rows import Rows
from planner.language import NOTHING, Said, _, day_text, listed, ngettext, say, time_text
from planner.meetings.queries import Found


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about an item (0: about its whole day). `title` is that of the item or the date of the day."""

    kind: str
    day: int
    item_id: int
    title: Said
    sentence: str


def remarks(session: Session, found: Found, rows: Rows, facts: Facts = NO_FACTS) -> list[Remark]:
    """All there is to say about an agenda, in the reader's language. `facts` is what later rooms know of its items."""
    meeting = found.meeting
    said = findings(rows, meeting.first_day, meeting.last_day, facts)
    people = persons(session, found, {person for finding in said for person in finding.people})
    names = {number: person.name for number, person in people.items()}
    titles = {item.id or 0: say(item.title) for item in rows.items}
    dates = {day.number: day_text(day.date) for day in rows.days}
    return [
        Remark(
            finding.kind,
            finding.day,
            finding.item,
            titles.get(finding.item) or NOTHING._replace(text=dates[finding.day]),
            _sentence(finding, rows, titles, names),
        )
        for finding in said
    ]


def _sentence(finding: Finding, rows: Rows, titles: Mapping[int, Said], names: Mapping[int, str]) -> str:
    place = rows.place.get(finding.place)
    facts = {
        "other": titles.get(finding.other, NOTHING).text,
        "minutes": finding.minutes,
        "count": finding.count,
        "seats": finding.limit,
        "names": listed([names[person] for person in sorted(finding.people) if person in names]),
        "room": say(place.name).text if place else "",
        "time": time_text(finding.wall) if finding.wall else "",
    }
    return _pattern(finding) % facts


def _pattern(finding: Finding) -> str:
    counted = {
        "overlap": ngettext(
            "Overlaps “%(other)s” by %(minutes)d minute.",
            "Overlaps “%(other)s” by %(minutes)d minutes.",
            finding.minutes,
        ),
        "bus": ngettext(
            "One has to be there %(minutes)d minute before “%(other)s” ends.",
            "One has to be there %(minutes)d minutes before “%(other)s” ends.",
            finding.minutes,
        ),
        "gap": ngettext(
            "The way from “%(other)s” takes %(minutes)d minute more than there is.",
            "The way from “%(other)s” takes %(minutes)d minutes more than there are.",
            finding.minutes,
        ),
        "seats": ngettext(
            "%(count)d person signed up, but there are %(seats)d seats.",
            "%(count)d people signed up, but there are %(seats)d seats.",
            finding.count,
        ),
    }
    return counted.get(finding.kind) or _uncounted(finding.kind)


def _uncounted(kind: str) -> str:
    return {
        "speaker": _("%(names)s: also in “%(other)s” at that time."),
        "room": _("%(room)s is also taken by “%(other)s” at that time."),
        "night": _("Begins or ends in the night: is that the right day?"),
        "day": _("This day is not within the dates of the meeting."),
        "parent": _("Is not within the time of “%(other)s”."),
        "skipped": _("%(time)s does not exist on that day: the clocks go forward."),
        "repeated": _("%(time)s happens twice on that day: the clocks go back."),
        "lunch": _("A full day without lunch."),
    }[kind]
