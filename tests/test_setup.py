"""What set-up promises: exact versions with hashes, no download addresses, nothing taken on trust."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from planner.supplies import SUPPLIES, NotFetched, fetch, missing, put
from tests.fixtures.application import CHECKOUT

LOCKS = sorted(CHECKOUT.glob("requirements*.txt"))


def pins(lock: Path) -> set[str]:
    return set(re.findall(r"^([\w.-]+==\S+)", lock.read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_python_package_is_pinned_with_hashes_and_without_addresses(lock: Path) -> None:
    text = lock.read_text()
    entries = re.split(r"\n(?=\S)", text)
    unpinned = [entry for entry in entries if not entry.startswith("#") and "--hash=sha256:" not in entry]
    assert (unpinned, "://" in text) == ([], False)


def test_whoever_tests_runs_the_same_packages_as_whoever_only_runs() -> None:
    assert pins(CHECKOUT / "requirements.txt") - pins(CHECKOUT / "requirements-dev.txt") == set()


def test_every_front_end_package_is_exact_with_integrity_and_without_addresses() -> None:
    text = (CHECKOUT / "package-lock.json").read_text()
    wanted = json.loads((CHECKOUT / "package.json").read_text())["dependencies"]
    locked = {path.removeprefix("node_modules/"): found for path, found in json.loads(text)["packages"].items() if path}
    assert {name: found["version"] for name, found in locked.items()} == wanted
    assert [name for name, found in locked.items() if not found["integrity"].startswith("sha512-")] == []
    assert ("resolved" in text, "://" in text) == (False, False)


def test_every_supply_comes_from_a_locked_package_and_brings_its_licence() -> None:
    wanted = json.loads((CHECKOUT / "package.json").read_text())["dependencies"]
    for name in wanted:
        taken = [supply.target for supply in SUPPLIES if supply.source.startswith(f"{name}/")]
        assert any(target.startswith("vendor/licences/") for target in taken), name
    assert len(SUPPLIES) == sum(supply.source.startswith(tuple(f"{name}/" for name in wanted)) for supply in SUPPLIES)


def test_a_supply_that_is_not_the_chosen_file_is_refused_and_not_put(tmp_path: Path) -> None:
    supply = SUPPLIES[0]
    source = tmp_path / "unpacked" / supply.source
    source.parent.mkdir(parents=True)
    source.write_text("something else")
    with pytest.raises(NotFetched, match=r"htmx\.min\.js is not the file that was chosen"):
        put(supply, tmp_path / "unpacked", tmp_path / "places")
    assert not (tmp_path / "places").exists()


def test_a_supply_that_was_changed_in_its_place_is_missing(tmp_path: Path) -> None:
    supply = SUPPLIES[0]
    (tmp_path / supply.target).parent.mkdir(parents=True)
    (tmp_path / supply.target).write_text("changed")
    assert missing([supply], tmp_path) == [supply]


@pytest.mark.slow
def test_supplies_come_without_node_on_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "sh").symlink_to("/bin/sh")
    monkeypatch.setenv("PATH", str(tools))
    fetch(tmp_path)
    assert missing(places=tmp_path) == []


def test_make_help_names_every_target() -> None:
    command = ["make", "--no-print-directory", "help"]
    said = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout
    named = {line.split()[1] for line in said.splitlines()}
    phony = re.search(r"^\.PHONY: (.*)$", (CHECKOUT / "Makefile").read_text(), re.MULTILINE)
    assert phony and named == set(phony[1].split())
    assert {"run", "test", "check", "bench", "help"} <= named


@pytest.mark.slow
def test_an_installed_wheel_has_all_it_needs(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=CHECKOUT, check=True, capture_output=True)
    installed = tmp_path / "installed"
    zipfile.ZipFile(next(tmp_path.glob("*.whl"))).extractall(installed)
    assert missing(places=installed / "planner") == []
    assert (installed / "planner/_data/templates/base.html").exists()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    program = "from planner import schema, db; schema.upgrade(); print(schema.is_current(db.connect().engine))"
    environment = {"PYTHONPATH": str(installed), "PATH": "/usr/bin:/bin"}
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=elsewhere, env=environment, check=True, capture_output=True, text=True
    )
    assert said.stdout == "True\n"
    assert (elsewhere / "var" / "planner.db").exists()
