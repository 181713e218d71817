"""What is done with registrations. Only these functions write them.

Every act that may take or free a place first locks the row of the meeting's form: on PostgreSQL by SELECT … FOR
UPDATE, on SQLite by the write lock that `db.write` holds anyway. Then it counts, decides and writes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, delete, select

from planner.audit import note
from planner.clock import arrival, local, now
from planner.db import Table
from planner.errors import Refusal, Stale
from planner.language import _, speaking
from planner.letter import Letter
from planner.outbox import write_letter
from planner.registration import apart, letters, notices, queries, rows
from planner.registration.agreement import agree
from planner.registration.answering import forget as forget_answers
from planner.registration.answering import keep as keep_answers
from planner.registration.answering import told
from planner.registration.behalf import ONESELF, Behalf
from planner.registration.deadlines import use_to_register
from planner.registration.entry import Entry
from planner.registration.form_tables import RegistrationForm
from planner.registration.offer import Offer, offer_of
from planner.registration.place_tables import VisitPlace
from planner.registration.pools import MEETING
from planner.registration.rules import (
    LIVE,
    Phase,
    Stock,
    next_arrival,
    phase,
    walk,
)
from planner.registration.tables import CareNote, Registration, StatusChange
from planner.registration.waiting_list import PLANNER, Round, loosen, promote, set_status, take_turn
from planner.registration.wishing import (
    end_offers,
    stand_at_the_end,
    wish,
)
from planner.tokens import mint

LINK_AGAIN = timedelta(minutes=10)
"""How long after a letter no other one with the same link is sent."""
MOST_PER_ADDRESS = 10
"""How many people may be registered under one e-mail address: a delegation, but not a flood of letters."""


def lock(session: Session, offer: Offer) -> Round:
    """Hold the form's row until the end of the transaction: nobody else counts or gives places meanwhile."""
    query = select(RegistrationForm).where(RegistrationForm.id == offer.form.id)
    form = session.exec(query.with_for_update().execution_options(populate_existing=True)).one()
    form.arrived_at = next_arrival(form.arrived_at, arrival())
    return Round(offer, form, now(), form.arrived_at)


def register(
    session: Session, offer: Offer, entry: Entry, form_key: str, behalf: Behalf = ONESELF
) -> Registration | None:
    """Register somebody: a place if one is free and nobody waits for it, else the waiting list.

    The same form sent again gives the same registration. None means that the person is registered already: the link
    goes to the address again, and who asks here learns nothing. Raises Refusal when the form is closed, or for too
    many people under one address.
    """
    turn = lock(session, offer)
    known, form_key = sent_before(session, turn, entry, form_key)
    if known:
        return known
    check_open(turn, excepted=use_to_register(session, turn, entry.email, behalf.contact))
    if known := queries.live_of_identity(session, turn.form.meeting_id, entry.identity):
        send_link(session, offer, known)
        return None
    _check_address(session, turn, entry.email)
    row = write_down(session, turn, entry, form_key, behalf)
    position = take_turn(session, turn, row, entry.demand, wishes=bool(entry.visits or entry.apart))
    places = apart.standings(session, row) if entry.visits or entry.apart else []
    _welcome(session, turn, row, behalf.actor, queries.chosen(entry, places, told(offer, entry)), position)
    return row


def sent_before(session: Session, turn: Round, entry: Entry, form_key: str) -> tuple[Registration | None, str]:
    """The registration that this very form has made already, and the key for a new one.

    Who goes back in the browser and writes a colleague's name into the form that was sent has an old key for somebody
    new.
    """
    known = queries.of_form_key(session, form_key)
    if known is None:
        return None, form_key
    same = (known.meeting_id, known.identity) == (turn.form.meeting_id, entry.identity)
    return (known if same else None), mint()


def admit(session: Session, turn: Round, row: Registration, actor: str) -> None:
    """Let a registration that was kept aside take its place or its turn, and answer it. Its turn counts from now."""
    if row.version > 1:
        stand_at_the_end(session, turn, row)
    session.flush()
    live = queries.claims(session, turn.form.meeting_id)
    demand = next(claim.demand for claim in live if claim.registration_id == row.id)
    position = take_turn(session, turn, row, demand, wishes=True)
    session.flush()
    _welcome(session, turn, row, actor, queries.choices(session, row.id or 0), position)


def _welcome(
    session: Session, turn: Round, row: Registration, actor: str, chosen: queries.Choices, position: int
) -> None:
    """Note the arrival, and write how it stands."""
    if row.status == "waiting":
        session.add(change_to(row, "waiting", turn.moment, PLANNER))
    finish(session, turn, row, actor, "registration.register")
    write_letter(session, letter_of(turn, row, chosen, position))


def check_open(turn: Round, *, excepted: bool = False) -> None:
    """Raises Refusal when nobody can register any more; `excepted` is who may although the form has closed."""
    is_open = excepted or phase(turn.form, turn.moment) is Phase.OPEN
    if not is_open or turn.offer.found.meeting.cancelled_at:
        raise Refusal(_("Registration is closed. Please ask the organisers."))


def _check_address(session: Session, turn: Round, email: str) -> None:
    if len(queries.live_of_address(session, turn.form.meeting_id, email)) >= MOST_PER_ADDRESS:
        raise Refusal(_("Very many people are registered with this address. Please ask the organisers."), "email")


def write_down(session: Session, turn: Round, entry: Entry, form_key: str, behalf: Behalf = ONESELF) -> Registration:
    """A new registration that waits, with all its answers; it gets no place and no letter yet."""
    row = rows.registration(turn.form.meeting_id, entry, form_key, turn.arrival)
    row.registered_by, row.delegation_id, row.approved = behalf.name, behalf.delegation_id, behalf.approved
    row.notice_id = _notice_shown(session, turn.offer, entry.notice)
    recognise(session, turn.offer, row)
    session.add(row)
    session.flush()
    session.add(change_to(row, "submitted", turn.moment, behalf.actor))
    keep(session, turn, row, entry)
    wish(session, turn, row, entry)
    return row


def _notice_shown(session: Session, offer: Offer, mark: str) -> int:
    """The number of the notice that the person saw: the one on the form (`mark`), else the one that stands."""
    notice = offer.notice
    if mark and mark != notice.mark:
        notice = notices.of_mark(session, offer.found, offer.form, offer.controller, offer.partners, mark)
    return notices.shown(session, offer.found, notice, offer.controller.id)


def recognise(session: Session, offer: Offer, row: Registration) -> None:
    """Connect a registration with the person of the directory who has its name and address."""
    person = queries.person_of(session, offer.found.project.id or 0, row.email, row.given, row.family)
    row.person_id = person.id if person else None


def keep(session: Session, turn: Round, row: Registration, entry: Entry) -> None:
    """Write down the choices, answers and consents of an entry."""
    number = row.id or 0
    session.add_all(rows.choices(number, entry))
    delete_after = turn.offer.found.meeting.last_day + timedelta(days=turn.form.sensitive_days)
    session.add_all(rows.care(number, entry, delete_after))
    keep_answers(session, turn.offer, row, entry)
    agree(session, turn.offer, row, entry.consents, turn.moment)


def change_to(row: Registration, status: str, moment: datetime, actor: str) -> StatusChange:
    """A line of the history: the registration has that status."""
    return StatusChange(registration_id=row.id or 0, status=status, at=moment, actor=actor)


def finish(session: Session, turn: Round, row: Registration, actor: str, act: str, **details: object) -> None:
    """Note an act, and that the number of free places may have changed."""
    turn.form.revision += 1
    session.add(turn.form)
    note(session, actor, act, letters.about(row), status=row.status, **details)


def answer(session: Session, turn: Round, row: Registration) -> Letter:
    """The letter that says how somebody stands now."""
    position = queries.position(session, turn.form, row.id or 0) if row.status == "waiting" else 0
    return letter_of(turn, row, queries.choices(session, row.id or 0), position)


def letter_of(turn: Round, row: Registration, chosen: queries.Choices, position: int) -> Letter:
    """The letter that says how somebody stands, with what was read already."""
    if row.status == "waiting":
        return letters.waiting(turn.offer, row, chosen, position)
    write = letters.confirmed if row.status == "confirmed" else letters.received
    return write(turn.offer, row, chosen)


def send_link(session: Session, offer: Offer, row: Registration) -> None:
    """Mail somebody the link to their registration again, unless a letter with it has just been written."""
    if not queries.was_written_since(session, letters.about(row), now() - LINK_AGAIN):
        write_letter(session, letters.link(offer, row, queries.choices(session, row.id or 0)))


def send_links(session: Session, offer: Offer, email: str) -> None:
    """Mail everybody who is registered under that address the link again."""
    for row in queries.live_of_address(session, offer.form.meeting_id, email):
        send_link(session, offer, row)


def find_live(session: Session, number: int, version: int | None = None) -> Registration:
    """The registration as it is now. Raises Stale when it is not that version any more, Refusal when it is over."""
    row = session.get_one(Registration, number, populate_existing=True)
    if version is not None and row.version != version:
        raise Stale(_("This registration has changed since you opened the page."))
    if row.status not in LIVE:
        raise Refusal(_("This registration is no longer valid. Please ask the organisers."))
    return row


def check_not_over(turn: Round) -> None:
    """Raises Refusal once the meeting is over, and for one that does not take place."""
    meeting = turn.offer.found.meeting
    if meeting.cancelled_at is not None:
        raise Refusal(_("This meeting does not take place; nothing can be changed any more."))
    if local(turn.moment, meeting.zone).date() > meeting.last_day:
        raise Refusal(_("The meeting is over; nothing can be changed any more."))


def delete_rows(session: Session, table: type[Table], row: Registration) -> None:
    """Delete the rows of that kind which belong to a registration."""
    session.exec(delete(table).where(table.registration_id == row.id))  # type: ignore[attr-defined]


def withdraw(session: Session, offer: Offer, number: int, behalf: Behalf = ONESELF) -> None:
    """Somebody no longer comes: the places go to those who wait. A second time nothing happens."""
    turn = lock(session, offer)
    check_not_over(turn)
    row = session.get_one(Registration, number, populate_existing=True)
    was = row.status
    if was in LIVE:
        with speaking(row.language):
            reason = _("%(name)s has withdrawn your registration.") % {"name": behalf.name} if behalf.name else ""
        give_up(session, turn, row, "cancelled", behalf.actor, reason)
        finish(session, turn, row, behalf.actor, "registration.withdraw")
        write_letter(session, letters.withdrawn(offer, row, queries.choices(session, number), reason, was=was))


def give_up(session: Session, turn: Round, row: Registration, status: str, actor: str, reason: str) -> None:
    """End a registration with that status: its places go to those who wait."""
    set_status(session, row, status, turn.moment, actor, reason)
    end_offers(session, turn, row.id or 0, None, "void")
    for table in (VisitPlace, CareNote):
        delete_rows(session, table, row)
    forget_answers(session, [row.id or 0], ["care"])
    promote(session, turn, row)


def confirm(session: Session, registration: Registration, actor: str) -> None:
    """An organiser says yes. Raises Refusal when the registration is over, or it waits and it is not its turn."""
    turn = lock(session, offer_of(session, registration.meeting_id))
    row = find_live(session, registration.id or 0)
    if row.status == "confirmed":
        return
    if row.status == "waiting":
        _check_turn(session, turn, row)
        loosen(session, turn, row)
    set_status(session, row, "confirmed", turn.moment, actor)
    end_offers(session, turn, row.id or 0, {MEETING}, "accepted")
    promote(session, turn, row)
    finish(session, turn, row, actor, "registration.confirm")
    write_letter(session, answer(session, turn, row))


def _check_turn(session: Session, turn: Round, row: Registration) -> None:
    """Raises Refusal when no place is free for somebody who waits, or others have waited for it longer."""
    live, there = queries.claims(session, turn.form.meeting_id), queries.places(session, turn.form, turn.moment)
    found = {claim.registration_id: (claim.demand, verdict) for claim, verdict in walk(there, live, ())}
    demand, verdict = found[row.id or 0]
    if verdict.status != "waiting":
        return
    if Stock(there, live).lacking(demand.pools):
        raise Refusal(_("No place is free. Raise the number of places first, or decline somebody else."))
    raise Refusal(_("Others have waited longer. To give a place past them, go to “Places and queues” and say why."))


def decline(session: Session, registration: Registration, actor: str, reason: str) -> None:
    """An organiser says no and why: the places go to those who wait. Raises Refusal when the registration is over."""
    turn = lock(session, offer_of(session, registration.meeting_id))
    row = find_live(session, registration.id or 0)
    was = row.status
    give_up(session, turn, row, "declined", actor, reason)
    finish(session, turn, row, actor, "registration.decline")
    write_letter(session, letters.declined(turn.offer, row, queries.choices(session, row.id or 0), reason, was=was))
