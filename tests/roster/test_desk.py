"""The desk: who sees what, the list and its search, the page of one person, and decisions."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from litestar.testing import TestClient

from planner import db
from planner.registration.queries import history
from planner.roster.selection import FACETS, Selection, selection
from tests.reception import counted_questions, registration, scope_of, sign_in

HASKOVO, HARGHITA, RIGA = "/secon/haskovo-2023/desk", "/secon/harghita-2024/desk", "/secon/riga-upcoming/desk"


@pytest.fixture
def organiser(demo_sqlite: str, client: TestClient) -> str:
    """Somebody who organises is signed in; the token of their forms."""
    return sign_in(client, "organiser")


def names(answer: object) -> list[str]:
    """The people in a list, in order."""
    return re.findall(r'<th scope="row"><a href="[^"]+"><bdi>([^<]+)</bdi>', answer.text)


def test_the_desk_says_what_to_do_next(organiser: str, client: TestClient) -> None:
    answer = client.get(RIGA)
    assert answer.status_code == 200
    assert "1 registration waits for your decision." in answer.text
    assert re.findall(r'<div class="figure"><p><b>(\d+)</b>', answer.text) == ["22", "20", "1", "1"]
    assert "The meeting is over." in client.get(HASKOVO).text


@pytest.mark.parametrize("path", ["", "/registrations", "/registrations/1", "/registrations.csv"])
def test_strangers_sign_in_first_and_others_find_nothing(
    demo_sqlite: str, clients: Callable[[], TestClient], path: str
) -> None:
    assert clients().get(HASKOVO + path).headers["location"].startswith("/sign-in?next=")
    other = clients()
    sign_in(other, "organiser", scope_of("harghita-2024"))
    assert other.get(HASKOVO + path).status_code == 404


def test_a_registration_of_another_meeting_is_not_found(organiser: str, client: TestClient) -> None:
    number = registration("has-03").id
    assert client.get(f"{HASKOVO}/registrations/{number}").status_code == 200
    assert client.get(f"{HARGHITA}/registrations/{number}").status_code == 404
    for odd in ("0", "99999999", "99999999999999999999", "x", "-1"):
        assert client.get(f"{HARGHITA}/registrations/{odd}").status_code == 404


def test_the_list_goes_by_partner_and_name(organiser: str, client: TestClient) -> None:
    answer = client.get(f"{HASKOVO}/registrations")
    shown = names(answer)
    assert len(shown) == 35
    assert shown[:3] == ["Efthymia Liakopoulou-Zerva", "Efthymia Liakopoulou-Zerva", "Theodore Mpournias"]
    assert '<bdi class="muted small" lang="el">Καλλιόπη Βρεττού</bdi>' in answer.text
    latest = names(client.get(f"{HASKOVO}/registrations?sort=-arrived"))
    assert sorted(latest) == sorted(shown)
    assert latest[:2] == ["Deniz Özdoğan", "Efthymia Liakopoulou-Zerva"]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("zolcinski", ["Paweł Żółciński"]),
        ("ŻÓŁCIŃSKI pawel", ["Paweł Żółciński"]),
        ("griessinger", ["Annegret Grießinger"]),
        ("λιακοπουλου", ["Efthymia Liakopoulou-Zerva"] * 2),
        ("Ευθυμία", ["Efthymia Liakopoulou-Zerva"] * 2),
        ("Жечева", ["Zvetelina Jetcheva"]),
        ("e.liakopoulou@mail", ["Efthymia Liakopoulou-Zerva"]),
        ("топла", ["Nevena Bradarska", "Ayşe Recep"]),
        ("%", []),
        ("nobody at all", []),
    ],
)
def test_search_folds_accents_scripts_and_lookalikes(
    organiser: str, client: TestClient, q: str, found: list[str]
) -> None:
    answer = client.get(f"{HASKOVO}/registrations", params={"q": q})
    assert answer.status_code == 200
    assert names(answer) == found


def test_facets_narrow_together_and_count_what_they_would_show(organiser: str, client: TestClient) -> None:
    answer = client.get(f"{HASKOVO}/registrations?status=confirmed&partner=10")
    offered = re.findall(r"([^<>]+?) <span>(\d+)</span></a>", answer.text)
    confirmed_at_home = len(names(answer))
    assert ("10 Haskovo", str(confirmed_at_home)) in offered
    assert ("Walk-in", "0") not in offered
    by_category = [int(count) for words, count in offered if words in ("Partner staff", "Invited speaker")]
    locals_ = [int(count) for words, count in offered if words == "Local guest of the host"]
    assert sum(by_category) + sum(locals_) == confirmed_at_home
    narrower = client.get(f"{HASKOVO}/registrations?status=confirmed&partner=10&category=speaker")
    assert names(narrower) == ["Kameliya Radoyska"]


def test_waiting_people_show_where_they_stand(organiser: str, client: TestClient) -> None:
    answer = client.get(f"{HARGHITA}/registrations?status=waiting&sort=-arrived")
    assert names(answer) == ["Deniz Özdoğan", "Rui Falcão Tavares"]
    assert re.findall(r"no\. (\d) in the queue", answer.text) == ["2", "1"]
    own = client.get(f"{HARGHITA}/registrations/{registration('har-40').id}").text
    assert "no. 1 in the queue" in own


def test_htmx_gets_the_rows_alone(organiser: str, client: TestClient) -> None:
    answer = client.get(f"{HASKOVO}/registrations?q=vrettou", headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<section class="desk" id="rows">')
    assert names(answer) == ["Kalliopi Vrettou"]
    assert answer.headers["vary"] == "HX-Request"


def test_a_page_of_the_list_costs_the_same_for_one_and_for_three(organiser: str, client: TestClient) -> None:
    costs = {}
    for partner in ("5", "2"):
        with counted_questions() as asked:
            answer = client.get(f"{HASKOVO}/registrations?partner={partner}&status=confirmed")
        costs[len(names(answer))] = len(asked)
    assert sorted(costs) == [2, 3]
    assert len(set(costs.values())) == 1


def test_odd_queries_show_the_list(organiser: str, client: TestClient) -> None:
    for query in ("page=999999999999", "page=-3", "page=x", "sort=drop", "partner=abc"):
        assert client.get(f"{HASKOVO}/registrations?{query}").status_code == 200


def test_a_selection_says_only_what_differs() -> None:
    assert Selection().query() == ""
    assert Selection(q="x", page=3).query() == "?q=x"
    assert selection([("status", "waiting"), ("page", "2"), ("sort", "-arrived")]).query(page=2) == (
        "?status=waiting&sort=-arrived&page=2"
    )
    assert set(FACETS) < set(Selection._fields)


def test_diet_and_access_are_for_who_needs_them(demo_sqlite: str, clients: Callable[[], TestClient]) -> None:
    number = registration("has-29").id
    seen = {}
    for role in ("logistics", "organiser", "reception", "controller"):
        visitor = clients()
        sign_in(visitor, role)
        seen[role] = visitor.get(f"{HASKOVO}/registrations/{number}")
    assert [answer.status_code for answer in seen.values()] == [200] * 4
    assert ["Halal" in answer.text for answer in seen.values()] == [True, False, False, False]
    assert ["Delete it one month" in answer.text for answer in seen.values()] == [True] * 4


def test_the_page_of_a_person_holds_everything(organiser: str, client: TestClient) -> None:
    answer = client.get(f"{HASKOVO}/registrations/{registration('has-11').id}")
    for words in (
        "Cancelled",
        "Registered",
        "Takes part",
        "You may print my e-mail address",
        "Monday 13 November 2023",
    ):
        assert words in answer.text


def test_a_withdrawn_consent_stays_as_proof(organiser: str, client: TestClient) -> None:
    page = client.get(f"{HASKOVO}/registrations/{registration('has-19').id}").text
    assert page.count("You may show me in photos") == 2
    assert page.count("replaced later") == 1
    assert "20 November 2023, 12:03" in page


def test_an_organiser_confirms_once(organiser: str, client: TestClient) -> None:
    row = registration("rig-15")
    address = f"{RIGA}/registrations/{row.id}/decisions"
    form = {"csrf": organiser, "decision": "confirm"}
    answer = client.post(address, data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{RIGA}/registrations/{row.id}")
    assert registration("rig-15").status == "confirmed"
    with db.read() as session:
        assert history(session, row.id or 0)[-1].actor == "organiser@example.org"
    again = client.post(address, data=form)
    assert again.status_code == 409
    assert "this was decided already" in again.text


def test_declining_needs_a_reason_and_keeps_it(organiser: str, client: TestClient) -> None:
    row = registration("rig-15")
    address = f"{RIGA}/registrations/{row.id}/decisions"
    silent = client.post(address, data={"csrf": organiser, "decision": "decline", "reason": "  "})
    assert silent.status_code == 422
    assert "Please write why" in silent.text
    answer = client.post(address, data={"csrf": organiser, "decision": "decline", "reason": "Δύο από κάθε εταίρο."})
    assert answer.status_code == 303
    assert registration("rig-15").status == "declined"
    assert "Δύο από κάθε εταίρο." in client.get(f"{RIGA}/registrations/{row.id}").text


def test_several_are_decided_together_and_the_list_stays(organiser: str, client: TestClient) -> None:
    numbers = [registration(slug).id for slug in ("rig-05", "rig-15")]
    address = f"{RIGA}/registrations/decisions?partner=2&sort=-arrived"
    form = {"csrf": organiser, "decision": "decline", "reason": "Full.", "registration": [str(it) for it in numbers]}
    answer = client.post(address, data=form)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"{RIGA}/registrations?partner=2&sort=-arrived",
    )
    assert [registration(slug).status for slug in ("rig-05", "rig-15")] == ["declined", "declined"]


def test_who_cannot_be_confirmed_is_named_with_the_reason(organiser: str, client: TestClient) -> None:
    numbers = [str(registration(slug).id) for slug in ("rig-15", "rig-01")]
    form = {"csrf": organiser, "decision": "confirm", "registration": numbers}
    answer = client.post(f"{RIGA}/registrations/decisions?partner=2", data=form)
    assert answer.status_code == 303
    assert registration("rig-15").status == "confirmed"
    told = client.get(answer.headers["location"]).text
    assert "1 person was confirmed." in told
    assert re.findall(r"<bdi>([^<]+)</bdi></a>: ([^<]+)</li>", told) == [
        ("Kalliopi Vrettou", "this was decided already, the status is now “Confirmed”.")
    ]
    other = answer.headers["location"].replace("riga-upcoming", "haskovo-2023")
    assert client.get(other).status_code == 404


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"decision": "confirm"}, 422, "Please tick the people"),
        ({"decision": "burn", "registration": "RIG15"}, 422, "offered answers"),
        ({"registration": "RIG15"}, 422, "Please choose what to do"),
        ({"decision": "confirm", "registration": "HAS03"}, 404, "not found"),
        ({"decision": "confirm", "registration": "9" * 30}, 404, "not found"),
        ({"decision": "decline", "registration": "RIG15", "reason": "x" * 501}, 422, "at most 500"),
    ],
)
def test_odd_decisions_change_nothing(
    organiser: str, client: TestClient, form: dict[str, str], status: int, words: str
) -> None:
    numbers = {"RIG15": str(registration("rig-15").id), "HAS03": str(registration("has-03").id)}
    typed = {name: numbers.get(value, value) for name, value in form.items()}
    answer = client.post(f"{RIGA}/registrations/decisions?q=a", data={"csrf": organiser, **typed})
    assert (answer.status_code, words in answer.text) == (status, True)
    assert registration("rig-15").status == "submitted"


def test_reception_sees_but_does_not_decide(demo_sqlite: str, client: TestClient) -> None:
    token = sign_in(client, "reception")
    number = registration("rig-15").id
    page = client.get(f"{RIGA}/registrations").text
    assert 'value="confirm"' not in page
    assert "registrations.csv" not in page
    form = {"csrf": token, "decision": "confirm", "registration": str(number)}
    assert client.post(f"{RIGA}/registrations/decisions", data=form).status_code == 404
    assert client.post(f"{RIGA}/registrations/{number}/decisions", data=form).status_code == 404
    assert registration("rig-15").status == "submitted"


def test_a_form_without_the_page_token_is_refused(organiser: str, client: TestClient) -> None:
    number = registration("rig-15").id
    answer = client.post(f"{RIGA}/registrations/{number}/decisions", data={"decision": "confirm"})
    assert answer.status_code == 403
    assert registration("rig-15").status == "submitted"
