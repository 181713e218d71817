"""Roles reach as far as their scope and no farther."""

import pytest

from planner.accounts.permissions import ACTS, HOUSE, PUBLIC, ROLES, SIGNED_IN, Held, Scope, Viewer

PROJECT, OTHER_PROJECT = Scope("project", 1, 1), Scope("project", 2, 2)
MEETING, SISTER, OTHER_MEETING = Scope("meeting", 11, 1), Scope("meeting", 12, 1), Scope("meeting", 1, 2)
PLACES = (HOUSE, PROJECT, OTHER_PROJECT, MEETING, SISTER, OTHER_MEETING)
DESK = ("desk.read", "registrations.read", "papers.print")


def somebody(*grants: Held) -> Viewer:
    return Viewer(1, "Ana", "ana@example.org", "en", "", grants)


@pytest.mark.parametrize(
    ("grant", "reached"),
    [
        (Held("organiser", "installation", 0), PLACES),
        (Held("organiser", "project", 1), (PROJECT, MEETING, SISTER)),
        (Held("organiser", "project", 11), ()),
        (Held("organiser", "meeting", 11), (MEETING,)),
        (Held("organiser", "meeting", 1), (OTHER_MEETING,)),
    ],
)
def test_a_role_reaches_its_scope_and_what_is_inside(grant: Held, reached: tuple[Scope, ...]) -> None:
    assert tuple(place for place in PLACES if somebody(grant).may("registrations.decide", place)) == reached


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        ("administrator", {*DESK, "registrations.decide", "registrations.export", "operations.read"}),
        ("organiser", {*DESK, "registrations.decide", "registrations.export"}),
        ("reception", {*DESK}),
        ("controller", {*DESK, "registrations.export"}),
        ("logistics", {*DESK}),
        ("stranger", set()),
    ],
)
def test_each_role_may_do_its_acts(role: str, acts: set[str]) -> None:
    guarded = {act for act, roles in ACTS.items() if not roles & {PUBLIC, SIGNED_IN}}
    viewer = somebody(Held(role, "installation", 0))
    known = set(DESK) | {"registrations.decide", "registrations.export", "operations.read"}
    assert {act for act in guarded & known if viewer.may(act, HOUSE)} == acts


def test_an_unknown_act_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        somebody(Held("administrator", "installation", 0)).may("registrations.frobnicate", HOUSE)


@pytest.mark.parametrize(
    ("act", "roles"),
    [
        ("care.read", {"logistics"}),
        ("privacy.manage", {"administrator", "organiser"}),
        ("erasure.everywhere", {"administrator"}),
        ("attendance.check_in", {"administrator", "organiser", "reception"}),
    ],
)
def test_who_may_touch_what_is_private(act: str, roles: set[str]) -> None:
    assert {role for role in ROLES if somebody(Held(role, "installation", 0)).may(act, HOUSE)} == roles


def test_health_data_are_open_only_to_who_was_given_that_role_there() -> None:
    both = somebody(Held("organiser", "installation", 0), Held("logistics", "meeting", 11))
    assert [both.may("care.read", place) for place in (MEETING, SISTER, OTHER_MEETING)] == [True, False, False]
