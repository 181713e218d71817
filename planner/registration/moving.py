"""Somebody's e-mail address changes: the old one is told, in case it was not they who did it."""

from __future__ import annotations

from planner.letter import Letter
from planner.registration.letters import plain
from planner.registration.offer import Offer
from planner.registration.tables import Registration


def masked(email: str) -> str:
    """An address that its owner recognises and nobody else can use: a•••@example.org."""
    local, _at, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def to_old_address(offer: Offer, row: Registration, new: str) -> Letter:
    """The letter to the address that the registration still has; `new` is the one it will get."""
    return plain("registration/letters/moved.html", offer, row, new=masked(new))
