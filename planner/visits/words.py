"""Words for what study visits and transport store as codes, in the reader's language."""

from __future__ import annotations

from planner.language import _


def ride_text(mode: str) -> str:
    """How people are moved."""
    return {"coach": _("Coach"), "minibus": _("Minibus"), "foot": _("On foot"), "train": _("Train")}.get(mode, mode)


def walking_text(level: str) -> str:
    """How much walking a visit asks of people; nothing while nobody said."""
    words = {
        "easy": _("Easy: short level ways"),
        "moderate": _("Moderate: some stairs or longer ways"),
        "demanding": _("Demanding: long or steep ways"),
    }
    return words.get(level, level)
