"""What a probe sees, and that it outlives a database that is restarted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from planner import db
from planner.accounts.tables import Account
from planner.clock import now
from planner.settings import settings
from tests.fixtures.databases import Cluster, name_in

NAME = "SELECT name FROM account WHERE email = ?"
ANA = "ana@example.org"


def save(name: str) -> None:
    """Keep Ana's account under that name."""
    with db.write() as session:
        account = session.get(Account, 1) or Account(email=ANA, name="", created_at=now())
        account.name = name
        session.add(account)


def others(cluster: Cluster, act: str) -> list[object]:
    """Do something to every connection with the current PostgreSQL database but the one this is said on."""
    question = f"SELECT {act} FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        return [row[0] for row in connection.execute(question, (name_in(settings().database_url),))]


def test_a_probe_finds_nothing_where_nothing_is(database: str) -> None:
    assert db.probe(NAME, (ANA,)) is None


def test_a_probe_sees_every_change_at_once(database: str) -> None:
    seen = []
    for name in ("Ana", "Ana Silva", "Ana Almeida"):
        save(name)
        seen.append(db.probe(NAME, (ANA,)))
    assert seen == [("Ana",), ("Ana Silva",), ("Ana Almeida",)]


def test_a_probe_does_not_see_what_may_still_be_undone(database: str) -> None:
    save("Ana")
    with db.write() as session:
        session.get_one(Account, 1).name = "Undone"
        session.flush()
        assert db.probe(NAME, (ANA,)) == ("Ana",)
        session.rollback()


def test_many_probes_at_once_each_get_their_own_answer(database: str) -> None:
    questions = [(f"SELECT {number}, name FROM account WHERE email = ?", (ANA,)) for number in range(200)]
    save("Ana")
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda question: db.probe(*question), questions))
    assert answers == [(number, "Ana") for number in range(200)]


def test_a_probe_that_is_wrong_fails_like_any_question_and_harms_none_after_it(database: str) -> None:
    save("Ana")
    with pytest.raises(DBAPIError):
        db.probe("SELECT nothing FROM nowhere WHERE email = ?", (ANA,))
    assert db.probe(NAME, (ANA,)) == ("Ana",)


def test_a_probe_answers_after_the_database_ended_all_connections(postgres_database: str, cluster: Cluster) -> None:
    save("Ana")
    assert db.probe(NAME, (ANA,)) == ("Ana",)
    assert all(others(cluster, "pg_terminate_backend(pid)"))
    assert [db.probe(NAME, (ANA,)) for _ in range(3)] == [("Ana",)] * 3


def test_nothing_stays_connected_after_disconnecting(postgres_database: str, cluster: Cluster) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _number: db.probe(NAME, (ANA,)), range(50)))
    db.disconnect()
    assert any(not others(cluster, "pid") for _look in range(200))  # the server notices a moment later
