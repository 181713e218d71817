"""The desk's pages about papers: which there are, and each as a PDF."""

from litestar import Response, get
from litestar.params import FromPath

from planner import db
from planner.accounts.guards import act
from planner.attendance import papers
from planner.attendance.queries import day, turnout
from planner.attendance.rules import BLANK_ROWS, MOST_BLANK_ROWS, blank_rows
from planner.clock import now
from planner.errors import Missing
from planner.meetings.queries import at_desk, frame, scope_of_meeting
from planner.web import Visit, download, page

PRINT = act("papers.print", scope_of_meeting)
PAPERS = "/{project:str}/{meeting:str}/desk/papers"
PDF = "application/pdf"


@get(PAPERS, opt=PRINT, sync_to_thread=True)
def overview(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The papers of a meeting, with what is known of each day's list."""
    with db.read() as session:
        found = at_desk(session, project, meeting)
        days = turnout(session, found)
    context = {
        "frame": frame(found.project, found.meeting, "desk"),
        "base": f"/{project}/{meeting}/desk",
        "days": days,
        "blank_rows": BLANK_ROWS,
        "most_blank_rows": MOST_BLANK_ROWS,
    }
    return page(request, "attendance/papers.html", context)


@get(PAPERS + "/signature-list/{file:str}", opt=PRINT, sync_to_thread=True)
def signature_list(
    request: Visit, project: FromPath[str], meeting: FromPath[str], file: FromPath[str]
) -> Response[bytes]:
    """The signature list of a day: `1.pdf` is that of day 1, with `?blank=` empty rows."""
    number = _number(file)
    blank = blank_rows(request.query_params.get("blank", ""))
    with db.read() as session:
        found = at_desk(session, project, meeting)
        made = papers.signature_list(session, found, day(session, found, number), now(), blank)
    return download(made, PDF, f"signature-list-{meeting}-day-{number}.pdf", inline=True)


def _number(file: str) -> int:
    stem, _dot, ending = file.partition(".")
    if ending != "pdf" or not (stem.isascii() and stem.isdecimal() and len(stem) < 4):
        raise Missing
    return int(stem)


@get(PAPERS + "/participants.pdf", opt=PRINT, sync_to_thread=True)
def participants_list(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """Who takes part: the list that all participants get."""
    with db.read() as session:
        made = papers.participants_list(session, at_desk(session, project, meeting), now())
    return download(made, PDF, f"participants-{meeting}.pdf", inline=True)


ROUTES = [overview, signature_list, participants_list]
