"""Workers for tests: in this process until the outbox is empty, or in one of their own that dies where it is told."""

import multiprocessing
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any

from pytest import MonkeyPatch
from sqlalchemy import text, update
from sqlmodel import select

from planner import clock, db, outbox, post, worker
from planner.letter import Letter
from planner.outbox import OutboxLetter
from planner.settings import settings
from tests.fixtures.application import CHECKOUT

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.posting"])

BY_LINE = {post.__file__, worker.__file__}
BY_CALL = {outbox.__file__}


class UntilIdle(Event):
    """Ends a worker the first time it would wait."""

    def wait(self, timeout: float | None = None) -> bool:
        """Do not wait but stop."""
        if timeout:
            self.set()
        return self.is_set()


def post_all() -> None:
    """Work until nothing is due."""
    worker.run(UntilIdle())


def post_elsewhere(url: str, mail_url: str, die_at_step: int = 0) -> multiprocessing.process.BaseProcess:
    """Start a process that posts what is due. It kills itself at that step of its work."""
    arguments = (str(Path.cwd()), {"PLANNER_DATABASE_URL": url, "PLANNER_MAIL_URL": mail_url}, die_at_step)
    process = processes.Process(target=_post, args=arguments)
    with MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(CHECKOUT))  # the first start starts the server that loads all this once
        process.start()
    return process


def _post(folder: str, environment: dict[str, str], die_at_step: int) -> None:
    os.chdir(folder)
    os.environ.update(environment)
    settings.cache_clear()
    db.connect()
    if die_at_step:
        sys.settrace(_reaper(die_at_step))
    post_all()


def _reaper(step: int) -> Any:
    """Counts lines of the post and the worker and calls of the outbox (whose transactions end in those lines)."""
    passed = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal passed
        place = frame.f_code.co_filename
        passed += (event == "line" and place in BY_LINE) or (event == "call" and place in BY_CALL)
        if passed == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace if place in BY_LINE else None

    return trace


def send_to(url: str, monkeypatch: MonkeyPatch) -> None:
    """Letters of this process leave that way."""
    monkeypatch.setenv("PLANNER_MAIL_URL", url)
    settings.cache_clear()


def write(*addresses: str, about: str = "") -> None:
    """A small letter for each of them, in one transaction."""
    with db.write() as session:
        for address in addresses:
            outbox.write_letter(session, Letter(to=address, subject="Hello", text="Welcome.", about=about))


def rows() -> list[OutboxLetter]:
    """The whole outbox, in the order of writing."""
    with db.read() as session:
        return list(session.exec(select(OutboxLetter).order_by(OutboxLetter.id)).all())


def let_leases_run_out() -> None:
    """Whoever holds a letter has held it too long."""
    with db.write() as session:
        past = clock.now() - timedelta(seconds=1)
        session.connection().execute(
            update(OutboxLetter).where(OutboxLetter.state == "sending").values(lease_until=past)
        )


class Repairs(UntilIdle):
    """Repairs the database the first time the worker pauses, and ends it the second time."""

    def __init__(self, *statements: str) -> None:
        """`statements` are what mends it."""
        super().__init__()
        self.statements = statements

    def wait(self, timeout: float | None = None) -> bool:
        """Instead of waiting."""
        if timeout and self.statements:
            change(*self.statements)
            self.statements = ()
            return False
        return super().wait(timeout)


def change(*statements: str) -> None:
    """Run these statements."""
    with db.write() as session:
        for statement in statements:
            session.connection().execute(text(statement))
