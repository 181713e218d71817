"""What may come in to sign in."""

from typing import NamedTuple

from planner.accounts.rules import tidy, way_on
from planner.forms import Check, Typed
from planner.language import _


class Asked(NamedTuple):
    """A wish to sign in: with a password, or, when it is empty, by a letter."""

    email: str
    password: str
    way: str


def asked(typed: Typed) -> tuple[Asked, dict[str, str]]:
    """The wish and a sentence for each field that cannot be taken. A password is taken exactly as typed."""
    check = Check(typed)
    email = check.address("email", needed=_("Please write your e-mail address."))
    return Asked(tidy(email), typed.one("password"), way_on(typed.one("next"))), check.errors


def kept(typed: Typed) -> Typed:
    """What the form shows again: everything but the password."""
    return Typed({name: values for name, values in typed.values.items() if name != "password"})
