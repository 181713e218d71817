"""Words for kinds of data: what they are, why they are kept, and what stays when somebody is erased."""

from __future__ import annotations

from planner.language import _


def kind_text(kind: str) -> str:
    """A kind of data."""
    words = {
        "care": _("Food, access and other health data"),
        "logistics": _("Visits, meals, buses and remarks"),
        "answers": _("Answers to further questions"),
        "letters": _("Texts of letters"),
        "absent": _("Names of people who did not take part"),
        "contact": _("E-mail addresses and telephone numbers"),
        "consents": _("Answers about consent"),
        "audit": _("Details in the log of acts"),
        "attendance": _("Proof of attendance: name, organisation, days, signature"),
    }
    return words[kind]


def reason_text(kind: str) -> str:
    """Why it is kept, with the article of the GDPR."""
    words = {
        "care": _("Only with explicit consent, so that everybody can eat and get in (Art. 9(2)(a))."),
        "logistics": _("To run the meeting: seats, meals and buses (Art. 6(1)(e))."),
        "answers": _("What the meeting asked for, each question for its own time (Art. 6(1)(e))."),
        "letters": _("To answer questions about what was written (Art. 6(1)(e))."),
        "absent": _("To answer questions about places that were not given (Art. 6(1)(e))."),
        "contact": _("To reach people about the meeting and its results (Art. 6(1)(e))."),
        "consents": _("To be able to show what was agreed to (Art. 7(1))."),
        "audit": _("To show who decided what (Art. 5(2))."),
        "attendance": _("The programme's rules demand proof of who took part (Art. 6(1)(c) and 17(3)(b))."),
    }
    return words[kind]


def receiver_text(kind: str) -> str:
    """Who else gets to see it."""
    words = {
        "care": _("People with the logistics role; kitchens get numbers without names."),
        "logistics": _("The organisers; hotels and bus firms get only their list."),
        "answers": _("The organisers; what is about health only the logistics role."),
        "letters": _("Nobody."),
        "absent": _("The organisers."),
        "contact": _("The organisers; other participants only with consent."),
        "consents": _("The organisers."),
        "audit": _("The organisers and the administrator."),
        "attendance": _("The partner you come for, the lead partner, and the bodies that check and pay the project."),
    }
    return words[kind]


def days_fields() -> dict[str, str]:
    """The periods that a meeting sets itself."""
    return {
        "sensitive_days": _("Food, access and other health data"),
        "logistics_days": _("Visits, meals, buses and remarks"),
        "contact_days": _("Addresses, telephone numbers and names of people who did not come"),
        "consent_days": _("Answers about consent"),
    }
