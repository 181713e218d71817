"""What is true about people of the directory: pure, values in, decision out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from planner.db import Texts
from planner.names import fold, full, plain


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """What is said about a person. At most one of partner, organisation and a new organisation's name is given."""

    given: str
    family: str
    latin_given: str
    latin_family: str
    order: str = "given_first"
    title: str = ""
    function: Texts = field(default_factory=dict)
    language: str = "en"
    email: str = ""
    partner_id: int | None = None
    organisation_id: int | None = None
    new_organisation: Texts = field(default_factory=dict)


def folded_names(given: str, family: str, latin_given: str, latin_family: str) -> frozenset[str]:
    """How somebody may be called, folded, whichever name comes first: who shares one may be the same person."""
    pairs = ((given, family), (latin_given, latin_family))
    return frozenset(" ".join(sorted(fold(full(*pair)).split())) for pair in pairs if any(pair))


def short_name(text: str, taken: Collection[str]) -> str:
    """A short name for addresses that nobody has yet: `Ana Žagar` is `ana-zagar`, the next one `ana-zagar-2`."""
    short = re.sub(r"[^a-z0-9]+", "-", plain(text)).strip("-")[:60] or "x"
    number, name = 1, short
    while name in taken:
        number += 1
        name = f"{short}-{number}"
    return name


def mark(*values: object) -> str:
    """Changes with any of the values: a form carries it to tell whether what it was filled with is still kept."""
    return hashlib.sha256(repr(values).encode("utf-8", "replace")).hexdigest()[:20]
