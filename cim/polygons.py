"""Polygons into triangles: earcut in bulk."""

from __future__ import annotations

import numpy as np


def earcut(xy: np.ndarray, rings: np.ndarray, polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Triangulate polygons with holes.

    `xy` (n, 2) f8; `rings` (r + 1,) offsets into `xy` of open rings (first point not repeated);
    `polygons` (p + 1,) offsets into rings, the first ring of each its outline.
    Gives triangles (m, 3) i8 of indices into `xy` and the polygon of each (m,) i8. Triangles, and convex polygons of
    four corners, which most houses and walls are, need no ears cut one by one.
    """
    import mapbox_earcut
    starts, ends = rings[polygons[:-1]], rings[polygons[1:]]
    one = np.diff(polygons) == 1
    simple, four = (np.flatnonzero(one & (ends - starts == n)) for n in (3, 4))
    four = four[_convex(xy[starts[four, None] + np.arange(4)])]
    cut = ends - starts > 3
    cut[four] = False
    rest = np.flatnonzero(cut)
    # Ring ends relative to their polygon; plain lists, because indexing numpy one by one is slow.
    relative = (rings[1:] - np.repeat(starts, np.diff(polygons))).astype(np.uint32)
    spans = zip(starts[rest].tolist(), ends[rest].tolist(), polygons[rest].tolist(), polygons[rest + 1].tolist())
    found = [mapbox_earcut.triangulate_float64(xy[a:b], relative[i:j]) for a, b, i, j in spans]
    counts = np.fromiter(map(len, found), np.int64, len(found))
    corners = np.concatenate([*found, np.zeros(0, np.uint32)]).astype(np.int64) + np.repeat(starts[rest], counts)
    triangles = np.concatenate([
        starts[simple, None] + np.arange(3), (starts[four, None] + np.array([0, 1, 2, 0, 2, 3])).reshape(-1, 3),
        corners.reshape(-1, 3)]).astype(np.int64)
    owner = np.concatenate([simple, np.repeat(four, 2), np.repeat(rest, counts // 3)])
    order = np.argsort(owner, kind="stable")
    return triangles[order], owner[order]


def _convex(corners: np.ndarray) -> np.ndarray:
    """(n,) bool of (n, 4, 2): all four corners turn the same way, and none is straight."""
    x, y = (np.roll(corners[..., axis], -1, axis=1) - corners[..., axis] for axis in range(2))
    turn = x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)
    least = 1e-9 * np.maximum((x * x + y * y).max(axis=1), 1e-300)[:, None]
    return (turn > least).all(axis=1) | (turn < -least).all(axis=1)
