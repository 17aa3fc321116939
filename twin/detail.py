"""A finer part of a terrain where somebody looks: which part, how fine, and how it joins the rest.

A terrain of hundreds of millions of posts is in memory as a few million; one window of it at a time is read again
from the file's overviews, as fine as a screen can show. So memory never grows with the file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from twin.data import HeightGrid
from twin.ground import on_triangles

POSTS = 1024                               # a side of the window
REACH = 1.6                                # half its side, in distances of what is looked at
LEAST_M = 250.0
WORTH = 1.5                                # times as fine as what is there already
RIM = 12                                   # posts over which it is joined to the rest


@dataclass(frozen=True)
class Window:
    """`box` min x, min y, max x, max y local metres."""

    box: tuple[float, float, float, float]
    spacing_m: float


def window(grid: HeightGrid, eye: tuple[float, float, float], focus: tuple[float, float, float],
           ground_m: float) -> Window | None:
    """What should be finer for this camera; None where nothing can be or need be."""
    if grid.finer is None:
        return None
    above = max(abs(eye[2] - ground_m), 2.0)
    away = math.dist(eye, focus)
    share = min(1.0, (8.0 * above + 100.0) / max(away, 1e-6))        # near the eye when it looks at the horizon
    x, y = (e + (f - e) * share for e, f in zip(eye[:2], focus[:2]))
    half = max(LEAST_M, REACH * away * share)
    spacing = max(grid.finer.native_m, 2 * half / POSTS)
    if spacing * WORTH > min(grid.dx, grid.dy):
        return None
    step = half / 4                                          # so that a small move asks for the same window
    x, y = (round(v / step) * step for v in (x, y))
    rows, cols = grid.heights.shape
    west, south = max(x - half, grid.x0), max(y - half, grid.y0)
    east, north = min(x + half, grid.x0 + (cols - 1) * grid.dx), min(y + half, grid.y0 + (rows - 1) * grid.dy)
    if east - west < 4 * RIM * spacing or north - south < 4 * RIM * spacing:
        return None
    return Window((west, south, east, north), spacing)


def serves(detail: HeightGrid | None, wanted: Window) -> bool:
    """Is what is there fine enough, and does it reach most of the way?"""
    if detail is None or detail.dx > 1.4 * wanted.spacing_m:
        return False
    rows, cols = detail.heights.shape
    have = (detail.x0, detail.y0, detail.x0 + (cols - 1) * detail.dx, detail.y0 + (rows - 1) * detail.dy)
    west, south, east, north = wanted.box
    slack = 0.3 * max(east - west, north - south)
    return (have[0] <= west + slack and have[1] <= south + slack and have[2] >= east - slack
            and have[3] >= north - slack)


def around(grid: HeightGrid, box: tuple[float, float, float, float]) -> HeightGrid:
    """The part of a grid that covers a box and a little more."""
    rows, cols = grid.heights.shape
    c0, c1 = _span(box[0], box[2], grid.x0, grid.dx, cols)
    r0, r1 = _span(box[1], box[3], grid.y0, grid.dy, rows)
    return HeightGrid(heights=np.array(grid.heights[r0:r1, c0:c1]), x0=grid.x0 + c0 * grid.dx,
                      y0=grid.y0 + r0 * grid.dy, dx=grid.dx, dy=grid.dy)


def _span(low: float, high: float, start: float, step: float, count: int) -> tuple[int, int]:
    return (max(0, math.floor((low - start) / step) - 1), min(count, math.ceil((high - start) / step) + 2))


def joined(fine: HeightGrid, rest: HeightGrid) -> HeightGrid:
    """The fine grid with its rim led over to the triangles of the rest, so that no step shows where it ends."""
    rows, cols = fine.heights.shape
    r, c = (np.minimum(np.arange(n), np.arange(n)[::-1]) for n in (rows, cols))
    inward = np.minimum(r[:, None], c[None])
    at = np.nonzero(inward < RIM)
    xy = np.column_stack([fine.x0 + at[1] * fine.dx, fine.y0 + at[0] * fine.dy])
    beside = on_triangles(rest, xy)
    share = (inward[at] / RIM).astype(np.float32)
    heights = fine.heights.copy()
    mixed = beside + (heights[at] - beside) * share
    heights[at] = np.where(np.isfinite(beside), mixed, heights[at])
    return replace(fine, heights=heights)
