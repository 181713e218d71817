"""The privacy notice that Planner writes out of a project's own data, in every language of the interface.

Facts, not promises: what is kept, why, on which legal basis and how long follows from the meeting's own settings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field

from planner.consortium.queries import PartnerRow
from planner.db import Texts
from planner.language import INTERFACE, _, country_text, listed, ngettext, say, speaking
from planner.meetings.queries import Found
from planner.registration.form_tables import RegistrationForm

AUTHORITIES = {
    "BE": ("Gegevensbeschermingsautoriteit / Autorité de protection des données", "www.dataprotectionauthority.be"),
    "BG": ("Комисия за защита на личните данни", "www.cpdp.bg"),
    "DE": ("Bundesbeauftragte für den Datenschutz und die Informationsfreiheit", "www.bfdi.bund.de"),
    "EL": ("Αρχή Προστασίας Δεδομένων Προσωπικού Χαρακτήρα", "www.dpa.gr"),
    "ES": ("Agencia Española de Protección de Datos", "www.aepd.es"),
    "LV": ("Datu valsts inspekcija", "www.dvi.gov.lv"),
    "PL": ("Urząd Ochrony Danych Osobowych", "uodo.gov.pl"),
    "PT": ("Comissão Nacional de Proteção de Dados", "www.cnpd.pt"),
    "RO": ("Autoritatea Naţională de Supraveghere a Prelucrării Datelor cu Caracter Personal", "www.dataprotection.ro"),
}
"""Supervisory authorities of the partners' countries; an organiser writes another one where it is another one."""
AUTHORITIES["GR"] = AUTHORITIES.pop("EL")
BOARD = ("European Data Protection Board", "www.edpb.europa.eu")


@dataclass(frozen=True, slots=True)
class Content:
    """What a notice says. The texts are Markdown; `summary` is what the form itself shows."""

    name: Texts = field(default_factory=dict)
    address: str = ""
    contact: str = ""
    dpo: str = ""
    summary: Texts = field(default_factory=dict)
    purposes: Texts = field(default_factory=dict)
    recipients: Texts = field(default_factory=dict)
    rights: Texts = field(default_factory=dict)
    authority: Texts = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The same for the same words."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def generated(found: Found, form: RegistrationForm, host: PartnerRow, partners: Iterable[PartnerRow]) -> Content:
    """The notice of a host, out of what the project and the meeting say."""
    lead = next((partner for partner in partners if partner.role == "lead"), host)
    meeting = found.meeting
    with speaking("en"):
        address = listed([say(host.city).text, country_text(host.country)])
    return Content(
        name=dict(host.names),
        address=address,
        contact=listed([meeting.contact_name, meeting.contact_email]),
        dpo=form.privacy_contact,
        summary=_in_each(lambda: _summary(form)),
        purposes=_in_each(lambda: _purposes(form)),
        recipients=_in_each(lambda: _recipients(found, lead)),
        rights=_in_each(_rights),
        authority=_in_each(lambda: _authority(host.country)),
    )


def _in_each(write: Callable[[], str]) -> Texts:
    texts = {}
    for code in INTERFACE:
        with speaking(code):
            texts[code] = write()
    return texts


def _days(number: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", number) % {"count": number}


def _summary(form: RegistrationForm) -> str:
    told = {"days": _days(form.sensitive_days)}
    return (
        _(
            "Your data are used to run this meeting and to prove who took part. What you write about food and access "
            "is deleted %(days)s after the meeting."
        )
        % told
    )


def _purposes(form: RegistrationForm) -> str:
    lines = (
        _(
            "**Proof of attendance**: name, organisation, function, days, signature. The rules of the programme demand "
            "it (Regulation (EU) 2021/1060; GDPR, Article 6(1)(c)), so it needs no consent. It is kept until the "
            "archive date of the project."
        ),
        _(
            "**Running the meeting**: choices of visits, meals and buses, remarks, answers to further questions. It is "
            "a task in the public interest (GDPR, Article 6(1)(e)). Kept for %(days)s after the meeting; a question "
            "may say another time."
        )
        % {"days": _days(form.logistics_days)},
        _(
            "**Reaching you**: e-mail address, telephone number. The same basis. Kept for %(days)s after the meeting, "
            "longer only if you want to be invited again."
        )
        % {"days": _days(form.contact_days)},
        _(
            "**Food, access and other health data**: only with your explicit consent (GDPR, Article 9(2)(a)). Only "
            "those who look after it see it; kitchens get numbers without names. Kept for %(days)s after the meeting."
        )
        % {"days": _days(form.sensitive_days)},
        _(
            "**Photos, the list of participants, later invitations**: only with your consent (GDPR, Article 6(1)(a)), "
            "each asked for by itself. Your answers, their wording and time are kept for %(days)s after the meeting, "
            "to be able to show them (Article 7(1))."
        )
        % {"days": _days(form.consent_days)},
    )
    return "\n".join(f"- {line}" for line in lines)


def _recipients(found: Found, lead: PartnerRow) -> str:
    told = {"lead": say(lead.names).text or lead.short, "programme": found.project.programme}
    lines = (
        _("%(lead)s, the lead partner, and the partner you come for") % told,
        _("the bodies that check, pay and audit the project: %(programme)s, its controllers, the European Commission, "
          "OLAF and the European Court of Auditors") % told,
        _("hotels, caterers and bus firms: only the list they need"),
        _("nobody outside the European Union"),
    )  # fmt: skip
    return "\n".join(f"- {line}" for line in lines)


def _rights() -> str:
    return _(
        "By the link in the letter we send you, you see, correct and take along your data, change and withdraw your "
        "registration, take back a consent, and ask to be erased (GDPR, Articles 15 to 21). We answer within one "
        "month. What must be kept as proof of attendance stays until the archive date; we then say so and why. Giving "
        "your data is up to you; without name and address nobody can be registered. No decision is taken by a machine "
        "alone but the order of the waiting list."
    )


def _authority(country: str) -> str:
    name, address = AUTHORITIES.get(country, BOARD)
    told = {"name": name, "address": address}
    return _("You may complain to a data protection authority, for example: %(name)s, %(address)s.") % told
