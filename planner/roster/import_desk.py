"""The desk's page that takes people from a table: choose, look at what would happen, then all of it or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody

from planner import db, forms
from planner.encodings import in_utf8, letters
from planner.errors import Refusal
from planner.files import size_text
from planner.language import _
from planner.meetings.queries import at_desk
from planner.roster.door import DESK, EDIT, frame_of, who
from planner.roster.importing import MOST_PEOPLE, PLACES, WAYS, Outcome, import_table, status_text
from planner.roster.reading import FIELDS, headings
from planner.tabular import LARGEST, Table, packed, read, unpacked
from planner.web import Visit, page, see

IMPORT = DESK + "/import-people"
BODY = 3 * LARGEST
"""Bytes of a form with a table: the file, or what was read from it on its way through the preview."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where the visitor stands: nothing read yet, or a table with what it would do."""

    typed: forms.Typed = field(default_factory=lambda: forms.Typed({"way": [PLACES]}))
    table: Table = field(default_factory=list)
    outcome: Outcome | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


@get(IMPORT, opt=EDIT, sync_to_thread=True)
def choose(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The form to choose a table, and what its columns mean."""
    return _show(request, project, meeting, Step())


@post(IMPORT, opt=EDIT, sync_to_thread=True, request_max_body_size=BODY)
def take(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """A table: what it would do, and when that was agreed to, it is done."""
    check = forms.Check(forms.read(request, body))
    way = check.choice("way", WAYS) or PLACES
    try:
        table = _table(check.typed)
        actor, write = who(request).email, bool(check.typed.one("write"))
        outcome = import_table(project, meeting, table, actor, way, write=write)
    except Refusal as refusal:
        return _show(request, project, meeting, Step(check.typed, errors={"file": refusal.sentence}))
    if check.typed.one("write") and not outcome.mistakes:
        return see(f"/{project}/{meeting}/desk/registrations?sort=-arrived")
    return _show(request, project, meeting, Step(check.typed, table, outcome, check.errors))


def _table(typed: forms.Typed) -> Table:
    if upload := typed.files.get("file"):
        return read(in_utf8(upload, typed.one("letters")), MOST_PEOPLE)
    if typed.one("table"):
        return unpacked(typed.one("table"), MOST_PEOPLE)
    raise Refusal(_("Please choose a file."), "file")


def _show(request: Visit, project: str, meeting: str, step: Step) -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
    told = headings()
    context: dict[str, Any] = {
        **frame_of(found),
        "typed": step.typed,
        "errors": step.errors,
        "outcome": step.outcome,
        "packed": packed(step.table) if step.table else "",
        "headings": [told[name] for name in FIELDS],
        "letters": letters(),
        "status_text": status_text,
        "limit": size_text(LARGEST),
        "most": MOST_PEOPLE,
    }
    wrong = step.errors or (step.outcome and step.outcome.mistakes)
    return page(request, "roster/import.html", context, status=422 if wrong else 200)


ROUTES = [choose, take]
