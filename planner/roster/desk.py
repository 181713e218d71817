"""The organisers' table: the list with its facets, columns and views, and the list as a file."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import structlog
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream
from sqlmodel import Session, col, select

from planner import collation, db, forms
from planner.agenda.tables import Item
from planner.agenda.words import mode_text
from planner.clock import now
from planner.language import _, country_text, say
from planner.meetings.queries import Found, at_desk
from planner.questions.queries import ever_asked
from planner.registration import words
from planner.registration.queries import days
from planner.registration.rules import CATEGORIES
from planner.roster import exports, narrowing
from planner.roster.columns import USUAL, columns, picked
from planner.roster.door import CARE, DESK, EXPORT, READ, asked, frame_of, may, who
from planner.roster.listing import Listing, listing
from planner.roster.parts import parts
from planner.roster.selection import FACETS, NOBODY, ORDERS, Selection
from planner.roster.views import views
from planner.web import Visit, page

TABLES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

_log = structlog.get_logger("planner.desk")


@get(DESK + "/registrations", opt=READ, sync_to_thread=True)
def people(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """Everybody who registered, to search and narrow; for htmx only the rows and the facets."""
    return show(request, project, meeting)


def show(
    request: Visit,
    project: str,
    meeting: str,
    errors: Mapping[str, str] | None = None,
    typed: forms.Typed = forms.EMPTY,
) -> Response[bytes]:
    """The list that the address asks for; with what was wrong about a form on it."""
    selected = asked(request)
    with db.read() as session:
        found = at_desk(session, project, meeting)
        context = {**frame_of(found), **_table(session, request, found, selected)}
    context |= {"errors": errors or {}, "typed": typed, "now": now(), "collation": collation.NAME}
    return page(request, "roster/desk_registrations.html", context, block="rows", status=422 if errors else 200)


def _table(session: Session, request: Visit, found: Found, selected: Selection) -> dict[str, Any]:
    view, care = listing(session, found, selected), may(request, "care.read", found)
    offered = columns(found.meeting.zone, ever_asked(session, found.meeting.id or 0), care=care)
    shown = [column for column in picked(offered, selected.columns) if column.key != "name"]
    ids = [line.person.id for line in view.lines]
    facets = _facets(session, found, view, selected)
    return {
        "view": view,
        "selected": selected,
        "offered": [column for column in offered if column.key != "name"],
        "shown": shown,
        "usual": USUAL,
        "orders": ORDERS,
        "parts": parts(session, ids, {column.needs for column in shown}, care=care),
        "facets": facets,
        "chips": _chips(selected, facets),
        "views": views(session, found, who(request)),
        "may_edit": may(request, "registrations.edit", found),
        "may_decide": may(request, "registrations.decide", found),
        "may_export": may(request, "registrations.export", found),
    }


Option = tuple[str, str, int]
"""A value of a facet, what it is called, and how many people it would show."""
Facet = tuple[str, str, list[Option]]
"""A facet: its name, its title, and what it can be narrowed to."""


def _facets(session: Session, found: Found, view: Listing, selected: Selection) -> list[Facet]:
    partners = {str(row.number): f"{row.number} {row.short}" for row in view.known.partners.values()}
    countries = {code: country_text(code) for code in view.facets["country"] if code != NOBODY}
    named: dict[str, dict[str, str]] = {
        "status": {value: words.status_text(value) for value in narrowing.STATUSES},
        "partner": {**partners, NOBODY: _("No partner")},
        "country": {**dict(sorted(countries.items(), key=lambda one: collation.key(one[1]))), NOBODY: _("No country")},
        "category": {value: words.category_text(value) for value in CATEGORIES},
        **_programme(session, found, view),
    }
    return [(name, _titles()[name], _options(view, selected, name, named[name])) for name in FACETS]


def _titles() -> dict[str, str]:
    return {
        "status": _("Status"),
        "partner": _("Partner"),
        "country": _("Country"),
        "category": _("Category"),
        "day": _("Day"),
        "visit": _("Study visit, given or wished first"),
    }


def _programme(session: Session, found: Found, view: Listing) -> dict[str, dict[str, str]]:
    visits = [int(number) for number in view.facets["visit"] if number != NOBODY]
    titles = select(Item.id, Item.title).where(col(Item.id).in_(visits)).order_by(col(Item.id))
    named = {str(number): say(title).text for number, title in session.exec(titles)}
    told = _("Day %(number)s, %(mode)s")
    modes = {
        f"{day.number}-{mode}": told % {"number": day.number, "mode": mode_text(mode).lower()}
        for day in days(session, found.meeting.id or 0)
        for mode in ("on_site", "online")
    }
    return {"day": modes, "visit": {**named, NOBODY: _("None")}}


def _options(view: Listing, selected: Selection, facet: str, named: Mapping[str, str]) -> list[Option]:
    counts, chosen = view.facets[facet], selected.chosen(facet)
    return [(value, text, counts[value]) for value, text in named.items() if counts[value] or value in chosen]


def _chips(selected: Selection, facets: Iterable[Facet]) -> list[tuple[str, str]]:
    """What the list is narrowed to, in words, each with the query that takes it away."""
    chips = [(f"“{selected.q}”", selected.query(q=""))] if selected.q else []
    if selected.ticked:
        chips.append((_("Ticked people only"), selected.query(ticked=())))
    for name, title, options in facets:
        texts = {value: text for value, text, _count in options}
        chips += [
            (f"{title}: {texts.get(value, value)}", selected.switched(name, value)) for value in selected.chosen(name)
        ]
    return chips


Make = Callable[[Session, Visit, Found, Selection], exports.Table]


def _download(name: str, kind: str, opt: dict[str, Any], make: Make) -> HTTPRouteHandler:
    """The route of a table: all pages of the list that its address asks for."""

    @get(f"{DESK}/{name}.{kind}", opt=opt, sync_to_thread=True)
    def table(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Stream:
        with db.read() as session:
            made = make(session, request, at_desk(session, project, meeting), asked(request))
        account = who(request).account_id
        _log.info("table taken", table=name, meeting=meeting, rows=len(made.numbers), account=account)
        headers = {
            "Content-Disposition": f'attachment; filename="{name}-{meeting}.{kind}"',
            "Cache-Control": "private, no-store",
        }
        return Stream(made.written(kind), media_type=TABLES[kind], headers=headers)

    return table


def _everything(session: Session, request: Visit, found: Found, selected: Selection) -> exports.Table:
    return exports.registrations(session, found, selected, care=may(request, "care.read", found))


def _care(session: Session, _request: Visit, found: Found, selected: Selection) -> exports.Table:
    return exports.care(session, found, selected)


DOWNLOADS = [
    _download(name, kind, opt, make)
    for name, opt, make in (("registrations", EXPORT, _everything), ("registrations-care", CARE, _care))
    for kind in TABLES
]
ROUTES = [people, *DOWNLOADS]
