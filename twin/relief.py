"""The relief of a height grid as a small picture: slopes, heights and what is known, for looking up by place.

With it light, slope, aspect and elevation colours are as fine as the data at every level of detail, and change
without touching the mesh.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from twin.data import HeightGrid

MOST_SIDE = 4096
MOST_PACKED = 2 ** 24 - 1
STEEPEST = 4.0                             # slopes are kept up to this; a wall has no better number


@dataclass(frozen=True, eq=False)
class Relief:
    """`rgba` (rows, cols, 4) u1, row 0 south, a texel around each `stride`-th post.

    Red and green: rise to the east and the north as 127 * sign * sqrt(|rise| / steepest) + 128, the root so that
    flat country keeps its detail. Blue: height from `low` to `high` metres. Alpha: 255 where the height is known.
    It covers [x0, x0 + width] x [y0, y0 + height].
    """

    rgba: np.ndarray
    steepest: float
    low: float
    high: float
    x0: float
    y0: float
    width: float
    height: float


_made: WeakKeyDictionary[HeightGrid, Relief] = WeakKeyDictionary()


def relief_of(grid: HeightGrid) -> Relief:
    """What the reader made; made now where it did not."""
    if grid.relief is not None:
        return grid.relief
    if grid not in _made:
        _made[grid] = relief(grid)
    return _made[grid]


def posts_of(grid: HeightGrid) -> tuple[np.ndarray, int]:
    """(heights (rows, cols) f4, stride): the posts that its relief has texels for."""
    stride = max(1, math.ceil(max(grid.heights.shape) / MOST_SIDE))
    return grid.heights[::stride, ::stride], stride


def packed_heights(grid: HeightGrid, low: float, high: float) -> np.ndarray:
    """(rows, cols, 4) u1, a texel for each of the relief's: from `low` to `high` metres as 24 bits of red, green and
    blue, red the highest; `low` where nobody knows."""
    share = (np.nan_to_num(posts_of(grid)[0], nan=low).astype(np.float64) - low) / max(high - low, 1e-6)
    steps = np.rint(np.clip(share, 0.0, 1.0) * MOST_PACKED).astype(np.uint32)
    return np.stack([steps >> 16, steps >> 8 & 255, steps & 255, np.full_like(steps, 255)], axis=-1).astype(np.uint8)


def relief(grid: HeightGrid) -> Relief:
    heights, stride = posts_of(grid)
    dx, dy = grid.dx * stride, grid.dy * stride
    known = np.isfinite(heights)
    low, high = (float(f(heights[known])) if known.any() else 0.0 for f in (np.min, np.max))
    east, north = _rises(heights, dx, dy)
    steepest = min(STEEPEST, max(1e-3, float(np.percentile(np.maximum(np.abs(east), np.abs(north)), 99.9)) * 1.5))
    rgba = np.empty((*heights.shape, 4), np.uint8)
    for band, rise in ((0, east), (1, north)):
        share = np.sqrt(np.minimum(np.abs(rise) / np.float32(steepest), 1.0))
        rgba[..., band] = np.rint(np.copysign(share, rise) * 127.0) + 128.0
    rgba[..., 2] = np.where(known, (heights - low) * (255.0 / max(high - low, 1e-6)), 0.0)
    rgba[..., 3] = np.where(known, 255, 0)
    rows, cols = heights.shape
    return Relief(rgba=rgba, steepest=steepest, low=low, high=high, x0=grid.x0 - dx / 2, y0=grid.y0 - dy / 2,
                  width=cols * dx, height=rows * dy)


def _rises(heights: np.ndarray, dx: float, dy: float) -> tuple[np.ndarray, np.ndarray]:
    """To the east and north per metre; 0 beside a hole, where nobody knows."""
    if min(heights.shape) < 2:
        return np.zeros_like(heights), np.zeros_like(heights)
    north, east = np.gradient(heights, dy, dx)
    return np.nan_to_num(east, nan=0.0), np.nan_to_num(north, nan=0.0)


def light_factor(grid: HeightGrid, exaggeration: float, usual: float, most: float) -> float:
    """How many times steeper the light sees a terrain, so that the usual slope of flat country reads as `usual`."""
    rows, cols = (max(1, n // 512) for n in grid.heights.shape)
    sample = grid.heights[::rows, ::cols] * np.float32(exaggeration)
    if min(sample.shape) < 2:
        return 1.0
    slope = np.hypot(*np.gradient(sample, grid.dy * rows, grid.dx * cols))
    steep = float(np.nanpercentile(slope, 90)) if np.isfinite(slope).any() else 0.0
    return min(most, max(1.0, usual / max(steep, 1e-6)))
