"""Loads the meetings with their places, agendas and study visits, and the monthly call."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session

from planner.agenda.releases import freeze, give_out
from planner.agenda.tables import Block, Day, Item, ItemPractice, Release, Speaking
from planner.demo.reading import Calendar, Loading, Record, calendar_of, last_day, records, wall
from planner.ical import mint_uid
from planner.meetings.rules import KINDS
from planner.meetings.tables import CallChange, CallSeries, Meeting, Place
from planner.settings import settings
from planner.visits import releases as visits
from planner.visits.tables import Stop, StudyVisit, Transport


def load(loading: Loading, project: int, moment: datetime) -> None:
    """Write every meeting and call series of the project."""
    for record in records("meetings")["meetings"]:
        if "recurrence" in record:
            _series(loading, project, record, moment)
        else:
            _meeting(loading, project, record, moment)


def _uid(kind: str) -> str:
    return mint_uid(kind, urlsplit(settings().public_url).hostname or "planner")


def _meeting(loading: Loading, project: int, record: Record, moment: datetime) -> None:
    calendar = calendar_of(record, loading.today)
    released = _released(record, calendar, moment)
    row = _meeting_row(loading, project, record, calendar, released)
    meeting = loading.add("meeting", record["id"], row)
    _places(loading, meeting, record)
    agenda = record["agenda"] or {"days": []}
    for day in agenda["days"]:
        _day(loading, (meeting, record["id"]), day, calendar, released)
    if "version" in agenda:
        _give_out(loading.session, row, agenda["version"], released)


def _give_out(session: Session, meeting: Meeting, version: Record, released: datetime) -> None:
    session.flush()
    number = meeting.id or 0
    content = freeze(session, meeting, {visits.SECTION: visits.freeze(session, number)}, released)
    give_out(
        session,
        Release(
            meeting_id=number,
            number=version["number"],
            state=version["state"],
            released_at=released,
            content=content,
        ),
    )


def _released(record: Record, calendar: Calendar, moment: datetime) -> datetime:
    agenda = record["agenda"]
    return (calendar.moment(agenda["version"]) if agenda else None) or moment


def _meeting_row(loading: Loading, project: int, record: Record, calendar: Calendar, released: datetime) -> Meeting:
    contact, online = record.get("contact") or {}, record.get("online") or {}
    languages = record.get("languages") or {}
    return Meeting(
        project_id=project,
        slug=record["id"],
        kind=record["kind"],
        number=record["number"],
        state=record["state"],
        host_partner_id=loading.sure("partner", record["host"]),
        zone=record["zone"],
        first_day=calendar.first,
        last_day=last_day(record, calendar),
        mode=record["mode"],
        exchange_event=KINDS[record["kind"]].exchange,
        place=record["place"],
        title=record["title"],
        summary=record["summary"],
        working_language=languages.get("working", "en"),
        interpretation=languages.get("interpretation", []),
        access=(record.get("venue") or {}).get("access", {}),
        travel=record.get("travel", {}),
        online_link=online.get("link", ""),
        online_note=online.get("note", {}),
        contact_name=contact.get("name", ""),
        contact_email=contact.get("email", ""),
        contact_phone=contact.get("phone", ""),
        uid=_uid("meeting"),
        created_at=released,
        updated_at=released,
        published_at=released,
    )


def _places(loading: Loading, meeting: int, record: Record) -> None:
    venue = record.get("venue")
    rows: list[dict[str, Any]] = []
    if venue:
        rows.append({"id": "venue", "kind": "venue", "name": venue["name"], "address": venue["address"]})
        rows.extend({**room, "kind": "room"} for room in venue["rooms"])
    rows.extend({**place, "kind": "place"} for place in record.get("places", []))
    for position, row in enumerate(rows):
        kept: dict[str, Any] = {name: row.get(name) for name in ("kind", "name", "capacity", "step_free")}
        place = Place(
            meeting_id=meeting, slug=row["id"], position=position, address=row.get("address", ""), **kept
        )  # fmt: skip
        loading.add("place", f"{record['id']}/{row['id']}", place)


def _day(loading: Loading, meeting: tuple[int, str], record: Record, calendar: Calendar, released: datetime) -> None:
    number, slug = meeting
    row = Day(
        meeting_id=number,
        number=record["number"],
        date=calendar.day(record),
        chair_id=loading.id("person", record["chair"]),
        note=record.get("note", {}),
    )
    day = loading.add("day", f"{slug}/{record['number']}", row)
    for position, block in enumerate(record["blocks"]):
        block_row = Block(
            day_id=day,
            slug=block["id"],
            position=position,
            title=block["title"],
            audience=block["audience"],
            hidden=block.get("hidden", False),
        )
        block_id = loading.add("block", f"{slug}/{block['id']}", block_row)
        for place, item in enumerate(block["items"]):
            _item(loading, meeting, item, Item(meeting_id=number, block_id=block_id, position=place, **_item_values(
                loading, slug, item, released)))  # fmt: skip


def _item_values(loading: Loading, slug: str, record: Record, released: datetime) -> dict[str, Any]:
    return {
        "slug": record["id"],
        "kind": record["kind"],
        "starts": wall(record["start"]),
        "ends": wall(record["end"]),
        "place_id": loading.id("place", f"{slug}/{record.get('place')}"),
        "track": record.get("track", ""),
        "mode": record["mode"],
        "evidence": record["evidence"],
        "own_expense": record.get("paid_by") == "participants",
        "capacity": record.get("capacity"),
        "title": record["title"],
        "text": record.get("text", {}),
        "points": record.get("points", []),
        "interpretation": record.get("interpretation", []),
        "uid": _uid("item"),
        "created_at": released,
        "updated_at": released,
    }


def _item(loading: Loading, meeting: tuple[int, str], record: Record, row: Item) -> None:
    slug = meeting[1]
    item = loading.add("item", f"{slug}/{record['id']}", row)
    loading.add_all(
        Speaking(
            item_id=item,
            person_id=loading.sure("person", speaker["person"]),
            position=position,
            role=speaker["role"],
            mode=speaker.get("mode", "on_site"),
        )
        for position, speaker in enumerate(record.get("speakers", []))
    )
    visit = record.get("visit")
    practices = [*record.get("good_practices", []), *(visit["good_practices"] if visit else [])]
    loading.add_all(
        ItemPractice(item_id=item, practice_id=loading.sure("practice", practice))
        for practice in dict.fromkeys(practices)
    )
    if "transfer" in record:
        loading.add_all([_transport(loading, slug, row, record["transfer"])])
    if visit:
        _visit(loading, row, visit)


def _transport(loading: Loading, slug: str, item: Item, record: Record) -> Transport:
    return Transport(
        item_id=item.id or 0,
        item_starts=item.starts,
        mode=record["mode"],
        from_place_id=loading.sure("place", f"{slug}/{record['from']}"),
        to_place_id=loading.sure("place", f"{slug}/{record['to']}"),
        be_there=wall(record["be_there"]),
        departs=wall(record["departs"]),
        arrives=wall(record["arrives"]),
        seats=record["seats"],
        wheelchair_places=record["wheelchair_places"],
    )


def _visit(loading: Loading, item: Item, record: Record) -> None:
    row = StudyVisit(
        item_id=item.id or 0,
        item_starts=item.starts,
        host_id=loading.sure("organisation", record["host"]),
        contact_id=loading.id("person", record["contact"]),
        guide_id=loading.id("person", record["guide"]),
        language=record["language"],
        capacity=record["capacity"],
        photos=record["photos"],
        access=record["access"],
    )
    visit = loading.add("visit", str(item.id), row)
    loading.add_all(
        Stop(
            visit_id=visit,
            number=stop["number"],
            name=stop["name"],
            address=stop["address"],
            arrives=wall(stop["arrive"]),
            leaves=wall(stop["leave"]),
        )
        for stop in record["stops"]
    )


def _series(loading: Loading, project: int, record: Record, moment: datetime) -> None:
    rule, online = record["recurrence"], record["online"]
    row = CallSeries(
        project_id=project,
        slug=record["id"],
        host_partner_id=loading.sure("partner", record["host"]),
        title=record["title"],
        summary=record["summary"],
        zone=record["zone"],
        first=rule["first"],
        starts=wall(rule["start"]),
        ends=wall(rule["end"]),
        rule=rule["rrule"],
        online_link=online["link"],
        online_note=online["note"],
        uid=_uid("call"),
        sequence=len(rule["cancelled"]) + len(rule["moved"]),
        created_at=moment,
        updated_at=moment,
    )
    series = loading.add("series", record["id"], row)
    for change in (*rule["cancelled"], *rule["moved"]):
        to = change.get("to")
        loading.add_all([
            CallChange(
                series_id=series,
                occurrence=change["occurrence"],
                moved_to=to["date"] if to else None,
                starts=wall(to["start"]) if to else None,
                ends=wall(to["end"]) if to else None,
                reason=change["reason"],
                updated_at=moment,
            )
        ])  # fmt: skip
