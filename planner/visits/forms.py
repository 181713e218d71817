"""The desk's forms of a visit, a stop and a ride: what they offer, how a row looks in them, what comes out of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time

from sqlmodel import Session

from planner.agenda.item_form import clock_time, texts_of, whole_number
from planner.agenda.speaker_lines import directory
from planner.consortium.queries import organisations
from planner.db import Texts
from planner.forms import Check, Typed
from planner.language import NAMES, _, language_text, say
from planner.materials.document_forms import title_languages
from planner.meetings.queries import Found, places
from planner.visits.entry import MOST_PEOPLE, RideValues, StopValues, VisitValues
from planner.visits.rules import ON_FOOT, RIDES, WALKING
from planner.visits.words import ride_text, walking_text

Option = tuple[str, str]
"""A value and its words."""
MOST_VEHICLES = 99


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen in these forms."""

    languages: tuple[str, ...]
    hosts: tuple[Option, ...]
    people: tuple[Option, ...]
    places: tuple[Option, ...]
    spoken: tuple[Option, ...]
    walking: tuple[Option, ...]
    rides: tuple[Option, ...]


def offered(session: Session, found: Found) -> Offered:
    """What a visit or ride of this meeting can be, in a constant number of questions."""
    hosts = organisations(session, found.project.id or 0)
    there = places(session, found.meeting.id or 0)
    return Offered(
        languages=title_languages(found.meeting),
        hosts=_sorted((str(row.id), say(row.names).text) for row in hosts),
        people=tuple((str(number), label) for number, label in directory(session, found).items()),
        places=tuple((str(number), say(place.name).text) for number, place in there.items()),
        spoken=tuple((code, language_text(code)) for code in NAMES),
        walking=tuple((level, walking_text(level)) for level in WALKING),
        rides=tuple((mode, ride_text(mode)) for mode in RIDES),
    )


def _sorted(options: Iterable[Option]) -> tuple[Option, ...]:
    return tuple(sorted(options, key=lambda option: option[1].casefold()))


def read_visit(check: Check, offer: Offered) -> VisitValues:
    """What the form of a visit says; mistakes are in the check."""
    capacity = whole_number(check, "capacity", 0, MOST_PEOPLE)
    if capacity is None:
        check.wrong("capacity", _("Please write how many people the hosts can take."))
    return VisitValues(
        host_id=_chosen(check, "host_id", offer.hosts),
        contact_id=_chosen(check, "contact_id", offer.people),
        guide_id=_chosen(check, "guide_id", offer.people),
        language=check.choice("language", _values(offer.spoken), needed=_("Please choose the language spoken there.")),
        walking=check.choice("walking", WALKING),
        capacity=capacity or 0,
        photos=texts_of(check, "photos", offer.languages, limit=500, lines=True),
        access=texts_of(check, "access", offer.languages, limit=500, lines=True),
    )


def read_stop(check: Check, offer: Offered) -> StopValues:
    """What the form of a stop says."""
    name = texts_of(check, "name", offer.languages, limit=200)
    if not name:
        check.wrong(f"name_{offer.languages[0]}", _("Please write what is visited there."))
    return StopValues(
        name=name,
        address=check.text("address", needed=_("Please write the address, so that everybody finds it."), limit=300),
        arrives=_time(check, "arrives", _("Please write when you arrive there.")),
        leaves=_time(check, "leaves", _("Please write when you leave again.")),
    )


def read_ride(check: Check, offer: Offered) -> RideValues:
    """What the form of a ride says. On foot nobody counts seats."""
    mode = check.choice("mode", RIDES, needed=_("Please choose how people are moved."))
    seats = whole_number(check, "seats", 0, MOST_PEOPLE)
    if mode != ON_FOOT and seats is None:
        check.wrong("seats", _("Please write how many seats there are, without the drivers'."))
    return RideValues(
        mode=mode,
        from_place_id=_chosen(check, "from_place_id", offer.places),
        to_place_id=_chosen(check, "to_place_id", offer.places),
        be_there=_time(check, "be_there", _("Please write when people have to be there.")),
        departs=_time(check, "departs", _("Please write when it departs.")),
        arrives=_time(check, "arrives", _("Please write when it arrives, or is back.")),
        seats=seats,
        vehicles=whole_number(check, "vehicles", 1, MOST_VEHICLES) or 1,
        wheelchair_places=whole_number(check, "wheelchair_places", 0, MOST_PEOPLE),
        last_return=clock_time(check, "last_return"),
    )


def _time(check: Check, name: str, needed: str) -> time:
    return clock_time(check, name, needed=needed) or time()


def _chosen(check: Check, name: str, options: Iterable[Option]) -> int | None:
    value = check.choice(name, _values(options))
    return int(value) if value else None


def _values(options: Iterable[Option]) -> list[str]:
    return [value for value, _text in options]


def as_typed(values: VisitValues | StopValues | RideValues | None, version: int) -> Typed:
    """Values as their form shows them; an empty form without."""
    shown = {"version": [str(version)]}
    for name, value in values.columns().items() if values else ():
        if isinstance(value, Mapping):
            shown |= {f"{name}_{code}": [text] for code, text in value.items()}
        else:
            shown[name] = [f"{value:%H:%M}" if isinstance(value, time) else "" if value is None else str(value)]
    return Typed(shown)


def version_in(typed: Typed) -> int:
    """The version that a form was read at; one that nothing has for anything else."""
    value = typed.one("version")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else -1


def labels() -> dict[str, str]:
    """What the fields are called; texts without their language."""
    return {
        "host_id": _("Host organisation"),
        "contact_id": _("Contact"),
        "guide_id": _("Guide"),
        "language": _("Language"),
        "walking": _("Walking"),
        "capacity": _("People the hosts can take"),
        "photos": _("Photos"),
        "access": _("Access"),
        "name": _("What is visited"),
        "address": _("Address"),
        "arrives": _("Arrival"),
        "leaves": _("Departure"),
        "mode": _("Vehicle"),
        "from_place_id": _("Meeting point"),
        "to_place_id": _("To"),
        "be_there": _("Be there at"),
        "departs": _("Departure"),
        "seats": _("Seats"),
        "vehicles": _("Number of vehicles"),
        "wheelchair_places": _("Wheelchair places"),
        "last_return": _("Last return"),
    }


Line = tuple[str, str, str]
"""A field, what one of two organisers wrote, and what the other saved."""


def compared(mine: object, theirs: object, offer: Offered) -> list[Line]:
    """The fields in which two versions differ, in words; none when one of them is not there."""
    if not isinstance(mine, VisitValues | StopValues | RideValues) or type(mine) is not type(theirs):
        return []
    other = theirs.columns()
    called = labels()
    return [
        (called[name], _word(name, value, offer), _word(name, other[name], offer))
        for name, value in mine.columns().items()
        if value != other[name]
    ]


def _word(name: str, value: object, offer: Offered) -> str:
    options = {
        "host_id": offer.hosts, "contact_id": offer.people, "guide_id": offer.people, "language": offer.spoken,
        "walking": offer.walking, "from_place_id": offer.places, "to_place_id": offer.places, "mode": offer.rides,
    }.get(name, ())  # fmt: skip
    if isinstance(value, Mapping):
        return _texts(value)
    written = f"{value:%H:%M}" if isinstance(value, time) else "" if value is None else str(value)
    return dict(options).get(written, written)


def _texts(texts: Texts | Mapping[str, str]) -> str:
    return " / ".join(f"{text} ({code})" for code, text in texts.items())
