"""How flat things lie on the ground: heights of the full data, and the order in which they cover each other.

Terrain is drawn in tiles that may be off by a pixel; their depth gives way by as much (layers/ground_paint.py), so
that what lies on the true ground never sinks into them.
"""

from __future__ import annotations

import math

import numpy as np

from twin.data import HeightGrid
from twin.ground import Ground

# Shares of the distance by which flat things are drawn nearer (layers/shading.py): one step per layer of the
# document from `BASE` on, lines above the fills of their own layer.
BASE, STEP, LINE_STEP = 6e-4, 6e-5, 4e-4
TOLERANCE_M = 0.05                         # that a flat thing may leave the ground between two cuts


def heights_on(ground: Ground, xy: np.ndarray) -> np.ndarray:
    """(n, 2+) local metres to (n,) f4 on the triangles of the full grid; 0 where no terrain knows."""
    out = np.full(len(xy), np.nan, np.float32)
    for surface in ground.surfaces:
        todo = np.isnan(out)
        if not todo.any():
            break
        out[todo] = (_on_triangles(surface.grid, xy[todo]) * np.float32(surface.exaggeration)
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


def step_m(ground: Ground) -> float:
    """The finest distance of posts; infinite without terrain."""
    return min((min(s.grid.dx, s.grid.dy) for s in ground.surfaces), default=math.inf)
