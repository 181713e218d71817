"""The form about somebody who may speak."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.consortium.queries import PartnerRow
from planner.consortium.rules import PersonEntry
from planner.consortium.tables import Organisation, Person
from planner.forms import Check, Typed
from planner.language import NAMES, _, say
from planner.names import written_in

ORDERS = ("given_first", "family_first")
NO_OFFICE = ""


def offices(partners: Iterable[PartnerRow], organisations: Iterable[Organisation]) -> list[tuple[str, str]]:
    """Where somebody may belong, as value and words: partners by number, then organisations by name."""
    known = [(f"partner-{row.id}", f"{row.number} {say(row.names).text}") for row in partners]
    others = [(f"organisation-{row.id}", say(row.names).text) for row in organisations]
    return [*known, *sorted(others, key=lambda pair: pair[1].casefold())]


def entry(check: Check, languages: Sequence[str], known: Iterable[str]) -> PersonEntry:
    """What was said; mistakes are in the check. `known` are the values of the offices, `languages` of the function."""
    given = check.text("given")
    family = check.text("family", needed=_("Please write the family name, or the only one."))
    latin = _latin(check, "latin_given", given), _latin(check, "latin_family", family)
    office = check.choice("office", list(known))
    fresh = check.text("new_office")
    if office and fresh:
        check.wrong("new_office", _("Please choose an organisation or write a new one: one of the two."))
    functions = {code: check.text(f"function_{code}") for code in languages}
    language = check.choice("language", tuple(NAMES)) or "en"
    return PersonEntry(
        given=given,
        family=family,
        latin_given=latin[0],
        latin_family=latin[1],
        order=check.choice("order", ORDERS) or "given_first",
        title=check.text("title", limit=40),
        function={code: text for code, text in functions.items() if text},
        language=language,
        email=check.address("email", needed=""),
        partner_id=_number(office, "partner-"),
        organisation_id=_number(office, "organisation-"),
        new_organisation={written_in(fresh, "en"): fresh} if fresh else {},
    )


def _latin(check: Check, name: str, own: str) -> str:
    """The name in Latin letters; nobody has to write twice what is written in them already."""
    typed = check.text(name)
    if typed or not own:
        return typed
    if written_in(own, "") in ("el", "bg"):
        check.wrong(name, _("Please write this name in Latin letters too, as its bearer does."))
    return own


def _number(office: str, kind: str) -> int | None:
    return int(office.removeprefix(kind)) if office.startswith(kind) else None


def filled(person: Person) -> Typed:
    """The form about somebody as they are kept."""
    office = f"organisation-{person.organisation_id}" if person.organisation_id else ""
    plain = ("title", "given", "family", "latin_given", "latin_family", "order", "language", "email")
    values = {
        **{name: getattr(person, name) for name in plain},
        **{f"function_{code}": text for code, text in person.function.items()},
        "office": office or (f"partner-{person.partner_id}" if person.partner_id else NO_OFFICE),
    }
    return Typed({name: [value] for name, value in values.items()})
