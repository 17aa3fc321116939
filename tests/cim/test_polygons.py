"""Triangulating: polygons keep their area, their holes and apart from each other."""

from __future__ import annotations

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
