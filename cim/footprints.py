"""Footprints with a height extruded into one mesh: courtyards kept, walls outward, roofs on top."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cim.polygons import earcut
from cim.weaving import laid, woven
from twin.data import Mesh

CREASE_DEG = 20.0                         # a wall corner sharper than this gets a line


@dataclass(frozen=True)
class Rings:
    """Open rings of polygons in local metres: outlines counter-clockwise, holes clockwise.

    `xy` (n, 2) f8; `rings` (r + 1,) offsets into `xy`; `polygons` (p + 1,) offsets into rings;
    `feature` (p,) the feature of each polygon.
    """

    xy: np.ndarray
    rings: np.ndarray
    polygons: np.ndarray
    feature: np.ndarray

    @property
    def polygon_of_point(self) -> np.ndarray:
        return np.repeat(np.arange(len(self.feature)), np.diff(self.rings[self.polygons]))


def rings_of(polygons: np.ndarray, feature: np.ndarray, xy=None) -> Rings:
    """`Rings` of shapely polygons (p,), already oriented; `xy` maps (n, 2) coordinates to others."""
    import shapely
    if not len(polygons):
        none = np.zeros(1, np.int64)
        return Rings(np.zeros((0, 2)), none, none, feature)
    _, points, (ring_ends, polygon_ends) = shapely.to_ragged_array(polygons, include_z=False)
    points = points if xy is None else xy(points)
    keep = np.ones(len(points), bool)
    keep[ring_ends[1:] - 1] = False       # GeoJSON, WKB and shapely repeat the first point
    opened = ring_ends - np.arange(len(ring_ends))
    return Rings(points[keep], opened.astype(np.int64), polygon_ends.astype(np.int64), feature)


def extrude(shapes: Rings, heights: np.ndarray, features: int) -> Mesh:
    """One `Mesh` whose z is metres above the ground at each feature's `base`.

    `heights` (features,) f8 metres. `facade` is metres from the left end of each wall (straight or round) and above its
    foot.
    """
    walls, roofs = _walls(shapes, heights, features), _roofs(shapes, heights)
    places = woven(walls.vertex_feature, roofs.vertex_feature, features)
    of_faces = woven(*(mesh.vertex_feature[mesh.triangles[:, 0]] for mesh in (walls, roofs)), features)
    return Mesh(
        points=laid(walls.points, roofs.points, places),
        triangles=laid(places[0][walls.triangles], places[1][roofs.triangles], of_faces),
        vertex_feature=laid(walls.vertex_feature, roofs.vertex_feature, places),
        facade=laid(walls.facade, roofs.facade, places),
        edges=places[0][walls.edges], base=_bases(shapes, features), count=features)


def areas(shapes: Rings, features: int) -> np.ndarray:
    """(features,) f8 square metres; courtyards are not part of it."""
    a, b = shapes.xy, shapes.xy[_next_in_ring(shapes)]
    owner = shapes.feature[shapes.polygon_of_point]
    return np.maximum(np.bincount(owner, a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], minlength=features) / 2, 0.0)


def _next_in_ring(shapes: Rings) -> np.ndarray:
    """(n,) index of the following point of the same ring."""
    following = np.arange(1, len(shapes.xy) + 1)
    following[shapes.rings[1:] - 1] = shapes.rings[:-1]
    return following


def _walls(shapes: Rings, heights: np.ndarray, features: int) -> Mesh:
    """Four points per wall, foot a, foot b, top b, top a: seen from outside, b lies to the right of a."""
    n, following = len(shapes.xy), _next_in_ring(shapes)
    feature = shapes.feature[shapes.polygon_of_point].astype(np.int32)
    a, b, top = shapes.xy, shapes.xy[following], heights[feature]
    length, zero, sharp = np.hypot(*(b - a).T), np.zeros(n), _sharp(a, b, following)
    left = _along_curves(shapes, length, sharp)
    points, facade = np.empty((n, 4, 3), np.float32), np.empty((n, 4, 2), np.float32)
    for i, (xy, along, up) in enumerate([(a, left, zero), (b, left + length, zero),
                                              (b, left + length, top), (a, left, top)]):
        points[:, i, :2], points[:, i, 2] = xy, up
        facade[:, i, 0], facade[:, i, 1] = along, up
    first = 4 * np.arange(n, dtype=np.int32)[:, None]
    triangles = (first[:, :, None] + np.array([[0, 1, 2], [0, 2, 3]], np.int32)).reshape(-1, 3)
    roof_line = np.concatenate([first + 3, first + 2], axis=1)
    crease = np.concatenate([first + 1, first + 2], axis=1)[sharp]
    return Mesh(points=points.reshape(-1, 3), triangles=triangles, vertex_feature=np.repeat(feature, 4),
                facade=facade.reshape(-1, 2), edges=laid(roof_line, crease, woven(feature, feature[sharp], features)))


def _along_curves(shapes: Rings, length: np.ndarray, sharp: np.ndarray) -> np.ndarray:
    """(n,) f8 metres at the left end of each wall: a round façade counts on from wall to wall up to a sharp corner."""
    begins = np.zeros(len(length), bool)
    begins[1:] = sharp[:-1]
    begins[shapes.rings[:-1]] = True
    before = np.concatenate([[0.0], np.cumsum(length)[:-1]])
    return before - before[np.maximum.accumulate(np.where(begins, np.arange(len(length)), 0))]


def _sharp(a: np.ndarray, b: np.ndarray, following: np.ndarray) -> np.ndarray:
    """(n,) whether the wall a-b and the next one meet at a visible angle."""
    u, v = b - a, (b - a)[following]
    return np.abs(np.arctan2(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0], (u * v).sum(axis=1))) > np.radians(CREASE_DEG)


def _roofs(shapes: Rings, heights: np.ndarray) -> Mesh:
    feature = shapes.feature[shapes.polygon_of_point].astype(np.int32)
    points = np.column_stack([shapes.xy, heights[feature]]).astype(np.float32)
    triangles, _ = earcut(shapes.xy, shapes.rings, shapes.polygons)
    triangles = upward(shapes.xy, triangles)
    return Mesh(points=points, triangles=triangles.astype(np.int32), vertex_feature=feature,
                facade=np.full((len(points), 2), np.nan, np.float32))


def upward(xy: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Triangles turned so that they face up."""
    a, b, c = (xy[triangles[:, i], :2] for i in range(3))
    down = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0] < 0
    triangles = triangles.copy()
    triangles[down] = triangles[down][:, ::-1]
    return triangles


def _bases(shapes: Rings, features: int) -> np.ndarray:
    """(features, 2) f4 mean of each feature's corners, where its ground height is taken."""
    feature = shapes.feature[shapes.polygon_of_point]
    count = np.bincount(feature, minlength=features)
    sums = [np.bincount(feature, shapes.xy[:, i], minlength=features) for i in range(2)]
    return (np.stack(sums, axis=1) / np.maximum(count, 1)[:, None]).astype(np.float32)
