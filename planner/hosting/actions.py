"""What hosts do with a meeting's frame: set it up, change it, share it, tick off what was looked at."""

from __future__ import annotations

from sqlmodel import Session

from planner.accounts import actions as accounts
from planner.accounts.permissions import MEETING, ORGANISER, Scope
from planner.accounts.queries import account_of
from planner.accounts.rules import tidy
from planner.accounts.tables import Account
from planner.audit import note
from planner.clock import now
from planner.consortium.tables import Partner, Project
from planner.errors import Missing, Refusal
from planner.hosting.cloning import address_of, uid
from planner.hosting.editing import add_days, new_form
from planner.hosting.letters import invited
from planner.hosting.queries import find_look
from planner.hosting.rules import Values
from planner.language import _
from planner.meetings.queries import Found
from planner.meetings.rules import KINDS
from planner.meetings.tables import Meeting
from planner.outbox import write_letter


def create(session: Session, project: Project, actor: str, name: str, values: Values) -> Meeting:
    """A new meeting with the defaults of its kind, seen by nobody but its organisers until it is published."""
    host: Partner = values["host"]
    usual, moment = KINDS[values["kind"]], now()
    meeting = Meeting(
        project_id=project.id or 0,
        slug=address_of(session, project.id or 0, host, values["first_day"].year),
        kind=values["kind"],
        state="planned",
        host_partner_id=host.id or 0,
        zone=host.zone,
        first_day=values["first_day"],
        last_day=values["last_day"],
        mode=usual.mode,
        exchange_event=usual.exchange,
        place=dict(host.city),
        title=values["title"],
        working_language=host.language if values["kind"] == "regional_stakeholders" else "en",
        contact_name=name,
        contact_email=actor,
        uid=uid("meeting"),
        created_at=moment,
        updated_at=moment,
    )
    session.add(meeting)
    session.flush()
    add_days(session, meeting, actor, meeting.first_day)
    session.add(new_form(session, meeting))
    note(session, actor, "meeting.create", f"meeting:{meeting.id}", kind=meeting.kind)
    return meeting


def announce(session: Session, found: Found, actor: str) -> None:
    """Show the meeting to everybody, before there is an agenda: its dates, its place, and registration."""
    meeting = found.meeting
    if meeting.published_at is not None:
        raise Refusal(_("The meeting is announced already."))
    meeting.published_at = meeting.updated_at = now()
    meeting.revision += 1
    session.add(meeting)
    note(session, actor, "meeting.announce", f"meeting:{meeting.id}")


def share(
    session: Session, found: Found, actor: str, email: str, name: str, sender: str, role: str = ORGANISER
) -> Account:
    """Let somebody work on this meeting too, and tell that person; an account is made when there is none."""
    account = account_of(session, tidy(email)) or accounts.add_account(session, email, name, actor)
    accounts.grant(session, account, role, scope(found), actor)
    write_letter(session, invited(found, account, sender))
    return account


def unshare(session: Session, found: Found, actor: str, account_id: int, role: str = ORGANISER) -> None:
    """Take somebody's role at this meeting away. Raises Missing when that person does not hold it."""
    accounts.revoke(session, account_id, role, scope(found), actor)


def scope(found: Found) -> Scope:
    """A meeting as a scope of rights."""
    return Scope(MEETING, found.meeting.id or 0, found.project.id or 0)


def tick(session: Session, found: Found, actor: str, number: int, *, done: bool) -> None:
    """Tick off a thing that was looked at, or take the tick away. Raises Missing when it is not of this meeting."""
    look = find_look(session, found.meeting.id or 0, number)
    if look is None:
        raise Missing
    look.done_at, look.done_by = (now(), actor) if done else (None, "")
    session.add(look)
