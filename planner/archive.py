"""Many files in one ZIP, written while it is read: nothing is compressed, so its length is known before it begins."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from planner.filetypes import parted

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_UTF8, _VERSION, _MADE_BY_UNIX = 0x800, 20, 0x300
_MODE = 0o100644 << 16
"""An ordinary file that its owner may write."""


class Entry(NamedTuple):
    """A file for the archive: its name there, its bytes piece by piece, and what is known about them beforehand."""

    name: str
    size: int
    crc32: int
    moment: datetime
    pieces: Callable[[], Iterable[bytes]]


def length(entries: Iterable[Entry]) -> int:
    """Bytes of the whole archive."""
    frame = _LOCAL.size + _CENTRAL.size
    return _END.size + sum(frame + 2 * len(entry.name.encode()) + entry.size for entry in entries)


def written(entries: Sequence[Entry]) -> Iterator[bytes]:
    """The archive, piece by piece (APPNOTE 6.3.10, 4.3). Below 4 GB and 65 535 files, which callers see to.

    Raises ValueError when a file is not as long as was said: the reader then gets no end instead of a wrong one.
    """
    places, place = [], 0
    for entry in entries:
        places.append(place)
        head = _LOCAL.pack(b"PK\x03\x04", _VERSION, *_facts(entry), 0) + entry.name.encode()
        yield head
        yield from _checked(entry)
        place += len(head) + entry.size
    directory = b"".join(map(_listed, entries, places))
    yield directory
    yield _END.pack(b"PK\x05\x06", 0, 0, len(places), len(places), len(directory), place, 0)


def _facts(entry: Entry) -> tuple[int, ...]:
    when = entry.moment
    clock = when.hour << 11 | when.minute << 5 | when.second // 2
    day = max(when.year - 1980, 0) << 9 | when.month << 5 | when.day
    return _UTF8, 0, clock, day, entry.crc32, entry.size, entry.size, len(entry.name.encode())


def _listed(entry: Entry, place: int) -> bytes:
    made = _MADE_BY_UNIX | _VERSION
    head = _CENTRAL.pack(b"PK\x01\x02", made, _VERSION, *_facts(entry), 0, 0, 0, 0, _MODE, place)
    return head + entry.name.encode()


def _checked(entry: Entry) -> Iterator[bytes]:
    left = entry.size
    for piece in entry.pieces():
        left -= len(piece)
        yield piece
    if left:
        raise ValueError("a file is not as long as was said")


def apart(names: Iterable[str]) -> list[str]:
    """The names, told apart by a number where some differ by nothing or only by capitals."""
    taken: set[str] = set()
    found = []
    for name in names:
        stem, ending = parted(name)
        number, fresh = 1, name
        while fresh.casefold() in taken:
            number += 1
            fresh = f"{stem} ({number}){ending}"
        taken.add(fresh.casefold())
        found.append(fresh)
    return found
