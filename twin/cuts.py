"""Excavations: polygons in which the ground is cut down to a floor, as edits of a terrain layer.

Each cut becomes a small terrain of its own with close posts, which goes before the one it is cut into: everything that
asks for the ground, and everything that draws it, then agrees about it.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from twin.data import HeightGrid
from twin.ground import Ground, Surface

FINEST_M, MOST_SIDE = 0.25, 220            # posts: so close, but so many a side at most
RIM_POSTS = 6                              # around the polygon: what joins the ground as it was
BLUNT = 0.5                        # 1 + cosine between the normals of two sides, from which a corner is mitred
MOST_KEPT = 12
_made: OrderedDict[tuple, tuple[tuple, tuple[HeightGrid, ...]]] = OrderedDict()


@dataclass(frozen=True, kw_only=True)
class Cut:
    """`ring`: easting and northing of the corners, `floor_m` a height, both in the project's CRS and datum.

    `level`: ground below the floor is filled up too; otherwise it stays.
    """

    name: str = ""
    ring: tuple[tuple[float, float], ...] = ()
    floor_m: float = 0.0
    level: bool = False


def patches(cuts: tuple[Cut, ...], grids: tuple[HeightGrid, ...], origin) -> tuple[HeightGrid, ...]:
    """A grid for each cut over `grids` (the finest first); the same ones while nothing changes."""
    cuts = tuple(cut for cut in cuts if len(cut.ring) > 2)
    if not cuts:
        return ()
    key = (cuts, tuple(map(id, grids)), tuple(origin))
    if key not in _made:
        ground = Ground(tuple(Surface(grid) for grid in grids))
        _made[key] = (grids, tuple(_patch(cut, cuts, ground, origin) for cut in cuts))     # grids: keeps their ids
        while len(_made) > MOST_KEPT:
            _made.popitem(last=False)
    _made.move_to_end(key)
    return _made[key][1]


def _patch(cut: Cut, cuts: tuple[Cut, ...], ground: Ground, origin) -> HeightGrid:
    ring = np.array(cut.ring, np.float64) - np.asarray(origin)[:2]
    low, high = ring.min(axis=0), ring.max(axis=0)
    step = max(FINEST_M, float((high - low).max()) / (MOST_SIDE - 2 * RIM_POSTS))
    start = low - RIM_POSTS * step
    cols, rows = (int(np.ceil(n / step)) + 1 + 2 * RIM_POSTS for n in high - low)
    x, y = start[0] + step * np.arange(cols), start[1] + step * np.arange(rows)
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    heights = ground.height_at(places, missing=np.nan)
    for one in cuts:                                         # those that overlap are cut here too
        inside = within(places, np.array(one.ring, np.float64) - np.asarray(origin)[:2])
        floor = np.float32(one.floor_m - origin[2])
        heights[inside] = floor if one.level else np.fmin(heights[inside], floor)
    return HeightGrid(heights=heights.reshape(rows, cols).astype(np.float32), x0=float(start[0]), y0=float(start[1]),
                      dx=step, dy=step)


def within(places: np.ndarray, ring: np.ndarray) -> np.ndarray:
    """(n,) bool: which places (n, 2) lie in the polygon, by the even-odd rule."""
    inside = np.zeros(len(places), bool)
    x, y = places.T
    for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0)):
        crosses = (y0 > y) != (y1 > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            inside ^= crosses & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return inside


def ring_round(points: np.ndarray, margin_m: float) -> np.ndarray:
    """(k, 2) the convex outline of points (n, 2+), `margin_m` wider; counter-clockwise."""
    hull = _hull(np.unique(np.round(np.asarray(points, np.float64)[:, :2], 2), axis=0))
    if len(hull) < 3:
        return hull
    along = np.roll(hull, -1, axis=0) - hull
    along /= np.linalg.norm(along, axis=1)[:, None]
    out = np.column_stack([along[:, 1], -along[:, 0]])
    ring = []
    for corner, out_before, out_after, came, goes in zip(hull, np.roll(out, 1, axis=0), out, np.roll(along, 1, axis=0),
                                                         along):
        open_by = 1.0 + float(out_before @ out_after)
        if open_by > BLUNT:                                  # both sides' lines moved out meet here
            ring.append(corner + margin_m * (out_before + out_after) / open_by)
        else:                                                # a sharp corner would reach far: it is cut off square
            ring += [corner + margin_m * (out_before + came), corner + margin_m * (out_after - goes)]
    return np.array(ring)


def _hull(points: np.ndarray) -> np.ndarray:
    """Convex outline, counter-clockwise (Andrew 1979)."""
    if len(points) < 3:
        return points

    def half(some) -> list:
        out: list = []
        for p in some:
            while len(out) > 1 and _turn(out[-2], out[-1], p) <= 0:
                out.pop()
            out.append(p)
        return out[:-1]

    return np.array(half(points) + half(points[::-1]))


def _turn(a, b, c) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def volume_m3(cut: Cut, ground: Ground, origin) -> float:
    """Of what is dug out below `ground`, as it is without the cut."""
    grid = _patch(cut, (cut,), ground, origin)
    rows, cols = grid.heights.shape
    x, y = grid.x0 + grid.dx * np.arange(cols), grid.y0 + grid.dy * np.arange(rows)
    before = ground.height_at(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2), missing=np.nan)
    return float(np.nansum(before - grid.heights.ravel()) * grid.dx * grid.dy)
