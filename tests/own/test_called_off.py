"""A meeting that was called off: people's own pages say so, and nothing there can be changed any more."""

from __future__ import annotations

import httpx
import pytest
from sqlmodel import select

from planner import db
from planner.clock import now
from planner.delegations import invitations
from planner.delegations.rules import State
from planner.delegations.tables import PersonalInvitation
from planner.errors import Refusal
from planner.hosting.cancelling import cancel, restore
from planner.meetings.queries import at_desk
from planner.registration import offers
from planner.registration.letters import token
from planner.registration.place_tables import PlaceOffer
from tests.delegations import people as delegates
from tests.registration import people

pytestmark = pytest.mark.usefixtures("demo_sqlite")
SENTENCE = "This meeting does not take place; nothing can be changed any more."


def call_off() -> None:
    with db.write() as session:
        cancel(session, at_desk(session, people.PROJECT, people.MEETING), "ana@planner.example", {"en": "Flood"})


def test_nothing_is_changed_on_ones_own_page(client: httpx.Client) -> None:
    row = people.register(people.entry("Ana"))
    assert row
    home = f"/my/{token(row)}"
    assert f'href="{home}/change"' in client.get(home).text
    form = people.form(client, f"{home}/change")
    call_off()
    page = client.get(home).text
    assert SENTENCE in page and f'href="{home}/change"' not in page and f'href="{home}/withdrawal"' not in page
    assert "Your place is certain" not in page
    assert [client.get(f"{home}/{name}").status_code for name in ("change", "withdrawal")] == [303, 303]
    filled = {**form, "given": "Anna", "family": "Guest", "email": "ana@guests.example", "category": "host_local"}
    answer = client.post(f"{home}/change", data=filled)
    assert (answer.status_code, SENTENCE in answer.text) == (422, True)
    assert client.post(f"{home}/withdrawal", data={}).status_code in (409, 422)
    after = people.now(row)
    assert (after.given, after.status, after.version) == ("Ana", "confirmed", row.version)
    with db.write() as session:
        restore(session, at_desk(session, people.PROJECT, people.MEETING), "ana@planner.example")
    assert f'href="{home}/change"' in client.get(home).text


def test_a_place_that_was_kept_is_not_given(client: httpx.Client) -> None:
    people.change_form(offer_hours=24)
    people.leave_room(1)
    first, second = people.register(people.entry("Ana")), people.register(people.entry("Ben"))
    assert first and second
    people.withdraw(first)
    with db.read() as session:
        place = session.exec(select(PlaceOffer).where(PlaceOffer.registration_id == second.id)).one()
    call_off()
    address = f"/my/{token(second)}/offers/{place.id}"
    page = client.get(address).text
    assert SENTENCE in page and "acceptance" not in page
    assert client.post(f"{address}/acceptance", data={}).status_code == 409
    there = people.offered()
    for verb in (offers.accept, offers.decline):
        with pytest.raises(Refusal, match="does not take place"), db.write() as session:
            verb(session, there, second.id or 0, place.id or 0)
    assert people.now(second).status == "offered"


def test_a_delegation_changes_nothing(client: httpx.Client) -> None:
    home = delegates.home(delegates.delegation())
    client.post(home, data=delegates.form("Bo"))
    row = delegates.row_of("Bo")
    call_off()
    page = client.get(home).text
    assert SENTENCE in page and f"{home}/people/{row.slug}" not in page
    assert client.post(home, data=delegates.form("Cy")).status_code == 409
    one = f"{home}/people/{row.slug}"
    assert "Keep the changes" not in client.get(one).text
    assert client.get(f"{one}/withdrawal").status_code == 303
    assert client.post(f"{one}/withdrawal", data={}).status_code in (409, 422)
    assert delegates.team() == {"Bo": row.status} != {"Bo": "cancelled"}


def test_an_invitation_is_not_answered(client: httpx.Client) -> None:
    row = delegates.invited(delegates.invitee())
    here = delegates.invitation_home(row)
    call_off()
    assert "This meeting does not take place" in client.get(here).text
    assert client.get(f"{here}/refusal").status_code == 303
    assert client.post(f"{here}/refusal", data={}).status_code == 303
    assert client.post(here, data={"given": "Iva"}).status_code == 409
    with db.read() as session:
        kept = session.get_one(PersonalInvitation, row.id)
        assert invitations.state_of(kept, now()) is not State.DECLINED
