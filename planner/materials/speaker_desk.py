"""The desk's pages about people who may speak: the directory with its search, and one person's form."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import db, forms
from planner.accounts.guards import act, viewer
from planner.agenda import speakers
from planner.consortium import actions
from planner.consortium.queries import organisations, partners, person, person_mark
from planner.consortium.rules import PersonEntry, folded_names
from planner.consortium.tables import Person
from planner.errors import Refusal, Stale
from planner.forms import Check, Typed
from planner.language import NAMES, _, language_text
from planner.materials import speaker_forms
from planner.materials.document_forms import title_languages
from planner.meetings.queries import Found, at_desk, frame, scope_of_meeting
from planner.web import Visit, is_fragment, page, see

SPEAKERS = "/{project:str}/{meeting:str}/desk/speakers"
EDIT = act("agenda.edit", scope_of_meeting)
OFFERED = 30
"""People that the editor's picker gets at a time."""


def _frame(found: Found) -> dict[str, Any]:
    desk = f"/{found.project.slug}/{found.meeting.slug}/desk"
    return {
        "frame": frame(found.project, found.meeting, "desk"),
        "meeting": found.meeting,
        "desk": desk,
        "base": f"{desk}/speakers",
    }


def _rows(request: Visit, session: Session, found: Found) -> list[speakers.PersonRow]:
    query = request.query_params.get("q", "")[:200]
    meeting = found.meeting
    return speakers.people(session, meeting.project_id, query, meeting_id=meeting.id, on=meeting.first_day)


@get(SPEAKERS, opt=EDIT, sync_to_thread=True)
def directory(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """Everybody whom the project knows, and what they speak in at this meeting; for htmx only the rows (`?q=`)."""
    with db.read() as session:
        found = at_desk(session, project, meeting)
        rows = _rows(request, session, found)
    context = {**_frame(found), "rows": rows, "q": request.query_params.get("q", "")[:200]}
    return page(request, "materials/speakers.html", context, block="rows")


@get(SPEAKERS + "/options", opt=EDIT, sync_to_thread=True)
def options(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """For the editor's picker by htmx: the first people who fit, as options of a choice. Others get the directory."""
    if not is_fragment(request):
        return see(f"/{project}/{meeting}/desk/speakers")
    with db.read() as session:
        found = at_desk(session, project, meeting)
        rows = _rows(request, session, found)[:OFFERED]
    return page(request, "materials/speakers.html", {**_frame(found), "rows": rows, "q": ""}, block="options")


@get(SPEAKERS + "/new", opt=EDIT, sync_to_thread=True)
def blank(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The form about somebody new."""
    with db.read() as session:
        found = at_desk(session, project, meeting)
        return _form(request, session, found, None, Typed({"language": ["en"], "order": ["given_first"]}))


@post(SPEAKERS, opt=EDIT, sync_to_thread=True)
def add(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Put somebody into the directory; who has the same name is shown first."""
    return _keep(request, project, meeting, forms.read(request, body), None)


@get(SPEAKERS + "/{number:int}", opt=EDIT, sync_to_thread=True)
def one(request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    """The form about somebody who is there."""
    with db.read() as session:
        found = at_desk(session, project, meeting)
        row = person(session, found.meeting.project_id, number)
        return _form(request, session, found, row, speaker_forms.filled(row))


@post(SPEAKERS + "/{number:int}", opt=EDIT, sync_to_thread=True)
def change(
    request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Keep what is said about somebody; 409 with what is kept beside it when somebody else was faster."""
    return _keep(request, project, meeting, forms.read(request, body), number)


def _keep(request: Visit, project: str, meeting: str, typed: Typed, number: int | None) -> Response[bytes]:
    check = Check(typed)
    with db.read() as session:
        found = at_desk(session, project, meeting)
        row = person(session, found.meeting.project_id, number) if number is not None else None
        known = [value for value, _words in _offices(session, found)]
        given = speaker_forms.entry(check, title_languages(found.meeting), known)
        same = _namesakes(session, found, check, given, number)
        if not check.fine:
            return _form(request, session, found, row, typed, check.errors, same=same)
    try:
        with db.write() as session:
            kept = _act(request, found, row, given, typed)(session)
    except Refusal as refusal:
        status = 409 if isinstance(refusal, Stale) else 422
        with db.read() as session:
            row = person(session, found.meeting.project_id, number) if number is not None else None
            return _form(request, session, found, row, typed, {"": refusal.sentence}, status=status)
    return see(f"/{project}/{meeting}/desk/speakers#person-{kept.id}")


def _act(
    request: Visit, found: Found, row: Person | None, given: PersonEntry, typed: Typed
) -> Callable[[Session], Person]:
    who, project = viewer(request), found.meeting.project_id
    actor = who.email if who else ""
    if row is None:
        return lambda session: actions.add_person(session, project, given, actor)
    number = row.id or 0
    kept = {**row.function, **given.function}  # languages that this meeting's form does not ask
    asked = title_languages(found.meeting)
    function = {code: text for code, text in kept.items() if code not in asked or code in given.function}
    whole = replace(given, function=function)
    return lambda session: actions.change_person(session, project, number, whole, typed.one("seen"), actor)


def _namesakes(
    session: Session, found: Found, check: Check, given: PersonEntry, number: int | None
) -> list[speakers.PersonRow]:
    """People of the same name, unless the form says that this is somebody else."""
    if check.tick("another") or not given.family:
        return []
    names = folded_names(given.given, given.family, given.latin_given, given.latin_family)
    same = speakers.namesakes(session, found.meeting.project_id, names, number)
    if same:
        check.wrong("another", _("Somebody of this name is here already. Is it the same person?"))
    return same


def _offices(session: Session, found: Found) -> list[tuple[str, str]]:
    project = found.meeting.project_id
    return speaker_forms.offices(partners(session, project, found.meeting.first_day), organisations(session, project))


def _form(
    request: Visit,
    session: Session,
    found: Found,
    row: Person | None,
    typed: Typed,
    errors: Mapping[str, str] | None = None,
    *,
    same: list[speakers.PersonRow] | None = None,
    status: int = 422,
) -> Response[bytes]:
    seen = person_mark(row) if row else ""
    context = {
        **_frame(found),
        "row": row,
        "kept": speaker_forms.filled(row) if row and status == 409 else None,
        "seen": seen if status == 409 else typed.one("seen") or seen,
        "offices": _offices(session, found),
        "languages": [(code, language_text(code)) for code in title_languages(found.meeting)],
        "spoken": [(code, language_text(code)) for code in NAMES],
        "orders": [("given_first", _("Given name first")), ("family_first", _("Family name first"))],
        "same": same or [],
        "typed": typed,
        "errors": errors or {},
    }
    return page(request, "materials/speaker.html", context, status=status if errors else 200)


ROUTES: list[ControllerRouterHandler] = [directory, options, blank, add, one, change]
