"""What is true of delegations and invitations: how a pasted list is read, and how an invitation stands. All pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

MOST_ROWS = 30
"""People in one form."""
REMIND_AFTER = timedelta(days=2)
"""Nobody is reminded sooner after a letter."""
_ADDRESS = re.compile(r"[^\s<>;,\"'()\[\]]+@[^\s<>;,\"'()\[\]]+")
_PARTICLES = frozenset({
    "van", "von", "de", "da", "do", "dos", "das", "del", "der", "den", "di", "du", "la", "le", "zu", "ter", "ten", "el",
})  # fmt: skip
_HEADINGS = {
    "family": ("family", "surname", "last name", "επώνυμο", "nachname", "nazwisko", "apellido", "nume", "uzvārds"),
    "given": ("given", "first name", "name", "όνομα", "vorname", "imię", "nombre", "prenume", "vārds"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody in a pasted list, as far as the line tells."""

    given: str = ""
    family: str = ""
    email: str = ""
    function: str = ""


def pasted(text: str, most: int = MOST_ROWS) -> list[Line]:
    """People in lines from a spreadsheet (tabs, semicolons, commas) or a mail program («Name <address>; …»).

    Reads whatever it is given and never fails; what it cannot tell stays empty, for a person to fill in. Of a longer
    list it reads `most` people.
    """
    lines, family_first = [], False
    for raw in text.splitlines():
        cells = _cells(raw)
        if heading := _heading(cells):
            family_first = heading == "family"
            continue
        lines += [line for line in _people(raw, cells, family_first) if line != Line()]
        if len(lines) >= most:
            break
    return lines[:most]


def _cells(raw: str) -> list[str]:
    mark = next((mark for mark in ("\t", ";") if mark in raw), "," if raw.count(",") > 1 and "<" not in raw else "")
    return [cell.strip().strip('"').strip() for cell in (raw.split(mark) if mark else [raw])]


def _heading(cells: list[str]) -> str:
    """Which of the names comes first, when these are the headings of a table."""
    told = [cell.casefold() for cell in cells if cell]
    if len(told) < 2 or any("@" in cell for cell in told):
        return ""
    kinds = [next((kind for kind, words in _HEADINGS.items() if cell.startswith(words)), "") for cell in told]
    return next((kind for kind in kinds if kind), "") if kinds.count("") < len(kinds) and _names_mail(told) else ""


def _names_mail(told: Iterable[str]) -> bool:
    return any(word in cell for cell in told for word in ("mail", "ταχ", "ηλεκ"))


def _people(raw: str, cells: list[str], family_first: bool) -> Iterator[Line]:
    addresses = _ADDRESS.findall(raw)
    if len(addresses) > 1 or "<" in raw:
        yield from (_mailbox(part) for part in _mailboxes(raw))
    elif len([cell for cell in cells if cell]) > 1:
        yield _row(cells, family_first)
    elif raw.strip(" \t;,"):
        yield _mailbox(raw)


def _mailboxes(raw: str) -> list[str]:
    """Each address with what stands before it."""
    ends = [match.end() for match in _ADDRESS.finditer(raw)]
    starts = [0, *ends][: len(ends)]
    return [raw[start:end] for start, end in zip(starts, ends, strict=True)] or [raw]


def _mailbox(part: str) -> Line:
    found = _ADDRESS.search(part)
    name = part[: found.start()] if found else part
    given, family = _names(re.sub(r"[<>;\"()\[\]]", " ", name).replace("mailto:", " ").strip(" ,'"))
    return Line(given, family, _tidy(found))


def _tidy(found: re.Match[str] | None) -> str:
    return found[0].removeprefix("mailto:").strip(".:") if found else ""


def _row(cells: list[str], family_first: bool) -> Line:
    place = next((number for number, cell in enumerate(cells) if "@" in cell), len(cells))
    names = [cell for cell in cells[:place] if cell]
    email = _tidy(_ADDRESS.search(cells[place])) if place < len(cells) else ""
    rest = [cell for cell in cells[place + 1 :] if cell]
    given, family = (names[0], names[1]) if len(names) > 1 else _names(" ".join(names))
    function = rest[0] if rest else " ".join(names[2:3])
    return (
        Line(family, given, email, function)
        if family_first and len(names) > 1
        else Line(given, family, email, function)
    )


def _names(name: str) -> tuple[str, str]:
    """Given and family name: «Silva, Ana», «Ana Silva», «Griet van den Eynden»."""
    if "," in name:
        family, _comma, given = (part.strip() for part in name.partition(","))
        return given, family
    words = name.split()
    if len(words) < 2:
        return "", " ".join(words)
    start = next((place for place, word in enumerate(words) if place and word in _PARTICLES), len(words) - 1)
    return " ".join(words[:start]), " ".join(words[start:])


def row_key(form_key: str, row: str) -> str:
    """The key of one row of a form: the same form sent again gives the same registrations."""
    return sha256(f"{form_key}:{row}".encode("utf-8", "replace")).hexdigest()[:48]


class State(StrEnum):
    """How an invitation stands."""

    ANSWERED = "answered"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"
    REMINDED = "reminded"
    SENT = "sent"


OPEN = (State.SENT, State.REMINDED)
"""States in which an answer is still waited for."""


def state(
    *,
    answered: bool,
    declined_at: datetime | None,
    revoked_at: datetime | None,
    reminded_at: datetime | None,
    expires_at: datetime,
    moment: datetime,
) -> State:
    """How an invitation stands at that moment: what the person did comes before what we did."""
    if answered:
        return State.ANSWERED
    if revoked_at:
        return State.REVOKED
    if declined_at:
        return State.DECLINED
    if moment >= expires_at:
        return State.EXPIRED
    return State.REMINDED if reminded_at else State.SENT


def may_remind(sent_at: datetime, reminded_at: datetime | None, moment: datetime) -> bool:
    """Whether the last letter is long enough ago."""
    return moment - max(sent_at, reminded_at or sent_at) >= REMIND_AFTER
