"""For those who watch the service: it lives, it can serve, and how it does."""

from litestar import Response, get
from litestar.types import ControllerRouterHandler
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from planner import db, metrics, schema
from planner.accounts.guards import HOUSE, act, viewer
from planner.errors import Missing
from planner.web import Visit

_FRESH = {"Cache-Control": "no-store"}


@get("/health", opt=act("public.read"))
async def health() -> Response[bytes]:
    """The process lives; nothing else is asked."""
    return Response(b"alive\n", media_type="text/plain", headers=_FRESH)


@get("/ready", opt=act("public.read"), sync_to_thread=True)
def ready() -> Response[bytes]:
    """The database answers and has the shape that this version works with."""
    try:
        current = schema.is_current(db.current().engine)
    except (OperationalError, InterfaceError, NoConnectionLeft):
        return Response(b"database away\n", status_code=503, media_type="text/plain", headers=_FRESH)
    if not current:
        return Response(b"database not migrated\n", status_code=503, media_type="text/plain", headers=_FRESH)
    return Response(b"ready\n", media_type="text/plain", headers=_FRESH)


@get("/metrics", opt=act("public.read"), sync_to_thread=True)
def figures(request: Visit) -> Response[bytes]:
    """Figures for Prometheus: for administrators, and for programs on this machine that no proxy stands before."""
    seen_by = viewer(request)
    if not _is_near(request) and not (seen_by and seen_by.may("operations.read", HOUSE)):
        raise Missing
    return Response(metrics.text(), media_type=metrics.MEDIA_TYPE, headers=_FRESH)


def _is_near(request: Visit) -> bool:
    relayed = {"forwarded", "x-forwarded-for", "x-real-ip"} & set(request.headers.keys())
    return not relayed and request.client is not None and request.client.host in ("127.0.0.1", "::1")


ROUTES: list[ControllerRouterHandler] = [health, ready, figures]
