"""The ticket: a code that leads helpers to somebody's check-in. It says nothing about the person to anybody else."""

from __future__ import annotations

import hmac
import re

import segno
from markupsafe import Markup
from sqlmodel import Session

from planner.errors import Missing
from planner.meetings.queries import Found
from planner.registration.tables import Registration
from planner.settings import settings
from planner.tokens import derive

TICKET, CALENDAR = "ticket", "calendar"
"""What codes are for: one never opens the door of the other, and neither opens /my/…"""
_CODE = re.compile(r"([1-9][0-9]{0,8})-([A-Za-z0-9_-]{20})")


def code(row: Registration, purpose: str) -> str:
    """A registration's number with a proof that we gave it. A new e-mail address ends calendars, but no ticket."""
    version = 1 if purpose == TICKET else row.token_version
    return f"{row.id}-{derive(purpose, row.uid, version)[:20]}"


def of_code(session: Session, typed: str, purpose: str) -> Registration:
    """The registration that a code was given for. Raises Missing."""
    found = _CODE.fullmatch(typed)
    row = session.get(Registration, int(found[1])) if found else None
    if row is None or not hmac.compare_digest(code(row, purpose), typed):
        raise Missing
    return row


def calendar_path(row: Registration) -> str:
    """The address of somebody's calendar: it shows it and opens nothing else."""
    return f"/calendars/{code(row, CALENDAR)}.ics"


def check_in_address(found: Found, row: Registration) -> str:
    """What the ticket's QR code holds: an address that only helpers of the meeting can open."""
    return f"{settings().public_url}/{found.project.slug}/{found.meeting.slug}/desk/check-ins/{code(row, TICKET)}"


def qr_svg(address: str) -> str:
    """An address as a QR code, an SVG file for papers."""
    return str(segno.make(address, error="m", micro=False).svg_inline(border=4, scale=4, dark="#000", light="#fff"))


def qr_inline(address: str, title: str) -> Markup:
    """The same for a page, with words for those who do not see it."""
    drawn = segno.make(address, error="m", micro=False)
    inline = drawn.svg_inline(
        border=4, scale=4, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    opening = Markup('<svg role="img" aria-label="{}"').format(title)
    return opening + Markup(inline.removeprefix("<svg"))  # noqa: S704  (segno draws it from our own address)
