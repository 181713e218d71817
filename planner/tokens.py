"""Secrets in addresses: minted at random or derived from a stored number, and kept only as hashes."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

from planner.settings import settings


def mint() -> str:
    """A new secret of 256 random bits, fit for an address."""
    return secrets.token_urlsafe(32)


def derive(purpose: str, uid: str, version: int) -> str:
    """The secret (192 bits) that follows from a stored uid; raising the version revokes the one before.

    Derived, so that a letter can carry the same link again although only the hash is kept.
    """
    message = f"{purpose}:{uid}:{version}".encode()
    return urlsafe_b64encode(hmac.digest(settings().secret, message, "sha256")[:24]).decode()


def digest(token: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
