"""The stage the other tests play on: what it must do for a failing test to fail."""

import re
import smtplib
import subprocess
import sys
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page
from sqlalchemy import text

from planner import db
from planner.settings import settings
from tests.fixtures.application import CHECKOUT, Served
from tests.fixtures.postbox import Postbox


def letter() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Пътуване"
    message.set_content("Автобусът тръгва в 8:30.")
    return message


def send(box: Postbox, to: str = "ana@example.org") -> None:
    with smtplib.SMTP("127.0.0.1", box.port, timeout=30) as line:
        line.send_message(letter(), "planner@example.org", [to])


def test_a_database_is_the_configured_and_the_current_one(database: str) -> None:
    assert settings().database_url == database
    with db.read() as session:
        assert session.connection().execute(text("SELECT count(*) FROM project")).scalar_one() == 0


@pytest.mark.parametrize("round_", [1, 2])
def test_nothing_is_left_from_the_test_before(database: str, round_: int) -> None:
    with db.write() as session:
        session.connection().execute(text("INSERT INTO sign_in_attempt (email, at) VALUES ('a', '2026-01-01')"))
    with db.read() as session:
        assert session.connection().execute(text("SELECT count(*) FROM sign_in_attempt")).scalar_one() == 1


def test_the_mail_server_keeps_what_it_takes(postbox: Postbox) -> None:
    send(postbox)
    (taken,) = postbox.letters()
    assert (taken["Subject"], taken["X-Envelope-To"]) == ("Пътуване", "ana@example.org")
    assert taken.get_content() == "Автобусът тръгва в 8:30.\r\n"


@pytest.mark.parametrize(
    ("how", "refused_with", "kept"),
    [
        ("busy", smtplib.SMTPDataError, 0),
        ("refuse", smtplib.SMTPRecipientsRefused, 0),
        ("drop", smtplib.SMTPServerDisconnected, 0),
        ("lose", smtplib.SMTPServerDisconnected, 1),
    ],
)
def test_the_mail_server_misbehaves_as_told(
    postbox: Postbox, how: str, refused_with: type[Exception], kept: int
) -> None:
    postbox.behave(how)
    with pytest.raises(refused_with):
        send(postbox)
    assert len(postbox.letters()) == kept


def test_the_mail_server_may_refuse_one_recipient_only(postbox: Postbox) -> None:
    postbox.behave("refuse bob@example.org")
    send(postbox, "ana@example.org")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(postbox, "bob@example.org")


def test_the_mail_server_may_be_away_and_come_back(postbox: Postbox) -> None:
    postbox.stop()
    with pytest.raises(ConnectionRefusedError):
        send(postbox)
    postbox.start()
    send(postbox)
    assert len(postbox.letters()) == 1


def test_axe_finds_a_picture_without_words(page: Page, axe: Callable[[Page], list[str]]) -> None:
    page.set_content('<html lang="en"><title>Bus</title><main><h1>Bus</h1><img src="data:,"></main></html>')
    (barrier,) = axe(page)
    assert barrier.startswith("image-alt:")


FAULTY = """
from contextlib import suppress
POLICY = "<meta http-equiv=Content-Security-Policy content='script-src data:'><script>1</script>"

def test_other_host(page):
    with suppress(Exception):
        page.goto("http://planner.invalid/")

def test_broken_script(page):
    page.set_content("<script>throw new Error('broken')</script>")

def test_own_policy(page):
    with page.expect_event("console"):
        page.set_content(POLICY)
"""


@pytest.mark.slow
def test_a_page_that_does_what_it_must_not_fails_its_test(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ("tests.fixtures.browsers",)\n')
    (tmp_path / "test_faulty.py").write_text(FAULTY)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)]
    environment = {"PYTHONPATH": str(CHECKOUT), "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert re.search(r"3 passed, 3 errors", ran.stdout)
    for fault in ("other host: http://planner.invalid/", "script: broken", "Content Security Policy"):
        assert fault in ran.stdout


def test_visitors_have_cookie_jars_of_their_own(clients: Callable[[], httpx.Client]) -> None:
    ana, bob = clients(), clients()
    ana.get("/sign-in?lang=el")
    assert (ana.cookies.get("language"), bob.cookies.get("language")) == ("el", None)


def test_two_servers_work_on_one_database_at_addresses_of_their_own(
    server: Callable[..., Served], database: str
) -> None:
    first, second = server(), server(PLANNER_WORKERS="2")
    assert first.url != second.url
    assert [httpx.get(f"{each.url}/health").status_code for each in (first, second)] == [200, 200]
    assert first.stop() == 0
    second.kill()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{second.url}/health")
