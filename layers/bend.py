"""Flat things cut only where the ground under them bends, so that they follow it within a tolerance.

Triangles share their edges, and what is cut is an edge: both sides agree, and no crack opens.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

Heights = Callable[[np.ndarray, np.ndarray], np.ndarray]     # (n, 2) places, (n,) features -> (n,) metres
Steps = Callable[[np.ndarray, np.ndarray], np.ndarray]       # (n, 2) least, greatest x and y -> (n,) metres

SHORT, LONG = 8, 48                        # heights asked along an edge: of up to as many posts; beyond, it is cut
WIDE_STEPS = 4                             # a triangle higher than so many posts is cut: it could miss a ditch
INSIDE = np.array([[1, 1, 1], [3, 1, 1], [1, 3, 1], [1, 1, 3]]) / np.array([[3], [5], [5], [5]])
MOST_TRIANGLES, MOST_POINTS, MOST_PASSES = 250_000, 1_500_000, 28


def bent_triangles(points: np.ndarray, triangles: np.ndarray, feature: np.ndarray, heights: Heights,
                   step_m: float | Steps, tolerance_m: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points (n, 3), triangles (m, 3) and the points' features anew, nowhere farther than `tolerance_m` from
    `heights` unless edges are shorter than `step_m` (which may differ from place to place). Points are never shared
    between features."""
    if not len(triangles) or not _bounded(step_m, points):
        return points, triangles, feature
    points, settled, old = points.astype(np.float64), np.zeros(0, np.int64), 0
    for _ in range(MOST_PASSES):
        ends, of_triangle = _edges(triangles)
        key = ends[:, 0] * (1 << 32) + ends[:, 1]
        asked = ~np.isin(key, settled, assume_unique=True)
        cut = np.zeros(len(ends), bool)
        cut[asked] = _edges_bend(points[ends[asked, 0], :2], points[ends[asked, 1], :2], feature[ends[asked, 0]],
                                 heights, step_m, tolerance_m)
        settled = np.concatenate([settled, key[asked & ~cut]])
        longest, bends = _insides_bend(points, triangles[old:], feature, heights, step_m, tolerance_m)
        cut[of_triangle[old:][bends, longest[bends]]] = True
        if not cut.any() or len(triangles) + cut[of_triangle].sum() > MOST_TRIANGLES:
            break
        points, triangles, feature, old = _split(points, triangles, feature, ends, of_triangle, cut)
    return points, triangles, feature


def bent_lines(points: np.ndarray, offsets: np.ndarray, heights: Heights, step_m: float | Steps,
               tolerance_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Polylines (n, 3) with (lines + 1,) offsets, anew, likewise."""
    offsets = np.asarray(offsets, np.int64)
    if len(points) < 2 or not _bounded(step_m, points):
        return points, offsets
    points = points.astype(np.float64)
    open_ended = np.ones(len(points), bool)                  # pieces from a point to the next that are to be asked
    open_ended[offsets[1:][np.diff(offsets) > 0] - 1] = False
    for _ in range(MOST_PASSES):
        start = np.flatnonzero(open_ended)
        a, b = points[start], points[start + 1]
        swap = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
        low, high = np.where(swap[:, None], b, a), np.where(swap[:, None], a, b)
        cut = _edges_bend(low[:, :2], high[:, :2], np.zeros(len(start), np.int64), heights, step_m, tolerance_m)
        open_ended[start[~cut]] = False
        if not cut.any() or len(points) + cut.sum() > MOST_POINTS:
            break
        at = start[cut] + 1
        points = np.insert(points, at, (a[cut] + b[cut]) / 2, axis=0)
        open_ended = np.insert(open_ended, at, True)
        offsets = offsets + np.searchsorted(at, offsets, side="right") - np.searchsorted(at, offsets, side="right")[0]
    return points, offsets


def _bounded(step_m: float | Steps, points: np.ndarray) -> bool:
    """Whether anything is ever cut: not without a terrain."""
    whole = points[:, :2].min(axis=0)[None], points[:, :2].max(axis=0)[None]
    return math.isfinite(_steps(step_m, *whole)[0])


def _steps(step_m: float | Steps, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    return step_m(low, high) if callable(step_m) else np.full(len(low), step_m)


def _edges_bend(a: np.ndarray, b: np.ndarray, feature: np.ndarray, heights: Heights, step_m: float | Steps,
                tolerance_m: float) -> np.ndarray:
    """(n,) bool: does the ground leave the straight way from a to b (n, 2) by more than the tolerance?"""
    length, step_m = np.linalg.norm(b - a, axis=1), _steps(step_m, np.minimum(a, b), np.maximum(a, b))
    out = length > LONG * step_m
    for low, high in ((1, SHORT), (SHORT, LONG)):
        asked = np.flatnonzero((length > low * step_m) & (length <= high * step_m))
        share = np.arange(high + 1) / high
        z = _at(heights, a[asked, None] + (b - a)[asked, None] * share[:, None], feature[asked])
        straight = z[:, :1] + (z[:, -1:] - z[:, :1]) * share
        out[asked] = (np.abs(z - straight) > tolerance_m).any(axis=1)
    return out


def _insides_bend(points: np.ndarray, triangles: np.ndarray, feature: np.ndarray, heights: Heights,
                  step_m: float | Steps, tolerance_m: float) -> tuple[np.ndarray, np.ndarray]:
    """The longest edge (m,) 0-2 of each triangle, and (m,) bool: does the ground leave its plane inside?"""
    corners = points[triangles][..., :2]
    step_m = _steps(step_m, corners.min(axis=1), corners.max(axis=1))
    sides = np.roll(corners, -1, axis=1) - corners
    length = np.linalg.norm(sides, axis=2)
    longest, most = length.argmax(axis=1), length.max(axis=1)
    area = np.abs(sides[:, 0, 0] * sides[:, 1, 1] - sides[:, 0, 1] * sides[:, 1, 0]) / 2
    out = 2 * area > WIDE_STEPS * step_m * most
    asked = np.flatnonzero(~out & (2 * area > 0.5 * step_m * most) & (most > 1.5 * step_m))
    owner = feature[triangles[asked, 0]]
    z = _at(heights, corners[asked], owner)
    inside = _at(heights, np.einsum("kc,ncd->nkd", INSIDE, corners[asked]), owner)
    out[asked] = (np.abs(inside - z @ INSIDE.T) > tolerance_m).any(axis=1)
    return longest, out


def _at(heights: Heights, places: np.ndarray, feature: np.ndarray) -> np.ndarray:
    """Heights at (n, k, 2) places of (n,) features."""
    n, k, _ = places.shape
    return heights(places.reshape(-1, 2), np.repeat(feature, k)).reshape(n, k).astype(np.float64)


def _edges(triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct edges (e, 2), lower point first, and per triangle the edges 01, 12, 20 (m, 3)."""
    pairs = np.sort(np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=-1).reshape(-1, 2), axis=1)
    key = pairs[:, 0].astype(np.int64) * (1 << 32) + pairs[:, 1]
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return pairs[first].astype(np.int64), inverse.reshape(-1, 3)


def _split(points, triangles, feature, edges, of_triangle, cut):
    """One pass: 1, 2 or 3 cut edges make 2, 3 or 4 triangles, orientation kept. Also how many triangles, which now
    come first, stayed as they were."""
    middle = np.full(len(edges), -1)
    middle[cut] = len(points) + np.arange(int(cut.sum()))
    points = np.concatenate([points, points[edges[cut]].mean(axis=1)])
    feature = np.concatenate([feature, feature[edges[cut, 0]]])
    mid, count = middle[of_triangle], cut[of_triangle].sum(axis=1)
    out = [triangles[count == 0]]
    for wanted in (1, 2, 3):
        rows = count == wanted
        t, m = _turned(triangles[rows], mid[rows], wanted)
        (a, b, c), (ab, bc, ca) = t.T, m.T
        out += [np.stack(corners, axis=1) for corners in {
            1: ((a, ab, c), (ab, b, c)), 2: ((ab, b, bc), (a, ab, bc), (a, bc, c)),
            3: ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))}[wanted]]
    return points, np.concatenate(out), feature, len(out[0])


def _turned(triangles, mid, wanted: int):
    """Each triangle turned so that its cut edges come first (ab, then bc)."""
    cut = mid >= 0
    if wanted == 1:
        turn = cut.argmax(axis=1)
    elif wanted == 2:
        turn = ((~cut).argmax(axis=1) + 1) % 3
    else:
        turn = np.zeros(len(mid), np.int64)
    at = (turn[:, None] + np.arange(3)) % 3
    return np.take_along_axis(triangles, at, axis=1), np.take_along_axis(mid, at, axis=1)
