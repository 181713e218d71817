"""Uploaded files: kept under random names outside all that is served, written whole or not at all, read in pieces."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from babel.numbers import format_decimal

from planner.errors import Missing, Refusal
from planner.filetypes import FileType, parted, recognise
from planner.language import _, current, ngettext
from planner.pictures import cleaned
from planner.settings import settings

LARGEST = 25 * 1024 * 1024
"""Bytes of one file."""
PIECE = 64 * 1024
LONGEST_NAME = 120
"""Characters of a file's name: unpacked below other folders it must still fit into what Windows takes."""
_KEPT_NAME = re.compile(r"[0-9a-f]{40}")
_UNFIT = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd\ud800-\udfff<>:"/\\|?*]+')


class Kept(NamedTuple):
    """A file in the store. `name` is where it lies, `file_name` what people see; sha256 and crc32 are hexadecimal."""

    name: str
    file_name: str
    media_type: str
    size: int
    sha256: str
    crc32: str


def keep(content: bytes, file_name: str) -> Kept:
    """Put a file into the store, without what a picture tells about its taker. Refusal when it is none we take."""
    if not content:
        raise Refusal(_("This file is empty. Please choose another one."), "file")
    if len(content) > LARGEST:
        told = {"size": size_text(len(content)), "limit": size_text(LARGEST)}
        raise Refusal(_("This file is too large: %(size)s. A file may have %(limit)s.") % told, "file")
    kind = recognise(content, file_name)
    content = cleaned(content, kind.name)
    name = secrets.token_hex(20)
    _write(name, content)
    sums = hashlib.sha256(content).hexdigest(), f"{zlib.crc32(content):08x}"
    return Kept(name, tidy_name(file_name, kind), kind.media_type, len(content), *sums)


def _folder() -> Path:
    """The folder of the store. Raises ValueError for an address that names none."""
    scheme, _colon, place = settings().files_url.partition(":")
    if scheme != "file" or not place:
        raise ValueError("PLANNER_FILES_URL is file:folder")
    return Path(place)


def _path(name: str) -> Path:
    """Where a file lies. Raises Missing for anything but a name that was given here."""
    if not _KEPT_NAME.fullmatch(name):
        raise Missing
    return _folder() / name[:2] / name


def _write(name: str, content: bytes) -> None:
    """Write beside its place and move it there: whoever looks finds all of it or nothing, even after a power cut."""
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    _settle(path.parent)


def _settle(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)  # the name too must outlive a power cut
    finally:
        os.close(number)


def is_there(name: str) -> bool:
    """Whether the store has that file."""
    return _path(name).is_file()


def pieces(name: str) -> Iterator[bytes]:
    """The file's bytes, piece by piece. Raises Missing at the first piece when it is gone."""
    try:
        with _path(name).open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
    except FileNotFoundError as error:
        raise Missing from error


def discard(name: str) -> None:
    """Remove a file for good; one that is gone already is no fault."""
    _path(name).unlink(missing_ok=True)


def tidy_name(typed: str, kind: FileType) -> str:
    """A file name that every system takes, with the ending of what the file is: `../ab\\cd.PDF` is `cd.PDF`."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", typed))[-1]
    name = " ".join(_UNFIT.sub(" ", last).split()).rstrip(". ")
    stem, ending = parted(name)
    if ending.lower() not in kind.endings:
        stem, ending = (name if ending.lower() not in kind.other_endings else stem), kind.endings[0]
    return (stem.strip(". ")[: LONGEST_NAME - len(ending)].strip(". ") or _("document")) + ending


def disposition(file_name: str) -> str:
    """The Content-Disposition of a download (RFC 6266): the name in ASCII, and as it is (RFC 8187)."""
    plain = unicodedata.normalize("NFKD", file_name).encode("ascii", "ignore").decode()
    stem, ending = parted(re.sub(r'[\x00-\x1f\x7f"\\%;]+', "_", plain))
    ascii_name = f"{stem.strip(' ._') or 'document'}{ending}"
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(file_name, safe='')}"


def size_text(size: int) -> str:
    """A number of bytes in words: 870 kB, 2.4 MB."""
    for unit, name in ((1024 * 1024, "MB"), (1024, "kB")):
        if size >= unit:
            return f"{format_decimal(round(size / unit, 1), locale=current())}\u00a0{name}"
    return ngettext("%(count)d\u00a0byte", "%(count)d\u00a0bytes", size) % {"count": size}
