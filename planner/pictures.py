"""Pictures without what they tell about who took them, where and when. Their pixels stay as they are."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

from planner.errors import Refusal
from planner.filetypes import damaged
from planner.language import _

MOST_PARTS = 50_000
"""Chunks or segments of a picture: enough for the largest file in pieces of half a kilobyte."""
MOST_PIXELS = 250_000_000
"""Pixels of a picture: somebody's program has to unpack them."""
_CHUNKS = frozenset(b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB bKGD hIST pHYs sPLT acTL fcTL fdAT".split())
"""Chunks of a PNG that say how it looks; all others (text, time, EXIF) go."""
_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of a JPEG's frame header, which holds its size."""
_SEGMENTS = frozenset({0xDB, 0xDD, 0xC4, 0xCC, *_SIZES})
"""Segments of a JPEG that say how it looks: tables and frames."""
_LABELLED = {0xE0: b"JFIF\x00", 0xE2: b"ICC_PROFILE\x00", 0xEE: b"Adobe"}
"""Applications' segments that do so too, by their label; others hold a small copy of the picture, or who knows what."""
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_FILL = re.compile(rb"\xff+")
_TURNED = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00%c\x00\x00\x00\x00\x00\x00"


def cleaned(content: bytes, kind: str) -> bytes:
    """The picture without its taker's traces and without anything behind its end; other files as they are.

    Refusal for a picture that is damaged or has too many pixels.
    """
    try:
        if kind == "PNG":
            return content[:8] + b"".join(_png(content))
        if kind == "JPEG":
            return b"\xff\xd8" + b"".join(_jpeg(content))
    except (struct.error, IndexError) as error:
        raise damaged() from error
    return content


def _measure(width: int, height: int) -> None:
    if not width * height:
        raise damaged()
    if width * height > MOST_PIXELS:
        raise Refusal(_("This picture has too many points. Please make it smaller."), "file")


def _png(content: bytes) -> Iterator[bytes]:
    """Chunks: length, name, data, checksum (ISO/IEC 15948, 5.3)."""
    place, name = 8, b""
    for _part in range(MOST_PARTS):
        if name == b"IEND":
            return
        length, name = struct.unpack_from(">L4s", content, place)
        chunk = content[place : place + 12 + length]
        if len(chunk) != 12 + length or zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
            raise damaged()
        if (name == b"IHDR") != (place == 8):
            raise damaged()
        if name == b"IHDR":
            _measure(*struct.unpack_from(">LL", chunk, 8))
        if name in _CHUNKS:
            yield chunk
        place += len(chunk)
    raise damaged()


def _jpeg(content: bytes) -> Iterator[bytes]:
    """Segments: marker, length, data (ITU T.81, B.1). How the camera was held is the one thing kept of EXIF."""
    place, framed, turned = 2, False, False
    for _part in range(MOST_PARTS):
        place = _at_marker(content, place)
        marker = content[place + 1]
        if marker == 0xD9 and framed:
            yield b"\xff\xd9"
            return
        end = place + 2 + struct.unpack_from(">H", content, place + 2)[0]
        segment = content[place:end]
        if len(segment) < 4 or end > len(content):
            raise damaged()
        if marker == 0xE1 and not turned and (orientation := _orientation(segment[4:])):
            turned = True
            yield _turned(orientation)
        if marker in _SIZES:
            framed = True
            _measure(*struct.unpack_from(">HH", segment, 5))
        if marker == 0xDA:
            end = _scan_end(content, end)
            yield content[place:end]
        elif marker in _SEGMENTS or (marker in _LABELLED and segment.startswith(_LABELLED[marker], 4)):
            yield segment
        place = end
    raise damaged()


def _at_marker(content: bytes, place: int) -> int:
    """Any number of fill bytes may stand before a marker."""
    fill = _FILL.match(content, place)
    if fill is None:
        raise damaged()
    place = fill.end() - 1
    if content[place + 1] in (0x00, 0x01, *range(0xD0, 0xD9)):
        raise damaged()
    return place


def _scan_end(content: bytes, place: int) -> int:
    found = _SCAN_END.search(content, place)
    if found is None:
        raise damaged()
    return found.start()


def _turned(orientation: int) -> bytes:
    data = _TURNED % orientation
    return b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data


def _orientation(data: bytes) -> int:
    """How the picture is turned, 2 to 8; 0 when it is upright or nobody knows (Exif 3.0, 4.6.5)."""
    order = {b"II": "<", b"MM": ">"}.get(data[6:8])
    if not data.startswith(b"Exif\x00\x00") or order is None:
        return 0
    try:
        return _tag(data[6:], order)
    except struct.error:
        return 0


def _tag(tiff: bytes, order: str) -> int:
    start = struct.unpack_from(order + "L", tiff, 4)[0]
    for number in range(min(struct.unpack_from(order + "H", tiff, start)[0], 200)):
        tag, kind, _count, value = struct.unpack_from(order + "HHLH", tiff, start + 2 + 12 * number)
        if tag == 0x0112 and kind == 3:
            return value if 2 <= value <= 8 else 0
    return 0
