"""What people are told about places that are taken, in their language."""

from __future__ import annotations

from collections.abc import Collection

from planner.language import _
from planner.registration.pools import Pool


def no_place(lacking: Collection[Pool]) -> str:
    """Why a change is not possible: the places it would newly need are taken."""
    names = {name for name, _partner, _category in lacking}
    if "quota" in names:
        return _("All places of that partner are taken. You keep what you have.")
    if "on_site" in names:
        return _("All places on site are taken. You keep what you have.")
    return _("All places online are taken. You keep what you have.")


def no_visit() -> str:
    """Why a change of visits is not possible."""
    return _("These visits are full. You keep the seat you have: choose it again, or a visit with free seats.")
