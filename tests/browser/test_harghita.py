"""A host who has nothing sets up a meeting by the interface alone: from the first form to a change everybody sees."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from icalendar import Calendar, Event
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from planner import clock, db
from planner.accounts.guards import cookie_name
from planner.accounts.permissions import Scope
from planner.consortium.tables import Project
from tests import posting
from tests.fixtures.application import Served
from tests.reception import secret_of

ROUTE_A = "Study visit A: people who build, cook and meet"
ROUTE_B = "Study visit B: the same by the northern road"
PLACES = (
    {"venue": "Town hall", "new1": "Large hall", "new2": "Small hall", "new3": "Workshop room"},
    {"new1": "Hotel Fenyő", "new2": "Restaurant Hargita", "new3": "Car park behind the castle"},
)
ROOMS = ("Large hall", "Small hall", "Workshop room")
ARRIVAL = (
    "12:30 3h15m Bus Bucharest and Târgu Mureș – Miercurea Ciuc",
    "15:45 45m Check-in @Hotel Fenyő",
    "17:00 1h30m Steering group @Small hall",
    "19:30 2h Welcome dinner @Restaurant Hargita",
)
SEMINAR = (
    "9:00 30m Registration and coffee @Large hall",
    "9:30 30m Welcome by the county council @Large hall",
    "10:00 1h15m Enabling environment for social enterprises @Large hall",
    "11:15 30m Coffee break",
    "11:45-13:00 Workshop: public procurement #A @Large hall",
    "11:45-13:00 Workshop: advice that reaches villages #B @Small hall",
    "11:45-13:00 Workshop: measuring what counts #C @Workshop room",
    "13:00 1h15m Lunch @Restaurant Hargita",
    "14:15 1h30m Round table with stakeholders @Large hall",
    "15:45 30m Closing of the seminar @Large hall",
)
VISITS = (
    f"8:30-12:15 {ROUTE_A} #A",
    f"8:30-12:15 {ROUTE_B} #B",
    "13:00 45m Packed lunch @Town hall",
    "14:00 2h Airport transfer to Târgu Mureș",
    "16:30 4h Airport transfer to Bucharest",
)
STOPS = {
    "8:45": ("A workshop with people with disabilities", "Strada Lemnarilor 4, Miercurea Ciuc", "9:30"),
    "9:45": ("Food cooperative “Szép Alma”", "Strada Merilor 11, Sânsimion", "10:45"),
    "11:00": ("Community house", "Piața Satului 2, Tușnad", "12:00"),
}


def soon() -> date:
    """A Tuesday for which one can register today."""
    day = clock.now().date() + timedelta(days=30)
    return day + timedelta(days=(1 - day.weekday()) % 7)


@dataclass(frozen=True)
class Host:
    """Somebody who organises for a project, with nothing but its pages."""

    url: str
    page: Page
    visitors: Callable[..., Page]

    @property
    def desk(self) -> str:
        """The address of the new meeting's desk."""
        return f"{self.home}/desk"

    @property
    def home(self) -> str:
        """The address of the new meeting for everybody."""
        return f"{self.url}/secon/miercurea-ciuc-{soon().year}"


@pytest.fixture
def host(demo_sqlite: str, server: Callable[..., Served], open_page: Callable[..., Page]) -> Host:
    """Somebody in Harghita organises for SECON."""
    with db.read() as session:
        number = session.exec(select(Project.id)).one() or 0
    served, page = server(), open_page(viewport={"width": 1280, "height": 1000})
    secret = secret_of("organiser", Scope("project", number, number))
    page.context.add_cookies([{"name": cookie_name(), "value": secret, "url": served.url}])
    return Host(served.url, page, open_page)


def press(page: Page | Locator, name: str) -> None:
    """Press a button of the page's own."""
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    """Follow a link of the page's own."""
    page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()


def set_up(host: Host) -> None:
    """Kind, title, host and first day are all it takes."""
    page = host.page
    page.goto(f"{host.url}/secon/desk")
    follow(page, "New meeting")
    page.get_by_role("radio", name="Interregional meeting").check()
    page.get_by_label("Title (English)").fill("3rd interregional meeting")
    page.get_by_label("Who hosts it").select_option("harghita")
    page.get_by_label("First day").fill(soon().isoformat())
    press(page, "Set up the meeting")
    expect(page).to_have_url(host.desk)


def add_places(host: Host) -> None:
    """A venue, three rooms, and three other places."""
    page = host.page
    follow(page, "Venue and rooms")
    for number, names in enumerate(PLACES):
        for key, name in names.items():
            page.locator(f"#{key}-name").fill(name)
            page.locator(f"#{key}-address").fill("Piața Libertății 5, Miercurea Ciuc")
            if number:
                page.locator(f"#{key}-kind").select_option("place")
        press(page, "Save")
        expect(page.get_by_text("Saved.")).to_be_visible()
    follow(page, "Back to the desk")


def write(page: Page, day: int, lines: tuple[str, ...]) -> None:
    """One line and Enter for each item of a day; the field is ready for the next each time."""
    page.locator("#days a").nth(day).click()
    expect(page.locator("#days a").nth(day)).to_have_attribute("aria-current", "true")
    page.get_by_label("New item", exact=True).focus()
    for number, line in enumerate(lines, 1):
        page.keyboard.insert_text(line)
        page.keyboard.press("Enter")
        expect(page.locator(".editor-day .line")).to_have_count(number)
        expect(page.get_by_label("New item", exact=True)).to_be_focused()


def items(page: Page) -> list[tuple[str, str, str]]:
    """The items of the day that is shown: when, what, and the rest in one line."""
    return [
        (row.locator(".time").inner_text(), row.locator(".name").inner_text(), row.locator(".facts-line").inner_text())
        for row in page.locator(".editor-day .line-row").all()
    ]


def describe_steering_group_and_stakeholders(page: Page) -> None:
    """The steering group is closed by its name; what stakeholders hear is interpreted."""
    expect(page.locator(".line", has_text="Steering group")).to_contain_text("Steering group only")
    page.locator("#days a").nth(1).click()
    page.get_by_role("link", name="Round table with stakeholders", exact=True).click()
    page.get_by_text("For whom, and in which language").click()
    page.get_by_role("radio", name="Stakeholders", exact=True).check()
    for language in ("Romanian", "Hungarian"):
        page.get_by_role("checkbox", name=language, exact=True).check()
    press(page, "Save")
    expect(page.locator(".line", has_text="Round table")).to_contain_text("Interpretation: Romanian, Hungarian")


def describe_visits(page: Page) -> None:
    """Both routes stop three times; each has a vehicle of its own."""
    page.locator("#days a").nth(2).click()
    for route in (ROUTE_A, ROUTE_B):
        page.locator(".line", has_text=route).get_by_role("link", name="Stops and transport").click()
        visit = page.locator("#visit")
        visit.get_by_label("People the hosts can take").fill("24")
        visit.get_by_label("Walking").select_option("easy")
        press(visit, "Save the visit")
        for arrives, (name, address, leaves) in STOPS.items():
            write_stop(page.locator("#stop-new"), name, address, arrives, leaves)
            expect(page.locator("#stops")).to_contain_text(name)
        write_ride(page.locator("#ride"), "minibus", ("8:15", "8:30", "12:15"), 19)
        expect(page.get_by_text("19 places", exact=True)).to_be_visible()
        follow(page, "Back to the agenda")


def describe_transfers(page: Page) -> None:
    """Two buses to two airports, where one has to be a quarter of an hour earlier."""
    for title, times in (
        ("Airport transfer to Târgu Mureș", ("13:45", "14:00", "16:00")),
        ("Airport transfer to Bucharest", ("16:15", "16:30", "20:30")),
    ):
        page.locator(".line", has_text=title).get_by_role("link", name="Transport").click()
        write_ride(page.locator("#ride"), "coach", times, 45)
        follow(page, "Back to the agenda")
    expect(page.get_by_text("Nothing clashes.")).to_be_visible()


def write_stop(form: Locator, name: str, address: str, arrives: str, leaves: str) -> None:
    """Add a stop to a visit."""
    form.get_by_label("What is visited (English)").fill(name)
    form.get_by_label("Address").fill(address)
    form.get_by_label("Arrival").fill(f"{arrives:0>5}")
    form.get_by_label("Departure").fill(f"{leaves:0>5}")
    press(form, "Add")


def write_ride(form: Locator, mode: str, times: tuple[str, str, str], seats: int) -> None:
    """Say when people are there, when it departs and when it is back."""
    form.get_by_label("Vehicle", exact=False).first.select_option(mode)
    form.get_by_label("Meeting point").select_option(label="Car park behind the castle")
    for name, clock_time in zip(("Be there at", "Departure", "Arrival"), times, strict=True):
        form.get_by_label(name).fill(f"{clock_time:0>5}")
    form.get_by_label("Seats").fill(str(seats))
    press(form, "Save the transport")


def publish(page: Page, state: str) -> None:
    """Give the draft out in that state."""
    page.get_by_role("radio", name=state).check()
    press(page.get_by_role("main"), "Publish")
    expect(page.get_by_text(re.compile(rf"Readers see now: {state}, version"))).to_be_visible()


def register(host: Host, given: str, route: str) -> None:
    """Somebody wants to come along on that route."""
    page = host.visitors()
    page.goto(f"{host.home}/register")
    page.locator("#given").fill(given)
    page.locator("#family").fill("Kovačević")
    page.locator("#email").fill(f"{given.lower()}@harghita.example")
    page.get_by_label("Local guest of the host").check()
    choice = page.locator("#visit_1 option", has_text=route)
    page.locator("#visit_1").select_option(choice.get_attribute("value"))
    while "/my/" not in page.url:  # whoever is quicker than people are is asked to send it once more
        with page.expect_navigation():
            page.get_by_role("main").get_by_role("button", name="Register", exact=True).click()


def in_feed(host: Host, title: str) -> Event:
    """An item as the calendars of subscribers get it."""
    answer = host.page.request.get(f"{host.home}/calendar.ics")
    assert answer.ok, answer.status
    events = Calendar.from_ical(answer.text()).walk("VEVENT")
    return next(event for event in events if str(event["SUMMARY"]).startswith(title))


def begins(event: Event) -> str:
    """When an entry begins, by the clock on the wall there."""
    start: datetime = event["DTSTART"].dt
    assert str(start.tzinfo) == "Europe/Bucharest"
    return f"{start:%H:%M}"


def told() -> dict[str, str]:
    """Who was written to about a change of the agenda, with what."""
    letters = [message_from_bytes(row.mime, policy=default) for row in posting.rows()]
    bodies = {str(letter["To"]): letter.get_body(("plain",)) for letter in letters if "changed" in letter["Subject"]}
    return {to: body.get_content() for to, body in bodies.items() if body is not None}


def build(host: Host) -> None:
    """Three days, out of nothing."""
    set_up(host)
    add_places(host)
    follow(host.page, "Build the agenda")
    for day, lines in enumerate((ARRIVAL, SEMINAR, VISITS)):
        write(host.page, day, lines)
    host.page.locator("#days a").first.click()
    describe_steering_group_and_stakeholders(host.page)
    describe_visits(host.page)
    describe_transfers(host.page)


def is_public(host: Host) -> None:
    """Everybody reads the agenda, with its version, its closed doors, its parallel tables and its interpretation."""
    page = host.visitors()
    page.goto(f"{host.home}/agenda")
    expect(page.get_by_text("Provisional, version 1 of")).to_be_visible()
    slots = page.locator(".agenda .slot")
    expect(slots).to_have_count(len(ARRIVAL) + len(SEMINAR) + len(VISITS))
    expect(slots.filter(has_text="Steering group").first).to_contain_text("Steering group only")
    expect(slots.filter(has_text="Round table")).to_contain_text("Interpretation: Romanian, Hungarian")
    assert len({slot.bounding_box()["y"] for slot in slots.filter(has_text="Workshop:").all()}) == 1  # type: ignore[index]
    page.goto(f"{host.home}/visits")
    route = page.get_by_role("article", name=ROUTE_A)
    expect(route).to_contain_text("Be there at 08:15: Car park behind the castle")
    for arrives, (name, _address, leaves) in STOPS.items():
        expect(route.locator(".stops li", has_text=name)).to_contain_text(f"{arrives:0>5}–{leaves:0>5}")


def move_route_a(page: Page) -> None:
    """Half an hour later, by the form."""
    page.get_by_role("link", name=f"Move… {ROUTE_A}").click()
    page.get_by_label("Starts").fill("09:00")
    press(page, "Move")
    expect(page.locator(".line", has_text=ROUTE_A)).to_contain_text("09:00–12:45")


def test_a_host_builds_publishes_changes_and_undoes_a_whole_meeting(host: Host) -> None:
    page = host.page
    build(host)
    follow(page, "Publish")
    publish(page, "Provisional")
    is_public(host)
    register(host, "Ana", ROUTE_A)
    register(host, "Imre", ROUTE_B)
    before, other = in_feed(host, ROUTE_A), in_feed(host, ROUTE_B)
    assert begins(before) == "08:30"

    follow(page, "Back to the agenda")
    page.locator("#days a").nth(2).click()
    move_route_a(page)
    assert in_feed(host, ROUTE_A) == before, "nobody sees the draft"
    follow(page, "Publish")
    change = page.get_by_role("listitem").filter(has_text=ROUTE_A)
    expect(change).to_contain_text("Moved")
    expect(change).to_contain_text("moved from 08:30 to 09:00")
    expect(page.get_by_role("checkbox", name="Tell 1 person by letter")).to_be_checked()
    publish(page, "Provisional")

    moved = in_feed(host, ROUTE_A)
    assert (begins(moved), moved["UID"]) == ("09:00", before["UID"])
    assert moved["SEQUENCE"] > before["SEQUENCE"]
    assert in_feed(host, ROUTE_B) == other
    news = told()
    assert list(news) == ["Ana Kovačević <ana@harghita.example>"]
    assert "08:30" in news["Ana Kovačević <ana@harghita.example>"]
    public = host.visitors()
    public.goto(f"{host.home}/agenda")
    follow(public, "What has changed since the version before")
    expect(public.get_by_role("listitem").filter(has_text=ROUTE_A)).to_contain_text("moved from 08:30 to 09:00")
    public.goto(f"{host.home}/visits")
    expect(public.get_by_role("article", name=ROUTE_A)).to_contain_text("Be there at 08:45")

    follow(page, "Back to the agenda")
    page.get_by_role("button", name=f"Undo moved “{ROUTE_A}”").click()
    follow(page, "Publish")
    expect(change).to_contain_text("moved from 09:00 to 08:30")
    publish(page, "Provisional")
    back = in_feed(host, ROUTE_A)
    assert (begins(back), back["UID"]) == ("08:30", before["UID"])
    assert back["SEQUENCE"] > moved["SEQUENCE"]
