"""Triangulating: polygons keep their area, their holes and apart from each other."""

from __future__ import annotations

import mapbox_earcut
import numpy as np
import pytest
import shapely

from cim.polygons import earcut


def area_of(points, triangles) -> float:
    a, b, c = (points[triangles[:, i], :2] for i in range(3))
    u, v = b - a, c - a
    return float((u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]).sum() / 2)


def test_earcut_in_bulk_keeps_polygons_apart():
    shapes = [shapely.box(0, 0, 2, 2), shapely.Polygon([(5, 0), (6, 0), (6, 1)]),
              shapely.Polygon([(10, 0), (20, 0), (20, 10), (10, 10)], [[(12, 2), (14, 2), (14, 4), (12, 4)]])]
    from cim.footprints import rings_of, upward
    rings = rings_of(shapely.orient_polygons(np.array(shapes, object)), np.arange(3))
    triangles, owner = earcut(rings.xy, rings.rings, rings.polygons)
    triangles = upward(rings.xy, triangles)
    for i, shape in enumerate(shapes):
        assert area_of(rings.xy, triangles[owner == i]) == pytest.approx(shape.area)


def test_four_corners_are_split_without_cutting_ears_where_that_is_right(monkeypatch):
    """Convex either way round; a dent, a straight corner and a hole are left to earcut, and keep their area too."""
    from cim.footprints import Rings, upward
    square, dented = [(0, 0), (4, 0), (4, 3), (0, 3)], [(0, 0), (4, 0), (1, 1), (0, 4)]
    straight, kite = [(0, 0), (2, 0), (4, 0), (0, 3)], [(0, 0), (3, -1), (4, 0), (3, 1)]
    shapes = [square, square[::-1], dented, straight, kite, kite[::-1]]
    rings = np.arange(0, 4 * len(shapes) + 1, 4)
    made = Rings(np.array(shapes, np.float64).reshape(-1, 2), rings, np.arange(len(shapes) + 1), np.arange(len(shapes)))
    asked = []
    cut = mapbox_earcut.triangulate_float64
    monkeypatch.setattr(mapbox_earcut, "triangulate_float64", lambda xy, ends: asked.append(xy) or cut(xy, ends))
    triangles, owner = earcut(made.xy, made.rings, made.polygons)
    triangles = upward(made.xy, triangles)
    assert [area_of(made.xy, triangles[owner == i]) for i in range(len(shapes))] == pytest.approx(
        [shapely.Polygon(shape).area for shape in shapes])
    assert [xy.tolist() for xy in asked] == [[list(map(float, p)) for p in shape] for shape in (dented, straight)]
