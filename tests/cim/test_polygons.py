"""Triangulating and refining: area is kept, edges become short, nothing tears."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cim.lines import MOST_POINTS, STEP_M, densify
from cim.polygons import MOST_TRIANGLES, SMALL_EDGE_M, earcut, refine


def area_of(points, triangles) -> float:
    a, b, c = (points[triangles[:, i], :2] for i in range(3))
    u, v = b - a, c - a
    return float((u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]).sum() / 2)


def longest(points, triangles) -> float:
    ends = points[np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=-1)][..., :2]
    return float(np.linalg.norm(ends[:, :, 0] - ends[:, :, 1], axis=-1).max())


@given(st.floats(5, 3000), st.floats(5, 3000))
def test_refining_keeps_the_area_and_shortens_the_edges(width, height):
    points = np.array([[0, 0, 0], [width, 0, 1], [width, height, 2], [0, height, 1.0]])
    triangles = np.array([[0, 1, 2], [0, 2, 3]])
    fine, small, owner = refine(points, triangles, np.zeros(4, int))
    assert area_of(fine, small) == pytest.approx(width * height)
    assert longest(fine, small) <= max(SMALL_EDGE_M, np.sqrt(width * height) / 50) + 1e-6
    assert len(owner) == len(fine)


def test_refining_leaves_no_cracks():
    points = np.array([[0, 0, 0], [1000, 0, 0], [1000, 300, 0], [0, 300, 0.0]])
    _, small, _ = refine(points, np.array([[0, 1, 2], [0, 2, 3]]), np.zeros(4, int))
    pairs = np.sort(np.stack([small, np.roll(small, -1, axis=1)], axis=-1).reshape(-1, 2), axis=1)
    edges, count = np.unique(pairs, axis=0, return_counts=True)
    assert count.max() == 2
    fine = refine(points, np.array([[0, 1, 2], [0, 2, 3]]), np.zeros(4, int))[0]
    rim = fine[edges[count == 1]]
    on_rim = np.isclose(rim[:, :, 0], 0) | np.isclose(rim[:, :, 0], 1000) | np.isclose(rim[:, :, 1], 0) \
        | np.isclose(rim[:, :, 1], 300)
    assert on_rim.all()


def test_refining_a_whole_province_stays_bounded():
    side = 400_000.0
    points = np.array([[0, 0, 0], [side, 0, 0], [side, side / 9, 0], [0, side, 0.0]])
    fine, small, _ = refine(points, np.array([[0, 1, 2], [0, 2, 3]]), np.zeros(4, int))
    assert 1000 < len(small) <= MOST_TRIANGLES
    assert area_of(fine, small) == pytest.approx(area_of(points, np.array([[0, 1, 2], [0, 2, 3]])))


def test_earcut_in_bulk_keeps_polygons_apart():
    shapes = [shapely.box(0, 0, 2, 2), shapely.Polygon([(5, 0), (6, 0), (6, 1)]),
              shapely.Polygon([(10, 0), (20, 0), (20, 10), (10, 10)], [[(12, 2), (14, 2), (14, 4), (12, 4)]])]
    from cim.footprints import rings_of, upward
    rings = rings_of(shapely.orient_polygons(np.array(shapes, object)), np.arange(3))
    triangles, owner = earcut(rings.xy, rings.rings, rings.polygons)
    triangles = upward(rings.xy, triangles)
    for i, shape in enumerate(shapes):
        assert area_of(rings.xy, triangles[owner == i]) == pytest.approx(shape.area)


def test_densified_lines_keep_their_ends_and_their_number():
    points = np.array([[0, 0, 0], [100, 0, 0], [100, 10, 0], [0, 50, 0], [0, 0, 0.0]])
    fine, offsets = densify(points, np.array([0, 3, 5]))
    assert len(offsets) == 3
    for i, (a, b) in enumerate(((0, 3), (3, 5))):
        part = fine[offsets[i]:offsets[i + 1]]
        assert (part[0] == points[a]).all() and (part[-1] == points[b - 1]).all()
        assert np.linalg.norm(np.diff(part, axis=0), axis=1).max() <= STEP_M + 1e-9


def test_a_very_long_line_is_bounded():
    points = np.array([[0, 0, 0], [STEP_M * MOST_POINTS * 5, 0, 0.0]])
    assert len(densify(points, np.array([0, 2]))[0]) <= MOST_POINTS + 2
