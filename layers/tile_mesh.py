"""The mesh of one terrain tile: posts, normals, and triangles whose edges match coarser neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from layers.geometry import grid_triangles
from layers.tile_selection import EAST, NORTH, SOUTH, WEST, Key
from twin.data import HeightGrid
from twin.ground import Surface
from twin.pyramid import TILE

SIDE = TILE + 1                                              # posts of a tile's side


@dataclass(frozen=True, eq=False)
class TileMesh:
    """`points` (SIDE * SIDE, 3) f4 local metres, `normals` alike, `known` (SIDE * SIDE,) bool."""

    points: np.ndarray
    normals: np.ndarray
    known: np.ndarray

    def triangles(self, coarser: int) -> np.ndarray:
        """(m, 3) i4, counter-clockwise from above; `coarser`: bits of the sides to match (tile_selection)."""
        every = tile_triangles(coarser)
        return every if self.known.all() else every[self.known[every].all(axis=1)]


@cache
def tile_triangles(coarser: int) -> np.ndarray:
    """The triangles of a whole tile; on coarser sides every odd post is dropped onto the one before it."""
    at = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    to = at.copy()
    for side, edge in ((SOUTH, np.s_[0, :]), (NORTH, np.s_[-1, :]), (WEST, np.s_[:, 0]), (EAST, np.s_[:, -1])):
        if coarser & side:
            to[edge][1::2] = to[edge][:-1:2]
    corners = to.reshape(-1)[grid_triangles(SIDE, SIDE)]
    a, b, c = corners.T
    return np.ascontiguousarray(corners[(a != b) & (b != c) & (c != a)], np.int32)


def tile_mesh(surface: Surface, stride: int, key: Key, relief: float) -> TileMesh:
    """`relief`: how many times as steep as measured the light sees the slopes."""
    grid = surface.grid
    rows, cols = (_posts(start, stride, count) for start, count in zip(key[1:], grid.heights.shape))
    heights = grid.heights[np.ix_(rows, cols)]
    x, y = grid.x0 + grid.dx * cols, grid.y0 + grid.dy * rows
    inner = heights[1:-1, 1:-1]
    known = np.isfinite(inner)
    points = np.empty((SIDE, SIDE, 3), np.float32)
    points[..., 0], points[..., 1] = x[1:-1], y[1:-1, None]
    points[..., 2] = np.where(known, inner, 0.0) * np.float32(surface.exaggeration) + np.float32(surface.offset_m)
    return TileMesh(points.reshape(-1, 3), _normals(heights, x, y, relief), known.reshape(-1))


def _posts(tile: int, stride: int, count: int) -> np.ndarray:
    """Indices of the tile's posts with one more on either side, kept inside the grid."""
    return np.clip((tile * TILE + np.arange(-1, SIDE + 1)) * stride, 0, count - 1)


def _normals(heights: np.ndarray, x: np.ndarray, y: np.ndarray, relief: float) -> np.ndarray:
    """Of the inner posts, over the posts on both sides; level beside a hole."""
    dx, dy = np.maximum(x[2:] - x[:-2], 1e-6), np.maximum(y[2:] - y[:-2], 1e-6)
    east = (heights[1:-1, 2:] - heights[1:-1, :-2]) / dx * relief
    north = (heights[2:, 1:-1] - heights[:-2, 1:-1]) / dy[:, None] * relief
    out = np.ones((SIDE, SIDE, 3), np.float32)
    out[..., 0], out[..., 1] = -np.nan_to_num(east), -np.nan_to_num(north)
    return (out / np.linalg.norm(out, axis=-1, keepdims=True)).reshape(-1, 3)


def light_factor(grid: HeightGrid, exaggeration: float, usual: float, most: float) -> float:
    """How many times steeper the light sees a terrain, so that the usual slope of flat country reads as `usual`."""
    rows, cols = (max(1, n // 512) for n in grid.heights.shape)
    sample = grid.heights[::rows, ::cols] * np.float32(exaggeration)
    if min(sample.shape) < 2:
        return 1.0
    slope = np.hypot(*np.gradient(sample, grid.dy * rows, grid.dx * cols))
    steep = float(np.nanpercentile(slope, 90)) if np.isfinite(slope).any() else 0.0
    return min(most, max(1.0, usual / max(steep, 1e-6)))
