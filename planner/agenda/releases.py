"""Versions of an agenda that were given out: frozen when they were published, and all that the public reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy.orm import defer
from sqlmodel import Session, col, delete, select

from planner.agenda.around import Around, around
from planner.agenda.differences import Difference, Face, diff, faces
from planner.agenda.gone import gone_after
from planner.agenda.rows import Content, Extras, Rows, drafted, frozen, thawed
from planner.agenda.rules import STATES
from planner.agenda.tables import Item, Release, ReleasedItem
from planner.audit import note
from planner.clock import now
from planner.errors import Missing, Refusal
from planner.history import values
from planner.language import _
from planner.meetings.queries import Found
from planner.meetings.tables import Meeting, Place


def latest_release(session: Session, meeting_id: int) -> Release | None:
    """The last version of the agenda that was given out, without its content."""
    query = select(Release).where(Release.meeting_id == meeting_id).order_by(col(Release.number).desc())
    return session.exec(query.options(defer(Release.content)).limit(1)).first()  # type: ignore[arg-type]


def releases(session: Session, meeting_id: int) -> list[Release]:
    """All versions that were given out, newest first, without their content."""
    query = select(Release).where(Release.meeting_id == meeting_id).order_by(col(Release.number).desc())
    return list(session.exec(query.options(defer(Release.content))))  # type: ignore[arg-type]


def released(session: Session, meeting_id: int, number: int | None = None) -> Rows | None:
    """The rows of the newest version that was given out, or of that number; None when there is none."""
    content = _content(session, meeting_id, number)
    return None if content is None else thawed(content)


def released_part(session: Session, meeting_id: int, name: str) -> Any:
    """One section of the newest version (`visits`, `places`), without reading the others; None without a version."""
    found = released_parts(session, meeting_id, (name,))
    return found[0] if found else None


def released_parts(session: Session, meeting_id: int, names: Sequence[str]) -> tuple[Any, ...] | None:
    """Some sections of the newest version as they are kept, in one question; None without a version."""
    query = sqlalchemy.select(*(col(Release.content)[name] for name in names)).where(
        col(Release.meeting_id) == meeting_id
    )
    row = session.connection().execute(query.order_by(col(Release.number).desc()).limit(1)).first()
    return tuple(row) if row else None


def _content(session: Session, meeting_id: int, number: int | None = None) -> Content | None:
    query = select(Release.content).where(Release.meeting_id == meeting_id)
    if number is not None:
        query = query.where(Release.number == number)
    found = session.exec(query.order_by(col(Release.number).desc()).limit(1)).first()
    return None if found is None else dict(found)


def is_pending(session: Session, found: Found, extras: Extras) -> bool:
    """Whether anything would change for readers if the draft were published now; hidden items included."""
    before, after = released(session, found.meeting.id or 0), drafted(session, found.meeting, extras)
    return bool(diff(before, after) or around(before, after))


def what_changed(session: Session, meeting_id: int, since_number: int) -> list[Difference]:
    """What the public sees of items that differs from the version of that number. Raises Missing when it never was."""
    return diff(*_since(session, meeting_id, since_number))


def what_changed_around(session: Session, meeting_id: int, since_number: int) -> list[Around]:
    """The same of headings and days."""
    return around(*_since(session, meeting_id, since_number))


def _since(session: Session, meeting_id: int, since_number: int) -> tuple[Rows, Rows]:
    before, after = released(session, meeting_id, since_number), released(session, meeting_id)
    if before is None or after is None:
        raise Missing
    return before.public(), after.public()


def freeze(session: Session, meeting: Meeting, extras: Extras, moment: datetime) -> Content:
    """The draft as the next version would hold it.

    Items that readers see differently count one up and are dated `moment`; the others keep number and date, so that
    calendars do not change. What was given out and is not shown any more stays as cancelled.
    """
    before, draft = released(session, meeting.id or 0), drafted(session, meeting, extras)
    return _counted(before, draft, moment) | {"meeting": _entry(session, meeting)}


def _counted(before: Rows | None, draft: Rows, moment: datetime) -> Content:
    old = {row.id: row for rows in (before and before.gone, before) if rows for row in rows.items}
    was, will = _seen(before) if before else {}, _seen(draft)
    content = frozen(draft)
    content["items"] = [
        row | _count(old.get(row["id"]), was.get(row["id"]) == will.get(row["id"]), moment)
        for row in content["items"]
        if row["cancelled_at"] is None or row["id"] in old
    ]
    if before and (gone := gone_after(before, draft, moment)):
        content["gone"] = gone
    return content


def _seen(rows: Rows) -> dict[int, list[Face | None]]:
    """What calendars say of each item: what stands below one is told in its entry."""
    known = faces(rows)
    return {number: [face, *(known.get(row.id or 0) for row in rows.below[number])] for number, face in known.items()}


def _count(old: Item | None, same: bool, moment: datetime) -> dict[str, Any]:
    """SEQUENCE and LAST-MODIFIED of an item (RFC 5545, 3.8.7.3 and 3.8.7.4)."""
    if old is None:
        return {"updated_at": moment.isoformat()}
    if same:
        return {"sequence": old.sequence, "updated_at": old.updated_at.isoformat()}
    return {"sequence": old.sequence + 1, "updated_at": moment.isoformat()}


def _entry(session: Session, meeting: Meeting) -> dict[str, Any]:
    """What the meeting's own calendar entry says."""
    names = ("title", "summary", "place", "first_day", "last_day", "zone", "mode", "state", "cancelled_at")
    kept = {name: value for name, value in values(meeting).items() if name in names}
    venue = session.exec(select(Place).where(Place.meeting_id == meeting.id, Place.kind == "venue")).first()
    return kept | {"venue": [venue.name, venue.address] if venue else None}


def give_out(session: Session, release: Release) -> Release:
    """Write a version with its content, and which items the public may ask for one by one."""
    session.add(release)
    session.exec(delete(ReleasedItem).where(col(ReleasedItem.meeting_id) == release.meeting_id))
    rows = thawed(release.content).public()
    fallen = rows.fallen()
    session.add_all(
        ReleasedItem(
            meeting_id=release.meeting_id, item_id=row.id or 0, slug=row.slug, cancelled=row.cancelled_at is not None
        )
        for row in (*rows.items, *(fallen.items if fallen else ()))
        if row.parent_id is None
    )
    session.flush()
    return release


def publish(session: Session, found: Found, actor: str, state: str, extra: Extras) -> Release:
    """Give out the draft as the next version: provisional, final, or as held. `extra` holds what later rooms know.

    Raises Refusal when there is nothing to give out, or nothing new.
    """
    meeting, moment = _locked(session, found), now()
    before = latest_release(session, meeting.id or 0)
    old = _content(session, meeting.id or 0)
    meeting.state = _known(state)
    content = freeze(session, meeting, extra, moment)
    _refuse_nothing(content, old, state == (before.state if before else ""), before.number if before else 0)
    meeting.revision += 1
    meeting.updated_at = moment
    meeting.published_at = meeting.published_at or moment
    if old and old.get("meeting") != content["meeting"]:
        meeting.sequence += 1
    session.add(meeting)
    number = before.number + 1 if before else 1
    note(session, actor, "agenda.published", f"meeting:{meeting.id}", version=number, state=state)
    return give_out(session, Release(
        meeting_id=meeting.id or 0,
        number=number,
        state=state,
        released_at=moment,
        released_by=actor,
        content=content,
    ))  # fmt: skip


def _locked(session: Session, found: Found) -> Meeting:
    """The meeting as it is now, for this transaction alone: nobody edits the agenda while it is given out."""
    query = select(Meeting).where(Meeting.id == found.meeting.id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()


def _known(state: str) -> str:
    if state not in STATES:
        raise Refusal(_("An agenda is given out as provisional, as final or as held."), "state")
    return state


def _refuse_nothing(content: Mapping[str, Any], old: Mapping[str, Any] | None, same_state: bool, number: int) -> None:
    if not content["items"] and not (old and old["items"]):
        raise Refusal(_("There is nothing on the agenda yet."))
    if old is not None and same_state and readable(content) == readable(old):
        raise Refusal(_("Nothing has changed since version %(number)s.") % {"number": number})


def readable(content: Mapping[str, Any]) -> dict[str, Any]:
    """A content without the marks that only say that a row was touched."""
    lists = {name: part for name, part in content.items() if isinstance(part, list)}
    rest = {name: part for name, part in content.items() if name not in lists}
    return rest | {name: [_unmarked(row) for row in part] for name, part in lists.items()}


def _unmarked(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "version"}
