"""Who gets a place and who waits: rules without a database."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.registration.form_tables import RegistrationForm
from planner.registration.rules import (
    HOLDING,
    Claim,
    Demand,
    Group,
    Phase,
    Places,
    Verdict,
    arrive,
    identity,
    lacking_for_change,
    next_arrival,
    phase,
    place_for,
    position,
    visit_for,
    walk,
)

MORNING = datetime(2026, 5, 1, 8, tzinfo=UTC)
APPROVAL = ("speaker",)
SMALL = Places(2, 1, {"partner_staff": 1, "stakeholder": None}, {(9, "partner_staff"): 2})


def person(number, status="waiting", *, on_site=True, online=False, partner=None, category="host_local"):
    return Claim(number, status, MORNING + timedelta(minutes=number), Demand(on_site, online, partner, category))


def staff(number, status="waiting", *, partner=1, on_site=True, online=False):
    return person(number, status, partner=partner, category="partner_staff", on_site=on_site, online=online)


def test_the_first_who_comes_gets_a_place():
    assert place_for(person(1), SMALL, [], APPROVAL) == Verdict("confirmed")


def test_confirmed_and_submitted_people_both_hold_a_place():
    others = [person(1, "confirmed"), person(2, "submitted")]
    assert place_for(person(3), SMALL, others, APPROVAL) == Verdict("waiting", "place")


def test_online_people_take_no_seat_on_site():
    others = [person(1, "confirmed", on_site=False, online=True), person(2, "confirmed")]
    assert place_for(person(3), SMALL, others, APPROVAL) == Verdict("confirmed")


def test_somebody_who_comes_both_ways_needs_both_seats():
    others = [person(1, "confirmed", on_site=False, online=True)]
    assert place_for(person(2, online=True), SMALL, others, APPROVAL) == Verdict("waiting", "place")


def test_the_quota_of_the_partner_is_named_before_the_place():
    others = [staff(1, "confirmed"), person(2, "confirmed")]
    assert place_for(staff(3), SMALL, others, APPROVAL) == Verdict("waiting", "quota")


def test_a_partner_may_have_a_quota_of_its_own():
    assert place_for(staff(2, partner=9), SMALL, [staff(1, "confirmed", partner=9)], APPROVAL) == Verdict("confirmed")


def test_without_a_limit_only_seats_count():
    others = [person(1, "confirmed", partner=1, category="stakeholder")]
    newcomer = person(2, partner=1, category="stakeholder")
    assert place_for(newcomer, SMALL, others, APPROVAL) == Verdict("confirmed")


def test_categories_by_invitation_hold_a_place_until_an_organiser_decides():
    assert place_for(person(1, category="speaker"), SMALL, [], APPROVAL) == Verdict("submitted")


def test_nobody_gets_past_those_who_wait_for_the_same():
    places = replace(SMALL, on_site=1)
    assert place_for(person(2), places, [person(1)], APPROVAL) == Verdict("waiting", "place")


def test_who_waits_for_online_does_not_stand_in_the_way_on_site():
    others = [person(1, "confirmed", on_site=False, online=True), person(2, on_site=False, online=True)]
    assert place_for(person(3), SMALL, others, APPROVAL) == Verdict("confirmed")


def test_who_waits_for_a_quota_does_not_stand_in_the_way_of_other_partners():
    others = [staff(1, "confirmed"), staff(2)]
    assert place_for(staff(3, partner=2), SMALL, others, APPROVAL) == Verdict("confirmed")


def test_who_waits_for_a_seat_keeps_a_place_in_the_partners_quota():
    full = [person(1, "confirmed"), person(2, "confirmed")]
    colleague = staff(4, on_site=False, online=True)
    assert place_for(colleague, SMALL, [*full, staff(3)], APPROVAL) == Verdict("waiting", "quota")


def test_a_change_needs_only_what_is_new():
    full = [person(1, "confirmed"), person(2, "confirmed"), person(3)]
    here, away = Demand(True, False, None, "host_local"), Demand(False, True, None, "host_local")
    assert not lacking_for_change(here, here, SMALL, full)
    assert not lacking_for_change(here, away, SMALL, full)
    assert lacking_for_change(away, here, SMALL, full) == {("on_site", 0, "")}


def test_a_change_does_not_get_past_those_who_wait():
    claims = [person(1, "confirmed", on_site=False, online=True), person(2)]
    away, here = claims[0].demand, Demand(True, False, None, "host_local")
    assert lacking_for_change(away, here, replace(SMALL, on_site=1), claims)


def test_positions_count_only_those_in_the_same_queue():
    claims = [staff(1, "confirmed"), person(2, "confirmed"), staff(3), person(4), person(5), staff(6)]
    assert [position(number, SMALL, claims) for number in (3, 4, 5, 6)] == [1, 1, 2, 2]
    assert position(1, SMALL, claims) == 0


def test_the_first_choice_comes_before_the_second():
    assert visit_for((7, 8), {7: 1, 8: 1}.__getitem__) == 7
    assert visit_for((7, 8), {7: 0, 8: 1}.__getitem__) == 8
    assert visit_for((7, 8), {7: 0, 8: 0}.__getitem__) is None
    assert visit_for((7, 8), {7: 0, 8: 5}.__getitem__, current=7) == 7


def test_a_form_opens_and_closes_to_the_second():
    form = RegistrationForm(
        meeting_id=1,
        controller_partner_id=1,
        seats_on_site=1,
        seats_online=0,
        opens_at=MORNING,
        closes_at=MORNING + timedelta(days=1),
    )
    second = timedelta(seconds=1)
    assert phase(form, MORNING - second) is Phase.BEFORE
    assert phase(form, MORNING) is Phase.OPEN
    assert phase(form, form.closes_at - second) is Phase.OPEN
    assert phase(form, form.closes_at) is Phase.CLOSED
    assert phase(None, MORNING) is Phase.NONE


@given(st.lists(st.integers(-5, 5)))
def test_who_comes_later_arrives_later_whatever_the_clock_says(steps):
    moment, arrivals = MORNING, []
    for step in steps:
        moment += timedelta(seconds=step)
        arrivals.append(next_arrival(arrivals[-1] if arrivals else None, moment))
    assert arrivals == sorted(set(arrivals))


def test_one_person_is_one_person_however_it_is_typed():
    assert identity("Łukasz", "Żółć", "L.Zolc@Example.org ") == identity("lukasz", "ZOLC", "l.zolc@example.org")
    assert identity("Ευθυµία", "Α", "a@b.example") == identity("Ευθυμία", "Α", "a@b.example")


DEMANDS = st.builds(
    Demand,
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, 1, 2]),
    st.sampled_from(["partner_staff", "stakeholder", "host_local", "speaker"]),
)
PLACES = st.builds(
    Places,
    st.integers(0, 4),
    st.integers(0, 3),
    st.fixed_dictionaries(
        {"partner_staff": st.none() | st.integers(0, 3), "stakeholder": st.none() | st.integers(0, 2)}
    ),
    st.dictionaries(st.tuples(st.sampled_from([1, 2]), st.just("partner_staff")), st.integers(0, 3), max_size=2),
)
ACTS = st.lists(
    st.tuples(st.sampled_from(["register", "withdraw", "decline"]), st.integers(0, 30), DEMANDS), max_size=40
)


def happens(places, acts):
    """Play the acts one after the other the way the actions do, and show the claims after each."""
    claims: list[Claim] = []
    for number, (act, which, demand) in enumerate(acts, 1):
        if act == "register":
            claims.append(Claim(number, "waiting", MORNING, demand))
        elif claims:
            claims.pop(which % len(claims))
        verdicts = {claim.registration_id: verdict for claim, verdict in walk(places, claims, APPROVAL)}
        claims = [
            replace(claim, status=verdicts[claim.registration_id].status) if claim.status == "waiting" else claim
            for claim in claims
        ]
        yield claims


@settings(max_examples=300, deadline=None)
@given(PLACES, ACTS)
def test_no_more_places_are_held_than_there_are(places, acts):
    for claims in happens(places, acts):
        held = [pool for claim in claims if claim.status in HOLDING for pool in claim.demand.pools]
        assert all(held.count(pool) <= places.of(pool) for pool in held)


@settings(max_examples=300, deadline=None)
@given(PLACES, ACTS)
def test_nobody_waits_without_a_reason(places, acts):
    for claims in happens(places, acts):
        for claim, verdict in walk(places, claims, APPROVAL):
            assert (verdict.status, bool(verdict.waiting_for)) == ("waiting", True), claim


@settings(max_examples=300, deadline=None)
@given(PLACES, ACTS)
def test_a_place_goes_to_nobody_while_an_equal_waits_longer(places, acts):
    waited: dict[int, Claim] = {}
    for claims in happens(places, acts):
        here = {claim.registration_id: claim for claim in claims}
        served = [here[number] for number in waited if number in here and here[number].status in HOLDING]
        still = [claim for claim in claims if claim.status == "waiting"]
        for lucky in served:
            assert not any(other.order < lucky.order and other.demand == lucky.demand for other in still)
        waited = {claim.registration_id: claim for claim in still}


@settings(max_examples=300, deadline=None)
@given(PLACES, ACTS, DEMANDS)
def test_sums_tell_a_newcomer_what_reading_everybody_would(places, acts, demand):
    claims = list(happens(places, acts))[-1] if acts else []
    verdicts = {claim.registration_id: verdict for claim, verdict in walk(places, claims, APPROVAL)}
    told = [
        replace(claim, waiting_for=verdicts[claim.registration_id].waiting_for) if claim.status == "waiting" else claim
        for claim in claims
    ]
    sums = Counter((claim.status, claim.waiting_for, claim.demand) for claim in told)
    newcomer = Claim(len(acts) + 1, "waiting", MORNING, demand)
    verdict, number = arrive(demand, places, [Group(*alike, count) for alike, count in sums.items()], APPROVAL)
    assert verdict == place_for(newcomer, places, told, APPROVAL)
    if verdict.status == "waiting":
        assert number == position(newcomer.registration_id, places, [*told, newcomer])
