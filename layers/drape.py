"""The terrain as it is drawn, and how flat things follow it exactly.

A grid above `MOST_POSTS` is thinned by a stride. Things that lie on the ground take their heights from the drawn
triangles, not from the full grid, so that nothing sinks or floats.
"""

from __future__ import annotations

import math
from dataclasses import replace
from weakref import WeakKeyDictionary

import numpy as np

from twin.data import HeightGrid
from twin.ground import Ground

MOST_POSTS = 400_000
MOST_LINE_POINTS = 1_500_000
MOST_FILL_TRIANGLES = 600_000
# Shares of the distance by which flat things are drawn nearer (layers/shading.py): one step per layer of the
# document from `BASE` on, lines above the fills of their own layer.
BASE, STEP, LINE_STEP = 6e-4, 6e-5, 4e-4

_thinned: WeakKeyDictionary[HeightGrid, HeightGrid] = WeakKeyDictionary()


def drawn_grid(grid: HeightGrid) -> HeightGrid:
    """The grid itself, or every n-th post of it in both directions (at most `MOST_POSTS`)."""
    if grid not in _thinned:
        stride = max(1, math.ceil(math.sqrt(grid.heights.size / MOST_POSTS)))
        _thinned[grid] = grid if stride == 1 else replace(
            grid, heights=np.ascontiguousarray(grid.heights[::stride, ::stride]),
            dx=grid.dx * stride, dy=grid.dy * stride)
    return _thinned[grid]


def heights_on(ground: Ground, xy: np.ndarray) -> np.ndarray:
    """(n, 2+) local metres to (n,) f4: the drawn surface; the ground's own height beside it, 0 where none knows."""
    out = np.full(len(xy), np.nan, np.float32)
    for surface in ground.surfaces:
        todo = np.isnan(out)
        if not todo.any():
            break
        out[todo] = (_on_triangles(drawn_grid(surface.grid), xy[todo]) * np.float32(surface.exaggeration)
                     + np.float32(surface.offset_m))
    rest = np.isnan(out)
    if rest.any():
        out[rest] = ground.height_at(xy[rest])
    return out


def _on_triangles(grid: HeightGrid, xy: np.ndarray) -> np.ndarray:
    """Heights on the triangles that `geometry.grid_triangles` makes; NaN outside and beside holes."""
    z, (rows, cols) = grid.heights, grid.heights.shape
    out = np.full(len(xy), np.nan, np.float32)
    if rows < 2 or cols < 2:
        return out
    c = (xy[:, 0].astype(np.float64) - grid.x0) / grid.dx
    r = (xy[:, 1].astype(np.float64) - grid.y0) / grid.dy
    inside = (c >= 0) & (c <= cols - 1) & (r >= 0) & (r <= rows - 1)
    c, r = c[inside], r[inside]
    c0, r0 = np.minimum(c.astype(np.int64), cols - 2), np.minimum(r.astype(np.int64), rows - 2)
    x, y = c - c0, r - r0
    sw, se, nw, ne = z[r0, c0], z[r0, c0 + 1], z[r0 + 1, c0], z[r0 + 1, c0 + 1]
    south = sw + x * (se - sw) + y * (ne - se)               # of the diagonal from south-west to north-east
    north = sw + y * (nw - sw) + x * (ne - nw)
    out[inside] = np.where(x >= y, south, north)
    return out


def grid_normals(heights: np.ndarray, dx: float, dy: float) -> np.ndarray:
    """(rows, cols) heights in metres to (rows * cols, 3) f4 unit normals; beside holes from what is known."""
    filled = np.where(np.isfinite(heights), heights, np.nanmean(heights) if np.isfinite(heights).any() else 0.0)
    north, east = np.gradient(filled.astype(np.float32), dy, dx)
    beside = ~np.isfinite(heights)
    beside[1:] |= ~np.isfinite(heights[:-1])
    beside[:-1] |= ~np.isfinite(heights[1:])
    beside[:, 1:] |= ~np.isfinite(heights[:, :-1])
    beside[:, :-1] |= ~np.isfinite(heights[:, 1:])
    east[beside] = north[beside] = 0.0
    normals = np.stack([-east, -north, np.ones_like(east)], axis=-1).reshape(-1, 3)
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def posts_within(ground: Ground, lo: float, hi: float, axis: int) -> np.ndarray:
    """Coordinates of the drawn posts between `lo` and `hi` with both ends (axis 0: x, 1: y), of the first terrain
    that reaches there; only the ends where none does."""
    for surface in ground.surfaces:
        grid = drawn_grid(surface.grid)
        start, step = ((grid.x0, grid.dx), (grid.y0, grid.dy))[axis]
        posts = start + step * np.arange(grid.heights.shape[1 - axis])
        posts = posts[(posts > lo + 1e-6) & (posts < hi - 1e-6)]
        if len(posts):
            return np.concatenate([[lo], posts, [hi]])
    return np.array([lo, hi])


def step_m(ground: Ground) -> float:
    """The finest distance of drawn posts; infinite without terrain."""
    grids = [drawn_grid(s.grid) for s in ground.surfaces]
    return min((min(g.dx, g.dy) for g in grids), default=math.inf)


def densified(points: np.ndarray, offsets: np.ndarray, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Polylines with no piece longer than `step` metres, so that they follow the ground; bounded in number.

    `points` (n, 3), `offsets` (lines + 1,); returns both anew.
    """
    if not math.isfinite(step) or len(points) < 2:
        return points, offsets
    length = np.linalg.norm(np.diff(points[:, :2], axis=0), axis=1)
    last = np.zeros(len(points), bool)                       # of its line: no piece follows it
    ends = offsets[1:][np.diff(offsets) > 0] - 1
    last[ends] = True
    length = np.where(last[:-1], 0.0, length)
    step = max(step, float(length.sum()) / MOST_LINE_POINTS)
    pieces = np.append(np.maximum(1, np.ceil(length / step)).astype(np.int64), 1)
    start = np.repeat(np.arange(len(points)), pieces)
    first = np.concatenate([[0], np.cumsum(pieces)])
    share = (np.arange(len(start)) - first[start]) / pieces[start]
    after = points[np.minimum(start + 1, len(points) - 1)]
    dense = points[start] + (after - points[start]) * share[:, None]
    return dense.astype(np.float32), first[offsets]


def refined(points: np.ndarray, triangles: np.ndarray, feature: np.ndarray,
            step: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Triangles with no edge longer than `step` metres (seen from above), so that fills follow the ground.

    An edge is cut or not by its length alone, so neighbours agree and no crack opens. `points` (n, 3),
    `triangles` (m, 3), `feature` (n,); returns all three anew. Where it would take more than
    `MOST_FILL_TRIANGLES`, the step grows.
    """
    if not math.isfinite(step) or not len(triangles):
        return points, triangles, feature
    corners, owner = points[triangles], feature[triangles[:, 0]]
    area = float(np.abs(_doubled_area(corners)).sum()) / 2
    step = max(step, math.sqrt(4 * area / MOST_FILL_TRIANGLES))
    while len(corners) < MOST_FILL_TRIANGLES:
        long = np.linalg.norm((corners - np.roll(corners, -1, axis=1))[..., :2], axis=2) > step
        if not long.any():
            break
        corners, owner = _cut(corners, owner, long)
    return (corners.reshape(-1, 3), np.arange(3 * len(corners), dtype=np.int32).reshape(-1, 3), np.repeat(owner, 3))


def _doubled_area(corners: np.ndarray) -> np.ndarray:
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]


def _cut(corners: np.ndarray, owner: np.ndarray, long: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut the long edges (m, 3) of triangles (m, 3, 3) in the middle: into 1, 2, 3 or 4 triangles."""
    count = long.sum(axis=1)
    parts, owners = [corners[count == 0]], [owner[count == 0]]
    for number, first_edge in ((1, lambda l: l.argmax(axis=1)), (2, lambda l: ((~l).argmax(axis=1) + 1) % 3),
                               (3, lambda l: np.zeros(len(l), np.intp))):
        chosen = count == number
        turn = (first_edge(long[chosen])[:, None] + np.arange(3)) % 3      # so that the first edge is long
        a, b, c = np.moveaxis(np.take_along_axis(corners[chosen], turn[:, :, None], axis=1), 1, 0)
        ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
        pieces = {1: ((a, ab, c), (ab, b, c)), 2: ((a, ab, c), (ab, bc, c), (ab, b, bc)),
                  3: ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))}[number]
        parts += [np.stack(piece, axis=1) for piece in pieces]
        owners += [owner[chosen]] * len(pieces)
    return np.concatenate(parts), np.concatenate(owners)
