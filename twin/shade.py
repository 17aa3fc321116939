"""Light on the ground: where the sun is blocked, and how much of the sky is seen, by rays (Embree).

VTK's shadow pass fails over a city and its ambient occlusion costs a second a frame in software, so
light is baked into a raster that the ground's fragments look up: once for the sky, and once for
every position of the sun.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from twin.data import Bounds
from twin.sun import Sun
from twin.text import tr

LIFT_M = 0.05                   # rays start above the surface they belong to
REACH_M = 200.0                 # what is farther away darkens the sky no more
SKY_RAYS = 16


@dataclass(frozen=True, eq=False)
class Shade:
    """A raster over the ground, row 0 south, covering [x0, x0 + width] x [y0, y0 + height] local metres.

    `sun` (rows, cols) u1: 255 = the sun's disc is free, 0 = blocked. `sky` (rows, cols) u1: share of
    the sky that is seen.
    """

    sun: np.ndarray
    sky: np.ndarray
    x0: float
    y0: float
    width: float
    height: float


class Scene:
    """Triangles in a bounding volume hierarchy. Local metres only: Embree calculates in float32."""

    def __init__(self, points: np.ndarray, triangles: np.ndarray):
        """`points` (n, 3) f4, `triangles` (m, 3) integer."""
        from embreex import rtcore_scene
        from embreex.mesh_construction import TriangleMesh
        self._scene = rtcore_scene.EmbreeScene()
        self._mesh = TriangleMesh(self._scene, np.ascontiguousarray(points, np.float32),
                                  np.ascontiguousarray(triangles, np.int32))

    def blocked(self, origins: np.ndarray, directions: np.ndarray, reach_m: float = 1e5) -> np.ndarray:
        """(n,) bool: does a ray from each origin (n, 3) along its unit direction (n, 3) hit within reach?"""
        origins = np.ascontiguousarray(origins, np.float32)
        directions = np.ascontiguousarray(np.broadcast_to(directions, origins.shape), np.float32)
        distances = np.full(len(origins), reach_m, np.float32)
        hit = self._scene.run(origins, directions, distances, query="OCCLUDED")
        return np.asarray(hit) == 0


def ground_shade(points: np.ndarray, triangles: np.ndarray, area: Bounds, heights: np.ndarray, sun: Sun,
                 sky: np.ndarray | None, progress=None) -> Shade:
    """Bake a raster. `heights` (rows, cols) f4 is the ground over `area`, row 0 south.

    `sky` of an earlier call is taken over where given: it does not depend on the sun.
    """
    rows, cols = heights.shape
    x = np.linspace(area[0], area[3], cols, dtype=np.float32)
    y = np.linspace(area[1], area[4], rows, dtype=np.float32)
    origins = np.stack([*np.meshgrid(x, y), heights + np.float32(LIFT_M)], axis=-1).reshape(-1, 3)
    scene = Scene(points, triangles)
    if sky is None:
        sky = _sky(scene, origins, progress).reshape(rows, cols)
    return Shade(sun=_sunlit(scene, origins, sun).reshape(rows, cols), sky=sky, x0=area[0], y0=area[1],
                 width=area[3] - area[0], height=area[4] - area[1])


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
