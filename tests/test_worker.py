"""The worker posts each letter once, whatever dies, hangs or refuses meanwhile."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from email import message_from_bytes, policy
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event

import pytest
import time_machine
from structlog.testing import capture_logs

from planner import db, outbox, worker
from planner.letter import Letter
from tests.fixtures.application import CHECKOUT
from tests.fixtures.postbox import Postbox
from tests.posting import Repairs, change, let_leases_run_out, post_all, post_elsewhere, rows, send_to, write

PEOPLE = [f"person{number}@example.org" for number in range(300)]


def arrived(postbox: Postbox) -> Counter[str]:
    return Counter(letter["Message-ID"] for letter in postbox.letters())


def file_names() -> list[str]:
    return sorted(path.name for path in Path("var/mail").glob("*.eml"))


def expected_names() -> list[str]:
    return sorted(f"{row.message_id.strip('<>')}.eml" for row in rows())


def states() -> list[str]:
    return [row.state for row in rows()]


@pytest.fixture
def mail(postbox: Postbox, monkeypatch: pytest.MonkeyPatch) -> Postbox:
    """A mail server that this process's letters go to."""
    send_to(postbox.url, monkeypatch)
    return postbox


def test_letters_land_in_a_folder_as_they_were_written(database: str) -> None:
    calendar = "BEGIN:VCALENDAR\r\n.\r\nSUMMARY:Επίσκεψη\nEND:VCALENDAR\r\n".encode()
    with db.write() as session:
        outbox.write_letter(session, Letter(to="ana@example.org", subject="Γειά", text="a", calendar=calendar))
    post_all()
    (row,) = rows()
    (name,) = file_names()
    content = (Path("var/mail") / name).read_bytes()
    assert (row.state, content) == ("sent", row.mime)
    (attached,) = message_from_bytes(content, policy=policy.default).iter_attachments()  # type: ignore[attr-defined]
    assert attached.get_payload(decode=True) == calendar


def test_a_folder_that_takes_nothing_delays_the_letter(database: str) -> None:
    Path("var").mkdir()
    Path("var/mail").write_text("not a folder")
    write("ana@example.org")
    post_all()
    assert states() == ["waiting"]
    assert "not a folder" not in rows()[0].last_error
    assert list(Path("var").iterdir()) == [Path("var/mail")]


def test_letters_arrive_at_a_mail_server_as_they_were_written(database: str, mail: Postbox) -> None:
    dotted = ".\r\n..\n.leading\n" + "long " * 400
    with db.write() as session:
        outbox.write_letter(session, Letter(to="ana@example.org", subject="Γειά σου", text=dotted))
    post_all()
    (letter,) = mail.letters()
    assert (letter["X-Envelope-From"], letter["X-Envelope-To"]) == ("planner@localhost", "ana@example.org")
    assert letter["Subject"] == "Γειά σου"
    assert letter.get_content().replace("\r\n", "\n") == dotted.replace("\r\n", "\n") + "\n"
    assert states() == ["sent"]


def test_a_refused_recipient_does_not_hold_up_the_others(database: str, mail: Postbox) -> None:
    mail.behave("refuse ben@example.org")
    write("ana@example.org", "ben@example.org", "eva@example.org")
    post_all()
    assert states() == ["sent", "failed", "sent"]
    assert rows()[1].last_error == "550 5.1.1 Nobody of that name here"
    assert [letter["To"] for letter in mail.letters()] == ["ana@example.org", "eva@example.org"]


def test_a_busy_server_gets_the_letter_later(database: str, mail: Postbox) -> None:
    write("ana@example.org")
    mail.behave("busy")
    with time_machine.travel(0, tick=False) as clock:
        clock.move_to(rows()[0].created_at)
        post_all()
        assert [(row.state, row.last_error) for row in rows()] == [("waiting", "451 4.3.2 Come back later")]
        mail.behave("accept")
        clock.shift(59)
        post_all()
        assert mail.letters() == []
        clock.shift(1)
        post_all()
    assert [(row.state, row.attempts, row.doubtful_repeats, row.last_error) for row in rows()] == [("sent", 2, 0, "")]
    assert set(arrived(mail).values()) == {1}


def test_letters_wait_while_the_server_is_down(database: str, mail: Postbox) -> None:
    write(*PEOPLE[:3])
    mail.stop()
    with time_machine.travel(0, tick=False) as clock:
        clock.move_to(rows()[0].created_at)
        post_all()
        assert states() == ["waiting"] * 3
        mail.start()
        clock.shift(60)
        post_all()
    assert states() == ["sent"] * 3
    assert arrived(mail) == Counter(row.message_id for row in rows())


@pytest.mark.parametrize(("behaviour", "copies"), [("lose", 2), ("drop", 0)])
def test_a_lost_answer_is_marked_and_repeated_once(database: str, mail: Postbox, behaviour: str, copies: int) -> None:
    write("ana@example.org", "ben@example.org")
    mail.behave(f"{behaviour} ana@example.org")
    with time_machine.travel(0, tick=False) as clock:
        clock.move_to(rows()[0].created_at)
        for _ in range(4):
            post_all()
            clock.shift(24 * 3600)
    ana, ben = rows()
    assert [(row.state, row.doubtful_repeats) for row in (ana, ben)] == [("doubtful", 1), ("sent", 0)]
    assert arrived(mail) == +Counter({ana.message_id: copies, ben.message_id: 1})


def test_a_repeat_that_succeeds_keeps_its_mark(database: str, mail: Postbox) -> None:
    write("ana@example.org")
    mail.behave("lose")
    with time_machine.travel(0, tick=False) as clock:
        clock.move_to(rows()[0].created_at)
        post_all()
        mail.behave("accept")
        clock.shift(60)
        post_all()
    assert [(row.state, row.doubtful_repeats) for row in rows()] == [("sent", 1)]


def kill_at_each_step(url: str, mail_url: str) -> int:
    """One more letter for each worker, which dies one step later than the one before; how many steps there were."""
    for step in count(1):
        write("ana@example.org")
        process = post_elsewhere(url, mail_url, die_at_step=step)
        process.join()
        let_leases_run_out()
        post_all()
        if process.exitcode == 0:
            return step - 1
        assert process.exitcode == -signal.SIGKILL
    raise AssertionError


def test_a_worker_killed_at_any_step_loses_no_letter(database: str, mail: Postbox) -> None:
    assert kill_at_each_step(database, mail.url) > 60
    copies = arrived(mail)
    assert set(states()) == {"sent"}
    assert set(copies) == {row.message_id for row in rows()}
    assert max(copies.values()) == 2
    assert all(copies[row.message_id] <= 1 + row.doubtful_repeats <= 2 for row in rows())


def test_a_worker_killed_at_any_step_files_each_letter_once(sqlite_database: str) -> None:
    assert kill_at_each_step(sqlite_database, "file:var/mail") > 40
    assert set(states()) == {"sent"}
    assert file_names() == expected_names()
    assert not any(row.doubtful_repeats for row in rows())


def kill_when(process: BaseProcess, ready: Callable[[], bool]) -> None:
    """Let it work until then."""
    while not ready():
        process.join(0.005)
        assert process.is_alive()
    process.kill()
    process.join()


def test_a_worker_killed_while_posting_doubts_one_letter_at_most(database: str, mail: Postbox) -> None:
    write(*PEOPLE[:200])
    for share in (1, 40, 90, 150):
        process = post_elsewhere(database, mail.url)
        kill_when(process, lambda share=share: len(list(mail.folder.glob("*.eml"))) >= share)  # type: ignore[misc]
        assert states().count("sending") <= 1
        let_leases_run_out()
    post_all()
    copies = arrived(mail)
    assert states() == ["sent"] * 200
    assert set(copies) == {row.message_id for row in rows()}
    assert all(copies[row.message_id] <= 1 + row.doubtful_repeats for row in rows())
    assert sum(row.doubtful_repeats for row in rows()) <= 4


def test_a_worker_killed_while_the_server_hangs_repeats_that_letter_alone(database: str, mail: Postbox) -> None:
    write(*PEOPLE[:3])
    mail.behave(f"hang {PEOPLE[1]}")
    kill_when(post_elsewhere(database, mail.url), lambda: states() == ["sent", "sending", "waiting"])
    mail.behave("accept")
    post_all()
    assert states() == ["sent", "sending", "sent"]
    let_leases_run_out()
    post_all()
    assert [(row.state, row.doubtful_repeats) for row in rows()] == [("sent", 0), ("sent", 1), ("sent", 0)]
    assert set(arrived(mail).values()) == {1}


def test_two_workers_post_each_letter_once(database: str, mail: Postbox) -> None:
    write(*PEOPLE)
    workers = [post_elsewhere(database, mail.url) for _ in range(2)]
    for process in workers:
        process.join()
    assert [process.exitcode for process in workers] == [0, 0]
    assert states() == ["sent"] * 300
    assert arrived(mail) == Counter(row.message_id for row in rows())
    assert not any(row.doubtful_repeats for row in rows())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_told_to_end_ends_well(database: str, number: signal.Signals) -> None:
    write("ana@example.org")
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "PLANNER_DATABASE_URL": database}
    process = subprocess.Popen([sys.executable, "-c", "from planner.worker import main; main()"], env=environment)
    while states() != ["sent"]:
        with suppress(subprocess.TimeoutExpired):
            pytest.fail(f"the worker ended with {process.wait(0.01)}")
    process.send_signal(number)
    assert process.wait() == 0
    assert file_names() == expected_names()


def test_the_worker_survives_a_database_that_fails(database: str, mail: Postbox) -> None:
    write("ana@example.org")
    change("ALTER TABLE outbox_letter RENAME TO gone")
    with capture_logs() as logs:
        worker.run(Repairs("ALTER TABLE gone RENAME TO outbox_letter"))
    assert states() == ["sent"]
    told = [entry["event"] for entry in logs if entry.get("chore") != "keep_to_the_plan"]  # it looks at letters too
    assert told == ["worker in trouble", "letter sent"]


def test_a_letter_that_left_is_marked_when_the_database_is_back(database: str, mail: Postbox) -> None:
    write("ana@example.org")
    if database.startswith("sqlite"):
        fault = ["CREATE TRIGGER away BEFORE UPDATE OF sent_at ON outbox_letter BEGIN INSERT INTO gone VALUES (1); END"]
        repair = ["DROP TRIGGER away"]
    else:
        body = "BEGIN RAISE EXCEPTION 'gone' USING ERRCODE = '57P01'; END"
        fault = [
            f"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            "CREATE TRIGGER away BEFORE UPDATE OF sent_at ON outbox_letter FOR EACH ROW EXECUTE FUNCTION fail()",
        ]
        repair = ["DROP TRIGGER away ON outbox_letter"]
    change(*fault)
    with capture_logs() as logs:
        worker.run(Repairs(*repair))
    assert [(row.state, row.doubtful_repeats) for row in rows()] == [("sent", 0)]
    assert set(arrived(mail).values()) == {1}
    assert [entry["event"] for entry in logs] == ["letter sent", "database away, letter not marked yet"]


def test_logs_name_no_people(database: str, mail: Postbox) -> None:
    mail.behave("refuse ben@example.org")
    write("ana@example.org", "ben@example.org")
    with capture_logs() as logs:
        post_all()
    assert [entry["event"] for entry in logs] == ["letter sent", "letter refused"]
    assert "@" not in repr(logs)


def test_a_chore_that_fails_does_not_stop_the_others(sqlite_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    done = Event()

    def failing() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(worker, "CHORES", [failing, done.set])
    with capture_logs() as logs:
        post_all()
    assert done.is_set()
    assert [(entry["event"], entry["chore"], entry["fault"]) for entry in logs] == [
        ("chore failed", "failing", "ZeroDivisionError")
    ]


@pytest.mark.parametrize("url", ["", "mail", "http://example.org", "file:", "smtp:", "smtp://", "smtp://host:port"])
def test_letters_cannot_leave_by_an_unknown_way(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    send_to(url, monkeypatch)
    with pytest.raises(ValueError, match=r"."):
        post_all()
