"""Papers: PDF out of Typst templates and data.

Whatever people typed travels as data (JSON in ``sys.inputs``) and never becomes template source, so markup in a
name is printed as it was typed. Every paper is tagged, accessible and archivable (PDF/UA-1 and PDF/A-2a).
The same data made at the same moment gives the same bytes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import NamedTuple

import typst

from planner.language import _, speaking
from planner.supplies import FONTS
from planner.templates import folder

GAP = "□"
"""Stands where a character could not be printed; a note on the paper says so."""

_STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
_ROUNDS = 4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_presses = BoundedSemaphore(2)  # each takes one core for a moment and up to 260 MB

_NAME = re.compile(r"[a-z]+/[a-z_]+")
_BLANK = re.compile("[\r\n\t ]+")
_REPORTED = re.compile(r'(?:the text|codepoint) `"((?:[^"\\]|\\.)+)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_SHAPELESS = re.compile("[\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufff0-\uffff\U000f0000-\U0010ffff]")
# Latin, Greek and Cyrillic letters in daily use: the typefaces inside Typst have every one of them.
_UNCOMMON = re.compile(
    "[^\n\x20-\x7e\xa0-\u017f\u0388-\u038a\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f\u2013-\u201e\u2022\u20ac□]"
)


class _Order(NamedTuple):
    source: Path
    made_at: datetime
    language: str
    note: str


def render(template: str, data: Mapping[str, object], *, made_at: datetime, language: str) -> bytes:
    """The PDF of ``templates/<room>/papers/<name>.typ`` for `template` = ``<room>/<name>``.

    `data` is anything JSON can hold; its own ``labels`` win over `labels`. `made_at` (aware) is the paper's date,
    `language` the code of the language it is in. Characters that no typeface has are printed as `GAP`.
    Raises ValueError for a template name that is none, RuntimeError for a mistake in the template.
    """
    if not _NAME.fullmatch(template):
        raise ValueError(f"not the name of a paper: {template!r}")
    room, name = template.split("/")
    words = labels(language)
    order = _Order(folder("templates") / room / "papers" / f"{name}.typ", made_at, language[:2], words.pop("gap"))
    own = data.get("labels")
    payload = _readable({**data, "labels": {**words, **(own if isinstance(own, Mapping) else {})}})
    with _presses:
        return _printed(order, json.dumps(payload, ensure_ascii=False))


def labels(language: str) -> dict[str, str]:
    """The words that papers print by themselves, in the language of the paper."""
    with speaking(language):
        return {
            # EU funding: Regulation (EU) 2021/1060, Annex IX; the wording is official in every language of the Union
            "co_funded": _("Co-funded by the European Union"),
            "page": _("Page {page} of {pages}"),
            "gap": _("□ stands for a character that could not be printed."),
            "signature_list": _("Signature list"),
            "participants_list": _("List of participants"),
            "agenda": _("Agenda"),
            "day": _("Day {number}"),
            "number": _("No."),
            "name": _("Name"),
            "organisation": _("Organisation"),
            "function": _("Function"),
            "partner": _("Partner and country"),
            "email": _("E-mail"),
            "signature": _("Signature"),
            "nobody": _("No names on this list."),
            "nothing": _("The agenda is empty so far."),
            "chair": _("Chair"),
            "room": _("Room"),
            "interpretation": _("Interpretation"),
            "parallel": _("In parallel"),
            "zone": _("All times: {zone}"),
            "date": _("Date"),
        }


def unprintable(text: str) -> str:
    """The characters of `text` that papers leave out or print as `GAP`, each once; empty when all is fine.

    Asked before something is kept that must be printed later, such as a name. Judged in Unicode form C, like
    everything papers print; new lines and tabs are fine. Daily Latin, Greek and Cyrillic are always fine; for other
    writing the answer depends on the typefaces installed, so it may differ where set-up could not fetch them.
    """
    composed = unicodedata.normalize("NFC", text)
    lost = {char for found in (_UNSEEN, _SHAPELESS) for char in found.findall(composed)} - {"\r"}
    odd = frozenset(word for word in _BLANK.split(_seen(text)) if _UNCOMMON.search(word))
    return "".join(sorted(lost | _unprinted(odd)))


@lru_cache(maxsize=512)
def _unprinted(words: frozenset[str]) -> frozenset[str]:
    """Words and not characters, since a mark may fail only on the letter it stands on."""
    order = _Order(folder("templates") / "paper" / "trial.typ", _EPOCH, "en", "")
    payload, lost = "\n".join(sorted(words)), frozenset[str]()
    while found := _refused(order, payload):
        lost |= found
        payload = payload.translate(dict.fromkeys(map(ord, found), GAP))
    return lost


def _refused(order: _Order, payload: str) -> set[str]:
    try:
        if payload:
            with _presses:
                _compiled(order, json.dumps(payload, ensure_ascii=False))
    except typst.TypstError as error:
        if found := _missing(error.diagnostic):
            return found
        raise
    return set()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)] if FONTS.is_dir() else [])


def _readable(data: object) -> object:
    """The data with every text composed (NFC) and without characters that are not seen or have no shape.

    Directional overrides go too: they would let a name rearrange the row it stands in.
    """
    if isinstance(data, str):
        return _seen(data)
    if isinstance(data, Mapping):
        return {key: _readable(value) for key, value in data.items()}
    return [_readable(value) for value in data] if isinstance(data, list | tuple) else data


def _seen(text: str) -> str:
    return _SHAPELESS.sub(GAP, _UNSEEN.sub("", unicodedata.normalize("NFC", text)))


def _printed(order: _Order, payload: str) -> bytes:
    """PDF/UA refuses the whole paper for one character without a glyph: put gaps in their place and try again."""
    for _round in range(_ROUNDS):
        try:
            return _compiled(order, payload)
        except typst.TypstError as error:
            missing = _missing(error.diagnostic)
            if not missing:
                raise
            payload = payload.translate(dict.fromkeys(map(ord, missing), GAP))
    return _compiled(order, _UNCOMMON.sub(GAP, payload))


def _compiled(order: _Order, payload: str) -> bytes:
    return typst.compile(
        str(order.source),
        root=str(folder("templates")),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": payload, "language": order.language, "note": order.note if GAP in payload else ""},
        pdf_standards=_STANDARDS,
        timestamp=int(order.made_at.timestamp()),
    )


def _missing(diagnostic: str) -> set[str]:
    """The characters Typst could not print. A mark without a glyph drags its innocent letter along: marks go first."""
    texts = [_ESCAPED.sub(_unescaped, text) for text in _REPORTED.findall(diagnostic)]
    found = {char for text in texts for char in text if not char.isascii()}
    return {char for char in found if unicodedata.category(char).startswith("M")} or found


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else match[2]
