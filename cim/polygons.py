"""Polygons into triangles: earcut in bulk, refined finely enough to be draped over terrain."""

from __future__ import annotations

import numpy as np

SMALL_EDGE_M = 60.0
EDGES_ACROSS = 50                         # a large polygon is cut about this often along its side
MOST_TRIANGLES = 200_000
MOST_PASSES = 24


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


def refine(points: np.ndarray, triangles: np.ndarray, owner: np.ndarray):
    """Split long edges of triangles (m, 3) until the mesh can be draped.

    `points` (n, 3) f8, `owner` (n,) which polygon a point belongs to (points are never shared between
    polygons). Every edge is judged alone, so neighbours split alike and no cracks open.
    """
    if not len(triangles):
        return points, triangles, owner
    most = _edge_limits(points, triangles, owner)
    for _ in range(MOST_PASSES):
        edges, of_triangle = _edges(triangles)
        long = np.hypot(*(points[edges[:, 0], :2] - points[edges[:, 1], :2]).T) > most[owner[edges[:, 0]]]
        if not long.any():
            break
        split = long[of_triangle]
        if len(triangles) + split.sum() > MOST_TRIANGLES:
            if len(triangles) > MOST_TRIANGLES / 2:
                break
            most = most * 1.5
            continue
        points, triangles, owner = _split(points, triangles, owner, edges, of_triangle, long)
    return points, triangles, owner


def _edge_limits(points, triangles, owner) -> np.ndarray:
    """Metres per polygon: 60 for small ones, a fiftieth of the side of large ones."""
    corner = points[triangles][:, :, :2]
    a, b = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    area = np.bincount(owner[triangles[:, 0]], np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2,
                       minlength=int(owner.max()) + 1)
    return np.maximum(SMALL_EDGE_M, np.sqrt(area) / EDGES_ACROSS)


def _edges(triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct edges (e, 2) and, per triangle, the edge opposite to nothing: 01, 12, 20 (m, 3)."""
    pairs = np.sort(np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=-1).reshape(-1, 2), axis=1)
    key = pairs[:, 0] * (int(triangles.max()) + 1) + pairs[:, 1]
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return pairs[first], inverse.reshape(-1, 3)


def _split(points, triangles, owner, edges, of_triangle, long):
    """One pass: 1, 2 or 3 long edges make 2, 3 or 4 triangles, orientation kept."""
    middle = np.full(len(edges), -1)
    middle[long] = len(points) + np.arange(int(long.sum()))
    points = np.concatenate([points, points[edges[long]].mean(axis=1)])
    owner = np.concatenate([owner, owner[edges[long, 0]]])
    mid, count = middle[of_triangle], long[of_triangle].sum(axis=1)
    out = [triangles[count == 0]]
    for wanted in (1, 2, 3):
        rows = count == wanted
        t, m = _turned(triangles[rows], mid[rows], wanted)
        (a, b, c), (ab, bc, ca) = t.T, m.T
        if wanted == 1:
            out += [_stack(a, ab, c), _stack(ab, b, c)]
        elif wanted == 2:
            out += [_stack(ab, b, bc), _stack(a, ab, bc), _stack(a, bc, c)]
        else:
            out += [_stack(a, ab, ca), _stack(ab, b, bc), _stack(ca, bc, c), _stack(ab, bc, ca)]
    return points, np.concatenate(out), owner


def _turned(triangles, mid, wanted: int):
    """Each triangle turned so that its long edges come first (ab, then bc)."""
    long = mid >= 0
    if wanted == 1:
        turn = long.argmax(axis=1)
    elif wanted == 2:
        turn = ((~long).argmax(axis=1) + 1) % 3
    else:
        turn = np.zeros(len(mid), np.int64)
    at = (turn[:, None] + np.arange(3)) % 3
    return np.take_along_axis(triangles, at, axis=1), np.take_along_axis(mid, at, axis=1)


def _stack(a, b, c) -> np.ndarray:
    return np.stack([a, b, c], axis=1)
