"""Those who ask: `wrk` for pages, and people who each send a form of their own."""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from planner.clock import now
from planner.registration.form_keys import new_key

SCRIPT = Path(__file__).with_name("slice.lua")
CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Slice:
    """What a moment of load came to: requests in a second, milliseconds for half and for 99 in 100, wrong answers."""

    rate: float
    p50: float
    p99: float
    wrong: int


def wrk() -> str:
    """The program `wrk`, or nothing."""
    return shutil.which("wrk") or ""


def browse(address: str, headers: dict[str, str], seconds: int) -> Slice:
    """Ask for one address as fast as the server answers, by 16 connections that stay open."""
    lines = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = [wrk(), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(SCRIPT), *lines, address]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
    return Slice(found["requests"] / found["seconds"], found["p50"], found["p99"], found["wrong"])


def queue(address: str, people: int, at_a_time: int = CONNECTIONS) -> Slice:
    """That many people register, so many at a time, each as soon as another is done."""
    return asyncio.run(_queue(address, people, at_a_time))


def stream(address: str, people: int, per_second: float) -> Slice:
    """That many people register, that many a second, whether the server keeps up or not. Who has to wait because of
    the one before waits all the same: the clock starts when the form should have been sent.
    """
    return asyncio.run(_stream(address, people, per_second))


async def _queue(address: str, people: int, at_a_time: int) -> Slice:
    door = asyncio.Semaphore(at_a_time)

    async def one() -> tuple[float, bool]:
        async with door:
            return await _register(address, time.perf_counter())

    started = time.perf_counter()
    answers = await asyncio.gather(*(one() for _ in range(people)))
    return _summary(answers, time.perf_counter() - started)


async def _stream(address: str, people: int, per_second: float) -> Slice:
    started = time.perf_counter() + 0.05

    async def one(due: float) -> tuple[float, bool]:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        return await _register(address, due)

    answers = await asyncio.gather(*(one(started + number / per_second) for number in range(people)))
    return _summary(answers, time.perf_counter() - started)


def _summary(answers: Sequence[tuple[float, bool]], seconds: float) -> Slice:
    times = [taken * 1000 for taken, _right in answers]
    return Slice(len(answers) / seconds, *centiles(times), sum(not right for _taken, right in answers))


def centiles(times: Iterable[float]) -> tuple[float, float]:
    """What half and what 99 in 100 stay below."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return cuts[49], cuts[98]


def form() -> bytes:
    """What a new person types."""
    name = secrets.token_hex(6)
    return urlencode(
        {
            "form_key": new_key(now() - timedelta(minutes=1)),  # nobody fills in a form at once
            "given": "Ana",
            "family": f"Silva {name}",
            "email": f"{name}@load.example",
            "category": "host_local",
            "organisation": "Municipality",
            "day_1": "on_site",
            "day_2": "on_site",
            "visit_1": "d1-i30",
            "visit_2": "d1-i31",
            "meals": "d1-i20",
        }
    ).encode()


async def _register(address: str, started: float) -> tuple[float, bool]:
    """Seconds since `started` until one form was answered, and whether with a registration of its own."""
    parts, body = urlsplit(address), form()
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = await reader.read()
    writer.close()
    return time.perf_counter() - started, answer.startswith(b"HTTP/1.1 303 ") and b"\r\nlocation: /my/" in answer
