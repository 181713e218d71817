"""The desk's papers of the agenda: with what is closed, the overview, and sheets for the doors."""

from collections.abc import Callable
from datetime import datetime

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import db
from planner.accounts.guards import act
from planner.agenda.door_papers import door_data, door_paper, overview_data, overview_paper
from planner.agenda.papers import Data, agenda_data, agenda_paper
from planner.meetings.queries import Found, at_desk, scope_of_meeting
from planner.web import download

PRINT = act("papers.print", scope_of_meeting)
PAPERS = "/{project:str}/{meeting:str}/desk/papers"


def _printed(
    path: tuple[str, str],
    gather: Callable[[Session, Found], tuple[Data, datetime]],
    write: Callable[[Data, datetime], bytes],
    name: str,
) -> Response[bytes]:
    with db.read() as session:
        data, made_at = gather(session, at_desk(session, *path))
    made = write(data, made_at)  # takes a moment: the database is not kept waiting
    return download(made, "application/pdf", f"{name}-{path[1]}.pdf", inline=True)


@get(PAPERS + "/agenda-partners.pdf", opt=PRINT, sync_to_thread=True)
def for_partners(project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The agenda as it was last given out, closed blocks included."""
    return _printed(
        (project, meeting),
        lambda session, found: agenda_data(session, found, closed=True),
        agenda_paper,
        "agenda-partners",
    )


@get(PAPERS + "/overview.pdf", opt=PRINT, sync_to_thread=True)
def at_a_glance(project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The public agenda on one page."""
    return _printed((project, meeting), overview_data, overview_paper, "overview")


@get(PAPERS + "/door-sheets.pdf", opt=PRINT, sync_to_thread=True)
def for_doors(project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """One page for each room and day."""
    return _printed((project, meeting), door_data, door_paper, "door-sheets")


ROUTES: list[ControllerRouterHandler] = [for_partners, at_a_glance, for_doors]
