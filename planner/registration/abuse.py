"""What keeps programs from filling meetings, without riddles for people."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session, select

from planner import letter
from planner.consortium.tables import Person
from planner.errors import Refusal
from planner.forms import Check
from planner.language import _
from planner.limits import Limit
from planner.registration.form_keys import shown_at
from planner.registration.offer import Offer

QUICKEST = timedelta(seconds=1)
"""Nobody reads the form and sends it in less, even when the browser fills in everything."""
REGISTERING_PER_NETWORK = Limit("register", 100, timedelta(minutes=10))
"""A whole office registers in the first minutes; a flood is more."""
REGISTERING_PER_ADDRESS = Limit("register-email", 20, timedelta(hours=1))
CHANGES_PER_REGISTRATION = Limit("change", 20, timedelta(hours=1))
"""Each change writes a letter, one with a new address two: nobody mails strangers by way of a registration."""
FILES_PER_NETWORK = Limit("files", 60, timedelta(minutes=10))
"""Forms with files: an office sends its presentations, a flood fills a disk."""
LINKS_PER_NETWORK = Limit("link", 30, timedelta(minutes=10))
LINKS_PER_ADDRESS = Limit("link-email", 5, timedelta(hours=1))
UNCONFIRMED_PER_NETWORK = Limit("unconfirmed", 20, timedelta(hours=1))
"""Letters to strangers that one network may cause; this machine itself may not cause more either."""
FREE_MAIL = frozenset({
    "abv.bg", "aol.com", "bk.ru", "email.com", "freemail.hu", "free.fr", "gmail.com", "gmx.at", "gmx.com", "gmx.de",
    "gmx.net", "googlemail.com", "hotmail.com", "hotmail.de", "hotmail.es", "hotmail.fr", "hotmail.gr", "icloud.com",
    "inbox.lv", "inbox.ru", "interia.pl", "laposte.net", "libero.it", "list.ru", "live.com", "mail.bg", "mail.com",
    "mail.ru", "me.com", "msn.com", "o2.pl", "onet.pl", "op.pl", "orange.fr", "otenet.gr", "outlook.com",
    "outlook.es", "proton.me", "protonmail.com", "sapo.pt", "t-online.de", "tutanota.com", "web.de", "wp.pl",
    "yahoo.com", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.gr", "yahoo.ro", "yandex.com", "yandex.ru", "ymail.com",
})  # fmt: skip
"""Where anybody gets an address: that somebody is known there says nothing about the others."""


def check_pace(form_key: str, moment: datetime) -> None:
    """Raises Refusal for a form that was sent sooner than a person can, or that we never showed."""
    shown = shown_at(form_key)
    if shown is None:
        raise Refusal(_("This form is not the one we showed. Everything you typed is kept: please send it once more."))
    if moment - shown < QUICKEST:
        raise Refusal(_("That was quicker than we expected. Everything you typed is kept: please send it once more."))


def check_new_address(session: Session, offer: Offer, email: str, before: str) -> None:
    """Raises Refusal for an address that would need a proof, taken by somebody who has registered with another one."""
    if email.casefold() != before.casefold() and is_stranger(session, offer, email, before):
        raise Refusal(
            _("Nobody in the project knows this address yet. Please ask the organisers to change it."), "email"
        )


def is_stranger(session: Session, offer: Offer, email: str, *proved: str) -> bool:
    """Whether the form asks for a proof of that address: neither it nor its domain is known to the project.

    `proved` are addresses that need none.
    """
    if not offer.form.confirm_unknown:
        return False
    project, meeting = offer.found.project, offer.found.meeting
    query = select(Person.email).where(Person.project_id == project.id, Person.email != "")
    told = (*session.exec(query), meeting.contact_email, offer.form.privacy_contact, *proved)
    return not is_known(email, {address.lower() for address in told}, offer.form.known_domains)


def is_known(email: str, addresses: Collection[str], domains: Collection[str]) -> bool:
    """Whether an address is one of those, or of a domain (or below one) that one of those has or that is listed.

    Domains where anybody gets an address count only when they are listed.
    """
    address, domain = email.strip().lower(), _domain(email)
    theirs = {_domain(other) for other in addresses} - FREE_MAIL - {""}
    accepted = theirs | {listed.strip().lower().lstrip("@") for listed in domains}
    labels = domain.split(".")
    return address in addresses or any(".".join(labels[start:]) in accepted for start in range(len(labels) - 1))


def _domain(email: str) -> str:
    return email.rpartition("@")[2].strip().lower()


def domains(check: Check) -> list[str]:
    """The part behind the @ of addresses that need no proof, one in a line or with commas."""
    typed = check.text("known_domains", limit=2000, lines=True).replace(",", " ").replace(";", " ").split()
    found = [one.rpartition("@")[2].lower() for one in typed]
    if wrong := [one for one in found if not _is_domain(one)]:
        check.wrong(
            "known_domains", _("This is no domain: %(domain)s. Write it like region.example.") % {"domain": wrong[0]}
        )
    return list(dict.fromkeys(found))


def _is_domain(text: str) -> bool:
    try:
        letter.address(f"somebody@{text}")
    except ValueError:
        return False
    return "." in text
