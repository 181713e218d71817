"""How long each kind of data is kept, and when somebody who asks has to be answered. All of it pure.

Attendance is proof for the bodies that check the project: it stays until the archive date, whatever else goes. Every
other kind has its own end, counted in days from the last day of the meeting; nothing outlives the archive date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

CARE, LOGISTICS, ANSWERS, LETTERS, ABSENT, CONTACT, CONSENTS, AUDIT, ATTENDANCE = KINDS = (
    "care", "logistics", "answers", "letters", "absent", "contact", "consents", "audit", "attendance",
)  # fmt: skip
"""Kinds of data, by how soon they go. `absent`: the names of people who did not take part."""

LETTER_DAYS = 30
"""Days until the text of a letter goes that was sent or has failed; that it was written stays."""
ADDRESS_DAYS = 365
"""Days until the address of a letter goes that is about no registration (those go with the meeting's addresses)."""
AUDIT_DAYS = 730
"""Days until the details of an audit note go; who did what and when stays."""
LINK_HOURS = 24
"""Hours until it is forgotten who asked for a link."""
ARCHIVE_YEARS = 5
"""Years after the project's end until its records may go, where nobody has set another date."""
PROVEN = ("confirmed", "walk_in")
"""Who counts as a participant once the meeting has begun: catering for them is paid although they stay away."""


def archive_date(ends: date, wished: date | None) -> date:
    """The last day on which attendance is kept: the date the project has set, else five years after its end."""
    return wished or ends + relativedelta(years=ARCHIVE_YEARS)


def answer_by(asked: date) -> date:
    """The last day to answer somebody's request: one month later (GDPR, Article 12(3))."""
    return asked + relativedelta(months=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a meeting's data are kept: days after its last day, and the archive date that ends everything."""

    last_day: date
    archive: date
    sensitive_days: int = 30
    logistics_days: int = 90
    contact_days: int = 365
    consent_days: int = 1095

    def until(self, kind: str) -> date:
        """The last day on which that kind is kept. Raises KeyError for kinds that do not hang on a meeting."""
        days = {
            CARE: self.sensitive_days,
            LOGISTICS: self.logistics_days,
            ABSENT: self.contact_days,
            CONTACT: self.contact_days,
            CONSENTS: self.consent_days,
        }
        return self.archive if kind == ATTENDANCE else self._after(days[kind])

    def answers_until(self, purpose: str, keep_days: int | None) -> date:
        """The last day on which answers to a question are kept. What is about health never stays longer than care."""
        own = self.archive if keep_days is None else self._after(keep_days)
        return min(own, self.until(CARE)) if purpose == "care" else own

    def contact_until(self, *, wants_invitations: bool) -> date:
        """Who agreed to later invitations stays reachable as long as the answers about consent are kept."""
        return max(self.until(CONTACT), self.until(CONSENTS)) if wants_invitations else self.until(CONTACT)

    def _after(self, days: int) -> date:
        return min(self.last_day + timedelta(days=days), self.archive)


def is_proven(status: str, *, has_evidence: bool, begun: bool) -> bool:
    """Whether somebody's attendance has to be shown to auditors: there is evidence, or a place when it began."""
    return has_evidence or (begun and status in PROVEN)
