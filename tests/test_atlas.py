"""The map: places lie where they lie, and the outlines fit into the drawing."""

from __future__ import annotations

import re
from math import dist
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import atlas
from planner.templates import folder


@pytest.fixture
def drawn() -> list[atlas.Outline]:
    outlines = atlas.countries()
    if not outlines:
        pytest.skip("set-up has not fetched the atlas")
    return outlines


def corners(path: str) -> list[list[tuple[int, int]]]:
    """The rings of a path as absolute points."""
    rings = []
    for ring in re.findall(r"M([^z]+)z", path):
        numbers = [int(number) for number in re.findall(r"-?\d+", ring)]
        points = [(numbers[0], numbers[1])]
        for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
            points.append((points[-1][0] + dx, points[-1][1] + dy))
        rings.append(points)
    return rings


def lies_in(point: tuple[float, float], ring: list[tuple[int, int]]) -> bool:
    inside = False
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (ay > point[1]) != (by > point[1]) and point[0] < ax + (point[1] - ay) / (by - ay) * (bx - ax):
            inside = not inside
    return inside


def test_the_centre_of_the_projection_has_nothing_tilted() -> None:
    x, y = atlas.project(52, 10)
    assert atlas.project(53, 10)[0] == x
    assert atlas.project(53, 10)[1] < y < atlas.project(51, 10)[1]


def test_distances_near_the_centre_are_true() -> None:
    degree_north = dist(atlas.project(52, 10), atlas.project(53, 10))
    degree_east = dist(atlas.project(52, 10), atlas.project(52, 11))
    assert degree_east / degree_north == pytest.approx(0.6157, abs=0.01)  # the cosine of 52 degrees


@given(lat=st.floats(36, 66), lon=st.floats(-9, 28))
def test_the_partners_part_of_europe_is_on_the_drawing(lat: float, lon: float) -> None:
    x, y = atlas.project(lat, lon)
    assert 0 < x < atlas.WIDTH
    assert 0 < y < atlas.HEIGHT


@given(lat=st.floats(-90, 90), lon=st.floats(-180, 180))
def test_every_place_on_earth_has_a_finite_spot(lat: float, lon: float) -> None:
    assert all(abs(value) < 10_000 for value in atlas.project(lat, lon))


@pytest.mark.parametrize(
    ("code", "lat", "lon"),
    [
        ("GR", 37.51, 22.37), ("BG", 41.93, 25.56), ("RO", 46.36, 25.80), ("LV", 56.95, 24.31), ("PL", 52.23, 21.01),
        ("DE", 49.49, 8.47), ("BE", 50.88, 4.70), ("ES", 38.92, -6.34), ("PT", 40.84, -8.48),
    ],
)  # fmt: skip
def test_towns_lie_in_their_countries(drawn: list[atlas.Outline], code: str, lat: float, lon: float) -> None:
    rings = [ring for outline in drawn if outline.code == code for ring in corners(outline.path)]
    assert any(lies_in(atlas.project(lat, lon), ring) for ring in rings)


def test_outlines_stay_in_the_drawing_and_stay_small(drawn: list[atlas.Outline]) -> None:
    points = [point for outline in drawn for ring in corners(outline.path) for point in ring]
    assert all(-10 <= x <= atlas.WIDTH + 10 and -10 <= y <= atlas.HEIGHT + 10 for x, y in points)
    assert sum(len(outline.path) for outline in drawn) < 40_000


def test_every_country_of_the_union_is_drawn(drawn: list[atlas.Outline]) -> None:
    union = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
    codes = {outline.code for outline in drawn}
    assert [code for code in re.findall("..", union.replace(" ", "")) if code not in codes] == []


def test_without_the_atlas_there_are_no_countries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(atlas, "ATLAS", tmp_path / "missing.json")
    assert atlas.countries.__wrapped__() == []
    assert atlas.graticule().startswith("M")


def test_the_map_macro_uses_the_size_of_the_drawing() -> None:
    assert f'viewBox="0 0 {atlas.WIDTH} {atlas.HEIGHT}"' in (folder("templates") / "ui.html").read_text()
