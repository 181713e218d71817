"""Forms: whatever arrives is read or refused in a sentence, and what is taken is exactly what was typed."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import forms, letter
from planner.errors import Forbidden, Refusal
from planner.forms import Check, Typed

PLAIN = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=cut"


def request(content_type: str = PLAIN, csrf: str | None = None) -> Any:
    viewer = None if csrf is None else SimpleNamespace(csrf=csrf)
    return SimpleNamespace(headers={"content-type": content_type}, scope={"viewer": viewer})


def part(name: str, value: str) -> bytes:
    return f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def check(**values: str) -> Check:
    return Check(Typed({name: [value] for name, value in values.items()}))


@pytest.mark.parametrize(
    ("body", "values"),
    [
        (b"", {}),
        (b"name=Ana&name=Eva&empty=", {"name": ["Ana", "Eva"], "empty": [""]}),
        ("name=Παπαδόπουλος+%C5%BB%C3%B3%C5%82%C4%87".encode(), {"name": ["Παπαδόπουλος Żółć"]}),
        (b"text=one%0D%0Atwo", {"text": ["one\ntwo"]}),
        (b"a=%ff&b=\xff", {"a": ["\ufffd"], "b": ["\ufffd"]}),
        (b"%zz=%&=x", {"%zz": ["%"], "": ["x"]}),
    ],
)
def test_a_plain_form_is_read_as_typed(body: bytes, values: dict[str, list[str]]) -> None:
    assert forms.read(request(), body).values == values


def test_a_form_with_files_is_read_without_them() -> None:
    file = b'--cut\r\nContent-Disposition: form-data; name="scan"; filename="a.pdf"\r\n\r\n%PDF\r\n'
    body = part("name", "Żółć") + file + part("name", "Ana\r\nMaria") + b"--cut--\r\n"
    assert forms.read(request(MULTIPART), body).values == {"name": ["Żółć", "Ana\nMaria"]}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"hello"),
        (MULTIPART, b"hello"),
        (MULTIPART, part("name", "Ana") * (forms.MOST_FIELDS + 1) + b"--cut--\r\n"),
        (PLAIN, b"a=1&" * (forms.MOST_FIELDS + 1)),
        ("multipart/form-data; boundary=" + "x" * 300, b"--x"),
    ],
)
def test_a_damaged_or_endless_form_is_refused(content_type: str, body: bytes) -> None:
    with pytest.raises(Refusal, match="damaged"):
        forms.read(request(content_type), body)


@given(
    st.sampled_from([PLAIN, MULTIPART, "multipart/form-data", "multipart/form-data; boundary=\xff", ""]), st.binary()
)
def test_no_body_is_a_fault(content_type: str, body: bytes) -> None:
    for content in (body, b"--cut\r\n" + body, part("a", "b") + b"--cut\r\n" + body):
        try:
            typed = forms.read(request(content_type), content)
        except Refusal:
            continue
        assert all(isinstance(value, str) for values in typed.values.values() for value in values)


@pytest.mark.parametrize("token", ["", "wrong", "ä€", "%ff", "%00", "rightright", "right%20"])
def test_a_signed_in_viewers_form_needs_the_right_token(token: str) -> None:
    with pytest.raises(Forbidden):
        forms.read(request(csrf="right"), f"csrf={token}".encode())
    assert forms.read(request(csrf="right"), b"csrf=right&a=1").one("a") == "1"


def test_without_an_account_no_token_is_needed() -> None:
    assert forms.read(request(), b"a=1").one("a") == "1"


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien",
        "Παπαδόπουλος",
        "Żółć",
        "D",
        "Ng",
        "ვახტანგ",
        "عبد الله",
        "李",
        "👩‍👧",
        "Anna-Łucja  Maria",
        "=cmd",
        "{{7*7}}",
    ],
)
def test_names_are_kept_as_they_are(name: str) -> None:
    checked = check(name=name)
    assert checked.text("name", needed="Your name?") == name
    assert checked.fine


@given(st.text(max_size=300))
def test_an_accepted_text_survives_a_second_reading(value: str) -> None:
    first = check(field=value)
    taken = first.text("field", lines=True)
    if first.fine:
        second = check(field=taken)
        assert second.text("field", lines=True) == taken
        assert second.fine
        taken.encode()


def test_letters_are_composed() -> None:
    assert check(name="Z\u0307o\u0301ł").text("name") == "Żół"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("a" * 201, "Please shorten this to at most 200 characters."),
        ("a\x00b", "character that cannot be kept"),
        ("a\x1bb", "character that cannot be kept"),
        ("a\nb", "character that cannot be kept"),
        ("a\ufffdb", "character that cannot be kept"),
        ("abc\u202egpj.exe", "turns the writing direction"),
        ("", "Your name?"),
        (" \u00a0\u3000", "Your name?"),
        ("\u200b\u200d", "Your name?"),
    ],
)
def test_what_cannot_be_kept_is_said_in_a_sentence(value: str, sentence: str) -> None:
    checked = check(name=value)
    checked.text("name", needed="Your name?")
    assert sentence in checked.errors["name"]


def test_the_first_sentence_about_a_field_stays() -> None:
    checked = check(name="")
    checked.text("name", needed="Your name?")
    checked.wrong("name", "Another one.")
    assert checked.errors == {"name": "Your name?"}


@pytest.mark.parametrize(
    "address",
    ["ana@example.org", "a.b+c@sub.example.org", "o'brien@example.ie", "x@παράδειγμα.gr", "A_B@example.co.uk"],
)
def test_an_address_is_taken_as_typed(address: str) -> None:
    checked = check(email=address)
    assert checked.address("email", needed="Your address?") == address
    assert checked.fine


@pytest.mark.parametrize(
    "address",
    [
        *("ana", "ana@", "@example.org", "a@b@c.org", "a b@example.org", "ana@example..org", "<ana@example.org>"),
        *("ana@example.org,eva@example.org", "ana@example.org\nBcc: x@y.org", "άνα@example.gr", ".ana@example.org"),
        *("Ana <ana@example.org>", "ana@-example.org", f"{'a' * 65}@example.org", f"a@{'b' * 64}.org"),
        *("a..b@example.org", "ana@gmail"),
    ],
)
def test_something_else_is_no_address(address: str) -> None:
    checked = check(email=address)
    checked.address("email", needed="Your address?")
    assert "email" in checked.errors


@given(st.emails() | st.text(max_size=40) | st.from_regex(r"\A[a-z.'\"@-]+@[a-z0-9.é_-]+\Z"))
def test_letters_can_be_sent_to_every_accepted_address(address: str) -> None:
    checked = check(email=address)
    taken = checked.address("email", needed="Your address?")
    if checked.fine:
        assert letter.address(taken)


def test_only_offered_answers_are_taken() -> None:
    assert check(diet="vegan").choice("diet", ["vegan", "none"]) == "vegan"
    for value, sentence in (("stones", "Please choose one of the offered answers."), ("", "Your diet?")):
        checked = check(diet=value)
        assert checked.choice("diet", ["vegan"], needed="Your diet?") == ""
        assert checked.errors == {"diet": sentence}


def test_ticks_come_once_each_in_the_order_they_were_offered() -> None:
    checked = Check(Typed({"days": ["2", "1", "2"]}))
    assert checked.ticks("days", ["1", "2", "3"]) == ["1", "2"]
    assert checked.fine
    assert Check(Typed({"days": ["4", "1"]})).ticks("days", ["1"]) == ["1"]


def test_a_single_box_is_ticked_or_not() -> None:
    assert check(agreed="yes").tick("agreed")
    assert not check(agreed="").tick("agreed")
    assert not check().tick("agreed")
