"""What is mailed about erasure: that the request has come, and by when it is answered."""

from __future__ import annotations

from planner.letter import Letter
from planner.registration.letters import address, plain
from planner.registration.offer import Offer
from planner.registration.tables import ErasureRequest, Registration


def received(offer: Offer, row: Registration, asked: ErasureRequest) -> Letter:
    """We have your request; the outcome will stand on your own page, since your address goes too."""
    link = f"{address(row)}/erasure"
    return plain("admin/letters/erasure_received.html", offer, row, due_on=asked.due_on, link=link)
