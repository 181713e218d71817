"""Many people at once, two servers, one database: not one place too many, not one too few, nobody twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import func, select

from planner import db
from planner.registration import queries
from planner.registration.form_tables import Quota
from planner.registration.rules import HOLDING, walk
from planner.registration.tables import Registration
from tests.registration.people import REGISTER, aged_key, leave_room, leave_seats, offered

PEOPLE = 220
AT_ONCE = 110
FREE_ON_SITE, FREE_ONLINE = 60, 10
FREE_ON_VISITS = {"d2-visit-a": 12, "d2-visit-b": 7}
STAFF_QUOTA = 3


def person(number):
    """What the page sends for one of them: each fifth comes online, each fourth works for a partner."""
    mode = "online" if number % 5 == 0 else "on_site"
    staff = {"category": "partner_staff", "partner": str(1 + number % 8)}
    role = staff if number % 4 == 1 else {"category": "host_local"}
    return {
        "form_key": aged_key(),
        "given": f"Given{number}",
        "family": "Crowd",
        "email": f"crowd{number}@guests.example",
        "day_0": "no",
        "day_1": mode,
        "day_2": mode,
        "visit_1": "d2-visit-a" if number % 2 else "d2-visit-b",
        "visit_2": "d2-visit-b" if number % 2 else "d2-visit-a",
        **role,
    }


def make_room():
    leave_room(FREE_ON_SITE, online=FREE_ONLINE)
    for slug, count in FREE_ON_VISITS.items():
        leave_seats(slug, count)
    place = offered()
    with db.write() as session:
        for partner in place.partners[:8]:
            session.add(
                Quota(form_id=place.form.id, partner_id=partner.id, category="partner_staff", seats=STAFF_QUOTA)
            )


def local(number):
    """What the page sends for somebody local who comes on one day."""
    return {**person(number), "category": "host_local", "day_1": "on_site", "day_2": "no", "visit_1": "", "visit_2": ""}


def send(forms):
    """Post all forms, as many at once as there are threads, to the servers in turn; the answers."""
    limits = httpx.Limits(max_connections=AT_ONCE)
    with httpx.Client(trust_env=False, timeout=120, limits=limits) as client, ThreadPoolExecutor(AT_ONCE) as crowd:
        start = Barrier(AT_ONCE)

        def post(number, served, fields):
            if number < AT_ONCE:
                start.wait()
            answer = client.post(served.url + REGISTER, data=fields)
            assert answer.status_code == 303, (answer.text, served.log)
            return answer

        return list(crowd.map(post, *zip(*forms, strict=True)))


@pytest.mark.usefixtures("demo_database")
def test_a_crowd_at_two_servers_gets_exactly_the_places_there_are(server):
    make_room()
    servers = [server(PLANNER_WORKERS="1"), server(PLANNER_WORKERS="1")]
    people = [person(number) for number in range(PEOPLE)]
    doubles = people[:: PEOPLE // 20]
    pairs = [fields for fields in people for _copy in range(2 if fields in doubles else 1)]
    answers = send([(number, servers[number % 2], fields) for number, fields in enumerate(pairs)])
    assert len({answer.headers["location"] for answer in answers}) == PEOPLE

    with db.read() as session:
        form = offered().form
        crowd = session.exec(select(Registration).where(Registration.family == "Crowd")).all()
        live, places = queries.claims(session, form.meeting_id), queries.places(session, form)
        seats, visits = dict(queries.seats(session, form)), queries.visit_seats_by_item(session, form.meeting_id)
        titles = {visit.id: visit.slug for visit in offered().visits}
        waiting = [(claim, verdict) for claim, verdict in walk(places, live, form.approval)]
    assert len(crowd) == PEOPLE
    assert len({row.identity for row in crowd}) == PEOPLE
    assert {kind: one.taken - one.seats for kind, one in seats.items()} == {"on_site": 0, "online": 0}
    full = {titles[item]: one for item, one in visits.items() if titles[item] in FREE_ON_VISITS}
    assert {slug: one.taken - one.seats for slug, one in full.items()} == dict.fromkeys(FREE_ON_VISITS, 0)

    staff = Counter(
        claim.demand.partner_id
        for claim in live
        if claim.status in HOLDING and claim.demand.quota and claim.demand.category == "partner_staff"
    )
    assert all(staff[partner.id] <= places.of(("quota", partner.id, "partner_staff")) for partner in offered().partners)
    assert waiting and all(verdict.status == "waiting" for _claim, verdict in waiting)
    for claim, _verdict in waiting:
        later = [other for other in live if other.status in HOLDING and other.order > claim.order]
        assert not [other for other in later if other.demand == claim.demand]


@pytest.mark.usefixtures("demo_database")
def test_five_hundred_people_for_forty_seats(server):
    """All within moments: forty are in, the others wait in the order in which they came, and nobody sees a fault."""
    everybody, seats = 500, 40
    leave_room(seats)
    servers = [server(PLANNER_WORKERS="1"), server(PLANNER_WORKERS="1")]
    send([(number, servers[number % 2], local(number)) for number in range(everybody)])
    with db.read() as session:
        rows = session.exec(select(Registration).where(Registration.family == "Crowd")).all()
        form = offered().form
        live, places = queries.claims(session, form.meeting_id), queries.places(session, form)
    came = sorted(rows, key=lambda row: (row.submitted_at, row.id))
    assert [row.status for row in came] == ["confirmed"] * seats + ["waiting"] * (everybody - seats)
    line = [claim.registration_id for claim, _verdict in walk(places, live, form.approval)]
    mine = {row.id for row in rows}
    assert [number for number in line if number in mine] == [row.id for row in came[seats:]]


@pytest.mark.usefixtures("demo_database")
def test_a_crowd_of_one_partner_gets_exactly_its_quota(server):
    make_room()
    leave_room(PEOPLE)
    partner = offered().partners[2]
    servers = [server(PLANNER_WORKERS="1"), server(PLANNER_WORKERS="1")]
    staff = {"category": "partner_staff", "partner": str(partner.number), "day_1": "on_site", "day_2": "no"}
    forms = [(number, servers[number % 2], {**person(number), **staff}) for number in range(AT_ONCE)]
    send(forms)
    with db.read() as session:
        live = queries.claims(session, offered().form.meeting_id)
    held = Counter(
        (claim.demand.partner_id, claim.status) for claim in live if claim.demand.category == "partner_staff"
    )
    assert (held[partner.id, "confirmed"], held[partner.id, "waiting"]) == (STAFF_QUOTA, AT_ONCE - STAFF_QUOTA + 2)


@pytest.mark.usefixtures("postgres_database")
def test_counting_without_the_lock_sells_too_many():
    """What this room does not do: count, then insert. All count before anybody has written, so all get a place."""
    crowd, places = 12, 5
    counted = Barrier(crowd)

    def register(number):
        with db.write() as session:
            connection = session.connection()
            taken = connection.execute(text("SELECT count(*) FROM seat")).scalar_one()
            counted.wait()
            if taken < places:
                connection.execute(text("INSERT INTO seat (person) VALUES (:person)"), {"person": number})

    with db.write() as session:
        session.connection().execute(text("CREATE TABLE seat (person integer PRIMARY KEY)"))
    with ThreadPoolExecutor(crowd) as pool:
        list(pool.map(register, range(crowd)))
    with db.read() as session:
        assert session.connection().execute(select(func.count()).select_from(text("seat"))).scalar_one() == crowd
