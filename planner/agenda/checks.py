"""What cannot be, or will hardly go well, in an agenda. Pure: rows and facts in, findings out; nothing is refused."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice

from planner.agenda.rows import Rows
from planner.agenda.rules import DAY, Clash, Use, overlaps, same_people, wall_of
from planner.agenda.tables import Day, Item
from planner.clock import at, exists, repeated

NIGHT = (4 * 60, DAY + 4 * 60)
"""Minutes between which the items of a day lie."""
NOON = (11 * 60, 15 * 60)
"""Minutes between which lunch is eaten; a day that goes on before and after them is a full one."""


@dataclass(frozen=True, slots=True)
class Ride:
    """How an item moves people: aware times, and from which place to which, by id."""

    be_there: datetime
    departs: datetime
    arrives: datetime
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What later rooms know of items, by id: rides, seats, and how many people signed up."""

    rides: Mapping[int, Ride] = field(default_factory=dict)
    seats: Mapping[int, int] = field(default_factory=dict)
    signed_up: Mapping[int, int] = field(default_factory=dict)


NO_FACTS = Facts()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at. `day` is the number of its day, `item` what it is about, `other` what it clashes with.

    kind: overlap, speaker, room, bus (be-there before the item before ends), gap (the way takes longer than the gap),
    seats, night, day (not in the meeting), parent (outside the item above), skipped and repeated (wall-clock times of
    a clock change), lunch. `minutes` is how much too little; `count` and `limit` are people and seats; `wall` a time.
    """

    kind: str
    day: int
    item: int = 0
    other: int = 0
    minutes: int = 0
    count: int = 0
    limit: int = 0
    wall: datetime | None = None
    place: int = 0
    people: frozenset[int] = frozenset()


def findings(rows: Rows, first: date, last: date, facts: Facts = NO_FACTS) -> list[Finding]:
    """All findings in an agenda of a meeting from `first` to `last`, by day. What is cancelled is not looked at."""
    live = rows.taking_place()
    looked: tuple[Iterable[Finding], ...] = (
        _clashes(live, rows, facts), _clashes_below(live, rows), _gaps(live, rows, facts), _seats(live, facts),
        _days(live, first, last), _nights(live, rows), _parents(live, rows), _clock_changes(live, rows),
        _lunches(live, rows),
    )  # fmt: skip
    found = [finding for part in looked for finding in part]
    return sorted(found, key=lambda finding: finding.day)


def _tops(live: Rows) -> Iterator[tuple[Day, Item]]:
    return ((day, item) for day in live.days for item in live.tops.get(day.id or 0, ()))


def _moment(rows: Rows, day: Day, minute: int) -> datetime:
    return at(day.date + timedelta(days=minute // DAY), wall_of(minute), rows.zone)


def _use(rows: Rows, day: Day, item: Item, ride: Ride | None, people: frozenset[int]) -> Use:
    """A bus takes its people from be-there on."""
    span = rows.times[item.id or 0]
    starts = _moment(rows, day, span.starts)
    begins = min(starts, ride.be_there) if ride else starts
    return Use(str(item.id), begins, _moment(rows, day, span.ends), item.track, item.place_id, people)


def _clashes(live: Rows, rows: Rows, facts: Facts) -> Iterator[Finding]:
    day_of = {item.id or 0: day for day, item in _tops(live)}
    speaking = _speaking(live)
    uses = [
        _use(rows, day, item, facts.rides.get(item.id or 0), speaking.get(item.id or 0, frozenset()))
        for day, item in _tops(live)
    ]
    ends = {int(use.name): use.ends for use in uses}
    for clash in overlaps(uses):
        item = int(clash.second)
        ride = facts.rides.get(item)
        late = ride is not None and ride.be_there < ends[int(clash.first)] <= _moment(
            rows, day_of[item], rows.times[item].starts
        )
        yield from _told(clash, day_of[item].number, rows, late=late)


def _clashes_below(live: Rows, rows: Rows) -> Iterator[Finding]:
    """Speakers and rooms of what stands below an item at a time of its own: whatever else they are in just then.

    What stands side by side below one item is no overlap.
    """
    speaking = _speaking(live)
    for day in live.days:
        tops = live.tops.get(day.id or 0, [])
        below = [row for top in tops for row in live.below.get(top.id or 0, ()) if row.starts is not None]
        every = [*tops, *below] if below else []
        uses = {row.id: _use(rows, day, row, None, speaking.get(row.id or 0, frozenset())) for row in every}
        home = {top.id: top.place_id for top in tops}
        for place, row in enumerate(below):
            others = (other for other in (*tops, *below[:place]) if other.id != row.parent_id)
            for other in others:
                yield from _told_below(day, row, other, uses, home)


def _told_below(
    day: Day, row: Item, other: Item, uses: Mapping[int | None, Use], home: Mapping[int | None, int | None]
) -> Iterator[Finding]:  # fmt: skip
    mine, theirs = uses[row.id], uses[other.id]
    minutes = _minutes(min(mine.ends, theirs.ends) - max(mine.starts, theirs.starts))
    if minutes <= 0:
        return
    number, second = row.id or 0, other.id or 0
    if people := mine.people & theirs.people:
        yield Finding("speaker", day.number, number, second, minutes, people=people)
    own = row.place_id if row.place_id != home.get(row.parent_id) else None
    if own and own == other.place_id:
        yield Finding("room", day.number, number, second, minutes, place=own)


def _speaking(live: Rows) -> dict[int, frozenset[int]]:
    """Who speaks in an item; who does below it at no time of its own, speaks all the time."""
    above = {item.id: item.parent_id if item.parent_id and item.starts is None else item.id or 0 for item in live.items}
    found: dict[int, frozenset[int]] = {}
    for row in live.speakings:
        if (item := above.get(row.item_id)) is not None:
            found[item] = found.get(item, frozenset()) | {row.person_id}
    return found


def _told(clash: Clash, day: int, rows: Rows, *, late: bool) -> Iterator[Finding]:
    """One finding for the same people; speakers and rooms count where the tracks are parallel."""
    item, other = int(clash.second), int(clash.first)
    if clash.same_track:
        yield Finding("bus" if late else "overlap", day, item, other, clash.minutes)
        return
    if clash.people:
        yield Finding("speaker", day, item, other, clash.minutes, people=clash.people)
    if clash.same_place:
        place = next((row.place_id for row in rows.items if row.id == item), None)
        yield Finding("room", day, item, other, clash.minutes, place=place or 0)


def _gaps(live: Rows, rows: Rows, facts: Facts) -> Iterator[Finding]:
    """A ride that arrives after the next item began, or two items so far apart that a ride of the meeting takes longer.

    Ways that no ride of the meeting makes are not known here.
    """
    ways = _ways(rows, facts)
    for day, items in ((day, live.tops.get(day.id or 0, [])) for day in live.days):
        in_turn = sorted(items, key=lambda row: rows.times[row.id or 0].starts)
        starts = [rows.times[row.id or 0].starts for row in in_turn]
        for item in items:
            later = islice(in_turn, bisect_left(starts, rows.times[item.id or 0].ends), None)
            following = next((row for row in later if row is not item and same_people(row.track, item.track)), None)
            if following is not None:
                yield from _gap(day, item, following, rows, facts, ways)


def _gap(
    day: Day, item: Item, following: Item, rows: Rows, facts: Facts, ways: Mapping[tuple[int, int], int]
) -> Iterator[Finding]:
    starts = rows.times[following.id or 0].starts
    begins = _moment(rows, day, starts)
    ride = facts.rides.get(item.id or 0)
    if ride is not None:
        if ride.arrives > begins:
            yield Finding("gap", day.number, following.id or 0, item.id or 0, _minutes(ride.arrives - begins))
    elif following.id not in facts.rides:
        way = ways.get((_site(rows, item.place_id), _site(rows, following.place_id)), 0)
        short = way - (starts - rows.times[item.id or 0].ends)
        if short > 0:
            yield Finding("gap", day.number, following.id or 0, item.id or 0, short)


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


def _site(rows: Rows, place_id: int | None) -> int:
    """Rooms are where the venue is."""
    place = rows.place.get(place_id or 0)
    if place is None or place.kind != "room":
        return place_id or 0
    return next((row.id or 0 for row in rows.places if row.kind == "venue"), 0)


def _ways(rows: Rows, facts: Facts) -> dict[tuple[int, int], int]:
    """How many minutes it takes from one place to another, as far as the meeting's own rides tell; both directions."""
    found: dict[tuple[int, int], int] = {}
    for ride in facts.rides.values():
        start, end = _site(rows, ride.start), _site(rows, ride.end)
        if start and end and start != end:
            minutes = _minutes(ride.arrives - ride.departs)
            for way in ((start, end), (end, start)):
                found[way] = min(minutes, found.get(way, minutes))
    return found


def _seats(live: Rows, facts: Facts) -> Iterator[Finding]:
    for day, item in _tops(live):
        count = facts.signed_up.get(item.id or 0, 0)
        limits = [seats for seats in (item.capacity, facts.seats.get(item.id or 0)) if seats is not None]
        if limits and count > min(limits):
            yield Finding("seats", day.number, item.id or 0, count=count, limit=min(limits))


def _days(live: Rows, first: date, last: date) -> Iterator[Finding]:
    """One may arrive the day before."""
    for day in live.days:
        if not first - timedelta(days=1) <= day.date <= last:
            yield Finding("day", day.number)


def _nights(live: Rows, rows: Rows) -> Iterator[Finding]:
    for day, item in _tops(live):
        span = rows.times[item.id or 0]
        if span.starts < NIGHT[0] or span.ends > NIGHT[1]:
            yield Finding("night", day.number, item.id or 0)


def _parents(live: Rows, rows: Rows) -> Iterator[Finding]:
    for day, item in _tops(live):
        around = rows.times[item.id or 0]
        for row in live.below.get(item.id or 0, ()):
            span = rows.times[row.id or 0]
            if span.starts < around.starts or span.ends > around.ends:
                yield Finding("parent", day.number, row.id or 0, item.id or 0)


def _clock_changes(live: Rows, rows: Rows) -> Iterator[Finding]:
    uneasy = {day.id for day in live.days if _changes_about(day.date, rows.zone)}
    there = [(live.day_of(row), row) for row in live.items if row.id in rows.times]
    for kind, happens in (("skipped", _is_skipped), ("repeated", repeated)):
        for day, item in ((day, row) for day, row in there if day.id in uneasy):
            wrong = (minute for minute in rows.times[item.id or 0] if _odd(rows, day, minute, happens))
            if (minute := next(wrong, None)) is not None:
                yield Finding(kind, day.number, item.id or 0, wall=_moment(rows, day, minute))


def _changes_about(day: date, zone: str) -> bool:
    """Whether clocks are put forward or back on that day, the one before or the one after: most days need no look."""
    noons = (at(day + timedelta(days=away), time(12), zone).utcoffset() for away in (-1, 2))
    return len(set(noons)) > 1


def _odd(rows: Rows, day: Day, minute: int, happens: Callable[..., bool]) -> bool:
    return happens(day.date + timedelta(days=minute // DAY), wall_of(minute), rows.zone)


def _is_skipped(day: date, wall: object, zone: str) -> bool:
    return not exists(day, wall, zone)  # type: ignore[arg-type]


def _lunches(live: Rows, rows: Rows) -> Iterator[Finding]:
    for day in live.days:
        there = [(item, rows.times[item.id or 0]) for item in live.tops.get(day.id or 0, ())]
        work = [span for item, span in there if item.kind not in ("transfer", "dinner", "free_time")]
        full = any(span.starts < NOON[0] for span in work) and any(span.ends > NOON[1] for span in work)
        eaten = any(item.kind == "lunch" for item, _span in there)
        if full and not eaten:
            yield Finding("lunch", day.number)
