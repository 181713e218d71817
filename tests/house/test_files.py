"""Files: few, small, named after what they are, explained, and without a trace of where they were written."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping

import pytest

from tests.house.reading import CHECKOUT, nothing_in, sources, tracked, tree

Guard = Callable[[Mapping[str, str]], list[str]]

LONGEST = 300
TOP = {
    "pyproject.toml", "planner", "templates", "tests", "migrations", "Makefile", "README.md", "CHANGELOG.md", "LICENSE",
    "docs", ".ci", ".gitignore", "package.json", "package-lock.json", "requirements.txt", "requirements-dev.txt",
    "requirements-node.txt", "requirements-setup.txt",
}  # fmt: skip
VAGUE = {"util", "utils", "helper", "helpers", "common", "misc", "lib", "shared", "base", "core", "tools", "stuff"}
HOSTS = [
    r"\bpypi\b", r"pythonhosted", r"npmjs", r"\bunpkg\b", r"jsdelivr", r"yarnpkg", r"crates\.io", r"rubygems",
    r"proxy\.golang", r"(?<![\w.])/(work|root|tmp/plan)/",
]  # fmt: skip
TEXT = (
    ".py",
    ".html",
    ".typ",
    ".md",
    ".txt",
    ".toml",
    ".json",
    ".css",
    ".js",
    ".mako",
    ".yaml",
    ".po",
    "Makefile",
    "run",
)


def long(code: Mapping[str, str]) -> list[str]:
    """Files that ask for a second noun."""
    counts = {module: source.count("\n") for module, source in code.items()}
    return [f"{module} has {lines} lines" for module, lines in counts.items() if lines > LONGEST]


def vague(code: Mapping[str, str]) -> list[str]:
    """Names that could hold anything."""
    return [f"{module} could hold anything" for module in code if VAGUE & set(module.split("."))]


def silent(code: Mapping[str, str]) -> list[str]:
    """Modules, public functions and public classes that do not say what they are for."""
    return [
        f"{module}:{getattr(node, 'lineno', 1)} {getattr(node, 'name', 'the module')} has no docstring"
        for module, source in code.items()
        for node in _public(tree(source))
        if not ast.get_docstring(node) and source.strip()
    ]


Spoken = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _public(node: Spoken) -> Iterable[Spoken]:
    yield node
    for child in node.body if isinstance(node, ast.Module | ast.ClassDef) else ():
        if isinstance(child, Spoken) and not child.name.startswith("_"):  # type: ignore[union-attr]
            yield from _public(child)


def traces(texts: Mapping[str, str]) -> list[str]:
    """Hosts of package registries and folders of the machine it was written on."""
    return [f"{name} names {found[0]}" for name, text in texts.items() for found in re.finditer("|".join(HOSTS), text)]


def strangers(names: Iterable[str]) -> list[str]:
    """What stands at the top and is not in the plan."""
    return [f"{name} has no place at the top" for name in sorted({name.split("/")[0] for name in names} - TOP)]


@pytest.mark.parametrize("guard", [long, vague, silent])
def test_files_keep_the_rules(guard: Guard) -> None:
    nothing_in(guard(sources()))


def test_nothing_tells_where_it_was_written() -> None:
    names = [name for name in tracked() if name.endswith(TEXT) and name != "tests/house/test_files.py"]
    nothing_in(traces({name: (CHECKOUT / name).read_text() for name in names}))


def test_only_what_is_planned_stands_at_the_top() -> None:
    nothing_in(strangers(tracked()))


FINE = '"""What it is."""\n\ndef act():\n    """Do it."""\n    def inner(): ...\n\ndef _own(): ...\n'
FAULTS = [
    (long, {"planner.a": "\n" * 301}, "planner.a has 301 lines"),
    (vague, {"planner.visits.utils": ""}, "planner.visits.utils could hold anything"),
    (silent, {"planner.a": "def act(): ..."}, "planner.a:1 act has no docstring"),
    (silent, {"planner.a": "def act(): ..."}, "planner.a:1 the module has no docstring"),
    (silent, {"planner.a": "class A:\n    async def b(self): ..."}, "planner.a:2 b has no docstring"),
    (traces, {"a.md": "see /work/main"}, "a.md names /work/"),
    (traces, {"a.md": "https://registry.npmjs.org"}, "a.md names npmjs"),
]


@pytest.mark.parametrize(("guard", "planted", "report"), FAULTS)
def test_a_fault_in_a_file_is_found(guard: Guard, planted: dict[str, str], report: str) -> None:
    assert guard({"planner.clock": FINE}) == []
    assert report in guard(planted)


def test_a_stranger_at_the_top_is_found() -> None:
    assert strangers(["planner/app.py", "notes.txt", "tests/x"]) == ["notes.txt has no place at the top"]
