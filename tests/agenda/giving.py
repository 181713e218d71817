"""Giving agendas out in tests: as organisers do, or as if what stands in the tables had always been given out."""

from __future__ import annotations

from sqlmodel import Session, col, select

from planner import db
from planner.agenda import releases
from planner.agenda.tables import Item, Release
from planner.meetings.queries import Found, find
from planner.meetings.tables import Meeting
from planner.visits.releases import SECTION, freeze

ACTOR = "ana@planner.example"


def publish(meeting: str, state: str = "final") -> Release:
    """Give out the draft of one of the demo's meetings as its next version."""
    with db.write() as session:
        found = find(session, "secon", meeting)
        return releases.publish(session, found, ACTOR, state, {SECTION: freeze(session, found.meeting.id or 0)})


def give_out_anew(session: Session) -> None:
    """Let the newest version of every meeting hold what stands in the tables now."""
    session.flush()
    for meeting in session.exec(select(Meeting)).all():
        release = releases.latest_release(session, meeting.id or 0)
        if release is not None:
            extras = {SECTION: freeze(session, meeting.id or 0)}
            release.content = releases.freeze(session, meeting, extras, release.released_at)
            releases.give_out(session, release)


def item(session: Session, meeting: str, slug: str) -> Item:
    """An item of the draft."""
    query = select(Item).join(Meeting, col(Meeting.id) == Item.meeting_id)
    return session.exec(query.where(Meeting.slug == meeting, Item.slug == slug)).one()


def found(session: Session, meeting: str) -> Found:
    """One of the demo's meetings."""
    return find(session, "secon", meeting)
