"""Pages of signing in and out. Reading one changes nothing: mail scanners open every link."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler

from planner import forms, limits
from planner.accounts import actions, letters, passwords, queries
from planner.accounts.forms import Asked, asked, kept
from planner.accounts.guards import act, cookie_name, viewer
from planner.accounts.rules import SIGNING_IN_PER_NETWORK, is_usable, way_on
from planner.clock import now
from planner.db import read, write
from planner.errors import Refusal, TooMany
from planner.faults import SIGN_IN
from planner.forms import EMPTY, Typed
from planner.language import _
from planner.network import visitor
from planner.settings import settings
from planner.tokens import digest, mint
from planner.web import Visit, cookie, page, see

Answer = Response[bytes]


@get(SIGN_IN, opt=act("session.sign_in"), sync_to_thread=False)
def ask(request: Visit) -> Answer:
    """The form; who is signed in already goes on."""
    way = way_on(request.query_params.get("next", "/"))
    if viewer(request):
        return see(way)
    return _form(request, EMPTY, way, {}, 200)


@post(SIGN_IN, opt=act("session.sign_in"), sync_to_thread=True)
def answer(request: Visit, body: RawBody) -> Answer:
    """Check the password, or send a letter. Nothing here tells whether an address has an account."""
    typed = forms.read(request, body)
    wish, errors = asked(typed)
    if errors:
        return _form(request, typed, wish.way, errors, 422)
    try:
        limits.count([limits.from_network(SIGNING_IN_PER_NETWORK, visitor(request.scope))])
        return _with_password(request, wish) if wish.password else _by_letter(wish)
    except TooMany as refusal:
        again = _form(request, typed, wish.way, {"": refusal.sentence}, 429)
        again.headers["Retry-After"] = str(refusal.wait)
        return again
    except Refusal as refusal:
        return _form(request, typed, wish.way, {"": refusal.sentence}, 422)


def _with_password(request: Visit, wish: Asked) -> Answer:
    with write() as session:  # kept even if the check below never ends
        actions.count_try(session, wish.email)
    with read() as session:
        account = queries.account_of(session, wish.email)
    if not passwords.fits(wish.password, account.password_hash if account else "") or account is None:
        raise Refusal(_("Address and password do not belong together. Leave the password empty to get a link by mail."))
    with write() as session:
        token = actions.sign_in(session, account.id or 0, cookie(request.scope, cookie_name()))
    return _signed_in(token, wish.way)


def _by_letter(wish: Asked) -> Answer:
    token = mint()
    letter = letters.sign_in(wish.email, token, wish.way)
    with write() as session:
        actions.send_link(session, token, letter)
    return see(f"{SIGN_IN}/sent")


def _form(request: Visit, typed: Typed, way: str, errors: dict[str, str], status: int) -> Answer:
    context: dict[str, Any] = {"typed": kept(typed), "errors": errors, "way": way}
    return page(request, "accounts/sign_in.html", context, status=status)


@get(f"{SIGN_IN}/sent", opt=act("session.sign_in"), sync_to_thread=False)
def sent(request: Visit) -> Answer:
    """What to do now; the same for everybody."""
    return page(request, "accounts/sent.html", {})


@get(f"{SIGN_IN}/{{token:str}}", opt=act("session.sign_in"), sync_to_thread=True)
def link(request: Visit, token: FromPath[str]) -> Answer:
    """The page behind a link: one button."""
    with read() as session:
        found = queries.link_of(session, digest(token))
    usable = found is not None and is_usable(found.expires_at, found.used_at, now())
    context = {"usable": usable, "token": token, "way": way_on(request.query_params.get("next", "/"))}
    return page(request, "accounts/link.html", context, status=200 if usable else 410)


@post(f"{SIGN_IN}/{{token:str}}", opt=act("session.sign_in"), sync_to_thread=True)
def use_link(request: Visit, token: FromPath[str], body: RawBody) -> Answer:
    """The button: sign in and go on."""
    way = way_on(forms.read(request, body).one("next"))
    try:
        with write() as session:
            secret = actions.use_link(session, token, cookie(request.scope, cookie_name()))
    except Refusal:
        return page(request, "accounts/link.html", {"usable": False, "token": token, "way": way}, status=422)
    return _signed_in(secret, way)


@post("/sign-out", opt=act("session.sign_out"), sync_to_thread=True)
def sign_out(request: Visit, body: RawBody) -> Answer:
    """End this browser's session."""
    forms.read(request, body)
    with write() as session:
        actions.sign_out(session, cookie(request.scope, cookie_name()))
    return _with_cookie(see("/"), f"{cookie_name()}=; Max-Age=0")


def _signed_in(token: str, way: str) -> Answer:
    return _with_cookie(see(way), f"{cookie_name()}={token}")


def _with_cookie(answer: Answer, value: str) -> Answer:
    secure = "; Secure" if settings().secure else ""
    answer.headers["Set-Cookie"] = f"{value}; Path=/; HttpOnly; SameSite=Lax{secure}"
    return answer


ROUTES: list[ControllerRouterHandler] = [ask, answer, sent, link, use_link, sign_out]
