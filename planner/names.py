"""Names of people and places in three scripts: how they compare, sort and are shown."""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from planner import collation

_PLAIN = str.maketrans({
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ø": "o", "Ø": "O", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE",
    "œ": "oe", "Œ": "OE", "ı": "i", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "ħ": "h", "Ħ": "H",
})  # fmt: skip
"""Letters that Unicode does not take apart into a base letter and an accent."""

_LOOKALIKES = str.maketrans({
    "α": "a", "ο": "o", "ρ": "p", "ν": "v", "υ": "u", "ι": "i", "κ": "k", "τ": "t", "χ": "x", "γ": "y", "η": "n",
    "ε": "e", "σ": "s", "ς": "s", "β": "b", "ω": "w", "μ": "m", "ζ": "z",
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ј": "j", "ѕ": "s", "к": "k",
    "в": "b", "н": "n", "м": "m", "т": "t", "г": "r", "и": "u", "п": "n",
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "–": "-", "‐": "-",
})  # fmt: skip
"""Letters of other scripts that look like a Latin one: only for comparing, never for showing."""
_CAPITALS = (
    "AΑА", "BΒВ", "CС", "EΕЕ", "HΗН", "IΙІ", "JЈ", "KΚК", "MΜМ", "NΝ", "OΟО", "PΡР", "SЅ", "TΤТ", "XΧХ", "YΥУ", "ZΖ",
)  # fmt: skip
"""Latin, Greek and Cyrillic capitals that nobody can tell apart; small letters of theirs differ (Ν ν, Η η, Р р)."""
_WORD = re.compile(r"[^\W\d_]+")


def _script(letter: str) -> str:
    """Latin, Greek or Cyrillic, by the blocks of Unicode; anything else counts as Latin."""
    code = ord(letter)
    return "greek" if 0x370 <= code < 0x400 or 0x1F00 <= code < 0x2000 else "cyrillic" if 0x400 <= code < 0x530 else ""


_AS = {
    script: str.maketrans({
        other: letter for group in _CAPITALS for letter in group if _script(letter) == script
        for other in group if other != letter
    })
    for script in ("", "greek", "cyrillic")
}  # fmt: skip
"""For each script the capitals of the others that look like its own."""


def _one_script(word: re.Match[str]) -> str:
    """A word whose capitals come from several scripts, as if all were of the script that most of its letters have."""
    scripts = Counter(map(_script, word[0]))
    return word[0] if len(scripts) == 1 else word[0].translate(_AS[scripts.most_common(1)[0][0]])


def _bare(text: str) -> str:
    taken_apart = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(character for character in taken_apart if not unicodedata.combining(character))


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """A text without accents and capitals (ł→l, ß→ss), with single blanks."""
    return " ".join(_bare(text).casefold().split())


def sort_key(text: str) -> str:
    """How a name sorts in every list, whoever reads it: the letters first, then accents, then capitals."""
    return collation.key(text)


def person_key(family: str, given: str) -> str:
    """How a person sorts in every list: by family name, then given name; accents only where both are alike."""
    return collation.key(family, given)


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """A text for comparing and searching: compatibility forms, accents, capitals and look-alike letters folded.

    «Ευθυµία» with a micro sign equals «Ευθυμία», «Λιακοπoύλου» with a Latin o equals «Λιακοπούλου», «SECOΝ» with a
    Greek Ν equals «SECON».
    """
    composed = unicodedata.normalize("NFKC", text)
    return plain(composed if composed.isascii() else _WORD.sub(_one_script, composed)).translate(_LOOKALIKES)


def searched(*texts: str) -> str:
    """What a search looks in: the texts folded, each word after a blank."""
    return f" {fold(' '.join(text for text in texts if text))}"


def full(given: str, family: str, order: str = "given_first", title: str = "") -> str:
    """A name as its bearer shows it."""
    parts = (family, given) if order == "family_first" else (given, family)
    return " ".join(part for part in (title, *parts) if part)


_SCRIPTS = {"GREEK": "el", "CYRILLIC": "bg"}


@lru_cache(maxsize=8192)
def written_in(name: str, spoken: str) -> str:
    """The language a name is written in: its script tells, else the language its bearer speaks with us."""
    scripts = (unicodedata.name(character, "").partition(" ")[0] for character in name)
    found = next((script for script in scripts if script in _SCRIPTS), "")
    return _SCRIPTS.get(found, spoken)
