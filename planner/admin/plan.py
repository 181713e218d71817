"""What is kept about people and where: every table with a person in it, and with which kind of data its rows go.

A house test reads the database's own list of tables: whoever adds one that is about people adds its line here.
"""

from __future__ import annotations

from typing import NamedTuple

from planner.admin.rules import ABSENT, ANSWERS, ATTENDANCE, CARE, CONSENTS, CONTACT, LOGISTICS

GONE = "—"
"""Stands where a name was."""


class Part(NamedTuple):
    """A share of a table in a kind of data: rows that go, or columns of them that are emptied.

    `by` is the column that says whose it is. `until` is a column with a row's own last day; `files` one with the
    names of stored files.
    """

    table: str
    kind: str
    columns: tuple[str, ...] = ()
    by: str = "registration_id"
    until: str = ""
    files: str = ""


NAMES = ("given", "family", "latin_given", "latin_family")
LINE = (*NAMES, "title", "sort_key", "organisation", "organisation_id", "person_id", "delegation_id", "function")
"""What names a person in a registration."""

BY_OTHERS = ("registered_by",)
"""What a registration tells of somebody else: it never stays longer because its owner wants to be invited again."""

PARTS = (
    Part("care_note", CARE, until="delete_after"),
    Part("visit_choice", LOGISTICS),
    Part("visit_place", LOGISTICS),
    Part("visit_news", LOGISTICS),
    Part("meal_choice", LOGISTICS),
    Part("ride_choice", LOGISTICS),
    Part("option_place", LOGISTICS),
    Part("place_wish", LOGISTICS),
    Part("place_offer", LOGISTICS),
    Part("field_change", LOGISTICS),
    Part("registration", LOGISTICS, ("remarks", "organiser_remarks"), by="id"),
    Part("answer", ANSWERS, files="value"),
    Part("registration", CONTACT, ("email", "phone", "identity", "form_key"), by="id"),
    Part("registration", CONTACT, BY_OTHERS, by="id"),
    Part("status_change", CONTACT, ("reason",)),
    Part("consent", CONSENTS),
    Part("registration", ABSENT, (*LINE, "country"), by="id"),
    Part("planned_day", ABSENT),
    Part("absence", ABSENT),
    Part("check_in", ABSENT),
    Part("registration", ATTENDANCE, (*LINE, "country"), by="id"),
    Part("planned_day", ATTENDANCE),
    Part("signature", ATTENDANCE),
    Part("absence", ATTENDANCE),
    Part("check_in", ATTENDANCE),
    Part("online_log", ATTENDANCE, ("shown_as",)),
)
"""In the order in which they are done."""

PER_MEETING = (
    Part("deadline_exception", CONTACT, ("email", "reason"), by="meeting_id"),
    Part("personal_invitation", CONTACT, by="meeting_id"),
    Part("delegation_link", CONTACT, ("email", "name"), by="delegation_id"),
    Part("roster_view", CONTACT, by="meeting_id"),
)
"""What a meeting knows of people beside registrations: it goes with the addresses."""

ADDRESSED = (
    Part("deadline_exception", CONTACT, ("email", "reason"), by="id"),
    Part("personal_invitation", CONTACT, by="id"),
    Part("delegation_link", CONTACT, ("email", "name"), by="delegation_id"),
    Part("link_request", CONTACT, by="email"),
    Part("sign_in_attempt", CONTACT, by="email"),
)
"""What is known beside registrations: it goes when the person is erased."""

PLAIN = frozenset({
    "id", "meeting_id", "slug", "uid", "token_version", "token_hash", "status", "waiting_for", "category", "partner_id",
    "order", "language", "search_key", "name_key", "submitted_at", "queued_at", "updated_at", "version", "notice_id",
    "erased_at", "approved",
})  # fmt: skip
"""Columns of a registration that say nothing about a person once the others are empty: figures need them."""

ELSEWHERE = {
    "outbox_letter": "letters: the text goes after a month, the address with the person's addresses",
    "audit_note": "the audit log: its details go after two years, and with the person",
    "change": "what was changed: goes with what it changed",
    "loose_file": "files that no answer names: each has its own end",
    "link_request": "who asked for a link: forgotten after a day",
    "sign_in_attempt": "tries to sign in: forgotten after a day",
    "sign_in_link": "goes after a day",
    "signed_in_browser": "goes when it is over",
    "knock": "tries that are limited, by a keyed hash",
    "account": "organisers and helpers, for as long as they work here",
    "grant": "goes with the account",
    "two_people": "numbers only",
    "merge": "numbers only: who was merged is erased with the one that was kept",
    "erasure_request": "proof that a request was answered, without a name",
    "person": "the directory: goes when an administrator erases somebody in the whole project",
    "document": "names its speaker by number only; whoever looks after the meeting deletes it",
    "delegation": "names its contact by number only",
    "agenda_day": "names its chair by number only",
    "speaking": "who speaks, by number: the agenda that was given out is proof",
    "study_visit": "names contact and guide by number only",
    "meeting": "the organisers' own contact, public",
    "partner": "an organisation, public",
    "privacy_notice": "the host's own contact, public",
    "retention_run": "counts only",
}
"""Tables that hold or may hold people and end in another way, with the way."""
