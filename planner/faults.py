"""Everything that goes wrong becomes a page that says what happened and what to do; no visitor sees a traceback."""

import secrets
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import structlog
from litestar import Response
from litestar.exceptions import HTTPException
from sqlalchemy.exc import OperationalError, TimeoutError

from planner.errors import Damaged, Forbidden, Missing, Refusal, SignInNeeded, Stale, TooMany
from planner.language import _
from planner.web import Visit, is_fragment, page, see, shell

SIGN_IN = "/sign-in"
_log = structlog.get_logger("planner.faults")


class Fault(NamedTuple):
    """What a visitor is told: the status, a title and a sentence; an incident number when it is our mistake."""

    status: int
    title: str
    sentence: str
    incident: str = ""


def answer(request: Visit, error: Exception) -> Response[Any]:
    """The answer to a request that ended in `error`, in the reader's language."""
    if isinstance(error, SignInNeeded):
        return _to_sign_in(request)
    fault = describe(error)
    if fault.incident:
        _remember(request, fault, error)
    response = _shown(request, fault)
    response.headers.update(_headers(fault, error))
    return response


def describe(error: Exception) -> Fault:
    """What to tell the visitor about an error."""
    if isinstance(error, Refusal):
        return Fault(_refusal_status(error), _("This cannot be done"), error.sentence)
    if isinstance(error, Forbidden):
        return Fault(403, _("Not allowed"), str(error) or _("You may see this page, but not do this."))
    if isinstance(error, Missing):
        return _known(404)
    if isinstance(error, OperationalError | TimeoutError):
        return _known(503)._replace(incident=_number())
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _known(error.status_code)
    return _known(500)._replace(incident=_number())


def _refusal_status(error: Refusal) -> int:
    if isinstance(error, Stale):
        return 409
    if isinstance(error, TooMany):
        return 429
    return 400 if isinstance(error, Damaged) else 422


def _known(status: int) -> Fault:
    told = {
        404: (
            _("Page not found"),
            _("There is no such page, or it is not public. Please check the address, or start from the first page."),
        ),
        405: (_("Not possible here"), _("This address does not take that kind of request.")),
        413: (_("Too much at once"), _("What was sent is too large. Please shorten it and send it again.")),
        500: (
            _("Something went wrong"),
            _("This is our mistake, not yours. Please try again; if it stays, tell the organisers the mark below."),
        ),
        503: (
            _("Not available for a moment"),
            _("The service is busy or being restarted. Nothing was changed. Please try again in a minute."),
        ),
    }
    title, sentence = told.get(status) or (
        _("This request cannot be read"),
        _("Something in the request is damaged. Please go back and try again."),
    )
    return Fault(status, title, sentence)


def _number() -> str:
    """A number that a visitor can read out on the telephone and that finds the line in the log."""
    return secrets.token_hex(4)


def _remember(request: Visit, fault: Fault, error: Exception) -> None:
    scope: Any = request.scope
    route = scope.get("path_template") or "none"  # never the address itself: it may hold a secret
    _log.error("fault", incident=fault.incident, status=fault.status, route=route, exc_info=error)


def _shown(request: Visit, fault: Fault) -> Response[Any]:
    try:
        return page(request, "error.html", {**fault._asdict(), "code": fault.status}, block="main", status=fault.status)
    except Exception:  # the page that reports a broken template may meet the same broken template
        _log.exception("error page", incident=fault.incident)
        text = "\n".join(filter(None, (fault.title, fault.sentence, fault.incident)))
        return Response(text.encode(), status_code=fault.status, media_type="text/plain")


def _headers(fault: Fault, error: Exception) -> dict[str, str]:
    headers = {"Retry-After": "60"} if fault.status == 503 else {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.wait)
    if isinstance(error, HTTPException) and error.headers:
        headers.update({key: str(value) for key, value in error.headers.items() if key.lower() == "allow"})
    return headers


def _to_sign_in(request: Visit) -> Response[Any]:
    address = f"{SIGN_IN}?next={quote(_wanted(request), safe='')}"
    if is_fragment(request):
        headers = {"HX-Redirect": address, "Cache-Control": "no-store"}
        return Response(b"", status_code=401, media_type="text/html", headers=headers)
    return see(address)


def _wanted(request: Visit) -> str:
    """Where to go after signing in: this page; for a form or a fragment, the page it was on."""
    if request.method == "GET" and not is_fragment(request):
        return shell(request).here()
    return _place(request.headers.get("hx-current-url") or request.headers.get("referer") or "/")


def _place(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
