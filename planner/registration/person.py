"""Name and address of who registers: as they are printed on lists and badges, and as mail servers take them."""

from __future__ import annotations

import re
import unicodedata

from planner import letter
from planner.forms import Check
from planner.language import _
from planner.paper import unprintable

_LINK = re.compile(r"://|www\.|@", re.IGNORECASE)


def name_of(check: Check) -> tuple[str, str]:
    """Given name and family name."""
    given = _name(check, "given", needed=_("Please write your given name."))
    return given, _name(check, "family", needed=_("Please write your family name."))


def _name(check: Check, field: str, needed: str = "") -> str:
    value = printed(check, field, needed=needed, limit=100)
    if _LINK.search(value):
        check.wrong(field, _("Please write only the name here, no address."))
    return value


def printed(check: Check, field: str, needed: str = "", limit: int = 200) -> str:
    """A text that is printed on lists and badges."""
    value = check.text(field, needed=needed, limit=limit)
    if len(value) <= limit and (found := unprintable(value)):
        sentence = _("Our lists and badges cannot print the character %(character)s. Please write it another way.")
        check.wrong(field, sentence % {"character": _shown(found[0])})
    return value


def _shown(character: str) -> str:
    """A character for a sentence about it: itself when one can see it, and its name in Unicode."""
    name = unicodedata.name(character, f"U+{ord(character):04X}")
    return f"“{character}” ({name})" if unicodedata.category(character)[0] in "LNPS" else name


def latin_name_of(check: Check) -> tuple[str, str]:
    """The same in Latin letters; nothing where the name is in them already."""
    return _latin_name(check, "given"), _latin_name(check, "family")


def _latin_name(check: Check, name: str) -> str:
    field = f"latin_{name}"
    typed = check.text(name)
    value = _name(check, field)
    if not value and not _is_latin(typed):
        check.wrong(field, _("Please write the name in Latin letters too, as on your badge and ticket."))
    if not _is_latin(value):
        check.wrong(field, _("Please use Latin letters only."))
    return value


def _is_latin(text: str) -> bool:
    return all(
        not character.isalpha() or character < "\u0250" or "\u1e00" <= character < "\u1f00" for character in text
    )


def address_of(check: Check) -> str:
    """The e-mail address."""
    value = check.address("email", needed=_("Please write your e-mail address: the confirmation goes there."))
    try:
        letter.address(value or "nobody@example.org")
    except ValueError:
        check.wrong("email", _("Please write the e-mail address like name@example.org, in Latin letters."))
    return value
