"""The retention plan for the whole installation, from the command line: what it would take, and taking it."""

from __future__ import annotations

from sqlmodel import Session, select

from planner import db
from planner.admin import traces
from planner.admin.actions import PLANNER, clear_everywhere
from planner.admin.retention import overview
from planner.admin.rules import AUDIT, KINDS, LETTERS
from planner.admin.tables import RetentionRun
from planner.clock import now
from planner.consortium.tables import Project
from planner.meetings.queries import Found, all_meetings


def expected() -> dict[str, int]:
    """What a run would take now, by kind. Nothing is changed."""
    moment = now()
    with db.read() as session:
        counts = dict.fromkeys(KINDS, 0)
        for found in _meetings(session):
            for kept in overview(session, found, moment):
                counts[kept.kind] += kept.due
        counts[LETTERS], counts[AUDIT] = traces.count_old(session, moment)
    return {kind: number for kind, number in counts.items() if number}


def _meetings(session: Session) -> list[Found]:
    projects = session.exec(select(Project)).all()
    return [Found(project, meeting) for project in projects for meeting in all_meetings(session, project.id or 0)]


def carry_out() -> dict[str, int]:
    """Carry out the plan, whether or not that was done today; how much of each kind went."""
    with db.write() as session:
        run = RetentionRun(at=now(), actor=PLANNER)
        run.counts = counts = clear_everywhere(session, run.at)
        session.add(run)
    db.shred()
    return counts
