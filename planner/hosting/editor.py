"""The agenda editor: the board, the order of items, undo, and a preview. Everything is a plain form first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import db, forms
from planner.accounts.guards import act, viewer
from planner.agenda import actions, placing
from planner.agenda.board import board
from planner.agenda.changes import last_changes
from planner.agenda.checks import Facts
from planner.agenda.neighbours import Direction
from planner.agenda.queries import draft
from planner.agenda.rows import Rows, drafted
from planner.agenda.rules import face
from planner.agenda.tables import Item
from planner.agenda.words import audience_text, kind_text, languages_text, mode_text, role_text, track_text
from planner.clock import at
from planner.errors import Missing, Refusal, Stale
from planner.language import _, say, time_text, zone_text
from planner.meetings.queries import Found, at_desk, frame, scope_of_meeting
from planner.registration.queries import seats_taken_on_visits
from planner.visits.queries import facts
from planner.web import Visit, is_fragment, page, see

AGENDA = "/{project:str}/{meeting:str}/desk/agenda"
EDIT = act("agenda.edit", scope_of_meeting)
SEEN, MOST_SEEN = "planner-seen", 6000
"""The header in which the page's script names the lines it shows, and how much of it is read."""
WORDS = {
    "kind": kind_text,
    "mode": mode_text,
    "role": role_text,
    "audience": audience_text,
    "languages": languages_text,
    "track": track_text,
}


@dataclass(frozen=True, slots=True)
class Told:
    """What the editor says after an act; `item` can be corrected. kind: good, warn, bad, or quiet (only read out)."""

    sentence: str
    kind: str = "good"
    item: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """A line that was not taken: it stays in its field. `block` is the field it was written in."""

    block: str
    line: str
    mistake: str


@dataclass(frozen=True, slots=True)
class Answer:
    """How an act ends: what is said, where the focus goes, which item is shown; the line that failed, if one did."""

    told: Told | None = None
    focus: str = ""
    status: int = 200
    quick: Attempt | None = None


def context(request: Visit, found: Found) -> dict[str, Any]:
    """What all pages of the editor need."""
    base = f"/{found.project.slug}/{found.meeting.slug}/desk"
    day = request.query_params.get("day", "")
    zone = found.meeting.zone
    return {
        "frame": frame(found.project, found.meeting, "desk"),
        "meeting": found.meeting,
        "base": base,
        "here": f"?day={day}" if day.isascii() and day.removeprefix("-").isdecimal() else "",
        "zone": zone_text(zone, at(found.meeting.first_day, time(12), zone)),
        "words": WORDS,
    }


def known(session: Session, found: Found, rows: Rows) -> Facts:
    """What the checks have to know of rides, seats and people."""
    return facts(session, found, rows, seats_taken_on_visits(session, found.meeting.id or 0))


def actor(request: Visit) -> str:
    """Who acts."""
    who = viewer(request)
    return who.email if who else ""


def show(request: Visit, project: str, meeting: str, answer: Answer) -> Response[bytes]:
    """The editor; for htmx only the board."""
    with db.read() as session:
        found = at_desk(session, project, meeting)
        rows = drafted(session, found.meeting)
        shown = board(session, found, rows, request.query_params.get("day", ""), known(session, found, rows))
        changes = last_changes(session, found)
    values = {
        **context(request, found),
        "board": shown,
        "changes": changes,
        "told": answer.told,
        "focus": answer.focus,
        "quick": answer.quick,
        "seen": _seen(request),
    }
    return page(request, "hosting/editor.html", values, block="board", status=answer.status)


def _seen(request: Visit) -> frozenset[str]:
    """Marks of the lines that a page shows already: the answer to an act only names those that are still the same."""
    return frozenset(request.headers.get(SEEN, "")[:MOST_SEEN].split()) if is_fragment(request) else frozenset()


@get(AGENDA, opt=EDIT, sync_to_thread=True)
def editor(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The draft, one day at a time (`?day=2`), beside what is not scheduled yet."""
    return show(request, project, meeting, Answer(_told(request), request.query_params.get("focus", "")[:40]))


def _told(request: Visit) -> Told | None:
    """What a plain form's act has to say, after its redirect."""
    room = request.query_params.get("room", "")[:200]
    item = request.query_params.get("added", "")
    return no_room(room, number_in(item)) if room else None


def no_room(room: str, item: int) -> Told:
    """What there is to say about a room that nobody knows."""
    sentence = _("There is no room “%(room)s” at this meeting, so the item has none yet.") % {"room": room}
    return Told(sentence, "warn", item)


Act = Callable[[Session, Found], Answer]


def done(request: Visit, project: str, meeting: str, act_of: Act, line: int = 0) -> Response[bytes]:
    """Do an act and show the board, or go to its line; what cannot be done is said on the board."""
    try:
        return kept(request, project, meeting, act_of, line)
    except Missing:
        return gone(request, project, meeting)
    except Stale as stale:
        sentence = _("%(sentence)s This is how it stands now.") % {"sentence": stale.sentence}
        return show(request, project, meeting, Answer(Told(sentence, "bad"), status=409))
    except Refusal as refusal:
        return show(request, project, meeting, Answer(Told(refusal.sentence, "bad"), status=422))


def gone(request: Visit, project: str, meeting: str) -> Response[bytes]:
    """What somebody clicked on is no more: the board as it is, in the place of the old one. Raises Missing on a page of
    its own.
    """
    if not is_fragment(request):
        raise Missing
    sentence = _("That is not there any more: somebody has deleted it. This is how it stands now.")
    answer = show(request, project, meeting, Answer(Told(sentence, "bad"), status=404))
    answer.headers.update({"HX-Retarget": "#board", "HX-Reswap": "outerMorph"})
    return answer


def kept(request: Visit, project: str, meeting: str, act_of: Act, line: int = 0, day: str = "") -> Response[bytes]:
    """Do an act and show the board; a plain form goes to the day and line. Raises Stale and Refusal."""
    with db.write() as session:
        answer = act_of(session, at_desk(session, project, meeting))
    if is_fragment(request):
        return show(request, project, meeting, answer)
    return see(address(request, project, meeting, line, **({"day": day} if day else {})))


def address(request: Visit, project: str, meeting: str, line: int = 0, **more: str) -> str:
    """The editor at the day that is shown, at one of its lines."""
    day = request.query_params.get("day", "")
    query = urlencode({**({"day": day} if day.isascii() and day.isdecimal() else {}), **more})
    return f"/{project}/{meeting}/desk/agenda" + (f"?{query}" if query else "") + (f"#line-{line}" if line else "")


def number_in(value: str) -> int:
    """The number in a field or address; 0, which nothing has, for anything else."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0


@post(AGENDA + "/items/{item:int}/earlier", opt=EDIT, sync_to_thread=True)
def earlier(
    request: Visit, project: FromPath[str], meeting: FromPath[str], item: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Let an item change places with the one before it."""
    return _nudge(request, project, meeting, item, forms.read(request, body), "earlier")


@post(AGENDA + "/items/{item:int}/later", opt=EDIT, sync_to_thread=True)
def later(
    request: Visit, project: FromPath[str], meeting: FromPath[str], item: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Let an item change places with the one after it."""
    return _nudge(request, project, meeting, item, forms.read(request, body), "later")


def _nudge(
    request: Visit, project: str, meeting: str, item: int, typed: forms.Typed, direction: Direction
) -> Response[bytes]:
    version = number_in(typed.one("version"))

    def act_of(session: Session, found: Found) -> Answer:
        row = actions.nudge(session, found.meeting.id or 0, actor(request), item, version, direction)
        return Answer(_begins(row))

    return done(request, project, meeting, act_of, item)


def _begins(row: Item) -> Told:
    facts = {"title": say(row.title).text, "time": time_text(row.starts) if row.starts else ""}
    return Told(_("“%(title)s” begins at %(time)s now.") % facts, "quiet")


@post(AGENDA + "/items/{item:int}/place", opt=EDIT, sync_to_thread=True)
def place(
    request: Visit, project: FromPath[str], meeting: FromPath[str], item: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Take an item where it was dropped: before another (or to the end of) a block, to another day, or to the pool."""
    typed = forms.read(request, body)

    def act_of(session: Session, found: Found) -> Answer:
        return Answer(_dropped(session, found, actor(request), item, typed), f"edit-{item}")

    return done(request, project, meeting, act_of, item)


def _dropped(session: Session, found: Found, who: str, item: int, typed: forms.Typed) -> Told:
    meeting_id, version = found.meeting.id or 0, number_in(typed.one("version"))
    if day := number_in(typed.one("day")):
        moved = placing.place_on_day(session, meeting_id, who, item, version, day)
        return Told(_("“%(title)s” is on that day now.") % {"title": say(moved.title).text})
    if block := number_in(typed.one("block")):
        wish = placing.Place(block, number_in(typed.one("before")) or None)
        return _begins(placing.place_item(session, meeting_id, who, item, version, wish))
    moved = placing.put_aside(session, meeting_id, who, item, version)
    return Told(_("“%(title)s” is not scheduled any more.") % {"title": say(moved.title).text}, "quiet")


@post(AGENDA + "/changes/{change:int}/undo", opt=EDIT, sync_to_thread=True)
def undo(
    request: Visit, project: FromPath[str], meeting: FromPath[str], change: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Take an act back."""
    forms.read(request, body)

    def act_of(session: Session, found: Found) -> Answer:
        actions.undo_change(session, found.meeting.id or 0, actor(request), change)
        return Answer(Told(_("Undone."), "quiet"), "changes")

    return done(request, project, meeting, act_of)


@get(AGENDA + "/preview", opt=EDIT, sync_to_thread=True)
def preview(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The draft as the public would see it, with a mark that it is one."""
    with db.read() as session:
        found = at_desk(session, project, meeting)
        days = draft(session, found)
    wished = [day for day in days if str(day.number) == request.query_params.get("day")]
    values = {
        **context(request, found),
        "home": f"/{project}/{meeting}",
        "days": days,
        "shown": wished or days,
        "only": wished[0].number if wished else None,
        "faces": {day.number: face([item.cell for item in day.items]) for day in days},
    }
    return page(request, "hosting/editor_preview.html", values)


ROUTES: list[ControllerRouterHandler] = [editor, earlier, later, place, undo, preview]
