"""How large features are, from their own triangles: where a file gives no quantities, or to check those it gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.data import Mesh

FACING_DOWN = -0.5                   # z of the normal: floors of rooms, not their walls


@dataclass(frozen=True)
class Sizes:
    """`volume_m3` None where the shape is not closed, so that it holds no volume."""

    surface_m2: float
    footprint_m2: float
    volume_m3: float | None


def footprints(mesh: Mesh, features: np.ndarray) -> np.ndarray:
    """(n,) f8 m² for `features` (n,): what faces down of each, seen from above."""
    if not len(features) or not len(mesh.triangles):
        return np.zeros(len(features))
    place = np.full(1 + int(max(mesh.vertex_feature.max(), features.max())), -1, np.int32)
    place[features] = np.arange(len(features))
    owner = place[mesh.vertex_feature[mesh.triangles[:, 0]]]
    mine, owner = mesh.triangles[owner >= 0], owner[owner >= 0]
    a, b, c = (mesh.points[mine[:, i]].astype(np.float64) for i in range(3))
    normal = np.cross(b - a, c - a) / 2
    length = np.linalg.norm(normal, axis=1)
    down = normal[:, 2] < FACING_DOWN * length
    return np.bincount(owner[down], -normal[down, 2], len(features))


def sizes(mesh: Mesh, feature: int) -> Sizes | None:
    """None for a feature without triangles."""
    if not len(mesh.vertex_feature):
        return None
    mine = mesh.triangles[mesh.vertex_feature[mesh.triangles[:, 0]] == feature]
    if not len(mine):
        return None
    corners = mesh.points[mine].astype(np.float64)
    corners -= corners[0, 0]
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    normal = np.cross(b - a, c - a) / 2
    length = np.linalg.norm(normal, axis=1)
    down = normal[:, 2] < FACING_DOWN * length
    volume = float(abs((a * np.cross(b, c)).sum()) / 6) if closed(corners) else None
    return Sizes(float(length.sum()), float(-normal[down, 2].sum()), volume)


def closed(corners: np.ndarray) -> bool:
    """Whether every edge of triangles (m, 3, 3) is run through as often in one direction as in the other."""
    places, number = np.unique(np.round(corners.reshape(-1, 3), 4), axis=0, return_inverse=True)
    at = number.reshape(-1, 3).astype(np.int64)
    ends = np.concatenate([at[:, [0, 1]], at[:, [1, 2]], at[:, [2, 0]]])
    ends = ends[ends[:, 0] != ends[:, 1]]
    there, sizes_there = np.unique(ends[:, 0] * len(places) + ends[:, 1], return_counts=True)
    back, sizes_back = np.unique(ends[:, 1] * len(places) + ends[:, 0], return_counts=True)
    return np.array_equal(there, back) and np.array_equal(sizes_there, sizes_back)
