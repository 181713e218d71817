"""The edge of the web: answers, caching, security headers, and where a request may come from."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from gzip import compress
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from litestar import Request, Response
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from planner import language
from planner.settings import settings
from planner.templates import assets, folder, render

Visit = Request[Any, Any, Any]
"""A request as the pages see it."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
THEMES = ("auto", "light", "dark")
_FOREIGN = b"Cross-site form refused. Please open the form on this site and send it from there.\n"


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
        return f"{self.path}?{urlencode([*kept, *changes.items()])}"


def cookie(request: Visit | Mapping[str, Any], name: str) -> str:
    """A cookie's value, or nothing; a damaged Cookie header is no cookie."""
    headers = dict(request["headers"]) if not isinstance(request, Request) else dict(request.scope["headers"])
    try:
        found = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def shell(request: Visit) -> Shell:
    """The frame for this request."""
    viewer = request.scope.get("viewer")
    theme = request.scope.get("theme", "auto")
    query = request.scope["query_string"].decode("latin-1")
    return Shell(language.current(), theme, request.scope["path"], query, viewer, getattr(viewer, "csrf", ""))


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
    return Response(content, status_code=status, media_type="text/html; charset=utf-8", headers=dict(headers))


def see(address: str) -> Response[bytes]:
    """After an act: go and look there (303)."""
    return Response(b"", status_code=303, headers={"Location": address, "Cache-Control": "no-store"})


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
        return Response(b"", status_code=304, headers=headers)
    kept = shelf.get(tag, lambda: render(template, {**make(), "shell": frame}, block=block).encode("utf-8", "replace"))
    return packed(request, kept, "text/html; charset=utf-8", headers)


def packed(request: Visit, kept: Kept, media_type: str, headers: dict[str, str]) -> Response[bytes]:
    """Kept bytes, compressed when the visitor takes that."""
    if "gzip" in request.headers.get("accept-encoding", ""):
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


class Edge:
    """Around the whole application: the reader's language, HEAD, security headers, and no foreign forms."""

    def __init__(self, inner: ASGIApp) -> None:
        """Wrap the ASGI application `inner`."""
        self._inner = inner
        self._headers = _security_headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        headers = {key: value for key, value in scope["headers"]}
        extra = _settle(scope, headers)
        head = scope["method"] == "HEAD"
        if head:
            scope["method"] = "GET"  # type: ignore[typeddict-item]
        dress = self._dress(send, extra, head)
        if scope["method"] not in ("GET", "OPTIONS") and not _from_here(headers):
            await _refuse(dress)
            return
        await self._inner(scope, receive, dress)

    def _dress(self, send: Send, extra: list[tuple[bytes, bytes]], head: bool) -> Send:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers, *extra]
            elif head and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        return dressed


def _security_headers() -> list[tuple[bytes, bytes]]:
    headers = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
    if settings().secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return [(key.lower().encode(), value.encode()) for key, value in headers.items()]


def _settle(scope: Any, headers: Mapping[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """Find language and colours; a wish in the address is remembered in a cookie."""
    kept = cookie(scope, "language"), cookie(scope, "theme")
    asked = dict(parse_qsl(scope["query_string"].decode("latin-1"), errors="replace", max_num_fields=None))
    wish, theme = asked.get("lang", ""), asked.get("theme", "")
    language.use(language.choose(wish, kept[0], headers.get(b"accept-language", b"").decode("latin-1")))
    scope["theme"] = next((value for value in (theme, kept[1]) if value in THEMES), "auto")
    remembered = []
    if wish in language.INTERFACE and wish != kept[0]:
        remembered.append(preference("language", wish))
    if theme in THEMES and theme != kept[1]:
        remembered.append(preference("theme", theme))
    return remembered


def preference(name: str, value: str) -> tuple[bytes, bytes]:
    """A cookie that holds a choice of looks for a year; it says nothing about who the visitor is."""
    secure = "; Secure" if settings().secure else ""
    return b"set-cookie", f"{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}".encode()


def _from_here(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a form was sent from our own pages; programs that are no browser send neither header."""
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site in (b"same-origin", b"none")
    origin = headers.get(b"origin")
    if origin is None:
        return True
    ours = {urlsplit(settings().public_url).netloc, headers.get(b"host", b"").decode("latin-1")}
    return urlsplit(origin.decode("latin-1")).netloc in ours


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": _FOREIGN, "more_body": False})
