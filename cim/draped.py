"""Geometries as a `Vectors` payload: points, lines with outlines, fills, label anchors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cim.footprints import upward
from cim.geometries import LINE, POINT, POLYGON, Geometries, Parts
from cim.polygons import earcut
from twin.data import Vectors

Place = Callable[[np.ndarray], np.ndarray]        # (n, 3) file coordinates to (n, 3) f8 local metres


def vectors(geometries: Geometries, place: Place, has_z: bool) -> Vectors:
    """Everything in `geometries`, placed. Without `has_z` all z are 0: it lies on the ground."""
    points, point_feature = _points(geometries.parts(POINT), place)
    polygons = geometries.parts(POLYGON)
    lines, offsets, line_feature = _lines(geometries.parts(LINE), polygons, place)
    fill, triangles, fill_feature = _fills(polygons, place, has_z)
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


def _lines(lines: Parts, polygons: Parts, place: Place):
    """Lines, then the rings of polygons."""
    import shapely
    rings, of_polygon = shapely.get_rings(polygons.shapes, return_index=True)
    shapes = np.concatenate([lines.shapes, rings])
    counts = shapely.get_num_coordinates(shapes)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return place(_coordinates(shapes)), offsets, np.concatenate([lines.feature, polygons.feature[of_polygon]])


def _fills(parts: Parts, place: Place, has_z: bool):
    """(n, 3) points, (m, 3) triangles facing up, (n,) feature of each point."""
    if not len(parts.shapes):
        return np.zeros((0, 3)), np.zeros((0, 3), np.int64), np.zeros(0, np.int64)
    points, triangles, owner = (_cut_ears if has_z else _well_shaped)(parts.shapes)
    points = place(points)
    return points, upward(points, triangles), parts.feature[owner]


def _well_shaped(shapes):
    """Delaunay triangles in the file's coordinates: what is draped is cut along its edges, and slivers cut badly.

    Points (n, 3), triangles (m, 3), the shape of each point; points are shared within a shape only.
    """
    import shapely
    found, owner = shapely.get_parts(shapely.constrained_delaunay_triangles(shapes), return_index=True)
    corners = shapely.get_coordinates(found).reshape(-1, 4, 2)[:, :3].reshape(-1, 2)
    named = np.column_stack([np.repeat(owner, 3), corners])
    points, at = np.unique(named, axis=0, return_inverse=True)
    return np.column_stack([points[:, 1:], np.zeros(len(points))]), at.reshape(-1, 3), points[:, 0].astype(np.int64)


def _cut_ears(shapes):
    """The polygons' own points with their heights; likewise."""
    import shapely
    rings, of_polygon = shapely.get_rings(shapes, return_index=True)
    counts = shapely.get_num_coordinates(rings)
    ends = np.concatenate([[0], np.cumsum(counts)])
    keep = np.ones(ends[-1], bool)
    keep[ends[1:] - 1] = False            # rings repeat their first point
    points = _coordinates(rings)[keep]
    offsets = np.concatenate([[0], np.cumsum(counts - 1)])
    polygons = np.searchsorted(of_polygon, np.arange(len(shapes) + 1))
    triangles, _ = earcut(np.ascontiguousarray(points[:, :2]), offsets, polygons)
    return points, triangles, np.repeat(of_polygon, counts - 1)


def _anchors(geometries: Geometries, place: Place) -> np.ndarray:
    """(features, 3) a place inside each polygon, the middle of each line, each point itself."""
    import shapely
    shapes = geometries.shapes
    inside = shapely.point_on_surface(shapes)
    simple = shapely.get_type_id(shapes) == LINE
    inside[simple] = shapely.line_interpolate_point(shapes[simple], 0.5, normalized=True)
    points = _coordinates(inside)
    flat = ~shapely.has_z(inside) & shapely.has_z(shapes)           # GEOS finds a place inside without its height
    points[flat, 2] = _mean_heights(shapes)[flat]
    return place(points) if len(shapes) else np.zeros((0, 3))


def _mean_heights(shapes: np.ndarray) -> np.ndarray:
    """(features,) of the corners of each; 0 where it has none."""
    import shapely
    corners, of = shapely.get_coordinates(shapes, include_z=True, return_index=True)
    known = np.isfinite(corners[:, 2])
    sums, counts = (np.bincount(of[known], weights, len(shapes)) for weights in (corners[known, 2], None))
    return sums / np.maximum(counts, 1)
