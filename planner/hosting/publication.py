"""Giving out the agenda at the desk, the versions that were given out, and what has changed for everybody to read."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from planner import db, forms
from planner.accounts.guards import act, viewer
from planner.agenda import releases
from planner.agenda.pages import WORDS
from planner.agenda.queries import version
from planner.agenda.rules import STATES
from planner.agenda.words import state_text, version_text
from planner.errors import Missing, Refusal, Stale
from planner.hosting import differences, publishing, words
from planner.hosting.pages import DESK, desk_frame
from planner.language import _
from planner.meetings.queries import at_desk, find, frame, revision, scope_of_meeting
from planner.web import Visit, kept_page, page, see

PUBLISH = act("agenda.publish", scope_of_meeting)
SHOWN = 200
"""At most that many changes stand on a page."""


@get(DESK + "/publication", opt=PUBLISH, sync_to_thread=True)
def look(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """What would change for readers, who would be told, and all versions so far."""
    return _look(request, project, meeting, None, {})


def _look(
    request: Visit, project: str, meeting: str, typed: forms.Typed | None, errors: Mapping[str, str], problem: str = ""
) -> Response[bytes]:
    """`problem` is why an agenda was not given out: what is new stands below it."""
    with db.read() as session:
        found = at_desk(session, project, meeting)
        view = publishing.preview(session, found)
        given = releases.releases(session, found.meeting.id or 0)
    context = {
        **desk_frame(found),
        "view": view,
        "told": _told(view)[:SHOWN],
        "kind_text": differences.kind_text,
        "states": [(state, *words.tell_state(state)) for state in publishing.states(found, view.before)],
        "releases": given,
        "version_text": version_text,
        "typed": typed or _usual(view),
        "errors": errors,
        "problem": problem,
    }
    return page(request, "hosting/publication.html", context, status=422 if errors or problem else 200)


def _told(view: publishing.Preview) -> list[differences.Told]:
    return [*differences.told(view.differences, view.hidden), *differences.told_around(view.around)]


def _usual(view: publishing.Preview) -> forms.Typed:
    """What most hosts want: as settled as before, and everybody whom a change touches is told."""
    if view.before is None:
        return forms.Typed({"state": ["provisional"]})
    return forms.Typed({"state": [view.before.state], "tell": ["yes"]})


@post(DESK + "/publication", opt=PUBLISH, sync_to_thread=True)
def publish(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Give out the next version and, when that is ticked, tell those it touches."""
    check, who = forms.Check(forms.read(request, body)), viewer(request)
    state = check.choice("state", STATES, needed=_("Please choose how settled the agenda is."))
    if not check.fine:
        return _look(request, project, meeting, check.typed, check.errors)
    try:
        with db.write() as session:
            found = at_desk(session, project, meeting)
            actor, seen = who.email if who else "", check.typed.one("seen")
            publishing.publish(session, found, actor, state, seen, tell=check.tick("tell"))
    except Refusal as refusal:
        answer = _look(request, project, meeting, check.typed, {}, refusal.sentence)
        answer.status_code = 409 if isinstance(refusal, Stale) else 422
        return answer
    return see(f"/{project}/{meeting}/desk/publication")


@get(DESK + "/publication/{number:int}", opt=act("desk.read", scope_of_meeting), sync_to_thread=True)
def given(request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    """A version as it was given out, hidden items included."""
    with db.read() as session:
        found = at_desk(session, project, meeting)
        days = version(session, found, number)
        known = releases.releases(session, found.meeting.id or 0)
    release = next((one for one in known if one.number == number), None)
    if release is None:
        raise Missing
    context = {
        **desk_frame(found),
        "words": WORDS,
        "home": f"/{project}/{meeting}",
        "days": days,
        "release": release,
        "version": version_text(release, found.meeting.zone),
    }
    return page(request, "hosting/version.html", context)


@get("/{project:str}/{meeting:str}/changes", opt=act("public.read"), sync_to_thread=True)
def changes(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """What has changed on the public agenda since a version (`?since=2`; without it, since the one before)."""
    key = revision(project, meeting)
    return kept_page(request, key, "hosting/changes.html", lambda: _changes(request, project, meeting))


def _changes(request: Visit, project: str, meeting: str) -> Mapping[str, Any]:
    with db.read() as session:
        found = find(session, project, meeting)
        number = found.meeting.id or 0
        known = releases.releases(session, number)
        since = _since(request.query_params.get("since", ""), [one.number for one in known])
        news = releases.what_changed(session, number, since) if since else []
        more = releases.what_changed_around(session, number, since) if since else []
    return {
        "frame": frame(found.project, found.meeting, "agenda"),
        "meeting": found.meeting,
        "home": f"/{project}/{meeting}",
        "since": next((one for one in known if one.number == since), None),
        "versions": known[1:],
        "latest": known[0] if known else None,
        "told": [*differences.told(news), *differences.told_around(more)],
        "kind_text": differences.kind_text,
        "state_text": state_text,
        "version_text": version_text,
    }


def _since(asked: str, numbers: list[int]) -> int:
    """The version asked for, or the one before the newest; 0 when there is none to compare with."""
    older = numbers[1:]
    if asked.isascii() and asked.isdecimal() and len(asked) < 7 and int(asked) in older:
        return int(asked)
    return older[0] if older else 0


ROUTES: list[HTTPRouteHandler] = [look, publish, given, changes]
