"""Words for what hosts do, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from planner.hosting.rules import Facts, Step
from planner.language import _, day_text, days_text, language_text, ngettext, say


class Advice(NamedTuple):
    """The next thing to do: a sentence, what the button says, and where it leads below the desk."""

    sentence: str
    button: str
    path: str


def advice(step: Step, facts: Facts) -> Advice:
    """The one next thing to do, in words."""
    see = (_("See the registrations"), "/registrations")
    told = {
        Step.CANCELLED: (_("This meeting is cancelled."), *see),
        Step.LOOK: (_look(facts.looks), _("Go through the list"), "#look"),
        Step.BUILD: (_("The agenda is empty. Write down what happens when."), _("Build the agenda"), "/agenda"),
        Step.FIRST: (_("Nobody has seen the agenda yet."), _("Look it over and publish"), "/publication"),
        Step.DECIDE: (_waits(facts.submitted), _("Decide now"), "/registrations?status=submitted"),
        Step.GIVE_OUT: (
            _("The agenda was changed and readers still see the version before."),
            _("See the changes and publish"),
            "/publication",
        ),
        Step.OFFER: (_("Nobody can register yet."), _("Set up registration"), "/registration-form"),
        Step.FINAL: (_("The meeting is near and its agenda is not final."), _("Publish it as final"), "/publication"),
        Step.OPENS_LATER: (_on(_("Registration opens on %(day)s."), facts.opens), *see),
        Step.OPEN: (_on(_("Nothing to decide. Registration is open until %(day)s."), facts.closes), *see),
        Step.PRINT: (_("Registration is closed. Print the papers for the first day."), _("Print papers"), "/papers"),
        Step.SIGN: (_("The meeting is on: everybody signs the list of the day."), _("Print papers"), "/papers"),
        Step.AS_HELD: (
            _("The meeting is over. Correct the agenda to what really happened and publish it as held."),
            _("Publish as held"),
            "/publication",
        ),
        Step.MINUTES: (
            _("The meeting is over. Add the minutes and the presentations."),
            _("Add documents"),
            "/documents",
        ),
        Step.DONE: (_("The meeting is over. Its lists and figures stay here."), *see),
    }
    return Advice(*told[step])


def _look(number: int) -> str:
    return ngettext(
        "%(number)d thing was copied and needs a look.", "%(number)d things were copied and need a look.", number
    ) % {"number": number}


def _waits(number: int) -> str:
    return ngettext(
        "%(number)d registration waits for your decision.", "%(number)d registrations wait for your decision.", number
    ) % {"number": number}


def _on(sentence: str, day: date | None) -> str:
    return sentence % {"day": day_text(day, "d MMMM y") if day else "?"}


def milestone_text(key: str) -> str:
    """A stretch of a meeting's way."""
    words = {
        "announced": _("Announced"),
        "registration": _("Registration"),
        "numbers": _("Numbers for food and buses"),
        "papers": _("Papers printed"),
        "held": _("The meeting"),
        "as_held": _("Agenda as held"),
        "report": _("Minutes and report"),
    }
    return words.get(key, key)


def span_text(first: date | None, last: date | None) -> str:
    """One day or several; nothing when no date is set."""
    if first is None:
        return day_text(last, "d MMMM y") if last else ""
    return days_text(first, last or first)


def look_text(topic: str, details: Mapping[str, Any]) -> str:
    """What of a copied meeting needs a look, as a sentence."""
    words = {
        "weekday": _("The first day is a %(new)s now, it was a %(old)s: opening hours, arrival, weekend."),
        "past": _("The last day to register is over already."),
        "clock": _("“%(name)s” is at a time that the clock change skips or repeats."),
        "venue": _("Venue: is “%(name)s” right, booked and reachable?"),
        "rooms": _("Rooms: %(name)s. What are they called now, how many seats do they have?"),
        "place": _("Place: “%(name)s”"),
        "visit": _("Study visit: “%(name)s”. Host, guide, stops and opening hours."),
        "ride": _("Transport: “%(name)s”. Vehicle, meeting points and times."),
        "contact": _("Contact: %(name)s"),
        "link": _("Link for those who join online: %(name)s"),
        "privacy": _(
            "Who answers for people's data has changed: write down how to reach their data protection officer."
        ),
        "languages": _("Languages: which ones are spoken and interpreted now?"),
        "text": _("The text “%(name)s” names the place before: %(found)s"),
        "speakers": _("Speakers were kept: do they come to “%(name)s” too?"),
        "quota": _("Places per partner were kept: do they still fit?"),
    }
    return words.get(topic, topic) % _said(details)


def _said(details: Mapping[str, Any]) -> dict[str, str]:
    """Names in several languages in the reader's, weekdays by their number."""
    shown = {name: say(value).text if isinstance(value, dict) else str(value) for name, value in details.items()}
    return shown | {name: day_text(date.fromisoformat(shown[name]), "EEEE") for name in ("new", "old") if name in shown}


LOOK_PATHS = {
    "weekday": "/agenda",
    "past": "/registration-form",
    "clock": "/agenda",
    "venue": "/places",
    "rooms": "/places",
    "place": "/places",
    "visit": "/visits",
    "ride": "/visits",
    "contact": "/settings",
    "link": "/settings",
    "privacy": "/registration-form",
    "languages": "/settings",
    "text": "/texts",
    "speakers": "/agenda",
    "quota": "/registration-form",
}
"""Where below the desk a thing can be put right."""


def field_text(name: str) -> str:
    """A text of a meeting that exists per language."""
    words = {
        "title": _("Title"),
        "summary": _("In a few sentences"),
        "place": _("Town"),
        "access": _("Access for everybody"),
        "travel": _("Getting there"),
        "online_note": _("Joining online"),
    }
    return words.get(name, name)


def language_choices(codes: list[str]) -> list[tuple[str, str]]:
    """Languages to choose from, as the reader calls them."""
    return [(code, language_text(code)) for code in codes]


def tell_state(state: str) -> tuple[str, str]:
    """A state an agenda can be given out in: its name and what it means."""
    words = {
        "provisional": (_("Provisional"), _("May still change. Paper carries a watermark with version and date.")),
        "final": (_("Final"), _("As it will be. Later changes are told to everybody they touch.")),
        "held": (_("As held"), _("After the meeting: what really happened, for the file.")),
    }
    return words[state]
