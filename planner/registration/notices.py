"""Privacy notices: which one stands, its versions, and the next one that an organiser prepares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from sqlmodel import Session, col, select

from planner.audit import note
from planner.clock import now
from planner.consortium.queries import PartnerRow
from planner.consortium.tables import Partner
from planner.errors import Missing, Refusal
from planner.language import DEFAULT, _
from planner.meetings.queries import Found
from planner.registration.form_tables import PrivacyNotice, RegistrationForm
from planner.registration.notice_words import Content, generated

PLANNER = "planner"
DRAFT = 0
"""The number of the version that is not published yet."""
PARTS = tuple(part.name for part in fields(Content))


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice that stands: its words, and its row once somebody was shown it."""

    content: Content
    row: PrivacyNotice | None

    @property
    def number(self) -> int:
        """Its version; 0 while nobody was shown it."""
        return self.row.number if self.row else 0

    @property
    def mark(self) -> str:
        """What a form that shows it carries: its number; while it has none, what its words are known by."""
        return str(self.number) if self.row else self.content.digest


def content_of(row: PrivacyNotice) -> Content:
    """What a version says."""
    return Content(**{name: getattr(row, name) for name in PARTS})


def standing(
    session: Session, found: Found, form: RegistrationForm, host: PartnerRow, partners: Iterable[PartnerRow]
) -> Notice:
    """The newest version that an organiser of the host has published; without one, what Planner writes by itself."""
    rows = versions(session, host.id)
    if own := next((row for row in rows if row.published_by != PLANNER), None):
        return Notice(content_of(own), own)
    content = generated(found, form, host, partners)
    return Notice(content, next((row for row in rows if row.digest == content.digest), None))


def versions(session: Session, partner_id: int) -> Sequence[PrivacyNotice]:
    """The published versions of a host, the newest first."""
    query = select(PrivacyNotice).where(PrivacyNotice.partner_id == partner_id, PrivacyNotice.number > DRAFT)
    return session.exec(query.order_by(col(PrivacyNotice.number).desc())).all()


def version(session: Session, partner_id: int, number: int) -> PrivacyNotice:
    """A published version. Raises Missing."""
    row = next((row for row in versions(session, partner_id) if row.number == number), None)
    if row is None:
        raise Missing
    return row


def of_mark(
    session: Session,
    found: Found,
    form: RegistrationForm,
    host: PartnerRow,
    partners: Iterable[PartnerRow],
    mark: str,
) -> Notice:
    """The notice that a form showed, also when another one stands by now.

    Raises Refusal for what is no published version of that host and not what Planner writes for it: such words cannot
    be found again, so they have to be shown anew.
    """
    for row in versions(session, host.id):
        if mark in (str(row.number), row.digest):
            return Notice(content_of(row), row)
    content = generated(found, form, host, partners)
    if mark != content.digest:
        raise Refusal(
            _("The privacy notice has changed since you opened this form. Please look at it, and send the form again.")
        )
    return Notice(content, None)


def shown(session: Session, found: Found, notice: Notice, partner_id: int) -> int:
    """The number of the row of a notice that somebody is shown: what Planner wrote becomes a version by that, once."""
    if notice.row is not None:
        return notice.row.id or 0
    session.exec(select(Partner.id).where(Partner.id == partner_id).with_for_update()).one()
    if known := next((row for row in versions(session, partner_id) if row.digest == notice.content.digest), None):
        return known.id or 0
    row = _published(session, partner_id, notice.content, PLANNER)
    note(session, PLANNER, "notice.publish", f"meeting:{found.meeting.id}", version=row.number)
    return row.id or 0


def _published(session: Session, partner_id: int, content: Content, by: str) -> PrivacyNotice:
    moment = now()
    newest = next(iter(versions(session, partner_id)), None)
    row = PrivacyNotice(
        partner_id=partner_id,
        number=(newest.number if newest else 0) + 1,
        digest=content.digest,
        updated_at=moment,
        published_at=moment,
        published_by=by,
        **{name: getattr(content, name) for name in PARTS},
    )
    session.add(row)
    session.flush()
    return row


def draft(session: Session, partner_id: int) -> PrivacyNotice | None:
    """The version that is being prepared."""
    query = select(PrivacyNotice).where(PrivacyNotice.partner_id == partner_id, PrivacyNotice.number == DRAFT)
    return session.exec(query).first()


def keep_draft(session: Session, found: Found, partner_id: int, content: Content, actor: str) -> None:
    """Keep what an organiser wrote for the next version."""
    row = draft(session, partner_id) or PrivacyNotice(partner_id=partner_id, number=DRAFT, updated_at=now())
    for name in PARTS:
        setattr(row, name, getattr(content, name))
    row.updated_at, row.digest = now(), content.digest
    session.add(row)
    note(session, actor, "notice.edit", f"meeting:{found.meeting.id}")


def publish(session: Session, found: Found, partner_id: int, actor: str) -> PrivacyNotice:
    """Freeze the draft as the next version. Raises Refusal when there is none, or it lacks what the law demands."""
    session.exec(select(Partner.id).where(Partner.id == partner_id).with_for_update()).one()
    prepared = draft(session, partner_id)
    if prepared is None:
        raise Refusal(_("Nothing was changed since the last version."))
    content = content_of(prepared)
    needed = (content.name, content.contact, content.purposes, content.recipients, content.rights, content.authority)
    if not all(needed) or not all(text.get(DEFAULT) for text in needed if isinstance(text, dict)):
        sentence = _("In English the notice needs a name, a contact, purposes, recipients, rights and the authority.")
        raise Refusal(sentence)
    session.delete(prepared)
    session.flush()
    row = _published(session, partner_id, content, actor)
    note(session, actor, "notice.publish", f"meeting:{found.meeting.id}", version=row.number)
    return row
