"""What happens unasked: old sign-in links, tries and browsers are forgotten."""

from datetime import timedelta

from sqlmodel import col, delete

from planner.accounts import rules
from planner.accounts.tables import SignedInBrowser, SignInAttempt, SignInLink
from planner.clock import now
from planner.db import write

KEPT = timedelta(days=1)


def forget_old_sign_ins() -> None:
    """Delete what can no longer sign anybody in or slow anybody down; the audit notes of signing in stay."""
    moment = now()
    with write() as session:
        session.exec(delete(SignInAttempt).where(col(SignInAttempt.at) < moment - KEPT))
        session.exec(delete(SignInLink).where(col(SignInLink.expires_at) < moment - KEPT))
        session.exec(delete(SignedInBrowser).where(col(SignedInBrowser.seen_at) < moment - rules.LONGEST))
