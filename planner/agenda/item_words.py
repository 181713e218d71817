"""An item field by field in words: two versions of it side by side when two people were at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from planner.agenda.entry import ItemValues, Spoken
from planner.agenda.item_form import Offered, Option
from planner.db import Texts
from planner.language import _, language_text, listed, time_text


class Difference(NamedTuple):
    """A field that differs: its label, what the reader wrote, and what somebody else has saved."""

    label: str
    mine: str
    theirs: str


def labels() -> dict[str, str]:
    """The fields of an item by name, as the form calls them."""
    return {
        "title": _("Title"),
        "starts": _("Starts"),
        "ends": _("Ends"),
        "minutes": _("Length in minutes"),
        "kind": _("Kind"),
        "place": _("Room or place"),
        "track": _("Track"),
        "parent": _("Stands below"),
        "text": _("Description"),
        "points": _("Points"),
        "speakers": _("Speakers"),
        "audience": _("For whom"),
        "partners": _("Named partners"),
        "hidden": _("Not on the public agenda"),
        "mode": _("How one takes part"),
        "language": _("Language"),
        "interpretation": _("Interpretation into"),
        "capacity": _("Places"),
        "evidence": _("Belongs into the evidence file"),
        "own_expense": _("Everyone pays for themselves"),
        "practices": _("Good practices it shows"),
    }


def differences(mine: ItemValues, theirs: ItemValues, offer: Offered) -> list[Difference]:
    """The fields in which two versions of an item differ, in the order of the form."""
    one, other = in_words(mine, offer), in_words(theirs, offer)
    return [Difference(label, one[name], other[name]) for name, label in labels().items() if one[name] != other[name]]


def in_words(values: ItemValues, offer: Offered) -> dict[str, str]:
    """Every field of an item as somebody reads it."""
    return {
        "title": said_in_all(values.title),
        "starts": time_text(values.starts) if values.starts else "",
        "ends": time_text(values.ends) if values.ends else "",
        "minutes": str(values.minutes or ""),
        "kind": _word(values.kind, offer.kinds),
        "place": _word(str(values.place_id), offer.places),
        "track": values.track,
        "parent": _word(str(values.parent_id), offer.parents),
        "text": said_in_all(values.text),
        "points": "\n".join(said_in_all(point) for point in values.points),
        "speakers": "\n".join(_speaker(one, offer) for one in values.speakers),
        "audience": _word(values.audience, offer.audiences),
        "partners": _words(map(str, values.partners), offer.partners),
        "hidden": yes_or_no(values.hidden),
        "mode": _word(values.mode, offer.modes),
        "language": _word(values.language, offer.spoken),
        "interpretation": _words(values.interpretation, offer.spoken),
        "capacity": "" if values.capacity is None else str(values.capacity),
        "evidence": yes_or_no(values.evidence),
        "own_expense": yes_or_no(values.own_expense),
        "practices": _words(map(str, values.practices), offer.practices),
    }


def said_in_all(texts: Texts) -> str:
    """A text in all its languages: one needs no name, several do."""
    if len(texts) == 1:
        return next(iter(texts.values()))
    return "\n".join(f"{language_text(code)}: {text}" for code, text in sorted(texts.items()))


def _word(value: str, options: Iterable[Option]) -> str:
    return dict(options).get(value, "")


def _words(values: Iterable[str], options: Iterable[Option]) -> str:
    known: Mapping[str, str] = dict(options)
    return listed(known.get(value, value) for value in sorted(values))


def _speaker(one: Spoken, offer: Offered) -> str:
    here = listed([one.function, one.organisation])
    mode = _("Online") if one.mode == "online" else ""
    parts = [offer.people.get(one.person, ""), here, _word(one.role, offer.roles), mode]
    return " · ".join(part for part in parts if part)


def yes_or_no(value: bool) -> str:
    """A tick in words."""
    return _("yes") if value else _("no")
