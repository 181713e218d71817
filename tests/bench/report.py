"""What was found, as tables: on the screen and in docs/bench.md."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from tests.bench.clients import CONNECTIONS, Slice
from tests.bench.crowd import DOOR_SEATS, LARGE, SMALL
from tests.bench.measure import BURST, FLOOR, QUEUE, REGISTER, STEADY, Beside, Figures

PAGE = Path(__file__).with_name("page.md")
Row = Sequence[object]


def table(head: Row, rows: Iterable[Row]) -> str:
    """A Markdown table whose columns also line up on a screen; all but the first are figures."""
    lines = [list(map(str, row)) for row in (head, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    rule = ["-" * widths[0], *(f"{'-' * (width - 1)}:" for width in widths[1:])]
    return "\n".join(f"| {' | '.join(_padded(line, widths))} |" for line in [lines[0], rule, *lines[1:]])


def _padded(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        text.rjust(width) if column else text.ljust(width)
        for column, (text, width) in enumerate(zip(line, widths, strict=True))
    ]


def throughput(found: Figures) -> str:
    """Requests in a second beside the floor."""
    every = [one for slices in found.slices.values() for one in slices]
    floor = (
        "floor: " + FLOOR,
        *_slice([one.floor for one in every]),
        f"{_median(every, lambda o: o.floor_cpu):.0f}",
        "1.00",
        "",
    )
    head = ("", "requests/s", "p50 ms", "p99 ms", "CPU µs", "of the floor", "lowest–highest")
    return table(head, [floor, *(_beside(name, slices) for name, slices in found.slices.items())])


def _beside(name: str, slices: Sequence[Beside]) -> Row:
    ratios = sorted(one.found.rate / one.floor.rate for one in slices)
    cpu = _median(slices, lambda one: one.found_cpu)
    wrong = sum(one.found.wrong for one in slices)
    label = f"{name} ({wrong} wrong answers!)" if wrong else name
    spread = f"{ratios[0]:.2f}–{ratios[-1]:.2f}"
    return label, *_slice([one.found for one in slices]), f"{cpu:.0f}", f"{statistics.median(ratios):.2f}", spread


def _slice(slices: Sequence[Slice]) -> tuple[str, str, str]:
    rate, p50, p99 = (_median(slices, lambda s, n=name: getattr(s, n)) for name in ("rate", "p50", "p99"))  # type: ignore[misc]
    return f"{rate:,.0f}", f"{p50:.1f}", f"{p99:.1f}"


def _median(things: Sequence[object], figure: Callable[..., float]) -> float:
    return statistics.median(figure(thing) for thing in things)


def arrivals(found: Figures) -> str:
    """How long people wait for the answer to their form."""
    rows = [
        (f"{STEADY} people, 20 a second", *_arrival(found.steady)),
        (f"{BURST} people in the same moment", *_arrival(found.burst)),
    ]
    return table(("", "registrations/s", "p50 ms", "p99 ms", "wrong answers"), rows)


def _arrival(one: Slice) -> Row:
    return f"{one.rate:.0f}", f"{one.p50:.0f}", f"{one.p99:.0f}", one.wrong


def seconds(found: Figures) -> str:
    """What takes long, at two sizes."""
    head = ("seconds", f"{SMALL} people, 1,000 items", f"{LARGE:,} people, 10,000 items", "growth")
    return table(head, [(name, f"{a:.3f}", f"{b:.3f}", f"× {b / a:.1f}") for name, a, b in found.seconds])


def editing(found: Figures) -> str:
    """What an organiser waits for."""
    head = ("an organiser, alone", "ms", "KB")
    return table(head, [(name, f"{took:.0f}", f"{size / 1000:.0f}") for name, took, size in found.editing])


def machine() -> str:
    """The machine in a line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("granian", "litestar", "sqlalchemy", "psycopg", "typst")
    )
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB, {platform.system()}; Python "
        f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def document(parts: Sequence[str], day: str, load: str) -> str:
    """docs/bench.md with those tables in it."""
    return PAGE.read_text(encoding="utf-8").format(
        machine=machine(), day=day, load=load, parts="\n\n".join(parts), connections=CONNECTIONS, floor=FLOOR,
        queue=QUEUE, register=REGISTER, seats=DOOR_SEATS,
    )  # fmt: skip
