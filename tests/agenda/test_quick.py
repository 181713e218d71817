"""What a line tells of an item beside its words."""

from __future__ import annotations

import pytest

from planner.agenda.quick import kind_of, parse


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Study visit: harbour", "visit"),
        ("Welcome by the county council", "welcome"),
        ("Welcome dinner", "dinner"),
        ("Welcome coffee", "break"),
        ("Registration and coffee", "registration"),
        ("Check-in", "registration"),
        ("Lunch break", "lunch"),
        ("Packed lunch", "lunch"),
        ("Networking lunch (own expense)", "lunch"),
        ("Airport transfer to Bucharest", "transfer"),
        ("Workshop: lunch boxes", "workshop"),
        ("What we learned after lunch", "presentation"),
        ("Visit the coach factory", "visit"),
        ("Επίσημο δείπνο στο λιμάνι", "dinner"),
        ("Μεταφορά στο αεροδρόμιο", "transfer"),
        ("", "presentation"),
    ],
)
def test_the_kind_is_in_the_first_words(title: str, kind: str) -> None:
    assert kind_of(title) == kind


def test_a_steering_group_is_closed_and_a_workshop_is_not() -> None:
    assert parse("17:00 Steering group", {}).audience == "steering_group"
    assert parse("17:00 Workshop for the steering group", {}).audience == ""
