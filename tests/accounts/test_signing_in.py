"""Signing in and out: by letter, by link, by password; what a stranger learns; what a planted cookie gets."""

import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from httpx import Client
from sqlmodel import select

from planner.accounts import actions, chores, passwords
from planner.accounts.tables import Account, SignedInBrowser, SignInAttempt, SignInLink
from planner.audit import AuditNote
from planner.clock import now
from planner.db import read, write
from planner.errors import Missing, Refusal
from planner.outbox import OutboxLetter
from planner.settings import settings
from tests.accounts.conftest import ANA, PASSWORD, page_token, path_of, sign_in


def letters() -> list[str]:
    with read() as session:
        rows = session.exec(select(OutboxLetter.mime)).all()
    bodies = (message_from_bytes(mime, policy=policy.default).get_body(("plain",)) for mime in rows)
    return [body.get_content() for body in bodies if body is not None]


def a_link(minutes: int = 10, way: str = "/") -> str:
    with write() as session:
        return path_of(actions.make_link(session, ANA, minutes, way))


def test_a_letter_signs_in_and_leads_back_to_the_wished_page(database: str, client: Client) -> None:
    with write() as session:
        actions.add_account(session, "Ana@Example.ORG", "Ana")
    asked = client.post("/sign-in", data={"email": " ANA@example.org ", "next": "/secon/desk?a=1"})
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in/sent")
    (text,) = letters()
    link = path_of(next(line for line in text.splitlines() if line.startswith("http")))
    page = client.get(link)
    assert page.status_code == 200
    assert 'name="next" value="/secon/desk?a=1"' in page.text
    done = client.post(link.partition("?")[0], data={"next": "/secon/desk?a=1"})
    assert (done.status_code, done.headers["location"]) == (303, "/secon/desk?a=1")
    assert "Ana" in client.get("/sign-in/sent").text


def test_a_link_works_once(ana: int, clients: Callable[[], Client]) -> None:
    link = a_link()
    assert clients().post(link).status_code == 303
    second = clients()
    again = second.post(link)
    assert (again.status_code, "set-cookie" in again.headers) == (422, False)
    assert second.get(link).status_code == 410


def test_reading_a_link_uses_nothing_up(ana: int, client: Client) -> None:
    link = a_link()
    for _scanner in range(3):
        assert client.get(link).status_code == client.head(link).status_code == 200
    assert client.post(link).status_code == 303


def test_a_link_ends_after_ten_minutes(ana: int, client: Client) -> None:
    link = a_link()
    with time_machine.travel(now() + timedelta(minutes=10), tick=False):
        assert client.get(link).status_code == 410
        assert client.post(link).status_code == 422


def test_only_hashes_of_links_and_cookies_are_kept(ana: int, client: Client) -> None:
    link = a_link()
    secret = client.post(link).cookies["planner"]
    with read() as session:
        kept = [*session.exec(select(SignInLink.token_hash)), *session.exec(select(SignedInBrowser.token_hash))]
    assert not {secret, link.rpartition("/")[2]} & set(kept)
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in kept)


@pytest.mark.parametrize("typed", [{}, {"password": "wrong horse battery"}])
def test_nobody_learns_whether_an_address_has_an_account(
    ana: int, clients: Callable[[], Client], typed: dict[str, str]
) -> None:
    known = clients().post("/sign-in", data={"email": "ana@example.org", **typed})
    unknown = clients().post("/sign-in", data={"email": "eva@example.org", **typed})
    assert known.status_code == unknown.status_code
    assert dict(known.headers) == dict(unknown.headers)
    assert known.text.replace("ana@", "eva@") == unknown.text


def test_a_letter_goes_to_accounts_only(ana: int, client: Client) -> None:
    client.post("/sign-in", data={"email": "eva@example.org"})
    assert letters() == []


def test_the_same_work_is_done_for_an_account_without_a_password() -> None:
    assert not passwords.fits("nobody has this password", "")
    assert not passwords.fits(PASSWORD, "no hash at all")
    assert passwords.fits(PASSWORD, passwords.hashed(PASSWORD))


def test_a_wrong_password_is_told_in_one_sentence_and_not_shown_again(ana: int, client: Client) -> None:
    answer = client.post("/sign-in", data={"email": ANA, "password": "wrong horse battery"})
    assert answer.status_code == 422
    assert "Address and password do not belong together." in answer.text
    assert 'value="ana@example.org"' in answer.text
    assert "wrong horse" not in answer.text


@pytest.mark.parametrize("password", ["", "ana", PASSWORD + " ", PASSWORD.upper(), "\x00", "ä" * 10_000])
def test_no_other_password_signs_in(ana: int, client: Client, password: str) -> None:
    client.post("/sign-in", data={"email": ANA, "password": password})
    assert client.cookies.get("planner") is None


@pytest.mark.parametrize("typed", [{}, {"password": "wrong horse battery"}])
@pytest.mark.parametrize("email", [ANA, "eva@example.org"])
def test_the_sixth_try_within_ten_minutes_is_refused(
    ana: int, client: Client, email: str, typed: dict[str, str]
) -> None:
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        for _try in range(5):
            client.post("/sign-in", data={"email": email, **typed})
        sixth = client.post("/sign-in", data={"email": email, **typed})
        assert sixth.status_code == 429
        assert "Too many tries" in sixth.text
        right = client.post("/sign-in", data={"email": email, "password": PASSWORD})
        assert (right.status_code, "set-cookie" in right.headers) == (429, False)
        clock.move_to(start + timedelta(minutes=11))
        assert "Too many tries" not in client.post("/sign-in", data={"email": email, **typed}).text


def test_tries_for_one_address_do_not_slow_down_another(ana: int, client: Client) -> None:
    for _try in range(6):
        client.post("/sign-in", data={"email": "eva@example.org"})
    sign_in(client)


@pytest.mark.parametrize("email", ["", "ana", "ana@example.org\nbcc: eva@example.org", "a@b@c.org", "\x00@example.org"])
def test_something_else_than_an_address_is_refused_beside_its_field(client: Client, email: str) -> None:
    answer = client.post("/sign-in", data={"email": email})
    assert answer.status_code == 422
    assert 'id="summary"' in answer.text


def test_a_planted_cookie_never_becomes_a_session(ana: int, clients: Callable[[], Client]) -> None:
    victim, thief = clients(), clients()
    victim.cookies.set("planner", "planted-by-the-thief", domain="127.0.0.1")
    fresh = sign_in(victim).cookies["planner"]
    assert fresh != "planted-by-the-thief"
    thief.cookies.set("planner", "planted-by-the-thief", domain="127.0.0.1")
    assert "Sign out" not in thief.get("/sign-in/sent").text


def test_signing_in_again_gives_a_new_secret_and_ends_the_old(ana: int, clients: Callable[[], Client]) -> None:
    visitor, thief = clients(), clients()
    old = sign_in(visitor).cookies["planner"]
    data = {"email": ANA, "password": PASSWORD, "csrf": page_token(visitor)}
    new = visitor.post("/sign-in", data=data).cookies["planner"]
    assert old != new
    thief.cookies.set("planner", old, domain="127.0.0.1")
    assert "Sign out" not in thief.get("/sign-in/sent").text
    assert "Sign out" in visitor.get("/sign-in/sent").text


def test_signing_out_ends_the_browser_and_not_only_its_cookie(ana: int, clients: Callable[[], Client]) -> None:
    visitor, thief = clients(), clients()
    secret = sign_in(visitor).cookies["planner"]
    answer = visitor.post("/sign-out", data={"csrf": page_token(visitor)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert visitor.cookies.get("planner") is None
    thief.cookies.set("planner", secret, domain="127.0.0.1")
    assert "Sign out" not in thief.get("/sign-in/sent").text


def test_visitors_get_no_cookie_and_leave_no_row(client: Client, sqlite_database: str) -> None:
    for path in ("/sign-in", "/sign-in/sent", "/nothing", "/robots.txt"):
        assert "set-cookie" not in client.get(path).headers
    with read() as session:
        assert session.exec(select(SignedInBrowser)).all() == []


def test_the_cookie_is_for_this_site_and_no_script(ana: int, client: Client) -> None:
    cookie = sign_in(client).headers["set-cookie"]
    assert re.fullmatch(r"planner=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax", cookie)


def test_over_https_the_cookie_belongs_to_this_host_alone(
    ana: int, clients: Callable[[], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_BASE_URL", "https://meetings.example.org")
    settings.cache_clear()
    cookie = sign_in(clients()).headers["set-cookie"]
    assert re.fullmatch(r"__Host-planner=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax; Secure", cookie)


def test_an_idle_browser_is_forgotten_and_a_busy_one_remembered(ana: int, client: Client) -> None:
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        sign_in(client)
        for hours in (7, 14, 21):
            clock.move_to(start + timedelta(hours=hours))
            assert "Sign out" in client.get("/sign-in/sent").text
        clock.move_to(start + timedelta(hours=30))
        assert "Sign out" not in client.get("/sign-in/sent").text


@pytest.mark.parametrize("cookie", ["", "x", "a=b", '"', "\xff\xfe", "x" * 5000, "../../etc", "planner=planner"])
def test_a_strange_cookie_is_no_session(client: Client, cookie: str) -> None:
    answer = client.get("/sign-in/sent", headers={"cookie": f"planner={cookie}".encode("latin-1")})
    assert answer.status_code == 200
    assert "Sign out" not in answer.text


@pytest.mark.parametrize("token", ["", "wrong", "ä€", "\x00", "x" * 100_000])
def test_a_form_without_the_page_token_changes_nothing(ana: int, client: Client, token: str) -> None:
    sign_in(client)
    answer = client.post("/sign-out", data={"csrf": token})
    assert answer.status_code == 403
    assert "too old" in answer.text
    assert "Sign out" in client.get("/sign-in/sent").text


def test_another_browsers_page_token_is_refused(ana: int, clients: Callable[[], Client]) -> None:
    mine, other = clients(), clients()
    sign_in(mine)
    sign_in(other)
    assert mine.post("/sign-out", data={"csrf": page_token(other)}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://["},
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    ],
)
def test_a_form_from_another_site_is_refused(ana: int, client: Client, headers: dict[str, str]) -> None:
    answer = client.post("/sign-in", data={"email": ANA, "password": PASSWORD}, headers=headers)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    assert "another site" in answer.text


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {"origin": "http://127.0.0.1:8000"}, {}]
)
def test_a_form_from_here_is_taken(ana: int, client: Client, headers: dict[str, str]) -> None:
    assert client.post("/sign-in", data={"email": ANA, "password": PASSWORD}, headers=headers).status_code == 303


def test_who_is_signed_in_goes_straight_on(ana: int, client: Client) -> None:
    sign_in(client)
    answer = client.get("/sign-in?next=/secon")
    assert (answer.status_code, answer.headers["location"]) == (303, "/secon")


@pytest.mark.parametrize("way", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example"])
def test_no_sign_in_leads_to_another_site(ana: int, clients: Callable[[], Client], way: str) -> None:
    assert sign_in(clients(), next=way).headers["location"] == "/"
    assert clients().post(a_link(), data={"next": way}).headers["location"] == "/"
    visitor = clients()
    sign_in(visitor)
    assert visitor.get("/sign-in", params={"next": way}).headers["location"] == "/"


def test_sign_ins_are_noted_without_secrets(ana: int, client: Client) -> None:
    sign_in(client)
    with read() as session:
        notes = [(note.act, note.subject, note.details) for note in session.exec(select(AuditNote))]
    subject = f"account:{ana}"
    assert notes == [
        ("account.add", subject, {}),
        ("account.set_password", subject, {}),
        ("session.sign_in", subject, {}),
    ]


def test_a_new_password_ends_the_browsers_signed_in_with_the_old(ana: int, client: Client) -> None:
    sign_in(client)
    with write() as session:
        account = session.get(Account, ana)
        assert account is not None
        actions.set_password(session, account, "another horse battery")
    assert "Sign out" not in client.get("/sign-in/sent").text


def test_an_account_is_added_once_with_a_real_address(ana: int) -> None:
    for address in (ANA.upper(), "ana", "ana@example.org, eva@example.org", ""):
        with write() as session, pytest.raises(Refusal):
            actions.add_account(session, address)


def test_a_short_password_and_an_unknown_role_are_refused(ana: int) -> None:
    with write() as session:
        account = session.get(Account, ana)
        assert account is not None
        with pytest.raises(Refusal, match="at least 12"):
            actions.set_password(session, account, "short")
        with pytest.raises(Refusal, match="no such role"):
            actions.grant(session, account, "king")


def test_a_role_is_given_once(ana: int, appoint: Callable[..., None]) -> None:
    appoint("organiser")
    appoint("organiser")
    with read() as session:
        assert actions.queries.grants_of(session, ana) == (("organiser", "installation", 0),)


def test_no_link_is_made_for_an_unknown_address(ana: int) -> None:
    with write() as session, pytest.raises(Missing):
        actions.make_link(session, "eva@example.org", 10)


def test_old_links_tries_and_browsers_are_forgotten(ana: int, client: Client) -> None:
    a_link()
    sign_in(client)
    with time_machine.travel(now() + timedelta(days=2), tick=False):
        chores.forget_old_sign_ins()
        with read() as session:
            assert session.exec(select(SignInLink)).all() == session.exec(select(SignInAttempt)).all() == []
            assert session.exec(select(SignedInBrowser.account_id)).all() == [ana]
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        chores.forget_old_sign_ins()
        with read() as session:
            assert session.exec(select(SignedInBrowser)).all() == []
