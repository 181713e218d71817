"""What hosts type: a new meeting, a copy, and the sheets of settings, each as columns of its rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from planner.clock import local
from planner.consortium.tables import Partner
from planner.forms import Check, Typed
from planner.hosting.rules import TEXTS, Values
from planner.language import INTERFACE, NAMES, _
from planner.meetings.rules import KINDS, MODES
from planner.meetings.tables import Meeting, Place
from planner.registration.abuse import domains
from planner.registration.form_tables import RegistrationForm
from planner.registration.rules import CATEGORIES
from planner.registration.walls import moment
from planner.tokens import digest

LONGEST = timedelta(days=13)
"""From the first to the last day: longer is a mistyped date."""
MOST_SEATS = 10_000
EVERYBODY = "everybody"
"""Instead of each category."""
MOST_HOURS = 14 * 24
"""For how long a freed place may be offered to one person."""
NEW_PLACES = 3
"""Empty rows below the places that are there."""
MOMENTS = (
    "opens_at", "quota_until", "closes_at", "changes_close_at", "waiting_list_closes_at", "catering_frozen_at",
    "papers_frozen_at",
)  # fmt: skip
SEATS = ("seats_on_site", "seats_online")
QUOTAS = ("quota_partner_staff", "quota_stakeholder")
ANSWERS = {"": None, "yes": True, "no": False}


def mark(typed: Typed) -> str:
    """What a form was read at: changes with any of its values."""
    return digest(json.dumps(typed.values, sort_keys=True, ensure_ascii=False))[:16]


def differing(current: Typed, typed: Typed) -> list[str]:
    """The fields in which a form differs from what is there now."""
    names = [*current.values, *(name for name in typed.values if name not in current.values)]
    return [
        name
        for name in names
        if name not in ("csrf", "version") and _bare(current.many(name)) != _bare(typed.many(name))
    ]


def _bare(values: Sequence[str]) -> list[str]:
    return [value.strip() for value in values if value.strip()]


def day(check: Check, name: str, *, needed: str = "") -> date | None:
    """A day as `2026-11-22`, the way browsers send it and hands may type it."""
    value = check.text(name, needed=needed, limit=20)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        check.wrong(name, _("Please write the day like 2026-11-22."))
        return None


def number(check: Check, name: str, *, needed: str = "") -> int | None:
    """A whole number of people, or nothing."""
    value = check.text(name, needed=needed, limit=6)
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and int(value) <= MOST_SEATS):
        check.wrong(name, _("Please write a whole number up to %(most)s.") % {"most": MOST_SEATS})
        return None
    return int(value)


def host(check: Check, partners: Mapping[str, Partner]) -> Partner | None:
    """The partner who hosts, by its short address."""
    return partners.get(check.choice("host", partners, needed=_("Please choose who hosts the meeting.")))


def first_day(check: Check) -> date | None:
    """When a meeting begins."""
    return day(check, "first_day", needed=_("Please write on which day the meeting begins."))


def last_day(check: Check, first: date | None, usual: int) -> date | None:
    """When it ends; left empty, after as many days as meetings of the kind usually take."""
    last = day(check, "last_day")
    if first is None:
        return None
    if last is None:
        return first + timedelta(days=usual - 1)
    if not first <= last <= first + LONGEST:
        check.wrong("last_day", _("The last day is at most two weeks after the first, and not before it."))
    return last


def new_meeting(check: Check, partners: Mapping[str, Partner]) -> Values:
    """A new meeting: kind, host, days and titles; all else follows from these."""
    kind = check.choice("kind", KINDS, needed=_("Please choose what kind of meeting it is."))
    titles = {code: check.text(f"title-{code}") for code in INTERFACE}
    if not any(titles.values()):
        check.wrong("title-en", _("Please give the meeting a title."))
    first = first_day(check)
    last = last_day(check, first, KINDS[kind].days if kind else 1)
    return {
        "kind": kind,
        "title": {code: text for code, text in titles.items() if text},
        "host": host(check, partners),
        "first_day": first,
        "last_day": last,
    }


def basics_now(meeting: Meeting, partners: Mapping[str, Partner]) -> Typed:
    """The first sheet as it is."""
    slug = next((slug for slug, row in partners.items() if row.id == meeting.host_partner_id), "")
    return _typed({
        "kind": meeting.kind,
        "number": meeting.number,
        "host": slug,
        "first_day": meeting.first_day,
        "last_day": meeting.last_day,
        "zone": meeting.zone,
        "mode": meeting.mode,
        "exchange_event": "yes" if meeting.exchange_event else "",
        "working_language": meeting.working_language,
        "interpretation": meeting.interpretation,
        "online_link": meeting.online_link,
        "contact_name": meeting.contact_name,
        "contact_email": meeting.contact_email,
        "contact_phone": meeting.contact_phone,
    })  # fmt: skip


def basics(check: Check, partners: Mapping[str, Partner], zones: Sequence[str]) -> Values:
    """The first sheet as columns of the meeting."""
    first, chosen = first_day(check), host(check, partners)
    return {
        "kind": check.choice("kind", KINDS, needed=_("Please choose what kind of meeting it is.")),
        "number": number(check, "number"),
        "host_partner_id": chosen.id if chosen else None,
        "first_day": first,
        "last_day": last_day(check, first, 1),
        "zone": check.choice("zone", zones, needed=_("Please choose the time zone.")),
        "mode": check.choice("mode", MODES, needed=_("Please choose how people take part.")),
        "exchange_event": check.tick("exchange_event"),
        "working_language": check.choice("working_language", NAMES, needed=_("Please choose the working language.")),
        "interpretation": check.ticks("interpretation", list(NAMES)),
        "online_link": _link(check, "online_link"),
        "contact_name": check.text("contact_name"),
        "contact_email": check.address("contact_email", needed=""),
        "contact_phone": check.text("contact_phone", limit=50),
    }


def _link(check: Check, name: str) -> str:
    value = check.text(name, limit=500)
    if value and not value.startswith("https://"):
        check.wrong(name, _("Please write a link that begins with https://."))
    return value


def texts_now(meeting: Meeting, places: Sequence[Place], code: str) -> Typed:
    """The texts of a meeting and the names of its places in one language."""
    own = {name: getattr(meeting, name).get(code, "") for name in TEXTS}
    return _typed(own | {f"place-{place.id}": place.name.get(code, "") for place in places})


def texts(check: Check, places: Sequence[Place]) -> Values:
    """The texts of a meeting in one language, and the names of places under `place-` and their id."""
    own: Values = {name: check.text(name, limit=limit, lines=limit > 200) for name, limit in TEXTS.items()}
    return own | {f"place-{place.id}": check.text(f"place-{place.id}", limit=120) for place in places}


def places_now(places: Sequence[Place], language: str) -> Typed:
    """Venue, rooms and other places; names in the meeting's working language or else in English."""
    shown: Values = {"venue-name": "", "venue-address": "", "venue-step_free": ""}
    for place in places:
        key = "venue" if place.kind == "venue" else f"p{place.id}"
        shown |= {
            f"{key}-name": place.name.get(language, ""),
            f"{key}-address": place.address,
            f"{key}-step_free": "" if place.step_free is None else "yes" if place.step_free else "no",
        }
        if place.kind != "venue":
            shown |= {f"{key}-kind": place.kind, f"{key}-capacity": place.capacity}
    return _typed(shown)


def places(check: Check, known: Sequence[Place]) -> dict[str, Values]:
    """Rows of places by key: `venue`, `p` and an id, `new1` and so on. Empty new rows are left out."""
    keys = [f"p{place.id}" for place in known if place.kind != "venue"]
    rows = {"venue": _place(check, "venue", "venue")}
    for key in (*keys, *(f"new{number}" for number in range(1, NEW_PLACES + 1))):
        kind = check.choice(f"{key}-kind", ("room", "place")) or "room"
        row = _place(check, key, kind)
        if key.startswith("new") and not (row["name"] or row["address"]):
            continue
        if not (row["name"] or row["removed"]):
            check.wrong(f"{key}-name", _("Please give the place a name."))
        rows[key] = row
    return rows


def _place(check: Check, key: str, kind: str) -> Values:
    return {
        "kind": kind,
        "name": check.text(f"{key}-name", limit=120),
        "address": check.text(f"{key}-address", limit=300),
        "step_free": ANSWERS[check.choice(f"{key}-step_free", ANSWERS)],
        "capacity": number(check, f"{key}-capacity"),
        "removed": check.tick(f"{key}-removed"),
    }


def registration_now(
    form: RegistrationForm | None,
    quotas: Mapping[tuple[int, str], int],
    partners: Mapping[str, Partner],
    zone: str,
) -> Typed:
    """The sheet about registration as it is; moments on the wall of the meeting's zone."""
    if form is None:
        return _typed({})
    by_id = {row.id: slug for slug, row in partners.items()}
    moments = {name: _wall(getattr(form, name), zone) for name in MOMENTS}
    numbers = {name: getattr(form, name) for name in (*SEATS, *QUOTAS, "offer_hours")}
    own = {f"{category}-{by_id[partner]}": seats for (partner, category), seats in quotas.items()}
    rest = {
        "approval": [EVERYBODY] if {*CATEGORIES} <= {*form.approval} else form.approval,
        "confirm_unknown": "yes" if form.confirm_unknown else "",
        "known_domains": "\n".join(form.known_domains),
        "controller": by_id.get(form.controller_partner_id, ""),
        "privacy_contact": form.privacy_contact,
    }
    return _typed(moments | numbers | own | rest)


def registration(check: Check, partners: Mapping[str, Partner], zone_name: str) -> Values:
    """The sheet about registration as columns of the form; `quotas` are partners' own numbers."""
    late = _("Please write until when one can register.")
    moments = {name: moment(check, name, zone_name, needed=late if name == "closes_at" else "") for name in MOMENTS}
    if moments["opens_at"] and moments["closes_at"] and moments["closes_at"] <= moments["opens_at"]:
        check.wrong("closes_at", _("Registration closes after it opens."))
    if moments["opens_at"] and moments["quota_until"] and moments["quota_until"] <= moments["opens_at"]:
        check.wrong("quota_until", _("Quotas count until some time after registration opens."))
    how_many = _("Please write how many; 0 when nobody can come this way.")
    seats = {name: number(check, name, needed=how_many) for name in SEATS}
    controller = check.choice("controller", partners, needed=_("Please choose who answers for people's data."))
    return {
        **moments,
        **seats,
        **{name: number(check, name) for name in QUOTAS},
        "offer_hours": _hours(check),
        "approval": _approval(check),
        "confirm_unknown": check.tick("confirm_unknown"),
        "known_domains": domains(check),
        "controller_partner_id": partners[controller].id if controller else None,
        "privacy_contact": check.text("privacy_contact", limit=300),
        "quotas": {
            (row.id or 0, category): own
            for slug, row in partners.items()
            for category in ("partner_staff", "stakeholder")
            if (own := number(check, f"{category}-{slug}")) is not None
        },
    }


def _approval(check: Check) -> list[str]:
    """The categories that an organiser confirms."""
    ticked = check.ticks("approval", (EVERYBODY, *CATEGORIES))
    return [*CATEGORIES] if EVERYBODY in ticked else ticked


def _hours(check: Check) -> int | None:
    """For how many hours a freed place is offered; nothing for giving it at once."""
    hours = number(check, "offer_hours")
    if hours is not None and not 1 <= hours <= MOST_HOURS:
        check.wrong("offer_hours", _("Please write from 1 to %(most)s hours, or nothing.") % {"most": MOST_HOURS})
    return hours


def _wall(at: datetime | None, zone_name: str) -> str:
    return f"{local(at, zone_name):%Y-%m-%dT%H:%M}" if at else ""


def _typed(shown: Mapping[str, Any]) -> Typed:
    """Values as a form would have sent them."""
    return Typed({
        name: [str(one) for one in (value if isinstance(value, list) else [value]) if one is not None and one != ""]
        for name, value in shown.items()
    })  # fmt: skip
