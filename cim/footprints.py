"""Footprints with a height extruded into one mesh: courtyards kept, walls outward, roofs on top, flat or pitched."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cim import pitched
from cim.pitched import Roofs
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


def extrude(shapes: Rings, heights: np.ndarray, features: int, roofs: Roofs | None = None) -> Mesh:
    """One `Mesh` whose z is metres above the ground at each feature's `base`.

    `heights` (features,) f8 metres, up to the ridge of a pitched roof. `facade` is metres from the left end of each
    wall (straight or round) and above its foot.
    """
    ridge = heights[shapes.feature]
    if roofs is None:
        made = _joined(_walls(shapes, ridge, features), _roofs(shapes, ridge), features)
    else:
        corners = pitched.corners_of(shapes.xy, shapes.rings, shapes.polygons)
        slopes = (corners[:, 0] >= 0) & (roofs.shape[shapes.feature] != pitched.FLAT)
        rise, most = np.zeros(len(ridge)), np.zeros(features)
        rise[slopes] = pitched.rises(shapes.xy, corners[slopes], ridge[slopes], roofs.rise[shapes.feature[slopes]])
        np.maximum.at(most, shapes.feature, rise)
        eaves = ridge - most[shapes.feature]                 # of all parts of a house; the widest has the ridge
        over = _joined(_roofs(shapes, eaves, ~slopes), pitched.roof_mesh(
            shapes.xy, corners[slopes], roofs.shape[shapes.feature[slopes]], eaves[slopes], (eaves + rise)[slopes],
            shapes.feature[slopes]), features)
        made = _joined(_walls(shapes, eaves, features), over, features)
    return replace(made, base=_bases(shapes, features), count=features)


def _joined(first: Mesh, second: Mesh, features: int) -> Mesh:
    """Both in one, everything of a feature together."""
    places = woven(first.vertex_feature, second.vertex_feature, features)
    of_faces, of_edges = (woven(*(mesh.vertex_feature[cells(mesh)[:, 0]] for mesh in (first, second)), features)
                          for cells in (lambda mesh: mesh.triangles, lambda mesh: mesh.edges))
    return Mesh(
        points=laid(first.points, second.points, places),
        triangles=laid(places[0][first.triangles], places[1][second.triangles], of_faces),
        vertex_feature=laid(first.vertex_feature, second.vertex_feature, places),
        facade=laid(first.facade, second.facade, places),
        edges=laid(places[0][first.edges], places[1][second.edges], of_edges))


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


def _walls(shapes: Rings, tops: np.ndarray, features: int) -> Mesh:
    """Up to `tops` (p,) metres of each polygon. Four points per wall, foot a, foot b, top b, top a: seen from outside,
    b lies to the right of a."""
    n, following = len(shapes.xy), _next_in_ring(shapes)
    polygon = shapes.polygon_of_point
    feature = shapes.feature[polygon].astype(np.int32)
    a, b, top = shapes.xy, shapes.xy[following], tops[polygon]
    length = np.hypot(*(b - a).T)
    sharp = _sharp(b - a, length, following)
    left = _along_curves(shapes, length, sharp)
    right, zero = (left + length).astype(np.float32), np.float32(0.0)
    a, b, top, left = (values.astype(np.float32) for values in (a, b, top, left))
    points, facade = np.empty((n, 4, 3), np.float32), np.empty((n, 4, 2), np.float32)
    for i, (xy, along, up) in enumerate([(a, left, zero), (b, right, zero), (b, right, top), (a, left, top)]):
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


def _sharp(along: np.ndarray, length: np.ndarray, following: np.ndarray) -> np.ndarray:
    """(n,) whether a wall, `along` (n, 2) and `length` (n,) metres, and the next one meet at a visible angle."""
    x, y = along.T
    cosine = x * x[following] + y * y[following]             # times both lengths
    return cosine < np.cos(np.radians(CREASE_DEG)) * length * length[following]


def _roofs(shapes: Rings, tops: np.ndarray, flat: np.ndarray | None = None) -> Mesh:
    """Level roofs; `flat` (p,) bool: over which polygons, None = all."""
    polygon = shapes.polygon_of_point
    points = np.column_stack([shapes.xy, tops[polygon]]).astype(np.float32)
    triangles, _ = earcut(shapes.xy, shapes.rings, shapes.polygons)
    triangles, feature = upward(shapes.xy, triangles), shapes.feature[polygon].astype(np.int32)
    if flat is not None:
        kept = flat[polygon]
        triangles = (np.cumsum(kept) - 1)[triangles[flat[polygon[triangles[:, 0]]]]]
        points, feature = points[kept], feature[kept]
    return Mesh(points=points, triangles=triangles.astype(np.int32), vertex_feature=feature,
                facade=np.full((len(points), 2), np.nan, np.float32), edges=np.zeros((0, 2), np.int32))


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
