"""The command line: what is done or what is in the way, in sentences."""

import os
import re
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from subprocess import Popen
from threading import Event
from typing import TypeVar

import httpx
import pytest
from sqlmodel import select

from planner import cli
from planner.accounts.tables import Account, Grant
from planner.db import disconnect, read
from planner.server import obstacle
from planner.settings import settings
from tests.fixtures.application import PATIENCE, Served, planner

T = TypeVar("T")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command with some of the environment changed: exit code, what it said, what it complained about."""
    monkeypatch.setenv("LC_ALL", "C")

    def command(*arguments: str, **environment: str) -> tuple[int, str, str]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        if "PLANNER_DATABASE_URL" in environment:
            disconnect()
        with pytest.raises(SystemExit) as end:
            cli.main(list(arguments))
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return command


@pytest.mark.usefixtures("sqlite_database")
def test_an_account_is_added_and_signs_in_by_a_link(run: Run, client: httpx.Client) -> None:
    code, said, _ = run("account", "add", "ana@example.org", "--name", "Ana", "--role", "administrator")
    assert (code, "ana@example.org is now administrator" in said) == (0, True)
    code, link, _ = run("sign-in-link", "ana@example.org")
    assert code == 0
    path = link.strip().removeprefix(settings().public_url)
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 303
    with read() as session:
        assert session.exec(select(Account.name)).all() == ["Ana"]
        assert session.exec(select(Grant.role, Grant.scope, Grant.scope_id)).all() == [
            ("administrator", "installation", 0)
        ]


@pytest.mark.usefixtures("demo_sqlite")
def test_an_account_may_be_for_one_project_only(run: Run) -> None:
    assert run("account", "add", "ana@example.org", "--role", "reception", "--project", "secon")[0] == 0
    with read() as session:
        found = session.exec(select(Grant.scope).join(Account).where(Account.email == "ana@example.org")).all()
    assert found == ["project"]


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("sign-in-link", "eva@example.org"), "There is no account with this address."),
        (("account", "add", "nobody"), "Please write the e-mail address like name@example.org."),
        (("account", "add", "eva@example.org", "--project", "nowhere"), "There is no project called nowhere."),
    ],
)
def test_what_is_refused_is_said_in_a_sentence(run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    code, said, complaint = run(*arguments)
    assert (code, said) == (1, "")
    assert complaint.startswith(sentence)


@pytest.mark.usefixtures("sqlite_database")
def test_a_refused_account_is_not_half_added(run: Run) -> None:
    run("account", "add", "eva@example.org", "--project", "nowhere")
    with read() as session:
        assert session.exec(select(Account)).all() == []


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PLANNER_DATABASE_URL": "sqlite:///bare.db"}, "Please run: planner migrate"),
        ({"PLANNER_DATABASE_URL": "hmm"}, "is no address of a database"),
        ({"PLANNER_DATABASE_URL": "mysql://a/b"}, "is no address of a database"),
        ({"PLANNER_DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}, "The database does not answer"),
        ({"PLANNER_MAIL_URL": "pigeon:"}, "PLANNER_MAIL_URL is no address for mail"),
        ({"PLANNER_PORT": "many"}, "PLANNER_PORT: Input should be a valid integer"),
        ({"PLANNER_HOST": "256.0.0.1"}, "Cannot listen at 256.0.0.1"),
    ],
)
def test_no_server_starts_with_wrong_settings(run: Run, environment: dict[str, str], sentence: str) -> None:
    code, said, complaint = run("serve", **environment)
    assert (code, said) == (1 if "PORT" not in str(environment) else 2, "")
    assert sentence in complaint
    assert "Traceback" not in complaint


@pytest.mark.parametrize("url", ["hmm", "mysql://a/b", "postgresql://x@127.0.0.1:1/x"])
@pytest.mark.usefixtures("sqlite_database")
def test_no_other_database_is_migrated(run: Run, url: str) -> None:
    code, _, complaint = run("migrate", PLANNER_DATABASE_URL=url)
    assert code == 1
    assert "database" in complaint


@pytest.mark.usefixtures("sqlite_database")
def test_a_database_is_migrated_and_filled_once(run: Run) -> None:
    assert run("migrate", PLANNER_DATABASE_URL="sqlite:///new.db")[:2] == (0, "The database is up to date.\n")
    assert run("migrate")[:2] == (0, "The database is up to date.\n")
    assert run("demo")[:2] == (0, "The demonstration is loaded.\n")
    assert run("demo")[:2] == (0, "The demonstration is there already.\n")


@pytest.mark.usefixtures("sqlite_database")
def test_a_newer_database_is_left_alone(run: Run) -> None:
    with read() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        session.commit()
    code, _, complaint = run("migrate")
    assert (code, "newer version" in complaint) == (1, True)


@pytest.mark.usefixtures("sqlite_database")
def test_a_fit_installation_is_called_fit(run: Run) -> None:
    code, said, _ = run("check")
    assert code == 0
    assert {line.split()[0] for line in said.splitlines()} <= {"ok", "warn"}
    assert "ok    The database answers and is up to date." in said


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize(
    ("environment", "finding"),
    [
        ({"PLANNER_DATABASE_URL": "sqlite:///bare.db"}, "bad   The database is not ready"),
        ({"PLANNER_MAIL_URL": "pigeon:"}, "bad   PLANNER_MAIL_URL"),
        ({"PLANNER_SECRET_KEY": "short"}, "bad   PLANNER_SECRET_KEY is too short"),
    ],
)
def test_what_cannot_work_is_called_bad(run: Run, environment: dict[str, str], finding: str) -> None:
    code, said, _ = run("check", **environment)
    assert code == 1
    assert finding in said


def test_an_unknown_command_is_not_understood(run: Run) -> None:
    assert run("fly")[0] == 2
    assert run()[0] == 2


def test_a_taken_port_is_named() -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        port = door.getsockname()[1]
        assert "in use" in obstacle("127.0.0.1", port)
    assert obstacle("127.0.0.1", port) == ""


@pytest.mark.usefixtures("demo_sqlite")
def test_a_served_demo_says_how_to_sign_in(server: Callable[..., Served]) -> None:
    served = server()
    (link,) = re.findall(r"^http://127\.0\.0\.1:\d+/sign-in/\S+$", served.log, re.MULTILINE)
    with httpx.Client(trust_env=False) as visitor:
        done = visitor.post(link)
        assert done.status_code == 303
        assert "SECON office" in visitor.get(f"{served.url}/sign-in/sent").text
    assert served.stop() == 0


@pytest.mark.usefixtures("sqlite_database")
def test_a_second_server_leaves_the_first_alone(server: Callable[..., Served]) -> None:
    served = server()
    folder = served.folder.parent / "second"
    folder.mkdir()
    second = planner("serve", folder=folder, PLANNER_PORT=served.url.rpartition(":")[2])
    assert second.wait(PATIENCE) == 1
    assert "already in use" in (folder / "log").read_text()


@pytest.mark.usefixtures("sqlite_database")
def test_a_worker_that_dies_is_started_again_and_ends_with_its_server(server: Callable[..., Served]) -> None:
    served = server()
    first = _worker_of(served.process)
    os.kill(first, signal.SIGKILL)
    second = _await(lambda: next((pid for pid in [_worker_of(served.process)] if pid not in (0, first)), 0))
    os.kill(served.process.pid, signal.SIGKILL)
    served.process.wait()
    _await(lambda: not Path(f"/proc/{second}").exists())
    _await(lambda: _is_closed(served.url))


def _worker_of(process: Popen[bytes]) -> int:
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = re.search(r"^PPid:\s+(\d+)$", (path / "status").read_text(), re.MULTILINE)
            is_worker = b"\0worker\0" in (path / "cmdline").read_bytes()
            if parent and int(parent[1]) == process.pid and is_worker:
                return int(path.name)
    return 0


def _is_closed(url: str) -> bool:
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.socket() as door:
        return door.connect_ex((host, int(port))) != 0


def _await(ask: Callable[[], T]) -> T:
    for _look in range(PATIENCE * 20):
        if answer := ask():
            return answer
        Event().wait(0.05)
    pytest.fail("it never happened")
