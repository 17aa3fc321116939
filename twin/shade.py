"""Light on the ground: where the sun is blocked, and how much of the sky is seen, by rays (Embree).

VTK's shadow pass fails over a city and its ambient occlusion costs a second a frame in software, so
light is baked into a raster that the ground's fragments look up: once for the sky, and once for
every position of the sun.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from twin.data import Bounds
from twin.sun import Sun
from twin.text import tr

LIFT_M = 0.05                   # rays start above the surface they belong to
REACH_M = 200.0                 # what is farther away darkens the sky no more
SKY_RAYS = 16
ENDLESS_M = 1e30                # what Embree tells of rays that hit nothing is longer
LONGEST_M = 800.0               # shadows on walls are followed so far
QUICK, MOST_STEPS = 500, 60     # posts a side where shadows at once would take more steps than this: a low sun
COVERED = 32                    # of the sky, of 255: less than this is seen where something stands
SAME_POST = 6                   # decimals: a ray along the posts meets them, however its direction was rounded
SAME_M, SOFT_M = 0.25, 1.0      # a place so far below the shadow's height is in the sun still; over so much it fades


@dataclass(frozen=True, eq=False)
class Shade:
    """A raster over the ground, row 0 south, covering [x0, x0 + width] x [y0, y0 + height] local metres.

    `sun` (rows, cols) u1: 255 = the sun's disc is free, 0 = blocked. `sky` (rows, cols) u1: share of
    the sky that is seen. `tops` (rows, cols) f4: the highest surface, local metres. `below` (rows, cols) f4: above
    a place the sun is blocked up to this height. `baked_for`: that sun.
    """

    sun: np.ndarray
    sky: np.ndarray
    tops: np.ndarray
    below: np.ndarray
    x0: float
    y0: float
    width: float
    height: float
    baked_for: Sun | None = None


class Scene:
    """Triangles in a bounding volume hierarchy. Local metres only: Embree calculates in float32."""

    def __init__(self, points: np.ndarray, triangles: np.ndarray):
        """`points` (n, 3) f4, `triangles` (m, 3) integer."""
        from embreex import rtcore_scene
        from embreex.mesh_construction import TriangleMesh
        self._scene = rtcore_scene.EmbreeScene()
        self._mesh = TriangleMesh(self._scene, np.ascontiguousarray(points, np.float32),
                                  np.ascontiguousarray(triangles, np.int32))

    def first(self, origins: np.ndarray, direction: np.ndarray) -> np.ndarray:
        """(n,) f4 metres from each origin (n, 3) along the unit direction to what is hit first; inf = nothing."""
        origins = np.ascontiguousarray(origins, np.float32)
        directions = np.ascontiguousarray(np.broadcast_to(np.float32(direction), origins.shape))
        away = np.asarray(self._scene.run(origins, directions, query="DISTANCE"))
        return np.where(away < ENDLESS_M, away, np.float32(np.inf))

    def blocked(self, origins: np.ndarray, directions: np.ndarray, reach_m: float = 1e5) -> np.ndarray:
        """(n,) bool: does a ray from each origin (n, 3) along its unit direction (n, 3) hit within reach?"""
        origins = np.ascontiguousarray(origins, np.float32)
        directions = np.ascontiguousarray(np.broadcast_to(directions, origins.shape), np.float32)
        distances = np.full(len(origins), reach_m, np.float32)
        hit = self._scene.run(origins, directions, distances, query="OCCLUDED")
        return np.asarray(hit) == 0


def ground_shade(points: np.ndarray, triangles: np.ndarray, area: Bounds, heights: np.ndarray, sun: Sun,
                 still: tuple[np.ndarray, np.ndarray] | None = None, progress=None) -> Shade:
    """Bake a raster. `heights` (rows, cols) f4 is the ground over `area`, row 0 south.

    `still` is what does not depend on the sun, (sky, tops) of an earlier bake of the same things.
    """
    rows, cols = heights.shape
    x = np.linspace(area[0], area[3], cols, dtype=np.float32)
    y = np.linspace(area[1], area[4], rows, dtype=np.float32)
    origins = np.stack([*np.meshgrid(x, y), heights + np.float32(LIFT_M)], axis=-1).reshape(-1, 3)
    scene = Scene(points, triangles)
    width, height = area[3] - area[0], area[4] - area[1]
    sky, tops = still or (_sky(scene, origins, progress).reshape(rows, cols),
                          _tops(scene, origins, points).reshape(rows, cols))
    below = shadow_heights(tops, (width / max(cols - 1, 1), height / max(rows - 1, 1)), sun)
    return Shade(sun=_sunlit(scene, origins, sun).reshape(rows, cols), sky=sky, tops=tops, below=below,
                 x0=area[0], y0=area[1], width=width, height=height, baked_for=sun)


def relit(shade: Shade, sun: Sun) -> Shade:
    """The same things under another sun at once: told by the highest surfaces alone, not by rays, and coarser under a
    low sun. What passes under a bridge or a crown is not known.
    """
    long = _reach_m(shade.tops, sun) > MOST_STEPS * max(_post_m(shade, *shade.tops.shape))
    rows, cols = (np.linspace(0, n - 1, min(n, QUICK) if long else n).round().astype(int) for n in shade.tops.shape)
    picked = np.ix_(rows, cols)
    sky, tops = shade.sky[picked], shade.tops[picked]
    below = shadow_heights(tops, _post_m(shade, *tops.shape), sun)
    free = np.clip(1.0 - (below - tops - SAME_M) / SOFT_M, 0.0, 1.0)
    return replace(shade, sun=np.where(sky < COVERED, 0.0, free * 255.0).astype(np.uint8), sky=sky, tops=tops,
                   below=below, baked_for=sun)


def _post_m(area, rows: int, cols: int) -> tuple[float, float]:
    """Metres between posts across and along, of an area with `width` and `height`."""
    return area.width / max(cols - 1, 1), area.height / max(rows - 1, 1)


def _reach_m(tops: np.ndarray, sun: Sun) -> float:
    """How long the longest shadow may be; 0 where there is none, or nothing else."""
    upright = sun.elevation_deg <= 0 or math.hypot(*sun.toward[:2]) < 1e-6
    return 0.0 if upright else min(float(np.ptp(tops)) / math.tan(math.radians(sun.elevation_deg)), LONGEST_M)


def shadow_heights(tops: np.ndarray, post_m: tuple[float, float], sun: Sun) -> np.ndarray:
    """(rows, cols) f4: up to which height the sun is blocked over each post of the highest surfaces `tops`.

    The surface is marched toward the sun, one post at a time, and lowered by the slope of the ray: what is still
    higher throws its shadow here (horizon of a height field, as in Stewart 1998, for one direction). Nothing is known
    beyond the raster. A sun below the horizon blocks everything.
    """
    if sun.elevation_deg <= 0:
        return np.full(tops.shape, np.inf, np.float32)
    tops = np.ascontiguousarray(tops, np.float32)
    below, step_m, slope = tops.copy(), max(post_m), math.tan(math.radians(sun.elevation_deg))
    east, north, _ = sun.toward
    flat, reach_m = math.hypot(east, north), _reach_m(tops, sun)
    for way_m in np.arange(step_m, reach_m + step_m, step_m) if reach_m > 0 else ():
        _raise_to(below, tops, (way_m * north / flat / post_m[1], way_m * east / flat / post_m[0]), way_m * slope)
    return below


def _raise_to(below: np.ndarray, tops: np.ndarray, over: tuple[float, float], lower_m: float) -> None:
    """Raise `below` to `tops` as they are `over` (rows, columns) further on, between posts linearly, less `lower_m`."""
    row, col = (math.floor(round(way, SAME_POST)) for way in over)
    up, right = (max(0.0, round(way, SAME_POST) - first) for way, first in zip(over, (row, col)))
    here, there = _overlap(below.shape, (row, col), (up > 0, right > 0))
    if here is None:
        return
    rows, cols = there
    found = np.full((rows.stop - rows.start, cols.stop - cols.start), -lower_m, np.float32)
    for i, tall in ((0, 1 - up), (1, up)):
        for j, wide in ((0, 1 - right), (1, right)):
            if tall and wide:
                corner = tops[rows.start + i:rows.stop + i, cols.start + j:cols.stop + j]
                found += corner * np.float32(tall * wide)
    np.maximum(below[here], found, out=below[here])


def _overlap(shape: tuple[int, int], first: tuple[int, int], between: tuple[bool, bool]):
    """(slices of the posts whose neighbours `first` (rows, columns) further on lie in the raster, slices of the first
    of these neighbours); (None, None) where there are none. A place `between` two posts needs the next one too.
    """
    here, there = [], []
    for size, over, next_too in zip(shape, first, between):
        start, stop = max(0, -over), min(size, size - next_too - over)
        if stop <= start:
            return None, None
        here.append(slice(start, stop))
        there.append(slice(start + over, stop + over))
    return tuple(here), tuple(there)


def _tops(scene: Scene, origins: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(n,) f4: the height of the highest surface over each place, the place itself where nothing stands."""
    high = np.float32(max(float(points[:, 2].max(initial=0.0)), float(origins[:, 2].max())) + 10.0)
    eyes = np.column_stack([origins[:, :2], np.full(len(origins), high, np.float32)])
    return np.maximum(high - scene.first(eyes, (0.0, 0.0, -1.0)), origins[:, 2]).astype(np.float32)


def _sunlit(scene: Scene, origins: np.ndarray, sun: Sun) -> np.ndarray:
    """(n,) u1. The sun's disc is half a degree wide; four rays over it soften the edge of the shadow."""
    if sun.elevation_deg <= 0:
        return np.zeros(len(origins), np.uint8)
    free = np.zeros(len(origins), np.uint8)
    for d_azimuth, d_elevation in ((-0.2, -0.1), (0.2, 0.1), (-0.1, 0.2), (0.1, -0.2)):
        toward = Sun(sun.azimuth_deg + d_azimuth, max(0.2, sun.elevation_deg + d_elevation)).toward
        free += ~scene.blocked(origins, np.array(toward, np.float32))
    return (free.astype(np.float32) * (255 / 4)).astype(np.uint8)


def _sky(scene: Scene, origins: np.ndarray, progress) -> np.ndarray:
    """(n,) u1: cosine-weighted share of the sky, from a fixed spiral so that every run gives the same picture."""
    seen = np.zeros(len(origins), np.float32)
    for number in range(SKY_RAYS):
        if progress:
            progress(number, SKY_RAYS, tr("Light of the sky"))
        share = (number + 0.5) / SKY_RAYS
        flat, angle = math.sqrt(share * 0.96), number * math.pi * (3 - math.sqrt(5))
        toward = np.array([flat * math.cos(angle), flat * math.sin(angle), math.sqrt(1 - flat * flat)], np.float32)
        seen += ~scene.blocked(origins, toward, REACH_M)
    return (seen * (255 / SKY_RAYS)).astype(np.uint8)
