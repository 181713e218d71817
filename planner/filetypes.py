"""What a file is, told from its content alone. Only what cannot act by itself is taken; all else is refused."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile, ZipInfo

from planner.errors import Refusal
from planner.language import _


class FileType(NamedTuple):
    """A type that is taken: its name for people, its media type, and the endings its files may have."""

    name: str
    media_type: str
    endings: tuple[str, ...]

    @property
    def other_endings(self) -> frozenset[str]:
        """Endings of the other types: wrong ones on this file."""
        return frozenset(ending for kind in TYPES.values() for ending in kind.endings) - set(self.endings)


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_ALL = (
    FileType("PDF", "application/pdf", (".pdf",)),
    FileType("PPTX", f"{_OOXML}presentationml.presentation", (".pptx",)),
    FileType("DOCX", f"{_OOXML}wordprocessingml.document", (".docx",)),
    FileType("XLSX", f"{_OOXML}spreadsheetml.sheet", (".xlsx",)),
    FileType("ODP", f"{_ODF}presentation", (".odp",)),
    FileType("ODT", f"{_ODF}text", (".odt",)),
    FileType("ODS", f"{_ODF}spreadsheet", (".ods",)),
    FileType("PNG", "image/png", (".png",)),
    FileType("JPEG", "image/jpeg", (".jpg", ".jpeg")),
    FileType("TXT", "text/plain", (".txt",)),
    FileType("CSV", "text/csv", (".csv",)),
)
TYPES = {kind.name: kind for kind in _ALL}
"""All types that are taken, by name."""

MOST_ENTRIES = 4_000
MOST_UNPACKED = 400 * 1024 * 1024
"""Bytes that an office file may unpack to, by what it says itself."""
MOST_TIMES = 150
"""How many times larger an entry above a megabyte may become; XML of real tables stays below 60."""
_END = struct.Struct("<4s4H2LH")
_DIRECTORY = 1024 * 1024
"""Bytes of a zip's directory: some 4 000 entries with long names."""
_ACTIVE = re.compile(
    r"vbaproject|vbadata|(^|/)activex/|^basic/|^scripts/|(^|/)macros?/"
    r"|\.(exe|dll|com|scr|bat|cmd|ps1|vbs?|js|jse|wsf|hta|jar|html?|xhtml|swf|docm|dotm|xlsm|xlsb|xltm|pptm|ppsm|potm)$"
)
_MARKUP = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?php)|^#!", re.I)
_PDF_ACTION = re.compile(rb"/(JavaScript|Launch)\b")
_PDF_OBJECTS = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.S)
_ZIP_END = 22 + 0xFFFF
"""Bytes at the end of a file in which a reader of zips looks for the end of one."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


def parted(name: str) -> tuple[str, str]:
    """A file name before its ending, and the ending with its dot; nothing for a name without one."""
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if dot else (name, "")


def recognise(content: bytes, file_name: str) -> FileType:
    """What the file is. Refusal for every other type, for what can act (macros, scripts, pages) and for zip bombs."""
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return TYPES["PNG"]
    if content.startswith(b"\xff\xd8\xff"):
        return TYPES["JPEG"]
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(_("This is a file of an old office program, or one with a password. Please save it as PDF."))
    return _text(content, file_name)


def _refused(sentence: str) -> Refusal:
    return Refusal(sentence, "file")


def _unknown() -> Refusal:
    return _refused(_("Files of this type are not taken. Please choose PDF, PPTX, DOCX, XLSX, ODP, ODT, ODS, PNG, "
                      "JPEG, TXT or CSV."))  # fmt: skip


def damaged() -> Refusal:
    """What to say about a file whose inside is not what its beginning promises."""
    return _refused(_("This file is damaged, or not what its beginning says. Please save it anew, best as PDF."))


def _pdf(content: bytes) -> FileType:
    """Nothing before it, nothing of another type at its beginning, nothing behind its end (ISO 32000-2, 7.5)."""
    body, end, rest = content.rpartition(b"%%EOF")
    if not end or not re.match(rb"%PDF-[12]\.\d", content) or rest.strip(b"\r\n\t \x00"):
        raise damaged()
    if _MARKUP.search(body[:1024]):
        raise _unknown()
    if b"PK\x05\x06" in content[-_ZIP_END:]:
        raise damaged()
    if any(_PDF_ACTION.search(part) for part in (content, *_pdf_objects(content))):
        raise _refused(_("This PDF holds a program or starts one. Please print it into a new PDF."))
    return TYPES["PDF"]


def _pdf_objects(content: bytes) -> Iterator[bytes]:
    """Objects that a PDF packs together (ISO 32000-2, 7.5.7), as far as they can be read."""
    for found in islice(_PDF_OBJECTS.finditer(content), MOST_ENTRIES):
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(content[found.end() : found.end() + _DIRECTORY], 4 * _DIRECTORY)


def _text(content: bytes, file_name: str) -> FileType:
    """Plain text is taken under its own two endings only: a script is text too."""
    ending = parted(file_name)[1].lower()
    kind = next((TYPES[name] for name in ("TXT", "CSV") if ending in TYPES[name].endings), None)
    if kind is None:
        raise _unknown()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(_("This text is not written in UTF-8. Please save it anew with that encoding.")) from error
    if _CONTROL.search(text) or text.lstrip()[:1] == "<" or _MARKUP.search(text[:4096].lstrip().encode()):
        raise _unknown()
    return kind


def _office(content: bytes) -> FileType:
    """An office file is a zip: looked into without unpacking more than its own word on what it is."""
    _weigh_directory(content)
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _weigh(entries, len(content))
            _inspect(entries)
            return _office_type(archive, content)
    except (BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError, ValueError, KeyError) as error:
        raise damaged() from error


def _weigh_directory(content: bytes) -> None:
    """Before anything reads the directory: exactly one archive, ending at the file's end, with a small directory."""
    if len(content) < _END.size:
        raise damaged()
    mark, _disk, _start, here, entries, size, begin, comment = _END.unpack(content[-_END.size :])
    if mark != b"PK\x05\x06" or comment or here != entries or begin + size != len(content) - _END.size:
        raise damaged()
    if entries > MOST_ENTRIES or size > _DIRECTORY:
        raise _bomb()


def _bomb() -> Refusal:
    return _refused(_("This file would become far too large when opened. Please save it as PDF."))


def _weigh(entries: list[ZipInfo], size: int) -> None:
    if sum(entry.compress_size for entry in entries) > size:  # entries that share their bytes
        raise _bomb()
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise _bomb()
    for entry in entries:
        if entry.file_size > 1024 * 1024 and entry.file_size > MOST_TIMES * entry.compress_size:
            raise _bomb()


def _inspect(entries: list[ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    folded = {name.lower() for name in names}
    if len(folded) != len(names) or not names or min(entry.header_offset for entry in entries):
        raise damaged()
    if any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or "\x00" in name for name in names):
        raise damaged()
    if any(_ACTIVE.search(name) for name in folded):
        raise _active()


def _active() -> Refusal:
    return _refused(_("This file holds macros or other programs. Please save it without them, or as PDF."))


def _office_type(archive: ZipFile, content: bytes) -> FileType:
    if "[Content_Types].xml" in archive.namelist():
        return _openxml(_said(archive, "[Content_Types].xml"))
    return _opendocument(archive, content)


def _said(archive: ZipFile, name: str) -> bytes:
    limit = 1024 * 1024
    with archive.open(name) as file:
        said = file.read(limit + 1)
    if len(said) > limit:
        raise damaged()
    return said


def _openxml(types: bytes) -> FileType:
    """The main part's type (ECMA-376, part 2, 10.1). Characters written as numbers could hide a macro's type."""
    if b"&#" in types or b"<!" in types:
        raise damaged()
    if re.search(rb"macroenabled|vbaproject|activex", types, re.I):
        raise _active()
    for name in ("PPTX", "DOCX", "XLSX"):
        if f'"{TYPES[name].media_type}.main+xml"'.encode() in types:
            return TYPES[name]
    raise _unknown()


def _opendocument(archive: ZipFile, content: bytes) -> FileType:
    """The entry `mimetype` stands first and is not compressed (OpenDocument 1.3, part 2, 3.3)."""
    first = archive.infolist()[0]
    if content[30:38] != b"mimetype" or first.filename != "mimetype" or first.compress_type:
        raise _unknown()
    said = _said(archive, "mimetype")
    for name in ("ODP", "ODT", "ODS"):
        if said == TYPES[name].media_type.encode():
            return TYPES[name]
    raise _unknown()
