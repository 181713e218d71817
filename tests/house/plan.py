"""The house as it stands: its rooms in their order, and every source file with the place it belongs to."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

CHECKOUT = Path(__file__).parents[2]
PACKAGE = CHECKOUT / "planner"

DOORS = ("app", "tables", "worker", "cli", "__main__")
"""Files beside the tools that alone may open every room."""

ROOMS = (
    "accounts",
    "consortium",
    "meetings",
    "agenda",
    "visits",
    "registration",
    "invitations",
    "messages",
    "attendance",
    "feeds",
    "reporting",
    "newsletter",
    "overview",
    "api",
    "admin",
    "demo",
)
"""Imports lead only to earlier ones."""


class Source(NamedTuple):
    """One Python file of the package."""

    path: Path
    tree: ast.Module

    @property
    def place(self) -> str:
        """The room it stands in, or `tools`, or `doors`."""
        inside = self.path.relative_to(PACKAGE)
        if len(inside.parts) > 1:
            return inside.parts[0]
        return "doors" if inside.stem in DOORS else "tools"

    @property
    def name(self) -> str:
        """How people call it: planner/agenda/rules.py."""
        return self.path.relative_to(CHECKOUT).as_posix()

    def imports(self) -> Iterator[str]:
        """Every module of the package it imports, wherever in the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "planner":
                yield from (_module(f"{node.module}.{alias.name}") for alias in node.names)
            elif isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names if alias.name.partition(".")[0] == "planner")


def _module(dotted: str) -> str:
    """The module in `planner.db.read` (`planner.db`) or `planner.agenda.rules` (itself)."""
    path = CHECKOUT / dotted.replace(".", "/")
    return dotted if path.is_dir() or path.with_suffix(".py").is_file() else dotted.rpartition(".")[0]


def place_of(module: str) -> str:
    """The place of an imported module, as `Source.place` names places."""
    first = module.split(".")[1] if "." in module else "__init__"
    return first if first in ROOMS else "doors" if first in DOORS else "tools"


def rank(place: str) -> int:
    """Where a place stands in the row: tools first, doors last."""
    return ("tools", *ROOMS, "doors").index(place)


@cache
def sources() -> tuple[Source, ...]:
    """All Python files of the package, by name."""
    return tuple(Source(path, ast.parse(path.read_text())) for path in sorted(PACKAGE.rglob("*.py")))


def templates(kind: str = "*.html") -> list[Path]:
    """All templates of one kind, by name."""
    return sorted((CHECKOUT / "templates").rglob(kind))
