"""News of the project and reports of its meetings."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from planner import db
from planner.accounts.guards import act
from planner.consortium.queries import project as find_project
from planner.meetings.queries import find, frame, revision
from planner.newsletter import queries
from planner.web import Visit, kept_page, page

READ = act("public.read")


@get("/{project:str}/news/{item:str}", opt=READ, sync_to_thread=True)
def news_item(request: Visit, project: FromPath[str], item: FromPath[str]) -> Response[bytes]:
    """One piece of news."""
    with db.read() as session:
        found = find_project(session, project)
        news = queries.news_item(session, found.id or 0, item)
    return page(request, "newsletter/item.html", {"frame": frame(found), "item": news})


@get("/{project:str}/{meeting:str}/report", opt=READ, sync_to_thread=True)
def report(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """What was reported of a meeting."""
    key = revision(project, meeting)
    return kept_page(request, key, "newsletter/report.html", lambda: _report(project, meeting))


def _report(project: str, meeting: str) -> Mapping[str, Any]:
    with db.read() as session:
        found = find(session, project, meeting)
        item = queries.report(session, found.meeting.id or 0)
    return {"frame": frame(found.project, found.meeting, "report"), "meeting": found.meeting, "item": item}


ROUTES = [news_item, report]
