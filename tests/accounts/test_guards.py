"""The guard of every route: who comes in where, and which forms are taken."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.testing import TestClient
from sqlmodel import Session

from planner.accounts import pages
from planner.accounts.guards import act, viewer
from planner.accounts.permissions import HOUSE, Scope
from planner.app import create_app
from planner.errors import Missing
from planner.web import Visit
from tests.accounts.conftest import page_token, sign_in

MEETINGS = {"riga": Scope("meeting", 1, 1), "haskovo": Scope("meeting", 2, 1), "elsewhere": Scope("meeting", 3, 9)}


def meeting(_session: Session, path: Mapping[str, str]) -> Scope:
    if path["slug"] not in MEETINGS:
        raise Missing
    return MEETINGS[path["slug"]]


@get("/m/{slug:str}", opt=act("registrations.read", meeting), sync_to_thread=False)
def desk(request: Visit, slug: FromPath[str]) -> Response[bytes]:
    found = viewer(request)
    return Response(found.name.encode() if found else b"", media_type="text/plain")


@post("/m/{slug:str}", opt=act("registrations.decide", meeting), sync_to_thread=False)
def decide(slug: FromPath[str]) -> Response[bytes]:
    return Response(b"decided", media_type="text/plain")


@get("/house", opt=act("operations.read"), sync_to_thread=False)
def house() -> Response[bytes]:
    return Response(b"", media_type="text/plain")


@pytest.fixture
def client(sqlite_database: str) -> Iterator[TestClient[Any]]:
    """A visitor of a small application with a desk for each meeting."""
    app = create_app([*pages.ROUTES, desk, decide, house])
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as visitor:
        visitor.follow_redirects = False
        yield visitor


PATHS = ("/m/riga", "/m/haskovo", "/m/elsewhere", "/m/nowhere", "/house")


@pytest.mark.parametrize(
    ("role", "scope", "statuses"),
    [
        (None, HOUSE, [404, 404, 404, 404, 404]),
        ("administrator", HOUSE, [200, 200, 200, 404, 200]),
        ("organiser", HOUSE, [200, 200, 200, 404, 404]),
        ("organiser", Scope("project", 1, 1), [200, 200, 404, 404, 404]),
        ("controller", Scope("project", 9, 9), [404, 404, 200, 404, 404]),
        ("reception", Scope("meeting", 2, 1), [404, 200, 404, 404, 404]),
        ("reception", Scope("meeting", 9, 1), [404, 404, 404, 404, 404]),
        ("administrator", Scope("project", 1, 1), [200, 200, 404, 404, 404]),
    ],
)
def test_a_role_opens_its_own_places_and_others_do_not_exist(
    client: TestClient[Any], appoint: Callable[..., None], role: str | None, scope: Scope, statuses: list[int]
) -> None:
    if role:
        appoint(role, scope)
    sign_in(client)
    assert [client.get(path).status_code for path in PATHS] == statuses


def test_a_stranger_learns_nothing_about_what_exists(client: TestClient[Any]) -> None:
    answers = [client.get(path) for path in PATHS]
    assert {answer.status_code for answer in answers} == {303}
    assert all(answer.headers["location"].startswith("/sign-in?next=") for answer in answers)


def test_a_role_for_reading_decides_nothing(client: TestClient[Any], appoint: Callable[..., None]) -> None:
    appoint("reception")
    sign_in(client)
    assert client.post("/m/riga", data={"csrf": page_token(client)}).status_code == 404


def test_the_guard_refuses_a_form_even_if_its_handler_never_reads_it(
    client: TestClient[Any], appoint: Callable[..., None]
) -> None:
    appoint("organiser")
    sign_in(client)
    assert client.post("/m/riga").status_code == 403
    assert client.post("/m/riga", data={"csrf": page_token(client)}).status_code == 201


def test_a_role_taken_away_counts_at_once(
    client: TestClient[Any], appoint: Callable[..., None], take_away: Callable[[], None]
) -> None:
    appoint("organiser")
    sign_in(client)
    assert client.get("/m/riga").text == "Ana"
    take_away()
    assert client.get("/m/riga").status_code == 404


def test_options_name_methods_and_nothing_else(client: TestClient[Any]) -> None:
    answer = client.options("/m/riga")
    assert (answer.status_code, answer.content) == (204, b"")


def test_an_unknown_act_is_refused_when_the_route_is_written() -> None:
    with pytest.raises(KeyError):
        act("meetings.frobnicate")
