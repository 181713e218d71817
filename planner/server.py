"""The web server and, beside it, the process that posts letters: started, watched and stopped together."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from threading import Event, Thread
from typing import Any

import structlog
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from planner.metrics import SEVERAL

APPLICATION = "planner.app:create_app"
PAUSE = 2.0
"""Seconds before a worker that died is started again."""
PATIENCE = 20.0
"""Seconds a worker gets to finish the letter in hand."""
LOOK = 1.0
"""Seconds between looks whether the parent lives."""
PARENT = "PLANNER_SERVER_PID"
"""In the environment of every process that `planner serve` starts."""
_log = structlog.get_logger("planner.server")


def obstacle(host: str, port: int) -> str:
    """Why the server cannot listen there, in the system's words; nothing when it can.

    A second server on a taken port would start without an error and share the visitors with the first.
    """
    try:
        family, kind, protocol, _name, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(place)
            door.listen(1)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def run(host: str, port: int, workers: int, *, posting: bool) -> None:
    """Serve until SIGTERM or SIGINT, with that many web processes and, if `posting`, a worker beside them."""
    os.environ[PARENT] = str(os.getpid())
    beside = Beside([sys.executable, "-m", "planner", "worker"]) if posting else None
    with tempfile.TemporaryDirectory(prefix="planner-metrics-") as figures:
        if workers > 1:
            os.environ[SEVERAL] = figures
        try:
            _web(host, port, workers).serve()
        finally:
            if beside:
                beside.stop()


def _web(host: str, port: int, workers: int) -> Any:
    return Granian(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=workers,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
    )


class Beside:
    """A process that runs as long as this one: started again when it dies, and told to end when we do."""

    def __init__(self, command: list[str]) -> None:
        """Start it."""
        self._command = command
        self._ending = Event()
        self._process = self._started()
        self._watch = Thread(target=self._keep_alive, daemon=True)
        self._watch.start()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdin=subprocess.DEVNULL)  # noqa: S603

    def _keep_alive(self) -> None:
        while True:
            code = self._process.wait()
            if self._ending.wait(PAUSE):
                return
            _log.warning("worker died, starting it again", code=code)
            self._process = self._started()

    def stop(self) -> None:
        """Ask it to end, and end it when it does not listen."""
        self._ending.set()
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._watch.join(PATIENCE)


def end_with_parent() -> None:
    """When `planner serve` started this process, end it as soon as that one is gone, however suddenly it went."""
    parent = int(os.environ.get(PARENT) or 0)
    if parent:
        Thread(target=_watch_parent, args=(parent,), daemon=True).start()


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK)
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)  # any other thread would not wake it
