"""What is true about registrations: who is the same person."""

from planner.names import fold


def identity(given: str, family: str, email: str) -> str:
    """What two registrations of one person have in common: folded name and address."""
    return f"{fold(given)}|{fold(family)}|{email.strip().casefold()}"
