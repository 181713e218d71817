"""The forms of contacts and organisers: what was typed, or a sentence at each field that needs another look."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from planner.clock import instant, now
from planner.delegations.invitees import Invitee
from planner.delegations.queries import Contact
from planner.delegations.rules import MOST_ROWS, Line, pasted
from planner.delegations.tables import PersonalInvitation
from planner.forms import Check, Typed
from planner.language import INTERFACE, _, ngettext
from planner.registration.asking import answered
from planner.registration.entry import Entry
from planner.registration.form_keys import new_key
from planner.registration.forms import OTHER, blank, entry, legible
from planner.registration.offer import Offer
from planner.registration.rules import CATEGORIES, WITH_QUOTA
from planner.registration.tables import Delegation
from planner.tokens import mint

ROW = ("given", "family", "latin_given", "latin_family", "email", "function")
"""The fields of one row."""
TEXTS = ("given", "family", "email", "function")
FIRST_ROWS, MORE_ROWS = 4, 4
VISITS = ("visit_1", "visit_2", "visit_keep")
COMMON = ("category", "organisation", *VISITS, "meals", "rides", "language")
"""What all rows of a form have in common, beside the days."""
OWN = (*ROW, *COMMON, "partner")


def categories(delegation: Delegation) -> tuple[str, ...]:
    """As what people of a delegation can come."""
    return (*WITH_QUOTA, "speaker") if delegation.partner_id else tuple(c for c in CATEGORIES if c not in WITH_QUOTA)


def empty(offer: Offer, delegation: Delegation, language: str) -> Typed:
    """An unused form with some rows: staff of the partner, all days on site."""
    usual = blank(offer).values
    days = {name: usual[name] for name in days_of(offer)}
    first = {"category": [categories(delegation)[0]], "language": [language]}
    return Typed({"form_key": [new_key(now())], "rows": [str(FIRST_ROWS)], **first, **days})


def days_of(offer: Offer) -> list[str]:
    """The fields of the days."""
    return [f"day_{day.number}" for day in offer.days]


def rows_of(typed: Typed) -> list[str]:
    """The numbers of the rows that a form has, as its fields are named."""
    count = typed.one("rows")
    wanted = int(count) if count.isascii() and count.isdecimal() and len(count) < 4 else FIRST_ROWS
    return [str(number) for number in range(1, max(1, min(wanted, MOST_ROWS)) + 1)]


def filled_rows(typed: Typed) -> list[str]:
    """Those rows in which something is written."""
    return [row for row in rows_of(typed) if any(typed.one(f"{name}-{row}").strip() for name in ROW)]


def with_more_rows(typed: Typed) -> Typed:
    """The same form with some rows more."""
    count = min(len(rows_of(typed)) + MORE_ROWS, MOST_ROWS)
    return Typed({**typed.values, "rows": [str(count)]})


def with_pasted(typed: Typed) -> tuple[Typed, str]:
    """The same form with a pasted list as rows behind those that are filled in; and what to say, if it had people."""
    lines = pasted(typed.one("paste"), MOST_ROWS + 1)  # one too many tells that there are more
    kept = [_line(typed, row) for row in filled_rows(typed)]
    room = MOST_ROWS - len(kept)
    return with_rows(typed, [*kept, *map(_fields, lines)]), _read(len(lines), room) if lines else ""


def _read(people: int, room: int) -> str:
    read = min(people, room)
    said = ngettext("%(count)d person was read. Please check.", "%(count)d people were read. Please check.", read)
    more = _("One form takes %(most)d people: send these, then paste the rest.") % {"most": MOST_ROWS}
    return said % {"count": read} + (f" {more}" if people > room else "")


def _line(typed: Typed, row: str) -> dict[str, str]:
    return {name: typed.one(f"{name}-{row}") for name in ROW}


def _fields(line: Line) -> dict[str, str]:
    return {name: getattr(line, name) for name in TEXTS}


def with_rows(typed: Typed, rows: list[dict[str, str]]) -> Typed:
    """The same form with these rows instead of its own."""
    rest = {name: values for name, values in typed.values.items() if name.partition("-")[0] not in ROW}
    told = {
        f"{name}-{number}": [value]
        for number, row in enumerate(rows[:MOST_ROWS], 1)
        for name, value in row.items()
        if value
    }
    count = max(FIRST_ROWS, min(len(rows), MOST_ROWS))
    return Typed({**rest, **told, "rows": [str(count)], "paste": [""]})


def without_rows(typed: Typed, done: Collection[str]) -> Typed:
    """The same form with those rows emptied that are done; the others keep their numbers and their keys."""
    gone = {f"{name}-{row}" for name in ROW for row in done}
    return Typed({name: values for name, values in typed.values.items() if name not in gone})


@dataclass(frozen=True, slots=True)
class Batch:
    """A form with several people: those that can be registered, by row, and what is wrong with the others."""

    entries: Mapping[str, Entry]
    errors: Mapping[str, str]


def batch(typed: Typed, offer: Offer, delegation: Delegation) -> Batch:
    """Each row judged by itself; what is wrong with the common choices holds them all up."""
    check = Check(typed)
    language = check.choice("language", INTERFACE) or "en"
    needed = _("Please choose the role in which these people take part.")
    check.choice("category", categories(delegation), needed=needed)
    rows = filled_rows(typed)
    if not rows:
        check.wrong("given-1", _("Please write at least one person."))
    entries, errors = dict[str, Entry](), dict(check.errors)
    for row in rows:
        found, wrong = _judged(_as_form(typed, offer, delegation, row), offer, {*OWN, *days_of(offer)})
        errors |= {f"{name}-{row}" if name in ROW else name: sentence for name, sentence in wrong.items()}
        if found is not None:
            entries[row] = replace(found, language=language)
    common = set(errors) & {*COMMON, *days_of(offer)}
    return Batch({} if common else entries, errors)


def _as_form(typed: Typed, offer: Offer, delegation: Delegation, row: str) -> Typed:
    """One row as if that person had filled in the registration form alone."""
    partner = next((one for one in offer.partners if one.id == delegation.partner_id), None)
    common = {name: typed.many(name) for name in (*COMMON, *days_of(offer)) if name != "language"}
    whose = {"partner": [str(partner.number) if partner else OTHER], "country": [partner.country if partner else ""]}
    return Typed({**common, **whose, **{name: typed.many(f"{name}-{row}") for name in ROW}})


def _judged(
    typed: Typed, offer: Offer, asked: Collection[str], *, again: bool = False
) -> tuple[Entry | None, dict[str, str]]:
    """An entry from a form that asks less than the registration form: the person answers the rest by the own link."""
    found, errors = entry(typed, offer, again=again)
    wrong = {name: sentence for name, sentence in errors.items() if name in asked}
    if wrong or found is not None:
        return (None if wrong else found), wrong
    return answered(Check(typed), legible(typed, offer, again=again), offer), {}


CHANGED = ("given", "family", "latin_given", "latin_family", "function", "category", "organisation", *VISITS,
           "meals", "rides")  # fmt: skip
"""What a contact may change of a colleague, beside the days. Not the address: the secret link goes there."""


def changed(typed: Typed, kept: Typed, offer: Offer, delegation: Delegation) -> tuple[Entry | None, dict[str, str]]:
    """A colleague's registration with what the contact typed; all the rest stays as the person answered it."""
    asked = (*CHANGED, *days_of(offer))
    check = Check(typed)
    check.choice("category", {*categories(delegation), kept.one("category")})
    found, wrong = _judged(merged(typed, kept, offer), offer, {*asked, "partner"}, again=True)
    return (found if check.fine else None), check.errors | wrong


def merged(typed: Typed, kept: Typed, offer: Offer) -> Typed:
    """What is kept, with what the contact typed over it."""
    return Typed({**kept.values, **{name: typed.many(name) for name in (*CHANGED, *days_of(offer))}})


def contact(check: Check) -> Contact:
    """Who answers for a delegation."""
    return Contact(
        check.text("name", limit=200),
        check.address("email", needed=_("Please write an e-mail address.")),
        check.choice("language", INTERFACE) or "en",
    )


def listed(typed: Typed, offer: Offer) -> tuple[list[Invitee], dict[str, str]]:
    """People of a list that an organiser pasted or typed, each to be invited with the same choices."""
    check = Check(typed)
    category = check.choice("category", CATEGORIES, needed=_("Please choose the role in which these people take part."))
    numbers = {str(partner.number): partner for partner in offer.partners}
    partner = numbers.get(check.choice("partner", (*numbers, OTHER)))
    if category in WITH_QUOTA and partner is None:
        check.wrong("partner", _("Please choose the partner these people work for or are guests of."))
    language = check.choice("language", INTERFACE) or "en"
    organisation = check.text("organisation")
    rows = filled_rows(typed)
    if not rows:
        check.wrong("given-1", _("Please write at least one person."))
    people = [
        Invitee(
            key=row,
            **_who(check, row),
            category=category,
            language=language,
            organisation=organisation,
            country=partner.country if partner else "",
            partner_id=partner.id if partner else None,
        )
        for row in rows
    ]
    return people, check.errors


def _who(check: Check, row: str) -> dict[str, Any]:
    given = check.text(f"given-{row}", needed=_("Please write the given name."), limit=100)
    family = check.text(f"family-{row}", needed=_("Please write the family name."), limit=100)
    email = check.address(f"email-{row}", needed=_("Please write the e-mail address: the letter goes there."))
    function = check.text(f"function-{row}", limit=200)
    return {"given": given, "family": family, "email": email, "function": function}


def prefilled(row: PersonalInvitation, offer: Offer, *, owner: bool) -> Typed:
    """The registration form for somebody who was invited, filled in as far as we know them.

    For somebody else who got the link (`owner` is false) only what may fit anybody from there.
    """
    partner = next((one for one in offer.partners if one.id == row.partner_id), None)
    told = {
        "category": row.category,
        "partner": str(partner.number) if partner else OTHER,
        "organisation": row.organisation,
        "country": row.country,
    }
    if owner:
        told |= {name: getattr(row, name) for name in ("given", "family", "email", "function")}
        told |= {
            "latin_given": row.latin_given if row.latin_given != row.given else "",
            "latin_family": row.latin_family if row.latin_family != row.family else "",
        }
    return Typed({**blank(offer).values, **{name: [value] for name, value in told.items()}, "form_key": [mint()]})


def until(check: Check, usual: datetime, zone: str) -> datetime:
    """Until when invitations count: the end of the day that was typed, else the usual moment."""
    typed = check.text("expires_on", limit=10)
    try:
        return instant(date.fromisoformat(typed), time(23, 59), zone) if typed else usual
    except (ValueError, OverflowError):
        check.wrong("expires_on", _("Please write the day like 2026-11-30."))
        return usual
