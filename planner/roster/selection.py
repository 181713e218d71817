"""Which people the desk's list shows, and how sorted: what its address asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

NOBODY = "none"
"""Stands for «no partner» in an address."""
ORDERS = ("partner", "latest")
FACETS = ("status", "partner", "category")


class Selection(NamedTuple):
    """What the list is narrowed to and how it is sorted: the query of its address."""

    q: str = ""
    status: str = ""
    partner: str = ""
    category: str = ""
    sort: str = ORDERS[0]
    page: int = 1

    def kept(self, **changes: object) -> list[tuple[str, object]]:
        """The parts of the query that differ from the whole list; from page 1 on when something changes."""
        asked = self._replace(**{"page": 1, **changes})  # type: ignore[arg-type]
        return [(name, value) for name, value in asked._asdict().items() if value != Selection._field_defaults[name]]

    def query(self, **changes: object) -> str:
        """The query of an address with that list, starting with `?`; empty for the whole list."""
        kept = self.kept(**changes)
        return f"?{urlencode(kept)}" if kept else ""

    def chosen(self, facet: str) -> str:
        """What a facet is narrowed to."""
        return str(getattr(self, facet))


def selection(typed: Mapping[str, str]) -> Selection:
    """The list that an address asks for; what it does not understand counts as not asked."""
    page, sort = typed.get("page", ""), typed.get("sort", "")
    return Selection(
        q=typed.get("q", "").strip()[:200],
        **{facet: typed.get(facet, "")[:40] for facet in FACETS},
        sort=sort if sort in ORDERS else ORDERS[0],
        page=int(page) if page.isascii() and page.isdecimal() and 0 < len(page) < 6 else 1,
    )
