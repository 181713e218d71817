"""What goes back to a visitor: pages and their blocks, files, finished bytes, and 304 when nothing changed."""

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from gzip import compress
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

from litestar import Request, Response

from planner import language
from planner.templates import assets, folder, render

Visit = Request[Any, Any, Any]
"""A request as the pages see it."""

_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")


@dataclass(frozen=True, slots=True)
class Shell:
    """What the frame around every page needs: language, colours, where we are, who looks."""

    language: str
    theme: str
    path: str
    query: str
    viewer: Any
    csrf: str

    def here(self, **changes: str) -> str:
        """This address with some query parameters changed."""
        kept = [pair for pair in parse_qsl(self.query, errors="replace") if pair[0] not in changes]
        query = urlencode([*kept, *changes.items()])
        return f"{self.path}?{query}" if query else self.path


def cookie(scope: Any, name: str) -> str:
    """The value of a cookie in an ASGI scope, or nothing. Damaged cookies of others never hide one of ours."""
    lines = [value.decode("latin-1") for key, value in scope["headers"] if key == b"cookie"]
    pairs = (part.strip().partition("=") for line in lines for part in line.split(";"))
    return next((value for key, _sign, value in pairs if key == name), "")


def shell(request: Visit) -> Shell:
    """The frame for this request."""
    scope: Any = request.scope
    viewer = scope.get("viewer")
    path = "/" + quote(scope["path"].lstrip("/"))  # two slashes at the start would name another host
    query = scope["query_string"].decode("latin-1")
    return Shell(language.current(), scope.get("theme", "auto"), path, query, viewer, getattr(viewer, "csrf", ""))


def is_fragment(request: Visit) -> bool:
    """Whether htmx asks for a part of the page only."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-request-type") != "full"


def page(
    request: Visit, template: str, context: Mapping[str, Any], *, block: str = "", status: int = 200
) -> Response[bytes]:
    """A page for one viewer, never kept by anybody; for htmx only its `block`, if one is named."""
    body = render(template, {**context, "shell": shell(request)}, block=block if is_fragment(request) else "")
    return html(body, status, {"Cache-Control": "private, no-store", "Vary": "HX-Request"})


def html(body: str, status: int, headers: Mapping[str, str]) -> Response[bytes]:
    """An HTML answer."""
    content = body.encode("utf-8", "replace")
    return Response(content, status_code=status, media_type="text/html", headers=dict(headers))


def see(address: str) -> Response[bytes]:
    """After an act: go and look there (303)."""
    headers = {"Location": address, "Cache-Control": "no-store"}
    return Response(b"", status_code=303, media_type="text/html", headers=headers)


def download(content: bytes, media_type: str, name: str, *, inline: bool = False) -> Response[bytes]:
    """A file for one viewer. `name` is ASCII, from us and never from a visitor."""
    disposition = f'{"inline" if inline else "attachment"}; filename="{name}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
    return Response(content, media_type=media_type, headers=headers)


class Kept(NamedTuple):
    """Bytes that many will ask for, plain and compressed."""

    plain: bytes
    gzipped: bytes


class Shelf:
    """A bounded store of finished bytes. Keys hold the revision, so another process never misses a change."""

    def __init__(self, size: int) -> None:
        """Keep at most `size` answers, the least used go first."""
        self._size = size
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], bytes]) -> Kept:
        """The bytes under that key, made at the first call."""
        with self._lock:
            if (found := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return found
        plain = make()
        kept = Kept(plain, compress(plain, 6, mtime=0))
        with self._lock:
            self._kept[key] = kept
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return kept


shelf = Shelf(600)


@cache
def build_mark() -> str:
    """Changes with every template, catalogue and static file: a new build never answers with old pages."""
    mark = hashlib.sha256("".join(sorted(asset.address for asset in assets().values())).encode())
    for root in (folder("templates"), language.FOLDER):
        for path in sorted(root.rglob("*")):
            if path.suffix in (".html", ".mo"):
                mark.update(path.read_bytes())
    return mark.hexdigest()[:16]


def tag_of(*parts: object) -> str:
    """A weak entity tag out of what the answer depends on."""
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'


def kept_page(
    request: Visit, key: tuple[object, ...], template: str, make: Callable[[], Mapping[str, Any]], *, block: str = ""
) -> Response[bytes]:
    """A public page, rendered once per key, language and colours; 304 when the visitor has it already.

    `key` holds everything the page depends on: revisions, states and, if it speaks of today, the date.
    """
    if request.scope.get("viewer") is not None:
        return page(request, template, make(), block=block)
    frame = shell(request)
    block = block if is_fragment(request) else ""
    tag = tag_of(template, block, key, frame, build_mark())
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie, HX-Request, Accept-Encoding"}
    if matches(request, tag, None):
        return unchanged("text/html", headers)
    kept = shelf.get(tag, lambda: render(template, {**make(), "shell": frame}, block=block).encode("utf-8", "replace"))
    return packed(request, kept, "text/html", headers)


def unchanged(media_type: str, headers: Mapping[str, str]) -> Response[bytes]:
    """What the visitor has is current (304). Its headers replace those that were kept, so they must be right."""
    return Response(b"", status_code=304, media_type=media_type, headers=dict(headers))


def takes_gzip(request: Visit) -> bool:
    """Whether the visitor takes compressed bytes."""
    return bool(_GZIP.search(request.headers.get("accept-encoding", "")))


def packed(request: Visit, kept: Kept, media_type: str, headers: dict[str, str]) -> Response[bytes]:
    """Kept bytes, compressed when the visitor takes that."""
    if takes_gzip(request):
        return Response(kept.gzipped, media_type=media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(kept.plain, media_type=media_type, headers=headers)


def matches(request: Visit, tag: str, changed: datetime | None) -> bool:
    """Whether the visitor's copy is current: If-None-Match wins over If-Modified-Since (RFC 9110, 13.2.2)."""
    if (sent := request.headers.get("if-none-match")) is not None:
        tags = {part.strip().removeprefix("W/") for part in sent.split(",")}
        return sent.strip() == "*" or tag.removeprefix("W/") in tags
    since = request.headers.get("if-modified-since")
    if changed is None or since is None:
        return False
    try:
        return changed <= parsedate_to_datetime(since)
    except (TypeError, ValueError):  # a date we cannot read, or one without a zone, is no condition
        return False


def http_date(moment: datetime) -> str:
    """An instant the way HTTP headers write it."""
    return format_datetime(moment, usegmt=True)
