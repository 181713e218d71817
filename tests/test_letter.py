"""What a letter looks like on its way, and that nobody can smuggle anything into it."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from planner import letter, templates
from planner.letter import Attachment, Letter, render_letter
from planner.settings import settings

HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Language",
}  # fmt: skip
CALENDAR = "BEGIN:VCALENDAR\r\nSUMMARY:Επίσκεψη\r\n\r\n.dot\nbare\r\nEND:VCALENDAR\r\n".encode()
NASTY = st.one_of(
    st.text(max_size=200),
    st.text("ab ,;<>@()\"\\.:[]=?éΑб'\r\n\t\0\u2028\u202e\ud800", max_size=200),
    st.builds("{}\r\nBcc: {}".format, st.text(max_size=20), st.emails()),
)


def read_back(written: Letter) -> EmailMessage:
    found = message_from_bytes(letter.mime(written, "<1@example.org>"), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


@effort(deadline=None)
@given(name=NASTY, subject=NASTY, text=NASTY, file=NASTY)
def test_whatever_people_type_stays_in_its_place(name: str, subject: str, text: str, file: str) -> None:
    paper = (Attachment(file, "application/pdf", b"%PDF"),)
    found = read_back(
        Letter(to="ana@example.org", to_name=name, subject=subject, text=text, html=text, attachments=paper)
    )
    assert sorted(found.keys()) == sorted(HEADERS)
    assert [each.addr_spec for each in found["To"].addresses] == ["ana@example.org"]
    assert found["Subject"] == letter.one_line(subject)
    assert [part.get_content() for part in found.iter_attachments()] == [b"%PDF"]


@effort(deadline=None)
@given(name=st.text(min_size=1, max_size=200))
def test_names_and_recipients_arrive_as_written(name: str) -> None:
    written = letter.mime(Letter(to="ana@example.org", to_name=name, subject="", text=""), "<1@example.org>")
    header = str(message_from_bytes(written)["To"]).removesuffix("\r\n <ana@example.org>")
    assert str(make_header(decode_header(header))) == (letter.one_line(name) or "ana@example.org")


@pytest.mark.parametrize("subject", ["Συνάντηση στο Χάσκοβο", "Среща в Хасково " * 12, "Żółć & D'Arc"])
def test_subjects_in_other_scripts_are_encoded(subject: str) -> None:
    written = letter.mime(Letter(to="ana@example.org", subject=subject, text=subject, html=subject), "<1@example.org>")
    assert written.isascii()
    assert max(len(line) for line in written.split(b"\r\n")) <= 78
    assert message_from_bytes(written, policy=policy.default)["Subject"] == subject.strip()


def test_an_encoded_word_that_somebody_typed_is_not_decoded() -> None:
    typed = "=?utf-8?q?Hi=0D=0ABcc:_eve@example.org?="
    found = read_back(Letter(to="ana@example.org", subject=typed, text=""))
    assert found["Subject"] == typed
    assert found["Bcc"] is None


@pytest.mark.parametrize(
    "address",
    [
        "", "ana", "ana@", "@example.org", "ana@example.org, eve@example.org", "ana@example.org;eve@example.org",
        "Ana <ana@example.org>", "ana@example.org\r\nBcc: eve@example.org",
        "ana@example.org\nRCPT TO:<eve@example.org>",
        "ana eve@example.org", '"ana"@example.org', "ana@exam ple.org", "ana@-example.org", "ana@example..org",
        "άννα@example.org", "ana@example.org\0", "a" * 65 + "@example.org", "ana@" + "a." * 130 + "org",
        "ana@eve.example@example.org", ".ana@example.org", "ana..b@example.org", "ana@\ud800.org",
    ],
)  # fmt: skip
def test_anything_but_one_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError):
        letter.mime(Letter(to=address, subject="", text=""), "<1@example.org>")
    with pytest.raises(ValueError):
        letter.mime(Letter(to="ana@example.org", reply_to=address or "x", subject="", text=""), "<1@example.org>")


def test_a_domain_in_another_script_travels_in_ascii() -> None:
    assert letter.address(" info@Παράδειγμα.ελ ") == "info@xn--hxajbheg2az3al.xn--qxam"
    assert letter.address("info@straße.example") == "info@xn--strae-oqa.example"


def test_the_sender_is_the_configured_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_MAIL_FROM", "SECON, συναντήσεις <meetings@example.org>")
    monkeypatch.setenv("PLANNER_BASE_URL", "https://Meetings.example.org:8443/here")
    settings.cache_clear()
    try:
        assert letter.sender() == ("SECON, συναντήσεις", "meetings@example.org")
        assert letter.new_message_id().endswith("@meetings.example.org>")
    finally:
        settings.cache_clear()


def test_a_letter_with_everything_has_its_parts_in_order() -> None:
    paper = Attachment("Πρόγραμμα/1\r\n.pdf", "application/pdf", b"%PDF-\r\n\x00\xff")
    found = read_back(
        Letter(
            to="ana@example.org", to_name="Άννα, Ó", subject="Hello", text="Γειά σου\n.\nAna", html="<p>Γειά</p>",
            calendar=CALENDAR, attachments=(paper,), reply_to="host@example.org", language="el",
        )
    )  # fmt: skip
    types = [part.get_content_type() for part in found.walk()]
    assert types == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/pdf"
    ]  # fmt: skip
    calendar, attached = found.iter_attachments()
    assert calendar.get_payload(decode=True) == CALENDAR
    assert (calendar.get_filename(), calendar.get_param("charset"), calendar.get_param("method")) == (
        "event.ics", "utf-8", None
    )  # fmt: skip
    assert calendar.get_content_disposition() == "attachment"
    assert (attached.get_filename(), attached.get_content()) == ("Πρόγραμμα-1 .pdf", paper.content)
    assert found.get_body(("plain",)).get_content() == "Γειά σου\r\n.\r\nAna\r\n"  # type: ignore[union-attr]
    assert (found["Reply-To"], found["Content-Language"]) == ("host@example.org", "el")


def test_an_attachment_without_a_media_type_is_refused() -> None:
    with pytest.raises(ValueError, match="media type"):
        letter.mime(Letter(to="a@b.eu", subject="", text="", attachments=(Attachment("a", "pdf", b""),)), "<1@b.eu>")


TEMPLATE = """
{% block subject %}Welcome,
  {{ name }}{% endblock %}
{% block text %}{% import "letter_frame.html" as letter %}
Hello {{ name }}
{{ letter.text_foot("SECON", "Only our view.") }}{% endblock %}
{% block html %}{% import "letter_frame.html" as letter %}
{% call letter.frame("SECON & friends", "Only our <view>.") %}
<p>{{ name }}</p>
{{ letter.button(link, name) }}
{% endcall %}
{% endblock %}
"""


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A letter's template that the house does not have."""
    (tmp_path / "welcome.html").write_text(TEMPLATE)
    for environment in (templates.pages(), templates.plain()):
        monkeypatch.setattr(environment.loader, "searchpath", [*environment.loader.searchpath, str(tmp_path)])
    return "welcome.html"


def test_a_letter_is_escaped_in_html_only(template: str) -> None:
    context = {"name": "D'Arc <b>", "link": "https://example.org/?a=1&b=2"}
    subject, text, html = render_letter(template, context, "en")
    assert subject == "Welcome, D'Arc <b>"
    assert text == "Hello D'Arc <b>\n-- \nSECON\nCo-funded by the European Union\nOnly our view."
    assert html.strip().startswith("<!doctype html>")
    assert "<p>D&#39;Arc &lt;b&gt;</p>" in html
    assert 'href="https://example.org/?a=1&amp;b=2"' in html
    assert "Co-funded by the European Union" in html
    assert "Only our &lt;view&gt;." in html


def test_a_letter_speaks_its_readers_language(template: str) -> None:
    html = render_letter(template, {"name": "Ana", "link": "https://example.org"}, "el")[2]
    assert '<html lang="el">' in html
