"""Which registrations may be one person's, and why. Pure: people in, pairs with reasons out.

Names are compared three ways: folded (accents, capitals, compatibility forms such as the micro sign), by the shape of
their capitals (a Greek Ν or Ο among Latin letters looks the same), and with given and family name exchanged.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from planner.names import fold, plain

SAME_NAME, SIMILAR_NAME, SAME_ADDRESS = "same_name", "similar_name", "same_address"
REASONS = (SAME_NAME, SIMILAR_NAME, SAME_ADDRESS)
MOST_ALIKE = 30
"""So many registrations may share one trait: an address that a whole delegation uses says nothing more."""
SHORTEST = 7
"""Letters that a name needs so that one letter more or less makes it similar and not another one."""
_SHAPES = str.maketrans(
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕЗКМНОРСТУХІЈЅ",
    "ABEZHIKMNOPTYXABE3KMHOPCTYXIJS",
)
"""Greek and Cyrillic capitals that look like Latin ones."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What is compared of a registration. `organisation` is what people of one organisation have in common."""

    id: int
    given: str
    family: str
    latin_given: str
    latin_family: str
    email: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two registrations, the lower number first, that may be one person, with the reasons."""

    first: int
    second: int
    reasons: tuple[str, ...]


def shape(text: str) -> str:
    """How a text looks in capitals: the same for letters of different scripts that nobody can tell apart."""
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).upper())
    bare = "".join(character for character in apart if not unicodedata.combining(character))
    return " ".join(bare.translate(_SHAPES).split())


def names(person: Likeness) -> frozenset[Hashable]:
    """All that the name of a person may be compared by; one in common is the same name."""
    own, latin = (person.given, person.family), (person.latin_given, person.latin_family)
    return frozenset(
        (way.__name__, tuple(sorted(way(" ".join(pair)).split())))
        for pair in (own, latin)
        for way in (fold, shape)
        if any(pair)
    )


def pairs(people: Sequence[Likeness], apart: Iterable[tuple[int, int]] = ()) -> list[Pair]:
    """The pairs that may be one person, surest first; `apart` were looked at and are two people."""
    known = {person.id: person for person in people}
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    for first, second in _alike(people, names):
        found[first, second].add(SAME_NAME)
    for first, second in _alike(people, _near):
        if SAME_NAME not in found[first, second] and _similar(known[first], known[second]):
            found[first, second].add(SIMILAR_NAME)
    for first, second in _alike(people, _address):
        if SAME_NAME not in found[first, second]:
            found[first, second].add(SAME_ADDRESS)
    for pair in apart:
        found.pop((min(pair), max(pair)), None)
    told = [Pair(*pair, tuple(sorted(reasons, key=REASONS.index))) for pair, reasons in found.items() if reasons]
    return sorted(told, key=lambda pair: (REASONS.index(pair.reasons[0]), -len(pair.reasons), pair.first, pair.second))


def _alike(people: Sequence[Likeness], traits: object) -> Iterator[tuple[int, int]]:
    groups: dict[Hashable, set[int]] = defaultdict(set)
    for person in people:
        for trait in traits(person):  # type: ignore[operator]
            groups[trait].add(person.id)
    seen: set[tuple[int, int]] = set()
    for group in groups.values():
        if len(group) <= MOST_ALIKE:
            seen.update(combinations(sorted(group), 2))
    return iter(sorted(seen))


def _address(person: Likeness) -> frozenset[str]:
    return frozenset({person.email.strip().casefold()} - {""})


def _near(person: Likeness) -> frozenset[Hashable]:
    """What people of one organisation with similar names have in common: the name with any one letter left out."""
    if not person.organisation:
        return frozenset()
    found: set[Hashable] = set()
    for name in _folded(person):
        joined = "".join(name)
        shortened = {joined[:place] + joined[place + 1 :] for place in range(len(joined))}
        found |= {(plain(person.organisation), part) for part in {joined, *shortened, f"{name[0]} {name[-1]}"}}
    return frozenset(found)


def _folded(person: Likeness) -> list[tuple[str, ...]]:
    whole = (f"{person.given} {person.family}", f"{person.latin_given} {person.latin_family}")
    return [tuple(name) for text in whole if (name := fold(text).split())]


def _similar(one: Likeness, other: Likeness) -> bool:
    """One letter differs in a name that is not short, or one of them has a further name in the middle."""
    return any(_close(mine, its) for mine in _folded(one) for its in _folded(other))


def _close(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if len(one) > 1 and len(other) > 1 and (one[0], one[-1]) == (other[0], other[-1]):
        return True
    mine, its = "".join(one), "".join(other)
    return min(len(mine), len(its)) >= SHORTEST and one_apart(mine, its)


def one_apart(one: str, other: str) -> bool:
    """Whether two texts are the same but for one letter that is left out, added or another."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    same = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    rest = short[same:] if len(short) < len(long) else short[same + 1 :]
    return long[same + 1 :] == rest
