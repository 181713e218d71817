"""The outbox's rows: kept with their act, taken by one worker at a time, retried, and never silently repeated."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from planner import db, outbox
from planner.letter import Letter
from planner.outbox import DELAYS, claim
from tests.posting import let_leases_run_out, rows, write

MOMENT = datetime(2027, 3, 28, 0, 59, tzinfo=UTC)
"""A minute before the clocks change in Europe."""


def states() -> list[str]:
    return [row.state for row in rows()]


def test_a_letter_is_kept_with_its_act(database: str) -> None:
    write("ana@example.org", about="registration:12")
    (row,) = rows()
    assert (row.to_address, row.subject, row.state, row.about) == (
        "ana@example.org", "Hello", "waiting", "registration:12"
    )  # fmt: skip
    assert row.message_id.encode() in row.mime


def test_a_letter_vanishes_with_its_act(database: str) -> None:
    with pytest.raises(ZeroDivisionError), db.write() as session:
        outbox.write_letter(session, Letter(to="ana@example.org", subject="Hello", text="Welcome."))
        session.flush()
        raise ZeroDivisionError
    assert rows() == []


def test_a_bad_address_writes_nothing(database: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        write("ana@example.org", "ana@example.org\r\nBcc: eve@example.org")
    assert rows() == []


def test_a_letter_is_taken_by_one_worker_only(database: str) -> None:
    write("ana@example.org", "ben@example.org", "eva@example.org")
    assert [parcel.to_address for parcel in claim("one")] == ["ana@example.org"]
    assert [parcel.to_address for parcel in claim("two", 5)] == ["ben@example.org", "eva@example.org"]
    assert claim("three", 5) == []
    assert states() == ["sending"] * 3


def test_a_lost_letter_is_repeated_once_and_then_left_to_a_person(database: str) -> None:
    write("ana@example.org")
    (first,) = claim("one")
    let_leases_run_out()
    (second,) = claim("two")
    assert (first.message_id, first.mime) == (second.message_id, second.mime)
    assert second.doubtful_repeats == 1
    let_leases_run_out()
    assert claim("three") == []
    assert states() == ["doubtful"]
    assert claim("three") == []


def test_a_carrier_that_replaces_its_first_copy_may_repeat_for_ever(database: str) -> None:
    write("ana@example.org")
    for attempt in (1, 2, 3):
        (parcel,) = claim("one", repeat_is_harmless=True)
        assert (parcel.attempts, parcel.doubtful_repeats) == (attempt, 0)
        let_leases_run_out()


def test_who_lost_the_lease_no_longer_marks_the_letter(database: str) -> None:
    write("ana@example.org")
    (slow,) = claim("slow")
    let_leases_run_out()
    (quick,) = claim("quick")
    outbox.mark_failed(slow, "550 no")
    assert states() == ["sending"]
    outbox.mark_sent(quick)
    outbox.mark_failed(slow, "550 no")
    assert states() == ["sent"]


def test_attempts_grow_rarer_and_end_after_five_days(database: str) -> None:
    with time_machine.travel(MOMENT, tick=False) as clock:
        write("ana@example.org")
        for delay in DELAYS:
            outbox.mark_delayed(claim("one")[0], "451 later")
            clock.shift(delay - timedelta(seconds=1))
            assert claim("one") == []
            clock.shift(timedelta(seconds=1))
        assert timedelta(days=4, hours=12) < datetime.now(UTC) - MOMENT < timedelta(days=5, hours=12)
        outbox.mark_delayed(claim("one")[0], "451 later")
        assert states() == ["failed"]
        clock.shift(timedelta(days=30))
        assert claim("one") == []


def test_a_lost_answer_is_repeated_once(database: str) -> None:
    with time_machine.travel(MOMENT, tick=False) as clock:
        write("ana@example.org")
        outbox.mark_doubtful(claim("one")[0], "lost")
        assert [(row.state, row.doubtful_repeats) for row in rows()] == [("waiting", 1)]
        clock.shift(timedelta(minutes=1))
        outbox.mark_doubtful(claim("one")[0], "lost")
        assert [(row.state, row.last_error) for row in rows()] == [("doubtful", "lost")]


def test_what_a_server_says_is_kept_in_one_clean_line(database: str) -> None:
    write("ana@example.org")
    outbox.mark_failed(claim("one")[0], "550\r\n no \0 such \ud800 person" + "!" * 9999)
    (row,) = rows()
    assert row.last_error.startswith("550 no such person!")
    assert len(row.last_error) == 500


def test_letters_are_counted_by_state(database: str) -> None:
    write("ana@example.org", "ben@example.org", "eva@example.org")
    outbox.mark_sent(claim("one")[0])
    with db.read() as session:
        assert outbox.counts(session) == {"waiting": 2, "sending": 0, "sent": 1, "failed": 0, "doubtful": 0}


def test_letters_are_found_by_what_they_are_about(database: str) -> None:
    write("ana@example.org", about="registration:1")
    write("ben@example.org", about="registration:12")
    write("eva@example.org", about="registration:1")
    with db.read() as session:
        found = outbox.letters_about(session, "registration:1")
    assert [letter.to_address for letter in found] == ["ana@example.org", "eva@example.org"]


def test_troubled_letters_are_shown_to_a_person(database: str) -> None:
    write("ana@example.org", "ben@example.org", "eva@example.org")
    outbox.mark_sent(claim("one")[0])
    outbox.mark_failed(claim("one")[0], "550 nobody here")
    with db.read() as session:
        assert [(each.to_address, each.last_error) for each in outbox.troubled(session)] == [
            ("ben@example.org", "550 nobody here")
        ]
