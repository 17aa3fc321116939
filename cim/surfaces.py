"""Flat polygons in space as one mesh: triangles in their planes, creases as edges, walls with façade metres."""

from __future__ import annotations

import numpy as np

from cim.city_shapes import Polygons
from cim.footprints import upward
from cim.polygons import earcut
from twin.data import Mesh

CREASE_COS = np.cos(np.radians(20.0))
WALL_NZ = 0.3                             # a surface this close to vertical is a wall
SAME_POINT_M = 0.0005


def normals(shapes: Polygons, points: np.ndarray) -> np.ndarray:
    """(p, 3) unit normals of the outlines (Newell); NaN for outlines without area."""
    outline = _ring_vectors(shapes, points)[shapes.polygons[:-1]]
    length = np.linalg.norm(outline, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(length[:, None] > 1e-9, outline / length[:, None], np.nan)


def areas(shapes: Polygons, points: np.ndarray) -> np.ndarray:
    """(p,) square metres of the polygons, holes taken out."""
    ring = np.linalg.norm(_ring_vectors(shapes, points), axis=1) / 2.0
    outline = shapes.polygons[:-1]
    return 2.0 * ring[outline] - np.add.reduceat(ring, outline)


def _ring_vectors(shapes: Polygons, points: np.ndarray) -> np.ndarray:
    """(r, 3) along each ring's normal, twice as long as its area in square metres."""
    following = np.arange(1, len(points) + 1)
    following[shapes.rings[1:] - 1] = shapes.rings[:-1]
    first = np.repeat(points[shapes.rings[:-1]], np.diff(shapes.rings), axis=0)
    return np.add.reduceat(np.cross(points - first, points[following] - first), shapes.rings[:-1], axis=0)


def mesh(shapes: Polygons, points: np.ndarray, features: int) -> tuple[Mesh, int]:
    """The mesh of `shapes` at `points` (n, 3) f8 local metres, and how many surfaces had no area."""
    if not len(shapes.feature):
        return Mesh(count=features), 0
    normal = normals(shapes, points)
    flat = np.isfinite(normal[:, 0])
    of_point = np.repeat(np.arange(len(flat)), np.diff(shapes.rings[shapes.polygons]))
    right, up = _axes(np.where(flat[:, None], normal, [0.0, 0.0, 1.0]))
    inside = points - points[shapes.rings[shapes.polygons[:-1]]][of_point]
    plane = np.stack([(inside * right[of_point]).sum(axis=1), (inside * up[of_point]).sum(axis=1)], axis=1)
    triangles, owner = earcut(np.ascontiguousarray(plane), shapes.rings, shapes.polygons)
    triangles = upward(plane, triangles)[flat[owner]]
    several = len(shapes.surfaces) > 1 or shapes.surfaces[0].color is not None or shapes.surfaces[0].pictured
    return Mesh(points=points.astype(np.float32), triangles=triangles.astype(np.int32),
                vertex_feature=shapes.feature[of_point].astype(np.int32),
                vertex_surface=shapes.surface[of_point].astype(np.int16) if several else None,
                surfaces=shapes.surfaces if several else (),
                edges=_creases(shapes, points, normal, of_point),
                facade=_facade(shapes, points, normal, of_point, plane), count=features), int((~flat).sum())


def _axes(normal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(p, 3) unit vectors in each plane: level to the right seen from outside, and upward."""
    right = np.cross([0.0, 0.0, 1.0], normal)
    length = np.linalg.norm(right, axis=1)
    level = length < 1e-6
    right = np.where(level[:, None], [1.0, 0.0, 0.0], right / np.where(level, 1.0, length)[:, None])
    return right, np.cross(normal, right)


def _facade(shapes: Polygons, points, normal, of_point, plane) -> np.ndarray:
    """(n, 2) f4: metres from the wall's left end and above the object's lowest point; NaN off walls."""
    wall = np.abs(normal[:, 2]) < WALL_NZ
    left = np.minimum.reduceat(plane[:, 0], shapes.rings[shapes.polygons[:-1]])
    feature = shapes.feature[of_point]
    foot = np.full(int(shapes.feature.max()) + 1, np.inf)
    np.minimum.at(foot, feature, points[:, 2])
    facade = np.stack([plane[:, 0] - left[of_point], points[:, 2] - foot[feature]], axis=1)
    facade[~wall[of_point]] = np.nan
    return facade.astype(np.float32)


def _creases(shapes: Polygons, points, normal, of_point) -> np.ndarray:
    """(k, 2) i4 edges of one surface only, or where two surfaces of a body meet at an angle."""
    following = np.arange(1, len(points) + 1)
    following[shapes.rings[1:] - 1] = shapes.rings[:-1]
    cells = np.round((points - points.min(axis=0)) / SAME_POINT_M).astype(np.int64)
    _, place = np.unique(np.column_stack([cells, shapes.body[of_point]]), axis=0, return_inverse=True)
    place = place.ravel()
    ends = np.sort(np.stack([place, place[following]], axis=1), axis=1)
    _, first, edge, count = np.unique(ends, axis=0, return_index=True, return_inverse=True, return_counts=True)
    edge = edge.ravel()
    total = np.zeros((len(first), 3))
    np.add.at(total, edge, np.nan_to_num(normal[of_point]))
    # |n1 + n2|^2 = 2 + 2 cos: two unit normals need no pairing to be compared.
    cosine = ((total ** 2).sum(axis=1) - 2.0) / 2.0
    kept = first[(count != 2) | (cosine < CREASE_COS)]
    return np.stack([kept, following[kept]], axis=1).astype(np.int32)
