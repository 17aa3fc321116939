"""A height grid as a pyramid of square tiles, each with the true error of its triangles.

Level 0 has every post, level n every 2**n-th; a tile has `TILE` cells a side at its own level, so it covers what
four tiles of the level below do. The last row and column of posts belong to every level, so that all levels end
where the data end. Errors are measured against all posts, not estimated from level to level.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from twin.data import HeightGrid

TILE = 48                                  # cells a side; even, so that an edge can drop every other post


@dataclass(frozen=True, eq=False)
class Level:
    """All (rows, cols) f4 over the tiles of a level, row 0 south; `low` > `high` where a tile knows nothing.

    `error`: metres, the farthest that a known post lies above or below the tile's triangles. Where the triangles
    cover a hole or leave a known post out, the distance of posts counts instead.
    """

    stride: int
    error: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        return self.error.shape


_measured: WeakKeyDictionary[HeightGrid, tuple[Level, ...]] = WeakKeyDictionary()


def levels_of(grid: HeightGrid) -> tuple[Level, ...]:
    """The levels that the reader measured, finest first; measured now where it did not."""
    if grid.levels:
        return grid.levels
    if grid not in _measured:
        _measured[grid] = measured(grid)
    return _measured[grid]


def measured(grid: HeightGrid) -> tuple[Level, ...]:
    """Levels until one tile shows everything. 0.1 s per million posts: for a worker."""
    heights = grid.heights
    rows, cols = heights.shape
    if rows < 2 or cols < 2:
        return ()
    low, high = _ranges(heights)
    out = [Level(1, np.zeros(low.shape, np.float32), low, high)]
    while max(out[-1].shape) > 1:
        stride = out[-1].stride * 2
        low, high = _halved(out[-1].low, np.fmin), _halved(out[-1].high, np.fmax)
        error = _per_tile(off_m(heights, stride, max(grid.dx, grid.dy)), stride)
        out.append(Level(stride, error, low, high))
    return tuple(out)


def posts(count: int, stride: int) -> np.ndarray:
    """Indices of the posts that a level has along an axis of `count` posts; always with the last."""
    return np.unique(np.minimum(np.arange(0, count + stride - 1, stride), count - 1))


def off_m(heights: np.ndarray, stride: int, spacing_m: float) -> np.ndarray:
    """(rows, cols) f4 metres between every post and the triangles of a level, which run from south-west to
    north-east as the tiles are drawn."""
    (r0, r1, y), (c0, c1, x) = (_between(n, stride) for n in heights.shape)
    out = np.empty(heights.shape, np.float32)
    step = max(1, (1 << 16) // heights.shape[1])             # so many rows at a time that the caches hold them
    for start in range(0, len(heights), step):
        part = slice(start, start + step)
        south, north = heights[r0[part]], heights[r1[part]]
        sw, se, nw, ne = (np.take(row, at, axis=1) for row in (south, north) for at in (c0, c1))
        v = y[part, None]
        corner = np.where(x >= v, se, nw)                    # of the triangle that the post lies in
        low, high = np.minimum(x, v), np.maximum(x, v)
        drawn = sw + high * (corner - sw) + low * (ne - corner)
        real = heights[part]
        off = np.abs(drawn - real)
        known, shown = np.isfinite(real), np.isfinite(drawn)
        off[~known & ~shown] = 0.0
        off[known != shown] = stride * spacing_m
        out[part] = off
    return out


def _between(count: int, stride: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each post the indices of the level's posts before and behind it, and the share of the way between."""
    kept = posts(count, stride)
    cell = np.minimum(np.arange(count) // stride, len(kept) - 2)
    before, behind = kept[cell], kept[cell + 1]
    return before, behind, ((np.arange(count) - before) / (behind - before)).astype(np.float32)


def _per_tile(values: np.ndarray, stride: int) -> np.ndarray:
    """The largest value of each tile; posts on an edge belong to the tile behind them (both draw them alike)."""
    across = TILE * stride
    starts = [np.arange(0, max(n - 1, 1), across) for n in values.shape]
    return np.maximum.reduceat(np.maximum.reduceat(values, starts[0], axis=0), starts[1], axis=1)


def _ranges(heights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest post per tile of level 0, its far edges included."""
    def per_tile(values, ufunc, fill):
        values = np.where(np.isfinite(heights), heights, np.float32(fill))
        for axis in (0, 1):
            size = values.shape[axis]
            starts = np.arange(0, max(size - 1, 1), TILE)
            inner = ufunc.reduceat(values, starts, axis=axis)
            far = np.take(values, np.minimum(starts + TILE, size - 1), axis=axis)
            values = ufunc(inner, far)
        return values
    return per_tile(heights, np.minimum, np.inf), per_tile(heights, np.maximum, -np.inf)


def _halved(values: np.ndarray, ufunc) -> np.ndarray:
    rows, cols = values.shape
    return ufunc.reduceat(ufunc.reduceat(values, np.arange(0, rows, 2), axis=0), np.arange(0, cols, 2), axis=1)
