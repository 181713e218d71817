"""Files: told by their content, freed of traces, kept whole under random names, given back in pieces."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import archive, files
from planner.errors import Missing, Refusal
from planner.files import disposition, keep, tidy_name
from planner.filetypes import TYPES, recognise
from planner.pictures import cleaned
from planner.settings import settings
from tests.sample_files import PDF, chunk, exif, jpeg, office, opendocument, png, samples, segment, types, zipped


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store."""
    monkeypatch.setenv("PLANNER_FILES_URL", f"file:{tmp_path / 'kept'}")
    settings.cache_clear()
    yield tmp_path / "kept"
    settings.cache_clear()


@pytest.mark.parametrize("kind", TYPES)
def test_a_type_is_told_by_the_content(kind: str) -> None:
    name = f"x{TYPES[kind].endings[0]}" if kind in ("TXT", "CSV") else "x.exe"
    assert recognise(samples()[kind], name) == TYPES[kind]


HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
MACRO = '<Override PartName="/x" ContentType="application/vnd.ms-office.vbaProject"/>'
REFUSED = {
    "a page": ("a.html", HTML),
    "a page under another name": ("a.txt", HTML),
    "a page behind blanks": ("a.txt", b"\n \t" + HTML),
    "a page after a mark of order": ("a.txt", b"\xef\xbb\xbf" + HTML),
    "a page after words": ("a.csv", b"name;town\n" + HTML),
    "a drawing that acts": ("a.svg", SVG),
    "a drawing as text": ("a.txt", SVG),
    "a script": ("a.sh", b"#!/bin/sh\nrm -rf /\n"),
    "a script as text": ("a.txt", b"#!/bin/sh\n"),
    "a script under its own name": ("a.js", b"alert(1)"),
    "a text without an ending": ("notes", b"words"),
    "a program": ("a.txt", b"MZ\x90\x00\x03\x00\x00\x00"),
    "a program as PDF": ("a.pdf", b"\x7fELF\x02\x01\x01\x00"),
    "a text in another encoding": ("a.txt", "Χάσκοβο".encode("iso-8859-7")),
    "a text of two bytes each": ("a.txt", "words".encode("utf-16")),
    "a text with NUL": ("a.csv", b"a;b\x00c"),
    "an old office file": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "a GIF": ("a.gif", b"GIF89a\x01\x00\x01\x00"),
    "a PDF not at the beginning": ("a.pdf", b"x" + PDF),
    "a PDF behind a page": ("a.pdf", HTML + PDF),
    "a PDF that begins as a page": ("a.pdf", PDF.replace(b"\n", b"\n<html><script>1</script>", 1)),
    "a PDF without an end": ("a.pdf", PDF.replace(b"%%EOF", b"")),
    "a PDF that is a zip too": ("a.pdf", PDF + zipped({"x": b"x"})),
    "a PDF with a zip before its end": ("a.pdf", PDF.replace(b"%%EOF", zipped({"x": b"x"}) + b"%%EOF")),
    "a PDF with a program": ("a.pdf", PDF.replace(b"<<", b"<</OpenAction<</S/JavaScript/JS(app.alert(1))>>", 1)),
    "a PDF that starts one": ("a.pdf", PDF.replace(b"<<", b"<</OpenAction<</S /Launch/F(cmd.exe)>>", 1)),
    "a PDF with a packed program": (
        "a.pdf",
        PDF.replace(b"trailer", b"<</Type/ObjStm>>stream\n" + zlib.compress(b"<</S/JavaScript>>") + b"\nendstream\n"),
    ),
    "a PDF of no version": ("a.pdf", PDF.replace(b"1.7", b"X.X")),
    "a zip": ("a.zip", zipped({"x.txt": b"x"})),
    "a zip as slides": ("a.pptx", zipped({"ppt/presentation.xml": b"x"})),
    "a zip behind something": ("a.docx", b"PK\x03\x04" + office("DOCX")),
    "a zip before something": ("a.docx", office("DOCX") + b"<html>"),
    "an end without a zip": ("a.docx", b"PK\x03\x04" + office("DOCX")[-22:]),
    "the beginning of a zip": ("a.docx", office("DOCX")[:60]),
    "four letters": ("a.docx", b"PK\x03\x04"),
    "slides with macros": ("a.pptx", office("PPTX", **{"ppt_vbaProject.bin": b"x"})),
    "slides with hidden macros": ("a.pptx", zipped({"[Content_Types].xml": types("PPTX", MACRO)})),
    "a type written in numbers": ("a.pptx", zipped({"[Content_Types].xml": types("PPTX", "&#118;baProject")})),
    "slides of the kind with macros": (
        "a.pptm",
        zipped({"[Content_Types].xml": types("PPTX").replace(b"presentationml.presentation", b"x.macroEnabled")}),
    ),
    "slides with a program inside": ("a.pptx", office("PPTX", **{"ppt_setup.exe": b"x"})),
    "slides with a document with macros": ("a.pptx", office("PPTX", **{"ppt_embeddings_a.xlsm": b"x"})),
    "a text document with macros": ("a.odt", opendocument("ODT", {"Basic/script-lc.xml": b"x"})),
    "a way out of the zip": ("a.docx", office("DOCX", **{".._x": b"x"})),
    "the same entry twice": ("a.docx", office("DOCX", **{"word_DOCUMENT.xml": b"x"})),
    "a book": ("a.epub", zipped({"mimetype": b"application/epub+zip"}, stored="mimetype")),
    "a list of types that grows": ("a.docx", zipped({"[Content_Types].xml": b" " * 1_500_000 + types("DOCX")})),
    "a bomb": ("a.docx", office("DOCX", word_x=bytes(30_000_000))),
    "many entries": ("a.docx", zipped({f"{number}": b"" for number in range(4_001)})),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_can_act_or_is_unknown_is_refused_with_a_sentence(what: str) -> None:
    name, content = REFUSED[what]
    with pytest.raises(Refusal) as refusal:
        recognise(content, name)
    assert refusal.value.field == "file"
    assert refusal.value.sentence.endswith(".")


def test_entries_that_share_their_bytes_are_a_bomb() -> None:
    content = bytearray(office("DOCX", word_x=b"x" * 500))
    place = content.rindex(b"PK\x01\x02")
    struct.pack_into("<L", content, place + 20, len(content) * 2)
    with pytest.raises(Refusal, match="far too large"):
        recognise(bytes(content), "a.docx")


def test_a_directory_that_lies_about_its_place_is_refused() -> None:
    good = office("DOCX")
    for offset, value in ((8, 1), (12, 5), (16, 5), (20, 3)):
        content = bytearray(good)
        struct.pack_into("<H", content, len(content) - 22 + offset, value)
        with pytest.raises(Refusal):
            recognise(bytes(content), "a.docx")


@given(st.binary(max_size=400), st.sampled_from(sorted(TYPES)), st.integers(0, 400))
def test_no_bytes_break_the_reader(noise: bytes, kind: str, place: int) -> None:
    start = samples()[kind][:place]
    for content in (start + noise, noise, samples()[kind] + noise):
        try:
            cleaned(content, recognise(content, f"a{TYPES[kind].endings[0]}").name)
        except Refusal:
            continue


def test_a_photograph_keeps_how_it_was_held_and_nothing_else() -> None:
    for order in "<>":
        traces = (exif(6, order), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0Ana"), segment(0xED, b"Photoshop Ana"))
        photo = jpeg(*traces, segment(0xFE, b"?Ana"), segment(0xE0, b"JFXX\0Ana"), segment(0xE2, b"MPF\0Ana"))
        done = cleaned(photo + b"a second picture of Ana", "JPEG")
        assert b"GPS" not in done
        assert b"Ana" not in done
        assert b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06" in done
        assert done.endswith(b"\x56\xff\xd9")
        assert cleaned(done, "JPEG") == done


def test_an_upright_photograph_keeps_its_pixels_and_colours() -> None:
    profile = segment(0xE2, b"ICC_PROFILE\0\x01\x01colours")
    assert cleaned(jpeg(profile), "JPEG") == jpeg(profile)
    assert cleaned(jpeg(exif(1)), "JPEG") == jpeg()


def test_a_drawing_keeps_its_pixels_only() -> None:
    traces = (chunk(b"tEXt", b"Author\0Ana"), chunk(b"eXIf", b"II*\0"), chunk(b"tIME", b"1234567"), chunk(b"prVt", b""))
    assert cleaned(png(*traces) + b"<html>", "PNG") == png()
    assert cleaned(png(chunk(b"gAMA", b"\0\0\xb1\x8f")), "PNG") == png(chunk(b"gAMA", b"\0\0\xb1\x8f"))


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("PNG", png(width=100_000, height=100_000)),
        ("PNG", png(width=0)),
        ("PNG", png()[:-3]),
        ("PNG", png().replace(b"IDAT", b"IDAX")),
        ("PNG", png()[:8] + chunk(b"IEND", b"")),
        ("JPEG", jpeg(width=65_000, height=65_000)),
        ("JPEG", jpeg()[:-2]),
        ("JPEG", jpeg()[:40]),
        ("JPEG", b"\xff\xd8\xff\xd9"),
        ("JPEG", b"\xff\xd8\xff\xe0\x00\x01"),
        ("JPEG", jpeg().replace(b"\xff\xdb", b"\x00\xdb", 1)),
    ],
)
def test_a_damaged_or_giant_picture_is_refused(kind: str, content: bytes) -> None:
    with pytest.raises(Refusal):
        cleaned(content, kind)


def test_a_large_drawing_is_taken() -> None:
    assert cleaned(png(width=10_000, height=10_000), "PNG") == png(width=10_000, height=10_000)


def test_a_file_is_kept_whole_under_a_random_name(store: Path) -> None:
    content = PDF.replace(b"\n", b"\n" + b"%" * 200_000 + b"\n", 1)
    one, other = keep(content, "../../etc/πρόγραμμα.pdf"), keep(content, "x.pdf")
    assert one.name != other.name
    assert [path.is_file() for path in store.glob("*/*")] == [True, True]
    parts = list(files.pieces(one.name))
    assert b"".join(parts) == content
    assert max(map(len, parts)) <= files.PIECE
    assert one[1:4] == ("πρόγραμμα.pdf", "application/pdf", len(content))
    assert (one.sha256, int(one.crc32, 16)) == (hashlib.sha256(content).hexdigest(), zlib.crc32(content))


def test_a_file_that_was_discarded_is_gone(store: Path) -> None:
    kept = keep(PDF, "x.pdf")
    assert files.is_there(kept.name)
    files.discard(kept.name)
    files.discard(kept.name)
    assert not files.is_there(kept.name)
    with pytest.raises(Missing):
        list(files.pieces(kept.name))


@pytest.mark.parametrize(
    "name", ["", "..", "../../etc/passwd", "/etc/passwd", "a" * 39 + "/", "A" * 40, "a" * 40 + "\n"]
)
def test_no_name_leads_out_of_the_store(store: Path, name: str) -> None:
    for ask in (files.is_there, files.discard, lambda name: list(files.pieces(name))):
        with pytest.raises(Missing):
            ask(name)


def test_nothing_and_too_much_are_refused(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", len(PDF))
    assert keep(PDF, "x.pdf").size == len(PDF)
    for content, sentence in ((b"", "empty"), (PDF + b"\n", "too large")):
        with pytest.raises(Refusal, match=sentence):
            keep(content, "x.pdf")
    assert len(list(store.glob("*/*"))) == 1


def test_a_full_disk_leaves_nothing_behind(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep(PDF, "x.pdf")
    assert list(store.glob("*/*")) == []


def test_a_store_elsewhere_is_said_to_be_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_FILES_URL", "s3://bucket")
    settings.cache_clear()
    with pytest.raises(ValueError, match="PLANNER_FILES_URL"):
        keep(PDF, "x.pdf")
    settings.cache_clear()


@pytest.mark.parametrize(
    ("typed", "kind", "tidy"),
    [
        ("slides.pptx", "PPTX", "slides.pptx"),
        ("SLIDES.PDF", "PDF", "SLIDES.PDF"),
        ("C:\\Users\\ana\\Παρουσίαση 1.pptx", "PPTX", "Παρουσίαση 1.pptx"),
        ("../../etc/passwd", "TXT", "passwd.txt"),
        ("report.pptx", "PDF", "report.pdf"),
        ("v1.2 final", "PDF", "v1.2 final.pdf"),
        ("photo.jpeg", "JPEG", "photo.jpeg"),
        ("virus.exe", "PDF", "virus.exe.pdf"),
        ('"a"; filename="b.exe', "PDF", "a ; filename= b.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "PDF", "a Set-Cookie x.pdf"),
        ("\u202efdp.exe", "PDF", "fdp.exe.pdf"),
        ("", "PDF", "document.pdf"),
        (".pdf", "PDF", "document.pdf"),
        ("...", "CSV", "document.csv"),
        ("x" * 500 + ".pdf", "PDF", "x" * 116 + ".pdf"),
        ("e\u0301.pdf", "PDF", "é.pdf"),
    ],
)
def test_names_are_tidied(typed: str, kind: str, tidy: str) -> None:
    assert tidy_name(typed, TYPES[kind]) == tidy


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a b.pdf", "attachment; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf"),
        ("Ώρα.pdf", "attachment; filename=\"document.pdf\"; filename*=UTF-8''%CE%8F%CF%81%CE%B1.pdf"),
        ("Żółć d'A.pdf", "attachment; filename=\"Zoc d'A.pdf\"; filename*=UTF-8''%C5%BB%C3%B3%C5%82%C4%87%20d%27A.pdf"),
    ],
)  # fmt: skip
def test_a_download_carries_its_name_twice(name: str, said: str) -> None:
    assert disposition(name) == said


@given(st.text(max_size=200), st.sampled_from(sorted(TYPES)))
def test_no_name_breaks_a_header_or_a_folder(typed: str, kind: str) -> None:
    name = tidy_name(typed, TYPES[kind])
    header = disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert not set(name) & set('/\\:*?"<>|\r\n\0')
    assert not name.startswith(".")
    assert name.lower().endswith(TYPES[kind].endings)
    assert len(name) <= files.LONGEST_NAME


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 kB"), (25 << 20, "25 MB")]
)
def test_sizes_are_said_in_words(size: int, text: str) -> None:
    assert files.size_text(size) == text.replace(" ", "\u00a0")


MOMENT = datetime(2027, 3, 28, 1, 30, 58, tzinfo=UTC)


def entry(name: str, content: bytes, claimed: int | None = None) -> archive.Entry:
    size = len(content) if claimed is None else claimed
    return archive.Entry(name, size, zlib.crc32(content), MOMENT, lambda: [content[:3], content[3:]])


def test_an_archive_holds_what_was_put_in() -> None:
    entries = [entry("Day 1/Παρουσίαση.pdf", PDF), entry("empty.txt", b""), entry("z.csv", b"a;b\n")]
    made = b"".join(archive.written(entries))
    assert len(made) == archive.length(entries)
    with ZipFile(io.BytesIO(made)) as opened:
        assert opened.testzip() is None
        assert {name: opened.read(name) for name in opened.namelist()} == {
            "Day 1/Παρουσίαση.pdf": PDF, "empty.txt": b"", "z.csv": b"a;b\n",
        }  # fmt: skip
        assert opened.infolist()[0].date_time == (2027, 3, 28, 1, 30, 58)
    assert b"".join(archive.written([]))[:4] == b"PK\x05\x06"


def test_an_archive_ends_with_a_fault_when_a_file_became_shorter() -> None:
    with pytest.raises(ValueError, match="not as long"):
        list(archive.written([entry("a.txt", b"abc", 5)]))


def test_names_in_an_archive_are_told_apart() -> None:
    assert archive.apart(["a.pdf", "A.pdf", "x/a.pdf", "a (2).pdf", "a.pdf", "Ά", "ά"]) == [
        "a.pdf", "A (2).pdf", "x/a.pdf", "a (2) (2).pdf", "a (3).pdf", "Ά", "ά (2)",
    ]  # fmt: skip
