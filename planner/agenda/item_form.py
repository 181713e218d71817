"""The form of an item: what it offers, how an item looks in it, and what comes out of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from itertools import zip_longest

from sqlmodel import Session, col, select

from planner.agenda.entry import ItemValues
from planner.agenda.rows import Rows, drafted
from planner.agenda.rules import AUDIENCES, KINDS, LONGEST, MODES, ROLES
from planner.agenda.speaker_lines import directory, read_speakers, typed_speakers
from planner.agenda.tables import Item
from planner.agenda.words import audience_text, kind_text, mode_text, role_text
from planner.consortium.queries import PartnerRow, partners
from planner.consortium.tables import GoodPractice
from planner.db import Texts
from planner.forms import Check, Typed
from planner.language import NAMES, _, language_text, say, time_text
from planner.meetings.queries import Found

Option = tuple[str, str]
"""A value and its words."""
LARGEST_ROOM = 100_000
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.h]([0-5]\d)(?::\d\d)?")


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen in the form of an item. `parents` are items it can stand below, `people` names with
    organisation, by the number of the person.
    """

    languages: tuple[str, ...]
    kinds: tuple[Option, ...]
    modes: tuple[Option, ...]
    places: tuple[Option, ...]
    tracks: tuple[str, ...]
    parents: tuple[Option, ...]
    audiences: tuple[Option, ...]
    partners: tuple[Option, ...]
    practices: tuple[Option, ...]
    spoken: tuple[Option, ...]
    roles: tuple[Option, ...]
    people: Mapping[int, str]


def offered(session: Session, found: Found, item: Item) -> Offered:
    """What an item of this meeting can be, in a constant number of questions."""
    project_id = found.project.id or 0
    practices = session.exec(
        select(GoodPractice).where(GoodPractice.project_id == project_id).order_by(col(GoodPractice.slug))
    )
    consortium = partners(session, project_id, found.meeting.first_day)
    rows = drafted(session, found.meeting)
    return Offered(
        languages=_languages(found, consortium),
        kinds=tuple((kind, kind_text(kind)) for kind in KINDS),
        modes=tuple((mode, mode_text(mode)) for mode in MODES),
        places=tuple((str(place.id), say(place.name).text) for place in rows.places),
        tracks=tuple(sorted({row.track for row in rows.items if row.track})),
        parents=_parents(rows, item),
        audiences=tuple((one, audience_text(one) or _("Everybody")) for one in AUDIENCES),
        partners=tuple((str(row.id), f"{row.number} {row.short}") for row in consortium),
        practices=tuple((str(row.id), say(row.title).text) for row in practices),
        spoken=tuple((code, language_text(code)) for code in NAMES),
        roles=tuple((role, role_text(role) or _("Speaker")) for role in ROLES),
        people=directory(session, found),
    )


def written_languages(session: Session, found: Found) -> tuple[str, ...]:
    """The languages a meeting's texts are written in: its working language, English, and the host's."""
    return _languages(found, partners(session, found.project.id or 0, found.meeting.first_day))


def _languages(found: Found, consortium: Iterable[PartnerRow]) -> tuple[str, ...]:
    host = next((row.language for row in consortium if row.id == found.meeting.host_partner_id), "en")
    return tuple(dict.fromkeys([found.meeting.working_language, "en", host]))


def _parents(rows: Rows, item: Item) -> tuple[Option, ...]:
    """The items of its day that it can stand below; none when others stand below it."""
    if item.block_id not in rows.block or rows.below.get(item.id or 0):
        return ()
    there = rows.tops[rows.block[item.block_id or 0].day_id]
    return tuple(
        (str(row.id), f"{time_text(row.starts) if row.starts else ''} {say(row.title).text}")
        for row in there
        if row.id != item.id
    )


def as_typed(values: ItemValues, version: int, offer: Offered) -> Typed:
    """An item as its form shows it."""
    shown: dict[str, list[str]] = {
        "version": [str(version)],
        "starts": [_wall(values.starts)],
        "ends": [_wall(values.ends)],
        "minutes": [str(values.minutes or "")],
        "kind": [values.kind],
        "place": [str(values.place_id or "")],
        "track": [values.track],
        "parent": [str(values.parent_id or "")],
        "mode": [values.mode],
        "language": [values.language],
        "audience": [values.audience],
        "capacity": ["" if values.capacity is None else str(values.capacity)],
        "interpretation": list(values.interpretation),
        "partners": [str(number) for number in values.partners],
        "practices": [str(number) for number in values.practices],
        **{name: ["yes"] for name in ("evidence", "own_expense", "hidden") if getattr(values, name)},
    }
    for code in {*offer.languages, *values.title, *values.text}:
        shown[f"title_{code}"] = [values.title.get(code, "")]
        shown[f"text_{code}"] = [values.text.get(code, "")]
        shown[f"points_{code}"] = ["\n".join(point.get(code, "") for point in values.points).strip("\n")]
    return Typed(shown | typed_speakers(values.speakers, offer.people))


def _wall(wall: time | None) -> str:
    return f"{wall:%H:%M}" if wall else ""


def tongues(typed: Typed, offer: Offered) -> tuple[str, ...]:
    """The languages that the form has fields for: those of the meeting, and any other that has a text."""
    written = [name.partition("_")[2] for name in typed.values if name.startswith("title_") and typed.one(name)]
    return tuple(dict.fromkeys([*offer.languages, *sorted(code for code in written if code in NAMES)]))


def read_item(check: Check, offer: Offered, *, scheduled: bool) -> ItemValues:
    """The values in a form; what cannot be taken is said in `check`. `scheduled` items need a start."""
    title = _texts(check, "title", offer, limit=300)
    if not title:
        check.wrong(f"title_{offer.languages[0]}", _("Please write a title, in one language at least."))
    parent = _number(check.choice("parent", _values(offer.parents)))
    needed = _("Please write when it starts.") if scheduled and parent is None else ""
    starts, ends = clock_time(check, "starts", needed=needed), clock_time(check, "ends")
    minutes = None if scheduled else whole_number(check, "minutes", 1, LONGEST)
    return ItemValues(
        kind=check.choice("kind", _values(offer.kinds), needed=_("Please choose what kind of item it is.")),
        starts=starts,
        ends=ends,
        minutes=None if starts and ends else minutes,
        title=title,
        text=_texts(check, "text", offer, limit=4000, lines=True),
        points=_points(check, offer),
        place_id=_number(check.choice("place", _values(offer.places))),
        track=check.text("track", limit=40),
        mode=check.choice("mode", _values(offer.modes), needed=_("Please choose how one takes part.")),
        evidence=check.tick("evidence"),
        own_expense=check.tick("own_expense"),
        capacity=_capacity(check),
        audience=check.choice("audience", _values(offer.audiences)),
        partners=_partners(check, offer),
        hidden=check.tick("hidden"),
        language=check.choice("language", _values(offer.spoken)),
        interpretation=tuple(check.ticks("interpretation", _values(offer.spoken))),
        parent_id=parent,
        practices=tuple(int(value) for value in check.ticks("practices", _values(offer.practices))),
        speakers=tuple(read_speakers(check, offer.people, _values(offer.roles))),
    )


def _values(options: Iterable[Option]) -> list[str]:
    return [value for value, _text in options]


def _number(value: str) -> int | None:
    return int(value) if value else None


def clock_time(check: Check, name: str, *, needed: str = "") -> time | None:
    """A time of day as people write it: 14:00, 9.15, 9h15."""
    value = check.text(name, needed=needed, limit=8)
    if not value:
        return None
    if found := _CLOCK.fullmatch(value):
        return time(int(found[1]), int(found[2]))
    check.wrong(name, _("Please write the time like 14:00."))
    return None


def whole_number(check: Check, name: str, least: int, most: int) -> int | None:
    """A number between two others, or nothing."""
    value = check.text(name, limit=9)
    if not value:
        return None
    if re.fullmatch(r"[+-]?[0-9]+", value) and least <= int(value) <= most:
        return int(value)
    check.wrong(
        name,
        _("Please write a whole number between %(least)d and %(most)d.") % {"least": least, "most": most},
    )
    return None


def _capacity(check: Check) -> int | None:
    return whole_number(check, "capacity", 0, LARGEST_ROOM)


def texts_of(check: Check, name: str, languages: Iterable[str], *, limit: int, lines: bool = False) -> Texts:
    """A text in several languages; those without one are left out."""
    written = {code: check.text(f"{name}_{code}", limit=limit, lines=lines) for code in languages}
    return {code: text for code, text in written.items() if text}


def _texts(check: Check, name: str, offer: Offered, *, limit: int, lines: bool = False) -> Texts:
    return texts_of(check, name, tongues(check.typed, offer), limit=limit, lines=lines)


def _points(check: Check, offer: Offered) -> tuple[Texts, ...]:
    """One point in a line; the first lines of all languages are the first point."""
    codes = tongues(check.typed, offer)
    written = [check.text(f"points_{code}", limit=4000, lines=True).split("\n") for code in codes]
    rows = zip_longest(*written, fillvalue="")
    points = [{code: line.strip() for code, line in zip(codes, row, strict=True) if line.strip()} for row in rows]
    return tuple(point for point in points if point)


def _partners(check: Check, offer: Offered) -> tuple[int, ...]:
    chosen = tuple(int(value) for value in check.ticks("partners", _values(offer.partners)))
    if check.typed.one("audience") != "named":
        return ()
    if not chosen:
        check.wrong("partners", _("Please tick the partners it is for."))
    return chosen
