"""Where a ray meets the ground, and which way is up there."""

from __future__ import annotations

import numpy as np

from layers.base import Ray


def ground_normal(ground, point: np.ndarray) -> np.ndarray:
    """Square to the ground there, as it is over a metre."""
    step = np.array([[0.5, 0.0, 0.0], [-0.5, 0.0, 0.0], [0.0, 0.5, 0.0], [0.0, -0.5, 0.0]])
    east, west, north, south = ground.height_at(point + step)
    normal = np.array([west - east, south - north, 1.0])
    return normal / np.linalg.norm(normal) if np.isfinite(normal).all() else np.array([0.0, 0.0, 1.0])


def ground_point(ground, ray: Ray, rest_m: float = 0.0) -> tuple[float, float, float] | None:
    """The first place where a ray passes below the ground, which lies at `rest_m` where no terrain knows; None when it
    looks into the sky."""
    start, end = np.asarray(ray.start), np.asarray(ray.end)
    share = np.geomspace(1e-5, 1.0, 400)
    for _ in range(3):                                       # each pass refines the step that crossed
        points = start + share[:, None] * (end - start)
        below = np.flatnonzero(points[:, 2] <= ground.height_at(points, missing=rest_m))
        if not len(below):
            return None
        first = int(below[0])
        if first == 0:
            break
        share = np.linspace(share[first - 1], share[first], 100)
    return tuple(map(float, start + share[first] * (end - start)))
