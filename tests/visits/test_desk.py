"""Study visits and transport at the desk: what is written, compared, undone and given out."""

from __future__ import annotations

import re
from datetime import time

import pytest
from litestar.testing import TestClient
from sqlmodel import select

from planner import db
from planner.agenda.actions import undo_change
from planner.agenda.tables import Item
from planner.errors import Missing, Stale
from planner.history import changes
from planner.meetings.queries import at_desk
from planner.visits.actions import (
    About,
    add_stop,
    delete_stop,
    move_stop,
    remove_ride,
    remove_visit,
    write_ride,
    write_stop,
    write_visit,
)
from planner.visits.entry import RideValues, StopValues, VisitValues
from planner.visits.outline import Outing, listed, outing
from planner.visits.rules import swapped
from tests.reception import counted_questions, scope_of, sign_in

MEETING = "riga-upcoming"
DESK = f"/secon/{MEETING}/desk/visits"
PLACE = StopValues({"en": "Bakery"}, "Brīvības iela 1", time(10), time(10, 30))


def item_id(slug: str) -> int:
    with db.read() as session:
        meeting = at_desk(session, "secon", MEETING).meeting
        return session.exec(select(Item.id).where(Item.meeting_id == meeting.id, Item.slug == slug)).one() or 0


def about(slug: str) -> About:
    return About(scope_of(MEETING).id, "host@example.org", item_id(slug))


def seen(slug: str) -> Outing:
    number = item_id(slug)
    with db.read() as session:
        return outing(session, at_desk(session, "secon", MEETING), number)


def names(slug: str) -> list[str]:
    return [stop.name["en"] for stop in seen(slug).stops]


def version_of_ride(slug: str) -> int:
    ride = seen(slug).ride
    assert ride is not None
    return ride.version


def undo_last() -> None:
    with db.write() as session:
        meeting = scope_of(MEETING).id
        undo_change(session, meeting, "host@example.org", changes(session, f"meeting:{meeting}")[0].id or 0)


def form_of(client: TestClient, slug: str, name: str) -> dict[str, str]:
    """The fields of one of the page's forms as a browser would send them."""
    page = client.get(f"{DESK}/{item_id(slug)}").text
    action = f'action="{DESK}/{item_id(slug)}{name}"'
    form = next(part for part in page.split("<form")[1:] if action in part).partition("</form>")[0]
    fields = dict(re.findall(r'<input (?:id="[^"]*" )?(?:type="hidden" )?name="(\w+)"[^>]*? value="([^"]*)"', form))
    for field, options in re.findall(r'<select [^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        fields[field] = next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
    return fields


def test_stops_change_places_and_keep_their_length_and_the_way_between_them() -> None:
    long, short = (time(9), time(10)), (time(10, 20), time(10, 30))
    assert swapped(long, short) == ((time(9, 30), time(10, 30)), (time(9), time(9, 10)))


def test_a_stop_is_added_moved_changed_and_deleted_and_every_act_can_be_undone(demo_database: str) -> None:
    before = names("d2-visit-a")
    with db.write() as session:
        stop = add_stop(session, about("d2-visit-a"), PLACE).id or 0
    assert names("d2-visit-a") == [*before, "Bakery"]
    with db.write() as session:
        move_stop(session, about("d2-visit-a"), stop, "earlier")
    assert names("d2-visit-a") == [before[0], "Bakery", before[1]]
    undo_last()
    assert names("d2-visit-a") == [*before, "Bakery"]
    version = seen("d2-visit-a").stops[-1].version
    with db.write() as session:
        delete_stop(session, about("d2-visit-a"), stop, version)
    undo_last()
    assert (names("d2-visit-a"), seen("d2-visit-a").stops[-1].address) == ([*before, "Bakery"], PLACE.address)


def test_times_of_a_visit_follow_its_item_and_are_written_as_they_are_seen(demo_sqlite: str) -> None:
    first = seen("d2-visit-a").stops[0]
    with db.write() as session:
        item = session.get_one(Item, item_id("d2-visit-a"))
        item.starts = time(item.starts.hour + 1, item.starts.minute) if item.starts else None
    moved = seen("d2-visit-a").stops
    assert moved[0].arrives.hour == first.arrives.hour + 1
    later = StopValues({"en": "Later"}, "Street 1", time(18), time(19))
    with db.write() as session:
        write_stop(session, about("d2-visit-a"), moved[1].id or 0, moved[1].version, later)
    assert [(stop.arrives, stop.version) for stop in seen("d2-visit-a").stops] == [
        (moved[0].arrives, moved[0].version), (time(18), moved[1].version + 1),
    ]  # fmt: skip


def test_who_comes_second_gets_both_versions(demo_sqlite: str) -> None:
    visit = seen("d2-visit-a").visit
    assert visit is not None
    values = VisitValues.of(visit)
    first = VisitValues(**{**values.columns(), "walking": "easy", "capacity": 12})
    with db.write() as session:
        write_visit(session, about("d2-visit-a"), visit.version, first)
    with pytest.raises(Stale) as stale, db.write() as session:
        write_visit(session, about("d2-visit-a"), visit.version, values)
    assert (stale.value.current, stale.value.typed) == (first, values)
    assert seen("d2-visit-a").seats == 12


def test_a_visit_that_is_none_any_more_comes_back_with_its_stops(demo_sqlite: str) -> None:
    visit, before = seen("d2-visit-b").visit, names("d2-visit-b")
    assert visit is not None
    with db.write() as session:
        remove_visit(session, about("d2-visit-b"), visit.version)
    assert seen("d2-visit-b").visit is None
    undo_last()
    assert names("d2-visit-b") == before


def test_rides_are_given_changed_and_taken_away(demo_sqlite: str) -> None:
    ride = RideValues("coach", None, None, time(8), time(8, 15), time(12), 80, 2, 1, time(13))
    slug = "d2-lunch"
    with db.write() as session:
        version = write_ride(session, about(slug), 0, ride).version
    assert (seen(slug).seats, seen(slug).parts) == (80, [("seats", 80)])
    with db.write() as session:
        remove_ride(session, about(slug), version)
    assert seen(slug).ride is None


def test_items_of_other_meetings_are_not_found(demo_sqlite: str) -> None:
    foreign = About(scope_of("haskovo-2023").id, "host@example.org", item_id("d2-visit-a"))
    with pytest.raises(Missing), db.write() as session:
        add_stop(session, foreign, PLACE)


def test_the_list_asks_the_same_for_one_visit_and_for_three(demo_sqlite: str) -> None:
    asked = []
    for slug in ("harghita-2024", MEETING):
        with db.read() as session, counted_questions() as questions:
            listed(session, at_desk(session, "secon", slug))
        asked.append(len(questions))
    assert asked[0] == asked[1]


def test_the_pages_change_a_visit_and_readers_see_it_only_when_it_is_given_out(
    demo_database: str, client: TestClient
) -> None:
    token = sign_in(client, "organiser")
    assert f'href="{DESK}"' in client.get(DESK.removesuffix("/visits")).text
    assert "20 places" in client.get(DESK).text
    address = f"{DESK}/{item_id('d2-visit-a')}"
    sent = form_of(client, "d2-visit-a", "") | {"csrf": token, "walking": "demanding", "capacity": "7"}
    assert client.post(address, data=sent).headers["location"] == f"{address}#visit"
    assert "7 places" in client.get(address).text
    public = client.get(f"/secon/{MEETING}/visits").text
    assert "Demanding" not in public
    assert "7 places" not in public
    late = client.post(address, data=sent | {"capacity": "9"})
    assert late.status_code == 409
    assert "Theirs, saved" in late.text
    assert 'value="9"' in late.text


def test_mistakes_keep_what_was_typed(demo_sqlite: str, client: TestClient) -> None:
    token = sign_in(client, "organiser")
    address = f"{DESK}/{item_id('d2-visit-a')}"
    wrong = client.post(f"{address}/stops", data={"csrf": token, "address": "Somewhere", "arrives": "soon"})
    assert wrong.status_code == 422
    for words in ("Please write the time like 14:00.", 'value="Somewhere"', 'value="soon"', 'href="#arrives-stop-new"'):
        assert words in wrong.text
    assert client.post(f"{address}/ride", data={"csrf": token, "mode": "rocket"}).status_code == 422


@pytest.mark.parametrize(
    ("form", "slip", "sentence"),
    [
        ("/ride", {"be_there": "08:45"}, "People have to be there before it departs"),
        ("/ride", {"arrives": "08:30"}, "Please write a time after the departure."),
        ("/ride", {"last_return": "08:00"}, "Please write a time after the departure."),
        ("/stops", {"leaves": "09:00"}, "Please write a time after the arrival."),
    ],
)
def test_times_that_run_backwards_are_no_night_in_between(
    demo_sqlite: str, client: TestClient, form: str, slip: dict[str, str], sentence: str
) -> None:
    token, address = sign_in(client, "organiser"), f"{DESK}/{item_id('d2-visit-b')}"
    ride = {"mode": "coach", "seats": "20", "be_there": "08:20", "departs": "08:30", "arrives": "12:40"}
    stop = {"name_en": "Bakery", "address": "Brīvības iela 1", "arrives": "10:00", "leaves": "11:00"}
    fields = {"csrf": token, "version": "1", **({"/ride": ride, "/stops": stop}[form]), **slip}
    answer = client.post(f"{address}{form}", data=fields)
    assert (answer.status_code, sentence in answer.text) == (422, True)


def test_a_ride_may_end_in_the_night_and_begin_before_midnight(demo_sqlite: str) -> None:
    late = RideValues("coach", None, None, time(23, 50), time(0, 5), time(2), 30, 1, None, time(3))
    with db.write() as session:
        assert write_ride(session, about("d2-visit-b"), version_of_ride("d2-visit-b"), late).departs == time(0, 5)


def test_stops_in_no_order_or_outside_the_visit_are_said(demo_sqlite: str) -> None:
    assert not {"stops overlap or are not in order", "a stop is outside the time of the visit"} & set(
        seen("d2-visit-b").lacking
    )
    for arrives, leaves in ((time(5), time(6)), (time(9), time(9, 30))):
        with db.write() as session:
            add_stop(session, about("d2-visit-b"), StopValues({"en": "Mill"}, "Mill street", arrives, leaves))
    assert {"stops overlap or are not in order", "a stop is outside the time of the visit"} <= set(
        seen("d2-visit-b").lacking
    )


@pytest.mark.parametrize("path", ["", "/removal", "/ride", "/ride/removal", "/stops", "/stops/1", "/stops/1/later"])
def test_what_is_not_there_is_not_found(demo_sqlite: str, client: TestClient, path: str) -> None:
    token = sign_in(client, "organiser")
    good = {"csrf": token, "version": "1", "name_en": "A", "address": "B", "arrives": "10:00", "leaves": "11:00"}
    good |= {"language": "en", "capacity": "3", "mode": "foot", "be_there": "9:00", "departs": "9:10"}
    for number in ("999999", "99999999999999999999"):
        assert client.post(f"{DESK}/{number}{path}", data=good).status_code == 404


def test_only_organisers_edit_visits(demo_sqlite: str, client: TestClient) -> None:
    sign_in(client, "reception")
    assert client.get(DESK).status_code == 404
