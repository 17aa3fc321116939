"""How flat things lie on the ground: on heights of the full data, and a little nearer than it.

Terrain is drawn in tiles that may be off by a pixel; their depth gives way by as much (layers/ground_paint.py), so
that what lies on the true ground never sinks into them.
"""

from __future__ import annotations

import math

import numpy as np

from layers.bend import Steps
from twin.ground import Ground, on_triangles

# Shares of the distance by which fills, and lines beyond that, are drawn nearer than the ground (layers/shading.py); a
# line is as deep at its rims as in its middle, and would be cut there. Which of them covers which the list tells
# (`Visual.lay`).
BASE, LINE_STEP = 6e-4, 4e-4
FEW = 4
TOLERANCE_M = 0.05                         # that a flat thing may leave the ground between two cuts


def heights_on(ground: Ground, xy: np.ndarray) -> np.ndarray:
    """(n, 2+) local metres to (n,) f4 on the triangles of the full grid; 0 where no terrain knows."""
    out = np.full(len(xy), np.nan, np.float32)
    for surface in ground.surfaces:
        todo = np.isnan(out)
        if not todo.any():
            break
        out[todo] = (on_triangles(surface.grid, xy[todo]) * np.float32(surface.exaggeration)
                     + np.float32(surface.offset_m))
    rest = np.isnan(out)
    if rest.any():
        out[rest] = ground.height_at(xy[rest])
    return out


def step_m(ground: Ground) -> float:
    """How finely flat things look for bends: the distance of posts, a few of the finest where there are several
    terrains; infinite without."""
    steps = [min(s.grid.dx, s.grid.dy) for s in ground.surfaces if not s.patch]
    return min(max(steps), FEW * min(steps)) if steps else math.inf


def steps_on(ground: Ground, times: float = 1.0) -> Steps:
    """`times` that distance at each edge; where one comes near an excavation, the distance of its posts."""
    usual, pits = times * step_m(ground), [s.grid for s in ground.surfaces if s.patch]

    def at(low: np.ndarray, high: np.ndarray) -> np.ndarray:
        out = np.full(len(low), usual)
        for grid in pits:
            box = grid.x0, grid.y0, grid.x0 + grid.dx * grid.heights.shape[1], grid.y0 + grid.dy * grid.heights.shape[0]
            near = (high[:, 0] > box[0]) & (low[:, 0] < box[2]) & (high[:, 1] > box[1]) & (low[:, 1] < box[3])
            out[near] = np.minimum(out[near], 2.0 * times * grid.dx)
        return out
    return at
