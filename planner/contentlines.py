"""Values of content lines: text, links and mail addresses as RFC 5545 wants them written.

These are the guards on what the icalendar library would let through or write so that clients misread it.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from icalendar import vText, vUri

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_NEW_LINES = re.compile("\r\n?|[\x85\u2028\u2029]")
_LINK_SAFE = "%:/?#[]@!$&'()*+,;=-._~"
_ADDRESS = re.compile(r"[^\s<>,;:\"]+@[^\s<>,;:\"@]+")


def clean(text: str) -> str:
    """Text as a content line can carry it: no control characters but TAB and LF, no lone surrogates (3.1).

    Every other kind of line end becomes LF.
    """
    return _UNPRINTABLE.sub("", _NEW_LINES.sub("\n", text))


class _Text(vText):
    """TEXT, cleaned and escaped (3.3.11).

    The library turns a typed `\\N` (as in `C:\\New`) into a line break, and does not escape NAME and X- properties
    unless they are given as text.
    """

    def to_ical(self) -> bytes:
        escaped = str(self).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()


def text(value: str) -> vText:
    """A TEXT value, cleaned."""
    return _Text(clean(value))


def link(value: str) -> vUri | None:
    """A URI in ASCII (3.3.13), None for what is none: the library refuses line ends and writes Cyrillic as it is."""
    try:
        parts = urlsplit(clean(value).strip())  # which also takes line ends out
        host = parts.hostname or ""
        ascii_host = host.encode("idna").decode()
    except ValueError:
        return None
    if not parts.scheme or not (host or parts.path):
        return None
    if host != ascii_host:
        parts = parts._replace(netloc=parts.netloc.lower().replace(host, ascii_host))
    return vUri(quote(parts.geturl(), safe=_LINK_SAFE))


def mailto(address: str) -> str:
    """A CAL-ADDRESS (3.3.3): the library writes a bare address as it is, for which Gmail refuses the file."""
    bare = address.strip().removeprefix("mailto:")
    if not _ADDRESS.fullmatch(bare) or clean(bare) != bare:
        raise ValueError(f"{address!r} is no mail address")
    return f"mailto:{bare}"
