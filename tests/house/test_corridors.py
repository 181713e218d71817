"""Who may open which door (docs: the house plan). There are no exceptions, and no list of them."""

import subprocess

from tests.house.plan import CHECKOUT, ROOMS, place_of, rank, sources

TOP = {
    *(".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "docs", "migrations"),
    *("package-lock.json", "package.json", "planner", "pyproject.toml", "templates", "tests"),
    *("requirements.txt", "requirements-dev.txt", "requirements-node.txt", "requirements-setup.txt"),
}


def test_imports_lead_only_to_earlier_rooms() -> None:
    backwards = {
        f"{source.name} imports {module}"
        for source in sources()
        for module in source.imports()
        if rank(place_of(module)) > rank(source.place)
    }
    assert backwards == set()


def test_every_room_stands_in_the_plan() -> None:
    assert {source.place for source in sources()} <= {"tools", *ROOMS, "doors"}


def test_nothing_else_stands_at_the_top() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout
    assert {name.partition("/")[0] for name in listed.splitlines()} <= TOP


def test_no_third_party_file_and_nothing_compiled_is_committed() -> None:
    command = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    assert subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout == ""
