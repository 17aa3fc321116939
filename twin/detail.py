"""A finer part of a terrain or a picture where somebody looks: which part, how fine, and how it joins the rest.

A raster of hundreds of millions of cells is in memory as a few million; one window of it at a time is read again
from the file's overviews, as fine as a screen can show. So memory never grows with the file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from twin.data import HeightGrid, Imagery
from twin.ground import on_triangles

POSTS, PIXELS = 1024, 2048                 # a side of the window, of a terrain and of a picture
REACH = 1.6                                # half its side, in distances of what is looked at
LEAST_M = 250.0
WORTH = 1.5                                # times as fine as what is there already
RIM = 12                                   # posts over which it is joined to the rest


@dataclass(frozen=True)
class Window:
    """`box` min x, min y, max x, max y local metres."""

    box: tuple[float, float, float, float]
    spacing_m: float


def window(whole: HeightGrid | Imagery, eye: tuple[float, float, float], focus: tuple[float, float, float],
           ground_m: float) -> Window | None:
    """What should be finer for this camera; None where nothing can be or need be."""
    if whole.finer is None:
        return None
    above = max(abs(eye[2] - ground_m), 2.0)
    away = math.dist(eye, focus)
    share = min(1.0, (8.0 * above + 100.0) / max(away, 1e-6))        # near the eye when it looks at the horizon
    x, y = (e + (f - e) * share for e, f in zip(eye[:2], focus[:2]))
    half = max(LEAST_M, REACH * away * share)
    spacing = max(whole.finer.native_m, 2 * half / (POSTS if isinstance(whole, HeightGrid) else PIXELS))
    if spacing * WORTH > spacing_of(whole):
        return None
    step = half / 4                                          # so that a small move asks for the same window
    x, y = (round(v / step) * step for v in (x, y))
    box = extent(whole)
    west, south = max(x - half, box[0]), max(y - half, box[1])
    east, north = min(x + half, box[2]), min(y + half, box[3])
    if east - west < 4 * RIM * spacing or north - south < 4 * RIM * spacing:
        return None
    return Window((west, south, east, north), spacing)


def serves(detail: HeightGrid | Imagery | None, wanted: Window) -> bool:
    """Is what is there fine enough, and does it reach most of the way?"""
    if detail is None or spacing_of(detail) > 1.4 * wanted.spacing_m:
        return False
    have = extent(detail)
    west, south, east, north = wanted.box
    slack = 0.3 * max(east - west, north - south)
    return (have[0] <= west + slack and have[1] <= south + slack and have[2] >= east - slack
            and have[3] >= north - slack)


def extent(payload: HeightGrid | Imagery) -> tuple[float, float, float, float]:
    """min x, min y, max x, max y."""
    if isinstance(payload, Imagery):
        return payload.x0, payload.y0, payload.x0 + payload.width, payload.y0 + payload.height
    rows, cols = payload.heights.shape
    return payload.x0, payload.y0, payload.x0 + (cols - 1) * payload.dx, payload.y0 + (rows - 1) * payload.dy


def spacing_of(payload: HeightGrid | Imagery) -> float:
    """Metres between posts, or a pixel's side."""
    if isinstance(payload, Imagery):
        return payload.width / payload.rgba.shape[1]
    return min(payload.dx, payload.dy)


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
