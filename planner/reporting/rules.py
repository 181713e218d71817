"""How the project's figures are counted: pure, from lines of presence to numbers."""

from collections.abc import Iterable
from dataclasses import dataclass

from planner.names import fold

UNCOUNTED = frozenset({"interpreter"})
"""Categories that ride and eat but neither sign nor count."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody was there: a signature or a line of the log, with whom that person stands for."""

    category: str
    partner_id: int | None
    organisation_id: int | None
    organisation: str


def organisation_of(presence: Presence) -> tuple[str, object]:
    """What tells one organisation from another: its record, else its name as typed, else the partner itself."""
    if presence.organisation_id is not None:
        return "organisation", presence.organisation_id
    if presence.organisation:
        return "name", fold(presence.organisation)
    return "partner", presence.partner_id


def organisations(presences: Iterable[Presence]) -> int:
    """How many organisations had at least one counted participant."""
    return len({organisation_of(presence) for presence in presences if presence.category not in UNCOUNTED})


@dataclass(frozen=True, slots=True)
class Progress:
    """A figure against its target."""

    reached: int
    target: int

    @property
    def percent(self) -> int:
        """Progress in whole percent, at most 100."""
        return min(100, self.reached * 100 // self.target) if self.target else 0
