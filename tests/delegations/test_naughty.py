"""Texts that break careless programs, in the rows of a delegation's form."""

import unicodedata

import pytest

from tests.delegations.people import PARTNER, delegation, form, home, leave_quota, mistakes, row_of
from tests.registration.naughty import BYTES, NAUGHTY
from tests.registration.people import leave_room

pytestmark = pytest.mark.usefixtures("demo_sqlite")

ENDS = " \t\n\r\u00a0\u3000"


@pytest.mark.parametrize("field", ["given", "family", "function", "email", "latin_given"])
def test_every_text_of_a_row_is_kept_or_refused_at_that_row_alone(client, field):
    leave_room(500)
    leave_quota(PARTNER, "partner_staff", 500)
    for number, (kind, value) in enumerate(NAUGHTY.items()):
        if number % 50 == 0:
            here = home(delegation(slug=f"naughty{number}"))
        good, odd = f"G{number}", f"N{number}"
        rows = form(good, odd, **{"latin_given-2": "Ana", "latin_family-2": "Team"}) | {f"{field}-2": value}
        answer = client.post(here, data=rows)
        assert answer.status_code in (303, 422), (kind, answer.status_code)
        assert row_of(good).status in ("confirmed", "waiting"), kind
        if answer.status_code == 422:
            name = field.removeprefix("latin_")
            assert mistakes(answer.text) <= {f"{field}-2", f"latin_{name}-2", "email-2"}, kind
        elif field != "email":
            kept = getattr(row_of(odd), field)
            assert kept == unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip(ENDS) or (field, kept) == (
                "latin_given",
                odd,
            ), kind


@pytest.mark.parametrize(
    "name", ["rows", "category", "day_1", "visit_1", "meals", "language", "form_key", "act", "paste"]
)
def test_damaged_choices_are_answered_with_a_sentence(client, name):
    here = home(delegation())
    for kind, value in NAUGHTY.items():
        answer = client.post(here, data=form("Ana", **{name: value}))
        assert answer.status_code in (200, 303, 422, 429), kind
    for kind, value in BYTES.items():
        body = f"rows=4&given-1=Ana&{name}=".encode() + value
        answer = client.post(here, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status_code in (200, 303, 422, 429), kind
