"""What the house tests read: the sources of the house, by the names of their modules and templates."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
TEMPLATES = CHECKOUT / "templates"


def sources(folder: Path = CHECKOUT, package: str = "planner") -> dict[str, str]:
    """Python sources by module name; a package goes by its own name."""
    files = sorted((folder / package).rglob("*.py"))
    return {_module(file.relative_to(folder)): file.read_text() for file in files}


def _module(file: Path) -> str:
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")


@cache
def tree(source: str) -> ast.Module:
    """The source as a tree; the same source is read once."""
    return ast.parse(source)


def templates(folder: Path = TEMPLATES) -> dict[str, str]:
    """HTML templates by name, as Jinja knows them."""
    return {file.relative_to(folder).as_posix(): file.read_text() for file in sorted(folder.rglob("*.html"))}


def is_letter(template: str) -> bool:
    """Whether a template makes letters: those have rules of their own."""
    return "/letters/" in template or template == "letter_frame.html"


@cache
def tracked() -> tuple[str, ...]:
    """Files that belong to the repository, and new ones that nothing ignores; all files where there is no git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    names = done.stdout.splitlines() or [str(path.relative_to(CHECKOUT)) for path in CHECKOUT.rglob("*")]
    return tuple(name for name in names if (CHECKOUT / name).is_file())


def dotted(node: ast.expr) -> str:
    """`a.b.c` as it is written; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (front := dotted(node.value)):
        return f"{front}.{node.attr}"
    return ""


def nothing_in(faults: list[str]) -> None:
    """Fail with all the faults, one in a line."""
    assert not faults, "\n" + "\n".join(faults)
