"""The door: whoever comes, and with whatever, gets a clear answer and never a 5xx."""

import asyncio
import gzip
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from httpx import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Response, get, post
from litestar.params import RawBody
from litestar.testing import TestClient
from sqlalchemy import text

from planner import db, metrics
from planner.accounts.guards import act
from planner.app import LARGEST_BODY, create_app
from planner.errors import Damaged, Forbidden, Missing, Refusal, Stale
from planner.templates import assets
from planner.web import Visit

SECRET = "the secret of the house"


@get("/broken", opt=act("public.read"), sync_to_thread=False)
def broken(request: Visit) -> Response[bytes]:
    raise RuntimeError(SECRET)


@get("/away", opt=act("public.read"), sync_to_thread=False)
def away(request: Visit) -> Response[bytes]:
    with db.read() as session:
        session.connection().execute(text("SELECT 1 FROM nowhere WHERE email = :email"), {"email": SECRET})
    return Response(b"")


@get("/refused", opt=act("public.read"), sync_to_thread=False)
def refused(request: Visit) -> Response[bytes]:
    kind = request.query_params["kind"]
    raise {"refusal": Refusal, "stale": Stale, "damaged": Damaged, "forbidden": Forbidden, "missing": Missing}[kind](
        "The bus is full."
    )


@get("/desk", opt=act("desk.read"), sync_to_thread=False)
def desk(request: Visit) -> Response[bytes]:
    return Response(b"", media_type="text/html")


@post("/desk", opt=act("desk.read"), sync_to_thread=False)
def desk_form(request: Visit, body: RawBody) -> Response[bytes]:
    return Response(body, media_type="text/html")


ROUTES = [broken, away, refused, desk, desk_form]


@pytest.fixture
def visitor(sqlite_database: str) -> Any:
    """A visitor of an application whose routes go wrong in every way."""
    app = create_app(ROUTES)
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        client.follow_redirects = False
        yield client


def test_what_we_did_wrong_shows_a_number_and_no_details(visitor: Client, capsys: pytest.CaptureFixture[str]) -> None:
    answer = visitor.get("/broken")
    assert answer.status_code == 500
    assert SECRET not in answer.text and "RuntimeError" not in answer.text
    incident = re.search(r"name the mark ([0-9a-f]{8})\.", answer.text)
    assert incident is not None
    assert incident[1] in capsys.readouterr().err


def test_logs_hold_no_values_and_no_addresses(visitor: Client, capsys: pytest.CaptureFixture[str]) -> None:
    visitor.get("/broken?token=abc123")
    visitor.get("/away")
    log = capsys.readouterr().err
    assert [json.loads(line)["route"] for line in log.splitlines()] == ["/broken", "/away"]
    assert "abc123" not in log
    assert SECRET not in log.replace(f"RuntimeError: {SECRET}", "")


def test_a_database_that_is_away_asks_to_come_back(visitor: Client) -> None:
    answer = visitor.get("/away")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


@pytest.mark.parametrize(
    ("kind", "status", "sentence"),
    [
        ("refusal", 422, "The bus is full."),
        ("stale", 409, "The bus is full."),
        ("damaged", 400, "The bus is full."),
        ("forbidden", 403, "The bus is full."),
        ("missing", 404, "There is no such page"),
    ],
)
def test_each_no_has_its_status_and_sentence(visitor: Client, kind: str, status: int, sentence: str) -> None:
    answer = visitor.get(f"/refused?kind={kind}")
    assert answer.status_code == status
    assert sentence in answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_broken_error_page_still_answers(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def render(*_arguments: object, **_named: object) -> str:
        raise ValueError(SECRET)

    monkeypatch.setattr("planner.web.render", render)
    answer = visitor.get("/broken")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/plain; charset=utf-8")
    assert SECRET not in answer.text


def test_a_stranger_is_asked_to_sign_in_and_brought_back(visitor: Client) -> None:
    answer = visitor.get("/desk?status=waiting&page=2")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fdesk%3Fstatus%3Dwaiting%26page%3D2"


def test_a_fragment_asks_to_sign_in_by_its_whole_page(visitor: Client) -> None:
    current = {"hx-request": "true", "hx-current-url": "http://127.0.0.1:8000/secon/desk?page=2"}
    answer = visitor.get("/desk", headers=current)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in?next=%2Fsecon%2Fdesk%3Fpage%3D2")


@pytest.mark.parametrize("referer", ["http://[", "", "x", "//evil.example/a", "http://127.0.0.1:8000/desk"])
def test_a_form_of_a_stranger_leads_to_the_sign_in_page(visitor: Client, referer: str) -> None:
    answer = visitor.post("/desk", headers={"referer": referer})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=")


def test_errors_speak_the_readers_language(client: Client) -> None:
    for wish in ({"accept-language": "el-GR,el;q=0.9,en;q=0.5"}, {"cookie": "language=el"}):
        assert '<html lang="el"' in client.get("/no/such/page/here", headers=wish).text
    assert '<html lang="en"' in client.get("/no/such/page/here").text


@pytest.mark.parametrize("path", ["/%00", "/a%0db", "/%ff", "/%c3%28", "/%ed%a0%80", "/secon?q=%00", "/?%ff", "/%01"])
def test_a_damaged_address_is_told_so(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert "damaged" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/%zz",
        "/%",
        "//evil.example/%2f..",
        "/" + "a" * 5000,
        "/a/b/c/d/e/f/g",
        "/..%2f..%2fetc/passwd",
        "/🙂",
        "/%F0%9F%99%82",
    ],
)
def test_a_strange_address_is_a_page_that_does_not_exist(client: Client, path: str) -> None:
    answer = client.get(f"http://127.0.0.1:8000{path}")
    assert answer.status_code == 404
    assert 'href="//' not in answer.text


def test_pasted_control_characters_in_a_question_are_no_fault(client: Client) -> None:
    assert client.get("/sign-in?next=%09%0a%7f").status_code == 200


async def _ask(app: Any, scope: dict[str, Any]) -> int:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return int(sent[0]["status"])


@pytest.fixture
def application(sqlite_database: str) -> Any:
    """The application as a server calls it."""
    return create_app()


def _scope(method: str, path: str, query: bytes, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8", "surrogatepass"),
        "query_string": query,
        "root_path": "",
        "headers": headers,
        "client": ("192.0.2.1", 1),
        "server": ("127.0.0.1", 8000),
    }


_VALUES = st.binary(max_size=30).filter(lambda value: not set(value) & set(b"\r\n"))
_NAMES = st.sampled_from(
    b"cookie accept-language accept-encoding origin sec-fetch-site host if-none-match if-modified-since referer "
    b"hx-request hx-current-url content-type content-length".split()
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW", ""]),
    path=st.one_of(
        st.sampled_from(["/sign-in", "/sign-out", "/health", "/sign-in/x", "/static/-/css/base.css", "/robots.txt"]),
        st.text(max_size=20).map("/{}".format),
    ),
    query=st.binary(max_size=30),
    headers=st.lists(st.tuples(_NAMES, _VALUES), max_size=4),
)
def test_no_request_whatever_gives_a_5xx(
    application: Any, method: str, path: str, query: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    status = asyncio.run(_ask(application, _scope(method, path, query, headers)))
    assert 200 <= status < 500


def test_bodies_have_a_limit(client: Client) -> None:
    answer = client.post("/sign-in", content=b"email=" + b"a" * LARGEST_BODY)
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_a_wrong_method_names_the_right_ones(client: Client) -> None:
    answer = client.put("/sign-in")
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))


@pytest.mark.parametrize("path", ["/sign-in", "/health", "/robots.txt", "/nothing/at/all", "/static/-/css/base.css"])
def test_head_is_get_without_a_body(client: Client, path: str) -> None:
    whole, head = client.get(path), client.head(path)
    assert head.status_code == whole.status_code
    assert head.content == b""
    assert head.headers == whole.headers


@pytest.mark.parametrize("path", ["/sign-in", "/nothing/at/all", "/%00", "/static/-/css/base.css", "/health"])
def test_every_answer_is_guarded(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in headers


def test_https_is_promised_when_it_is_configured(
    clients: Callable[[], Client], sqlite_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_BASE_URL", "https://meetings.example.org")
    db.settings.cache_clear()
    with TestClient(create_app()) as visitor:
        assert visitor.get("/health").headers["strict-transport-security"] == "max-age=31536000"


def test_a_wish_for_language_and_colours_is_remembered(client: Client) -> None:
    answer = client.get("/sign-in?lang=el&theme=dark")
    assert '<html lang="el" data-theme="dark">' in answer.text
    assert '<html lang="el" data-theme="dark">' in client.get("/sign-in").text
    assert "set-cookie" not in client.get("/sign-in?lang=el&theme=dark").headers


@pytest.mark.parametrize("query", ["lang=xx&theme=pink", "lang=&theme=", "lang=el%0d%0aset-cookie:x", "lang[]=el"])
def test_a_strange_wish_is_none(client: Client, query: str) -> None:
    answer = client.get(f"/sign-in?{query}")
    assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)


def test_a_static_file_is_kept_for_ever_under_its_own_address(client: Client) -> None:
    css = assets()["css/base.css"]
    answer = client.get(css.address, headers={"accept-encoding": "gzip"})
    assert (answer.status_code, answer.content) == (200, css.plain)
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert gzip.decompress(css.gzipped) == css.plain
    again = client.get(css.address, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_old_pages_static_file_is_todays_and_checked_again(client: Client) -> None:
    answer = client.get("/static/0a1b2c3d4e5f/css/base.css", headers={"accept-encoding": "gzip;q=0"})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    assert answer.content == assets()["css/base.css"].plain
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("name", ["css/nothing.css", "../app.py", "%2e%2e/app.py", "css", "", "css/base.css/"])
def test_there_are_no_other_static_files(client: Client, name: str) -> None:
    assert client.get(f"http://127.0.0.1:8000/static/x/{name}").status_code in (200, 404)
    assert b"import" not in client.get(f"http://127.0.0.1:8000/static/x/{name}").content[:200]


def test_search_engines_may_read_and_calendars_are_never_forbidden(client: Client) -> None:
    rules = client.get("/robots.txt").text
    assert "Disallow: /\n" not in rules
    assert ".ics" not in rules and "/calendars" not in rules


def test_the_process_says_that_it_lives_and_is_ready(client: Client) -> None:
    assert (client.get("/health").text, client.get("/ready").text) == ("alive\n", "ready\n")
    assert client.get("/favicon.ico").headers["content-type"].startswith("image/")


def test_a_database_without_tables_is_not_ready(client: Client, tmp_path: Any) -> None:
    db.connect(f"sqlite:///{tmp_path / 'bare.db'}")
    answer = client.get("/ready")
    assert (answer.status_code, answer.text) == (503, "database not migrated\n")


def test_a_database_that_is_away_is_not_ready(client: Client) -> None:
    db.connect("postgresql://planner@127.0.0.1:1/nothing")
    answer = client.get("/ready")
    assert (answer.status_code, answer.text) == (503, "database away\n")


def test_figures_are_for_administrators_and_this_machine(application: Any) -> None:
    near = _scope("GET", "/metrics", b"", [(b"host", b"127.0.0.1")]) | {"client": ("127.0.0.1", 9)}
    relayed = near | {"headers": [(b"host", b"127.0.0.1"), (b"x-forwarded-for", b"192.0.2.1")]}
    far = near | {"client": ("192.0.2.1", 9)}
    assert [asyncio.run(_ask(application, dict(scope))) for scope in (near, relayed, far)] == [200, 404, 404]


def test_figures_count_routes_and_never_addresses(client: Client) -> None:
    client.get("/sign-in/secret-of-a-link")
    figures = metrics.text().decode()
    assert 'planner_requests_total{method="GET",route="/sign-in/{token}",status="410"}' in figures
    assert "secret-of-a-link" not in figures
