"""What is asked about invitations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from planner.consortium.tables import Partner
from planner.delegations.rules import OPEN, State, may_remind, state
from planner.delegations.tables import PersonalInvitation
from planner.errors import Missing
from planner.names import full, sort_key
from planner.registration.deadlines import registers_late
from planner.registration.offer import Offer
from planner.registration.tables import Registration
from planner.tokens import digest


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation as the organisers see it."""

    id: int
    name: str
    email: str
    function: str
    organisation: str
    category: str
    partner: str
    invited_by: str
    sent_at: datetime
    reminded_at: datetime | None
    expires_at: datetime
    state: State
    may_remind: bool

    @property
    def is_open(self) -> bool:
        """Whether an answer is still waited for."""
        return self.state in OPEN


def invitations(session: Session, meeting_id: int, moment: datetime) -> list[InvitationRow]:
    """All invitations of a meeting by family name."""
    query = (
        select(PersonalInvitation, Partner, Registration.status)
        .join(Partner, col(Partner.id) == PersonalInvitation.partner_id, isouter=True)
        .join(Registration, col(Registration.id) == PersonalInvitation.registration_id, isouter=True)
        .where(PersonalInvitation.meeting_id == meeting_id)
    )
    rows = sorted(session.exec(query), key=lambda found: sort_key(f"{found[0].latin_family} {found[0].latin_given}"))
    return [_invitation(row, partner, status or "", moment) for row, partner, status in rows]


def _invitation(row: PersonalInvitation, partner: Partner | None, status: str, moment: datetime) -> InvitationRow:
    found = state_of(row, moment, status=status)
    return InvitationRow(
        row.id or 0,
        full(row.given, row.family, row.order, row.title),
        row.email,
        row.function,
        row.organisation,
        row.category,
        partner.short if partner else "",
        row.invited_by,
        row.sent_at,
        row.reminded_at,
        row.expires_at,
        found,
        found in OPEN and may_remind(row.sent_at, row.reminded_at, moment),
    )


def state_of(row: PersonalInvitation, moment: datetime, late: datetime | None = None, status: str = "") -> State:
    """How an invitation stands; `late`: until when an exception lets that address register after the deadline.

    `status` is that of the registration, if it was looked for: who has withdrawn cannot come, like who said so at once.
    """
    left = status == "cancelled"
    return state(
        answered=row.registration_id is not None and not left,
        declined_at=row.declined_at or (moment if left else None),
        revoked_at=row.revoked_at,
        reminded_at=row.reminded_at,
        expires_at=max(row.expires_at, late) if late else row.expires_at,
        moment=moment,
    )


def stands(session: Session, offer: Offer, row: PersonalInvitation, moment: datetime) -> State:
    """How an invitation stands for its bearer: an exception from the deadline outlasts its own end."""
    late = registers_late(session, offer.form, row.email, moment)
    answer = session.get(Registration, row.registration_id) if row.registration_id else None
    return state_of(row, moment, late.until if late else None, answer.status if answer else "")


def invitation(session: Session, meeting_id: int, number: int) -> PersonalInvitation:
    """An invitation of that meeting. Raises Missing."""
    found = session.get(PersonalInvitation, number) if abs(number) < 2**31 else None
    if found is None or found.meeting_id != meeting_id:
        raise Missing
    return found


def invitation_of_token(session: Session, token: str) -> PersonalInvitation:
    """The invitation that a secret address opens, in whatever state. Raises Missing."""
    found = session.exec(select(PersonalInvitation).where(PersonalInvitation.token_hash == digest(token))).first()
    if found is None:
        raise Missing
    return found
