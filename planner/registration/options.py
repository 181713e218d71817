"""What the fields of the registration form offer, in the reader's language: pairs or triples of value, label, hint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.language import _, country_text, day_text, ngettext, say, time_text
from planner.names import sort_key
from planner.registration.offer import Offer, OfferedDay, OfferedItem
from planner.registration.queries import Seats
from planner.registration.rules import WITH_QUOTA, Claim, Places, Stock
from planner.registration.words import diet_text

COUNTRIES = (
    "AD", "AL", "AM", "AT", "AZ", "BA", "BE", "BG", "BY", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FO", "FR",
    "GB", "GE", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO",
    "PL", "PT", "RO", "RS", "RU", "SE", "SI", "SK", "SM", "TR", "UA", "VA", "XK",
)  # fmt: skip
"""Countries of Europe and around it (ISO 3166, and XK for Kosovo)."""
DIETS = ("vegetarian", "vegan", "gluten_free", "halal", "lactose_free")

Option = tuple[str, str] | tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of every field; `days` are per day in the meeting's order."""

    partners: list[Option]
    categories: list[Option]
    countries: list[Option]
    days: dict[str, list[Option]]
    visits: list[Option]
    meals: list[Option]
    rides: list[Option]
    diets: list[Option]


def options(
    offer: Offer, places: Places, claims: Iterable[Claim], visits: Mapping[int, Seats], rides: Mapping[int, Seats]
) -> Options:
    """All choices, with what is full said beside it."""
    stock = Stock(places, claims)
    return Options(
        partners=[*_partners(offer, stock), ("other", _("Another organisation"))],
        categories=_categories(),
        countries=_countries(),
        days={f"day_{day.number}": _modes(day) for day in offer.days},
        visits=[(visit.slug, f"{say(visit.title).text} – {_seats(visits[visit.id])}") for visit in offer.visits],
        meals=[
            (meal.slug, _when(meal), _("Everyone pays for themselves.") if meal.own_expense else "")
            for meal in offer.meals
        ],
        rides=[(ride.slug, _when(ride), _ridden(ride, rides.get(ride.id))) for ride in offer.rides],
        diets=[("", _("Everything")), *((diet, diet_text(diet)) for diet in DIETS)],
    )


def _partners(offer: Offer, stock: Stock) -> list[Option]:
    return [
        (str(partner.number), f"{partner.number}. {say(partner.names).text}{_full(partner.id, stock)}")
        for partner in offer.partners
    ]


def _full(partner: int, stock: Stock) -> str:
    told = {"partner_staff": _("places for staff taken"), "stakeholder": _("places for guests taken")}
    full = [told[category] for category in WITH_QUOTA if stock.left(("quota", partner, category)) <= 0]
    return f" ({', '.join(full)})" if full else ""


def _categories() -> list[Option]:
    return [
        ("partner_staff", _("Staff of a partner")),
        ("stakeholder", _("Guest invited by a partner")),
        ("host_local", _("Local guest of the host")),
        ("speaker", _("Speaker")),
        ("programme", _("Programme body")),
        ("interpreter", _("Interpreter")),
    ]


def _countries() -> list[Option]:
    named = [(code, country_text(code)) for code in COUNTRIES]
    return [*sorted(named, key=lambda option: sort_key(option[1]))]


def _modes(day: OfferedDay) -> list[Option]:
    told = {"on_site": _("On site"), "online": _("Online")}
    return [*((mode, told[mode]) for mode in day.modes), ("no", _("Not that day"))]


def _seats(seats: Seats) -> str:
    if seats.full:
        return _("full, waiting list")
    left = seats.seats - seats.taken
    return ngettext("%(count)d seat left", "%(count)d seats left", left) % {"count": left}


def _when(item: OfferedItem) -> str:
    return f"{day_text(item.date, 'EEE d MMM')}, {time_text(item.starts)}: {say(item.title).text}"


def _ridden(item: OfferedItem, seats: Seats | None) -> str:
    return " ".join(part for part in (_be_there(item), _seats(seats).capitalize() + "." if seats else "") if part)


def _be_there(item: OfferedItem) -> str:
    return _("Be there at %(time)s.") % {"time": time_text(item.be_there)} if item.be_there else ""
