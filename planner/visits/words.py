"""Words for what study visits and transport store as codes, in the reader's language."""

from __future__ import annotations

from planner.language import _


def ride_text(mode: str) -> str:
    """How people are moved."""
    return {"coach": _("Coach"), "minibus": _("Minibus"), "foot": _("On foot"), "train": _("Train")}.get(mode, mode)
