"""What organisers mend in a registration: with its version, its places, and a line in its history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from planner.audit import note
from planner.clock import now
from planner.errors import Refusal, Stale
from planner.language import _, say
from planner.meetings.queries import Found
from planner.registration import letters, sentences
from planner.registration.actions import lock
from planner.registration.affiliations import Affiliations, affiliations
from planner.registration.offer import offer
from planner.registration.queries import claims, form_of, places
from planner.registration.rules import HOLDING, LIVE, Demand, lacking_for_change
from planner.registration.tables import FieldChange, Registration
from planner.registration.waiting_list import Round, promote
from planner.roster.forms import FIELDS, NO_PARTNER, filled
from planner.roster.record import of_id


def kept_form(row: Registration, known: Affiliations) -> tuple[dict[str, str], int]:
    """What the form holds for that registration now, and the version it has."""
    typed = filled(row, say(known.organisation(row)).text, known.partner(row.partner_id))
    return {name: typed.one(name) for name in FIELDS}, row.version


def edit(
    session: Session, found: Found, number: int, wanted: Mapping[str, str], version: int, actor: str
) -> Registration:
    """Put those values in the place of the old ones and keep both in the history.

    Raises Stale with both sides when somebody was faster, Refusal when another partner or category has no place left,
    Missing for a registration of another meeting.
    """
    turn = lock(session, offer(session, found)) if form_of(session, found.meeting.id or 0) else None
    row, known = of_id(session, found, number), affiliations(session, found)
    before, current = kept_form(row, known)
    if current != version:
        sentence = _("Somebody has changed this person since you opened the form. Please look at both versions.")
        raise Stale(sentence, current=before, typed=dict(wanted))
    changed = {name: value for name, value in wanted.items() if value != before[name]}
    if changed:
        _write(session, found, turn, row, known, changed)
        _remember(session, row, before, changed, actor)
        if turn and row.status in LIVE:
            promote(session, turn, row)
    return row


def _write(
    session: Session,
    found: Found,
    turn: Round | None,
    row: Registration,
    known: Affiliations,
    changed: Mapping[str, str],
) -> None:
    category, partner = changed.get("category", row.category), row.partner_id
    if "partner" in changed:
        numbers = {str(one.number): one.id for one in known.partners.values()}
        partner = None if changed["partner"] == NO_PARTNER else numbers[changed["partner"]]
    if category == "host_local":
        partner = found.meeting.host_partner_id
    if turn and row.status in LIVE and (category, partner) != (row.category, row.partner_id):
        _check_places(session, turn, row, partner, category)
    if "organisation" in changed:
        row.organisation_id = None
    for name, value in changed.items():
        if name != "partner":
            setattr(row, name, value)
    row.partner_id, row.version, row.updated_at = partner, row.version + 1, now()
    session.add(row)
    session.flush()


def _check_places(session: Session, turn: Round, row: Registration, partner: int | None, category: str) -> None:
    """Who comes for another partner needs a place of that one; who waits goes to the end of that line."""
    live = claims(session, turn.form.meeting_id)
    held = next(claim.demand for claim in live if claim.registration_id == row.id)
    wished = Demand(held.on_site, held.online, partner, category)
    if row.status not in HOLDING:
        row.queued_at = turn.arrival if wished.pools - held.pools else row.queued_at
    elif lacking := lacking_for_change(held, wished, places(session, turn.form), live):
        names = ", ".join(sentences.pool_text(turn.offer, pool) for pool in sorted(lacking))
        raise Refusal(_("No place is free: %(names)s. Raise the number of places first.") % {"names": names}, "partner")


def _remember(
    session: Session, row: Registration, before: Mapping[str, str], changed: Mapping[str, str], actor: str
) -> None:
    moment = now()
    session.add_all(change_of(row, "edit", name, before[name], value, actor, moment) for name, value in changed.items())
    note(session, actor, "registration.edit", letters.about(row), fields=sorted(changed))


def change_of(
    row: Registration, act: str, field: str, before: str, after: str, actor: str, moment: datetime
) -> FieldChange:
    """A line of the history: what a field was and what it is now."""
    return FieldChange(
        registration_id=row.id or 0, at=moment, actor=actor, act=act, field=field, before=before, after=after
    )
