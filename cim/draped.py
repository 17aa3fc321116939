"""Geometries as a `Vectors` payload: points, lines with outlines, refined fills, label anchors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cim.footprints import upward
from cim.geometries import LINE, POINT, POLYGON, Geometries, Parts
from cim.lines import densify
from cim.polygons import earcut, refine
from twin.data import Vectors

Place = Callable[[np.ndarray], np.ndarray]        # (n, 3) file coordinates to (n, 3) f8 local metres


def vectors(geometries: Geometries, place: Place, has_z: bool) -> Vectors:
    """Everything in `geometries`, placed. Without `has_z` all z are 0: it lies on the ground."""
    points, point_feature = _points(geometries.parts(POINT), place)
    polygons = geometries.parts(POLYGON)
    lines, offsets, line_feature = _lines(geometries.parts(LINE), polygons, place, has_z)
    fill, triangles, fill_feature = _fills(polygons, place)
    return Vectors(
        points=_single(points, has_z), point_feature=point_feature.astype(np.int32),
        line_points=_single(lines, has_z), line_offsets=offsets.astype(np.int64),
        line_feature=line_feature.astype(np.int32),
        fill_points=_single(fill, has_z), fill_triangles=triangles.astype(np.int32),
        fill_feature=fill_feature.astype(np.int32),
        anchor=_single(_anchors(geometries, place), has_z), has_z=has_z, count=len(geometries.shapes))


def _single(points: np.ndarray, has_z: bool) -> np.ndarray:
    if not has_z:
        points[:, 2] = 0.0
    return points.astype(np.float32)


def _coordinates(shapes) -> np.ndarray:
    """(n, 3) f8, z 0 where a vertex has none."""
    import shapely
    points = shapely.get_coordinates(shapes, include_z=True)
    points[:, 2] = np.nan_to_num(points[:, 2])
    return points


def _points(parts: Parts, place: Place):
    return place(_coordinates(parts.shapes)), parts.feature


def _lines(lines: Parts, polygons: Parts, place: Place, has_z: bool):
    """Lines, then the rings of polygons."""
    import shapely
    rings, of_polygon = shapely.get_rings(polygons.shapes, return_index=True)
    shapes = np.concatenate([lines.shapes, rings])
    counts = shapely.get_num_coordinates(shapes)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    points = place(_coordinates(shapes))
    if not has_z:
        points, offsets = densify(points, offsets)
    return points, offsets, np.concatenate([lines.feature, polygons.feature[of_polygon]])


def _fills(parts: Parts, place: Place):
    """(n, 3) points, (m, 3) triangles facing up, (n,) feature of each point."""
    import shapely
    if not len(parts.shapes):
        return np.zeros((0, 3)), np.zeros((0, 3), np.int64), np.zeros(0, np.int64)
    rings, of_polygon = shapely.get_rings(parts.shapes, return_index=True)
    counts = shapely.get_num_coordinates(rings)
    ends = np.concatenate([[0], np.cumsum(counts)])
    keep = np.ones(ends[-1], bool)
    keep[ends[1:] - 1] = False            # rings repeat their first point
    points = place(_coordinates(rings)[keep])
    offsets = np.concatenate([[0], np.cumsum(counts - 1)])
    polygons = np.searchsorted(of_polygon, np.arange(len(parts.shapes) + 1))
    triangles, _ = earcut(np.ascontiguousarray(points[:, :2]), offsets, polygons)
    owner = np.repeat(of_polygon, counts - 1)
    points, triangles, owner = refine(points, upward(points, triangles), owner)
    return points, triangles, parts.feature[owner]


def _anchors(geometries: Geometries, place: Place) -> np.ndarray:
    """(features, 3) a place inside each polygon, the middle of each line, each point itself."""
    import shapely
    shapes = geometries.shapes
    inside = shapely.point_on_surface(shapes)
    simple = shapely.get_type_id(shapes) == LINE
    inside[simple] = shapely.line_interpolate_point(shapes[simple], 0.5, normalized=True)
    return place(_coordinates(inside)) if len(shapes) else np.zeros((0, 3))
