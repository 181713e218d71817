"""Make the databases, serve them, measure, and say what came of it: `python -m tests.bench [--rounds 5]`."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from planner import clock, db, schema
from planner.settings import settings
from tests.bench import clients, crowd, measure, report
from tests.fixtures import machine
from tests.fixtures.databases import Cluster

CHECKOUT = Path(__file__).parents[2]
PAGE = CHECKOUT / "docs" / "bench.md"
DURABLE = ("max_connections=100", "listen_addresses=")
"""PostgreSQL as it is used, with its writes on the disk when it says so."""


def main() -> None:
    """Measure on every database there is."""
    parser = argparse.ArgumentParser("bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds of slices (5)")
    rounds = max(1, parser.parse_args().rounds)
    if not clients.wrk() and not machine.install(["wrk"]):
        sys.exit("To put load on the server this needs `wrk`. Please install it, as root (Debian: apt install wrk).")
    load, parts = f"{os.getloadavg()[0]:.1f}", []
    for name, found in _measured(rounds):
        parts += [
            f"## {name}",
            report.throughput(found),
            report.arrivals(found),
            report.seconds(found),
            report.editing(found),
        ]
        print(*parts[-5:], sep="\n\n", end="\n\n", flush=True)
    PAGE.write_text(report.document(parts, f"{clock.now():%d %B %Y}", load), encoding="utf-8")
    print(f"Written to {PAGE.relative_to(CHECKOUT)}.")


def _measured(rounds: int) -> Iterator[tuple[str, measure.Figures]]:
    with tempfile.TemporaryDirectory(prefix="planner-bench-") as folder:
        yield "SQLite", _on(f"sqlite:///{folder}/planner.db", rounds)
    try:
        cluster = Cluster(DURABLE)
    except machine.NotThere:
        print("Not on PostgreSQL: its programs are not installed (Debian: apt install postgresql).")
        return
    try:
        yield "PostgreSQL", _on(cluster.create(), rounds)
    finally:
        cluster.stop()


def _on(url: str, rounds: int) -> measure.Figures:
    with tempfile.TemporaryDirectory(prefix="planner-bench-") as folder:
        link = _settled(url, rounds)
        with _served(Path(folder)) as group:
            return measure.figures(_house(link, group), rounds)


def _settled(url: str, rounds: int) -> str:
    """Fill a database and make it the configured one; the address that signs the organiser in."""
    os.environ.update(PLANNER_DATABASE_URL=url, PLANNER_PORT=str(_free_port()), PLANNER_SECRET_KEY="measured")
    settings.cache_clear()
    schema.upgrade()
    db.connect(url)
    link = crowd.settle(measure.doors(rounds))
    db.disconnect()
    return link


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@contextmanager
def _served(folder: Path) -> Iterator[int]:
    """The server with its usual number of processes; the number of their group."""
    process = subprocess.Popen(
        [sys.executable, "-m", "planner", "serve", "--no-worker"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _await_ready(process)
        yield process.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _await_ready(process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(f"{settings().public_url}/ready", trust_env=False).status_code == 200:
                return
        time.sleep(0.1)
    sys.exit("The server did not start.")


def _house(link: str, group: int) -> measure.House:
    organiser = httpx.Client(trust_env=False, timeout=300)
    if organiser.post(link).status_code != 303:
        sys.exit("The organiser could not sign in.")
    return measure.House(settings().public_url, group, organiser)


if __name__ == "__main__":
    main()
