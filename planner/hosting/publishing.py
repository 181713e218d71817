"""Giving out an agenda: what would change, whom it touches, and the act itself with the letters."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from planner.agenda import releases
from planner.agenda.around import Around, around
from planner.agenda.differences import Difference, diff
from planner.agenda.rows import Rows, drafted, frozen
from planner.agenda.rules import STATES
from planner.agenda.tables import Day, Release
from planner.agenda.words import version_text
from planner.clock import local, now
from planner.errors import Refusal, Stale
from planner.hosting.differences import Guest, reaches, touches
from planner.hosting.letters import changed
from planner.language import _, speaking
from planner.meetings.queries import Found
from planner.outbox import write_letter
from planner.registration.place_tables import VisitChoice, VisitPlace
from planner.registration.tables import PlannedDay, Registration
from planner.tokens import digest
from planner.visits.releases import SECTION, freeze

TOLD = ("confirmed", "waiting", "offered")
"""Who is told: people who come, and people who may."""


@dataclass(frozen=True, slots=True)
class Touched:
    """Somebody whom changes concern, with those changes."""

    registration: Registration
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class Preview:
    """What giving out the draft now would mean. `before` is None for the first time; `hidden` are items by id.

    `around` is what changes of headings and days. `mark` changes with every word that would be given out, so that
    nobody publishes what they have not seen.
    """

    before: Release | None
    differences: list[Difference]
    around: list[Around]
    hidden: frozenset[int]
    touched: list[Touched]
    mark: str

    @property
    def size(self) -> int:
        """How many things change."""
        return len(self.differences) + len(self.around)


def preview(session: Session, found: Found) -> Preview:
    """What readers would see change, and who would be told, in a constant number of questions."""
    number = found.meeting.id or 0
    before, last = releases.released(session, number), releases.latest_release(session, number)
    after = drafted(session, found.meeting, {SECTION: freeze(session, number)})
    hidden = after.hidden | (before.hidden if before else frozenset())
    return Preview(
        last,
        diff(before, after),
        around(before, after),
        hidden,
        _touched(session, found, before, after),
        _mark(last, after),
    )


def _mark(last: Release | None, after: Rows) -> str:
    words = releases.readable(frozen(after))
    return digest(json.dumps([last.number if last else 0, words], default=str, sort_keys=True))[:16]


def _touched(session: Session, found: Found, before: Rows | None, after: Rows) -> list[Touched]:
    """Everybody who is told, by name. What is not public is nobody's news."""
    public = diff(before.public() if before else None, after.public())
    if not public:
        return []
    reach = reaches(before, after)
    guests = _guests(session, found)
    rows = [
        Touched(row, [one for one in public if touches(one, guests[row.id or 0], reach[one.item_id])])
        for row in _registered(session, found)
    ]
    return [row for row in rows if row.differences]


def _registered(session: Session, found: Found) -> Sequence[Registration]:
    wanted = (Registration.meeting_id == found.meeting.id, col(Registration.status).in_(TOLD))
    query = select(Registration).where(*wanted, Registration.email != "")
    return session.exec(query.order_by(col(Registration.latin_family), col(Registration.id))).all()


def _guests(session: Session, found: Found) -> dict[int, Guest]:
    mine = select(Registration.id).where(Registration.meeting_id == found.meeting.id)
    dates: dict[int, set[date]] = defaultdict(set)
    days = select(PlannedDay.registration_id, col(Day.date)).join(Day, col(Day.id) == PlannedDay.day_id)
    for number, day in session.exec(days.where(col(PlannedDay.registration_id).in_(mine))):
        dates[number].add(day)
    visits: dict[int, set[int]] = defaultdict(set)
    for table in (VisitChoice, VisitPlace):
        chosen = select(table.registration_id, table.item_id).where(col(table.registration_id).in_(mine))
        for number, item in session.exec(chosen):
            visits[number].add(item)
    return {
        row.id or 0: Guest(
            row.category, row.partner_id, row.person_id, frozenset(dates[row.id or 0]), frozenset(visits[row.id or 0])
        )
        for row in _registered(session, found)
    }


def states(found: Found, before: Release | None) -> tuple[str, ...]:
    """How the agenda can be given out today: as held only after the first day has begun."""
    begun = local(now(), found.meeting.zone).date() >= found.meeting.first_day
    return tuple(state for state in STATES if begun or state != "held")


def publish(session: Session, found: Found, actor: str, state: str, seen: str, *, tell: bool) -> Release:
    """Give out the draft as the next version and write to everybody it touches, in one transaction.

    Raises Stale when the draft is not what was looked at, and Refusal when there is nothing to give out.
    """
    view = preview(session, found)
    if view.mark != seen:
        raise Stale(_("The agenda was changed while you looked at it. Please look again what is new."))
    if state not in states(found, view.before):
        raise Refusal(_("An agenda is given out as held when the meeting has begun."), "state")
    release = releases.publish(session, found, actor, state, {SECTION: freeze(session, found.meeting.id or 0)})
    for touched in view.touched if tell else ():
        with speaking(touched.registration.language):
            version = version_text(release, found.meeting.zone)
        news = touched.differences if view.before else []
        write_letter(session, changed(found, touched.registration, news, version))
    return release
