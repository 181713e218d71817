"""Around the whole application: readable addresses, language, HEAD, security headers, and no foreign forms."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from planner import faults, language, metrics
from planner.errors import Damaged, Forbidden
from planner.language import _
from planner.settings import settings
from planner.web import cookie

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
THEMES = ("auto", "light", "dark")
SAFE = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing."""
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_NUL = re.compile("\x00")  # in a question other control characters may be pasted text; PostgreSQL refuses this one


class Edge:
    """The outermost layer: what it adds, every answer has, errors included."""

    def __init__(self, inner: ASGIApp) -> None:
        """Wrap the ASGI application `inner`."""
        self._inner = inner
        self._headers = _security_headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == ScopeType.HTTP:
            await self._serve(scope, receive, send)
        else:
            await self._inner(scope, receive, send)

    async def _serve(self, scope: Any, receive: Receive, send: Send) -> None:
        method = scope["method"]
        if method == "HEAD":
            scope["method"] = "GET"
        with metrics.measured(scope) as measure:
            dressed = self._dress(send, _settle(scope), method == "HEAD", measure)
            problem = _problem(scope)
            if problem is None:
                await self._inner(scope, receive, dressed)
            else:
                answer = faults.answer(Request(scope, receive, send), problem).to_asgi_response(None, Request(scope))
                await answer(scope, receive, dressed)

    def _dress(self, send: Send, extra: list[tuple[bytes, bytes]], bare: bool, measure: metrics.Measure) -> Send:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                measure.status = message["status"]
                message["headers"] = [*message.get("headers", []), *self._headers, *extra]
            elif bare and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        return dressed


def _security_headers() -> list[tuple[bytes, bytes]]:
    # "same-origin" keeps secret links from other sites, and yet lets a browser say where a form comes from:
    # under "no-referrer" it sends `Origin: null`, on plain http without any Sec-Fetch-Site beside it.
    headers = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
    if settings().secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return [(key.lower().encode(), value.encode()) for key, value in headers.items()]


def _settle(scope: Any) -> list[tuple[bytes, bytes]]:
    """Find language and colours; a wish in the address is remembered in a cookie."""
    kept = cookie(scope, "language"), cookie(scope, "theme")
    asked = dict(parse_qsl(scope["query_string"].decode("latin-1"), errors="replace"))
    wish, theme = asked.get("lang", ""), asked.get("theme", "")
    language.use(language.choose(wish, kept[0], header(scope, b"accept-language") or ""))
    scope["theme"] = next((value for value in (theme, kept[1]) if value in THEMES), "auto")
    remembered: list[tuple[bytes, bytes]] = []
    if scope["path"].endswith(".ics"):  # calendar programs share one answer: nothing of one reader may be in it
        return remembered
    if wish in language.INTERFACE and wish != kept[0]:
        remembered.append(preference("language", wish))
    if theme in THEMES and theme != kept[1]:
        remembered.append(preference("theme", theme))
    return remembered


def preference(name: str, value: str) -> tuple[bytes, bytes]:
    """A cookie that holds a choice of looks for a year; it says nothing about who the visitor is."""
    secure = "; Secure" if settings().secure else ""
    return b"set-cookie", f"{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}".encode()


def _problem(scope: Any) -> Exception | None:
    path = (scope.get("raw_path") or scope["path"].encode("utf-8", "replace")).partition(b"?")[0]
    if not (_is_readable(path, _CONTROL) and _is_readable(scope["query_string"], _NUL)):
        return Damaged(_("This address is damaged. Please check it, or start from the first page."))
    if scope["method"] not in SAFE and not _is_from_here(scope):
        return Forbidden(_("This form was sent from another site. Please open the form here and send it again."))
    return None


def _is_readable(quoted: bytes, refused: re.Pattern[str]) -> bool:
    """Whether a part of the address is UTF-8, without the refused characters."""
    try:
        return not refused.search(unquote_to_bytes(quoted).decode())
    except UnicodeDecodeError:
        return False


def _is_from_here(scope: Any) -> bool:
    """Whether a form was sent from our own pages; programs that are no browser send neither header."""
    site = header(scope, b"sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = header(scope, b"origin")
    return origin is None or _host(origin) in {_host(settings().public_url), header(scope, b"host")}


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc or "nowhere"
    except ValueError:
        return "nowhere"


def header(scope: Any, name: bytes) -> str | None:
    """The (first) header of that name in an ASGI scope."""
    found: Iterable[bytes] = (value for key, value in scope["headers"] if key == name)
    return next((value.decode("latin-1") for value in found), None)
