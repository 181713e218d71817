"""A purged person is looked for everywhere: in every column of every table, and in every file."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import httpx
import pytest
from sqlmodel import select

from planner import cli, db
from planner.admin.actions import ask_erasure
from planner.admin.chores import keep_to_the_plan
from planner.admin.plan import LINE
from planner.admin.rules import ATTENDANCE
from planner.admin.tables import RetentionRun
from planner.admin.words import kind_text
from planner.audit import AuditNote
from planner.clock import now
from planner.consortium.tables import Project
from planner.history import Change
from planner.outbox import OutboxLetter
from planner.registration.letters import about, token
from planner.registration.offer import offer_of
from planner.registration.tables import ErasureRequest, Registration
from tests.admin.marked import (
    MARK,
    columns_with_the_mark,
    duplicate_of,
    files_with_the_mark,
    marked_person,
    over_since,
    took_part,
)
from tests.posting import post_all
from tests.reception import scope_of, sign_in
from tests.registration import people

DESK = f"/{people.PROJECT}/{people.MEETING}/desk"
PROOF = {
    f"registration.{name}"
    for name in (*LINE, "country")
    if name not in ("organisation_id", "person_id", "delegation_id")
}
"""The columns of the proof of attendance in which words may stay."""
FOLLOWS = {"registration.search_key"}
"""What lists search in follows the names."""


def request_for(row: Registration, *, everywhere: bool = False) -> ErasureRequest:
    """The person asks to be erased."""
    with db.write() as session:
        asked = ask_erasure(session, offer_of(session, row.meeting_id), row, "registrant", everywhere=everywhere)
        session.flush()
        session.refresh(asked)
        return asked


def erase(client: httpx.Client, asked: ErasureRequest, role: str = "organiser", **form: str) -> httpx.Response:
    """Somebody with that role presses the button."""
    token = sign_in(client, role, scope_of(people.MEETING)) if role != "administrator" else sign_in(client, role)
    return client.post(f"{DESK}/erasures/{asked.id}", data={"csrf": token, **form})


def test_the_search_finds_what_is_there(demo_database: str, client: httpx.Client) -> None:
    marked_person(directory=True)
    post_all()
    found = columns_with_the_mark()
    assert {"registration.remarks", "care_note.diet_note", "answer.value", "audit_note.details"} <= found
    assert {
        "change.rows",
        "outbox_letter.mime",
        "outbox_letter.to_address",
        "person.email",
        "field_change.before",
    } <= found
    assert {"roster_view.query", "loose_file.value", "personal_invitation.given", "registration.registered_by"} <= found
    places = {path.split("/")[1] for path in files_with_the_mark() if path.startswith("var/")}
    assert {"files", "mail"} <= places


def test_who_never_came_is_nowhere_afterwards(demo_database: str, client: httpx.Client) -> None:
    row = marked_person()
    duplicate_of(row)
    post_all()
    with db.write() as session:
        from_now_on = session.get_one(Registration, row.id)
        assert from_now_on.status == "confirmed"
    assert erase(client, request_for(row)).status_code == 303
    assert columns_with_the_mark() == set()
    assert files_with_the_mark() == set()


def test_who_took_part_stays_in_the_proof_alone(demo_database: str, client: httpx.Client) -> None:
    row = marked_person()
    took_part(row)
    post_all()
    assert erase(client, request_for(row)).status_code == 303
    assert columns_with_the_mark() == PROOF | FOLLOWS | {"online_log.shown_as"}
    assert {path for path in files_with_the_mark() if not path.startswith("planner.db")} == set()


def test_the_directory_goes_when_an_administrator_erases_everywhere(demo_database: str, client: httpx.Client) -> None:
    row = marked_person(directory=True)
    post_all()
    answer = erase(client, request_for(row, everywhere=True), "administrator", everywhere="yes")
    assert answer.status_code == 303
    assert columns_with_the_mark() == set()
    assert files_with_the_mark() == set()


def test_an_organiser_erases_at_the_own_meeting_only(demo_sqlite: str, client: httpx.Client) -> None:
    row = marked_person(directory=True)
    assert erase(client, request_for(row, everywhere=True), everywhere="yes").status_code == 303
    assert {column.partition(".")[0] for column in columns_with_the_mark()} == {"person"}


def test_erasing_twice_is_refused_and_a_foreign_request_is_not_there(demo_sqlite: str, client: httpx.Client) -> None:
    asked = request_for(marked_person())
    assert erase(client, asked).status_code == 303
    assert erase(client, asked).status_code == 409
    token = sign_in(client, "organiser", scope_of("haskovo-2023"))
    answer = client.post(f"/secon/haskovo-2023/desk/erasures/{asked.id}", data={"csrf": token})
    assert answer.status_code == 404


def test_a_letter_that_has_not_left_never_leaves(demo_sqlite: str, client: httpx.Client) -> None:
    row = marked_person()
    erase(client, request_for(row))
    post_all()
    assert files_with_the_mark() == set()
    with db.read() as session:
        left = session.exec(select(OutboxLetter).where(OutboxLetter.about == about(row))).all()
    assert left == []


def run_today() -> dict[str, int]:
    """The worker does its chore of the day once more."""
    with db.write() as session:
        for run in session.exec(select(RetentionRun)).all():
            session.delete(run)
    keep_to_the_plan()
    with db.read() as session:
        return session.exec(select(RetentionRun)).one().counts


def age(days: int) -> None:
    """All letters and notes were written so many days ago."""
    with db.write() as session:
        for letter in session.exec(select(OutboxLetter)).all():
            letter.created_at = now() - timedelta(days=days)
            session.add(letter)
        for kept in session.exec(select(AuditNote)).all():
            kept.at = now() - timedelta(days=days)
            session.add(kept)


def test_the_purge_month(demo_database: str, client: httpx.Client) -> None:
    """A meeting is over; kind after kind goes, each on its own day, until nothing is left of anybody."""
    row = marked_person()
    took_part(row)
    post_all()
    over_since(30)
    run_today()
    assert {"care_note.access", "answer.value"} <= columns_with_the_mark()  # the last day is still kept

    over_since(31)
    age(31)
    counts = run_today()
    assert counts["care"] >= 2
    assert counts["letters"] >= 3
    found = columns_with_the_mark()
    assert not {column for column in found if column.startswith(("care_note", "outbox_letter.mime"))}
    assert {"outbox_letter.to_address", "answer.value", "registration.remarks", "consent.purpose"} <= found
    assert not any(path.startswith("var/mail") for path in files_with_the_mark())
    with db.read() as session:
        assert not any(one["table"] == "care_note" for change in session.exec(select(Change)) for one in change.rows)

    over_since(91)
    run_today()
    found = columns_with_the_mark()
    assert not {"answer.value", "registration.remarks", "field_change.before"} & found
    assert len([path for path in files_with_the_mark() if path.startswith("var/files")]) == 1  # no form claims it
    assert {"registration.email", "consent.purpose"} <= found

    over_since(366)
    age(366)
    run_today()
    found = columns_with_the_mark()
    assert not {"registration.email", "outbox_letter.to_address"} & found
    assert "consent.purpose" in found

    over_since(1096)
    age(1096)
    run_today()
    kept = columns_with_the_mark() - _elsewhere()
    assert kept == PROOF | FOLLOWS | {"online_log.shown_as"}

    over_since(1100, ends=1)
    assert run_today()[ATTENDANCE] > 0
    assert columns_with_the_mark() - _elsewhere() == set()


def _elsewhere() -> set[str]:
    """What other chores forget within days."""
    return {
        "loose_file.value", "link_request.email", "sign_in_attempt.email",
    }  # fmt: skip


def test_two_workers_at_once_do_it_once(demo_database: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(keep_to_the_plan) for _ in range(4)]:
            done.result()
    with db.read() as session:
        assert len(session.exec(select(RetentionRun)).all()) == 1


def test_a_dry_run_shows_and_changes_nothing(demo_sqlite: str, client: httpx.Client) -> None:
    row = marked_person()
    over_since(31)
    before = columns_with_the_mark()
    token = sign_in(client, "organiser", scope_of(people.MEETING))
    page = client.get(f"{DESK}/retention").text
    assert kind_text("care") in page
    assert "None of this can be restored." in page
    assert columns_with_the_mark() == before
    assert client.post(f"{DESK}/retention/runs", data={"csrf": token}).status_code == 303
    assert "care_note.access" not in columns_with_the_mark()
    assert "Nothing is due for deletion." in client.get(f"{DESK}/retention").text
    assert row.id


def test_the_archive_date_is_shown_and_set(demo_sqlite: str, client: httpx.Client) -> None:
    token = sign_in(client, "organiser")
    with db.write() as session:
        project = session.exec(select(Project)).one()
        project.archive_until = None
        ends = project.ends
        session.add(project)
    assert "five years after the end of the project" in client.get(f"{DESK}/retention").text
    early = client.post("/secon/desk/archive-date", data={"csrf": token, "archive_until": "2020-01-01"})
    assert early.status_code == 422
    later = date(ends.year + 9, 12, 31).isoformat()
    client.post("/secon/desk/archive-date", data={"csrf": token, "archive_until": later})
    with db.read() as session:
        assert session.exec(select(Project.archive_until)).one() == date(ends.year + 9, 12, 31)


@pytest.mark.parametrize(
    ("role", "status"), [("organiser", 200), ("reception", 404), ("logistics", 404), ("controller", 404)]
)
def test_only_organisers_see_requests_and_retention(
    demo_sqlite: str, clients: Callable[[], httpx.Client], role: str, status: int
) -> None:
    client = clients()
    sign_in(client, role, scope_of(people.MEETING))
    assert [client.get(f"{DESK}/{page}").status_code for page in ("erasures", "retention")] == [status, status]


def test_the_request_is_shown_with_its_day_and_the_page_stays_reachable(demo_sqlite: str, client: httpx.Client) -> None:
    row = marked_person()
    asked = request_for(row)
    assert asked.due_on >= now().date() + timedelta(days=28)
    assert request_for(row).id == asked.id
    sign_in(client, "organiser", scope_of(people.MEETING))
    assert MARK in client.get(f"{DESK}/erasures").text
    erase(client, asked)
    assert client.get(f"/my/{token(people.now(row))}").status_code == 200


def test_the_command_line_says_what_would_go_and_lets_it_go(
    demo_sqlite: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.admin.checks.database_problem", lambda: "")
    marked_person()
    over_since(31)
    before = columns_with_the_mark()
    with pytest.raises(SystemExit) as done:
        cli.main(["retention", "--dry-run"])
    assert done.value.code == 0
    said = capsys.readouterr().out
    assert kind_text("care") in said
    assert MARK not in said
    assert columns_with_the_mark() == before
    with pytest.raises(SystemExit):
        cli.main(["retention"])
    assert "care_note.access" not in columns_with_the_mark()
    assert capsys.readouterr().out == said
    with pytest.raises(SystemExit):
        cli.main(["retention", "--dry-run"])
    assert kind_text("care") not in capsys.readouterr().out
