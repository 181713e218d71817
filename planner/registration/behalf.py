"""Who sends a registration in: the person itself, or somebody who answers for a delegation."""

from __future__ import annotations

from dataclasses import dataclass

from planner.registration.agreement import REGISTRANT


@dataclass(frozen=True, slots=True)
class Behalf:
    """`actor` goes into the history, `name` is told to the person, and the registration joins the delegation.

    An exception from the deadline for the `contact`'s address counts for the person too. `approved`: nobody has to
    say yes any more.
    """

    actor: str = REGISTRANT
    name: str = ""
    delegation_id: int | None = None
    contact: str = ""
    approved: bool = False


ONESELF = Behalf()
