"""The order of names in every list: Unicode's root collation for Latin, Greek and Cyrillic, without a library.

The Unicode Collation Algorithm (UTS #10, version 15) with the root order of CLDR 42: letters first, then accents, then
capitals, each over the whole name. Spaces and signs sort before digits, these before letters, Latin before Greek before
Cyrillic. One order for all readers of a meeting, on both databases: a key is a text of 0-9 and a-z alone, which every
collation of a database sorts alike. Other scripts sort behind, by code point.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

NAME = "Unicode root collation (CLDR 42)"
"""What lists say they are sorted by."""

_SIGNS = "_-‐‑–—―,;:!¡?¿.…·'‘’‚“\"”„«»()[]{}§¶@*/\\&#%†‡•`^°©®+±÷×<=>|~$£¥€"
_LETTERS = (
    "a b ƀ ɓ c ƈ dđð ɖ ɗ ƌ e ǝ ə ɛ f ƒ g ǥ ɠ ɣ hħ ƕ i ı ɨ ɩ j k ƙ lł ƚ m n ɲ ƞ ŋ oø ɔ ɵ ȣ p ƥ q ĸ r ʀ sſ ʃ t ŧ ƭ ʈ u "
    "ʉ ɯ ʊ v ʋ ʌ w x y ƴ ȝ z ƶ ȥ ʒ ƹ þ ƿ "
    "α β γ δ ε ϝ ͷ ϛ ζ ͱ η θ ι ϳ κ ϗ λ μ ν ξ ο π ϻ ϟ ϙ ρ ϼ σς ͼ ͻ ͽ τ υ φ χ ψ ω ϡ ͳ ϸ "
    "а ә ӕ б в гґ ғ ӻ ҕ д ԁ ђ ԃ ҙ е є ж җ з ԅ ԑ ѕ ӡ и ҋ і й ј к қ ӄ ҡ ҟ ҝ ԛ л ӆ ԓ ԡ љ ԉ м ӎ н ӊ ң ӈ ҥ њ ԋ о ө п ԥ ҧ ҁ "
    "р ҏ ԗ с ԍ ҫ т ԏ ҭ ћ у ү ұ ѹ ф х ҳ һ ѡ ѿ ѽ ѻ ц ҵ ч ҷ ӌ ҹ ҽ ҿ џ ш щ ъ ы ь ҍ ѣ э ю я ѥ ѧ ѫ ѩ ѭ ѯ ѱ ѳ ѵ ҩ ԝ ӏ"
)
"""Groups of letters in order; in a group the first is the plain one, the others are it with a stroke or so."""
_EXPANDED = str.maketrans({
    "æ": "a\u0361e", "Æ": "A\u0361e", "œ": "o\u0361e", "Œ": "O\u0361e", "ß": "s\u0361s", "ẞ": "S\u0361s",
})  # fmt: skip
"""One letter that sorts as two, behind those two however accented."""
_MARKS = "\u0313\u0314\u0301\u0300\u0306\u0302\u030c\u030a\u0342\u0308\u030b\u0303\u0307\u0338\u0327\u0328\u0304" \
    "\u0335\u0309\u030f\u0311\u031b\u0323\u0324\u0325\u0326\u032d\u032e\u0330\u0331\u0345\u0361"  # fmt: skip
"""Accents in their order: Greek breathings first, a stroke among the others, a ligature last."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_END, _BETWEEN, _PLAIN, _ODD_MARK = "0", "1", "2", "z"
"""Weights of the second and third level: the level's end, between two names, no accent (small), any other accent."""
_FIRST, _SIGN, _OTHER = 36, 200, "zz"


def _two(number: int) -> str:
    return _DIGITS[number // 36] + _DIGITS[number % 36]


_PRIMARY = {" ": _two(_FIRST)} | {sign: _two(_FIRST + 1 + place) for place, sign in enumerate(_SIGNS)}
_PRIMARY |= {digit: _two(_SIGN + 1 + place) for place, digit in enumerate("0123456789")}
_PRIMARY |= {
    letter: _two(_SIGN + 20 + place) for place, group in enumerate(_LETTERS.split()) for letter in group
}  # fmt: skip
_SECONDARY = {mark: _DIGITS[3 + place] for place, mark in enumerate(_MARKS)}
_STROKES = dict.fromkeys("đłħ", "\u0335") | {"ø": "\u0338"}
_STRUCK = {letter: _SECONDARY[_STROKES.get(letter, "\u0361")] for group in _LETTERS.split() for letter in group[1:]}


@lru_cache(maxsize=16384)
def key(*names: str) -> str:
    """What these names sort by, the first one first; accents and capitals of any count only if all letters agree."""
    levels = [_levels(name) for name in names]
    first, second, third = ([level[place] for level in levels] for place in range(3))
    return (_END + _BETWEEN).join(first) + _END * 2 + _BETWEEN.join(second) + _END + _BETWEEN.join(third)


def _levels(name: str) -> tuple[str, str, str]:
    first, second, third = [], [], []
    for character in _apart(name):
        if unicodedata.combining(character):
            second.append(_SECONDARY.get(character, _ODD_MARK))
            continue
        small = character.lower()
        first.append(_weight(small))
        second.append(_PLAIN + _STRUCK.get(small, ""))
        third.append(_PLAIN if small == character else _DIGITS[3])
    return "".join(first), "".join(second).rstrip(_PLAIN), "".join(third).rstrip(_PLAIN)


def _apart(name: str) -> Iterable[str]:
    """The characters and accents of a name; й is a letter of its own and stays whole."""
    text = " ".join(name.translate(_EXPANDED).split())
    return (part for character in unicodedata.normalize("NFC", text) for part in _parts(character))


@lru_cache(maxsize=4096)
def _parts(character: str) -> str:
    return character if character in "йЙ" else unicodedata.normalize("NFKD", character)


def _weight(small: str) -> str:
    known = _PRIMARY.get(small)
    if known is not None:
        return known
    if unicodedata.category(small)[0] in "PSZC":
        return _two(_SIGN)
    code = ord(small)
    return _OTHER + _two(code // 36 // 36 // 36) + _two(code // 36 % 36) + _two(code % 36)
