"""The last changes of a draft in words: who did what, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlmodel import Session, col, select

from planner import history
from planner.accounts.tables import Account
from planner.agenda.drafting import history_of
from planner.clock import local, now
from planner.history import Change
from planner.language import _, day_text, ngettext, say, time_text
from planner.meetings.queries import Found

LAST = 12
"""How many of the last acts are looked at."""
OUTINGS = ("visit", "stop", "ride")
"""Acts on study visits and transport begin with these words."""
ABOUT = ("item", "day", "block", "track", *OUTINGS, "undo")
"""Acts on an agenda begin with these words."""


@dataclass(frozen=True, slots=True)
class Done:
    """An act: who did it, when (`when` in words, in the meeting's zone), and what in words; whether it was undone."""

    id: int
    at: datetime
    when: str
    who: str
    words: str
    undone: bool


def last_changes(session: Session, found: Found, about: Collection[str] = ABOUT) -> list[Done]:
    """The last acts on the agenda of a meeting that begin with one of those words, newest first, in two questions."""
    rows = [
        row
        for row in history.changes(session, history_of(found.meeting.id or 0), LAST)
        if row.act.partition(".")[0] in about
    ]
    names = _names(session, {row.actor for row in rows})
    known = {row.id: row for row in rows}
    return [
        Done(
            row.id or 0,
            row.at,
            _when(row.at, found.meeting.zone),
            names.get(row.actor, row.actor),
            _words(row, known),
            row.undone_at is not None,
        )
        for row in rows
    ]


def _names(session: Session, emails: Iterable[str]) -> dict[str, str]:
    query = select(Account.email, Account.name).where(col(Account.email).in_(sorted(emails)))
    return {email: name for email, name in session.exec(query) if name}


def _when(moment: datetime, zone: str) -> str:
    there = local(moment, zone)
    today = there.date() == local(now(), zone).date()
    return time_text(there) if today else f"{day_text(there.date(), 'd MMM')}, {time_text(there)}"


def _words(row: Change, known: Mapping[int | None, Change]) -> str:
    if row.act == "undo":
        undone = known.get(row.undoes_id)
        return _("undid: %(what)s") % {"what": _words(undone, known)} if undone else _("undid something")
    if row.act == "item.shift":
        return _shifted(row)
    if row.act == "item.import":
        count = int(row.details.get("count", 0))
        return ngettext("added %(count)d item from a table", "added %(count)d items from a table", count) % {
            "count": count
        }
    title = _title(row)
    facts = {"title": title, "time": _begins(row)}
    return (_known() | (_moved(bool(facts["time"]))))[row.act] % facts if row.act in _acts() else row.act


def _acts() -> frozenset[str]:
    return frozenset(_known()) | frozenset(_moved(True))


def _known() -> dict[str, str]:
    return {
        "item.add": _("added “%(title)s”"),
        "item.edit": _("changed “%(title)s”"),
        "item.cancel": _("cancelled “%(title)s”"),
        "item.restore": _("took the cancellation of “%(title)s” back"),
        "item.delete": _("deleted “%(title)s”"),
        "item.day": _("moved “%(title)s” to another day"),
        "item.aside": _("took “%(title)s” off the schedule"),
        "day.add": _("added %(title)s"),
        "day.edit": _("changed %(title)s"),
        "day.delete": _("deleted %(title)s"),
        "block.add": _("added the block “%(title)s”"),
        "block.edit": _("changed the block “%(title)s”"),
        "block.earlier": _("moved the block “%(title)s”"),
        "block.later": _("moved the block “%(title)s”"),
        "block.delete": _("deleted the block “%(title)s”"),
        "track.edit": _("changed the names of the tracks"),
        "visit.edit": _("changed the study visit “%(title)s”"),
        "visit.delete": _("made “%(title)s” no study visit any more"),
        "ride.edit": _("changed the transport of “%(title)s”"),
        "ride.delete": _("took the transport of “%(title)s” away"),
        "stop.add": _("added a stop to “%(title)s”"),
        "stop.edit": _("changed a stop of “%(title)s”"),
        "stop.delete": _("deleted a stop of “%(title)s”"),
        "stop.earlier": _("moved a stop of “%(title)s”"),
        "stop.later": _("moved a stop of “%(title)s”"),
    }


def _moved(timed: bool) -> dict[str, str]:
    moved = _("moved “%(title)s” to %(time)s") if timed else _("moved “%(title)s”")
    return dict.fromkeys(("item.move", "item.earlier", "item.later", "item.place"), moved)


def _shifted(row: Change) -> str:
    count, minutes = len(list(_tops(row))), int(row.details.get("minutes", 0))
    said = ngettext(
        "moved %(count)d item by %(minutes)d minutes", "moved %(count)d items by %(minutes)d minutes", count
    )
    return said % {"count": count, "minutes": minutes}


def _tops(row: Change) -> Iterable[dict[str, Any]]:
    """The items it touched, without those below others, as they are after it or, when they are gone, were before."""
    rows = [part["after"] or part["before"] for part in row.rows if part["table"] == "agenda_item"]
    return [item for item in rows if item["parent_id"] is None] or rows


def _main(row: Change) -> dict[str, Any]:
    """The item an act was about: whoever is moved later is written after its neighbour."""
    tops = list(_tops(row))
    return tops[-1 if row.act in ("item.later", "item.move", "item.place") else 0] if tops else {}


def _title(row: Change) -> str:
    if row.act.startswith("day."):
        return _day(row)
    if row.act.partition(".")[0] in OUTINGS:
        return say(row.details.get("title")).text or _("Without a title")
    rows = [part["after"] or part["before"] for part in row.rows if part["table"] == "agenda_block"]
    texts = _main(row).get("title") if row.act.startswith("item.") else (rows[0]["title"] if rows else {})
    return say(texts).text or _("Without a title")


def _day(row: Change) -> str:
    rows = [part["after"] or part["before"] for part in row.rows if part["table"] == "agenda_day"]
    written = row.details.get("date") or (rows[0]["date"] if rows else "")
    return day_text(datetime.fromisoformat(written).date(), "EEE d MMM") if written else _("a day")


def _begins(row: Change) -> str:
    starts = _main(row).get("starts")
    return time_text(time.fromisoformat(starts)) if starts else ""
