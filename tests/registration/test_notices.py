"""The privacy notice: written by Planner or by the host, in versions that never change, remembered by who saw it."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from sqlmodel import col, select

from planner import db
from planner.language import speaking
from planner.registration import actions
from planner.registration.form_tables import PrivacyNotice
from planner.registration.letters import token
from planner.registration.notice_words import generated
from planner.registration.tables import Registration
from planner.tokens import mint
from tests.reception import scope_of, sign_in
from tests.registration import people

pytestmark = pytest.mark.usefixtures("demo_sqlite")
BASE = f"/{people.PROJECT}/{people.MEETING}"
DESK = f"{BASE}/desk/privacy-notice"


def notices() -> list[PrivacyNotice]:
    with db.read() as session:
        return list(session.exec(select(PrivacyNotice).order_by(col(PrivacyNotice.number))))


def form_of(client: httpx.Client, address: str = DESK) -> dict[str, str]:
    """What the desk's form would send if nobody typed anything."""
    found = people.offered().notice.content
    texts = {
        name: getattr(found, name)["en"]
        for name in ("name", "summary", "purposes", "recipients", "rights", "authority")
    }
    page = client.get(address).text
    version = page.split('name="version" value="')[1].split('"')[0]
    return {**texts, "address": found.address, "contact": found.contact, "dpo": found.dpo, "version": version}


def edit(client: httpx.Client, csrf: str, language: str = "en", **values: str) -> httpx.Response:
    return client.post(f"{DESK}?language={language}", data={**form_of(client), "csrf": csrf, **values})


def test_the_form_shows_a_summary_and_the_way_to_the_whole(client: httpx.Client) -> None:
    page = client.get(people.REGISTER).text
    assert "Riga Planning Region" in page
    assert "is deleted 30 days after the meeting" in page
    assert f'href="{BASE}/privacy"' in page
    notice = client.get(f"{BASE}/privacy").text
    for word in ("Article 6(1)(c)", "Article 9(2)(a)", "archive date", "www.dvi.gov.lv", "365 days", "European Court"):
        assert word in notice
    assert notices() == []  # looking makes no version


def test_it_is_written_in_every_language_of_the_interface(client: httpx.Client) -> None:
    offer = people.offered()
    with speaking("el"):
        content = generated(offer.found, offer.form, offer.controller, offer.partners)
    assert set(content.purposes) == set(content.rights) == {"en", "el"}
    assert content.digest == offer.notice.content.digest  # whoever asks, the words are the same


def test_who_registers_remembers_the_version_that_stood(client: httpx.Client) -> None:
    first, second = people.register(people.entry("Ana")), people.register(people.entry("Ben"))
    [made] = notices()
    assert (made.number, made.published_by) == (1, "planner")
    assert first and second
    assert (first.notice_id, second.notice_id) == (made.id, made.id)
    people.change_form(sensitive_days=14)
    third = people.register(people.entry("Cleo"))
    assert third
    assert third.notice_id != made.id
    assert [row.number for row in notices()] == [1, 2]
    assert "30 days after the meeting" in client.get(f"/my/{token(first)}/notice").text
    assert "14 days after the meeting" in client.get(f"/my/{token(third)}/notice").text


def test_many_who_were_offered_the_same_share_one_version() -> None:
    offer = people.offered()
    for name in ("Ana", "Ben"):
        with db.write() as session:
            assert actions.register(session, offer, people.entry(name), mint())
    assert [row.number for row in notices()] == [1]


def test_a_draft_is_seen_by_nobody_until_it_is_published_and_then_never_changes(client: httpx.Client) -> None:
    csrf = sign_in(client, "organiser", scope_of(people.MEETING))
    assert edit(client, csrf, rights="You may call us at any time.").status_code == 303
    assert "call us" not in client.get(f"{BASE}/privacy").text
    assert client.post(f"{DESK}/versions", data={"csrf": csrf}).status_code == 303
    assert "call us" in client.get(f"{BASE}/privacy").text
    assert edit(client, csrf, rights="You may write to us.").status_code == 303
    assert client.post(f"{DESK}/versions", data={"csrf": csrf}).status_code == 303
    assert "call us" in client.get(f"{BASE}/privacy/1").text
    assert "write to us" in client.get(f"{BASE}/privacy/2").text
    assert client.get(f"{BASE}/privacy/3").status_code == 404
    assert client.get(f"{BASE}/privacy/0").status_code == 404
    row = people.register(people.entry("Dora"))
    assert row
    with db.read() as session:
        kept = session.get_one(PrivacyNotice, session.get_one(Registration, row.id).notice_id)
    assert (kept.number, kept.published_by) == (2, "organiser@example.org")


def test_each_language_is_written_by_itself(client: httpx.Client) -> None:
    csrf = sign_in(client, "organiser", scope_of(people.MEETING))
    edit(client, csrf, language="lv", rights="Jūsu tiesības.", name="Rīgas plānošanas reģions")
    client.post(f"{DESK}/versions", data={"csrf": csrf})
    [row] = notices()
    assert row.rights["lv"] == "Jūsu tiesības."
    assert row.rights["el"]
    assert row.rights["en"].startswith("By the link")


def test_publishing_needs_words_and_an_older_page_writes_over_nothing(client: httpx.Client) -> None:
    csrf = sign_in(client, "organiser", scope_of(people.MEETING))
    assert client.post(f"{DESK}/versions", data={"csrf": csrf}).status_code == 422  # nothing was changed
    old = form_of(client)
    assert edit(client, csrf, authority="").status_code == 303
    assert client.post(f"{DESK}/versions", data={"csrf": csrf}).status_code == 422
    answer = client.post(DESK, data={**old, "csrf": csrf, "rights": "Mine."})
    assert answer.status_code == 409
    assert "Mine.</textarea>" in answer.text


def test_two_who_write_see_both_texts_and_the_second_may_keep_theirs(client: httpx.Client) -> None:
    csrf = sign_in(client, "organiser", scope_of(people.MEETING))
    old = form_of(client)
    assert edit(client, csrf, rights="First line.\nTheirs <b>.", dpo="dpo@riga.example").status_code == 303
    answer = client.post(DESK, data={**old, "csrf": csrf, "rights": "First line.\nMine."})
    assert answer.status_code == 409
    row = '<th scope="row">Rights</th><td>First line.<br>Mine.</td><td>First line.<br>Theirs &lt;b&gt;.</td>'
    assert row in answer.text
    assert "<td>dpo@riga.example</td>" in answer.text
    assert '<th scope="row">Where to complain</th>' not in answer.text  # the same in both
    version = answer.text.split('name="version" value="')[1].split('"')[0]
    again = {**old, "version": version, "csrf": csrf, "rights": "First line.\nMine."}
    assert client.post(DESK, data=again).status_code == 303
    assert "Mine.</textarea>" in client.get(f"{DESK}?language=en").text


def sent(client: httpx.Client, name: str, **values: str) -> httpx.Response:
    return client.post(people.REGISTER, data=people.filled(client, name, **values))


def notice_of(name: str) -> int | None:
    """The number of the version that somebody's registration remembers."""
    with db.read() as session:
        query = select(PrivacyNotice.number).join(Registration, col(Registration.notice_id) == PrivacyNotice.id)
        return session.exec(query.where(Registration.email == f"{name.lower()}@guests.example")).first()


def publish(client: httpx.Client, csrf: str, rights: str) -> None:
    assert edit(client, csrf, rights=rights).status_code == 303
    assert client.post(f"{DESK}/versions", data={"csrf": csrf}).status_code == 303


def test_a_registration_keeps_the_version_that_its_form_showed(client: httpx.Client) -> None:
    csrf = sign_in(client, "organiser", scope_of(people.MEETING))
    publish(client, csrf, "Call us.")
    open_form = people.filled(client, "Ana")
    assert open_form["notice"] == "1"
    publish(client, csrf, "Write to us.")
    assert client.post(people.REGISTER, data=open_form).status_code == 303
    assert sent(client, "Ben").status_code == 303
    assert (notice_of("Ana"), notice_of("Ben")) == (1, 2)


def test_what_planner_wrote_is_kept_too_when_the_host_publishes_meanwhile(client: httpx.Client) -> None:
    open_form = people.filled(client, "Ana")
    csrf = sign_in(client, "organiser", scope_of(people.MEETING))
    publish(client, csrf, "Call us.")
    assert client.post(people.REGISTER, data={**open_form, "csrf": csrf}).status_code == 303
    with db.read() as session:
        row = session.exec(select(Registration).where(Registration.email == "ana@guests.example")).one()
        kept = session.get_one(PrivacyNotice, row.notice_id)
    assert (kept.published_by, "Call us." in kept.rights["en"]) == ("planner", False)
    assert "Call us." in client.get(f"{BASE}/privacy").text  # the host's own still stands


@pytest.mark.parametrize("mark", ["999", "0", "-1", "f" * 64, "²", "1 or 1"])
def test_a_version_that_this_host_never_published_is_not_kept(client: httpx.Client, mark: str) -> None:
    answer = sent(client, "Ana", notice=mark)
    assert answer.status_code == 422
    assert "Please look at it, and send the form again." in answer.text
    assert notice_of("Ana") is None
    fresh = answer.text.split('name="notice" value="')[1].split('"')[0]
    assert fresh == people.offered().notice.mark
    assert sent(client, "Ana", notice=fresh).status_code == 303


def test_words_that_cannot_be_found_again_are_shown_anew(client: httpx.Client) -> None:
    open_form = people.filled(client, "Ana")
    people.change_form(sensitive_days=14)
    assert client.post(people.REGISTER, data=open_form).status_code == 422
    assert sent(client, "Ana").status_code == 303


@pytest.mark.parametrize("role", ["reception", "controller", "logistics"])
def test_only_organisers_write_it(clients: Callable[[], httpx.Client], role: str) -> None:
    client = clients()
    sign_in(client, role, scope_of(people.MEETING))
    assert client.get(DESK).status_code == 404


def test_markup_in_a_notice_is_text(client: httpx.Client) -> None:
    csrf = sign_in(client, "organiser", scope_of(people.MEETING))
    edit(client, csrf, rights="<script>alert(1)</script> **strong**")
    client.post(f"{DESK}/versions", data={"csrf": csrf})
    page = client.get(f"{BASE}/privacy").text
    assert "<script>alert" not in page
    assert "<strong>strong</strong>" in page
