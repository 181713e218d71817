"""What somebody says when registering: checked, and with our own numbers for days, items and partners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from planner.registration.pools import Pool, ride
from planner.registration.rules import Demand, identity


@dataclass(frozen=True, slots=True)
class Entry:
    """One person's answers. `days` maps agenda days to on_site or online; the others are agenda items.

    `visits` are the wishes, the first one first; `keeps_first`: with a seat on the second, the person still waits for
    the first. `consents` maps each purpose of the wording to yes or no. `answers` are those to the meeting's own
    questions by their id, `picks` the limited options among them; `told_care`: one of them tells about health.
    `notice` is the mark of the privacy notice that the form showed; empty without a form.
    """

    given: str
    family: str
    latin_given: str
    latin_family: str
    email: str
    category: str
    partner_id: int | None
    days: Mapping[int, str]
    language: str = "en"
    function: str = ""
    organisation: str = ""
    country: str = ""
    phone: str = ""
    remarks: str = ""
    visits: tuple[int, ...] = ()
    meals: tuple[int, ...] = ()
    rides: tuple[int, ...] = ()
    diet: str = ""
    diet_note: str = ""
    access: str = ""
    consents: Mapping[str, bool] = field(default_factory=dict)
    answers: Mapping[int, Any] = field(default_factory=dict)
    picks: tuple[Pool, ...] = ()
    keeps_first: bool = False
    told_care: bool = False
    notice: str = ""

    @property
    def identity(self) -> str:
        """Who this is."""
        return identity(self.given, self.family, self.email)

    @property
    def demand(self) -> Demand:
        """What it needs places of."""
        modes = set(self.days.values())
        return Demand("on_site" in modes, "online" in modes, self.partner_id, self.category)

    @property
    def apart(self) -> tuple[Pool, ...]:
        """The buses and limited options it wishes: each of them is had, or waited for, on its own."""
        return (*(ride(item) for item in self.rides), *self.picks)

    @property
    def needs_care(self) -> bool:
        """Whether it tells something about health."""
        return bool(self.diet or self.diet_note or self.access or self.told_care)
