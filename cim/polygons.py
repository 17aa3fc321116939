"""Polygons into triangles: earcut in bulk."""

from __future__ import annotations

import numpy as np


def earcut(xy: np.ndarray, rings: np.ndarray, polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Triangulate polygons with holes.

    `xy` (n, 2) f8; `rings` (r + 1,) offsets into `xy` of open rings (first point not repeated);
    `polygons` (p + 1,) offsets into rings, the first ring of each its outline.
    Gives triangles (m, 3) i8 of indices into `xy` and the polygon of each (m,) i8.
    """
    import mapbox_earcut
    starts, ends = rings[polygons[:-1]], rings[polygons[1:]]
    simple = (ends - starts == 3) & (np.diff(polygons) == 1)
    rest = np.flatnonzero(~simple & (ends - starts > 3))
    # Ring ends relative to their polygon; plain lists, because indexing numpy one by one is slow.
    relative = (rings[1:] - np.repeat(starts, np.diff(polygons))).astype(np.uint32)
    spans = zip(starts[rest].tolist(), ends[rest].tolist(), polygons[rest].tolist(), polygons[rest + 1].tolist())
    found = [mapbox_earcut.triangulate_float64(xy[a:b], relative[i:j]) for a, b, i, j in spans]
    counts = np.fromiter(map(len, found), np.int64, len(found))
    corners = np.concatenate([*found, np.zeros(0, np.uint32)]).astype(np.int64) + np.repeat(starts[rest], counts)
    triangles = np.concatenate([starts[simple, None] + np.arange(3), corners.reshape(-1, 3)]).astype(np.int64)
    owner = np.concatenate([np.flatnonzero(simple), np.repeat(rest, counts // 3)])
    order = np.argsort(owner, kind="stable")
    return triangles[order], owner[order]
