"""Who may be registered twice: look-alike letters, similar names, shared addresses, and what nobody takes for it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.roster.rules import Likeness, Pair, one_apart, pairs, shape


def person(number: int, given: str, family: str, email: str = "", organisation: str = "", latin: str = "") -> Likeness:
    latin_given, _blank, latin_family = (latin or f"{given} {family}").partition(" ")
    return Likeness(number, given, family, latin_given, latin_family, email or f"p{number}@x.example", organisation)


def reasons(*people: Likeness) -> list[tuple[str, ...]]:
    return [pair.reasons for pair in pairs(people)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Ευθυµία", "Λιακοπούλου"), ("Ευθυμία", "Λιακοπoύλου")),  # a micro sign, a Latin o
        (("SECOΝ", "Νίκου"), ("SECON", "Nίκου")),  # a Greek capital Ν in a Latin word, and the other way round
        (("Νikos", "Iνanov"), ("Nikos", "Ivanov")),  # a Greek capital and a small Greek ν that each look Latin
        (("ИBAΗ", "ПETPОВ"), ("Иван", "Петров")),  # Latin and Greek capitals in Cyrillic words
        (("ΝΙΚΟΣ", "ΒΕΝΙΖΕΛΟΣ"), ("NIKOΣ", "BENIZEΛOΣ")),
        (("Мария", "Петрова"), ("Mapия", "Пeтpoвa")),
        (("José", "García Núñez"), ("JOSE", "GARCIA NUNEZ")),
        (("Paweł", "Żółciński"), ("Pawel", "Zolcinski")),
        (("Nagy", "Ildikó"), ("Ildikó", "Nagy")),
        (("Anne–Marie", "O’Neil"), ("Anne-Marie", "O'Neil")),
        (("ﬁona", "Groß"), ("Fiona", "Gross")),
    ],
)
def test_the_same_name_is_found_whatever_its_letters(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert reasons(person(1, *one), person(2, *other)) == [("same_name",)]


def test_similar_names_need_the_same_organisation() -> None:
    maria, mariya = person(1, "Maria", "Papadopoulou", organisation="KMOP"), person(2, "Marja", "Papadopoulou")
    assert reasons(maria, mariya) == []
    assert reasons(maria, person(2, "Marja", "Papadopoulou", organisation="Kmop")) == [("similar_name",)]
    assert reasons(maria, person(2, "Maria Eleni", "Papadopoulou", organisation="KMOP")) == [("similar_name",)]
    assert reasons(maria, person(2, "Anna", "Papadopoulou", organisation="KMOP")) == []
    assert reasons(person(1, "Li", "Wu", organisation="A"), person(2, "Li", "Wa", organisation="A")) == []


def test_one_address_with_two_names_is_proposed_but_not_a_delegations() -> None:
    assert reasons(person(1, "Ana", "Ilić", "a@x.example"), person(2, "Jo", "Tot", "A@x.example")) == [
        ("same_address",)
    ]
    crowd = [person(number, f"Given{number}", f"Family{number}x", "office@x.example") for number in range(40)]
    assert pairs(crowd) == []


def test_two_people_are_not_proposed_again() -> None:
    both = [person(1, "Ana", "Ilić"), person(2, "Ana", "Ilic")]
    assert pairs(both) == [Pair(1, 2, ("same_name",))]
    assert pairs(both, [(2, 1)]) == []


letters = st.text(alphabet="abcdefgilmnoprstuzáéłșżαβγδεικλμνοπρσυφωавгдежикнорстуя", min_size=3, max_size=10)


@given(letters, letters, st.sampled_from(["NFC", "NFD", "NFKD"]), st.booleans())
def test_form_and_capitals_never_hide_a_double(given: str, family: str, form: str, capitals: bool) -> None:
    other = [unicodedata.normalize(form, text.upper() if capitals else text) for text in (family, given)]
    assert reasons(person(1, given, family), person(2, other[1], other[0])) == [("same_name",)]


@given(st.lists(st.builds(person, st.integers(1, 10**6), letters, letters), max_size=12, unique_by=lambda one: one.id))
def test_the_order_of_the_list_changes_nothing_and_nobody_is_paired_with_themselves(people: list[Likeness]) -> None:
    found = pairs(people)
    assert found == pairs(people[::-1])
    assert all(pair.first < pair.second for pair in found)


@given(letters, st.integers(0, 9), st.sampled_from("xyzλж"))
def test_one_letter_apart_is_seen_from_both_sides(word: str, place: int, letter: str) -> None:
    place %= len(word)
    for other in (word[:place] + word[place + 1 :], word[:place] + letter + word[place + 1 :], word + letter):
        assert one_apart(word, other) and one_apart(other, word)
    assert not one_apart(word, word + letter * 2)


def test_the_shape_of_letters_is_the_same_in_three_scripts() -> None:
    assert shape("Μαρία") == shape("Mαpια") == "MAPIA"
