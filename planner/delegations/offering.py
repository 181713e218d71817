"""What the pages of delegations and invitations offer to choose from."""

from __future__ import annotations

from collections.abc import Mapping

from planner.delegations.invitees import Invitee
from planner.language import INTERFACE, _, language_text
from planner.registration.entry import Entry


def language_options() -> list[tuple[str, str]]:
    """The languages in which letters are written."""
    return [(code, language_text(code)) for code in INTERFACE]


def as_invitees(entries: Mapping[str, Entry]) -> list[Invitee]:
    """People of a delegation whom their contact would rather invite than register."""
    return [
        Invitee(
            key=row,
            given=one.given,
            family=one.family,
            email=one.email,
            category=one.category,
            latin_given=one.latin_given,
            latin_family=one.latin_family,
            function=one.function,
            organisation=one.organisation,
            country=one.country,
            language=one.language,
            partner_id=one.partner_id,
        )
        for row, one in entries.items()
    ]


def state_text(state: str) -> str:
    """How an invitation stands, in the reader's language."""
    return {
        "answered": _("Registered"),
        "declined": _("Cannot come"),
        "revoked": _("Taken back"),
        "expired": _("Expired"),
        "reminded": _("Reminded"),
        "sent": _("Sent"),
    }[state]


def state_kind(state: str) -> str:
    """The colour of an invitation's badge."""
    return {"answered": "good", "declined": "bad", "sent": "warn", "reminded": "warn"}.get(state, "")
