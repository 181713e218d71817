"""Words for what the agenda stores as codes, in the reader's language."""

from __future__ import annotations

from planner.language import _


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
    """For whom a block is; nothing for one that is open to everybody."""
    words = {"partners": _("Partners and their stakeholders"), "steering_group": _("Steering group only")}
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
