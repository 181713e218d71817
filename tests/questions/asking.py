"""Questions for tests, and people who answer them."""

from __future__ import annotations

from typing import Any

from planner import db
from planner.questions import actions, queries
from planner.questions.rules import Asked, Condition, Draft, Option
from tests.registration.people import meeting_id

LOCAL = Condition("category", "is", ("host_local",))
SPEAKER = Condition("category", "is", ("speaker",))


def draft(kind: str = "text", label: str = "Which tool?", **more: Any) -> Draft:
    """A question for everybody, with two answers where there are some to choose from."""
    if kind in ("one", "many"):
        more.setdefault("options", (option("Bread"), option("Honey")))
    if kind == "file":
        more.setdefault("limits", {"most": 1, "types": ["PDF", "TXT"]})
    return Draft(kind=kind, label={"en": label}, **more)


def option(text: str, seats: int | None = None, slug: str = "") -> Option:
    """Something to choose."""
    return Option(slug, {"en": text}, seats)


def ask(kind: str = "text", label: str = "Which tool?", **more: Any) -> Asked:
    """Riga asks something."""
    with db.write() as session:
        number = actions.add(session, meeting_id(), "test", draft(kind, label, **more))
    return asked(number)


def asked(number: int) -> Asked:
    """A question as it is asked now."""
    with db.read() as session:
        return queries.find(session, meeting_id(), number)


def reword(question: Asked, new: Draft) -> Asked:
    """Ask it another way from now on."""
    with db.write() as session:
        actions.edit(session, meeting_id(), "test", question.id, new, asked(question.id).version)
    return asked(question.id)
