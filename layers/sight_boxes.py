"""Which boxes a ray meets, so that only what is in them is looked at."""

from __future__ import annotations

import numpy as np

from layers.base import Ray

AROUND_M = 3.0                                     # so near to a box counts


def crossed(boxes: np.ndarray, ray: Ray) -> np.ndarray:
    """(n,) bool of boxes (n, 6): min x, y, z, max x, y, z in local metres."""
    way = np.asarray(ray.end, np.float64) - ray.start
    way = np.where(np.abs(way) < 1e-9, 1e-9, way)
    a, b = (boxes[:, :3] - AROUND_M - ray.start) / way, (boxes[:, 3:] + AROUND_M - ray.start) / way
    enter, leave = np.minimum(a, b).max(axis=1), np.maximum(a, b).min(axis=1)
    return (leave >= np.maximum(enter, 0.0)) & (enter <= 1.0)
