"""Surfaces of shapes: edges that are worth a line, and triangles of several styles told apart."""

from __future__ import annotations

import numpy as np

COS_CREASE = float(np.cos(np.radians(30.0)))
THIN_M, HAIRS = 1e-4, 3              # height of a triangle that is but a line; how many may lie side by side


def creases(points: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, int]:
    """(k, 2) edges where faces meet at more than 30 degrees or not two faces meet, and how many of the latter."""
    normal, size, sides = _shape_of(points[triangles])
    start, end = triangles.ravel().astype(np.int64), triangles[:, [1, 2, 0]].ravel()
    key = np.minimum(start, end) * len(points) + np.maximum(start, end)
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    paired = np.diff(first, append=len(key)) == 2
    here, there = order[first[paired]], order[first[paired] + 1]
    if len(thin := np.flatnonzero(size < THIN_M * sides.max(axis=1))):
        partner = np.full(len(key), -1)
        partner[here], partner[there] = there, here
        _borrow(normal, thin, np.argsort(sides[thin], axis=1), partner)
    keep = ~paired
    keep[paired] = np.abs((normal[here // 3] * normal[there // 3]).sum(axis=1)) < COS_CREASE
    key = key[first[keep]]
    return np.stack([key // len(points), key % len(points)], axis=1).astype(np.int32), int((~paired).sum())


def _shape_of(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of triangles (m, 3, 3): unit normals, twice the area, lengths of the sides (m, 3)."""
    along = corners[:, [1, 2, 0]] - corners
    one, two = along[:, 0], -along[:, 2]
    normal = one[:, [1, 2, 0]] * two[:, [2, 0, 1]] - one[:, [2, 0, 1]] * two[:, [1, 2, 0]]
    size = np.sqrt(np.maximum((normal * normal).sum(axis=1), 1e-60))
    return normal / size[:, None], size, np.sqrt((along * along).sum(axis=2))


def _borrow(normal: np.ndarray, thin: np.ndarray, by_length: np.ndarray, partner: np.ndarray) -> None:
    """A triangle as thin as a hair has no direction of its own (booleans leave such): it takes that of the face beyond
    its longest side; where that is a hair too, beyond the next. `partner` of each side (3 * face + side), -1 = none.
    """
    beyond, next_ = (partner[3 * thin + by_length[:, at]] // 3 for at in (2, 1))
    beyond = np.where(np.isin(beyond, thin) & (next_ >= 0), next_, beyond)
    for _ in range(HAIRS):
        normal[thin] = np.where((beyond >= 0)[:, None], normal[beyond], normal[thin])


def styled(points: np.ndarray, triangles: np.ndarray, edges: np.ndarray, styles: np.ndarray) -> tuple:
    """(points, triangles, edges, color, tint): the style of most triangles, and a tint for the points of all others.

    `styles` (triangles, 4) u1; tint None where there is but one. Points that triangles of several styles share are
    told apart; edges keep one of them.
    """
    words = np.ascontiguousarray(styles).view(np.uint32).ravel()
    if (words == words[0]).all():
        return points, triangles, edges, tuple(styles[0]), None
    kinds, which, sizes = np.unique(words, return_inverse=True, return_counts=True)
    main = int(sizes.argmax())
    colors = kinds.view(np.uint8).reshape(-1, 4)
    key = which.ravel()[:, None] * len(points) + triangles
    used, index = np.unique(key, return_inverse=True)
    kind, vertex = used // len(points), used % len(points)
    tint = np.where((kind == main)[:, None], np.uint8(0), colors[kind])
    one_of = np.zeros(len(points), np.int32)
    one_of[vertex] = np.arange(len(vertex))
    return points[vertex], index.reshape(-1, 3).astype(np.int32), one_of[edges], tuple(colors[main]), tint
