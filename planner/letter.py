"""A letter and its MIME form (RFC 5322, 2045-2047, 3834): one sender, one recipient, nothing smuggled in."""

import re
import secrets
import unicodedata
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import idna

from planner.clock import now
from planner.language import speaking
from planner.settings import settings
from planner.templates import render, render_plain

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*")
_PLAIN = re.compile(r"[A-Za-z0-9 '-]{0,60}")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
_DIRECTION = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_SEVEN_BIT = compat32.clone(cte_type="7bit", linesep="\r\n")  # a server on the way may lack 8BITMIME


class Attachment(NamedTuple):
    """A file that travels with a letter."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """What one person is to read. `to` and `reply_to` are bare addresses, `to_name` is how the recipient is called.

    `calendar` is a whole iCalendar object without METHOD. `about` names what the letter is about, such as
    `registration:12`, so that it can be found again.
    """

    to: str
    subject: str
    text: str
    html: str = ""
    calendar: bytes = b""
    attachments: tuple[Attachment, ...] = ()
    reply_to: str = ""
    to_name: str = ""
    language: str = "en"
    about: str = ""


def render_letter(template: str, context: Mapping[str, Any], language: str) -> tuple[str, str, str]:
    """Subject, plain text and HTML of a letter, in its reader's language.

    `template` has three blocks: `subject` and `text` (nothing is escaped) and `html` (everything is). Each renders
    alone, so the shared frame is imported inside them: see `templates/letter_frame.html`.
    """
    with speaking(language):
        subject = render_plain(template, context, block="subject")
        text = render_plain(template, context, block="text")
        return one_line(subject), text, render(template, context, block="html")


def address(text: str) -> str:
    """A bare e-mail address as it travels, its domain in ASCII (RFC 5891). Raises ValueError for anything else."""
    local, _at, domain = text.strip().rpartition("@")
    domain = _travelling(domain)
    if not _LOCAL.fullmatch(local) or len(local) > 64 or len(local) + len(domain) > 253:
        raise ValueError("not an e-mail address")
    return f"{local}@{domain}"


def _travelling(domain: str) -> str:
    name = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()  # IDNAError is a ValueError
    if not _DOMAIN.fullmatch(name.lower()):
        raise ValueError("not a domain name")
    return name.lower()


def one_line(text: str) -> str:
    """A text fit for a header: one line, without control characters and without reordering marks."""
    signs = (sign for sign in text if sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cs"))
    return " ".join("".join(signs).translate(_DIRECTION).split())


def sender() -> tuple[str, str]:
    """Name and address all letters come from: the configured `Name <address>` or bare address."""
    name, _sep, spec = settings().mail_from.strip().removesuffix(">").rpartition("<")
    return one_line(name).strip('"'), address(spec)


def new_message_id() -> str:
    """A Message-ID that nobody else mints (RFC 5322, 3.6.4), in the domain of the public address."""
    return f"<{secrets.token_hex(16)}@{_host()}>"


def _host() -> str:
    host = urlsplit(settings().public_url).hostname or "localhost"
    try:
        ip_address(host)
    except ValueError:
        return _travelling(host)
    return "localhost"


def mime(letter: Letter, message_id: str) -> bytes:
    """The whole message as it travels: mixed(alternative(text, html), calendar, attachments), lines ended by CRLF.

    Raises ValueError when the address is not exactly one address or an attachment's media type is not one.
    """
    return "".join(f"{name}: {value}\r\n" for name, value in _headers(letter, message_id)).encode() + _body(letter)


def _headers(letter: Letter, message_id: str) -> Iterator[tuple[str, str]]:
    # Not by EmailMessage: while folding, Python 3.11 loses spaces and lets a long name become a second recipient.
    yield "From", _mailbox("From", *sender())
    yield "To", _mailbox("To", letter.to_name, address(letter.to))
    if letter.reply_to:
        yield "Reply-To", address(letter.reply_to)
    yield "Subject", _encoded("Subject", letter.subject)
    yield "Date", format_datetime(now())
    yield "Message-ID", message_id
    yield "Auto-Submitted", "auto-generated"
    yield "Content-Language", _encoded("Content-Language", letter.language)


def _mailbox(header: str, name: str, spec: str) -> str:
    return f"{_encoded(header, name)}\r\n <{spec}>" if one_line(name) else spec


def _encoded(header: str, text: str) -> str:
    """The text as it may stand in a header: plain words as they are, all else in encoded words (RFC 2047), folded."""
    line = one_line(text)
    return line if _PLAIN.fullmatch(line) else Header(line, "utf-8", 76, header).encode(linesep="\r\n")


def _body(letter: Letter) -> bytes:
    # By the older classes: EmailMessage parses each header that it is given, which takes most of a letter's time.
    parts = [_calendar(letter.calendar)] if letter.calendar else []
    parts += map(_file, letter.attachments)
    words = _words(letter)
    return (_around("mixed", [words, *parts]) if parts else words).as_bytes(policy=_SEVEN_BIT)


def _words(letter: Letter) -> Message:
    text = _text("plain", letter.text)
    return _around("alternative", [text, _text("html", letter.html)]) if letter.html else text


def _around(subtype: str, parts: Iterable[Message]) -> Message:
    whole = MIMEMultipart(subtype)
    for part in parts:
        del part["MIME-Version"]  # it is said once, for the whole letter (RFC 2045, 4)
        whole.attach(part)
    return whole


def _text(subtype: str, text: str) -> Message:
    lines = [*text.encode("utf-8", "replace").splitlines(), b""]
    quoted = b2a_qp(b"\n".join(lines))  # becomes CRLF when the letter is written down; what is packed is so already
    packed = encodebytes(b"\r\n".join(lines))
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    if len(quoted) <= len(packed):
        return _with(part, quoted, "quoted-printable")
    return _with(part, packed, "base64")


def _with(part: Message, payload: bytes, encoding: str) -> Message:
    part["Content-Transfer-Encoding"] = encoding
    part.set_payload(payload.decode("ascii"))
    return part


def _calendar(content: bytes) -> Message:
    part = MIMENonMultipart("text", "calendar", charset="utf-8", name="event.ics")
    part.add_header("Content-Disposition", "attachment", filename="event.ics")
    return _with(part, encodebytes(content), "base64")


def _file(attachment: Attachment) -> Message:
    if not _MEDIA_TYPE.fullmatch(attachment.media_type):
        raise ValueError("not a media type")
    part = MIMENonMultipart(*attachment.media_type.split("/"))
    name = one_line(attachment.name).replace("/", "-")
    part.add_header("Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name))
    return _with(part, encodebytes(attachment.content), "base64")
