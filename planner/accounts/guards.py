"""The door of every route: who is there, and may they. A route names its act and how its address becomes a scope."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from anyio.to_thread import run_sync
from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from planner import forms
from planner.accounts import queries, rules
from planner.accounts.permissions import ACTS, HOUSE, PUBLIC, SIGNED_IN, Scope, Viewer
from planner.accounts.tables import SignedInBrowser
from planner.clock import now
from planner.db import read, write
from planner.edge import SAFE
from planner.errors import Missing, SignInNeeded
from planner.settings import settings
from planner.tokens import digest
from planner.web import Visit, cookie

__all__ = ["HOUSE", "FindScope", "Scope", "Viewer", "act", "admit", "cookie_name", "unguarded", "viewer"]

FindScope = Callable[[Session, Mapping[str, str]], Scope]
"""Finds the scope an address is about from its path parameters. Raises Missing when there is no such thing."""


def act(name: str, scope: FindScope | None = None) -> dict[str, Any]:
    """For a route's `opt`: the act it does, and where (the whole installation when no scope is given)."""
    if name not in ACTS:
        raise KeyError(f"no such act: {name}")
    return {"act": name, "scope": scope}


async def admit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of the whole application. Raises SignInNeeded, Missing or (for a foreign form) Forbidden."""
    request: Any = connection
    if request.method == "OPTIONS":  # Litestar's own answer, which reads nothing but the names of methods
        return
    viewer = await run_sync(_recognise, token) if (token := cookie(request.scope, cookie_name())) else None
    request.scope["viewer"] = viewer
    roles = ACTS[handler.opt["act"]]
    if PUBLIC not in roles:
        if viewer is None:
            raise SignInNeeded
        if SIGNED_IN not in roles and not await run_sync(_may, viewer, handler.opt, request.path_params):
            raise Missing
    if viewer is not None and request.method not in SAFE:
        # Refuses a form without this browser's page token; beside the others' requests, for it may hold a large file.
        await run_sync(forms.read, request, await request.body())


def _may(viewer: Viewer, opt: Mapping[str, Any], parameters: Mapping[str, str]) -> bool:
    find: FindScope | None = opt["scope"]
    if find is None:
        return viewer.may(opt["act"], HOUSE)
    with read() as session:
        return viewer.may(opt["act"], find(session, parameters))


def viewer(request: Visit) -> Viewer | None:
    """Who looks, if somebody is signed in."""
    found: Viewer | None = request.scope.get("viewer")  # type: ignore[assignment]
    return found


def cookie_name() -> str:
    """The name of the session cookie; over https one that no other host and no subfolder can set."""
    return "__Host-planner" if settings().secure else "planner"


def _recognise(token: str) -> Viewer | None:
    with read() as session:
        found = queries.signed_in(session, digest(token))
    moment = now()
    if found is None or not rules.is_alive(
        found.browser.created_at, found.browser.seen_at, found.browser.ended_at, moment
    ):
        return None
    if moment - found.browser.seen_at > rules.SEEN_EVERY:
        _remember_visit(found.browser)
    account = found.account
    csrf = rules.page_token(settings().secret, token)
    return Viewer(account.id or 0, account.name, account.email, account.language, csrf, found.grants)


def _remember_visit(browser: SignedInBrowser) -> None:
    with suppress(OperationalError), write() as session:  # with a full disk one can still read
        if (kept := session.get(SignedInBrowser, browser.id)) is not None:
            kept.seen_at = now()


def unguarded(app: Litestar) -> list[str]:
    """Routes that name no act: there must be none."""
    return [
        f"{handler} {route.path}"
        for route in app.routes
        for handler in getattr(route, "route_handlers", [getattr(route, "route_handler", None)])
        if "act" not in handler.opt and "OPTIONS" not in getattr(handler, "http_methods", ())
    ]
