"""Surfaces of shapes: edges that are worth a line, and triangles of several styles told apart."""

from __future__ import annotations

import numpy as np

COS_CREASE = float(np.cos(np.radians(30.0)))


def creases(points: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, int]:
    """(k, 2) edges where faces meet at more than 30 degrees or not two faces meet, and how many of the latter."""
    corners = points[triangles]
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normal = one[:, [1, 2, 0]] * two[:, [2, 0, 1]] - one[:, [2, 0, 1]] * two[:, [1, 2, 0]]
    normal /= np.sqrt(np.maximum((normal * normal).sum(axis=1), 1e-60))[:, None]
    start, end = triangles.ravel().astype(np.int64), triangles[:, [1, 2, 0]].ravel()
    key = np.minimum(start, end) * len(points) + np.maximum(start, end)
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    paired = np.diff(first, append=len(key)) == 2
    face = order // 3
    here, there = normal[face[first[paired]]], normal[face[first[paired] + 1]]
    keep = ~paired
    keep[paired] = np.abs((here * there).sum(axis=1)) < COS_CREASE
    key = key[first[keep]]
    return np.stack([key // len(points), key % len(points)], axis=1).astype(np.int32), int((~paired).sum())


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
