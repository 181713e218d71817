"""The addresses that the world may rely on, in the demo; and every block of their pages by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from httpx import Client, Response
from jinja2 import nodes

from planner import templates, web
from tests.house.demo import NEXT, PAST, desk_page, own_page, sign_in
from tests.house.reading import nothing_in
from tests.house.test_templates import FRAME

HTML, PDF, CALENDAR, JSON, PLAIN = "text/html", "application/pdf", "text/calendar", "application/json", "text/plain"

PROMISED = [
    ("/", 303, ""),
    ("/secon", 200, HTML),
    ("/secon/calendar.ics", 200, CALENDAR),
    (PAST, 200, HTML),
    (f"{PAST}/agenda", 200, HTML),
    (f"{PAST}/agenda.pdf", 200, PDF),
    (f"{PAST}/agenda.json", 200, JSON),
    (f"{PAST}/agenda.xml", 200, "application/xml"),
    (f"{PAST}/visits", 200, HTML),
    (f"{PAST}/practical", 200, HTML),
    (f"{PAST}/documents", 200, HTML),
    (f"{PAST}/report", 200, HTML),
    (f"{PAST}/changes", 200, HTML),
    (f"{PAST}/calendar.ics", 200, CALENDAR),
    (f"{PAST}/agenda/d1-welcome.ics", 200, CALENDAR),
    ("/secon/harghita-2024", 200, HTML),
    (f"{NEXT}/register", 200, HTML),
    (f"{NEXT}/register/link", 200, HTML),
    (f"{NEXT}/privacy", 200, HTML),
    ("/health", 200, PLAIN),
    ("/ready", 200, PLAIN),
    ("/sign-in", 200, HTML),
    ("/robots.txt", 200, PLAIN),
]
"""Address, status and kind of what comes: stable for years, since feeds live in other people's calendars."""

OWN = [
    ("", 200, HTML),
    ("/change", 200, HTML),
    ("/withdrawal", 200, HTML),
    ("/data.json", 200, JSON),
    ("/documents", 200, HTML),
    ("/data", 200, HTML),
    ("/ticket", 200, HTML),
    ("/ticket.pdf", 200, PDF),
    ("/calendar.ics", 200, CALENDAR),
    ("/erasure", 200, HTML),
    ("/notice", 200, HTML),
]
"""The same below /my/ and the secret of a registration."""

BEHIND = [
    (f"{PAST}/desk", 200, HTML),
    (f"{PAST}/desk/registrations", 200, HTML),
    (f"{PAST}/desk/registrations.csv", 200, "text/csv"),
    (f"{PAST}/desk/papers", 200, HTML),
    (f"{NEXT}/desk/delegations", 200, HTML),
    (f"{NEXT}/desk/invitations", 200, HTML),
    (f"{NEXT}/desk/invitations/new", 200, HTML),
    (f"{NEXT}/desk/invitations/new?from=list", 200, HTML),
    (f"{PAST}/desk/retention", 200, HTML),
    (f"{PAST}/desk/erasures", 200, HTML),
    (f"{PAST}/desk/privacy-notice", 200, HTML),
    ("/secon/desk/archive-date", 200, HTML),
    (f"{PAST}/desk/documents", 200, HTML),
    (f"{PAST}/desk/agenda", 200, HTML),
    (f"{PAST}/desk/agenda?day=2", 200, HTML),
    (f"{PAST}/desk/agenda/preview", 200, HTML),
    (f"{PAST}/desk/agenda/days/new", 200, HTML),
    (f"{PAST}/desk/agenda/blocks/new", 200, HTML),
    (f"{PAST}/desk/agenda/import", 200, HTML),
    (f"{PAST}/desk/agenda/import/template.csv", 200, "text/csv"),
    (f"{PAST}/desk/papers/overview.pdf", 200, PDF),
    (f"{PAST}/desk/speakers", 200, HTML),
    (f"{PAST}/desk/speakers/new", 200, HTML),
    (f"{PAST}/desk/speakers/1", 200, HTML),
    ("/secon/desk", 200, HTML),
    (f"{PAST}/desk/agenda/tracks", 200, HTML),
    ("/secon/desk/meetings/new", 200, HTML),
    (f"{PAST}/desk/clone", 200, HTML),
    (f"{PAST}/desk/cancellation", 200, HTML),
    (f"{PAST}/desk/settings", 200, HTML),
    (f"{PAST}/desk/texts", 200, HTML),
    (f"{PAST}/desk/places", 200, HTML),
    (f"{PAST}/desk/registration-form", 200, HTML),
    (f"{PAST}/desk/team", 200, HTML),
    (f"{PAST}/desk/publication", 200, HTML),
    (f"{PAST}/desk/publication/5", 200, HTML),
    (f"{PAST}/desk/documents.zip", 404, HTML),
    (f"{PAST}/desk/visits", 200, HTML),
    (f"{NEXT}/desk/allocation", 200, HTML),
    (f"{PAST}/desk/papers/agenda-partners.pdf", 200, PDF),
    (f"{PAST}/desk/papers/door-sheets.pdf", 200, PDF),
]
"""The same for an organiser who is signed in; to anybody else they are not there."""


def own() -> list[tuple[str, int, str]]:
    """The addresses of somebody's own registration."""
    start = own_page()
    return [(start + path, status, kind) for path, status, kind in OWN]


def behind() -> list[tuple[str, int, str]]:
    """The addresses at the desk, one registration among them."""
    return [*BEHIND, (desk_page(), 200, HTML)]


def unkept(client: Client, promised: list[tuple[str, int, str]]) -> list[str]:
    """Addresses that answer otherwise than promised."""
    faults = []
    for address, status, kind in promised:
        answer = client.get(address)
        given = answer.headers.get("content-type", "").partition(";")[0] if kind else ""
        if (answer.status_code, given) != (status, kind):
            faults.append(f"{address} gave {answer.status_code} {given} instead of {status} {kind}")
    return faults


@pytest.mark.usefixtures("demo_sqlite")
def test_promised_addresses_are_kept(client: Client) -> None:
    nothing_in(unkept(client, [*PROMISED, *own()]))
    nothing_in([f"{address} is open to all" for address, *_ in behind() if client.get(address).status_code != 303])
    sign_in(client)
    nothing_in(unkept(client, behind()))


@pytest.mark.usefixtures("demo_sqlite")
def test_an_address_that_is_gone_is_found(client: Client) -> None:
    assert unkept(client, [("/secon/nowhere", 200, HTML), ("/health", 200, PDF), ("/health", 200, PLAIN)]) == [
        "/secon/nowhere gave 404 text/html instead of 200 text/html",
        "/health gave 200 text/plain instead of 200 application/pdf",
    ]


Shown = tuple[str, Mapping[str, Any]]


def dependent(shown: list[Shown]) -> list[str]:
    """Blocks of pages that cannot be rendered by themselves with what their page got."""
    return [
        f"{name} block {block}: {fault}"
        for name, context in shown
        for block in _blocks(name)
        if (fault := _alone(name, context, block))
    ]


def _blocks(name: str) -> list[str]:
    environment = templates.pages()
    source = environment.loader.get_source(environment, name)[0] if environment.loader else ""
    found = environment.parse(source).find_all(nodes.Block)
    return [block.name for block in found if block.name not in FRAME and not block.scoped]


def _alone(name: str, context: Mapping[str, Any], block: str) -> str:
    try:
        templates.render(name, context, block=block)
    except Exception as error:  # whatever it is, it is what the test is about
        return repr(error)
    return ""


@pytest.mark.usefixtures("demo_sqlite")
def test_every_block_of_a_page_renders_alone(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Shown] = []

    def render(template: str, context: Mapping[str, Any], *, block: str = "") -> str:
        shown.append((template, context))
        return templates.render(template, context, block=block)

    monkeypatch.setattr(web, "render", render)
    pages = [address for address, _status, kind in [*PROMISED, *own()] if kind == HTML]
    for address in pages:
        client.get(address)
    sign_in(client)
    for address in [*pages, *(address for address, _status, kind in behind() if kind == HTML)]:
        client.get(address)
    assert len({name for name, _context in shown}) > 8
    nothing_in(dependent(shown))


def test_a_block_that_needs_its_page_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    page = "{% set x = 1 %}{% block good %}{{ y }}{% endblock %}{% block bad %}{{ x }}{% endblock %}"
    (tmp_path / "p.html").write_text(page)
    loader = templates.FileSystemLoader(tmp_path)
    monkeypatch.setattr(templates.pages(), "loader", loader)
    assert dependent([("p.html", {"y": 2})]) == ["p.html block bad: UndefinedError(\"'x' is undefined\")"]


def different(address: str, plain: Response, part: Response) -> list[str]:
    """How the answer to htmx differs where it must not, and whole pages without their one heading."""
    faults = []
    if plain.status_code != part.status_code:
        faults.append(f"{address} gave {plain.status_code}, and {part.status_code} to htmx")
    if plain.status_code == 200 and len(re.findall(r"<h1\b", plain.text)) != 1:
        faults.append(f"{address} has not exactly one h1")
    return faults


@pytest.mark.usefixtures("demo_sqlite")
def test_pages_answer_with_and_without_scripts_alike(client: Client) -> None:
    sign_in(client)
    faults = []
    for address, _status, kind in [*PROMISED, *own(), *behind()]:
        if kind == HTML:
            faults += different(address, client.get(address), client.get(address, headers={"HX-Request": "true"}))
    nothing_in(faults)


def test_a_page_that_differs_for_htmx_is_found() -> None:
    page = Response(200, text="<h1>Agenda</h1>")
    assert different("/x", page, Response(200, text="<p>")) == []
    assert different("/x", page, Response(500)) == ["/x gave 200, and 500 to htmx"]
    assert different("/x", Response(200, text="<p>"), page) == ["/x has not exactly one h1"]
