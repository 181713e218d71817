"""Registrations from addresses that nobody knows: kept aside until somebody answers a letter to that address.

They hold no place and wait for none. Who answers arrives at that moment; who does not, is forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from planner.audit import note
from planner.clock import now
from planner.db import write
from planner.errors import Missing, Refusal, Stale
from planner.language import _, say
from planner.letter import Letter, render_letter
from planner.names import full
from planner.outbox import write_letter
from planner.registration import letters, queries
from planner.registration.actions import (
    LINK_AGAIN,
    admit,
    check_open,
    confirm,
    finish,
    give_up,
    lock,
    send_link,
    sent_before,
    write_down,
)
from planner.registration.agreement import REGISTRANT
from planner.registration.behalf import ONESELF, Behalf
from planner.registration.deadlines import use_to_register
from planner.registration.entry import Entry
from planner.registration.forgetting import forget
from planner.registration.offer import Offer, offer_of
from planner.registration.tables import Registration
from planner.registration.waiting_list import PLANNER, Round, set_status

UNCONFIRMED = "unconfirmed"
KEPT = timedelta(hours=48)
"""How long the letter can be answered."""


def pending_of_address(session: Session, meeting_id: int, email: str) -> Sequence[Registration]:
    """The registrations of a meeting that wait for a proof of that address, the oldest first."""
    query = select(Registration).where(
        Registration.meeting_id == meeting_id,
        Registration.status == UNCONFIRMED,
        func.lower(Registration.email) == email.lower(),
    )
    return session.exec(query.order_by(col(Registration.id))).all()


def hold(session: Session, offer: Offer, entry: Entry, form_key: str, behalf: Behalf = ONESELF) -> None:
    """Keep what a stranger wrote, and ask for the proof by one letter, however many register under the address.

    Somebody who is registered already gets the own link again. Raises Refusal when registration is closed.
    """
    turn = Round(offer, offer.form, now())
    check_open(turn, excepted=use_to_register(session, turn, entry.email))
    number = offer.form.meeting_id
    if known := queries.live_of_identity(session, number, entry.identity):
        send_link(session, offer, known)
        return
    pending = pending_of_address(session, number, entry.email)
    sent, form_key = sent_before(session, turn, entry, form_key)
    if sent or any(row.identity == entry.identity for row in pending):
        return
    row = write_down(session, turn, entry, form_key, behalf)
    set_status(session, row, UNCONFIRMED, turn.moment, PLANNER)
    session.flush()
    if not pending:  # one letter proves the address for all: a flood of names never becomes a flood of letters
        write_letter(session, proof_letter(offer, row))


def ask_for_proof(session: Session, offer: Offer, pending: Sequence[Registration]) -> None:
    """Mail the link that proves an address, unless a letter with it has just been written."""
    moment = now() - LINK_AGAIN
    if pending and not any(queries.was_written_since(session, letters.about(row), moment) for row in pending):
        write_letter(session, proof_letter(offer, pending[0]))


def proof_letter(offer: Offer, row: Registration) -> Letter:
    """Was it you? Without an answer nothing is kept."""
    project, meeting = offer.found.project, offer.found.meeting
    context = {
        "project": say(project.names, wish=row.language).text or project.acronym,
        "disclaimer": say(project.disclaimer, wish=row.language).text,
        "meeting": meeting,
        "name": full(row.given, row.family, row.order, row.title),
        "link": f"{letters.address(row)}/confirmation",
        "hours": int(KEPT.total_seconds()) // 3600,
    }
    subject, text, html = render_letter("registration/letters/proof.html", context, row.language)
    return Letter(
        row.email,
        subject,
        text,
        html,
        reply_to=meeting.contact_email,
        language=row.language,
        about=letters.about(row),
    )


def confirm_address(session: Session, offer: Offer, number: int) -> Registration:
    """The letter was answered: all who wait under its address arrive now, in the order in which they wrote.

    The answer is the registration of whoever answered; the one they had before, when there is one. Raises Refusal
    when registration has closed meanwhile, Missing when the letter is too old.
    """
    turn = lock(session, offer)
    asked = session.get_one(Registration, number, populate_existing=True)
    if asked.status != UNCONFIRMED:
        return asked
    if asked.updated_at < turn.moment - KEPT:
        raise Missing
    check_open(turn, excepted=use_to_register(session, turn, asked.email))
    arrived = [_arrive(session, turn, row) for row in pending_of_address(session, asked.meeting_id, asked.email)]
    return next(row for row in arrived if row.identity == asked.identity)


def vouch(session: Session, registration: Registration, actor: str) -> None:
    """An organiser knows the person, so the address needs no proof: confirmed if there is a place, else it waits.

    Raises Refusal when that person is registered under the same address meanwhile.
    """
    turn, row = _pending(session, registration)
    if queries.live_of_identity(session, row.meeting_id, row.identity):
        raise Refusal(_("This person is registered already. Decline this one, or make the two one."))
    row.submitted_at = turn.arrival
    set_status(session, row, "waiting", turn.moment, actor, _("An organiser has confirmed the address."))
    session.flush()
    admit(session, turn, row, actor)
    if row.status == "submitted":
        confirm(session, row, actor)


def turn_away(session: Session, registration: Registration, actor: str, reason: str) -> None:
    """An organiser says no to somebody whose address nobody has proved, and why."""
    turn, row = _pending(session, registration)
    give_up(session, turn, row, "declined", actor, reason)
    finish(session, turn, row, actor, "registration.decline")
    chosen = queries.choices(session, row.id or 0)
    write_letter(session, letters.declined(turn.offer, row, chosen, reason, was=UNCONFIRMED))


def _pending(session: Session, registration: Registration) -> tuple[Round, Registration]:
    turn = lock(session, offer_of(session, registration.meeting_id))
    row = session.get_one(Registration, registration.id, populate_existing=True)
    if row.status != UNCONFIRMED:
        raise Stale(_("This registration has changed since you opened the page."))
    return turn, row


def _arrive(session: Session, turn: Round, row: Registration) -> Registration:
    if known := queries.live_of_identity(session, row.meeting_id, row.identity):
        set_status(session, row, "duplicate", turn.moment, PLANNER)
        send_link(session, turn.offer, known)
        return known
    row.submitted_at = turn.arrival
    set_status(session, row, "waiting", turn.moment, REGISTRANT, "")
    session.flush()
    admit(session, turn, row, REGISTRANT)
    return row


def forget_unconfirmed() -> None:
    """The chore: what nobody confirmed within 48 hours is deleted."""
    with write() as session:
        query = select(Registration).where(
            Registration.status == UNCONFIRMED, col(Registration.updated_at) < now() - KEPT
        )
        for row in session.exec(query).all():
            note(session, PLANNER, "registration.forget_unconfirmed", f"meeting:{row.meeting_id}")
            forget(session, row)
