"""What is mailed about delegations and invitations, each in its reader's language."""

from __future__ import annotations

from typing import Any

from planner.consortium.queries import PartnerRow
from planner.delegations.queries import Contact, Share
from planner.delegations.tables import DelegationLink, PersonalInvitation
from planner.language import say
from planner.letter import Letter, render_letter
from planner.names import full
from planner.registration.offer import Offer
from planner.registration.tables import Delegation
from planner.settings import settings
from planner.tokens import derive


def delegation_token(link: DelegationLink) -> str:
    """The secret of a delegation's page."""
    return derive("delegation", link.uid, link.token_version)


def delegation_address(link: DelegationLink) -> str:
    """A delegation's page."""
    return f"{settings().public_url}/delegations/{delegation_token(link)}"


def invitation_token(row: PersonalInvitation) -> str:
    """The secret of an invitation."""
    return derive("invitation", row.uid, row.token_version)


def invitation_address(row: PersonalInvitation) -> str:
    """The form that is filled in for this person."""
    return f"{settings().public_url}/invitations/{invitation_token(row)}"


def about_delegation(delegation: Delegation) -> str:
    """What letters about a delegation are filed under."""
    return f"delegation:{delegation.id}"


def about_invitation(row: PersonalInvitation) -> str:
    """What letters about an invitation are filed under."""
    return f"invitation:{row.id}"


def to_contact(
    offer: Offer, delegation: Delegation, link: DelegationLink, contact: Contact, shares: list[Share]
) -> Letter:
    """The page on which a contact registers the colleagues, and how many places there are."""
    partner = next((one for one in offer.partners if one.id == delegation.partner_id), None)
    context = {
        **_facts(offer, contact.language),
        "name": contact.name or contact.email,
        "partner": _partner_name(partner, contact.language),
        "shares": {share.category: share for share in shares},
        "link": delegation_address(link),
    }
    subject, text, html = render_letter("delegations/letters/delegation.html", context, contact.language)
    return Letter(
        contact.email,
        subject,
        text,
        html,
        reply_to=offer.found.meeting.contact_email,
        to_name=contact.name,
        language=contact.language,
        about=about_delegation(delegation),
    )


def invited(offer: Offer, row: PersonalInvitation) -> Letter:
    """You are asked to come; two clicks are enough."""
    return _to_invitee("invitation", offer, row)


def reminded(offer: Offer, row: PersonalInvitation) -> Letter:
    """Have you seen it? Until when there is time to answer."""
    return _to_invitee("reminder", offer, row)


def _to_invitee(name: str, offer: Offer, row: PersonalInvitation) -> Letter:
    context = {
        **_facts(offer, row.language),
        "name": full(row.given, row.family, row.order, row.title),
        "invited_by": row.invited_by,
        "expires_at": row.expires_at,
        "link": invitation_address(row),
    }
    subject, text, html = render_letter(f"delegations/letters/{name}.html", context, row.language)
    return Letter(
        row.email,
        subject,
        text,
        html,
        reply_to=offer.found.meeting.contact_email,
        to_name=full(row.given, row.family, row.order),
        language=row.language,
        about=about_invitation(row),
    )


def _partner_name(partner: PartnerRow | None, language: str) -> str:
    return say(partner.names, wish=language).text if partner else ""


def _facts(offer: Offer, language: str) -> dict[str, Any]:
    project, meeting = offer.found.project, offer.found.meeting
    return {
        "project": say(project.names, wish=language).text or project.acronym,
        "disclaimer": say(project.disclaimer, wish=language).text,
        "meeting": meeting,
        "closes_at": offer.form.closes_at,
        "home": f"{settings().public_url}/{project.slug}/{meeting.slug}",
    }
