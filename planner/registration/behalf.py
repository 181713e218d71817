"""Who sends a registration in: the person itself, or somebody who answers for a delegation."""

from __future__ import annotations

from dataclasses import dataclass

from planner.registration.agreement import REGISTRANT


@dataclass(frozen=True, slots=True)
class Behalf:
    """`actor` goes into the history, `name` is told to the person, and the registration joins the delegation."""

    actor: str = REGISTRANT
    name: str = ""
    delegation_id: int | None = None


ONESELF = Behalf()
