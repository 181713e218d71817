"""Every route names its act, says where, and reads its form through the one door."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import RawBody

from planner import forms
from planner.accounts.guards import HOUSE, Scope, act, unguarded
from planner.accounts.permissions import ACTS, PUBLIC, ROLES, SIGNED_IN
from planner.app import create_app
from planner.web import Visit
from tests.house.reading import dotted, nothing_in, tree

Guard = Callable[[Litestar], list[str]]
Functions = dict[str, ast.FunctionDef | ast.AsyncFunctionDef]
SAFE = {"GET", "HEAD", "OPTIONS"}
PLACES = ("{project", "{meeting")


def routes(app: Litestar) -> Iterator[tuple[str, HTTPRouteHandler]]:
    """Addresses and their handlers; OPTIONS is answered by the framework."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if handler.http_methods != {"OPTIONS"}:
                yield route.path, handler


def nameless(app: Litestar) -> list[str]:
    """Routes whose act is not in the table of acts."""
    return [f"{path} names no known act" for path, handler in routes(app) if handler.opt.get("act") not in ACTS]


def placeless(app: Litestar) -> list[str]:
    """Routes below a project or meeting that ask for a role and do not say in which one."""
    return [
        f"{path} ({handler.opt['act']}) does not say where"
        for path, handler in routes(app)
        if any(place in path for place in PLACES)
        and not ACTS[handler.opt["act"]] & {PUBLIC, SIGNED_IN}
        and not handler.opt.get("scope")
    ]


def unread(app: Litestar) -> list[str]:
    """Handlers that change something without reading their form, or read it past `forms.read`.

    Where nobody comes in without signing in, the application's guard has read it: a button alone needs no more.
    """
    return [
        f"{path} ({_function(handler).__name__}) does not read its form through forms.read"
        for path, handler in routes(app)
        if handler.http_methods - SAFE and not _reads(handler)
    ]


def _function(handler: HTTPRouteHandler) -> Any:
    return getattr(handler.fn, "func", handler.fn)  # a thread's wrapper hides the function


def _reads(handler: HTTPRouteHandler) -> bool:
    function = _function(handler)
    if "body" not in inspect.signature(function).parameters:
        return PUBLIC not in ACTS[handler.opt["act"]]
    module = tree(Path(inspect.getsourcefile(function) or "").read_text())
    functions = {
        node.name: node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    return _comes_to(function.__name__, functions, function.__globals__, set())


def _comes_to(name: str, functions: Functions, names: dict[str, Any], seen: set[str]) -> bool:
    seen.add(name)
    calls = {dotted(node.func) for node in ast.walk(functions[name]) if isinstance(node, ast.Call)}
    if any(_named(call, names) is forms.read for call in calls):
        return True
    return any(_comes_to(call, functions, names, seen) for call in calls & set(functions) - seen)


def _named(call: str, names: dict[str, Any]) -> Any:
    first, *rest = call.split(".")
    found = names.get(first)
    for part in rest:
        found = getattr(found, part, None)
    return found


GUARDS: list[Guard] = [unguarded, nameless, placeless, unread]


@pytest.mark.parametrize("guard", GUARDS)
def test_every_route_names_its_act_and_place_and_reads_its_form(guard: Guard) -> None:
    nothing_in(guard(create_app()))


def test_every_role_of_an_act_is_a_role() -> None:
    assert set().union(*ACTS.values()) <= {*ROLES, PUBLIC, SIGNED_IN}


def _here(_session: object, _path: object) -> Scope:
    return HOUSE


def _past_the_door(request: Visit) -> Response[bytes]:
    return Response(b"")


def _unread(request: Visit, body: RawBody) -> Response[bytes]:
    return Response(body)


def _read(request: Visit, body: RawBody) -> Response[bytes]:
    return _answer(request, body)


def _answer(request: Visit, body: RawBody) -> Response[bytes]:
    forms.read(request, body)
    return Response(b"")


PUBLIC_ACT, DESK_ACT = "registration.register", "registrations.decide"


def _app(routes: list[Any]) -> Litestar:
    return Litestar(routes, openapi_config=None, logging_config=None)


def _page(path: str, **opt: Any) -> Any:
    return get(path, opt=opt, sync_to_thread=False)(_past_the_door)


@pytest.mark.parametrize(
    ("guard", "wrong", "right", "report"),
    [
        (nameless, _page("/x", act="x"), _page("/x", act="public.read"), "/x names no known act"),
        (
            placeless,
            _page("/{project:str}", act=DESK_ACT),
            _page("/{project:str}", act=DESK_ACT, scope=_here),
            "/{project:str} (registrations.decide) does not say where",
        ),
    ],
)
def test_a_route_without_act_or_place_is_found(guard: Guard, wrong: Any, right: Any, report: str) -> None:
    assert guard(_app([right])) == []
    assert guard(_app([wrong])) == [report]


@pytest.mark.parametrize(
    ("wrong", "report"),
    [
        (post("/x", opt=act(PUBLIC_ACT), sync_to_thread=False)(_past_the_door), "_past_the_door"),
        (post("/x", opt=act(PUBLIC_ACT), sync_to_thread=False)(_unread), "_unread"),
        (post("/x", opt=act(DESK_ACT), sync_to_thread=False)(_unread), "_unread"),
    ],
)
def test_a_form_that_is_not_read_is_found(wrong: Any, report: str) -> None:
    right = [
        post("/y", opt=act(PUBLIC_ACT), sync_to_thread=False)(_read),
        post("/z", opt=act(DESK_ACT), sync_to_thread=False)(_past_the_door),
    ]
    assert unread(_app(right)) == []
    assert unread(_app([wrong, *right])) == [f"/x ({report}) does not read its form through forms.read"]


def test_a_route_that_nobody_guards_is_found() -> None:
    with pytest.raises(RuntimeError, match="routes without an act"):
        create_app([get("/x", sync_to_thread=False)(_past_the_door)])
