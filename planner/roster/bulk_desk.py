"""What is done at the desk with many people: decisions, each with its outcome, and letters."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from sqlmodel import Session

from planner import db, forms
from planner.language import _, ngettext
from planner.meetings.queries import Found, at_desk
from planner.registration.affiliations import affiliations
from planner.registration.tables import Registration
from planner.roster import deciding
from planner.roster.desk import show
from planner.roster.door import DECIDE, DESK, EDIT, READ, asked, frame_of, who
from planner.roster.letters import unknown, written
from planner.roster.listing import chosen
from planner.roster.person_desk import decision
from planner.roster.selection import numbers
from planner.web import Visit, page, see

MANY = DESK + "/registrations"


def _meant(session: Session, request: Visit, found: Found, typed: forms.Typed) -> list[int]:
    """The people an act is about: the ticked ones, or everybody on the list."""
    if typed.one("all"):
        return chosen(session, found, asked(request), affiliations(session, found))
    return list(numbers(typed.many("registration")))


def _nobody() -> str:
    return _("Please tick the people this is about.")


@post(MANY + "/decisions", opt=DECIDE, sync_to_thread=True)
def decide_many(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Confirm or decline the people meant. Back to the same list, or to the reasons why not all of them."""
    check = forms.Check(forms.read(request, body))
    if not check.typed.one("all") and not check.typed.many("registration"):
        check.wrong("", _nobody())
    verb, reason = decision(check)
    if not check.fine:
        return show(request, project, meeting, check.errors, check.typed)
    with db.read() as session:
        people = _meant(session, request, at_desk(session, project, meeting), check.typed)
    if check.typed.one("all") and check.typed.one("count") not in ("", str(len(people))):
        changed = _("The list has changed meanwhile. Please look at it once more.")
        return show(request, project, meeting, {"": changed}, check.typed)
    number, outcome = deciding.decide_many(project, meeting, people, verb, reason, who(request).email)
    selected = asked(request)
    there = f"/{project}/{meeting}/desk/registrations"
    query = selected.query(page=selected.page)
    return see(f"{there}/decisions/{number}{query}" if outcome.refused else f"{there}{query}")


@get(MANY + "/decisions/{number:int}", opt=READ, sync_to_thread=True)
def outcome(request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    """For how many people a decision was done, and who was refused and why."""
    with db.read() as session:
        found = at_desk(session, project, meeting)
        view = deciding.outcome(session, found, number)
        named = {
            row.id: deciding.name_of(row)
            for row in deciding.people(session, found, [one for one, _why in view.refused])
        }
    confirmed = ngettext("%(num)d person was confirmed.", "%(num)d people were confirmed.", view.done)
    declined = ngettext("%(num)d person was declined.", "%(num)d people were declined.", view.done)
    context = {
        **frame_of(found),
        "done": (confirmed if view.verb == "confirm" else declined) % {"num": view.done},
        "refused": [(person, named[person], why) for person, why in view.refused],
        "selected": asked(request),
    }
    return page(request, "roster/outcome.html", context)


@post(MANY + "/letters/drafts", opt=EDIT, sync_to_thread=True)
def draft(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """A letter to the people meant: to write, and to look at as one of them will read it."""
    typed = forms.read(request, body)
    check = forms.Check(typed)
    if typed.one("look"):
        _words(check)
    if not typed.one("all") and not typed.many("registration"):
        return show(request, project, meeting, {"": _nobody()}, typed)
    return _letter(request, project, meeting, check.typed, check.errors)


def _words(check: forms.Check) -> tuple[str, str]:
    subject = check.text("subject", needed=_("Please write a subject."), limit=150)
    text = check.text("text", needed=_("Please write the letter."), limit=8000, lines=True)
    for field, typed in (("subject", subject), ("text", text)):
        if odd := unknown(typed):
            told = _("Nothing stands for %(word)s here: only {name} is put in.") % {"word": odd}
            check.wrong(field, told)
    return subject, text


def _letter(
    request: Visit, project: str, meeting: str, typed: forms.Typed, errors: Mapping[str, str]
) -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        meant = deciding.people(session, found, _meant(session, request, found, typed))
        rows = deciding.reachable(meant)
        sample: Any = None
        if typed.one("look") and rows and not errors:
            sample = written(found, rows[0], typed.one("subject"), typed.one("text"))
    context = {
        **frame_of(found),
        "selected": asked(request),
        "count": len(rows),
        "left_out": len(meant) - len(rows),
        "sample": sample,
        "reader": deciding.name_of(rows[0]) if rows else "",
        "typed": typed,
        "errors": errors,
    }
    return page(request, "roster/letter.html", context, status=422 if errors else 200)


def _readers(
    session: Session, request: Visit, project: str, meeting: str, typed: forms.Typed
) -> tuple[Found, list[Registration]]:
    found = at_desk(session, project, meeting)
    return found, deciding.reachable(deciding.people(session, found, _meant(session, request, found, typed)))


@post(MANY + "/letters", opt=EDIT, sync_to_thread=True)
def send(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Put the letters into the outbox, all of them or none, and go back to the list."""
    check = forms.Check(forms.read(request, body))
    subject, text = _words(check)
    if not check.fine:
        return _letter(request, project, meeting, check.typed, check.errors)
    with db.read() as session:  # letters are written before anybody has to wait
        found, rows = _readers(session, request, project, meeting, check.typed)
        ready = deciding.letters(found, rows, subject, text)
    with db.write() as session:
        found, readers = _readers(session, request, project, meeting, check.typed)
        if [row.id for row in readers] == [row.id for row in rows] and check.typed.one("count") == str(len(rows)):
            deciding.send(session, found, ready, who(request).email)
        else:
            check.wrong("", _("The list has changed meanwhile. Please look once more whom you are writing to."))
    if not check.fine:
        return _letter(request, project, meeting, check.typed, check.errors)
    return see(f"/{project}/{meeting}/desk/registrations{asked(request).query()}")


ROUTES = [decide_many, outcome, draft, send]
