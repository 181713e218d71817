"""Documents on their way out: always as a download, never as a page of ours, and all of them in one ZIP."""

import re
from collections.abc import Iterable
from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from planner import archive, db, files
from planner.accounts.guards import act
from planner.agenda.documents import Group, project_document, readable_document, readable_groups
from planner.agenda.tables import Document
from planner.consortium.queries import project as find_project
from planner.errors import Missing
from planner.language import say
from planner.meetings.queries import find
from planner.web import Visit, matches, see, tag_of, unchanged

READ = act("public.read")
HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Even a browser that would show the file instead of keeping it must not let it act; every answer says `nosniff`."""
_UNFIT = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')


def sent(request: Visit, document: Document, *, private: bool) -> Response[Any]:
    """A document: its file in pieces, or the way to where it is. `private` ones are kept by the reader alone."""
    if document.link:
        return see(document.link)
    tag = f'"{document.sha256[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache" if private else "no-cache", **HARMLESS}
    if not files.is_there(document.file):
        raise Missing
    if matches(request, tag, None):
        return unchanged(document.media_type, headers)
    headers |= {"Content-Disposition": files.disposition(document.file_name), "Content-Length": str(document.size)}
    return Stream(files.pieces(document.file), media_type=document.media_type, headers=headers)


def bundle(request: Visit, groups: Iterable[Group], name: str, *, private: bool) -> Response[Any]:
    """The files of those documents in one ZIP, in a folder for each agenda item. Raises Missing when there are none."""
    rows = [(_folder(group), row) for group in groups for row in group.documents if row.file]
    rows = [(folder, row) for folder, row in rows if files.is_there(row.file)]
    if not rows:
        raise Missing
    names = archive.apart(folder + row.file_name for folder, row in rows)
    tag = tag_of("documents.zip", [(name, row.sha256) for name, (_folder, row) in zip(names, rows, strict=True)])
    headers = {"ETag": tag, "Cache-Control": "private, no-cache" if private else "no-cache", **HARMLESS}
    if matches(request, tag, None):
        return unchanged("application/zip", headers)
    entries = [_entry(name, row) for name, (_folder, row) in zip(names, rows, strict=True)]
    headers |= {"Content-Disposition": files.disposition(name), "Content-Length": str(archive.length(entries))}
    return Stream(archive.written(entries), media_type="application/zip", headers=headers)


def _entry(name: str, row: Document) -> archive.Entry:
    moment = row.uploaded_at
    if moment is None:
        raise Missing
    return archive.Entry(name, row.size, int(row.crc32, 16), moment, lambda: files.pieces(row.file))


def _folder(group: Group) -> str:
    """`2023-11-13 0915 Words of welcome/`: folders sort as the agenda goes."""
    if group.heading is None:
        return ""
    parts = (
        f"{group.heading.date or ''}",
        f"{group.heading.starts:%H%M}" if group.heading.starts else "",
        _UNFIT.sub(" ", say(group.heading.title).text)[:50],
    )
    return " ".join(" ".join(parts).split()).strip(". ") + "/"


@get("/{project:str}/{meeting:str}/documents/{key:str}", opt=READ, sync_to_thread=True)
def one(request: Visit, project: FromPath[str], meeting: FromPath[str], key: FromPath[str]) -> Response[Any]:
    """A public document of a meeting."""
    with db.read() as session:
        row = readable_document(session, find(session, project, meeting), key)
    return sent(request, row, private=False)


@get("/{project:str}/{meeting:str}/documents.zip", opt=READ, sync_to_thread=True)
def everything(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[Any]:
    """All public documents of a meeting."""
    with db.read() as session:
        groups = readable_groups(session, find(session, project, meeting))
    return bundle(request, groups, f"documents-{meeting}.zip", private=False)


@get("/{project:str}/documents/{key:str}", opt=READ, sync_to_thread=True)
def of_project(request: Visit, project: FromPath[str], key: FromPath[str]) -> Response[Any]:
    """A public document of the project itself."""
    with db.read() as session:
        row = project_document(session, find_project(session, project).id or 0, key)
    return sent(request, row, private=False)


ROUTES: list[ControllerRouterHandler] = [one, everything, of_project]
