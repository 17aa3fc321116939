"""What is meant by a click near a shape: its corner, its edge, else the face that was hit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

REACH_PX = 10.0                    # logical: so near to a corner or an edge, a click means it
WELD_M = 1e-3                      # corners nearer than this are one
FLAT_COS = 0.9995                  # two faces that turn less than 1.8 degrees share no edge
MOST_TRIANGLES = 200_000           # of one feature: beyond this only its face is looked at
CORNER, EDGE, FACE, GROUND, SPOT = "corner", "edge", "face", "ground", "spot"


@dataclass(frozen=True, eq=False)
class Snap:
    """`point` (3,) local metres. `direction` (3,): along the edge, or square to the face or the ground; None at a
    corner, and at a spot on what has no faces to be caught (a tree, a vehicle). `edge` (2, 3): its ends. `layer`: id of
    the layer it lies in; "" = the ground.
    """

    kind: Literal["corner", "edge", "face", "ground", "spot"]
    point: np.ndarray
    direction: np.ndarray | None = None
    edge: np.ndarray | None = None
    layer: str = ""


class Shape:
    """The creases of one feature, kept from one mouse move to the next. `faces` (m, 3, 3) f8 local metres.

    `planes` (n, 4): what lies beyond n·p <= d of any of them is cut away and cannot be caught.
    """

    def __init__(self, faces: np.ndarray, planes: np.ndarray | None = None):
        self.faces = faces
        self.planes = np.zeros((0, 4)) if planes is None else planes
        few = len(faces) <= MOST_TRIANGLES
        self.edges = left_of(creases(faces), self.planes) if few else np.zeros((0, 2, 3))         # (k, 2, 3)
        ends = self.edges.reshape(-1, 3)
        self.corners = ends[np.unique(np.round(ends / WELD_M), axis=0, return_index=True)[1]]

    def snap(self, ray: Any, hit: np.ndarray, reach_px: float, corners: bool = True) -> Snap:
        """`hit` is where the `ray` (layers.base.Ray) meets the shape: of what lies within reach of the pixel, the
        nearest to it is one that is seen. Without `corners` an edge or the face, which have a direction.
        """
        if corners and len(self.corners):
            seen = ray.project(self.corners)
            close = self.corners[np.hypot(*(seen[:, :2] - ray.pixel).T) <= reach_px]
            if len(close):
                return Snap(CORNER, close[np.linalg.norm(close - hit, axis=1).argmin()])
        if (edge := self._edge(hit, _metres(ray, hit, reach_px))) is not None:
            return edge
        on = np.abs(self.planes[:, :3] @ hit - self.planes[:, 3]) < WELD_M
        return Snap(FACE, hit, self.planes[on][0, :3] if on.any() else _normal_at(self.faces, hit))

    def _edge(self, hit: np.ndarray, near_m: float) -> Snap | None:
        if not len(self.edges):
            return None
        start, way = self.edges[:, 0], self.edges[:, 1] - self.edges[:, 0]
        share = ((hit - start) * way).sum(axis=1) / np.maximum((way * way).sum(axis=1), 1e-12)
        places = start + np.clip(share, 0.0, 1.0)[:, None] * way
        off = np.linalg.norm(places - hit, axis=1)
        best = int(off.argmin())
        if off[best] > near_m:
            return None
        return Snap(EDGE, places[best], way[best] / max(float(np.linalg.norm(way[best])), 1e-12), self.edges[best])


def _metres(ray: Any, hit: np.ndarray, reach_px: float) -> float:
    """What `reach_px` are at the place that was hit."""
    along = np.asarray(ray.end) - ray.start
    side = np.cross(along, (0.0, 0.0, 1.0))
    side = side / np.linalg.norm(side) if np.linalg.norm(side) > 1e-9 else np.array([1.0, 0.0, 0.0])
    a, b = ray.project(np.stack([hit, hit + side]))[:, :2]
    return reach_px / max(float(np.hypot(*(b - a))), 1e-9)


def _normal_at(faces: np.ndarray, hit: np.ndarray) -> np.ndarray:
    """Of the triangle whose plane is nearest to the point among those that hold it."""
    a, ab, ac = faces[:, 0], faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0]
    normal = np.cross(ab, ac)
    size = np.linalg.norm(normal, axis=1)
    sound = size > 1e-12
    unit = normal[sound] / size[sound, None]
    way = hit - a[sound]
    lift = np.abs((way * unit).sum(axis=1))
    outside = _outside(way, ab[sound], ac[sound])
    return unit[int((lift + outside).argmin())]


def _outside(way: np.ndarray, ab: np.ndarray, ac: np.ndarray) -> np.ndarray:
    """(m,) how far out of each triangle the foot of a point lies, in its own sizes; 0 inside."""
    d00, d01, d11 = ((p * q).sum(axis=1) for p, q in ((ab, ab), (ab, ac), (ac, ac)))
    d20, d21 = (way * ab).sum(axis=1), (way * ac).sum(axis=1)
    det = np.maximum(d00 * d11 - d01 * d01, 1e-18)
    v, w = (d11 * d20 - d01 * d21) / det, (d00 * d21 - d01 * d20) / det
    return np.maximum.reduce([np.zeros(len(v)), -v, -w, v + w - 1.0])


def creases(faces: np.ndarray) -> np.ndarray:
    """(k, 2, 3) f8: edges where two faces meet at an angle, or where a face ends."""
    if not len(faces):
        return np.zeros((0, 2, 3))
    normal = np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])
    size = np.linalg.norm(normal, axis=1)
    faces, normal = faces[size > 1e-12], (normal / np.maximum(size, 1e-12)[:, None])[size > 1e-12]
    places = faces.reshape(-1, 3)
    _, first, number = np.unique(np.round(places / WELD_M).astype(np.int64), axis=0, return_index=True,
                                 return_inverse=True)
    number = number.reshape(-1, 3)
    ends = np.sort(np.stack([number, np.roll(number, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    owner = np.repeat(np.arange(len(faces)), 3)
    ends, owner = ends[ends[:, 0] != ends[:, 1]], owner[ends[:, 0] != ends[:, 1]]
    edges, which, count = np.unique(ends, axis=0, return_inverse=True, return_counts=True)
    which = which.reshape(-1)
    total = np.zeros((len(edges), 3))
    np.add.at(total, which, normal[owner])
    # Equal normals add up to their number; anything shorter turns. Back-to-back faces cancel out and turn, too.
    flat = (count >= 2) & (np.linalg.norm(total, axis=1) >= FLAT_COS * count)
    return places[first][edges[~flat]]


def left_of(edges: np.ndarray, planes: np.ndarray) -> np.ndarray:
    """What the cuts leave of edges (k, 2, 3)."""
    for plane in planes:
        side = edges @ plane[:3] - plane[3]                       # (k, 2), above 0 is cut away
        edges, side = edges[(side <= WELD_M).any(axis=1)], side[(side <= WELD_M).any(axis=1)]
        over = side > WELD_M
        fall = side[:, 0] - side[:, 1]
        share = np.where(over.any(axis=1), side[:, 0] / np.where(fall == 0, 1.0, fall), 0.0)
        crossing = edges[:, 0] + share[:, None] * (edges[:, 1] - edges[:, 0])
        edges = np.where(over[:, :, None], crossing[:, None], edges)
    return edges
