"""Decisions about one or many people, and letters to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from planner import db
from planner.audit import AuditNote, note
from planner.clock import now
from planner.errors import Missing, Refusal, Stale
from planner.language import _
from planner.meetings.queries import Found, at_desk
from planner.names import full
from planner.outbox import OutboxLetter, stamped
from planner.registration import actions, words
from planner.registration.offer import offer
from planner.registration.rules import LIVE
from planner.registration.tables import Registration
from planner.registration.unconfirmed import UNCONFIRMED, turn_away, vouch
from planner.roster.letters import written
from planner.roster.selection import LARGEST_ID

MANY = "registrations.decide"
"""How decisions about several people are noted."""
MOST, AT_ONCE = 500, 10
"""How many people can be decided about with one press, and in one transaction: others who write wait that long."""
OPEN = {"confirm": ("submitted", "waiting", "offered", UNCONFIRMED), "decline": (*LIVE, UNCONFIRMED)}
"""The statuses in which a decision has something to decide."""
VERBS: dict[str, Callable[[Session, Registration, str, str], object]] = {
    "confirm": lambda session, row, actor, _reason: actions.confirm(session, row, actor),
    "decline": actions.decline,
}
"""What can be decided about a registration."""
UNPROVED: dict[str, Callable[[Session, Registration, str, str], object]] = {
    "confirm": lambda session, row, actor, _reason: vouch(session, row, actor),
    "decline": turn_away,
}
"""The same about one whose address nobody has proved yet."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a decision about many: for how many it was done, and why not for the others."""

    verb: str
    done: int
    refused: list[tuple[int, str]]


def people(session: Session, found: Found, numbers: Sequence[int]) -> list[Registration]:
    """Those registrations of a meeting. Raises Missing when one is of another."""
    query = select(Registration).where(
        col(Registration.id).in_(numbers), Registration.meeting_id == found.meeting.id
    )  # fmt: skip
    rows = session.exec(query).all()
    if len(rows) != len(set(numbers)):
        raise Missing
    place = {number: order for order, number in enumerate(numbers)}
    return sorted(rows, key=lambda row: place[row.id or 0])


def decide(session: Session, found: Found, number: int, verb: str, reason: str, actor: str) -> None:
    """Confirm or decline one person. Raises Stale when that was decided before, Refusal when no place is free."""
    actions.lock(session, offer(session, found))  # so that nobody else decides between the look and the act
    row = people(session, found, [number])[0]
    _decide(session, row, verb, reason, actor)


def _decide(session: Session, row: Registration, verb: str, reason: str, actor: str) -> None:
    if row.status not in OPEN[verb]:
        told = {"status": words.status_text(row.status)}
        raise Stale(_("this was decided already, the status is now “%(status)s”.") % told)
    verbs = UNPROVED if row.status == UNCONFIRMED else VERBS
    verbs[verb](session, row, actor, reason)


def decide_many(
    project: str, meeting: str, numbers: Sequence[int], verb: str, reason: str, actor: str
) -> tuple[int, Outcome]:
    """Confirm or decline each of those people whom it is possible for; the others are refused by name, with the reason.

    They are taken a few at a time, each few in a transaction: whoever registers meanwhile waits no longer than for
    those. The answer is the number under which the outcome is kept, and the outcome. Raises Refusal for too many
    people, Missing for people of another meeting.
    """
    if len(numbers) > MOST:
        raise Refusal(
            _("Please narrow the list: at most %(most)d people can be decided about at once.") % {"most": MOST}
        )
    with db.read() as session:
        line = [row.id or 0 for row in _in_turn(people(session, at_desk(session, project, meeting), numbers))]
    refused: list[tuple[int, str]] = []
    for start in range(0, len(line), AT_ONCE):
        with db.write() as session:
            found = at_desk(session, project, meeting)
            refused += _decide_some(session, found, line[start : start + AT_ONCE], verb, reason, actor)
    view = Outcome(verb, len(numbers) - len(refused), refused)
    with db.write() as session:
        return _kept(session, at_desk(session, project, meeting), view, actor), view


def _decide_some(
    session: Session, found: Found, numbers: Sequence[int], verb: str, reason: str, actor: str
) -> list[tuple[int, str]]:
    """Decide about a few people; the answer is who was refused, and why."""
    actions.lock(session, offer(session, found))
    refused: list[tuple[int, str]] = []
    for row in people(session, found, numbers):
        try:
            with session.begin_nested():
                _decide(session, row, verb, reason, actor)
        except Refusal as refusal:
            refused.append((row.id or 0, refusal.sentence))
    return refused


def _kept(session: Session, found: Found, view: Outcome, actor: str) -> int:
    details = {"verb": view.verb, "done": view.done, "refused": [list(one) for one in view.refused]}
    row = AuditNote(at=now(), actor=actor, act=MANY, subject=f"meeting:{found.meeting.id}", details=details)
    session.add(row)
    session.flush()
    return row.id or 0


def _in_turn(rows: Sequence[Registration]) -> list[Registration]:
    """Waiting people first: a place that is given up must not go to somebody about to be declined."""
    return sorted(rows, key=lambda row: (row.status != "waiting", row.submitted_at or row.updated_at, row.id))


def outcome(session: Session, found: Found, number: int) -> Outcome:
    """What became of a decision about many. Raises Missing."""
    kept = session.get(AuditNote, number) if number <= LARGEST_ID else None
    if kept is None or kept.act != MANY or kept.subject != f"meeting:{found.meeting.id}":
        raise Missing
    refused = [(int(person), str(sentence)) for person, sentence in kept.details.get("refused", [])]
    return Outcome(str(kept.details.get("verb", "")), int(kept.details.get("done", 0)), refused)


def reachable(rows: Sequence[Registration]) -> list[Registration]:
    """Those among them who can be written to."""
    return [row for row in rows if row.email and row.erased_at is None]


def letters(found: Found, rows: Sequence[Registration], subject: str, text: str) -> list[OutboxLetter]:
    """A letter of their own for each of them, with their link; in no transaction yet."""
    return [stamped(written(found, row, subject, text)) for row in rows]


def send(session: Session, found: Found, ready: Sequence[OutboxLetter], actor: str) -> None:
    """Put those letters into the outbox."""
    session.add_all(ready)
    note(session, actor, "registrations.write", f"meeting:{found.meeting.id}", letters=len(ready))


def name_of(row: Registration) -> str:
    """How lists call somebody."""
    return full(row.latin_given, row.latin_family, row.order)
