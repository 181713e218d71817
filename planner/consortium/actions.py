"""What is done with the directory: people are put in and changed; what pages show of them is made anew."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, select, update

from planner import audit
from planner.consortium.queries import organisation_slugs, person, person_mark, person_slugs
from planner.consortium.rules import PersonEntry, short_name
from planner.consortium.tables import Organisation, Person, Project
from planner.errors import Stale
from planner.language import _, say
from planner.names import full

_KEPT = (
    "given", "family", "latin_given", "latin_family", "order", "title", "function", "language", "email", "partner_id",
    "organisation_id",
)  # fmt: skip


def add_person(session: Session, project_id: int, entry: PersonEntry, actor: str) -> Person:
    """Put somebody into the directory of the project."""
    _raise_revision(session, project_id)
    name = short_name(full(entry.latin_given, entry.latin_family), person_slugs(session, project_id))
    row = Person(project_id=project_id, slug=name, **_values(session, project_id, entry))
    session.add(row)
    session.flush()
    audit.note(session, actor, "people.add", f"person:{row.id}")
    return row


def change_person(session: Session, project_id: int, number: int, entry: PersonEntry, seen: str, actor: str) -> Person:
    """Say something else about somebody. Raises Missing, and Stale when it is no longer what the form showed."""
    _raise_revision(session, project_id)
    row = person(session, project_id, number)
    if person_mark(row) != seen:
        raise Stale(_("Somebody else has changed this person since you opened the form. Please look at it once more."))
    for name, value in _values(session, project_id, entry).items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    audit.note(session, actor, "people.change", f"person:{row.id}")
    return row


def _raise_revision(session: Session, project_id: int) -> None:
    """Also holds the project's row: whoever looks for a free short name does so alone."""
    raised = update(Project).where(col(Project.id) == project_id).values(revision=Project.revision + 1)
    session.exec(raised, execution_options={"synchronize_session": False})


def _values(session: Session, project_id: int, entry: PersonEntry) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in _KEPT}
    if entry.new_organisation:
        values["organisation_id"] = _organisation(session, project_id, entry)
    return values


def _organisation(session: Session, project_id: int, entry: PersonEntry) -> int:
    name = say(entry.new_organisation).text
    known = session.exec(select(Organisation).where(Organisation.project_id == project_id)).all()
    same = next((row for row in known if name in row.names.values()), None)
    if same is not None:
        return same.id or 0
    slug = short_name(name, organisation_slugs(session, project_id))
    row = Organisation(
        project_id=project_id, slug=slug, kind="other", country="", town="", names=entry.new_organisation
    )
    session.add(row)
    session.flush()
    return row.id or 0
