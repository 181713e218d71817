"""The map of Europe as plain lines: a projection for dots, and the countries as SVG paths.

The projection is the one European statistics draw their maps in, Lambert azimuthal equal-area around 52° N 10° E
(EPSG:3035, here on a sphere). The outlines are Natural Earth's (public domain) in the world-atlas package, which
set-up fetches; without that file the map shows its dots on the graticule alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from planner.supplies import ATLAS

Point = tuple[float, float]
Ring = list[Point]

WIDTH, HEIGHT = 1000, 900
"""The drawing's size in its own units, the viewBox of `ui.map`."""

_CENTRE = math.radians(52.0), math.radians(10.0)
_SCALE = 1390.0  # units for one earth radius
_WEST, _NORTH = -0.325, 0.325  # the upper left corner, in earth radii from the centre
_MARGIN = 8.0  # shapes are cut this far outside the drawing, so that the cut does not show
_COARSE = 0.55  # points nearer to the line than this are left out
_SMALLEST = 10.0  # islands below this area are left out; of each country at least the largest stays

CODES = {
    "008": "AL", "020": "AD", "040": "AT", "056": "BE", "070": "BA", "100": "BG", "112": "BY", "191": "HR",
    "196": "CY", "203": "CZ", "208": "DK", "233": "EE", "246": "FI", "250": "FR", "276": "DE", "300": "GR",
    "348": "HU", "352": "IS", "372": "IE", "380": "IT", "428": "LV", "438": "LI", "440": "LT", "442": "LU",
    "470": "MT", "492": "MC", "498": "MD", "499": "ME", "528": "NL", "578": "NO", "616": "PL", "620": "PT",
    "642": "RO", "674": "SM", "688": "RS", "703": "SK", "705": "SI", "724": "ES", "752": "SE", "756": "CH",
    "792": "TR", "804": "UA", "807": "MK", "826": "GB",
}  # fmt: skip
"""ISO 3166-1: the numeric codes of the outlines and the letter codes the rest of the house uses."""


class Outline(NamedTuple):
    """A country on the map: its ISO 3166 letters (empty outside Europe) and the `d` of its path."""

    code: str
    path: str


def project(lat: float, lon: float) -> Point:
    """Where a place (degrees north and east) lies on the drawing: units right and down, to a tenth."""
    x, y = _project(lat, lon)
    return round(x, 1), round(y, 1)


def _project(lat: float, lon: float) -> Point:
    phi, turn = math.radians(lat), math.radians(lon) - _CENTRE[1]
    sin0, cos0 = math.sin(_CENTRE[0]), math.cos(_CENTRE[0])
    depth = 1 + sin0 * math.sin(phi) + cos0 * math.cos(phi) * math.cos(turn)
    stretch = math.sqrt(2 / max(depth, 1e-9))  # the antipode has no place on the map
    x = stretch * math.cos(phi) * math.sin(turn)
    y = stretch * (cos0 * math.sin(phi) - sin0 * math.cos(phi) * math.cos(turn))
    return (x - _WEST) * _SCALE, (_NORTH - y) * _SCALE


@cache
def graticule() -> str:
    """Meridians and parallels, ten degrees apart, as the `d` of one path."""
    meridians = [[_project(lat, lon) for lat in range(25, 81, 5)] for lon in range(-40, 71, 10)]
    parallels = [[_project(lat, lon) for lon in range(-60, 91, 5)] for lat in range(30, 81, 10)]
    return "".join("M" + _steps(_whole(line)) for line in [*meridians, *parallels])


@cache
def countries() -> list[Outline]:
    """The countries of the window; none when set-up could not fetch the atlas."""
    if not ATLAS.is_file():
        return []
    topology = json.loads(ATLAS.read_bytes())
    arcs = _Arcs(topology)
    drawn = (
        Outline(CODES.get(str(shape.get("id")), ""), arcs.path(_rings(shape)))
        for shape in topology["objects"]["countries"]["geometries"]
    )
    return [outline for outline in drawn if outline.path]


def _rings(shape: dict[str, Any]) -> Iterator[list[int]]:
    """The rings of a TopoJSON geometry, each a list of arc numbers (`~n` is arc n backwards)."""
    if shape["type"] == "Polygon":
        yield from shape["arcs"]
    elif shape["type"] == "MultiPolygon":
        for polygon in shape["arcs"]:
            yield from polygon


class _Arcs:
    """The shared borders of a topology, projected and simplified once each, so that neighbours stay joined."""

    def __init__(self, topology: dict[str, Any]) -> None:
        """`topology` is a quantised TopoJSON file."""
        (self._sx, self._sy), (self._tx, self._ty) = topology["transform"]["scale"], topology["transform"]["translate"]
        self._arcs = topology["arcs"]
        self._projected: dict[int, Ring] = {}
        self._simple: dict[int, Ring] = {}

    def path(self, rings: Iterable[list[int]]) -> str:
        """The rings that reach into the drawing, cut at its edges."""
        visible = (ring for ring in rings if any(_inside(point) for arc in ring for point in self._line(arc)))
        cut = sorted((_cut(self._joined(ring)) for ring in visible), key=_area, reverse=True)
        seen = (ring for i, ring in enumerate(cut) if _area(ring) > (_SMALLEST if i else 0))
        return "".join(f"M{_steps(_whole(ring))}z" for ring in seen)

    def _joined(self, ring: Sequence[int]) -> Ring:
        return [point for arc in ring for point in self._thin(arc)[:-1]]

    def _thin(self, arc: int) -> Ring:
        number = arc if arc >= 0 else ~arc
        if number not in self._simple:
            self._simple[number] = _simplified(self._line(number))
        line = self._simple[number]
        return line if arc >= 0 else line[::-1]

    def _line(self, arc: int) -> Ring:
        number = arc if arc >= 0 else ~arc
        if number not in self._projected:
            self._projected[number] = [_project(lat, lon) for lat, lon in self._degrees(self._arcs[number])]
        return self._projected[number]

    def _degrees(self, steps: Sequence[Sequence[int]]) -> Iterator[Point]:
        column = row = 0
        for dx, dy in steps:
            column, row = column + dx, row + dy
            yield row * self._sy + self._ty, column * self._sx + self._tx


def _inside(point: Point) -> bool:
    return 0 <= point[0] <= WIDTH and 0 <= point[1] <= HEIGHT


def _simplified(line: Ring) -> Ring:
    """The line without the points that hardly bend it (Douglas and Peucker's method)."""
    keep = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        far, where = max(((_off(line[i], line[first], line[last]), i) for i in range(first + 1, last)), default=(0, 0))
        if far > _COARSE:
            keep.add(where)
            spans += [(first, where), (where, last)]
    return [line[i] for i in sorted(keep)]


def _off(point: Point, start: Point, end: Point) -> float:
    """Distance of a point from the stretch between two others."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    along = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / length if length else 0.0
    along = min(1.0, max(0.0, along))
    return math.hypot(point[0] - start[0] - along * dx, point[1] - start[1] - along * dy)


def _cut(ring: Ring) -> Ring:
    """The part of a ring within the drawing and its margin (Sutherland and Hodgman's method)."""
    for axis, limit, side in ((0, -_MARGIN, 1), (0, WIDTH + _MARGIN, -1), (1, -_MARGIN, 1), (1, HEIGHT + _MARGIN, -1)):
        ring = list(_kept_side(ring, axis, limit, side))
    return ring


def _kept_side(ring: Ring, axis: int, limit: float, side: int) -> Iterator[Point]:
    """What lies above the limit (side 1) or below it (side -1) on one axis, closed along the limit."""
    for start, end in zip(ring, ring[1:] + ring[:1], strict=True):
        starts_in, ends_in = ((point[axis] - limit) * side >= 0 for point in (start, end))
        if starts_in:
            yield start
        if starts_in != ends_in:
            share = (limit - start[axis]) / (end[axis] - start[axis])
            crossing = start[1 - axis] + share * (end[1 - axis] - start[1 - axis])
            yield (limit, crossing) if axis == 0 else (crossing, limit)


def _area(ring: Ring) -> float:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def _whole(line: Iterable[Point]) -> list[tuple[int, int]]:
    """The points on whole units, without repeats."""
    rounded = [(round(x), round(y)) for x, y in line]
    return [point for i, point in enumerate(rounded) if i == 0 or point != rounded[i - 1]]


def _steps(points: Sequence[tuple[int, int]]) -> str:
    """Start and relative steps in SVG's shortest spelling."""
    moves = ((b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points))
    return f"{points[0][0]} {points[0][1]}l" + " ".join(f"{dx} {dy}" for dx, dy in moves).replace(" -", "-")
