"""Imports and foreign keys lead only to earlier rooms. There is no list of exceptions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Container, Iterable, Mapping

import pytest

from planner.tables import metadata
from tests.house.reading import dotted, nothing_in, sources, tree

ROOMS = (
    "accounts", "consortium", "meetings", "agenda", "materials", "imports", "visits", "questions", "registration",
    "allocation", "own", "delegations", "roster", "invitations", "messages", "attendance", "hosting", "feeds",
    "reporting", "newsletter", "overview", "api", "admin", "demo",
)  # fmt: skip
DOORS = ("app", "tables", "worker", "cli", "__main__")
TOOLS, STREET = 0, len(ROOMS) + 1
KINDS = ("tables", "rules", "calendar", "queries", "letters", "papers", "actions", "chores", "forms", "pages")
RANK = {kind: place for place, kind in enumerate(KINDS)} | {"papers": KINDS.index("letters")}

Found = dict[str, set[str]]
Guard = Callable[[Mapping[str, str]], list[str]]


def imports(known: Mapping[str, str]) -> Found:
    """Which modules of the house each module imports."""
    return {name: set(_targets(tree(source), known)) for name, source in known.items()}


def _targets(module: ast.Module, known: Mapping[str, str]) -> Iterable[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("planner"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("planner"):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else str(node.module)


def place(module: str) -> tuple[int, str]:
    """Where a module stands in the row, and the room it is in."""
    parts = module.split(".")
    if len(parts) > 1 and parts[1] in ROOMS:
        return ROOMS.index(parts[1]) + 1, parts[1]
    return (STREET, "the doors") if len(parts) > 1 and parts[1] in DOORS else (TOOLS, "the tools")


def backward(known: Mapping[str, str]) -> list[str]:
    """Imports that lead to a later room."""
    return [
        f"{name} ({place(name)[1]}) imports {target} ({place(target)[1]})"
        for name, targets in imports(known).items()
        for target in sorted(targets)
        if place(target)[0] > place(name)[0]
    ]


def unplanned(known: Mapping[str, str]) -> list[str]:
    """Folders that are no room of the plan."""
    folders = {name.split(".")[1] for name in known if name.count(".") > 1}
    return [f"planner/{folder}/ is no room of the plan" for folder in sorted(folders - set(ROOMS))]


def hidden(known: Mapping[str, str]) -> list[str]:
    """Imports that are not at the top of their file, or hide behind a call or a dot."""
    return [
        f"{name}:{node.lineno} imports where nobody looks"
        for name, source in known.items()
        for node in ast.walk(tree(source))
        if _is_hidden(node, tree(source))
    ]


def _is_hidden(node: ast.AST, module: ast.Module) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return node not in module.body or bool(isinstance(node, ast.ImportFrom) and node.level)
    return isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in ("import_module", "__import__")


def circles(known: Mapping[str, str]) -> list[str]:
    """Modules that import each other, directly or around corners."""
    found = imports(known)
    return [f"{name} imports itself by way of others" for name in found if name in _reached(name, found)]


def _reached(start: str, found: Found, through: Iterable[str] | None = None) -> set[str]:
    seen: set[str] = set()
    ahead = list(found[start])
    while ahead:
        if (name := ahead.pop()) not in seen:
            seen.add(name)
            ahead.extend(found.get(name, ()) if through is None or name in through else ())
    return seen


def disordered(known: Mapping[str, str]) -> list[str]:
    """Files of a room that import a later kind of file, be it by way of files with names of their own."""
    found = imports(known)
    others = {name for name in known if _kind(name) not in RANK}
    return [
        f"{name} reaches {target}"
        for name in found
        if _kind(name) in RANK
        for target in sorted(_reached(name, found, others))
        if _kind(target) in RANK and place(target) == place(name) and RANK[_kind(target)] >= RANK[_kind(name)]
    ]


def _kind(module: str) -> str:
    parts = module.split(".")
    return parts[2] if len(parts) == 3 and parts[1] in ROOMS else ""


GUARDS = [backward, unplanned, hidden, circles, disordered]


@pytest.mark.parametrize("guard", GUARDS)
def test_corridors_lead_one_way(guard: Guard) -> None:
    nothing_in(guard(sources()))


FINE = {
    "planner.clock": "import os",
    "planner.db": "from planner import clock",
    "planner.accounts": "",
    "planner.accounts.rules": "from planner.clock import now",
    "planner.accounts.guards": "from planner.accounts.rules import x",
    "planner.accounts.pages": "from planner.accounts import guards, rules",
    "planner.visits.rules": "from planner.accounts.guards import x",
    "planner.app": "from planner.visits import rules",
}
FAULTS = [
    (backward, {"clock": "import planner.accounts.rules"}, "clock (the tools) imports accounts.rules (accounts)"),
    (backward, {"accounts.rules": "from planner.visits import rules"},
     "accounts.rules (accounts) imports visits.rules (visits)"),
    (backward, {"visits.rules": "from planner.app import x"}, "visits.rules (visits) imports app (the doors)"),
    (unplanned, {"helpers.text": ""}, "planner/helpers/ is no room of the plan"),
    (hidden, {"db": "def f():\n    import os"}, "db:2 imports where nobody looks"),
    (hidden, {"db": "if TYPE_CHECKING:\n    import os"}, "db:2 imports where nobody looks"),
    (hidden, {"db": "importlib.import_module('os')"}, "db:1 imports where nobody looks"),
    (hidden, {"db": "from . import clock"}, "db:1 imports where nobody looks"),
    (circles, {"clock": "from planner import db"}, "clock imports itself by way of others"),
    (disordered, {"accounts.rules": "from planner.accounts.pages import x"}, "accounts.rules reaches accounts.pages"),
    (disordered, {"accounts.rules": "import planner.accounts.my", "accounts.my": "import planner.accounts.pages"},
     "accounts.rules reaches accounts.pages"),
    (disordered, {"accounts.letters": "import planner.accounts.papers", "accounts.papers": ""},
     "accounts.letters reaches accounts.papers"),
]  # fmt: skip
"""What is planted, and what the guard says; modules without `planner.` in front."""


@pytest.mark.parametrize(("guard", "planted", "report"), FAULTS)
def test_a_wrong_corridor_is_found(guard: Guard, planted: dict[str, str], report: str) -> None:
    assert guard(FINE) == []
    found = guard(FINE | {f"planner.{name}": source for name, source in planted.items()})
    assert report in [line.replace("planner.", "") for line in found]


def backward_keys(keys: Iterable[tuple[str, str]], rooms: Mapping[str, str]) -> list[str]:
    """Foreign keys (from table, to table) that point to a later room; `rooms` says where each table lives."""
    return [
        f"{table} ({rooms[table]}) points to {target} ({rooms[target]})"
        for table, target in keys
        if place(rooms[target])[0] > place(rooms[table])[0]
    ]


def unopened(rooms: Mapping[str, str], known: Container[str]) -> list[str]:
    """Tables that planner/tables.py does not open: the first question to them would fail."""
    return [
        f"{module} has the table {table}, unknown to planner.tables"
        for table, module in rooms.items()
        if table not in known
    ]


def test_foreign_keys_point_to_earlier_rooms() -> None:
    rooms = {table: module for module, source in sources().items() for table in _tables(tree(source))}
    keys = [(name, key.column.table.name) for name, table in metadata.tables.items() for key in table.foreign_keys]
    nothing_in(unopened(rooms, metadata.tables))
    nothing_in(backward_keys(keys, rooms))


def _tables(module: ast.Module) -> Iterable[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef) and any(keyword.arg == "table" for keyword in node.keywords):
            names = [
                line.value.value
                for line in node.body
                if isinstance(line, ast.Assign)
                and isinstance(line.value, ast.Constant)
                and dotted(line.targets[0]) == "__tablename__"
            ]
            yield str(names[0]) if names else node.name.lower()


def test_a_foreign_key_to_a_later_room_is_found() -> None:
    rooms = {"meeting": "planner.meetings.tables", "registration": "planner.registration.tables"}
    assert backward_keys([("registration", "meeting")], rooms) == []
    assert unopened(rooms, rooms) == []
    assert unopened(rooms, {"registration"}) == [
        "planner.meetings.tables has the table meeting, unknown to planner.tables"
    ]
    assert backward_keys([("meeting", "registration")], rooms) == [
        "meeting (planner.meetings.tables) points to registration (planner.registration.tables)"
    ]
