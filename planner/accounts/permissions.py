"""The one table of acts and roles: who may do what, and how far a role reaches."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

PUBLIC = "public"
"""The audience of acts that need no account."""
SIGNED_IN = "signed in"
"""The audience of acts that need an account and no role."""

ADMINISTRATOR, ORGANISER, RECEPTION, CONTROLLER = "administrator", "organiser", "reception", "controller"
LOGISTICS = "logistics"
ROLES = (ADMINISTRATOR, ORGANISER, LOGISTICS, RECEPTION, CONTROLLER)

_EVERYBODY = frozenset({PUBLIC})
_ORGANISERS = frozenset({ADMINISTRATOR, ORGANISER})
_DESK = _ORGANISERS | {RECEPTION}
_READERS = _ORGANISERS | {CONTROLLER}
_HELPERS = _DESK | {LOGISTICS}

ACTS: dict[str, frozenset[str]] = {
    "public.read": _EVERYBODY,
    "calendar.read": _EVERYBODY,
    "registration.register": _EVERYBODY,
    "registration.own": _EVERYBODY,  # the secret in the address is the right
    "delegation.own": _EVERYBODY,
    "invitation.own": _EVERYBODY,
    "session.sign_in": _EVERYBODY,
    "session.sign_out": frozenset({SIGNED_IN}),
    "desk.read": _HELPERS | _READERS,
    "registrations.read": _HELPERS | _READERS,
    "registrations.decide": _ORGANISERS,
    "registrations.invite": _ORGANISERS,
    "registrations.edit": _ORGANISERS,
    "registrations.export": _READERS,
    "care.read": frozenset({LOGISTICS}),  # diets and access needs are health data: for who needs them, and nobody else
    "attendance.check_in": _DESK,
    "privacy.manage": _ORGANISERS,
    "erasure.everywhere": frozenset({ADMINISTRATOR}),
    "visits.allocate": _ORGANISERS,
    "papers.print": _HELPERS | _READERS,
    "questions.edit": _ORGANISERS,
    "agenda.edit": _ORGANISERS,
    "agenda.publish": _ORGANISERS,
    "meeting.create": _ORGANISERS,
    "meeting.edit": _ORGANISERS,
    "documents.manage": _ORGANISERS,
    "operations.read": frozenset({ADMINISTRATOR}),
}
"""Each act with the roles that may do it."""

INSTALLATION, PROJECT, MEETING = "installation", "project", "meeting"
SCOPES = (INSTALLATION, PROJECT, MEETING)


class Scope(NamedTuple):
    """The part of the house an address is about; `project_id` says which project a meeting belongs to."""

    kind: str
    id: int
    project_id: int


HOUSE = Scope(INSTALLATION, 0, 0)
"""The whole installation."""


class Held(NamedTuple):
    """A role somebody holds in a scope."""

    role: str
    scope: str
    scope_id: int


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who is signed in. `csrf` is the token that this browser's forms carry."""

    account_id: int
    name: str
    email: str
    language: str
    csrf: str
    grants: tuple[Held, ...]

    def may(self, act: str, scope: Scope) -> bool:
        """Whether one of the viewer's roles allows the act there. Raises KeyError for an unknown act."""
        return allows(ACTS[act], self.grants, scope)


def allows(roles: Collection[str], grants: Collection[Held], scope: Scope) -> bool:
    """Whether one of the grants holds one of the roles and reaches the scope."""
    return any(grant.role in roles and reaches(grant, scope) for grant in grants)


def reaches(grant: Held, scope: Scope) -> bool:
    """Whether a grant counts in a scope: an installation's everywhere, a project's in all its meetings."""
    if grant.scope == INSTALLATION:
        return True
    if grant.scope == PROJECT:
        return scope.kind in (PROJECT, MEETING) and grant.scope_id == scope.project_id
    return scope.kind == MEETING and grant.scope_id == scope.id
