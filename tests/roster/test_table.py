"""The organisers' table: facets together, columns, views, mending in a row, many at once, and its price."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from html import unescape
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlmodel import col, select

from planner import clock, db
from planner.audit import AuditNote
from planner.meetings.queries import at_desk
from planner.names import person_key
from planner.outbox import OutboxLetter
from planner.registration import queries, rules
from planner.registration.affiliations import affiliations
from planner.registration.rules import identity
from planner.registration.tables import FieldChange, Registration
from planner.roster import listing, narrowing
from planner.roster.selection import Selection, of_query, selection
from planner.tokens import digest, mint
from tests.reception import counted_questions, registration, scope_of, sign_in
from tests.roster.test_desk_tables import read_csv

HASKOVO, HARGHITA, RIGA = "/secon/haskovo-2023/desk", "/secon/harghita-2024/desk", "/secon/riga-upcoming/desk"


@pytest.fixture
def organiser(demo_sqlite: str, client: TestClient) -> str:
    """Somebody who organises is signed in; the token of their forms."""
    return sign_in(client, "organiser")


def names(answer: Any) -> list[str]:
    """The people in a list, in order."""
    return [unescape(name) for name in re.findall(r'<th scope="row"><a href="[^"]+"><bdi>([^<]+)</bdi>', answer.text)]


def crowd(count: int, status: str = "confirmed") -> None:
    """So many more people for Riga."""
    meeting, moment = scope_of("riga-upcoming").id, clock.now()
    with db.write() as session:
        session.add_all(
            Registration(
                meeting_id=meeting, uid=mint(), token_hash=digest(mint()), identity=identity("Ann", f"Zed{n}", ""),
                status=status, category="speaker", given="Ann", family=f"Zed{n}", latin_given="Ann",
                latin_family=f"Zed{n}", email=f"zed{n}@example.org", submitted_at=moment, updated_at=moment,
            )
            for n in range(count)
        )  # fmt: skip


def test_values_of_a_facet_add_up_and_facets_narrow_each_other(organiser: str, client: TestClient) -> None:
    whole = names(client.get(f"{HARGHITA}/registrations"))
    parts = [names(client.get(f"{HARGHITA}/registrations?country={code}")) for code in ("RO", "BG")]
    both = client.get(f"{HARGHITA}/registrations?country=RO&country=BG")
    assert sorted(names(both)) == sorted(parts[0] + parts[1])
    assert 0 < len(names(both)) < len(whole)
    chip = re.search(r'href="([^"]+)">Country: Romania <span', both.text)
    assert chip
    assert names(client.get(unescape(chip[1]))) == parts[1]
    first_day = names(client.get(f"{HARGHITA}/registrations?country=RO&day=1-on_site"))
    assert set(first_day) < set(parts[0])


def test_every_count_beside_a_facet_is_what_its_link_shows(organiser: str, client: TestClient) -> None:
    page = client.get(f"{HARGHITA}/registrations?status=confirmed&category=partner_staff")
    facets = re.findall(
        r'<a href="(/secon/harghita[^"]+)"( aria-current="true")?>[^<]+ <span>(\d+)</span></a>', page.text
    )
    chosen = 0
    for address, current, count in facets:
        if current:
            chosen += 1
            continue
        asked = selection([tuple(pair.split("=")) for pair in unescape(address).partition("?")[2].split("&")])
        facet = next(name for name in ("partner", "country", "day", "visit", "status", "category")
                     if asked.chosen(name) and len(asked.chosen(name)) != len(_start(name)))  # fmt: skip
        alone = asked._replace(**{facet: asked.chosen(facet)[-1:]})
        assert len(names(client.get(f"{HARGHITA}/registrations{alone.query()}"))) == int(count), address
    assert chosen == 2


def _start(facet: str) -> tuple[str, ...]:
    return {"status": ("confirmed",), "category": ("partner_staff",)}.get(facet, ())


def test_headers_sort_both_ways_and_say_so(organiser: str, client: TestClient) -> None:
    by_name = client.get(f"{HASKOVO}/registrations?sort=name&cols=country,status")
    assert 'aria-sort="ascending"><a href="/secon/haskovo-2023/desk/registrations?sort=-name' in by_name.text
    shown = names(by_name)
    with db.read() as session:
        meeting = scope_of("haskovo-2023").id
        rows = session.exec(select(Registration).where(Registration.meeting_id == meeting)).all()
    rows.sort(key=lambda row: (person_key(row.sort_key or row.latin_family, row.latin_given), row.id))
    assert [row.latin_family for row in rows] == [row.latin_family for row in rows if row.latin_family]
    assert [name.split()[-1] for name in shown][:3] == [row.latin_family.split()[-1] for row in rows][:3]
    backwards = names(client.get(f"{HASKOVO}/registrations?sort=-name"))
    assert backwards[0] == shown[-1]
    assert "Unicode root collation" in by_name.text


def test_columns_are_picked_kept_and_exported(organiser: str, client: TestClient) -> None:
    page = client.get(f"{HASKOVO}/registrations?cols=email&cols=phone&partner=5")
    assert re.findall(r'data-label="([^"]+)"', page.text)[:2] == ["E-mail", "Phone"]
    assert 'href="/secon/haskovo-2023/desk/registrations.csv?partner=5&amp;cols=email%2Cphone"' in page.text
    rows = read_csv(client.get(f"{HASKOVO}/registrations.csv?cols=email,phone&partner=5").content)
    assert list(rows[0]) == [
        "Number", "Family name", "Given name", "Family name in Latin letters", "Given name in Latin letters",
        "E-mail", "Phone",
    ]  # fmt: skip
    ticked = registration("has-03").id
    assert len(read_csv(client.get(f"{HASKOVO}/registrations.csv?registration={ticked}&cols=").content)) == 1


def test_care_is_a_column_for_few_and_never_by_itself(demo_sqlite: str, clients: Callable[[], TestClient]) -> None:
    found = {}
    for role in ("organiser", "logistics"):
        visitor = clients()
        sign_in(visitor, role)
        found[role] = visitor.get(f"{HASKOVO}/registrations?cols=diet,access").text
        assert "Halal" not in visitor.get(f"{HASKOVO}/registrations").text
    assert ["Halal" in page for page in found.values()] == [False, True]
    both = clients()
    sign_in(both, "controller")
    assert "Diet" not in both.get(f"{HASKOVO}/registrations.csv?cols=diet").content.decode()


def test_a_view_is_kept_shared_changed_and_deleted(demo_sqlite: str, clients: Callable[[], TestClient]) -> None:
    mine, other = clients(), clients()
    token = sign_in(mine, "organiser")
    sign_in(other, "reception")
    views = f"{HASKOVO}/registration-views"
    asked = "?status=confirmed&sort=name&cols=email%2Cphone"
    form = {"csrf": token, "name": "Θέσεις", "shared": "yes"}
    answer = mine.post(views + asked, data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HASKOVO}/registrations{asked}")
    assert (
        f'href="{HASKOVO}/registrations{asked.replace("&", "&amp;")}">Θέσεις'
        in other.get(f"{HASKOVO}/registrations").text
    )
    assert mine.post(views + "?q=a", data=form).status_code == 422
    assert "have a view of that name" in mine.post(views + "?q=a", data=form).text
    assert mine.post(views + "?q=a", data={"csrf": token, "name": " "}).status_code == 422
    assert mine.post(views + "?q=b", data={"csrf": token, "name": "Other"}).status_code == 303
    taken = mine.post(f"{views}/1", data={"csrf": token, "name": "Other", "version": "1"})
    assert taken.status_code == 422 and re.search(r'id="name-1-mistake" role="alert">You have a view', taken.text)
    changed = mine.post(f"{views}/1", data={"csrf": token, "name": "Staff", "version": "1"})
    assert changed.status_code == 303
    assert mine.post(f"{views}/1", data={"csrf": token, "name": "Late", "version": "1"}).status_code == 409
    assert "Staff" not in other.get(f"{HASKOVO}/registrations").text
    stranger = sign_in(other, "organiser", scope_of("harghita-2024"))
    assert other.post(f"{HARGHITA}/registration-views/1/removal", data={"csrf": stranger}).status_code == 404
    assert mine.post(f"{views}/1/removal", data={"csrf": token}).status_code == 303
    assert "Staff" not in mine.get(views).text


def edit_form(client: TestClient, number: int, **changes: str) -> dict[str, str]:
    """The form of a row as it is, with some fields typed anew."""
    page = client.get(f"{HASKOVO}/registrations/{number}/edit").text
    form = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    form |= dict(re.findall(r'<input id="[^"]+" name="(\w+)" type="\w+" value="([^"]*)"', page))
    for select_name, options in re.findall(r'<select[^>]*name="(\w+)".*?>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        form[select_name] = chosen[1] if chosen else ""
    return {name: unescape(value) for name, value in form.items()} | changes


def test_a_row_is_mended_with_its_history(organiser: str, client: TestClient) -> None:
    row = registration("has-05")
    form = edit_form(client, row.id or 0, function="Διευθύντρια", organiser_remarks="=HYPERLINK(1)", country="PL")
    answer = client.post(f"{HASKOVO}/registrations/{row.id}/edit?status=confirmed", data=form)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"{HASKOVO}/registrations?status=confirmed#row-{row.id}",
    )
    after = registration("has-05")
    assert (after.function, after.country, after.version) == ("Διευθύντρια", "PL", row.version + 1)
    assert (after.partner_id, after.category, after.organisation) == (row.partner_id, row.category, row.organisation)
    page = client.get(f"{HASKOVO}/registrations/{row.id}").text
    assert "→ Διευθύντρια" in page and "by organiser@example.org" in page
    with db.read() as session:
        noted = session.exec(select(AuditNote).where(AuditNote.act == "registration.edit")).one()
        assert noted.details == {"fields": ["country", "function", "organiser_remarks"]}
    exported = client.get(f"{HASKOVO}/registrations.csv?cols=organiser_remarks&q={row.latin_family}").content.decode()
    assert '"\'=HYPERLINK(1)"' in exported


def test_a_language_that_we_do_not_speak_stays_when_something_else_is_mended(
    organiser: str, client: TestClient
) -> None:
    number = registration("has-05").id or 0
    with db.write() as session:
        session.get_one(Registration, number).language = "pt"
    form = edit_form(client, number, function="Adviser")
    assert client.post(f"{HASKOVO}/registrations/{number}/edit", data=form).status_code == 303
    after = registration("has-05")
    assert (after.language, after.function) == ("pt", "Adviser")


def test_two_versions_are_shown_and_nothing_is_lost(organiser: str, client: TestClient) -> None:
    number = registration("has-05").id or 0
    first, second = (edit_form(client, number, function=words) for words in ("Adviser", "Deputy"))
    assert client.post(f"{HASKOVO}/registrations/{number}/edit", data=first).status_code == 303
    answer = client.post(f"{HASKOVO}/registrations/{number}/edit", data=second)
    assert answer.status_code == 409
    assert "<td>Adviser</td><td>Deputy</td>" in answer.text
    assert registration("has-05").function == "Adviser"
    version = re.search(r'name="version" value="(\d+)"', answer.text)
    assert version
    again = client.post(f"{HASKOVO}/registrations/{number}/edit", data=second | {"version": version[1]})
    assert again.status_code == 303
    assert registration("has-05").function == "Deputy"


def test_htmx_mends_the_row_alone(organiser: str, client: TestClient) -> None:
    number, own = registration("has-05").id or 0, {"HX-Request": "true"}
    form = edit_form(client, number, function="Adviser")
    assert client.get(f"{HASKOVO}/registrations/{number}/edit", headers=own).text.startswith(
        f'<tr id="row-{number}" class'
    )
    answer = client.post(f"{HASKOVO}/registrations/{number}/edit?cols=function", data=form, headers=own)
    assert answer.status_code == 200
    assert answer.text.strip().startswith(f'<tr id="row-{number}">') and ">Adviser</td>" in answer.text


def test_another_partner_needs_a_place_there(organiser: str, client: TestClient) -> None:
    row = registration("has-05")
    with db.write() as session:
        form = queries.form_of(session, row.meeting_id)
        assert form
        form.quota_partner_staff = 0
        session.add(form)
    answer = client.post(
        f"{HASKOVO}/registrations/{row.id}/edit",
        data=edit_form(client, row.id or 0, partner="9", category="partner_staff"),
    )
    assert answer.status_code == 422
    assert "No place is free" in answer.text
    assert registration("has-05").partner_id == row.partner_id


@pytest.mark.parametrize("field", ["category", "partner", "country", "language"])
def test_odd_values_of_a_row_are_refused(organiser: str, client: TestClient, field: str) -> None:
    number = registration("has-05").id or 0
    answer = client.post(f"{HASKOVO}/registrations/{number}/edit", data=edit_form(client, number, **{field: "Ω" * 90}))
    assert answer.status_code == 422


def test_all_of_the_list_are_meant_not_only_the_page(organiser: str, client: TestClient) -> None:
    crowd(60, "submitted")
    form = {"csrf": organiser, "decision": "confirm", "all": "yes"}
    late = client.post(f"{RIGA}/registrations/decisions?q=zed", data=form | {"count": "59"})
    assert (late.status_code, "The list has changed meanwhile." in late.text) == (422, True)
    answer = client.post(f"{RIGA}/registrations/decisions?q=zed", data=form | {"count": "60"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{RIGA}/registrations?q=zed")
    with db.read() as session:
        rows = session.exec(select(Registration.status).where(Registration.given == "Ann")).all()
    assert set(rows) == {"confirmed"} and len(rows) == 60


def test_a_letter_goes_to_each_one_alone_with_the_own_link(organiser: str, client: TestClient) -> None:
    numbers = [str(registration(slug).id) for slug in ("has-03", "has-05")]
    form = {"csrf": organiser, "registration": numbers, "subject": "Bus {name}", "text": "**Be there** at 8.\n\n{name}"}
    with db.read() as session:
        before = len(session.exec(select(OutboxLetter)).all())
    asked = client.post(f"{HASKOVO}/registrations/letters/drafts", data={"csrf": organiser, "registration": numbers})
    odd = client.post(
        f"{HASKOVO}/registrations/letters/drafts", data=form | {"look": "yes", "text": "Dear {first name}"}
    )
    assert (odd.status_code, "Nothing stands for {first name} here" in odd.text) == (422, True)
    assert "This letter goes to 2 people" in asked.text and "Send 2 letters" not in asked.text
    look = client.post(f"{HASKOVO}/registrations/letters/drafts", data=form | {"look": "yes"})
    assert look.status_code == 200 and "Send 2 letters" in look.text and "/my/" in look.text
    wrong = client.post(f"{HASKOVO}/registrations/letters", data=form | {"count": "7"})
    assert (wrong.status_code, "has changed meanwhile" in wrong.text) == (422, True)
    assert client.post(f"{HASKOVO}/registrations/letters", data=form | {"count": "2", "text": " "}).status_code == 422
    assert client.post(f"{HASKOVO}/registrations/letters", data=form | {"count": "2"}).status_code == 303
    with db.read() as session:
        letters = session.exec(select(OutboxLetter).order_by(OutboxLetter.id)).all()[before:]
        noted = session.exec(select(AuditNote).where(AuditNote.act == "registrations.write")).one()
    assert len(letters) == 2 and noted.details == {"letters": 2}
    assert letters[0].to_address != letters[1].to_address
    page = client.get(f"{HASKOVO}/registrations/{numbers[0]}").text
    assert "Letter: Bus " in page and "waits to be sent" in page


def test_a_name_makes_no_link_in_the_organisers_letter(organiser: str, client: TestClient) -> None:
    row = registration("has-05")
    with db.write() as session:
        session.get_one(Registration, row.id).given = "[Win](https://elsewhere.example)"
    form = {"csrf": organiser, "registration": str(row.id), "subject": "Bus", "text": "**Dear** {name}", "count": "1"}
    assert client.post(f"{HASKOVO}/registrations/letters", data=form).status_code == 303
    with db.read() as session:
        mime = session.exec(select(OutboxLetter.mime).order_by(col(OutboxLetter.id).desc())).first()
    html = message_from_bytes(mime or b"", policy=policy.default).get_body(("html",)).get_content()
    assert "<strong>Dear</strong> [Win](https://elsewhere.example)" in html


def test_a_page_costs_the_same_questions_for_ten_and_five_thousand(organiser: str, client: TestClient) -> None:
    asked = {}
    for count in (0, 5000):
        crowd(count)
        for query in ("", "?q=an", "?status=confirmed&sort=-arrived", "?day=1-on_site&visit=none&sort=country"):
            client.get(f"{RIGA}/registrations{query}")  # queues are counted once for each revision
            with counted_questions() as questions:
                assert client.get(f"{RIGA}/registrations{query}").status_code == 200
            asked.setdefault(query, []).append(len(questions))
    assert all(before == after for before, after in asked.values()), asked
    assert max(before for before, _after in asked.values()) < 30


def test_positions_in_one_walk_are_those_of_the_rules(organiser: str) -> None:
    meeting = scope_of("harghita-2024").id
    with db.read() as session:
        form = queries.form_of(session, meeting)
        assert form
        there, live = queries.places(session, form), queries.claims(session, meeting)
    waiting = [claim.registration_id for claim in live if claim.status == "waiting"]
    assert len(waiting) > 1
    assert listing.queue(there, live) == {number: rules.position(number, there, live) for number in waiting}


def test_nothing_about_health_stands_in_the_history(organiser: str, client: TestClient) -> None:
    with db.read() as session:
        assert all(change.field not in ("diet", "diet_note", "access") for change in session.exec(select(FieldChange)))


def test_a_saved_query_is_read_as_it_was_written() -> None:
    asked = Selection(q="a&b=c", status=("waiting", "offered"), columns=("email", "q12"), sort="-name", page=3)
    assert of_query(asked.query()) == asked._replace(page=1)
    assert of_query("?page=0&sort=drop&partner=&registration=x") == Selection(ticked=(0,))


def test_odd_facets_find_nobody_and_never_fail(organiser: str, client: TestClient) -> None:
    for query in (
        "day=x-y",
        "day=99999999999-on_site",
        "visit=abc",
        "partner=٣",
        "status=';--",
        "q=%25_",
    ):
        answer = client.get(f"{HASKOVO}/registrations?{query}")
        assert (answer.status_code, names(answer)) == (200, []), query


def test_both_databases_show_the_same_table(demo_database: str) -> None:
    for query in ("", "?sort=country", "?sort=-status", "?day=1-on_site", "?visit=none&q=an", "?sort=-arrived"):
        with db.read() as session:
            found = at_desk(session, "secon", "haskovo-2023")
            view = listing.listing(session, found, of_query(query))
            counts = narrowing.counted(session, found, of_query(query), affiliations(session, found))
            assert view.total == counts.total == len(view.lines)
            assert [line.person.id for line in view.lines] == listing.chosen(
                session, found, of_query(query), view.known
            )
