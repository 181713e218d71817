"""Keys of forms that anybody may fill in: each says when its form was shown, and cannot be made elsewhere."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

from planner.settings import settings

_RANDOM, _TIME, _PROOF = 22, 11, 20
LENGTH = _RANDOM + _TIME + _PROOF


def new_key(moment: datetime) -> str:
    """A key for a form that is shown at that moment, fit for an address."""
    body = f"{secrets.token_urlsafe(16)}{int(moment.timestamp() * 1000):011x}"
    return body + _proof(body)


def shown_at(key: str) -> datetime | None:
    """When the form with that key was shown; None for a key that is not from here."""
    body, proof = key[:-_PROOF], key[-_PROOF:]
    if len(key) != LENGTH or not hmac.compare_digest(_proof(body).encode(), proof.encode("utf-8", "replace")):
        return None
    return datetime.fromtimestamp(int(body[-_TIME:], 16) / 1000, UTC)


def _proof(body: str) -> str:
    mac = hmac.new(settings().secret, b"form key:" + body.encode("utf-8", "replace"), "sha256").digest()
    return urlsafe_b64encode(mac[:15]).decode()
