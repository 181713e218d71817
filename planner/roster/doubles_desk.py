"""Pages about people who may have registered twice: the pairs, the choice per field, and taking it back."""

from collections.abc import Mapping

from litestar import Response, get, post
from litestar.params import FromPath, RawBody

from planner import db, forms
from planner.errors import Missing
from planner.language import _
from planner.meetings.queries import at_desk
from planner.registration.affiliations import affiliations
from planner.roster import doubles, merging, parting
from planner.roster.door import DESK, EDIT, READ, frame_of, may, who
from planner.roster.forms import labels
from planner.roster.listing import Line, of_numbers
from planner.roster.selection import LARGEST_ID
from planner.roster.timeline import name_labels, value_text
from planner.web import Visit, page, see

DOUBLES = DESK + "/doubles"
PAIR = DOUBLES + "/{first:int}/{second:int}"


@get(DOUBLES, opt=READ, sync_to_thread=True)
def everything(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """Pairs of registrations that may be one person's, and what was made one."""
    with db.read() as session:
        found = at_desk(session, project, meeting)
        pairs, count = doubles.doubles(session, found)
        context = {
            **frame_of(found),
            "pairs": pairs,
            "count": count,
            "merges": doubles.merges(session, found),
            "may_edit": may(request, "registrations.edit", found),
        }
    return page(request, "roster/doubles.html", context)


@get(PAIR, opt=EDIT, sync_to_thread=True)
def pair(
    request: Visit, project: FromPath[str], meeting: FromPath[str], first: FromPath[int], second: FromPath[int]
) -> Response[bytes]:
    """Two registrations side by side, to choose what is kept of which."""
    return _pair(request, project, meeting, (first, second), forms.EMPTY, {})


def _pair(
    request: Visit,
    project: str,
    meeting: str,
    numbers: tuple[int, int],
    typed: forms.Typed,
    errors: Mapping[str, str],
) -> Response[bytes]:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        if max(numbers) > LARGEST_ID:
            raise Missing
        lines = of_numbers(session, found, numbers, affiliations(session, found))
    if len({line.person.id for line in lines}) != 2:
        raise Missing
    rank = {"confirmed": 0, "walk_in": 0, "submitted": 1, "offered": 2}
    better = min(lines, key=lambda line: (rank.get(line.person.status, 3), line.person.arrived, line.person.id))
    context = {
        **frame_of(found),
        "lines": lines,
        "kept": typed.one("keep") or str(better.person.id),
        "fields": _fields(*lines),
        "typed": typed,
        "errors": errors,
    }
    return page(request, "roster/pair.html", context, status=422 if errors else 200)


def _fields(one: Line, other: Line) -> list[tuple[str, str, str, str]]:
    """The fields in which the two differ: name, label, and what each of them says."""
    told = {**labels(), **name_labels()}
    rows = [(name, told[name], _said(one, name), _said(other, name)) for name in merging.CHOSEN]
    return [row for row in rows if row[2] != row[3]]


def _said(line: Line, name: str) -> str:
    if name == "partner":
        return " · ".join(
            part
            for part in (line.partner.short if line.partner else "", value_text("category", line.person.category))
            if part
        )
    if name == "organisation":
        return line.person.organisation or next(iter(line.organisation.values()), "")
    return value_text(name, str(getattr(line.person, name)))


@post(PAIR, opt=EDIT, sync_to_thread=True)
def make_one(
    request: Visit,
    project: FromPath[str],
    meeting: FromPath[str],
    first: FromPath[int],
    second: FromPath[int],
    body: RawBody,
) -> Response[bytes]:
    """Make one of two, with each field from the side that was chosen."""
    check = forms.Check(forms.read(request, body))
    sides = {str(first): second, str(second): first}
    keep = check.choice("keep", tuple(sides), needed=_("Please choose which registration is kept."))
    if not check.fine:
        return _pair(request, project, meeting, (first, second), check.typed, check.errors)
    other = sides[keep]
    picked = [name for name in merging.CHOSEN if check.typed.one(f"take_{name}") == str(other)]
    seen = (_version(check.typed, keep), _version(check.typed, str(other)))
    with db.write() as session:
        found = at_desk(session, project, meeting)
        merging.merge(session, found, int(keep), other, picked, seen, who(request).email)
    return see(f"/{project}/{meeting}/desk/registrations/{keep}")


def _version(typed: forms.Typed, number: str) -> int:
    value = typed.one(f"version_{number}")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 9 else 0


@post(PAIR + "/two-people", opt=EDIT, sync_to_thread=True)
def two_people(
    request: Visit,
    project: FromPath[str],
    meeting: FromPath[str],
    first: FromPath[int],
    second: FromPath[int],
    body: RawBody,
) -> Response[bytes]:
    """They are not the same person: the pair is never proposed again."""
    forms.read(request, body)
    with db.write() as session:
        doubles.two_people(session, at_desk(session, project, meeting), first, second, who(request).email)
    return see(f"/{project}/{meeting}/desk/doubles")


@post(DOUBLES + "/merges/{number:int}/undoing", opt=EDIT, sync_to_thread=True)
def undo(
    request: Visit, project: FromPath[str], meeting: FromPath[str], number: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Make two of one again."""
    forms.read(request, body)
    if number > LARGEST_ID:
        raise Missing
    with db.write() as session:
        parting.undo(session, at_desk(session, project, meeting), number, who(request).email)
    return see(f"/{project}/{meeting}/desk/doubles")


ROUTES = [everything, pair, make_one, two_people, undo]
