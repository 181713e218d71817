"""The retention plan for the whole installation, from the command line: what it would take, and taking it."""

from __future__ import annotations

from planner import db
from planner.admin import inventory
from planner.admin.actions import PLANNER, clear_everywhere
from planner.admin.tables import RetentionRun
from planner.clock import now


def expected() -> dict[str, int]:
    """What a run would take now, by kind. Nothing is changed."""
    with db.read() as session:
        return inventory.expected(session, now())


def carry_out() -> dict[str, int]:
    """Carry out the plan, whether or not that was done today; how much of each kind went."""
    with db.write() as session:
        run = RetentionRun(at=now(), actor=PLANNER)
        run.counts = counts = clear_everywhere(session, run.at)
        session.add(run)
    db.shred()
    return counts
