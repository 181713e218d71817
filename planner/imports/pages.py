"""The desk's page that takes an agenda from a table: choose, look at what was understood, then write all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import db, forms, sheet
from planner import tabular as import_table
from planner.accounts.guards import act, viewer
from planner.agenda.rows import drafted
from planner.agenda.words import kind_text
from planner.encodings import in_utf8, letters
from planner.errors import Missing, Refusal
from planner.files import size_text
from planner.forms import Typed
from planner.imports.actions import import_agenda, known
from planner.imports.blank import empty_form, filled_form
from planner.imports.rules import Understood, understand
from planner.language import _
from planner.materials.document_forms import title_languages
from planner.meetings.queries import Found, at_desk, frame, scope_of_meeting
from planner.tabular import LARGEST, MOST_ROWS, Table
from planner.web import Visit, download, page, see

IMPORT = "/{project:str}/{meeting:str}/desk/agenda/import"
EDIT = act("agenda.edit", scope_of_meeting)
BODY = 3 * LARGEST
"""Bytes of a form with a table: the file, or what was read from it on its way through the preview."""
MEDIA = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}
EXAMPLE = "Ana Silva (Cooperative) [moderator]; Jan Kos [panel, online]"


def columns() -> list[tuple[str, str]]:
    """The columns by their headings, which are the same in all languages, with what they mean."""
    return [
        ("day", _("Its number (1, 2, …) or its date, like 2024-04-16 or 16.4.2024.")),
        (
            "start, end, minutes",
            _("Times like 14:00. An end, or how long it takes, or neither: then it ends when the next begins."),
        ),
        ("block", _("The heading that items stand under.")),
        ("title, text, points", _("In another language: title:el, text:el. Points stand in lines of their own.")),
        (
            "kind, mode, audience",
            _("As words or as in the draft's own table; kind may stay empty when the title tells it."),
        ),
        ("room, track", _("A room of this meeting in any language; a track as on the agenda.")),
        ("speakers", _("People of the directory, with their organisation where two have one name.")),
        ("evidence, hidden, own expense, below", _("yes or no. What stands below belongs to the item above.")),
    ]


@dataclass(frozen=True, slots=True)
class Step:
    """Where the visitor stands: nothing read yet, or a table with what was understood of it."""

    typed: Typed = forms.EMPTY
    table: Table | None = None
    understood: Understood | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


@get(IMPORT, opt=EDIT, sync_to_thread=True)
def choose(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The form for a table, and what a table looks like."""
    with db.read() as session:
        return _show(request, session, at_desk(session, project, meeting), Step())


@post(IMPORT, opt=EDIT, sync_to_thread=True, request_max_body_size=BODY)
def bring(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """A table: what was understood of it, and when that was agreed to, the items themselves."""
    typed = forms.read(request, body)
    try:
        table = _table(typed)
    except Refusal as refusal:
        return _again(request, project, meeting, Step(typed, errors={"file": refusal.sentence}))
    with db.read() as session:
        found = at_desk(session, project, meeting)
        understood = understand(table, known(session, found, make_rooms=bool(typed.one("rooms"))))
    step = Step(typed, table, understood)
    if not typed.one("write") or understood.mistakes:
        return _again(request, project, meeting, step)
    who = viewer(request)
    try:
        with db.write() as session:
            import_agenda(session, found.meeting.id or 0, who.email if who else "", understood.items)
    except Refusal as refusal:
        return _again(request, project, meeting, Step(typed, table, understood, {"file": refusal.sentence}))
    return see(f"/{project}/{meeting}/desk/agenda")


def _table(typed: Typed) -> Table:
    """What was read before, or the file that comes now: a new one counts."""
    if upload := typed.files.get("file"):
        return import_table.read(in_utf8(upload, typed.one("letters")))
    if typed.one("table"):
        return import_table.unpacked(typed.one("table"))
    raise Refusal(_("Please choose a file."), "file")


def _again(request: Visit, project: str, meeting: str, step: Step) -> Response[bytes]:
    with db.read() as session:
        return _show(request, session, at_desk(session, project, meeting), step)


def _show(request: Visit, session: Session, found: Found, step: Step) -> Response[bytes]:
    languages = title_languages(found.meeting)
    context: dict[str, Any] = {
        "frame": frame(found.project, found.meeting, "desk"),
        "meeting": found.meeting,
        "base": f"/{found.project.slug}/{found.meeting.slug}/desk",
        "headers": empty_form(languages).headers,
        "typed": step.typed,
        "errors": step.errors,
        "understood": step.understood,
        "packed": import_table.packed(step.table) if step.table else "",
        "there": len(drafted(session, found.meeting).items),
        "columns": columns(),
        "example": EXAMPLE,
        "kind_text": kind_text,
        "letters": letters(),
        "limit": size_text(LARGEST),
        "most": MOST_ROWS,
    }
    wrong = step.errors or (step.understood and step.understood.mistakes)
    return page(request, "imports/import.html", context, status=422 if wrong else 200)


@get(IMPORT + "/{file:str}", opt=EDIT, sync_to_thread=True)
def form(project: FromPath[str], meeting: FromPath[str], file: FromPath[str]) -> Response[bytes]:
    """`template.xlsx` is an empty table to fill in, `draft.xlsx` the agenda as it is; both also as CSV."""
    name, _dot, ending = file.partition(".")
    if name not in ("template", "draft") or ending not in MEDIA:
        raise Missing
    with db.read() as session:
        found = at_desk(session, project, meeting)
        made = filled_form(session, found) if name == "draft" else empty_form(title_languages(found.meeting))
    if ending == "csv":
        content = sheet.csv_bytes(made.headers, made.rows)
    else:
        content = sheet.xlsx_bytes(_("Agenda"), made.headers, made.rows)
    return download(content, MEDIA[ending], f"agenda-{name}-{meeting}.{ending}")


ROUTES: list[ControllerRouterHandler] = [choose, bring, form]
