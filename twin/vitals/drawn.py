"""Zones that somebody drew, as vectors like those of a file."""

from __future__ import annotations

import numpy as np

from twin.data import Vectors
from twin.vitals.choices import DrawnZone


def drawn_zones(zones: tuple[DrawnZone, ...], origin: tuple[float, float, float]) -> Vectors:
    """Local metres from the frame's origin (in the project's CRS), on the ground."""
    import pyarrow as pa
    from mapbox_earcut import triangulate_float64
    rings = [np.array(z.corners, np.float64).reshape(-1, 2) - np.array(origin[:2]) for z in zones]
    starts = np.cumsum([0, *(len(r) for r in rings)])
    triangles = [triangulate_float64(r, np.array([len(r)], np.uint32)).reshape(-1, 3) + start
                 for r, start in zip(rings, starts)]
    closed = [np.concatenate([r, r[:1]]) for r in rings]
    feature = np.arange(len(zones), dtype=np.int32)
    areas = [abs(_area_m2(r)) / 1e6 for r in rings]
    names = pa.table({"id": [z.id for z in zones], "name": [z.name for z in zones],
                      "name_zh": pa.array([z.name_zh or None for z in zones], pa.string()), "area_km2": areas})
    return Vectors(
        features=names, count=len(zones), crs_source="project", line_points=_flat(closed),
        line_offsets=np.cumsum([0, *(len(c) for c in closed)]).astype(np.int64), line_feature=feature,
        fill_points=_flat(rings), fill_triangles=np.concatenate(triangles).astype(np.int32),
        fill_feature=np.repeat(feature, [len(r) for r in rings]),
        anchor=_flat([r.mean(axis=0)[None] for r in rings]))


def _flat(parts: list[np.ndarray]) -> np.ndarray:
    xy = np.concatenate(parts)
    return np.column_stack([xy, np.zeros(len(xy))]).astype(np.float32)


def _area_m2(ring: np.ndarray) -> float:
    x, y = ring.T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)
