"""Figures for those who watch the service: how many requests, how long they take, by route and never by address."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector

MEDIA_TYPE = "text/plain; version=0.0.4"
SEVERAL = "PROMETHEUS_MULTIPROC_DIR"
"""Set by `planner serve` when several web processes keep their figures in one folder."""


class Figures(NamedTuple):
    """What is counted and timed."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram


@cache
def figures() -> Figures:
    """The figures of this process, made at its first request: only then is it known whether several share a folder."""
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    return Figures(
        registry,
        Counter("planner_requests", "Requests answered", ("route", "method", "status"), registry=registry),
        Histogram(
            "planner_request_seconds",
            "Time from request to the end of the answer",
            ("route",),
            registry=registry,
            buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
        ),
    )


@dataclass(slots=True)
class Measure:
    """What one request came to."""

    status: int = 500


@contextmanager
def measured(scope: Any) -> Iterator[Measure]:
    """Count and time the request inside; its route is known afterwards, and addresses (with secrets) are not kept."""
    measure = Measure()
    started = time.perf_counter()
    method = scope["method"] if scope["method"] in ("GET", "POST") else "other"
    try:
        yield measure
    finally:
        route = scope.get("path_template") or "none"
        figures().requests.labels(route, method, str(measure.status)).inc()
        figures().seconds.labels(route).observe(time.perf_counter() - started)


def text() -> bytes:
    """The figures in the text format that Prometheus reads, of all web processes together."""
    if SEVERAL not in os.environ:
        return generate_latest(figures().registry)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)
