"""What is measured: throughput in rounds beside the floor, registrations as they come, and seconds at two sizes."""

from __future__ import annotations

import os
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from tests.bench.clients import Slice, browse, queue, stream
from tests.bench.crowd import EDITED, LARGE, PROJECT, SMALL

FLOOR = "/health"
"""A constant answer of a few bytes, through the same router, guard and edge as every page."""
QUEUE, STEADY, BURST = 100, 200, 200
"""People who register in one round, in a steady stream of 20 a second, and all at once."""
ONE_BY_ONE = 25
EDITS = 21
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Target:
    """An address that many ask for."""

    name: str
    path: str
    etag: bool = False


PAGES = (
    Target("project home", "/secon"),
    Target("meeting page", "/secon/haskovo-2023"),
    Target("agenda", "/secon/haskovo-2023/agenda"),
    Target("meeting feed", "/secon/haskovo-2023/calendar.ics"),
    Target("meeting feed, nothing new (304)", "/secon/haskovo-2023/calendar.ics", etag=True),
    Target("meeting page, nothing new (304)", "/secon/haskovo-2023", etag=True),
    Target("feed of 1,000 items", f"/{PROJECT}/p{SMALL}/calendar.ics"),
)
REGISTER = "registration (POST, distinct people)"


@dataclass(frozen=True, slots=True)
class Beside:
    """One slice and the slice of the floor just before it; the server's processor time per request in both, in µs."""

    floor: Slice
    found: Slice
    floor_cpu: float
    found_cpu: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was measured on one database."""

    slices: dict[str, list[Beside]]
    steady: Slice
    burst: Slice
    seconds: list[tuple[str, float, float]]
    editing: list[tuple[str, float, int]]


@dataclass(frozen=True, slots=True)
class House:
    """The server that is measured: its address, its group of processes, and a signed-in organiser."""

    address: str
    group: int
    organiser: httpx.Client

    def cpu(self) -> float:
        """Processor seconds that the server's processes used so far."""
        return sum(_used(self.group))


def _used(group: int) -> Iterator[float]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(") ")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(fields[2]) == group:
            yield (int(fields[11]) + int(fields[12])) / _TICK


def doors(rounds: int) -> list[str]:
    """Meetings to register at, each used once: an empty one is the same every time."""
    return [*(f"door-{number}" for number in range(rounds + 1)), "steady", "burst"]


def figures(house: House, rounds: int) -> Figures:
    """Measure everything."""
    slices: dict[str, list[Beside]] = {target.name: [] for target in PAGES} | {REGISTER: []}
    headers = {target.name: _headers(house, target) for target in PAGES}
    for number in range(rounds + 1):  # the first round warms up
        for target in PAGES if number % 2 else reversed(PAGES):
            load = _browsing(house, target, headers[target.name])
            slices[target.name].append(_beside(house, load))
        slices[REGISTER].append(_beside(house, _registering(house, f"door-{number}")))
    kept = {name: found[1:] for name, found in slices.items()}
    steady = stream(_form(house, "steady"), STEADY, 20)
    burst = stream(_form(house, "burst"), BURST, 1e9)
    return Figures(kept, steady, burst, list(_seconds(house)), list(_editing(house)))


def _registering(house: House, meeting: str) -> Callable[[], Slice]:
    return lambda: queue(_form(house, meeting), QUEUE)


def _form(house: House, meeting: str) -> str:
    return f"{house.address}/{PROJECT}/{meeting}/register"


def _headers(house: House, target: Target) -> dict[str, str]:
    """The headers to ask with, after a look at what they bring."""
    headers = {"Accept-Encoding": "gzip"}
    plain = httpx.get(house.address + target.path, headers=headers, trust_env=False)
    plain.raise_for_status()
    if not target.etag:
        return headers
    headers["If-None-Match"] = plain.headers["etag"]
    again = httpx.get(house.address + target.path, headers=headers, trust_env=False)
    if again.status_code != 304:
        raise SystemExit(f"{target.path} answers {again.status_code} to its own entity tag.")
    return headers


def _browsing(house: House, target: Target, headers: dict[str, str]) -> Callable[[], Slice]:
    return lambda: browse(house.address + target.path, headers, 1)


def _beside(house: House, load: Callable[[], Slice]) -> Beside:
    floor, floor_cpu = _with_cpu(house, lambda: browse(house.address + FLOOR, {}, 1))
    found, found_cpu = _with_cpu(house, load)
    return Beside(floor, found, floor_cpu, found_cpu)


def _with_cpu(house: House, load: Callable[[], Slice]) -> tuple[Slice, float]:
    before, started = house.cpu(), time.perf_counter()
    found = load()
    requests = found.rate * (time.perf_counter() - started)
    return found, (house.cpu() - before) / requests * 1e6


def _seconds(house: House) -> Iterator[tuple[str, float, float]]:
    """What takes long, at 300 people with 1,000 items and at ten times that."""
    for name, measured in WORKS:
        yield name, measured(house, f"/{PROJECT}/p{SMALL}"), measured(house, f"/{PROJECT}/p{LARGE}")


def _editing(house: House) -> Iterator[tuple[str, float, int]]:
    """What an organiser waits for most, in milliseconds, with the bytes of the answer: a day opens, an item moves."""
    desk = f"{house.address}/{PROJECT}/{EDITED}/desk/agenda"
    opened = [_asked(lambda: house.organiser.get(f"{desk}?day=2")) for _ in range(EDITS)]
    yield "open a day of the agenda editor", *_middle(opened)
    page = house.organiser.get(f"{desk}?day=2").text
    item, version = _first_in(page, r'id="line-(\d+)"'), int(_first_in(page, r'name="version" value="(\d+)"'))
    form = {"csrf": _first_in(page, r'name="csrf" value="([^"]+)"'), "where": _first_in(page, r'id="block-(\d+)"')}
    seen = {"hx-request": "true", "planner-seen": " ".join(re.findall(r'data-mark="([^"]+)"', page))}

    def move(number: int) -> httpx.Response:
        wish = {"version": str(version + number), "starts": f"09:{(5, 10)[number % 2]:02}", "track": "Track 1"}
        return house.organiser.post(f"{desk}/items/{item}/move?day=2", data={**form, **wish}, headers=seen)

    moved = [_asked(partial(move, number)) for number in range(EDITS)]
    yield "move an item there, the touched lines come back", *_middle(moved)


def _first_in(page: str, pattern: str) -> str:
    found = re.search(pattern, page)
    if found is None:
        raise SystemExit(f"The editor's page has no {pattern}.")
    return found[1]


def _asked(ask: Callable[[], httpx.Response]) -> tuple[float, int]:
    started = time.perf_counter()
    answer = ask().raise_for_status()
    return (time.perf_counter() - started) * 1000, len(answer.content)


def _middle(asked: Sequence[tuple[float, int]]) -> tuple[float, int]:
    """The median time and size, the first left out."""
    return statistics.median(took for took, _size in asked[1:]), int(statistics.median(size for _t, size in asked[1:]))


def _fetched(path: str, times: int = 5) -> Callable[[House, str], float]:
    """Seconds until the organiser has that page, the first time left out."""
    return lambda house, base: statistics.median([_fetch(house, base + path) for _ in range(times + 1)][1:])


def _first(path: str, queries: Sequence[str]) -> Callable[[House, str], float]:
    """Seconds until a visitor has an answer that nobody asked for before, because of another query each time."""
    return lambda house, base: statistics.median(_visit(house, f"{base}{path}?{query}") for query in queries)


def _again(path: str) -> Callable[[House, str], float]:
    return lambda house, base: statistics.median(_visit(house, base + path) for _ in range(20))


def _fetch(house: House, path: str) -> float:
    return _timed(house.organiser, house.address + path)


def _visit(house: House, path: str) -> float:
    with httpx.Client(trust_env=False, timeout=300) as visitor:
        return _timed(visitor, house.address + path)


def _timed(client: httpx.Client, address: str) -> float:
    started = time.perf_counter()
    client.get(address).raise_for_status()
    return time.perf_counter() - started


def _registered(house: House, base: str) -> float:
    """Seconds for one registration after the other, with all those people registered already."""
    return queue(f"{house.address}{base}/register", ONE_BY_ONE, at_a_time=1).p50 / 1000


WORKS: tuple[tuple[str, Callable[[House, str], float]], ...] = (
    ("signature list, PDF of all people", _fetched("/desk/papers/signature-list/1.pdf", 2)),
    ("list of registrations, first page", _fetched("/desk/registrations")),
    ("list of registrations, searched", _fetched("/desk/registrations?q=almeida")),
    ("list of registrations, narrowed", _fetched("/desk/registrations?status=confirmed&category=stakeholder")),
    ("list of registrations as CSV", _fetched("/desk/registrations.csv")),
    ("list of registrations as XLSX", _fetched("/desk/registrations.xlsx")),
    ("desk of the meeting", _fetched("/desk")),
    ("calendar feed, first build", _first("/calendar.ics", ("lang=de", "lang=fr", "lang=ro"))),
    ("calendar feed, later", _again("/calendar.ics")),
    ("agenda page, first rendering", _first("/agenda", ("lang=en", "lang=el", "theme=dark"))),
    ("agenda page, later", _again("/agenda")),
    ("meeting page, first rendering", _first("", ("day=1", "day=2", "day=3"))),
    ("registration with all of them there", _registered),
)
"""Each work with how to measure it; the name says what, the meeting how much."""
