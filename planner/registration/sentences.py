"""What people are told about places that are taken, in their language."""

from __future__ import annotations

from collections.abc import Collection

from planner.language import _, ngettext, say
from planner.registration.offer import Offer
from planner.registration.placing import named
from planner.registration.pools import Pool
from planner.registration.words import category_text


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


def pool_text(offer: Offer, pool: Pool) -> str:
    """What a pool is called."""
    kind, number, key = pool
    if kind in ("on_site", "online"):
        return _("On site") if kind == "on_site" else _("Online")
    if kind == "quota":
        partner = next((one for one in offer.partners if one.id == number), None)
        return f"{partner.short if partner else number}: {category_text(key)}"
    thing = named(offer, pool)
    return ": ".join(part for part in (say(thing.question).text, say(thing.title).text) if part)


def given_by_hand(offer: Offer, pool: Pool, reason: str) -> str:
    """What the history says of a place that an organiser gave."""
    return _("%(place)s, given by an organiser: %(reason)s") % {"place": pool_text(offer, pool), "reason": reason}


def cost_text(offer: Offer, pool: Pool, taken: int, size: int, passed: int) -> str:
    """What giving a place costs, with its numbers."""
    name, after = pool_text(offer, pool), taken + 1
    parts = []
    if taken >= size:
        parts.append(
            _("%(name)s: %(taken)d of %(size)d places are taken. With this one it would be %(after)d of %(size)d.")
            % {"name": name, "taken": taken, "size": size, "after": after}
        )
    if passed:
        waits = ngettext(
            "%(count)d person has waited longer for it.", "%(count)d people have waited longer for it.", passed
        ) % {"count": passed}  # fmt: skip
        parts.append(waits if parts else f"{name}: {waits}")
    return " ".join(parts)
