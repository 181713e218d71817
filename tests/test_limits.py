"""Tries counted in the database, for all processes together."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import ip_address
from threading import Barrier

import pytest
from sqlmodel import select

from planner import clock, db, limits
from planner.errors import TooMany
from planner.knocks import Knock
from planner.limits import Limit

FEW = Limit("test", 3, timedelta(minutes=10))
AT_ONCE = 12


def tried(*tries):
    try:
        limits.count(tries)
    except TooMany as refusal:
        return refusal
    return None


@pytest.mark.usefixtures("sqlite_database")
def test_the_fourth_try_is_too_many_and_says_how_long(monkeypatch):
    moment = clock.now()
    monkeypatch.setattr(limits, "now", lambda: moment)
    assert [tried((FEW, "ana")) for _ in range(3)] == [None] * 3
    monkeypatch.setattr(limits, "now", lambda: moment + timedelta(minutes=4))
    refusal = tried((FEW, "ana"))
    assert (refusal.wait, "in 6 minutes" in refusal.sentence) == (361, True)
    assert tried((FEW, "ben")) is None
    assert tried((Limit("other", 3, FEW.within), "ana")) is None
    monkeypatch.setattr(limits, "now", lambda: moment + timedelta(minutes=10))
    assert tried((FEW, "ana")) is None


@pytest.mark.usefixtures("sqlite_database")
def test_who_is_refused_is_not_counted_and_nobody_is_kept():
    for _ in range(9):
        tried((FEW, "ana@example.org"))
    tried((Limit("free", 99, FEW.within), "free@example.org"), (FEW, "ana@example.org"))
    tried((FEW, ""))
    with db.read() as session:
        kept = session.exec(select(Knock)).all()
    assert len(kept) == 3
    assert "example" not in "".join(row.key for row in kept)


@pytest.mark.usefixtures("sqlite_database")
def test_old_tries_are_forgotten():
    tried((FEW, "ana"))
    with db.write() as session:
        row = session.exec(select(Knock)).one()
        row.at -= timedelta(days=2)
        session.add(row)
    tried((FEW, "ben"))
    limits.forget_old_tries()
    with db.read() as session:
        assert len(session.exec(select(Knock)).all()) == 1


def test_this_machine_itself_may_more_for_it_may_stand_for_everybody():
    assert limits.from_network(FEW, ip_address("198.51.100.7")) == (FEW, "198.51.100.0/24")
    lenient, near = limits.from_network(FEW, ip_address("127.0.0.1"))
    assert (lenient.most, near) == (3 * limits.NEAR, "127.0.0.0/24")


@pytest.mark.usefixtures("database")
def test_many_at_once_get_exactly_as_many_as_the_limit_says():
    ready = Barrier(AT_ONCE)

    def knock(_number):
        ready.wait()
        return tried((FEW, "crowd"))

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        assert sum(answer is None for answer in crowd.map(knock, range(AT_ONCE))) == FEW.most
