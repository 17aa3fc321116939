"""Walls where one terrain ends over another: without them a step between the two would be a gap to look through."""

from __future__ import annotations

import numpy as np

from layers.drape import heights_on
from twin.data import HeightGrid
from twin.ground import Ground, Surface

LEAST_M = 0.01                             # a smaller step is no gap
DEEPER = 0.5                               # of the distance of posts: the lower terrain is drawn with an error


def walls(surface: Surface, below: tuple[Surface, ...]) -> tuple[np.ndarray, np.ndarray] | None:
    """Points (n, 3) f4 and triangles (m, 3) from the rim of a terrain to those behind it; None where it has none."""
    a, b = rim(surface.grid)
    if not len(a) or not below:
        return None
    rest = Ground(below)
    sides = [_upright(surface, rest, posts) for posts in (a, b)]
    high = np.maximum(*(np.abs(top[:, 2] - foot[:, 2]) for top, foot in sides))
    known = high > LEAST_M * surface.exaggeration            # false where nobody knows
    if not known.any():
        return None
    deeper = DEEPER * max(surface.grid.dx, surface.grid.dy) * surface.exaggeration
    quads = np.stack([p[known] for side in sides for p in side], axis=1)         # top and foot of a, then of b
    for top, foot in ((0, 1), (2, 3)):
        low = np.minimum(quads[:, top, 2], quads[:, foot, 2]) - deeper
        quads[:, top, 2] = np.maximum(quads[:, top, 2], quads[:, foot, 2])
        quads[:, foot, 2] = low
    first = np.arange(len(quads))[:, None] * 4
    triangles = (first + np.array([[0, 1, 3, 0, 3, 2]])).reshape(-1, 3)
    return quads.reshape(-1, 3).astype(np.float32), triangles


def rim(grid: HeightGrid) -> tuple[np.ndarray, np.ndarray]:
    """(n, 2) rows and columns of the two ends of every edge between what the grid draws and what it does not."""
    known = np.isfinite(grid.heights)
    cells = np.pad(known[:-1, :-1] & known[:-1, 1:] & known[1:, :-1] & known[1:, 1:], 1)
    along_x = np.argwhere(cells[1:, 1:-1] != cells[:-1, 1:-1])           # between the cells south and north of it
    along_y = np.argwhere(cells[1:-1, 1:] != cells[1:-1, :-1])
    return (np.concatenate([along_x, along_y]),
            np.concatenate([along_x + np.array([0, 1]), along_y + np.array([1, 0])]))


def _upright(surface: Surface, rest: Ground, posts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n, 3) f8 on the terrain, and under or over it on the rest; NaN where the rest does not know."""
    grid = surface.grid
    xy = np.column_stack([grid.x0 + grid.dx * posts[:, 1], grid.y0 + grid.dy * posts[:, 0]])
    z = grid.heights[posts[:, 0], posts[:, 1]].astype(np.float64) * surface.exaggeration + surface.offset_m
    other = rest.height_at(xy, missing=np.nan).astype(np.float64)
    other = np.where(np.isfinite(other), heights_on(rest, xy), np.nan)
    return np.column_stack([xy, z]), np.column_stack([xy, other])
