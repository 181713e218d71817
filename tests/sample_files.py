"""Small files of every type, and such as only look like one."""

from __future__ import annotations

import io
import struct
import zlib
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

PDF = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"
OOXML = "application/vnd.openxmlformats-officedocument."
MAIN = {
    "PPTX": ("ppt/presentation.xml", f"{OOXML}presentationml.presentation.main+xml"),
    "DOCX": ("word/document.xml", f"{OOXML}wordprocessingml.document.main+xml"),
    "XLSX": ("xl/workbook.xml", f"{OOXML}spreadsheetml.sheet.main+xml"),
}
ODF = {"ODP": "presentation", "ODT": "text", "ODS": "spreadsheet"}


def zipped(entries: dict[str, bytes], *, stored: str = "") -> bytes:
    """A zip of these entries; the one named `stored` is not compressed."""
    kept = io.BytesIO()
    with ZipFile(kept, "w") as archive:
        for name, content in entries.items():
            archive.writestr(ZipInfo(name), content, ZIP_STORED if name == stored else ZIP_DEFLATED)
    return kept.getvalue()


def types(kind: str, more: str = "") -> bytes:
    """The list of types that an office file begins with."""
    part, said = MAIN[kind]
    return f'<?xml version="1.0"?><Types><Override PartName="/{part}" ContentType="{said}"/>{more}</Types>'.encode()


def office(kind: str, **more: bytes) -> bytes:
    """An office file of the newer kind; keyword arguments are further entries, `_` for a slash."""
    entries = {name.replace("_", "/"): content for name, content in more.items()}
    return zipped({"[Content_Types].xml": types(kind), MAIN[kind][0]: b"<x/>", **entries})


def opendocument(kind: str, more: dict[str, bytes] | None = None) -> bytes:
    """An OpenDocument file."""
    said = f"application/vnd.oasis.opendocument.{ODF[kind]}".encode()
    return zipped({"mimetype": said, "content.xml": b"<x/>", **(more or {})}, stored="mimetype")


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))


def png(*more: bytes, width: int = 1, height: int = 1) -> bytes:
    """A PNG, with further chunks after its head."""
    head = chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + pixels + chunk(b"IEND", b"")


def segment(marker: int, data: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def exif(orientation: int, order: str = "<") -> bytes:
    """What a camera writes: how it was held, and where."""
    place = b"GPSLatitude 41.93"
    head = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "HL", 42, 8)
    tag = struct.pack(order + "HHHLHH", 1, 0x0112, 3, 1, orientation, 0) + struct.pack(order + "L", 0)
    return segment(0xE1, b"Exif\0\0" + head + tag + place)


def jpeg(*more: bytes, width: int = 8, height: int = 8) -> bytes:
    """A JPEG in its structure, progressive with two scans, with further segments after its head."""
    frame = segment(0xC2, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")
    tables = segment(0xDB, b"\x00" * 65) + segment(0xC4, b"\x00" * 20)
    scan = segment(0xDA, b"\x01\x01\x00\x00\x00\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    head = segment(0xE0, b"JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00")
    return b"\xff\xd8" + head + b"".join(more) + frame + tables + scan + tables + scan + b"\xff\xd9"


def samples() -> dict[str, bytes]:
    """One file of every type that is taken, by the type's name."""
    return {
        "PDF": PDF,
        **{kind: office(kind) for kind in MAIN},
        **{kind: opendocument(kind) for kind in ODF},
        "PNG": png(),
        "JPEG": jpeg(),
        "TXT": "Καλημέρα, добро утро\r\n".encode(),
        "CSV": "\ufeffname;town\nŻółć;Χάσκοβο\n".encode(),
    }
