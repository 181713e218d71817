"""The sheets of a meeting's settings: each says what it was read at, so that nobody overwrites what they never saw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody
from sqlmodel import Session

from planner import db, forms
from planner.accounts.guards import viewer
from planner.agenda.words import mode_text
from planner.errors import Refusal
from planner.forms import Check, Typed
from planner.history import changes
from planner.hosting import editing
from planner.hosting import forms as sheets
from planner.hosting.pages import DESK, EDIT, desk_frame, partner_choices, partners_of
from planner.hosting.rules import TEXTS
from planner.hosting.words import field_text
from planner.language import INTERFACE, NAMES, _, language_text, say
from planner.meetings.queries import Found, at_desk, places
from planner.meetings.rules import KINDS, MODES
from planner.meetings.words import kind_text
from planner.registration.queries import form_of
from planner.registration.rules import CATEGORIES
from planner.registration.words import category_text
from planner.web import Visit, page, see

Choices = Mapping[str, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet at work: what is there now, how its form is read and kept, and what its page needs to show it."""

    template: str
    current: Typed
    read: Callable[[Check], Any]
    keep: Callable[[str, Any], None]
    labels: Mapping[str, str]
    choices: Choices
    more: Mapping[str, Any]


Open = Callable[[Session, Found, str], Sheet]
"""Opens a sheet of a meeting in a session; the text is the language asked for."""


def _basics(session: Session, found: Found, _language: str) -> Sheet:
    meeting, partners = found.meeting, partners_of(session, found.project.id or 0)
    zones = sorted({row.zone for row in partners.values()} | {meeting.zone} | _of_europe())
    languages = [(code, language_text(code)) for code in NAMES]
    return Sheet(
        "hosting/settings.html",
        sheets.basics_now(meeting, partners),
        lambda check: sheets.basics(check, partners, zones),
        lambda actor, values: editing.edit_basics(session, found, actor, values),
        _basic_labels(),
        {
            "kind": [(kind, kind_text(kind)) for kind in KINDS],
            "host": partner_choices(partners),
            "zone": [(zone, zone.replace("_", " ")) for zone in zones],
            "mode": [(mode, mode_text(mode)) for mode in MODES],
            "working_language": languages,
            "interpretation": languages,
        },
        {},
    )


def _of_europe() -> set[str]:
    return {zone for zone in available_timezones() if zone.startswith("Europe/")}


def _basic_labels() -> dict[str, str]:
    return {
        "kind": _("Kind of meeting"),
        "number": _("Number of this kind of meeting"),
        "host": _("Who hosts it"),
        "first_day": _("First day"),
        "last_day": _("Last day"),
        "zone": _("Time zone"),
        "mode": _("How people take part"),
        "exchange_event": _("Counts as an interregional exchange event"),
        "working_language": _("Working language"),
        "interpretation": _("Interpretation into"),
        "online_link": _("Link to join online"),
        "contact_name": _("Whom to ask"),
        "contact_email": _("E-mail address"),
        "contact_phone": _("Telephone"),
    }


def _texts(session: Session, found: Found, language: str) -> Sheet:
    there = list(places(session, found.meeting.id or 0).values())
    code = language if language in NAMES else next(iter(_languages(session, found)))
    names = {f"place-{place.id}": place.name for place in there}
    texts = {name: getattr(found.meeting, name) for name in TEXTS} | names
    labels = {name: field_text(name) for name in TEXTS} | {
        name: _("Name of “%(place)s”") % {"place": say(texts).text} for name, texts in names.items()
    }
    return Sheet(
        "hosting/texts.html",
        sheets.texts_now(found.meeting, there, code),
        lambda check: sheets.texts(check, there),
        lambda actor, values: editing.edit_texts(session, found, actor, code, values),
        labels,
        {},
        {
            "code": code,
            "limits": TEXTS,
            "languages": {
                one: sum(1 for text in texts.values() if any(text.values()) and not text.get(one))
                for one in _languages(session, found)
            },
            "fallbacks": {name: say(text, wish=code) for name, text in texts.items()},
        },
    )


def _languages(session: Session, found: Found) -> list[str]:
    """Languages a meeting is likely to be written in: the interface's, those spoken there, and those it has."""
    meeting = found.meeting
    host = next(
        row for row in partners_of(session, found.project.id or 0).values() if row.id == meeting.host_partner_id
    )
    has = [code for name in TEXTS for code in getattr(meeting, name)]
    wanted = [meeting.working_language, *INTERFACE, host.language, *meeting.interpretation, *has]
    return [code for code in dict.fromkeys(wanted) if code in NAMES]


def _places(session: Session, found: Found, _language: str) -> Sheet:
    there = list(places(session, found.meeting.id or 0).values())
    language = found.meeting.working_language
    keys = [f"p{place.id}" for place in there if place.kind != "venue"]
    empty = [f"new{number}" for number in range(1, sheets.NEW_PLACES + 1)]
    kinds = [("room", _("Room of the venue")), ("place", _("Another place"))]
    steps = [("yes", _("yes")), ("no", _("no"))]
    labels = {"venue-name": _("Venue"), "venue-address": _("Address"), "venue-step_free": _("Step-free")}
    for key in (*keys, *empty):
        labels |= {
            f"{key}-name": _("Name"),
            f"{key}-kind": _("What it is"),
            f"{key}-address": _("Address"),
            f"{key}-capacity": _("Seats"),
            f"{key}-step_free": _("Step-free"),
        }
    return Sheet(
        "hosting/places.html",
        sheets.places_now(there, language),
        lambda check: sheets.places(check, there),
        lambda actor, rows: editing.edit_places(session, found, actor, rows),
        labels,
        {f"{key}-kind": kinds for key in (*keys, *empty)}
        | {f"{key}-step_free": steps for key in ("venue", *keys, *empty)},
        {
            "language": language_text(language),
            "names": {f"p{place.id}": say(place.name) for place in there},
            "empty": empty,
        },
    )


def _registration(session: Session, found: Found, _language: str) -> Sheet:
    partners, form = partners_of(session, found.project.id or 0), form_of(session, found.meeting.id or 0)
    quotas = editing.quotas_of(session, form)
    zone = found.meeting.zone
    return Sheet(
        "hosting/registration.html",
        sheets.registration_now(form, quotas, partners, zone),
        lambda check: sheets.registration(check, partners, zone),
        lambda actor, values: editing.edit_registration(session, found, actor, values),
        _registration_labels(),
        {
            "controller": partner_choices(partners),
            "approval": [
                (sheets.EVERYBODY, _("Everybody")),
                *((category, category_text(category)) for category in CATEGORIES),
            ],
        },
        {"partners": partners},
    )


def _registration_labels() -> dict[str, str]:
    return {
        "opens_at": _("Registration opens"),
        "closes_at": _("Registration closes"),
        "quota_until": _("Quotas of partners count until"),
        "changes_close_at": _("Participants can change their answers until"),
        "waiting_list_closes_at": _("Waiting list closes"),
        "offer_hours": _("Hours for which a freed place is offered"),
        "catering_frozen_at": _("Numbers for food and buses are fixed"),
        "papers_frozen_at": _("Papers are printed"),
        "seats_on_site": _("Places on site"),
        "seats_online": _("Places online"),
        "quota_partner_staff": _("Places for the staff of each partner"),
        "quota_stakeholder": _("Places for the stakeholders of each partner"),
        "approval": _("An organiser confirms these"),
        "confirm_unknown": _("People whose address nobody in the project knows have to answer a letter first"),
        "known_domains": _("Domains that need no such letter"),
        "controller": _("Who answers for people's data"),
        "privacy_contact": _("How to reach the data protection officer"),
    }


def _show(
    request: Visit,
    opened: tuple[Found, Sheet],
    typed: Typed,
    errors: Mapping[str, str],
    *,
    stale: tuple[str, ...] = (),
    saved: list[Any] | None = None,
) -> Response[bytes]:
    found, sheet = opened
    context = {
        **desk_frame(found),
        **sheet.more,
        "labels": sheet.labels,
        "choices": sheet.choices,
        "typed": typed,
        "errors": errors,
        "version": sheets.mark(sheet.current),
        "stale": [(name, sheet.labels.get(name, name), *_both(sheet, typed, name)) for name in stale],
        "saved": saved or [],
    }
    return page(request, sheet.template, context, status=409 if stale else 422 if errors else 200)


def _both(sheet: Sheet, typed: Typed, name: str) -> tuple[str, str]:
    """A field as it is now and as it was typed, in words."""
    words = dict(sheet.choices.get(name, ()))
    return tuple(", ".join(words.get(one, one) for one in side.many(name)) for side in (sheet.current, typed))  # type: ignore[return-value]


def _get(open_sheet: Open, request: Visit, project: str, meeting: str) -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        sheet = open_sheet(session, found, request.query_params.get("language", ""))
        saved = changes(session, f"settings:{found.meeting.id}", 10)
    return _show(request, (found, sheet), sheet.current, {}, saved=saved)


def _post(open_sheet: Open, request: Visit, project: str, meeting: str, body: bytes) -> Response[bytes]:
    check, who = Check(forms.read(request, body)), viewer(request)
    language = request.query_params.get("language", "")
    try:
        with db.write() as session:
            found = at_desk(session, project, meeting)
            sheet = open_sheet(session, found, language)
            values = sheet.read(check)
            fresh = check.typed.one("version") == sheets.mark(sheet.current)
            if check.fine and fresh:
                sheet.keep(who.email if who else "", values)
                return see(f"{request.url.path}?saved=yes" + (f"&language={language}" if language in NAMES else ""))
    except Refusal as refusal:
        check.wrong(refusal.field, refusal.sentence)
        with db.read() as session:
            found = at_desk(session, project, meeting)
            sheet = open_sheet(session, found, language)
        fresh = True
    stale = () if fresh else tuple(sheets.differing(sheet.current, check.typed))
    return _show(request, (found, sheet), check.typed, check.errors, stale=stale)


def _routes(path: str, open_sheet: Open) -> list[HTTPRouteHandler]:
    """The page of a sheet and what takes its form."""

    @get(f"{DESK}/{path}", opt=EDIT, sync_to_thread=True)
    def show(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
        return _get(open_sheet, request, project, meeting)

    @post(f"{DESK}/{path}", opt=EDIT, sync_to_thread=True)
    def keep(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
        return _post(open_sheet, request, project, meeting, body)

    return [show, keep]


ROUTES: list[HTTPRouteHandler] = [
    *_routes("settings", _basics),
    *_routes("texts", _texts),
    *_routes("places", _places),
    *_routes("registration-form", _registration),
]
