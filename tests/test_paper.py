from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime

import pypdf
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from planner import paper
from planner.paper import GAP, labels, render, unprintable
from planner.supplies import FONTS

MADE = datetime(2023, 11, 10, 12, tzinfo=UTC)
PAPERS = ["attendance/signature_list", "attendance/participants_list", "agenda/agenda"]
PARTNERS = [
    ("Region of Peloponnese", "Περιφέρεια Πελοποννήσου"),
    ("KMOP – Social Action and Innovation Centre", "ΚΜΟΠ – Κέντρο Κοινωνικής Δράσης και Καινοτομίας"),
    ("Province of Flemish Brabant", "Provincie Vlaams-Brabant"),
    ("Mazowieckie Region", "Województwo Mazowieckie"),
    ("Junta de Extremadura", "Consejería de Agricultura, Ganadería y Desarrollo Sostenible"),
    ("Rhine-Neckar Metropolitan Region", "Verband Region Rhein-Neckar"),
    ("Harghita County Council", "Consiliul Județean Harghita, Hargita Megye Tanácsa"),
    ("Municipality of Oliveira de Azeméis", "Município de Oliveira de Azeméis"),
    ("Riga Planning Region", "Rīgas plānošanas reģions"),
    ("Haskovo Municipality", "Община Хасково"),
]
NAMES = [
    ("Zoe Hadjinikita", "Ζωή Χατζηνικήτα"),
    ("Zvetelina Jetcheva", "Цветелина Жечева"),
    ("Paweł Żółciński", "Paweł Żółciński"),
    ("Ștefan Țurcanu", "Ștefan Țurcanu"),
    ("Emőke Kőszeghy", "Kőszeghy Emőke"),
    ("Ilze Kļaviņa-Ozolkalne", "Ģirts Ķauķis"),
    ("Annegret Grießinger", "Annegret Grießinger"),
]
VERBATIM = ['#read("/etc/passwd")', "$x$", "*bold* _it_ `code`", "\\u{1F600}", "{{7*7}}", "<b>x</b>", "= x // y", "@x"]


def person(number: int, name: str = "Ana", **more: object) -> dict[str, object]:
    return {"number": number, "name": name, "organisation": "Riga Planning Region", "partner": "9 Riga"} | more


def sheet(**more: object) -> dict[str, object]:
    return {
        "project": {"acronym": "SECON", "name": "Social Economy", "reference": "01C0224", "programme": "Interreg"},
        "meeting": {"title": "Interregional meeting", "place": "Haskovo", "venue": "Museum", "zone_text": "UTC+2"},
        "day": {"date_text": "Monday 13 November 2023", "number": 1},
        "funding": "SECON is co-funded.",
        "disclaimer": "The opinion of its authors.",
        "rows": [],
        "blank_rows": 0,
    } | more


def pages(data: Mapping[str, object], template: str = PAPERS[0], language: str = "en") -> list[str]:
    made = render(template, data, made_at=MADE, language=language)
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(made)).pages]


def text(data: Mapping[str, object], template: str = PAPERS[0], language: str = "en") -> str:
    return " ".join(pages(data, template, language))


def squeezed(words: str) -> str:
    return re.sub(r"\s", "", words)


@pytest.mark.parametrize("template", PAPERS[:2])
def test_every_partner_and_name_is_printed_in_its_own_script(template: str) -> None:
    rows = [person(n, organisation=en, organisation_own=own) for n, (en, own) in enumerate(PARTNERS, 1)]
    rows += [person(n, name=latin, own_script_name=own) for n, (latin, own) in enumerate(NAMES, 11)]
    printed = squeezed(text(sheet(rows=rows), template))
    assert [words for pair in PARTNERS + NAMES for words in pair if squeezed(words) not in printed] == []
    assert GAP not in printed


def test_a_name_that_is_the_same_in_both_scripts_is_printed_once() -> None:
    rows = [person(1, name="Paweł Żółciński", own_script_name="Paweł Żółciński")]
    assert text(sheet(rows=rows)).count("Żółciński") == 1


@pytest.mark.parametrize("template", PAPERS[:2])
@pytest.mark.parametrize("count", [1, 25, 300])
def test_every_row_is_printed_once(template: str, count: int) -> None:
    rows = [person(n, name=f"Person-{n:03}") for n in range(1, count + 1)]
    found = re.findall(r"Person-(\d{3})", text(sheet(rows=rows), template))
    assert found == [f"{n:03}" for n in range(1, count + 1)]


def test_greek_capitals_have_no_accents() -> None:
    assert "ΛΙΣΤΑ ΥΠΟΓΡΑΦΩΝ · ΗΜΕΡΑ 1" in text(sheet(day={"number": 1}), language="el")
    assert "SIGNATURE LIST · DAY 1" in text(sheet(day={"number": 1}))


def test_every_page_has_emblem_words_disclaimer_table_head_and_number() -> None:
    printed = pages(sheet(rows=[person(n) for n in range(1, 61)]))
    assert len(printed) > 3
    for number, page in enumerate(printed, 1):
        assert "Co-funded by the European Union" in page
        assert "The opinion of its authors." in page
        assert "No. Name Organisation Partner and country Signature" in page
        assert f"Page {number} of {len(printed)}" in page


@pytest.mark.parametrize("template", PAPERS)
def test_the_emblem_has_its_lawful_colours_and_proportions(template: str) -> None:
    (page,) = pypdf.PdfReader(io.BytesIO(render(template, sheet(), made_at=MADE, language="en"))).pages
    drawn = page.get_contents().get_data().decode("latin-1")
    shape = r"q 1 0 0 -1 (\S+) (\S+) cm/c0 cs {} scn (\S+) 0 m (\S+) (\S+) l (\S+) (\S+) l"
    (field,), stars = (
        [[float(number) for number in found] for found in re.findall(shape.format(colour), drawn)]
        for colour in ("0 0.2 0.6", "1 0.8 0")
    )
    left, top, _start, width, _y, _x, height = field
    radii = [math.dist((x + tip, y - tip), (left + width / 2, top - height / 2)) for x, y, tip, *_rest in stars]
    assert width / height == pytest.approx(3 / 2)
    assert radii == pytest.approx([height / 3] * 12, rel=1e-3)
    assert [tip for _x, _y, tip, *_rest in stars] == pytest.approx([height / 18] * 12, rel=1e-3)


@pytest.mark.skipif(not FONTS.is_dir(), reason="set-up has not fetched the typefaces")
def test_the_words_beside_the_emblem_are_in_a_lawful_typeface() -> None:
    (page,) = pypdf.PdfReader(io.BytesIO(render(PAPERS[0], sheet(), made_at=MADE, language="el"))).pages
    typefaces = [font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()]
    assert any(name.endswith("Ubuntu-Bold") for name in typefaces)


def test_blank_rows_leave_room_for_people_who_walk_in() -> None:
    few, many = (pages(sheet(rows=[person(1)], blank_rows=count)) for count in (0, 40))
    assert (len(few), len(many)) == (1, 3)
    assert "No names on this list." not in text(sheet(blank_rows=1))


def test_an_empty_list_says_so() -> None:
    assert "No names on this list." in text(sheet())


def test_head_says_what_when_where_and_what_to_know() -> None:
    printed = text(
        sheet(status_line="As of 10 November.", demo_note="Invented people.", signed_by_label="For the host")
    )
    for words in [
        "SIGNATURE LIST · DAY 1", "Interregional meeting", "Monday 13 November 2023", "Museum, Haskovo", "01C0224",
        "As of 10 November.", "Invented people.", "For the host", "SECON is co-funded.",
    ]:  # fmt: skip
        assert words in printed


def test_functions_and_addresses_appear_only_when_a_row_brings_one() -> None:
    rows = [person(1, function="Head of unit", email="ana@riga.example"), person(2)]
    printed = text(sheet(rows=rows), PAPERS[1])
    assert printed.count("Head of unit") == printed.count("ana@riga.example") == 1
    assert "Function" in printed
    assert "Function" not in text(sheet(rows=rows[1:]), PAPERS[1])


@pytest.mark.parametrize("words", VERBATIM)
@pytest.mark.parametrize("template", PAPERS)
def test_markup_in_what_people_typed_is_printed_as_typed(template: str, words: str) -> None:
    items = [{"title": words, "text": words, "points": [words], "speakers": [{"name": words, "organisation": words}]}]
    days = [{"date_text": words, "blocks": [{"title": words, "items": items}]}]
    data = sheet(rows=[person(1, name=words)], status_line=words, meeting={"title": words}, days=days, watermark=words)
    printed = squeezed(text(data, template))
    assert printed.count(squeezed(words)) >= 4


@pytest.mark.parametrize("name", ["🦄 Ana", "中文", "\ud800Ana", "e\u20e3 ε\u20e3", "\ue000", "👨‍👩‍👧", "\ufffe", "﷽"])
def test_what_cannot_be_printed_leaves_a_gap_and_a_note(name: str) -> None:
    printed = text(sheet(rows=[person(1, name=name), person(2, name="Ζωή Ķauķis ε e")]))
    assert GAP in printed.replace(labels("en")["gap"], "")
    assert labels("en")["gap"] in printed
    assert "Ζωή Ķauķis ε e" in printed


@pytest.mark.parametrize(
    ("name", "shown"),
    [("მარია", "მარია"), ("A\u202eB", "AB"), ("S\u0326tefan", "Ștefan"), ("A\x00n\x07a", "Ana"), ("\ufeffAna", "Ana")],
)
def test_odd_but_printable_names_are_printed_without_a_note(name: str, shown: str) -> None:
    printed = text(sheet(rows=[person(1, name=name)]))
    assert shown in printed
    assert GAP not in printed


def test_the_last_resort_alphabet_is_printable_in_regular_and_bold() -> None:
    common = "".join(char for char in map(chr, range(0x2200)) if not paper._UNCOMMON.match(char))
    printed = text(sheet(rows=[person(1, name=common, organisation=common)]))
    assert GAP not in printed


@pytest.mark.parametrize("fetched", [True, False])
def test_daily_letters_can_be_printed_with_and_without_the_fetched_typefaces(
    fetched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)] if fetched and FONTS.is_dir() else [])
    monkeypatch.setattr(paper, "_fonts", lambda: fonts)
    common = [char for char in map(chr, range(0x2200)) if not paper._UNCOMMON.match(char)]
    assert paper._unprinted.__wrapped__(frozenset(common)) == frozenset()
    assert paper._unprinted.__wrapped__(frozenset(["x中y"])) == frozenset("中")


@pytest.mark.parametrize(
    ("typed", "odd"),
    [
        ("", ""), ("Ζωή Ķauķis-Żółciński\r\n\tЖечева", ""), ("S\u0326tefan Ἀθηνᾶ Nguyễn", ""), ("მარია", ""),
        ("🦄 Ana 中文🦄", "中文🦄"), ("A\u202eB", "\u202e"), ("A\x00n\x07a", "\x00\x07"),
        ("\ufeffAna\u200b", "\u200b\ufeff"),
        ("\ud800Ana\ue000", "\ud800\ue000"), ("e\u20e3 e", "\u20e3"), ("❤\ufe0f", "\ufe0f"),
        ("a\u200db a\u200cb", ""), ("□", ""),
    ],
)  # fmt: skip
def test_characters_that_papers_cannot_print_are_named(typed: str, odd: str) -> None:
    assert unprintable(typed) == odd


def test_hundreds_of_unknown_characters_are_all_named() -> None:
    unknown = "".join(map(chr, range(0x4E00, 0x4E00 + 500)))
    assert unprintable(" ".join(unknown)) == unprintable(unknown) == unknown


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_characters=GAP, exclude_categories=["Cc", "Cf", "Cs"]), max_size=20))
def test_a_paper_has_gaps_exactly_for_what_was_named(name: str) -> None:
    seen = paper._UNSEEN.sub("", name)
    assert (GAP in text(sheet(rows=[person(1, name=seen)]))) == bool(unprintable(seen))


def test_hundreds_of_unknown_characters_in_one_paper_do_not_stop_it() -> None:
    name = " ".join(map(chr, range(0x4E00, 0x4E00 + 500)))
    assert "Ana" in text(sheet(rows=[person(1, name=name), person(2)]))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40))
def test_no_name_stops_a_paper(name: str) -> None:
    assert pages(sheet(rows=[person(1, name=name, own_script_name=name)], meeting={"title": name}))


@pytest.mark.parametrize("template", PAPERS)
def test_whatever_is_missing_is_left_out(template: str) -> None:
    bare = {"rows": [{}], "days": [{}, {"blocks": [{}, {"items": [{}, {"speakers": [{}]}]}]}]}
    assert len(pages(bare, template)) == len(pages({}, template)) == 1


def test_a_word_wider_than_its_column_is_broken_and_not_lost() -> None:
    address = "a.very.long.address.of.somebody@organisation-with-a-long-name.example.org"
    assert address in squeezed(text(sheet(rows=[person(1, email=address)]), PAPERS[1]))


def agenda(**more: object) -> dict[str, object]:
    items = [
        {"time_text": "09:00–09:30", "title": "Welcome", "second_title": "Добре дошли", "room": "Hall A"},
        {"time_text": "10:00–11:30", "track": "A", "title": "Villages", "points": ["Needs", "Łódź"]},
        {
            "time_text": "10:00–11:30", "track": "B", "title": "Procurement", "text": "Social clauses.",
            "language": "English", "interpretation": "Bulgarian",
            "speakers": [{"name": "Ģirts Ķauķis", "function": "Planner", "organisation": "Riga Planning Region"}],
        },
    ]  # fmt: skip
    block = {"title": "Opening", "second_title": "Откриване", "audience": "Partners only", "items": items}
    day = {"number": 1, "date_text": "Monday", "chair": "Zoe", "note": "Bring coats.", "blocks": [block]}
    return sheet(days=[day, day | {"number": 2}], version_line="Version 3 of 2 November", second_language="bg") | more


def test_agenda_prints_days_blocks_and_items_in_order() -> None:
    printed = text(agenda(), PAPERS[2])
    steps = [
        "AGENDA", "Interregional meeting", "All times: UTC+2", "Version 3 of 2 November", "Day 1 · Monday",
        "Chair: Zoe", "Bring coats.", "Opening", "Откриване", "Partners only", "09:00–09:30", "Welcome",
        "Добре дошли", "Hall A", "In parallel · A", "Villages", "Needs", "Łódź", "In parallel · B", "Procurement",
        "Social clauses.", "Ģirts Ķauķis, Planner, Riga Planning Region", "English · Interpretation: Bulgarian",
        "Day 2 · Monday",
    ]  # fmt: skip
    places = [printed.find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places)


def test_an_agenda_that_is_not_final_says_so_across_every_page() -> None:
    long = agenda(days=[{"date_text": f"Day {n}", "blocks": [{"items": [{"title": "x"}] * 40}]} for n in range(3)])
    assert all("Provisional" in page for page in pages(long | {"watermark": "Provisional"}, PAPERS[2]))
    assert not any("Provisional" in page for page in pages(long, PAPERS[2]))


def test_an_empty_agenda_says_so() -> None:
    assert "The agenda is empty so far." in text(sheet(), PAPERS[2])


@pytest.mark.parametrize("template", PAPERS)
def test_papers_are_tagged_archivable_and_say_title_and_language(template: str) -> None:
    reader = pypdf.PdfReader(io.BytesIO(render(template, sheet(), made_at=MADE, language="el")))
    root = reader.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert root["/Lang"] == "el"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "Interregional meeting" in str(reader.metadata and reader.metadata.title)
    assert re.search(r"pdfuaid:part>1<", xmp)
    assert re.search(r"pdfaid:part>2<.*pdfaid:conformance>A<", xmp, re.S)


def test_the_same_data_at_the_same_moment_is_the_same_file() -> None:
    data = sheet(rows=[person(n, name="🦄") for n in range(30)])
    first, second = (render(PAPERS[0], data, made_at=MADE, language="en") for _ in range(2))
    later = render(PAPERS[0], data, made_at=MADE.replace(hour=13), language="en")
    assert first == second != later


def test_labels_of_the_caller_win() -> None:
    assert "STAMPS" in text(sheet(rows=[person(1)], labels={"signature_list": "Stamps"}))


def test_no_label_is_missing_in_any_language() -> None:
    assert all(json.loads(json.dumps(labels(code))) and all(labels(code).values()) for code in ("en", "el", "xx"))


@pytest.mark.parametrize("template", ["signature_list", "../x/y", "attendance/../y", "a/b.typ", "/etc/x", ""])
def test_only_papers_are_rendered(template: str) -> None:
    with pytest.raises(ValueError, match="not the name of a paper"):
        render(template, {}, made_at=MADE, language="en")


def test_a_paper_that_is_not_there_is_not_hidden() -> None:
    with pytest.raises(RuntimeError):
        render("attendance/no_such_paper", {}, made_at=MADE, language="en")
