"""The desk's acts on the stops of a visit: add one, change it, its place in the order, take it out."""

from litestar import Response, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler

from planner.forms import Check, read
from planner.visits import actions, forms
from planner.visits.actions import Direction
from planner.visits.desk import EDIT, ITEM, Where, do, offer_at
from planner.web import Visit

STOP = ITEM + "/stops/{stop:int}"


@post(ITEM + "/stops", opt=EDIT, sync_to_thread=True)
def add(
    request: Visit, project: FromPath[str], meeting: FromPath[str], item: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Add a stop at the end."""
    check = Check(read(request, body))
    values = forms.read_stop(check, offer_at(Where(project, meeting, item)))
    return do(request, Where(project, meeting, item), "stop-new", check, actions.add_stop, values)


@post(STOP, opt=EDIT, sync_to_thread=True)
def write(
    request: Visit,
    project: FromPath[str],
    meeting: FromPath[str],
    item: FromPath[int],
    stop: FromPath[int],
    body: RawBody,
) -> Response[bytes]:
    """Save what is said of a stop."""
    check = Check(read(request, body))
    values = forms.read_stop(check, offer_at(Where(project, meeting, item)))
    version = forms.version_in(check.typed)
    return do(request, Where(project, meeting, item), f"stop-{stop}", check, actions.write_stop, stop, version, values)


@post(STOP + "/earlier", opt=EDIT, sync_to_thread=True)
def earlier(
    request: Visit,
    project: FromPath[str],
    meeting: FromPath[str],
    item: FromPath[int],
    stop: FromPath[int],
    body: RawBody,
) -> Response[bytes]:
    """Let a stop change places with the one before it."""
    return _move(request, project, meeting, item, stop, body, "earlier")


@post(STOP + "/later", opt=EDIT, sync_to_thread=True)
def later(
    request: Visit,
    project: FromPath[str],
    meeting: FromPath[str],
    item: FromPath[int],
    stop: FromPath[int],
    body: RawBody,
) -> Response[bytes]:
    """Let a stop change places with the one after it."""
    return _move(request, project, meeting, item, stop, body, "later")


def _move(
    request: Visit, project: str, meeting: str, item: int, stop: int, body: bytes, direction: Direction
) -> Response[bytes]:
    check = Check(read(request, body))
    return do(request, Where(project, meeting, item), f"stop-{stop}", check, actions.move_stop, stop, direction)


@post(STOP + "/removal", opt=EDIT, sync_to_thread=True)
def remove(
    request: Visit,
    project: FromPath[str],
    meeting: FromPath[str],
    item: FromPath[int],
    stop: FromPath[int],
    body: RawBody,
) -> Response[bytes]:
    """Take a stop out."""
    check = Check(read(request, body))
    version = forms.version_in(check.typed)
    return do(request, Where(project, meeting, item), "stops", check, actions.delete_stop, stop, version)


ROUTES: list[ControllerRouterHandler] = [add, write, earlier, later, remove]
