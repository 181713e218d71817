"""The editor's form of track names: every track in every language of the agenda."""

from collections.abc import Mapping

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler

from planner import db
from planner.agenda.item_form import written_languages
from planner.agenda.tracks import Named, name_tracks, tracks
from planner.agenda.words import track_text
from planner.db import Texts
from planner.errors import Stale
from planner.forms import Check, Typed, read
from planner.hosting.editor import AGENDA, EDIT, actor, context
from planner.language import language_text
from planner.meetings.queries import at_desk
from planner.web import Visit, page, see

TRACKS = AGENDA + "/tracks"
LONGEST = 80
"""Characters of a name."""


@get(TRACKS, opt=EDIT, sync_to_thread=True)
def names(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The names of all tracks."""
    return _names(request, project, meeting, None, {})


def _names(
    request: Visit,
    project: str,
    meeting: str,
    typed: Typed | None,
    errors: Mapping[str, str],
    late: Mapping[str, Texts] | None = None,
) -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        there, codes = tracks(session, found.meeting.id or 0), written_languages(session, found)
    filled = {f"name-{code}-{lang}": [name.get(lang, "")] for code, name in there.names.items() for lang in codes}
    values = {
        **context(request, found),
        "tracks": [(code, track_text(code)) for code in there.names],
        "codes": [(code, language_text(code)) for code in codes],
        "typed": typed or Typed(filled),
        "errors": errors,
        "labels": {f"name-{code}-{lang}": f"{track_text(code)} ({lang})" for code in there.names for lang in codes},
        "seen": there.mark if late is not None or typed is None else typed.one("seen"),
        "late": late,
    }
    return page(
        request, "hosting/editor_tracks.html", values, status=409 if late is not None else 422 if errors else 200
    )


@post(TRACKS, opt=EDIT, sync_to_thread=True)
def write(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Keep the names of all tracks; 409 with both versions when somebody was faster."""
    check = Check(read(request, body))
    with db.read() as session:
        found = at_desk(session, project, meeting)
        there, codes = tracks(session, found.meeting.id or 0), written_languages(session, found)
    typed = {code: _name(check, code, there.names[code], codes) for code in there.names}
    if not check.fine:
        return _names(request, project, meeting, check.typed, check.errors)
    try:
        with db.write() as session:
            name_tracks(session, found.meeting.id or 0, actor(request), check.typed.one("seen"), typed)
    except Stale as stale:
        late = stale.current.names if isinstance(stale.current, Named) else {}
        return _names(request, project, meeting, check.typed, {}, late)
    return see(f"/{project}/{meeting}/desk/agenda")


def _name(check: Check, code: str, now: Texts, languages: tuple[str, ...]) -> Texts:
    """What was typed, beside the languages that the form does not show."""
    typed = {lang: check.text(f"name-{code}-{lang}", limit=LONGEST) for lang in languages}
    kept = {lang: text for lang, text in now.items() if lang not in languages}
    return kept | {lang: text for lang, text in typed.items() if text}


ROUTES: list[ControllerRouterHandler] = [names, write]
