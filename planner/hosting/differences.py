"""What has changed on an agenda, in words, and whom it touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from planner.agenda.around import CHAIR, HEADING, Around
from planner.agenda.differences import CANCELLED, CHANGED, MOVED, NEW, Difference, Slot
from planner.agenda.rows import Rows
from planner.agenda.rules import DAY
from planner.language import Said, _, current, day_text, listed, say, time_text

OF_PARTNERS = ("partner_staff", "stakeholder")
CATEGORIES = {"partners": OF_PARTNERS, "steering_group": ("partner_staff",), "stakeholders": ("stakeholder",)}
"""Who belongs to an audience, by the category of their registration."""


@dataclass(frozen=True, slots=True)
class Told:
    """A difference in the reader's words: what became of which item, and the day it is on now or was on before."""

    kind: str
    title: Said
    sentence: str
    day: date | None
    slug: str
    hidden: bool = False


def told(differences: Iterable[Difference], hidden: Iterable[int] = ()) -> list[Told]:
    """All of them in the reader's words; those in `hidden` are not for the public."""
    closed = set(hidden)
    return [_told(one, one.item_id in closed) for one in differences]


def told_around(found: Iterable[Around]) -> list[Told]:
    """What changed of headings and days, in the reader's words."""
    return [_told_around(one) for one in found]


def _told_around(one: Around) -> Told:
    if one.what == HEADING:
        sentence = _("the heading was “%(old)s”") % {"old": say(one.before).text or "–"}
        return Told(CHANGED, say(one.title), sentence, one.day, "", one.hidden)
    sentence = _("somebody else is in the chair") if one.what == CHAIR else _("another note about the day")
    return Told(CHANGED, Said(day_text(one.day, "EEEE d MMMM"), current(), False), sentence, None, "", one.hidden)


def _told(one: Difference, hidden: bool) -> Told:
    slot = one.after or one.before
    return Told(one.kind, say(one.title), _sentence(one), slot.day if slot else None, one.slug, hidden)


def kind_text(kind: str) -> str:
    """What became of an item."""
    words = {NEW: _("New"), MOVED: _("Moved"), CANCELLED: _("Cancelled")}
    return words.get(kind, _("Changed"))


def _sentence(one: Difference) -> str:
    if one.after is None:
        return _("cancelled, was %(when)s") % {"when": _when(one.before)} if one.before else _("cancelled")
    if one.before is None:
        return _("new: %(when)s") % {"when": listed([_when(one.after), say(one.after.place_name).text])}
    return " · ".join([*_moved(one.before, one.after), *_changed(one.what)])


def _moved(before: Slot, after: Slot) -> Iterable[str]:
    if before.day != after.day:
        yield _("moved from %(old)s to %(new)s") % {"old": _when(before), "new": _when(after)}
    elif before.span.starts != after.span.starts:
        times = {"old": _clock(before.span.starts), "new": _clock(after.span.starts)}
        yield _("moved from %(old)s to %(new)s") % times
    elif before.span.ends != after.span.ends:
        times = {"old": _clock(before.span.ends), "new": _clock(after.span.ends)}
        yield _("ends at %(new)s instead of %(old)s") % times
    old, new = say(before.place_name).text, say(after.place_name).text
    if before.place != after.place:
        yield _("place: %(new)s instead of %(old)s") % {"old": old or "–", "new": new or "–"}


def _changed(what: Sequence[str]) -> Iterable[str]:
    words = {
        "title": _("renamed"),
        "text": _("description changed"),
        "points": _("description changed"),
        "speakers": _("other speakers"),
        "kind": _("another kind of item"),
        "track": _("another track"),
        "track_name": _("another name of the track"),
        "mode": _("another way to take part"),
        "language": _("another language"),
        "interpretation": _("other interpretation"),
        "audience": _("for other people"),
        "partners": _("for other people"),
        "hidden": _("shown or hidden"),
        "capacity": _("another number of places"),
        "own_expense": _("who pays"),
        "practices": _("other good practices"),
        "block_id": _("under another heading"),
        "parent_id": _("under another heading"),
        "visits": _("details of the visit or transport"),
        "zone": _("another time zone"),
    }
    return dict.fromkeys(words[name] for name in what if name in words)


def _when(slot: Slot | None) -> str:
    return listed([day_text(slot.day, "EEEE d MMMM"), _clock(slot.span.starts)]) if slot else ""


def _clock(minute: int) -> str:
    return time_text(time(minute % DAY // 60, minute % 60))


@dataclass(frozen=True, slots=True)
class Guest:
    """What tells whether a change touches somebody: where they belong, when they come and which visits they chose."""

    category: str
    partner_id: int | None
    person_id: int | None = None
    dates: frozenset[date] = frozenset()
    visits: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom an item is for: its audience, the partners named, its speakers, and whether one had to choose it."""

    audience: str
    partners: frozenset[int]
    speakers: frozenset[int] = field(default_factory=frozenset)
    chosen: bool = False


def reaches(before: Rows | None, after: Rows) -> dict[int, Reach]:
    """Whom each item of two versions is for, as the newer one says."""
    found: dict[int, Reach] = {}
    for rows in filter(None, (before, after)):
        visits: Mapping[str, Mapping[str, object]] = rows.extras.get("visits", {})
        for item in rows.items:
            found[item.id or 0] = Reach(
                item.audience or rows.block[item.block_id or 0].audience,
                frozenset(item.partners),
                frozenset(one.person_id for one in rows.speakings if one.item_id == item.id),
                bool(visits.get(str(item.id), {}).get("visit")),
            )
    return found


def touches(one: Difference, guest: Guest, reach: Reach) -> bool:
    """Whether somebody is to be told: they speak there, or it is for them, on a day they come, a visit they chose."""
    if guest.person_id is not None and guest.person_id in reach.speakers:
        return True
    if reach.audience == "named" and guest.partner_id not in reach.partners:
        return False
    if guest.category not in CATEGORIES.get(reach.audience, (guest.category,)):
        return False
    if reach.chosen and one.item_id not in guest.visits:
        return False
    days = {slot.day for slot in (one.before, one.after) if slot}
    return not guest.dates or bool(days & guest.dates)
