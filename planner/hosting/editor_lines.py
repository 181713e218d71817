"""The editor's lines: one line becomes one item, and is read out while it is written."""

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import db, forms
from planner.agenda import actions, outline
from planner.agenda.entry import BlockValues
from planner.agenda.quick import Line, parse
from planner.agenda.rows import drafted
from planner.agenda.rules import minute_of, wall_of
from planner.agenda.tables import Item
from planner.agenda.words import audience_text, kind_text, track_text
from planner.errors import Refusal
from planner.hosting.editor import AGENDA, EDIT, Answer, Attempt, actor, address, no_room, number_in, show
from planner.language import _, say, time_text
from planner.meetings.queries import Found, at_desk, places
from planner.names import fold
from planner.web import Visit, is_fragment, page, see

UNDATED = "pool"
"""What forms send instead of a block for an item that is not scheduled yet."""


@get(AGENDA + "/understood", opt=EDIT, sync_to_thread=True)
def understood(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """How a line is understood, while it is written."""
    typed = request.query_params.get("line", "")[:300]
    with db.read() as session:
        found = at_desk(session, project, meeting)
        line = parse(typed, _rooms(session, found)) if typed.strip() else None
        room = _room_name(session, found, line) if line else ""
    wrong = _no_time(line) if line and line.wrong not in ("", typed.strip()) else ""
    values = {
        "wrong": wrong,
        "said": _reading(line, room) if line and not line.wrong else "",
        "missing": line.room if line else "",
    }
    return page(request, "hosting/editor_understood.html", values, block="understood")


def _no_time(line: Line) -> str:
    return _("“%(time)s” is no time of day. Please write it like 14:00.") % {"time": line.wrong}


def _rooms(session: Session, found: Found) -> dict[str, int]:
    """All names of the meeting's places, in any language."""
    rows = places(session, found.meeting.id or 0)
    return {name: number for number, row in reversed(rows.items()) for name in row.name.values() if name}


def _room_name(session: Session, found: Found, line: Line) -> str:
    row = places(session, found.meeting.id or 0).get(line.place_id or 0)
    return say(row.name).text if row else ""


def _reading(line: Line, room: str) -> str:
    """A line as it was understood: 14:00–14:45 · Study visit · harbour · Room B."""
    length = _("%(minutes)d min") % {"minutes": line.minutes} if line.minutes else ""
    track = _("Track %(track)s") % {"track": track_text(line.track)} if line.track else ""
    kind = kind_text(line.kind)
    said = "" if fold(line.title).startswith(fold(kind)) else kind
    parts = (_when(line) or length, said, line.title, room, track, audience_text(line.audience))
    return " · ".join(part for part in parts if part)


def _when(line: Line) -> str:
    if line.starts is None:
        return ""
    if not line.minutes:
        return time_text(line.starts)
    ends = wall_of(minute_of(line.starts) + line.minutes)
    return f"{time_text(line.starts)}–{time_text(ends)}"


@post(AGENDA + "/items", opt=EDIT, sync_to_thread=True)
def add(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """A new item out of one line."""
    check = forms.Check(forms.read(request, body))
    text = check.text("line", needed=_("Please write what it is."), limit=300)
    block = check.typed.one("block")
    try:
        if not check.fine:
            raise Refusal(check.errors["line"])
        item, line = _added(request, project, meeting, block, text)
    except Refusal as refusal:
        attempt = Attempt(block, text, refusal.sentence)
        return show(request, project, meeting, Answer(quick=attempt, status=422))
    if is_fragment(request):
        return show(request, project, meeting, Answer(no_room(line.room, item.id or 0) if line.room else None))
    more = {"added": str(item.id), "room": line.room} if line.room else {}
    return see(address(request, project, meeting, item.id or 0, **more))


def _added(request: Visit, project: str, meeting: str, block: str, text: str) -> tuple[Item, Line]:
    with db.write() as session:
        found = at_desk(session, project, meeting)
        line = parse(text, _rooms(session, found))
        if line.wrong:
            raise Refusal(_no_time(line))
        if not line.title:
            raise Refusal(_("Please write what it is."))
        number = _block_for(request, session, found, block)
        item = actions.add_item(session, found.meeting.id or 0, actor(request), line, block_id=number)
    return item, line


def _block_for(request: Visit, session: Session, found: Found, block: str) -> int | None:
    """The block a line was written in: none for the pool, a new one on a day that has lost all of its own."""
    if block == UNDATED:
        return None
    if number := number_in(block):
        return number
    rows, shown = drafted(session, found.meeting), request.query_params.get("day", "")
    day = next((row for row in rows.days if str(row.number) == shown), rows.days[0] if rows.days else None)
    if day is None:
        raise Refusal(_("Please add a day first."))
    return outline.add_block(session, found.meeting.id or 0, actor(request), BlockValues(day.id or 0)).id


ROUTES: list[ControllerRouterHandler] = [understood, add]
