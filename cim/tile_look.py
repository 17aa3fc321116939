"""What a triangle soup does not say: which edges are worth drawing, and how far along and up its wall a point lies."""

from __future__ import annotations

import numpy as np

CREASE_COS = np.cos(np.radians(20.0))
SAME_M = 0.002                            # points this close are one corner
WALL_NZ = 0.3                             # a face this close to vertical is a wall
MOST_CORNERS = 400_000                    # of a tile whose edges are looked for: a photo mesh has none worth drawing


def normals(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(m, 3) f8 unit normals, 0 where a triangle has no area."""
    a, b, c = (points[triangles[:, i]] for i in range(3))
    normal = np.cross(b - a, c - a)
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    return np.divide(normal, length, out=np.zeros_like(normal), where=length > 1e-9)


def creases(points: np.ndarray, triangles: np.ndarray, feature: np.ndarray) -> np.ndarray | None:
    """(k, 2) i4 edges of one face only, or where the faces of a feature meet at an angle; None for very dense tiles."""
    if len(triangles) * 3 > MOST_CORNERS:
        return None
    low = points.min(axis=0)
    cells = np.round((points - low) / SAME_M).astype(np.int64)
    spans = cells.max(axis=0) + 1
    key = ((cells[:, 0] * spans[1] + cells[:, 1]) * spans[2] + cells[:, 2])
    corner = _numbered(_numbered(key) * (int(feature.max()) + 1) + feature)
    normal = normals(points, triangles)
    sides = triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    ends = np.sort(corner[sides], axis=1)
    pair = ends[:, 0] * (int(corner.max()) + 1) + ends[:, 1]
    order = np.argsort(pair, kind="stable")
    starts = np.flatnonzero(np.concatenate([[True], np.diff(pair[order]) != 0]))
    count = np.diff(np.concatenate([starts, [len(order)]]))
    total = np.add.reduceat(normal[order // 3], starts, axis=0)
    # |n1 + n2|^2 = 2 + 2 cos: two unit normals need no pairing to be compared.
    cosine = ((total ** 2).sum(axis=1) - 2.0) / 2.0
    kept = order[starts[((count != 2) | (cosine < CREASE_COS)) & (np.ptp(ends[order[starts]], axis=1) > 0)]]
    return sides[kept].astype(np.int32)


def facades(points: np.ndarray, triangles: np.ndarray, feature: np.ndarray) -> np.ndarray:
    """(n, 2) f4: metres from a wall's left end and above the feature's lowest point; NaN off walls.

    A wall is what lies in one upright plane of a feature; a vertex that several planes share is on none.
    """
    out = np.full((len(points), 2), np.nan, np.float32)
    normal = normals(points, triangles)
    wall = (np.abs(normal[:, 2]) < WALL_NZ) & (np.abs(normal).sum(axis=1) > 0)
    if not wall.any():
        return out
    level = normal[wall, :2] / np.linalg.norm(normal[wall, :2], axis=1, keepdims=True)
    corners = triangles[wall]
    angle = np.round(np.degrees(np.arctan2(level[:, 1], level[:, 0]))).astype(np.int64) % 360
    away = np.round((points[corners[:, 0], :2] * level).sum(axis=1) / 0.25).astype(np.int64)
    away -= away.min()
    number = _numbered((feature[corners[:, 0]].astype(np.int64) * 360 + angle) * (int(away.max()) + 1) + away)
    of_vertex = np.full(len(points), -1, np.int64)
    of_vertex[corners.ravel()] = np.repeat(number, 3)
    several = np.unique(corners.ravel()[of_vertex[corners.ravel()] != np.repeat(number, 3)])
    of_vertex[several] = -1
    of_vertex[triangles[~wall].ravel()] = -1
    mine = np.flatnonzero(of_vertex >= 0)
    direction = np.zeros((int(number.max()) + 1, 2))
    direction[number] = np.stack([-level[:, 1], level[:, 0]], axis=1)
    along = (points[mine, :2] * direction[of_vertex[mine]]).sum(axis=1)
    left = np.full(len(direction), np.inf)
    np.minimum.at(left, of_vertex[mine], along)
    foot = np.full(int(feature.max()) + 1, np.inf)
    np.minimum.at(foot, feature, points[:, 2])
    out[mine, 0] = along - left[of_vertex[mine]]
    out[mine, 1] = points[mine, 2] - foot[feature[mine]]
    return out


def _numbered(keys: np.ndarray) -> np.ndarray:
    """(n,) i8 alike where the keys (n,) are, from 0 on: several times faster than rows that are compared as a whole."""
    return np.unique(keys, return_inverse=True)[1]
