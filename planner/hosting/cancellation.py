"""Calling a meeting off at the desk: the reason, then who is told and a last question; and taking it back."""

from collections.abc import Mapping

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from planner import db, forms
from planner.accounts.guards import viewer
from planner.db import Texts
from planner.errors import Refusal
from planner.forms import EMPTY, Check, Typed
from planner.hosting import cancelling
from planner.hosting.pages import DESK, EDIT, desk_frame
from planner.language import INTERFACE, _, language_text
from planner.meetings.queries import Found, at_desk
from planner.web import Visit, page, see

CANCELLATION = DESK + "/cancellation"
LONGEST = 1000
"""Characters of a reason."""


@get(CANCELLATION, opt=EDIT, sync_to_thread=True)
def look(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The form to call the meeting off; when it is, why, and the way back."""
    return _look(request, project, meeting, EMPTY, {})


def _look(
    request: Visit, project: str, meeting: str, typed: Typed, errors: Mapping[str, str], *, asked: bool = False
) -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        number, public = found.meeting.id or 0, found.meeting.published_at is not None
        people = cancelling.registered(session, number) if public else ()
        others = cancelling.unanswered(session, number) if public else ()
    context = {
        **desk_frame(found),
        "languages": _languages(found),
        "labels": {f"reason-{code}": _label(code) for code in _languages(found)},
        "people": [*(f"{row.latin_given} {row.latin_family}" for row in people), *(one.name for one in others)],
        "asked": asked,
        "typed": typed,
        "errors": errors,
    }
    return page(request, "hosting/cancellation.html", context, status=422 if errors else 200)


def _languages(found: Found) -> tuple[str, ...]:
    """Languages a reason can be given in: those of the interface, and the meeting's own."""
    return tuple(dict.fromkeys((*INTERFACE, found.meeting.working_language)))


def _label(code: str) -> str:
    return _("Why it does not take place (%(language)s)") % {"language": language_text(code)}


@post(CANCELLATION, opt=EDIT, sync_to_thread=True)
def cancel(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Ask once more; when that was answered (`sure`), call the meeting off."""
    check, who = Check(forms.read(request, body)), viewer(request)
    with db.read() as session:
        reason = _reason(check, at_desk(session, project, meeting))
    if check.fine and not check.typed.one("sure"):
        return _look(request, project, meeting, check.typed, {}, asked=True)
    if check.fine and who:
        try:
            with db.write() as session:
                cancelling.cancel(session, at_desk(session, project, meeting), who.email, reason)
        except Refusal as refusal:
            check.wrong("reason", refusal.sentence)
        else:
            return see(f"/{project}/{meeting}/desk/cancellation")
    return _look(request, project, meeting, check.typed, check.errors)


def _reason(check: Check, found: Found) -> Texts:
    languages = _languages(found)
    texts = {code: check.text(f"reason-{code}", limit=LONGEST, lines=True) for code in languages}
    if not any(texts.values()):
        check.wrong(f"reason-{languages[0]}", _("Please say why, in one language at least: people will ask."))
    return {code: text for code, text in texts.items() if text}


@post(CANCELLATION + "/removal", opt=EDIT, sync_to_thread=True)
def restore(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Take it back: the meeting takes place after all."""
    forms.read(request, body)
    who = viewer(request)
    with db.write() as session:
        cancelling.restore(session, at_desk(session, project, meeting), who.email if who else "")
    return see(f"/{project}/{meeting}/desk/cancellation")


ROUTES: list[HTTPRouteHandler] = [look, cancel, restore]
