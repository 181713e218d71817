"""Passwords: kept as Argon2id hashes, and checked by few threads at a time because each check takes 19 MiB."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from planner.errors import Refusal
from planner.language import _

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_places = BoundedSemaphore(2)
_PATIENCE = 5.0
_NOBODYS = _hasher.hash("nobody has this password")


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(password.encode("utf-8", "replace"))


def fits(password: str, kept: str) -> bool:
    """Whether the password is the one that was hashed. Without a hash the answer is no, after the same work.

    Raises Refusal when too many others are being checked at this moment.
    """
    if not _places.acquire(timeout=_PATIENCE):
        raise Refusal(_("Too many people are signing in just now. Please try again in a minute."))
    try:
        return _hasher.verify(kept or _NOBODYS, password.encode("utf-8", "replace")) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False
    finally:
        _places.release()
