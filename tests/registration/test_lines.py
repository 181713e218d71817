"""Whatever people do one after the other, nobody passes somebody who has waited longer: checked after every step.

The model is simple: it remembers, from what people did alone, since when each of them stands in which line.
"""

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlmodel import col, select

from planner import clock, db
from planner.errors import Refusal
from planner.registration import apart, offers, queries
from planner.registration.place_tables import PlaceOffer, RideChoice, VisitPlace
from planner.registration.pools import MEETING, Pool, ride, visit
from planner.registration.rules import HOLDING, Claim
from planner.registration.serving import serve_waiting_lists
from tests.delegations.people import PARTNER, leave_quota
from tests.fixtures.databases import at_work
from tests.registration import people

DAYS = st.sampled_from(["on_site", "on_site", "online", "both"])
VISITS = st.sampled_from(["", "a", "ab", "ab, waits", "ba, waits"])
FREE = st.integers(-1, 2)


@dataclass(frozen=True)
class View:
    """Who is there, what each of them has or is offered, what each waits for beside the meeting, and all sizes."""

    people: dict[int, Claim]
    has: dict[int, set[Pool]]
    waits: dict[int, set[Pool]]
    sizes: dict[Pool, float]

    @property
    def taken(self) -> Counter[Pool]:
        return Counter(pool for pools in self.has.values() for pool in pools)


def look() -> View:
    with db.read() as session:
        there, number = people.offered(), people.meeting_id()
        everybody = {claim.registration_id: claim for claim in queries.claims(session, number)}
        has = {who: set(one.demand.pools) if one.status in HOLDING else set() for who, one in everybody.items()}
        had = [(row.registration_id, visit(row.item_id)) for row in session.exec(select(VisitPlace))]
        had += [(row.registration_id, ride(row.item_id)) for row in session.exec(select(RideChoice))]
        asked = session.exec(select(PlaceOffer).where(PlaceOffer.outcome == "", PlaceOffer.kind != MEETING[0]))
        had += [(row.registration_id, (row.kind, row.number, row.key)) for row in asked]
        for who, pool in had:
            if who in everybody and everybody[who].status in HOLDING:
                has[who].add(pool)
        waits: dict[int, set[Pool]] = {who: set() for who in everybody}
        for want in apart.wants(session, number):
            waits[want.registration_id] |= want.pools
        places = queries.places(session, there.form)
        needed = {pool for one in everybody.values() for pool in one.demand.pools}
        return View(everybody, has, waits, {**there.sizes, **{pool: places.of(pool) for pool in needed}})


class Lines(RuleBasedStateMachine):
    """Riga with few places on site, and one online, for guests, on the bus and on each visit: a crowd is there."""

    template: Path
    folders: Iterator[Path]

    def __init__(self) -> None:
        super().__init__()
        self.world, folder = ExitStack(), next(self.folders)
        folder.mkdir()
        shutil.copyfile(self.template, folder / "planner.db")
        self.world.enter_context(at_work(f"sqlite:///{folder / 'planner.db'}", folder))
        people.change_form(approval=[], quota_partner_staff=None)
        people.leave_room(4, 1)
        leave_quota(PARTNER, "stakeholder", 1)
        self.partner = next(one.id for one in people.offered().partners if one.number == PARTNER)
        self.bus = people.leave_bus("d1-bus-hotel", 1)
        for slug in ("d2-visit-a", "d2-visit-b"):
            people.leave_seats(slug, 1)
        self.visits = people.visits("d2-visit-a", "d2-visit-b")
        self.steps, self.mine = count(1), dict[int, str]()
        self.since = defaultdict[tuple[int, Pool], int](int)  # the demo's own people came before everybody
        for visits in ("a", "ab", "a", "ab, waits", "ab"):
            self.somebody_registers(days="on_site", visits=visits, guest=False, rides=True)

    def teardown(self) -> None:
        self.world.close()

    def _stand(self, who: int, pools: set[Pool], step: int) -> None:
        self.since.update({(who, pool): step for pool in pools})

    def _entry(self, name: str, days: str, visits: str, *, guest: bool, rides: bool):
        modes = {"on_site": {"on_site": 1}, "online": {"online": 2}, "both": {"on_site": 1, "online": 2}}[days]
        first, second = self.visits
        wished = {"": (), "a": (first,), "ba, waits": (second, first)}.get(visits, (first, second))
        partner = {"category": "stakeholder", "partner_id": self.partner} if guest else {}
        return people.entry(
            name, days={day: mode for mode, number in modes.items() for day in people.days(mode, number)},
            visits=wished, keeps_first="waits" in visits, rides=(self.bus,) if rides else (), **partner,
        )  # fmt: skip

    def _wished(self, entry) -> set[Pool]:
        return {visit(item) for item in entry.visits} | set(entry.apart)

    def _anybody(self, data):
        there = sorted(set(self.mine) & set(look().people))
        return data.draw(st.sampled_from(there)) if there else None

    def _row(self, who: int):
        return people.now(type("Row", (), {"id": who}))

    @rule(days=DAYS, visits=VISITS, guest=st.booleans(), rides=st.booleans())
    def somebody_registers(self, days, visits, guest, rides):
        before, step = look(), next(self.steps)
        name = f"P{step}"
        entry = self._entry(name, days, visits, guest=guest, rides=rides)
        row = people.register(entry)
        self.mine[row.id] = name
        self._stand(row.id, {MEETING, *self._wished(entry)}, step)
        self._judge(before)

    @rule(data=st.data(), days=DAYS, visits=VISITS, guest=st.booleans(), rides=st.booleans())
    def somebody_changes(self, data, days, visits, guest, rides):
        if (who := self._anybody(data)) is None:
            return
        before, step = look(), next(self.steps)
        entry, was = self._entry(self.mine[who], days, visits, guest=guest, rides=rides), before.people[who]
        wished = {one.pool for one in people.chosen(self._row(who)).places if one.state != "held"}
        with suppress(Refusal):
            people.change(self._row(who), entry)
            new = self._wished(entry) - before.has[who] - wished
            leaves = was.waiting_for == "quota" and bool(was.demand.quota - entry.demand.quota)
            if was.status == "waiting" and (entry.demand.pools - was.demand.pools or leaves):
                new |= {MEETING}
            self._stand(who, new | (entry.demand.pools - was.demand.pools), step)
        self._judge(before)

    @rule(data=st.data())
    def somebody_withdraws(self, data):
        before = look()
        if (who := self._anybody(data)) is not None:
            people.withdraw(self._row(who))
            self._judge(before)

    @rule(on_site=FREE, online=FREE, guests=st.integers(0, 2))
    def the_meeting_gets_larger_or_smaller(self, on_site, online, guests):
        people.leave_room(on_site, online)
        leave_quota(PARTNER, "stakeholder", guests)

    @rule(bus=FREE, seats=FREE, slug=st.sampled_from(["d2-visit-a", "d2-visit-b"]))
    def the_bus_and_a_visit_do(self, bus, seats, slug):
        people.leave_bus("d1-bus-hotel", bus)
        people.leave_seats(slug, max(seats, 0))

    @rule(ended=st.booleans(), hours=st.sampled_from([None, 24]))
    def the_organisers_think_anew(self, ended, hours):
        until = clock.now() - timedelta(seconds=1) if ended else None
        people.change_form(quota_until=until, offer_hours=hours)

    @rule()
    def a_minute_passes(self):
        before = look()
        serve_waiting_lists()
        self._judge(before)

    def _offered(self, data):
        with db.read() as session:
            query = select(PlaceOffer).where(PlaceOffer.outcome == "", col(PlaceOffer.registration_id).in_(self.mine))
            found = session.exec(query.order_by(col(PlaceOffer.id))).all()
        return data.draw(st.sampled_from(found)) if found else None

    @rule(data=st.data(), verb=st.sampled_from([offers.accept, offers.decline]))
    def an_offer_is_answered(self, data, verb):
        before = look()
        if place := self._offered(data):
            with db.write() as session:
                verb(session, people.offered(), place.registration_id, place.id)
            self._judge(before)

    @rule(data=st.data())
    def an_offer_lapses(self, data):
        before = look()
        if place := self._offered(data):
            with db.write() as session:
                session.get_one(PlaceOffer, place.id).expires_at = clock.now() - timedelta(seconds=1)
            self._stand(place.registration_id, {(place.kind, place.number, place.key)}, next(self.steps))
            serve_waiting_lists()
            self._judge(before)

    def _judge(self, before: View) -> None:
        """Whoever got something: what is taken, and what others wait for since earlier, is no more than there is."""
        after = look()
        for who, pools in after.has.items():
            for pool in pools - before.has.get(who, set()):
                earlier = self._earlier(before, after, who, pool)
                assert after.taken[pool] + len(earlier) <= after.sizes[pool], (who, pool, earlier)

    def _earlier(self, before: View, after: View, who: int, pool: Pool) -> list[int]:
        """Others who came before and still wait for it. Who changes to another way of taking part comes last."""
        if pool[0] not in ("on_site", "online", "quota"):
            mine = self.since[who, pool]
            return [other for other in after.waits if pool in after.waits[other] and self.since[other, pool] < mine]
        was = before.people.get(who)
        mine = self.since[who, pool if was and was.status in HOLDING else MEETING]
        waiting = [one for one in after.people.values() if one.status == "waiting" and pool in one.claimed]
        return [one.registration_id for one in waiting if self.since[one.registration_id, MEETING] < mine]


def test_nobody_passes_anybody(demo_sqlite_template, tmp_path):
    Lines.template, Lines.folders = demo_sqlite_template, (tmp_path / str(number) for number in count())
    quick = settings(max_examples=5, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Lines, settings=quick)


class Pick:
    """Draws what it was told to."""

    def __init__(self, who):
        self.who = who

    def draw(self, _strategy):
        return self.who


def test_the_watch_sees_who_passes(demo_sqlite_template, tmp_path, monkeypatch):
    monkeypatch.setattr("planner.registration.wishing._stood_in_line", lambda _choice, _seat: True)
    Lines.template, Lines.folders = demo_sqlite_template, iter([tmp_path / "one"])
    lines = Lines()
    holder, content, *_waiting = lines.mine
    lines.somebody_changes(Pick(content), days="on_site", visits="ab, waits", guest=False, rides=True)
    with pytest.raises(AssertionError):
        lines.somebody_withdraws(Pick(holder))
    lines.teardown()
