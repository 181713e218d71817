"""What became of a person, in one line of time: statuses, what was mended, and letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from planner.language import _, country_text, language_text, say
from planner.outbox import letters_about
from planner.questions.queries import ever_asked
from planner.registration import letters, words
from planner.registration.agreement import REGISTRANT
from planner.registration.portrait import ANSWER
from planner.registration.queries import history
from planner.registration.tables import FieldChange, Registration
from planner.registration.waiting_list import PLANNER
from planner.roster.forms import NO_PARTNER, labels


@dataclass(frozen=True, slots=True)
class Event:
    """A moment of somebody's history: what happened, who did it, and more about it in further lines."""

    at: datetime
    title: str
    by: str
    lines: tuple[str, ...] = ()


def timeline(session: Session, row: Registration) -> list[Event]:
    """Everything that happened to a registration, the first thing first. Nothing about health is ever among it."""
    number = row.id or 0
    query = select(FieldChange).where(FieldChange.registration_id == number).order_by(col(FieldChange.id))
    events = [
        *(_status(change.status, change.at, change.actor, change.reason) for change in history(session, number)),
        *_edits(session.exec(query).all(), _questions(session, row)),
        *_letters(session, row),
    ]
    return sorted(events, key=lambda event: event.at)


def _status(status: str, at: datetime, actor: str, reason: str) -> Event:
    title = _("Registered") if status == "submitted" else words.status_text(status)
    return Event(at, title, actor_text(actor), (reason,) if reason else ())


def actor_text(actor: str) -> str:
    """Who did it, in words."""
    told = {REGISTRANT: _("by the person"), PLANNER: _("by Planner")}
    if actor.startswith("delegation:"):
        return _("by the contact of the delegation")
    return told.get(actor, _("by %(actor)s") % {"actor": actor})


def _questions(session: Session, row: Registration) -> dict[str, str]:
    """What the meeting has ever asked, by the fields under which the history knows it."""
    return {f"{ANSWER}{one.id}": say(one.label).text for one in ever_asked(session, row.meeting_id)}


def _edits(changes: Sequence[FieldChange], questions: Mapping[str, str]) -> list[Event]:
    """What was changed in one act is one moment."""
    acts: dict[tuple[datetime, str, str], list[FieldChange]] = {}
    for change in changes:
        acts.setdefault((change.at, change.actor, change.act), []).append(change)
    return [
        Event(at, act_text(act), actor_text(actor), tuple(_line(change, questions) for change in rows))
        for (at, actor, act), rows in acts.items()
    ]


def act_text(act: str) -> str:
    """What kind of change it was."""
    told = {"edit": _("Corrected"), "change": _("Changed"), "merge": _("Merged"), "undo": _("Taken back")}
    return told.get(act, act)


def _line(change: FieldChange, questions: Mapping[str, str]) -> str:
    if change.field in questions:  # what was answered is never kept here: it goes when the answer goes
        return _("%(field)s: answered anew") % {"field": questions[change.field]}
    label = {**labels(), **name_labels()}.get(change.field, change.field)
    return _("%(field)s: %(before)s → %(after)s") % {
        "field": label,
        "before": value_text(change.field, change.before) or "–",
        "after": value_text(change.field, change.after) or "–",
    }


def name_labels() -> dict[str, str]:
    """What the fields are called that only the person, or a merge, changes."""
    return {
        "given": _("Given name"),
        "family": _("Family name"),
        "latin_given": _("Given name in Latin letters"),
        "latin_family": _("Family name in Latin letters"),
        "email": _("E-mail"),
        "title": _("Title"),
        "remarks": _("Remarks"),
        "days_on_site": _("Days on site"),
        "days_online": _("Days online"),
        "visits": _("Study visits wished"),
        "meals": _("Meals"),
        "rides": _("Buses"),
    }


def value_text(field: str, value: str) -> str:
    """A kept value in words."""
    if not value:
        return ""
    if field == "partner":
        return _("none") if value == NO_PARTNER else value
    shown = {"category": words.category_text, "country": country_text, "language": language_text}
    return shown[field](value) if field in shown else value


def _letters(session: Session, row: Registration) -> list[Event]:
    return [
        Event(sent.created_at, _("Letter: %(subject)s") % {"subject": sent.subject}, state_text(sent.state))
        for sent in letters_about(session, letters.about(row))
    ]


def state_text(state: str) -> str:
    """Where a letter is."""
    told = {
        "waiting": _("waits to be sent"),
        "sending": _("is being sent"),
        "sent": _("sent"),
        "failed": _("could not be delivered"),
        "doubtful": _("may have been sent"),
    }
    return told.get(state, state)
