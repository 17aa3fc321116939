"""The tiles of a terrain as meshes: what the graphics card makes of the numbers that it is told, in numpy."""

from __future__ import annotations

from functools import cache

import numpy as np

from layers.geometry import grid_triangles
from layers.tile_selection import EAST, NORTH, SOUTH, WEST, Key
from twin.ground import Surface
from twin.pyramid import TILE, levels_of

SIDE = TILE + 1


def tile_points(surface: Surface, key: Key) -> np.ndarray:
    """(SIDE * SIDE, 3) f4; NaN heights where nobody knows."""
    grid, (level, row, col) = surface.grid, key
    stride = levels_of(grid)[level].stride
    rows, cols = (np.minimum((tile * TILE + np.arange(SIDE)) * stride, count - 1)
                  for tile, count in zip((row, col), grid.heights.shape))
    x, y = np.meshgrid(grid.x0 + grid.dx * cols, grid.y0 + grid.dy * rows)
    z = grid.heights[np.ix_(rows, cols)] * surface.exaggeration + surface.offset_m
    return np.stack([x, y, z], axis=-1).reshape(-1, 3).astype(np.float32)


@cache
def tile_triangles(coarser: int) -> np.ndarray:
    """(m, 3) corners of a whole tile; on coarser sides every odd post is dropped onto the one before it."""
    at = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    to = at.copy()
    for side, edge in ((SOUTH, np.s_[0, :]), (NORTH, np.s_[-1, :]), (WEST, np.s_[:, 0]), (EAST, np.s_[:, -1])):
        if coarser & side:
            to[edge][1::2] = to[edge][:-1:2]
    corners = to.reshape(-1)[grid_triangles(SIDE, SIDE)]
    a, b, c = corners.T
    return corners[(a != b) & (b != c) & (c != a)]


def drawn_mesh(surface: Surface, tiles: dict[Key, int]) -> tuple[np.ndarray, np.ndarray]:
    """(n, 3) f4 points and (m, 3) triangles of all tiles (-> bits of their coarser sides), none at a hole."""
    points, triangles = [], []
    for n, (key, sides) in enumerate(tiles.items()):
        own = tile_points(surface, key)
        corners = tile_triangles(sides)
        triangles.append(corners[np.isfinite(own[corners, 2]).all(axis=1)] + n * SIDE * SIDE)
        points.append(np.nan_to_num(own))
    return np.concatenate(points), np.concatenate(triangles)
