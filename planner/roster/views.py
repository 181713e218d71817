"""Saved views: a list under a name, one's own or the team's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_
from sqlmodel import Session, col, select

from planner.accounts.permissions import Viewer
from planner.audit import note
from planner.errors import Missing, Refusal, Stale
from planner.language import _
from planner.meetings.queries import Found
from planner.names import sort_key
from planner.roster.selection import LARGEST_ID, of_query
from planner.roster.tables import RosterView


@dataclass(frozen=True, slots=True)
class Saved:
    """A view as its readers see it; `own` ones can be changed and deleted."""

    id: int
    name: str
    query: str
    shared: bool
    own: bool
    version: int


def views(session: Session, found: Found, viewer: Viewer) -> list[Saved]:
    """The viewer's own views of a meeting's list and those shared with the team, by name."""
    query = select(RosterView).where(
        RosterView.meeting_id == found.meeting.id,
        or_(col(RosterView.account_id) == viewer.account_id, col(RosterView.shared)),
    )
    rows = [_saved(row, viewer) for row in session.exec(query)]
    return sorted(rows, key=lambda row: (sort_key(row.name), row.id))


def _saved(row: RosterView, viewer: Viewer) -> Saved:
    own = row.account_id == viewer.account_id
    return Saved(row.id or 0, row.name, of_query(row.query).query(), row.shared, own, row.version)


def find(session: Session, found: Found, number: int, viewer: Viewer) -> RosterView:
    """The viewer's own view of that number. Raises Missing."""
    row = session.get(RosterView, number) if number <= LARGEST_ID else None
    if row is None or row.meeting_id != found.meeting.id or row.account_id != viewer.account_id:
        raise Missing
    return row


def save(session: Session, found: Found, viewer: Viewer, name: str, query: str, *, shared: bool) -> RosterView:
    """Keep a list under a name. Raises Refusal when the viewer has a view of that name already."""
    _check_name(session, found, viewer, name, None)
    kept = of_query(query)._replace(page=1, ticked=())
    row = RosterView(
        meeting_id=found.meeting.id or 0, account_id=viewer.account_id, name=name, query=kept.query(), shared=shared
    )
    session.add(row)
    session.flush()
    note(session, viewer.email, "view.save", f"meeting:{found.meeting.id}", view=row.id, shared=shared)
    return row


def change(
    session: Session,
    found: Found,
    viewer: Viewer,
    row: RosterView,
    name: str,
    query: str,
    version: int,
    *,
    shared: bool,
) -> None:
    """Another name, another list or other readers. Raises Stale when it was changed meanwhile, Refusal for a name."""
    if row.version != version:
        raise Stale(_("This view was changed meanwhile. Please look at it again."))
    _check_name(session, found, viewer, name, row.id)
    row.name, row.query, row.shared, row.version = name, query, shared, row.version + 1
    session.add(row)
    note(session, viewer.email, "view.change", f"meeting:{found.meeting.id}", view=row.id, shared=shared)


def delete(session: Session, found: Found, viewer: Viewer, row: RosterView) -> None:
    """Forget a view."""
    note(session, viewer.email, "view.delete", f"meeting:{found.meeting.id}", view=row.id)
    session.delete(row)


def _check_name(session: Session, found: Found, viewer: Viewer, name: str, own: int | None) -> None:
    query = select(RosterView.id).where(
        RosterView.meeting_id == found.meeting.id, RosterView.account_id == viewer.account_id, RosterView.name == name
    )
    taken: Sequence[int | None] = session.exec(query).all()
    if any(number != own for number in taken):
        raise Refusal(_("You have a view of that name already. Please choose another name."), "name")
