"""Two contacts of one partner at once: the last place of the quota goes to exactly one of their people."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlmodel import select

from planner import clock, db
from planner.delegations import actions
from planner.registration import actions as registration
from planner.registration.form_tables import RegistrationForm
from planner.registration.waiting_list import Round
from planner.tokens import mint
from tests.delegations.people import PARTNER, delegation, leave_quota, row_of, team
from tests.registration.people import days, entry, leave_room, offered, register, withdraw

PAIRS = 4


def staff(name):
    partner = next(one.id for one in offered().partners if one.number == PARTNER)
    who = {"family": "Team", "email": f"{name.lower()}@team.example", "category": "partner_staff"}
    return entry(name, **who, partner_id=partner, days=days("on_site", 1))


def register_at_once(*names):
    """Each contact registers one person, all at the same moment."""
    place, start = offered(), Barrier(len(names))
    contacts = [delegation(slug=f"race-{name.lower()}") for name in names]
    people = [{"1": staff(name)} for name in names]

    def send(contact, rows):
        start.wait()
        with db.write() as session:
            actions.register_colleagues(session, place, contact, rows, mint())

    with ThreadPoolExecutor(len(names)) as crowd:
        list(crowd.map(send, contacts, people))


@pytest.mark.usefixtures("demo_database")
def test_the_last_place_of_a_quota_goes_to_one_of_two_contacts():
    leave_room(20)
    for pair in range(PAIRS):
        leave_quota(PARTNER, "partner_staff", 1)
        before = team()
        register_at_once(f"A{pair}", f"B{pair}")
        new = {name: status for name, status in team().items() if name not in before}
        assert sorted(new.values()) == ["confirmed", "waiting"], pair
        free_the_waiting()


def free_the_waiting():
    """Whoever waits goes again, so that the next pair finds nobody before it."""
    for name, status in team().items():
        if status == "waiting":
            withdraw(row_of(name))


@pytest.mark.usefixtures("demo_postgres")
def test_without_the_lock_both_get_the_last_place(monkeypatch):
    """The same act with its lock taken away, and both made to count before either has written."""
    leave_room(20)
    leave_quota(PARTNER, "partner_staff", 1)
    register(entry("First"))  # the notice is kept with the first registration, by whoever comes first
    counted, take_turn = Barrier(2), registration.take_turn

    def unlocked(session, place):
        form = session.exec(select(RegistrationForm).where(RegistrationForm.id == place.form.id)).one()
        return Round(place, form, clock.now())

    def count_then_wait(*arguments, **more):
        position = take_turn(*arguments, **more)
        counted.wait(30)
        return position

    monkeypatch.setattr(registration, "lock", unlocked)
    monkeypatch.setattr(registration, "take_turn", count_then_wait)
    register_at_once("Ana", "Ben")
    assert team() == {"Ana": "confirmed", "Ben": "confirmed"}
