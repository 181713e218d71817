"""Pages of signing in and out."""

from litestar.types import ControllerRouterHandler

ROUTES: list[ControllerRouterHandler] = []
