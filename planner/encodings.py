"""The letters of a CSV: Unicode as it says itself, else one of the old code pages of Windows."""

from __future__ import annotations

import codecs

from planner.errors import Refusal
from planner.forms import Upload
from planner.language import _

PAGES = ("cp1253", "cp1251", "cp1250", "cp1252", "cp1257", "cp1254")
"""Greek, Cyrillic, Central European, Western, Baltic, Turkish. The first one counts when nobody says which."""
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (b"PK", ""))


def letters() -> list[tuple[str, str]]:
    """What somebody can say about the letters of a file."""
    return [
        ("", _("Automatic: Unicode, otherwise Greek")),
        ("cp1253", _("Greek (Windows-1253)")),
        ("cp1251", _("Cyrillic (Windows-1251)")),
        ("cp1250", _("Central European (Windows-1250)")),
        ("cp1252", _("Western European (Windows-1252)")),
        ("cp1257", _("Baltic (Windows-1257)")),
        ("cp1254", _("Turkish (Windows-1254)")),
    ]


def in_utf8(upload: Upload, page: str = "") -> Upload:
    """The same file in UTF-8; a workbook stays as it is. Raises Refusal for letters of no such page."""
    mark = next((name for start, name in _MARKS if upload.content.startswith(start)), None)
    if mark == "" or (mark is None and _is_utf8(upload.content)):
        return upload
    name = mark or (page if page in PAGES else PAGES[0])
    try:
        return Upload(upload.name, upload.content.decode(name).encode())
    except UnicodeDecodeError as error:
        sentence = _("The characters of this file cannot be read. Please save it as CSV in UTF-8, or as XLSX.")
        raise Refusal(sentence, "file") from error


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
