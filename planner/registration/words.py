"""Words for what registrations store as codes, in the reader's language."""

from __future__ import annotations

from planner.language import _


def status_text(status: str) -> str:
    """What became of a registration."""
    words = {
        "submitted": _("Waits for a decision"),
        "confirmed": _("Confirmed"),
        "waiting": _("Waiting list"),
        "offered": _("A place is offered"),
        "declined": _("Declined"),
        "cancelled": _("Cancelled"),
        "duplicate": _("Double"),
        "walk_in": _("Walk-in"),
        "unconfirmed": _("Address not confirmed yet"),
    }
    return words.get(status, status)


def status_kind(status: str) -> str:
    """The colour of a status's badge."""
    kinds = {"submitted": "warn", "waiting": "warn", "unconfirmed": "warn", "offered": "accent"}
    return {**kinds, "confirmed": "good", "declined": "bad"}.get(status, "")


def category_text(category: str) -> str:
    """As what somebody comes."""
    words = {
        "partner_staff": _("Partner staff"),
        "stakeholder": _("Stakeholder of a partner"),
        "host_local": _("Local guest of the host"),
        "speaker": _("Invited speaker"),
        "programme": _("Programme body"),
        "interpreter": _("Interpreter"),
    }
    return words.get(category, category)


def waiting_text(waiting_for: str) -> str:
    """What somebody on the waiting list waits for."""
    words = {"place": _("for a place"), "quota": _("for a place of the partner")}
    return words.get(waiting_for, waiting_for)


def diet_text(diet: str) -> str:
    """What somebody eats; nothing for everything."""
    words = {
        "none": "",
        "vegetarian": _("Vegetarian"),
        "vegan": _("Vegan"),
        "gluten_free": _("Gluten-free"),
        "halal": _("Halal"),
        "lactose_free": _("Lactose-free"),
    }
    return words.get(diet, diet)


def purpose_text(purpose: str) -> str:
    """A purpose that people say yes or no to, in short."""
    words = {
        "photo": _("Photos"),
        "participant_list": _("E-mail address in the list of participants"),
        "future_invitations": _("Later invitations"),
        "sensitive": _("Food and access"),
    }
    return words.get(purpose, purpose)
