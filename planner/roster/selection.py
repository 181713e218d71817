"""Which people the list shows, with which columns and how sorted: what its address asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

NOBODY = "none"
"""Stands for «no partner» or «no visit» in an address."""
FACETS = ("status", "partner", "country", "category", "day", "visit")
ORDERS = ("partner", "name", "country", "status", "arrived")
"""What the list can be sorted by; with a minus in front the other way round."""
MOST_TICKED = 1000
LARGEST_ID = 2**31 - 1
"""The largest number that both databases keep as an id."""


class Selection(NamedTuple):
    """What the list is narrowed to and how it is shown: the query of its address.

    A facet with several values shows who fits any of them. No `columns` are the usual ones. `ticked` are the numbers
    of registrations when it is about those alone.
    """

    q: str = ""
    status: tuple[str, ...] = ()
    partner: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    day: tuple[str, ...] = ()
    visit: tuple[str, ...] = ()
    sort: str = ORDERS[0]
    columns: tuple[str, ...] = ()
    ticked: tuple[int, ...] = ()
    page: int = 1

    def kept(self, **changes: object) -> list[tuple[str, str]]:
        """The parts of the query that differ from the whole list; from page 1 on when something changes."""
        asked = self._replace(**{"page": 1, **changes})  # type: ignore[arg-type]
        found: list[tuple[str, str]] = []
        for name, value in asked._asdict().items():
            if value == Selection._field_defaults[name]:
                continue
            values = [",".join(value)] if name == "columns" else value if isinstance(value, tuple) else [value]
            found += [(_NAMES.get(name, name), str(each)) for each in values]
        return found

    def query(self, **changes: object) -> str:
        """The query of an address with that list, starting with `?`; empty for the whole list."""
        kept = self.kept(**changes)
        return f"?{urlencode(kept)}" if kept else ""

    def chosen(self, facet: str) -> tuple[str, ...]:
        """What a facet is narrowed to."""
        values: tuple[str, ...] = getattr(self, facet)
        return values

    def switched(self, facet: str, value: str) -> str:
        """The query with one value of a facet more, or less when it is chosen already."""
        chosen = self.chosen(facet)
        after = tuple(one for one in chosen if one != value) if value in chosen else (*chosen, value)
        return self.query(**{facet: after})

    def sorted_by(self, order: str) -> str:
        """The query with that order; the other way round when it is sorted like that already."""
        return self.query(sort=f"-{order}" if self.sort == order else order)

    @property
    def narrowed(self) -> bool:
        """Whether it may leave people out."""
        return bool(self.q or self.ticked or any(self.chosen(facet) for facet in FACETS))


_NAMES = {"columns": "cols", "ticked": "registration"}


def selection(pairs: Iterable[tuple[str, str]]) -> Selection:
    """The list that an address asks for; what it does not understand counts as not asked."""
    typed: dict[str, list[str]] = {}
    for name, value in pairs:
        typed.setdefault(name, []).append(value)
    page, sort = _last(typed, "page"), _last(typed, "sort")
    return Selection(
        q=_last(typed, "q").strip()[:200],
        **{facet: _some(typed.get(facet, ())) for facet in FACETS},
        sort=sort if sort.removeprefix("-") in ORDERS else ORDERS[0],
        columns=_some(",".join(typed.get("cols", ())).split(",")),
        ticked=numbers(typed.get("registration", ())),
        page=int(page) if page.isascii() and page.isdecimal() and 0 < len(page) < 6 and int(page) else 1,
    )


def of_query(query: str) -> Selection:
    """The list of a saved query."""
    return selection(parse_qsl(query.removeprefix("?"), errors="replace", max_num_fields=None))


def numbers(values: Iterable[str]) -> tuple[int, ...]:
    """Ids out of what was sent, each once; what is none of ours finds nobody."""
    known = (int(value) if value.isascii() and value.isdecimal() and len(value) < 20 else 0 for value in values)
    return tuple(dict.fromkeys(number if number <= LARGEST_ID else 0 for number in known))[:MOST_TICKED]


def _last(typed: dict[str, list[str]], name: str) -> str:
    return (typed.get(name) or [""])[-1]


def _some(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value[:40] for value in values if value))[:60]
