"""People from a table: dry run, all or nothing, mistakes by row, old letters, places, and the same file twice."""

from __future__ import annotations

import re
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import event
from sqlmodel import select

from planner import cli, db, tabular
from planner.forms import Upload
from planner.outbox import OutboxLetter
from planner.registration import letters, queries
from planner.registration.tables import Registration
from planner.roster.importing import MOST_PEOPLE, import_table
from planner.sheet import xlsx_bytes
from tests.reception import counted_questions, scope_of, sign_in
from tests.registration import people as registering

RIGA = "/secon/riga-upcoming/desk"
HEAD = "Given name;Family name;E-mail;Category;Partner;Organisation;Function;Country;Language;Days on site"
MARIA = "Μαρία;Δήμου;maria@example.org;Partner staff;5;;Σύμβουλος;Greece;Ελληνικά;1"
LATIN = ";Given name in Latin letters;Family name in Latin letters"
ROWS = [HEAD + LATIN, MARIA + ";Maria;Dimou", "Jan;Kos;jan@example.org;speaker;;Sadzarna;;PL;;;;", ""]
SEMICOLONS = "\n".join(ROWS)


@pytest.fixture
def organiser(demo_sqlite: str, client: TestClient) -> str:
    """Somebody who organises is signed in; the token of their forms."""
    return sign_in(client, "organiser")


def state() -> tuple[list[tuple[str, str]], int]:
    """Who is registered for Riga with which status, and how many letters there are."""
    meeting = scope_of("riga-upcoming").id
    with db.read() as session:
        rows = session.exec(select(Registration.email, Registration.status).where(Registration.meeting_id == meeting))
        return sorted(tuple(row) for row in rows), len(session.exec(select(OutboxLetter.id)).all())


def bring(client: TestClient, token: str, content: bytes, name: str = "people.csv", **form: str) -> Any:
    """Choose a file and look at it."""
    return client.post(f"{RIGA}/import-people", data={"csrf": token, **form}, files={"file": (name, content)})


def agree(client: TestClient, token: str, page: str, **form: str) -> Any:
    """Press the button of the preview."""
    table = re.search(r'name="table" value="([^"]*)"', page)
    assert table
    packed = table[1].replace("&#34;", '"').replace("&quot;", '"').replace("&amp;", "&")
    return client.post(f"{RIGA}/import-people", data={"csrf": token, "table": packed, "write": "yes", **form})


def test_letters_written_before_the_lock_need_not_be_written_again_behind_it(organiser: str) -> None:
    guests = [f"Guest;No {number};guest{number}@example.org;speaker;;Guild;;;;" for number in range(60)]
    table = tabular.read(Upload("people.csv", "\n".join([HEAD, *guests]).encode()))
    commits = Counter[str]()
    note = lambda _connection: commits.update(["kept"])  # noqa: E731
    event.listen(db.current().engine, "commit", note)
    try:
        outcome = import_table("secon", "riga-upcoming", table, "organiser@example.org", write=True)
    finally:
        event.remove(db.current().engine, "commit", note)
    assert (outcome.new, commits["kept"]) == (60, 1)


@pytest.mark.parametrize(
    "content",
    [
        SEMICOLONS.encode(),
        SEMICOLONS.encode("utf-8-sig"),
        SEMICOLONS.encode("cp1253"),
        SEMICOLONS.encode("utf-16"),
        SEMICOLONS.replace(";", ",").encode(),
        SEMICOLONS.replace(";", "\t").encode(),
    ],
)
def test_a_dry_run_says_what_would_happen_and_writes_nothing(
    organiser: str, client: TestClient, content: bytes
) -> None:
    before = state()
    answer = bring(client, organiser, content)
    assert answer.status_code == 200
    assert re.findall(r'<td class="num">(\d+)</td><th scope="row"><bdi>([^<]+)</bdi>', answer.text) == [
        ("2", "Maria Dimou"),
        ("3", "Jan Kos"),
    ]
    assert "2 people would be added." in answer.text
    assert state() == before


def test_what_was_agreed_to_is_done_once(organiser: str, client: TestClient) -> None:
    people, letters = state()
    answer = agree(client, organiser, bring(client, organiser, SEMICOLONS.encode()).text)
    assert answer.status_code == 303
    after = state()
    assert {email for email, _status in after[0]} - {email for email, _status in people} == {
        "maria@example.org",
        "jan@example.org",
    }
    assert after[1] == letters + 2
    with db.read() as session:
        row = session.exec(select(Registration).where(Registration.email == "maria@example.org")).one()
        assert (row.family, row.latin_family, row.country, row.language) == ("Δήμου", "Dimou", "GR", "el")
        assert list(queries.choices(session, row.id or 0).days.values()) == ["on_site"]
        assert queries.history(session, row.id or 0)[0].actor == "organiser@example.org"
    again = bring(client, organiser, SEMICOLONS.encode())
    assert "0 people would be added." in again.text and again.text.count("There already") == 2
    agree_again = client.post(
        f"{RIGA}/import-people",
        data={"csrf": organiser, "write": "yes"},
        files={"file": ("people.csv", SEMICOLONS.encode())},
    )
    assert agree_again.status_code == 303
    assert state() == after


def test_one_mistake_keeps_all_of_it_from_being_written(organiser: str, client: TestClient) -> None:
    before = state()
    rows = [
        HEAD,
        "Ana;Ilić;ana@example.org;speaker;;School;;;;1",
        "Bo;Tor;bo at example;speaker;;School;;;;1",
        "Jo;;jo@example.org;emperor;Atlantis;School;;;;1",
        "ANA;ILIC;Ana@example.org;speaker;;School;;;;1",
    ]
    answer = bring(client, organiser, "\n".join(rows).encode(), write="yes")
    assert answer.status_code == 422
    told = re.findall(r'<th scope="row" class="num">(\d+)</th><td>([^<]*)</td>', answer.text)
    assert [row for row in told if row[0] != "4"] == [("3", "E-mail"), ("5", "")]
    assert {column for row, column in told if row == "4"} >= {"Family name", "Category", "Partner"}
    assert "The same person stands in row 2." in answer.text
    assert state() == before


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "people.csv", "This file is empty"),
        (b"Name;Town\nA;B", "people.csv", "This column is needed."),
        (HEAD.encode(), "people.csv", "This table has no people in it."),
        (b"PK\x03\x04 no workbook", "people.xlsx", 'id="file-mistake"'),
        (b"%PDF-1.7 ...", "people.pdf", 'id="file-mistake"'),
    ],
)
def test_odd_files_are_refused_in_sentences(
    organiser: str, client: TestClient, content: bytes, name: str, words: str
) -> None:
    answer = bring(client, organiser, content, name)
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize(
    ("head", "row", "told"),
    [
        ("sep=,\n\nFirst name,Last name,Email,Category,Company", "Jo,Tor,jo@example.org,Speaker,Ltd", []),
        ("given,family,email,category,organisation,days on site", "Jo,Tor,jo@x.example,speaker,Ltd,2027-02-03", []),
        ("given,family,email,category,organisation,days on site", "Jo,Tor,jo@x.example,speaker,Ltd,7", ["no day 7."]),
        (
            "given,family,email,category,organisation,country",
            "Jo,Tor,jo@x.example,speaker,Ltd,Atlantis",
            ["“Atlantis”"],
        ),
        ("given,family,email,category", "Jo,Tor,jo@x.example,wizard", ["“wizard” is none of these: Partner staff,"]),
    ],
)
def test_tables_as_people_have_them(organiser: str, client: TestClient, head: str, row: str, told: list[str]) -> None:
    answer = bring(client, organiser, f"{head}\n{row}\n".encode())
    assert ("One person would be added." in answer.text) is not bool(told)
    assert all(words in answer.text for words in told)
    assert not told or f'<th scope="row" class="num">{len(head.splitlines()) + 1}</th>' in answer.text


def test_a_workbook_from_our_own_list_is_understood(organiser: str, client: TestClient) -> None:
    head, maria, jan, _end = [line.split(";") for line in ROWS]
    answer = bring(client, organiser, xlsx_bytes("People", head, [maria, jan]), "people.xlsx")
    assert "2 people would be added." in answer.text
    own = client.get(f"{RIGA}/registrations.csv?status=confirmed").content
    known = bring(client, organiser, own)
    assert (known.status_code, "0 people would be added." in known.text) == (200, True)


def test_places_are_kept_unless_everybody_is_confirmed(organiser: str, client: TestClient) -> None:
    with db.write() as session:
        form = queries.form_of(session, scope_of("riga-upcoming").id)
        assert form
        form.seats_on_site = form.seats_online = 1
        session.add(form)
    waiting = bring(client, organiser, SEMICOLONS.encode(), way="places").text
    assert waiting.count("<td>Waiting list</td>") == 2
    page = bring(client, organiser, SEMICOLONS.encode(), way="confirmed").text
    assert page.count("<td>Confirmed</td>") == 2
    assert agree(client, organiser, page, way="confirmed").status_code == 303
    assert ("jan@example.org", "confirmed") in state()[0]


def test_others_bring_nobody(demo_sqlite: str, client: TestClient) -> None:
    token = sign_in(client, "controller")
    assert client.get(f"{RIGA}/import-people").status_code == 404
    assert bring(client, token, SEMICOLONS.encode(), write="yes").status_code == 404


def test_the_command_line_takes_the_same_table(
    demo_sqlite: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    file = tmp_path / "people.csv"
    file.write_bytes(SEMICOLONS.encode("cp1253"))
    before = state()
    told = {}
    for more in (["--dry-run"], [], []):
        with pytest.raises(SystemExit) as end:
            cli.main(["import-people", str(file), "--meeting", "secon/riga-upcoming", *more])
        assert not end.value.code
        told[len(told)] = capsys.readouterr().out.splitlines()[-1]
        assert (state() == before) is bool(more) or len(told) > 1
    assert list(told.values()) == ["2 would be added.", "2 added.", "0 added."]
    for arguments in ([str(file), "--meeting", "secon/atlantis"], ["/nowhere.csv", "--meeting", "secon/riga-upcoming"]):
        with pytest.raises(SystemExit) as end:
            cli.main(["import-people", *arguments])
        assert end.value.code == 1


def many(count: int) -> bytes:
    """A table with so many people."""
    rows = (f"Given{n};Family{n};p{n}@many.example;speaker;;School;;;;1" for n in range(count))
    return "\n".join([HEAD, *rows]).encode()


def test_five_thousand_people_are_tried_with_as_many_questions_as_five_hundred(
    organiser: str, client: TestClient
) -> None:
    asked: list[int] = []
    before = state()
    for count in (500, 5000):
        with counted_questions() as questions:
            answer = bring(client, organiser, many(count))
        assert f"{count} people would be added." in answer.text
        asked.append(sum(not statement.startswith("INSERT") for statement in questions))
    assert state() == before
    assert asked[1] <= asked[0]


def test_one_more_than_the_most_is_refused(organiser: str, client: TestClient) -> None:
    answer = bring(client, organiser, many(MOST_PEOPLE + 1))
    assert answer.status_code == 422
    assert "A table may have 5000 rows." in answer.text


def test_a_large_table_goes_through_the_preview_and_is_written(organiser: str, client: TestClient) -> None:
    people, letters = state()
    answer = agree(client, organiser, bring(client, organiser, many(700)).text)
    assert answer.status_code == 303
    after = state()
    assert (len(after[0]) - len(people), after[1] - letters) == (700, 700)


def test_places_of_a_table_are_those_that_one_by_one_would_get(organiser: str, client: TestClient) -> None:
    registering.leave_room(2)
    registering.change_form(approval=[])
    bring(client, organiser, many(4), write="yes")
    mine = [(email, status) for email, status in state()[0] if email.endswith("@many.example")]
    there = [("p0", "confirmed"), ("p1", "confirmed"), ("p2", "waiting"), ("p3", "waiting")]
    assert mine == [(f"{name}@many.example", status) for name, status in there]
    with db.read() as session:
        last = session.exec(select(Registration).where(Registration.email == "p3@many.example")).one()
        form = registering.offered().form
        assert queries.position(session, form, last.id or 0) == queries.seats(session, form)[0][1].waiting
        assert [one.status for one in queries.history(session, last.id or 0)] == ["submitted", "waiting"]


def told_position(row: Registration) -> int:
    """As which number the letter of somebody who waits says they do."""
    with db.read() as session:
        about = OutboxLetter.about == letters.about(row)
        written = session.exec(select(OutboxLetter).where(about)).one()
    text = message_from_bytes(written.mime, policy=policy.default).get_body(("plain",)).get_content()
    return int(re.search(r"Your place in the queue: (\d+)", text)[1])


def test_people_register_while_a_table_is_brought_and_every_place_and_letter_is_true(
    organiser: str, client: TestClient
) -> None:
    registering.leave_room(40)
    registering.change_form(approval=[])
    done = Event()

    def arrive() -> None:
        while not done.is_set():
            arrived.append(registering.register(registering.entry(f"Guest{len(arrived)}")))

    arrived: list[Registration | None] = []
    others = Thread(target=arrive)
    others.start()
    answer = bring(client, organiser, many(60), write="yes")
    done.set()
    others.join()
    assert answer.status_code == 303
    assert arrived and None not in arrived
    with db.read() as session:
        form = registering.offered().form
        on_site = queries.seats(session, form)[0][1]
        assert on_site.taken == on_site.seats
        brought = session.exec(select(Registration).where(Registration.email.endswith("@many.example"))).all()
        assert len(brought) == 60
        queue = {row.id: queries.position(session, form, row.id) for row in brought if row.status == "waiting"}
    assert {row.id: told_position(row) for row in brought if row.status == "waiting"} == queue
