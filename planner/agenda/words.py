"""Words for what the agenda stores as codes, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from planner.agenda.tables import Release
from planner.clock import local
from planner.db import Texts
from planner.language import _, day_text, language_text, listed, say


def kind_text(kind: str) -> str:
    """The kind of an item."""
    words = {
        "registration": _("Registration"),
        "welcome": _("Welcome"),
        "presentation": _("Presentation"),
        "discussion": _("Discussion"),
        "workshop": _("Workshop"),
        "decision": _("Decision"),
        "steering_group": _("Steering group"),
        "visit": _("Study visit"),
        "break": _("Break"),
        "lunch": _("Lunch"),
        "dinner": _("Dinner"),
        "transfer": _("Transfer"),
        "walk": _("Walk"),
        "press": _("Press"),
        "free_time": _("Free time"),
        "closing": _("Closing"),
    }
    return words.get(kind, kind)


def mode_text(mode: str) -> str:
    """How one takes part."""
    words = {"on_site": _("On site"), "online": _("Online"), "hybrid": _("On site and online")}
    return words.get(mode, mode)


def audience_text(audience: str) -> str:
    """For whom a block or item is; nothing for one that is open to everybody."""
    words = {
        "partners": _("Partners and their stakeholders"),
        "steering_group": _("Steering group only"),
        "stakeholders": _("Stakeholders"),
        "named": _("Named partners"),
    }
    return words.get(audience, "")


def role_text(role: str) -> str:
    """What somebody does in an item; nothing for a plain speaker."""
    words = {"moderator": _("Moderator"), "panel": _("Panel"), "chair": _("Chair"), "welcome": _("Words of welcome")}
    return words.get(role, "")


def state_text(state: str) -> str:
    """How settled an agenda is."""
    words = {
        "planned": _("Planned"),
        "provisional": _("Provisional"),
        "final": _("Final"),
        "held": _("As held"),
    }
    return words.get(state, state)


def track_text(track: str, name: Texts | None = None) -> str:
    """A track by its name in the reader's language; without one by its code: `a` is A, `route-b` is Route b."""
    if name and (said := say(name).text):
        return said
    return track.upper() if len(track) == 1 else track.replace("-", " ").capitalize()


def version_text(release: Release | None, zone: str) -> str:
    """Which version of the agenda this is; nothing when none was given out."""
    if release is None:
        return ""
    day = day_text(local(release.released_at, zone).date(), "d MMMM y")
    facts = {"state": state_text(release.state), "number": release.number, "day": day}
    return _("%(state)s, version %(number)s of %(day)s") % facts


def languages_text(codes: Iterable[str]) -> str:
    """The names of several languages."""
    return listed(map(language_text, codes))
