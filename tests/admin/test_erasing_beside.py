"""What is known of somebody beside the registration goes too, and nothing goes that is somebody else's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlmodel import Session, col, select

from planner import db
from planner.admin import erasure
from planner.admin.actions import ask_erasure
from planner.admin.queries import request_of
from planner.admin.words import kind_text
from planner.agenda.tables import Speaking
from planner.clock import now
from planner.delegations.tables import PersonalInvitation
from planner.errors import Refusal
from planner.letter import Letter
from planner.meetings.tables import Meeting
from planner.outbox import OutboxLetter, Parcel, claim, write_letter
from planner.post import Folder
from planner.registration import unconfirmed
from planner.registration.entry import Entry
from planner.registration.letters import about, token
from planner.registration.offer import offer_of
from planner.registration.place_tables import DeadlineException
from planner.registration.tables import ErasureRequest, Registration
from planner.roster.tables import RosterView
from planner.tokens import digest, mint
from planner.worker import hand_over
from tests.admin.marked import ADDRESS, MARK, columns_with_the_mark, files_with_the_mark, marked_person, today
from tests.reception import scope_of, sign_in
from tests.registration import people

OTHER = "harghita-2024"


def erased(row: Registration, *, everywhere: bool = False) -> ErasureRequest:
    """The person asks, and somebody who may erases."""
    with db.write() as session:
        asked = ask_erasure(session, offer_of(session, row.meeting_id), row, "registrant", everywhere=everywhere)
        session.flush()
        erasure.erase(session, asked, "boss@example.org", everywhere=everywhere)
    return asked


def invite(session: Session, email: str, name: str = MARK, registration: int | None = None) -> None:
    """Somebody is invited to Riga by name."""
    session.add(PersonalInvitation(
        meeting_id=people.meeting_id(), uid=mint(), token_hash=mint(), identity=mint(), given=name, family=name,
        email=email, category="speaker", registration_id=registration, sent_at=now(), expires_at=now(),
    ))  # fmt: skip


def registered(name: str, **values: object) -> Registration:
    """Somebody is registered for Riga."""
    row = people.register(people.entry(name, **values))
    assert row is not None
    return row


def at_another_meeting(row: Registration) -> Registration:
    """The same person is registered for another meeting of the project."""
    with db.write() as session:
        meeting = session.exec(select(Meeting.id).where(Meeting.slug == OTHER)).one() or 0
        kept = row.model_dump(exclude={"id", "meeting_id", "uid", "token_hash", "form_key", "slug"})
        other = Registration(meeting_id=meeting, uid=mint(), token_hash=mint(), **kept)
        session.add(other)
        session.flush()
        write_letter(session, Letter(row.email, "Harghita", "Text", "<p>Text</p>", about=about(other)))
        session.add(DeadlineException(
            meeting_id=meeting, uid=mint(), email=row.email, until=now(), reason="Flight", granted_by="x",
            granted_at=now(),
        ))  # fmt: skip
    return other


def test_who_was_invited_at_another_address_is_forgotten_there_too(demo_sqlite: str) -> None:
    row = registered("Zoe")
    with db.write() as session:
        invite(session, f"work@{MARK}.example", registration=row.id)
    erased(row)
    assert columns_with_the_mark() == set()


def test_addresses_that_somebody_had_before_are_forgotten(demo_sqlite: str) -> None:
    row = registered("Zoe", email=ADDRESS)
    people.change(row, people.entry("Zoe", email="zoe@new.example"))
    with db.write() as session:
        invite(session, ADDRESS, "Zoe")
        write_letter(session, Letter(ADDRESS, "Come", "Text", "<p>Text</p>"))
    erased(people.now(row))
    assert columns_with_the_mark() == set()


def test_a_colleague_at_the_same_address_keeps_invitation_and_letters(demo_sqlite: str) -> None:
    row, colleague = registered("Zoe", email=ADDRESS), registered("Yan", email=ADDRESS)
    with db.write() as session:
        invite(session, ADDRESS, "Yan", colleague.id)
    erased(row)
    with db.read() as session:
        invited = session.exec(select(PersonalInvitation.given).where(PersonalInvitation.email == ADDRESS)).all()
        told = session.exec(select(OutboxLetter.to_address).where(OutboxLetter.about == about(colleague))).all()
    assert (invited, told) == (["Yan"], [ADDRESS])


def test_erasing_at_one_meeting_leaves_the_other_alone(demo_sqlite: str) -> None:
    row = registered("Zoe")
    other = at_another_meeting(row)
    erased(row)
    with db.read() as session:
        letter = session.exec(select(OutboxLetter).where(OutboxLetter.about == about(other))).one()
        assert (letter.to_address, letter.state, bool(letter.mime)) == (row.email, "waiting", True)
        assert session.exec(select(DeadlineException.reason).where(DeadlineException.email == row.email)).all()
    assert people.now(other).erased_at is None


def test_erasing_everywhere_answers_the_requests_at_other_meetings(demo_sqlite: str, client: httpx.Client) -> None:
    row = registered("Zoe")
    other = at_another_meeting(row)
    erased(row, everywhere=True)
    with db.read() as session:
        answered = request_of(session, other.id or 0)
    assert answered is not None
    assert answered.done_by == "boss@example.org"
    with db.write() as session:
        kept = session.get_one(Registration, other.id)
        secret = token(kept)
        kept.token_hash = digest(secret)
    assert "Your data were erased" in client.get(f"/my/{secret}/erasure").text


@pytest.mark.parametrize("query", ["?status=cancelled", "?q=online", "?q=li", "?partner=lin&sort=-name"])
def test_a_view_that_looks_for_others_stays(demo_sqlite: str, query: str) -> None:
    row = registered("An", family="Lin", latin_family="Lin", email="an@guests.example")
    with db.write() as session:
        account = session.connection().exec_driver_sql("SELECT MIN(id) FROM account").scalar_one()
        known = {"meeting_id": row.meeting_id, "account_id": account}
        session.add(RosterView(**known, name="Online in Lin", query=query))
        session.add(RosterView(**known, name="Theirs", query="?q=Lin&status=confirmed"))
        session.add(RosterView(**known, name="An Lin", query=""))
    erased(row)
    with db.read() as session:
        left = session.exec(select(RosterView.name).where(RosterView.meeting_id == row.meeting_id)).all()
    assert "Online in Lin" in left
    assert not {"Theirs", "An Lin"} & set(left)


@pytest.mark.parametrize("days", [30, 0])
def test_a_meeting_that_does_not_take_place_proves_nothing(demo_sqlite: str, days: int) -> None:
    row = marked_person()
    with db.write() as session:
        meeting = session.get_one(Meeting, row.meeting_id)
        meeting.cancelled_at = now()
        meeting.first_day = meeting.last_day = today() + timedelta(days=days)
    asked = erased(people.now(row))
    assert "attendance" not in asked.outcome
    assert columns_with_the_mark() == set()


def test_who_is_erased_before_proving_the_address_is_not_asked_again(demo_sqlite: str, client: httpx.Client) -> None:
    stranger: Entry = people.entry("Zoe", email=ADDRESS)
    offered = people.offered()
    with db.write() as session:
        unconfirmed.hold(session, offered, stranger, "")
        row = session.exec(select(Registration).where(Registration.email == ADDRESS)).one()
    erased(row)
    client.post(f"/my/{token(row)}/confirmation")
    assert people.now(row).status == "cancelled"
    with db.read() as session:
        letters = session.exec(select(OutboxLetter).where(col(OutboxLetter.about) == about(row))).all()
    assert letters == []


DESK = f"/{people.PROJECT}/{people.MEETING}/desk/erasures"


def test_who_was_invited_and_never_came_is_erased_by_the_address(demo_sqlite: str, client: httpx.Client) -> None:
    with db.write() as session:
        invite(session, ADDRESS)
        number = session.exec(select(PersonalInvitation.id).where(PersonalInvitation.email == ADDRESS)).one()
        write_letter(session, Letter(ADDRESS, MARK, MARK, f"<p>{MARK}</p>", about=f"invitation:{number}"))
    known = registered("Zoe")
    form = {"csrf": sign_in(client, "organiser", scope_of(people.MEETING))}
    answers = [
        client.post(f"{DESK}/addresses", data={**form, "address": address}).status_code
        for address in (known.email, "nobody@guests.example", "no address", ADDRESS.upper(), ADDRESS)
    ]
    assert answers == [422, 422, 422, 303, 422]
    assert columns_with_the_mark() == set()
    assert people.now(known).email


def test_the_outcome_does_not_tell_organisers_who_wrote_about_health(demo_sqlite: str, client: httpx.Client) -> None:
    row = marked_person()
    asked = erased(row)
    assert asked.outcome["care"] == 1
    sign_in(client, "organiser", scope_of(people.MEETING))
    assert kind_text("care") not in client.get(DESK).text
    own = client.get(f"/my/{token(row)}/erasure").text
    assert kind_text("care") in own


def test_a_speaker_is_told_that_the_agenda_keeps_the_name(demo_sqlite: str, client: httpx.Client) -> None:
    row = registered("Zoe")
    with db.write() as session:
        kept = session.get_one(Registration, row.id)
        kept.person_id = session.exec(select(Speaking.person_id)).first()
    reason = "The name stays where an agenda names it"
    assert reason in client.get(f"/my/{token(row)}/erasure").text
    erased(people.now(row))
    page = client.get(f"/my/{token(row)}/erasure").text
    assert reason in page
    assert "Nothing about you is left" not in page


def test_a_letter_under_way_leaves_no_copy_of_somebody_erased_meanwhile(demo_sqlite: str) -> None:
    row = registered("Zoe", email=ADDRESS)

    class Slow(Folder):
        def deliver(self, parcel: Parcel) -> None:
            erased(people.now(row))
            super().deliver(parcel)

    [parcel] = claim("worker", repeat_is_harmless=True)
    hand_over(Slow(Path("var/mail")), parcel)()
    assert not any(path.startswith("var/") for path in files_with_the_mark())


def test_two_who_press_the_button_at_once_erase_once(demo_database: str) -> None:
    row = registered("Zoe")

    def ask() -> int:
        with db.write() as session:
            kept = session.get_one(Registration, row.id)
            asked = ask_erasure(session, offer_of(session, row.meeting_id), kept, "registrant", everywhere=False)
            session.flush()
            return asked.id or 0

    def press(number: int) -> bool:
        try:
            with db.write() as session:
                erasure.erase(session, session.get_one(ErasureRequest, number), "boss@example.org", everywhere=False)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        [number] = set(pool.map(lambda _: ask(), range(4)))
        assert sorted(pool.map(press, [number] * 4)) == [False, False, False, True]
    with db.read() as session:
        assert session.get_one(ErasureRequest, number).outcome["contact"]
