"""Whatever is typed is kept exactly as it was, or refused with a sentence at its field. Nothing breaks a page."""

import json
import re
import unicodedata
from email import message_from_bytes, policy
from html import unescape
from urllib.parse import quote_plus, urlencode

import pytest
from sqlmodel import col, select

from planner import db
from planner.outbox import OutboxLetter
from planner.registration.tables import CareNote, Registration
from tests.registration.naughty import BYTES, NAUGHTY
from tests.registration.people import REGISTER, aged_key, filled

pytestmark = pytest.mark.usefixtures("demo_sqlite")

TEXTS = ("given", "family", "latin_given", "latin_family", "function", "organisation", "phone", "remarks")
CARE = ("diet_note", "access")
CHOICES = ("category", "partner", "country", "day_1", "visit_1", "visit_2", "diet")
TICKS = ("meals", "rides")
ENDS = " \t\n\r\u00a0\u3000"


def kept():
    """What the last registration holds, as text."""
    with db.read() as session:
        row = session.exec(select(Registration).order_by(col(Registration.id).desc())).first()
        care = session.get(CareNote, row.id)
        told = {name: getattr(care, name) if care else "" for name in CARE}
        return told | {name: getattr(row, name) for name in (*TEXTS, "email")}


def refused_fields(page):
    return set(re.findall(r'id="(\w+)-mistake"', page))


def as_kept(value):
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip(ENDS)


@pytest.mark.parametrize("field", [*TEXTS, *CARE])
def test_every_text_is_kept_as_typed_or_refused_at_its_field(client, field):
    usual = filled(client, latin_given="Ana", latin_family="Guest", consent_sensitive="yes")
    empty = {"latin_given": usual["given"], "latin_family": usual["family"]}
    for number, (kind, value) in enumerate(NAUGHTY.items()):
        own = {"form_key": aged_key(), "email": f"a{number}@guests.example", field: value}
        answer = client.post(REGISTER, data={**usual, **own})
        assert answer.status_code in (303, 422), (kind, answer.status_code)
        if answer.status_code == 422:
            assert refused_fields(answer.text) <= {field, f"latin_{field}"}, kind
            continue
        assert kept()[field] == (as_kept(value) or empty.get(field, "")), kind
        assert_shown(client, answer.headers["location"], value, kind)


def assert_shown(client, own, value, kind):
    """The person's own page shows what was typed as text, and the form offers it unchanged."""
    assert "<script>alert" not in client.get(own).text, kind
    again = client.get(f"{own}/change").text
    shown = {unescape(text) for text in re.findall(r'value="([^"]*)"', again)}
    shown |= {unescape(text) for text in re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", again, re.DOTALL)}
    assert as_kept(value) in shown, kind
    assert json.loads(client.get(f"{own}/data.json").text)["meeting"], kind


def test_what_was_accepted_leaves_as_one_sound_letter(client):
    usual = filled(client, latin_given="Ana", latin_family="Guest")
    for number, value in enumerate(NAUGHTY.values()):
        own = {"form_key": aged_key(), "email": f"a{number}@guests.example", "given": value}
        client.post(REGISTER, data={**usual, **own})
    with db.read() as session:
        for letter in session.exec(select(OutboxLetter)):
            message = message_from_bytes(letter.mime, policy=policy.default)
            assert message.get_all("bcc") is None
            assert message["to"].addresses[0].addr_spec == letter.to_address
            assert "evil.example" not in str(message["to"])
            assert all("\n" not in str(value) for value in message.values())


@pytest.mark.parametrize("field", [*TEXTS, *CARE, *CHOICES, *TICKS, "email", "form_key", "website", "consent_photo"])
def test_bytes_that_are_no_text_are_refused_with_a_sentence(client, field):
    usual = filled(client)
    for kind, value in BYTES.items():
        pairs = [f"{name}={quote_plus(str(typed))}" for name, typed in usual.items() if name != field]
        body = "&".join([*pairs, f"{field}="]).encode() + quote_plus(value).encode()
        for content in (body, body.replace(quote_plus(value).encode(), value)):
            answer = client.post(
                REGISTER, content=content, headers={"Content-Type": "application/x-www-form-urlencoded"}
            )
            assert answer.status_code in (303, 422), kind
            if field not in ("form_key", "website", "consent_photo"):
                assert field in refused_fields(answer.text), kind


@pytest.mark.parametrize("field", [*CHOICES, *TICKS])
def test_what_was_not_offered_is_refused_at_its_field(client, field):
    usual = filled(client)
    for kind, value in NAUGHTY.items():
        if (field, value) != ("partner", "1"):
            answer = client.post(REGISTER, data={**usual, field: value})
            assert (answer.status_code, field in refused_fields(answer.text)) == (422, True), kind


@pytest.mark.parametrize(
    "value",
    [
        *NAUGHTY.values(),
        "a@b",
        "a..b@x.org",
        ".a@x.org",
        "a.@x.org",
        "a@-x.org",
        "a@x_.org",
        "ä@x.org",
        "a@x.org,b@x.org",
        "a@" + "x" * 260 + ".org",
    ],
)
def test_an_address_that_no_server_takes_is_refused(client, value):
    answer = client.post(REGISTER, data=filled(client, email=value))
    assert (answer.status_code, refused_fields(answer.text)) == (422, {"email"}), value


@pytest.mark.parametrize("value", ["a+b@x.org", "O'Brien@x.example", "a@δοκιμή.example", "a@X.ORG", "1@2.example"])
def test_an_unusual_address_is_taken(client, value):
    assert client.post(REGISTER, data=filled(client, email=value)).status_code == 303
    assert kept()["email"] == value


def test_a_megabyte_is_refused_before_it_is_read(client):
    body = urlencode(filled(client, remarks="x" * 1_000_000))
    answer = client.post(REGISTER, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b""),
        ("application/x-www-form-urlencoded", b"&&&==&%&%zz=%00"),
        ("application/x-www-form-urlencoded", b"a=1&" * 2_000),
        ("application/json", b'{"given": "Ana"}'),
        ("multipart/form-data", b"nothing"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nAna"),
        ("", b"\x00\xff"),
    ],
)
def test_a_damaged_form_is_answered_with_a_page(client, kind, body):
    answer = client.post(REGISTER, content=body, headers={"Content-Type": kind})
    assert answer.status_code in (400, 422)
    assert "<h1>" in answer.text
