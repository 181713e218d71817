"""Nobody gets past those who have waited longer, by whatever detour."""

from datetime import timedelta

import pytest
from sqlmodel import select

from planner import clock, db
from planner.errors import Refusal
from planner.registration import actions, offers
from planner.registration.place_tables import PlaceOffer
from planner.registration.tables import Registration
from tests.delegations.people import PARTNER, leave_quota
from tests.registration.people import (
    change,
    change_form,
    chosen,
    days,
    entry,
    leave_room,
    leave_seats,
    now,
    offered,
    register,
    visits,
    withdraw,
)

pytestmark = pytest.mark.usefixtures("demo_database")


def partner():
    return next(one.id for one in offered().partners if one.number == PARTNER)


def offers_to(row):
    with db.read() as session:
        query = select(PlaceOffer).where(PlaceOffer.registration_id == row.id, PlaceOffer.outcome == "")
        return {place.number: place.id for place in session.exec(query)}


def accept(row, item):
    with db.write() as session:
        offers.accept(session, offered(), row.id, offers_to(row)[item])


def test_who_is_content_with_the_second_choice_and_then_wants_the_first_stands_at_its_end():
    leave_seats("d2-visit-a", 1)
    first, second = visits("d2-visit-a", "d2-visit-b")
    there = {"days": days("on_site", 2)}
    holder = register(entry("Ana", visits=(first,), **there))
    content = register(entry("Ben", visits=(first, second), **there))
    waiting = register(entry("Cleo", visits=(first,), **there))
    assert chosen(content).visit == second
    change(content, entry("Ben", visits=(first, second), keeps_first=True, **there))
    assert [one.position for one in chosen(content).places if one.state == "waiting"] == [2]
    withdraw(holder)
    assert (chosen(waiting).visit, chosen(content).visit) == (first, second)


def test_who_is_offered_the_second_choice_keeps_the_turn_for_the_first():
    change_form(offer_hours=24)
    leave_seats("d2-visit-a", 1)
    leave_seats("d2-visit-b", 1)
    first, second = visits("d2-visit-a", "d2-visit-b")
    there = {"days": days("on_site", 2)}
    ana = register(entry("Ana", visits=(first,), **there))
    dora = register(entry("Dora", visits=(second,), **there))
    ben = register(entry("Ben", visits=(first, second), **there))
    cleo = register(entry("Cleo", visits=(first,), **there))
    withdraw(dora)
    assert set(offers_to(ben)) == {second}
    assert [(one.state, one.position) for one in chosen(ben).places] == [("offered", 0), ("waiting", 1)]
    withdraw(ana)
    assert (set(offers_to(ben)), offers_to(cleo)) == ({first, second}, {})
    accept(ben, first)
    assert (chosen(ben).visit, offers_to(ben)) == (first, {})


def test_a_yes_of_an_organiser_passes_nobody_unless_it_is_said_why():
    change_form(waiting_list_closes_at=clock.now() - timedelta(minutes=1))
    leave_room(1)
    ana, ben, cleo = (register(entry(name)) for name in ("Ana", "Ben", "Cleo"))
    withdraw(ana)
    with pytest.raises(Refusal, match="Others have waited longer"), db.write() as session:
        actions.confirm(session, session.get_one(Registration, cleo.id), "organiser@secon.example")
    with db.write() as session:
        actions.confirm(session, session.get_one(Registration, ben.id), "organiser@secon.example")
    assert [now(row).status for row in (ben, cleo)] == ["confirmed", "waiting"]


def test_who_leaves_the_line_of_a_partner_stands_at_the_end_of_the_other():
    leave_room(0)
    leave_quota(PARTNER, "stakeholder", 0)
    guest = {"category": "stakeholder", "partner_id": partner()}
    ana = register(entry("Ana", **guest))
    ben = register(entry("Ben"))
    assert [now(row).waiting_for for row in (ana, ben)] == ["quota", "place"]
    change(ana, entry("Ana"))
    leave_room(1)
    cleo = register(entry("Cleo"))
    assert [now(row).status for row in (ben, cleo)] == ["waiting"] * 2
    withdraw(cleo)
    assert [now(row).status for row in (ana, ben)] == ["waiting", "confirmed"]
