"""The forms of a day and of a block: how they look in them, and what comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from planner.agenda.entry import BlockValues, DayValues
from planner.agenda.item_form import Option, texts_of
from planner.agenda.item_words import Difference, said_in_all, yes_or_no
from planner.agenda.rules import AUDIENCES
from planner.agenda.tables import Day
from planner.agenda.words import audience_text
from planner.db import Texts
from planner.forms import Check, Typed
from planner.language import _, day_text


def audiences() -> list[Option]:
    """For whom a block can be."""
    return [(one, audience_text(one) or _("Everybody")) for one in AUDIENCES if one != "named"]


def day_typed(values: DayValues, version: int, languages: Iterable[str]) -> Typed:
    """A day as its form shows it."""
    shown = {"version": [str(version)], "date": [values.date.isoformat()], "chair": [str(values.chair_id or "")]}
    return Typed(shown | _shown("note", values.note, languages))


def read_day(check: Check, languages: Iterable[str], people: Iterable[int]) -> DayValues:
    """A day as it was typed; what cannot be taken is said in `check`."""
    chair = check.choice("chair", [str(number) for number in people])
    day = calendar_day(check, "date", needed=_("Please write the date."))
    note = texts_of(check, "note", languages, limit=200)
    return DayValues(day or date.min, int(chair) if chair else None, note)


def calendar_day(check: Check, name: str, *, needed: str = "") -> date | None:
    """A date as browsers send it."""
    value = check.text(name, needed=needed, limit=10)
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        check.wrong(name, _("Please write the date like 2027-05-14."))
        return None


def block_typed(values: BlockValues, version: int, languages: Iterable[str]) -> Typed:
    """A block as its form shows it."""
    shown = {
        "version": [str(version)],
        "day_of": [str(values.day_id)],
        "audience": [values.audience],
        "hidden": ["yes"] if values.hidden else [],
    }
    return Typed(shown | _shown("title", values.title, languages))


def read_block(check: Check, languages: Iterable[str], days: Iterable[int]) -> BlockValues:
    """A block as it was typed."""
    day = check.choice("day_of", [str(number) for number in days], needed=_("Please choose the day."))
    return BlockValues(
        day_id=int(day) if day else 0,
        title=texts_of(check, "title", languages, limit=200),
        audience=check.choice("audience", [value for value, _text in audiences()]) or "public",
        hidden=check.tick("hidden"),
    )


def _shown(name: str, texts: Texts, languages: Iterable[str]) -> dict[str, list[str]]:
    return {f"{name}_{code}": [texts.get(code, "")] for code in dict.fromkeys([*languages, *texts])}


def day_words(mine: DayValues, theirs: DayValues, people: Mapping[int, str]) -> list[Difference]:
    """Where two versions of a day differ."""
    pairs = [
        Difference(_("Date"), day_text(mine.date), day_text(theirs.date)),
        Difference(_("Heading"), said_in_all(mine.note), said_in_all(theirs.note)),
        Difference(_("Chair"), people.get(mine.chair_id or 0, ""), people.get(theirs.chair_id or 0, "")),
    ]
    return [pair for pair in pairs if pair.mine != pair.theirs]


def block_words(mine: BlockValues, theirs: BlockValues, days: Mapping[int, Day]) -> list[Difference]:
    """Where two versions of a block differ."""
    known, dates = dict(audiences()), {number: day_text(day.date) for number, day in days.items()}
    pairs = [
        Difference(_("Title"), said_in_all(mine.title), said_in_all(theirs.title)),
        Difference(_("Day"), dates.get(mine.day_id, ""), dates.get(theirs.day_id, "")),
        Difference(_("For whom"), known.get(mine.audience, ""), known.get(theirs.audience, "")),
        Difference(_("Not on the public agenda"), yes_or_no(mine.hidden), yes_or_no(theirs.hidden)),
    ]
    return [pair for pair in pairs if pair.mine != pair.theirs]
