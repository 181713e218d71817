"""Carriers: how a letter leaves, as a file in a folder or by SMTP. What went wrong is one of three answers."""

import os
import re
import smtplib
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from planner.letter import sender
from planner.outbox import Parcel

PATIENCE = 30.0
"""Seconds to wait for a mail server to connect or answer."""

LAST_PATIENCE = 120.0
"""Seconds to wait for the answer to the whole letter: giving up early makes letters come twice (RFC 5321, 4.5.3.2)."""


class Refused(Exception):
    """The letter will never be taken for this recipient."""


class NotNow(Exception):
    """The letter surely did not leave; it may later."""


class Unsure(Exception):
    """The letter was handed over but the answer got lost: it may have been taken."""


class Carrier(Protocol):
    """Takes letters away, one after the other."""

    repeat_is_harmless: bool
    """Whether bringing the same letter again replaces the first copy."""

    def deliver(self, parcel: Parcel) -> None:
        """Hand one letter over. Raises Refused, NotNow or Unsure."""

    def rest(self) -> None:
        """Nothing to do for now: let go of connections."""


def carrier(url: str) -> Carrier:
    """The carrier for `file:folder`, `smtp://…` or `smtps://[user:password@]host[:port]`; `?starttls=1` encrypts.

    Raises ValueError for any other address.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path:
        return Folder(Path(unquote(parts.path)))
    if parts.scheme in ("smtp", "smtps") and parts.hostname:
        return MailServer(parts)
    raise ValueError("letters leave by file:folder, smtp://host or smtps://host")


def forget(url: str, message_ids: Iterable[str]) -> None:
    """Remove what a folder still has of those letters; what left by a mail server is not ours any more."""
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path:
        for message_id in message_ids:
            (Path(unquote(parts.path)) / _file_name(message_id)).unlink(missing_ok=True)


def _file_name(message_id: str) -> str:
    return re.sub(r"[^A-Za-z0-9@.-]", "_", message_id.strip("<>")) + ".eml"


class Folder:
    """Letters land as `.eml` files, whole or not at all, each under a name that follows from its Message-ID."""

    repeat_is_harmless = True

    def __init__(self, path: Path) -> None:
        """The folder is made when the first letter comes."""
        self._path = path

    def deliver(self, parcel: Parcel) -> None:
        """Write the letter. A repetition replaces the file. Raises NotNow when the disk does not take it."""
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            _write_whole(self._path / _file_name(parcel.message_id), parcel.mime)
        except OSError as error:
            raise NotNow(str(error)) from error

    def rest(self) -> None:
        """Nothing is held between letters."""


def _write_whole(path: Path, content: bytes) -> None:
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(scratch).replace(path)
    except OSError:
        Path(scratch).unlink(missing_ok=True)
        raise


class MailServer:
    """Letters go to an SMTP server (RFC 5321); one connection carries as many as are waiting."""

    repeat_is_harmless = False

    def __init__(self, parts: SplitResult) -> None:
        """`parts` is the server's address, taken apart. Raises ValueError when our own address is not one."""
        self._host = parts.hostname or ""
        self._tls = parts.scheme == "smtps"
        self._starttls = parse_qs(parts.query).get("starttls", ["0"])[-1] == "1"
        self._port = parts.port or (465 if self._tls else 587 if self._starttls else 25)
        self._sender = sender()[1]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._connection: smtplib.SMTP | None = None

    def deliver(self, parcel: Parcel) -> None:
        """Hand the letter to the server. A 5xx about the recipient or the letter is Refused, about us it is NotNow."""
        try:
            self._hand_over(self._connected(), parcel)
        except (Refused, NotNow, Unsure):
            self._drop()
            raise
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise NotNow(_said(error)) from error

    def rest(self) -> None:
        """Take leave of the server."""
        if self._connection:
            with suppress(OSError, smtplib.SMTPException):
                self._connection.quit()
        self._drop()

    def _drop(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def _connected(self) -> smtplib.SMTP:
        # A server may end a connection after some letters or some idle time: found out before anything is at stake.
        if self._connection and not _alive(self._connection):
            self._drop()
        if not self._connection:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        opened: Callable[..., smtplib.SMTP] = smtplib.SMTP_SSL if self._tls else smtplib.SMTP
        connection = opened(self._host, self._port, timeout=PATIENCE)
        try:
            if self._starttls:
                connection.starttls()
            if self._user:
                connection.login(self._user, self._password)
            connection.ehlo_or_helo_if_needed()
        except BaseException:
            connection.close()
            raise
        return connection

    def _hand_over(self, connection: smtplib.SMTP, parcel: Parcel) -> None:
        _expect(connection.mail(self._sender), otherwise=NotNow)
        _expect(connection.rcpt(parcel.to_address), otherwise=Refused)
        _expect(connection.docmd("DATA"), otherwise=NotNow)
        _expect(_give(connection, parcel.mime), otherwise=Refused)


def _alive(connection: smtplib.SMTP) -> bool:
    try:
        return connection.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def _give(connection: smtplib.SMTP, mime: bytes) -> tuple[int, bytes]:
    """The server's answer to the whole letter. From here on, silence does not mean that it was not taken."""
    ending = b".\r\n" if mime.endswith(b"\r\n") else b"\r\n.\r\n"
    try:
        connection.sock.settimeout(LAST_PATIENCE)  # type: ignore[union-attr]
        connection.send(re.sub(rb"(?m)^\.", b"..", mime) + ending)
        code, text = connection.getreply()
        connection.sock.settimeout(PATIENCE)  # type: ignore[union-attr]
    except (OSError, smtplib.SMTPException) as error:
        raise Unsure(_said(error)) from error
    if code // 100 not in (2, 4, 5):
        raise Unsure(f"{code} {text!r}")
    return code, text


def _expect(answer: tuple[int, bytes], *, otherwise: type[Exception]) -> None:
    """Go on after 2xx and 3xx; `otherwise` is what a 5xx means here, everything else may pass later."""
    code, text = answer
    if 200 <= code < 400:
        return
    raise (otherwise if 500 <= code < 600 else NotNow)(f"{code} {text.decode('utf-8', 'replace')}")


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
