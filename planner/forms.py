"""What people type: read without ever failing, checked with a sentence per field, and given back as typed."""

import hmac
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from python_multipart import create_form_parser
from python_multipart.exceptions import FormParserError

from planner import letter
from planner.errors import Forbidden, Refusal
from planner.language import _
from planner.web import Visit

MOST_FIELDS = 1_500
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd\ufffe\uffff\ud800-\udfff\u2028\u2029]")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Upload(NamedTuple):
    """A file that came with a form, under the name it had at the sender's."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a form as they were typed, and the files that came with it."""

    values: Mapping[str, list[str]]
    files: Mapping[str, Upload] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """The (first) value of a field, as typed; empty when it was not sent."""
        return (self.values.get(name) or [""])[0]

    def many(self, name: str) -> list[str]:
        """All values of a field: ticked boxes."""
        return list(self.values.get(name, []))


EMPTY = Typed({})


def read(request: Visit, body: bytes) -> Typed:
    """The form in a request's body. Raises Forbidden when a signed-in viewer's page token is missing or wrong."""
    scope: Any = request.scope
    if "typed" not in scope:  # the guard and the page both ask: files are not taken apart twice
        scope["typed"] = _parse(request.headers.get("content-type", ""), body)
    typed: Typed = scope["typed"]
    viewer = scope.get("viewer")
    if viewer is not None and not hmac.compare_digest(typed.one("csrf").encode(), viewer.csrf.encode()):
        raise Forbidden(_("This form is too old. Please go back, reload the page and send it again."))
    return typed


def _parse(content_type: str, body: bytes) -> Typed:
    try:
        if content_type.startswith("multipart/form-data"):
            return _multipart(content_type, body)
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS
        )
    except (ValueError, FormParserError) as error:
        raise Refusal(_("The form arrived damaged. Please go back and send it again.")) from error
    return Typed(_gathered(pairs))


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return values


def _multipart(content_type: str, body: bytes) -> Typed:
    pairs: list[tuple[str, str]] = []
    files: dict[str, Upload] = {}
    headers = {"Content-Type": content_type.encode("latin-1", "replace")}
    parser = create_form_parser(
        headers,
        lambda part: pairs.append(_pair(part)),
        lambda part: files.update(_upload(part)),
        {"MAX_MEMORY_FILE_SIZE": len(body)},  # the route has limited the body; nothing goes to a temporary folder
    )
    parser.write(body)
    parser.finalize()
    if len(pairs) > MOST_FIELDS:
        raise ValueError("too many fields")
    return Typed(_gathered(pairs), files)


def _upload(part: Any) -> dict[str, Upload]:
    name, content = (part.file_name or b"").decode("utf-8", "replace"), part.file_object.getvalue()
    part.close()
    if not (name or content):  # the browser's way to say that no file was chosen
        return {}
    return {(part.field_name or b"").decode("utf-8", "replace"): Upload(name, content)}


def _pair(part: object) -> tuple[str, str]:
    name, value = getattr(part, "field_name", None) or b"", getattr(part, "value", None) or b""
    return name.decode("utf-8", "replace"), value.decode("utf-8", "replace")


@dataclass(slots=True)
class Check:
    """Reads fields one by one and gathers a sentence for each that cannot be taken."""

    typed: Typed
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def fine(self) -> bool:
        """Whether everything read so far can be taken."""
        return not self.errors

    def wrong(self, name: str, sentence: str) -> None:
        """Remember what is wrong with a field; the first sentence stays."""
        self.errors.setdefault(name, sentence)

    def text(self, name: str, *, needed: str = "", limit: int = 200, lines: bool = False) -> str:
        """A text as typed, in Unicode form C, without blanks at its ends. `needed` is the sentence when it is empty."""
        value = unicodedata.normalize("NFC", self.typed.one(name)).strip(" \t\n\r\u00a0\u3000")
        if needed and not _visible(value):
            self.wrong(name, needed)
        if len(value) > limit:
            self.wrong(name, _("Please shorten this to at most %(limit)d characters.") % {"limit": limit})
        if _CONTROL.search(value) or (not lines and ("\n" in value or "\t" in value)):
            self.wrong(
                name, _("This holds a character that cannot be kept, perhaps from copying. Please type it anew.")
            )
        if _DIRECTION.search(value):
            self.wrong(name, _("This holds an invisible mark that turns the writing direction. Please type it anew."))
        return value

    def address(self, name: str, *, needed: str) -> str:
        """An e-mail address that mail servers take."""
        value = self.text(name, needed=needed, limit=254)
        if value and not _is_address(value):
            self.wrong(name, _("Please write the e-mail address like name@example.org, in Latin letters."))
        return value

    def choice(self, name: str, allowed: Collection[str], *, needed: str = "") -> str:
        """One of the offered values, or nothing."""
        value = self.typed.one(name)
        if value and value not in allowed:
            self.wrong(name, _("Please choose one of the offered answers."))
            return ""
        if needed and not value:
            self.wrong(name, needed)
        return value

    def ticks(self, name: str, allowed: Collection[str]) -> list[str]:
        """All ticked values, each once, in the order they were offered."""
        chosen = set(self.typed.many(name))
        if chosen - set(allowed):
            self.wrong(name, _("Please choose one of the offered answers."))
        return [value for value in allowed if value in chosen]

    def tick(self, name: str) -> bool:
        """Whether a single box is ticked."""
        return bool(self.typed.one(name))


def _visible(value: str) -> bool:
    return any(unicodedata.category(character)[0] in "LNPS" for character in value)


def _is_address(value: str) -> bool:
    """Stricter than what can travel: people's addresses have a dot in their domain, and labels have 63 letters."""
    try:
        labels = letter.address(value).rpartition("@")[2].split(".")
    except ValueError:
        return False
    return len(labels) > 1 and max(map(len, labels)) < 64
