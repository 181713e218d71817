"""What is known of one person beside registrations: by an address, an invitation, a form, or somebody's search."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_
from sqlmodel import Session, col, select

from planner.admin import erasing, traces
from planner.admin.erasing import Target
from planner.admin.plan import ADDRESSED, Part
from planner.delegations.tables import DelegationLink, PersonalInvitation
from planner.names import fold, full
from planner.outbox import OutboxLetter
from planner.registration.place_tables import DeadlineException
from planner.registration.tables import Delegation, FieldChange, LooseFile, Registration
from planner.roster.selection import of_query
from planner.roster.tables import RosterView

SHORTEST = 3
"""Characters of the beginning of a name that a search must have to be one for that name."""
OWN_END = ("registration", "invitation", "exception", "delegation")
"""What letters are about that go with it."""
NAMES = ("given", "family", "latin_given", "latin_family")


@dataclass(frozen=True, slots=True)
class Traits:
    """By what others' rows may know somebody: numbers and identities of registrations, addresses that are theirs
    alone (in small letters), and names as they are written.
    """

    numbers: frozenset[int]
    identities: frozenset[str]
    addresses: frozenset[str]
    names: frozenset[str]


def forget(session: Session, rows: Collection[Registration], meetings: Collection[int]) -> None:
    """Take somebody with those registrations out of what is kept beside them at those meetings.

    Addresses they had before count too. What is known by an address alone stays when others use it as well.
    """
    who = _traits(session, rows, meetings)
    _forget_authorship(session, who, meetings)
    _forget_files(session, rows)
    for view in session.exec(select(RosterView).where(col(RosterView.meeting_id).in_(meetings))).all():
        if any(_searches_for(view, row) for row in rows):
            session.delete(view)
    session.flush()
    _forget_known(session, _known(session, who, meetings), who.addresses)


def forget_address(session: Session, address: str, meetings: Collection[int]) -> int:
    """The same for an address that nobody is registered with; how many rows were about it."""
    address = address.lower()
    who = Traits(frozenset(), frozenset(), frozenset({address}), frozenset())
    known = _known(session, who, meetings)
    return _forget_known(session, known, who.addresses)


def _traits(session: Session, rows: Collection[Registration], meetings: Collection[int]) -> Traits:
    numbers = frozenset(row.id or 0 for row in rows)
    identities = frozenset(row.identity for row in rows)
    query = select(FieldChange).where(col(FieldChange.registration_id).in_(numbers), FieldChange.field == "email")
    former = [value for change in session.exec(query) for value in (change.before, change.after)]
    addresses = {value.lower() for value in (*former, *(row.email for row in rows)) if value}
    others = select(func.lower(Registration.email)).where(
        func.lower(Registration.email).in_(addresses),
        col(Registration.meeting_id).in_(meetings),
        col(Registration.identity).not_in(identities),
        col(Registration.id).not_in(numbers),
    )
    names = {
        name
        for row in rows
        for name in (
            full(row.given, row.family, row.order),
            full(row.latin_given, row.latin_family, row.order),
            row.email,
        )
        if name
    }
    return Traits(numbers, identities, frozenset(addresses - set(session.exec(others))), frozenset(names))


def _forget_authorship(session: Session, who: Traits, meetings: Collection[int]) -> None:
    """Others whom this person registered."""
    query = select(Registration).where(
        col(Registration.registered_by).in_(who.names), col(Registration.meeting_id).in_(meetings)
    )
    for other in session.exec(query).all():
        other.registered_by = ""
        session.add(other)


def _forget_files(session: Session, rows: Collection[Registration]) -> None:
    """Files that came with a form, and that no answer names."""
    keys = [row.form_key for row in rows if row.form_key]
    for file in session.exec(select(LooseFile).where(col(LooseFile.form_key).in_(keys))).all():
        erasing.discard_in(file.value)
        session.delete(file)


def _searches_for(view: RosterView, row: Registration) -> bool:
    """Whether an organiser's view looks for this person, or is called after them."""
    names = {word for name in NAMES for word in fold(getattr(row, name)).split()}
    email = fold(row.email)
    names |= {email, email.partition("@")[0]} - {""}
    sought, called = fold(of_query(view.query).q).split(), set(fold(view.name).split())
    families = {*fold(row.family).split(), *fold(row.latin_family).split()}
    is_sought = any(
        word in names or (len(word) >= SHORTEST and any(name.startswith(word) for name in names)) for word in sought
    )
    return is_sought or email in called or (bool(called & families) and len(called & names) > 1)


@dataclass(frozen=True, slots=True)
class Known:
    """Rows that know somebody, by number: invitations, exceptions from deadlines, delegations they answer for."""

    invitations: frozenset[int]
    exceptions: frozenset[int]
    delegations: frozenset[int]

    @property
    def subjects(self) -> list[str]:
        """What letters to them and notes about them are filed under."""
        invited = [f"invitation:{number}" for number in sorted(self.invitations)]
        return invited + [f"exception:{number}" for number in sorted(self.exceptions)]


def _known(session: Session, who: Traits, meetings: Collection[int]) -> Known:
    invited = or_(
        col(PersonalInvitation.registration_id).in_(who.numbers),
        col(PersonalInvitation.identity).in_(who.identities),
        _is_to(col(PersonalInvitation.email), who.addresses),
    )
    invitations = select(PersonalInvitation.id).where(invited, col(PersonalInvitation.meeting_id).in_(meetings))
    exceptions = select(DeadlineException.id).where(
        _is_to(col(DeadlineException.email), who.addresses), col(DeadlineException.meeting_id).in_(meetings)
    )
    delegations = (
        select(DelegationLink.delegation_id)
        .join(Delegation)
        .where(_is_to(col(DelegationLink.email), who.addresses), col(Delegation.meeting_id).in_(meetings))
    )
    return Known(*(_numbers(session, query) for query in (invitations, exceptions, delegations)))


def _numbers(session: Session, query: Any) -> frozenset[int]:
    return frozenset(session.exec(query).all())


def _is_to(address: Any, addresses: Collection[str]) -> ColumnElement[bool]:
    return func.lower(address).in_(addresses) if addresses else false()


def _forget_known(session: Session, known: Known, addresses: Collection[str]) -> int:
    ids = {
        "personal_invitation": known.invitations,
        "deadline_exception": known.exceptions,
        "delegation_link": known.delegations,
    }
    number = sum(erasing.clear(session, Target(part, _whose(part, ids, addresses))) for part in ADDRESSED)
    for which in _letters(known, addresses):
        number += traces.forget_letters(session, which)
    traces.forget_notes(session, known.subjects)
    session.flush()
    return number


def _whose(part: Part, ids: dict[str, frozenset[int]], addresses: Collection[str]) -> Any:
    return addresses if part.by == "email" else ids[part.table]


def _letters(known: Known, addresses: Collection[str]) -> Iterable[ColumnElement[bool]]:
    """Letters about those rows, and to those addresses about nothing that has an end of its own."""
    about = col(OutboxLetter.about)
    yield about.in_(known.subjects)
    to = _is_to(col(OutboxLetter.to_address), addresses)
    yield and_(to, about.in_([f"delegation:{number}" for number in known.delegations]))
    yield and_(
        to, *(about.not_like(f"{thing}:%") for thing in ("registration", "invitation", "exception", "delegation"))
    )
