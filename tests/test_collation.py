"""The order of names: the same as ICU's root collation, in three scripts, and as people of each country expect."""

from __future__ import annotations

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import collation
from planner.names import person_key, sort_key
from tests.fixtures.databases import Cluster

LETTERS = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ -'.0123456789"
    "áàâäãåąăćčçďđéèêëěęėēíìîïīįľļłñńňņóòôöőõøōŕřśšşșťţțúùûüűůūųýÿźżžßæœğıŻŁØÅÄÖÜŐŰĶĪŠÇȘȚĢ"
    "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊΐϋΰΑΒΓΔΩΆΈΌ"
    "абвгдежзийклмнопрстуфхцчшщъыьэюяѝїўґєѓќђљњћџАБВГЖЙЩЮЯ"
)
words = st.text(alphabet=LETTERS, min_size=1, max_size=8).map(lambda text: " ".join(text.split())).filter(bool)


def icu_order(cluster: Cluster, texts: list[str]) -> list[str]:
    """Those texts as ICU sorts them, by way of PostgreSQL."""
    with psycopg.connect(cluster.url("postgres")) as connection:
        rows = connection.execute('SELECT t FROM unnest(%s::text[]) AS t ORDER BY t COLLATE "und-x-icu"', (texts,))
        return [text for (text,) in rows]


def test_names_sort_as_icu_sorts_them(cluster: Cluster) -> None:
    @given(st.lists(words, min_size=40, max_size=120, unique=True))
    def compare(texts: list[str]) -> None:
        assert sorted(texts, key=collation.key) == icu_order(cluster, texts)

    compare()


@given(words, st.sampled_from(LETTERS), st.integers(0, 7))
def test_a_key_holds_what_every_database_sorts_alike(word: str, letter: str, place: int) -> None:
    other = word[:place] + letter + word[place + 1 :]
    for key in (collation.key(word), collation.key(other, word)):
        assert set(key) <= set("0123456789abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize(
    "names",
    [
        ["Grieder", "Grießinger", "Grießmann", "Grigore"],
        ["Oberg", "Öberg", "Odin", "Őri", "Östen", "Ott", "Øvrebø"],
        ["Lach", "Łach", "Łącki", "Lada", "Ļebedeva", "Lee"],
        ["Stan", "Ștefan", "Stefanov", "Szabo", "Țurcanu", "Tusk", "Żółciński"],
        ["Ijssel", "Ĳssel", "Ijsselstein", "van den Berg", "Van Den Berg", "Vandenberg"],
        ["Zorn", "Αγγελής", "Άγγελος", "Ωραίος", "Ангелова", "Йорданов", "Каменов"],
        ["Muller", "Müller", "Müllers", "Mulo"],
    ],
)
def test_people_find_a_name_where_they_look(names: list[str]) -> None:
    assert sorted({*names}, key=sort_key) == names


def test_given_names_decide_before_accents_do() -> None:
    people = [("Müller", "Anna"), ("Muller", "Bela"), ("Müller", "Clara"), ("Muller-Lang", "Ada")]
    assert sorted({*people}, key=lambda person: person_key(*person)) == people


def test_scripts_without_a_table_sort_behind_and_never_fail() -> None:
    assert sorted(["张伟", "Яна", "Ωμέγα", "", "გიორგი"], key=sort_key)[:3] == ["", "Ωμέγα", "Яна"]
