"""Whether traces lie beside the roads as a Chinese web map would put them: a proposal, never a correction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.china_offset import NAMES, in_china, to_wgs84
from twin.frame import Frame

NEAR_M, STEP_M = 25.0, 15.0                      # who is so near drives on a road; roads are looked at so finely
MOST_FIXES, LEAST_FIXES, MOST_ROAD_POINTS = 3000, 30, 2_000_000
LEAST_SHARE, GAIN = 0.6, 0.3                     # on the roads when shifted, and so much more than as they stand


@dataclass(frozen=True)
class Shift:
    """`system` "GCJ-02" or "BD-09": read so, `then` of the fixes (0 to 1) lie on roads, and `now` as they stand."""

    system: str
    now: float
    then: float


def shift_of(fixes: np.ndarray, lines: list[tuple[np.ndarray, np.ndarray]], frame: Frame) -> Shift | None:
    """None where they lie well, nowhere near roads, or outside China.

    `fixes` (n, 2+) local metres; `lines`: (points (k, 2+), offsets) of each layer with roads.
    """
    from scipy.spatial import cKDTree
    fixes = fixes[np.isfinite(fixes[:, :2]).all(axis=1)][:, :2].astype(np.float64)
    if len(fixes) < LEAST_FIXES or not frame.crs:
        return None
    fixes = fixes[::max(1, len(fixes) // MOST_FIXES)]
    lon, lat, _ = frame.to_lonlat(np.column_stack([fixes, np.zeros(len(fixes))])).T
    roads = _dense(lines)
    if not len(roads) or not in_china((lon.min(), lat.min(), lon.max(), lat.max())):
        return None
    tree = cKDTree(roads)

    def share(places: np.ndarray) -> float:
        away, _ = tree.query(places, distance_upper_bound=NEAR_M)
        return float(np.isfinite(away).mean())
    now = share(fixes)
    shares = {name: share(frame.to_local(*to_wgs84(name, lon, lat), crs="EPSG:4326")[:, :2]) for name in NAMES}
    system = max(shares, key=shares.get)
    good = shares[system] >= LEAST_SHARE and shares[system] - now >= GAIN
    return Shift(system, now, shares[system]) if good else None


def _dense(lines: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """(m, 2) points along all lines, STEP_M apart at most."""
    out = [np.zeros((0, 2))]
    for points, offsets in lines:
        points = np.asarray(points[:, :2], np.float64)
        inner = np.ones(max(len(points) - 1, 0), bool)
        ends = np.asarray(offsets[1:-1]) - 1
        inner[ends[(ends >= 0) & (ends < len(inner))]] = False
        start, way = points[:-1][inner], np.diff(points, axis=0)[inner]
        count = np.maximum(1, np.ceil(np.hypot(*way.T) / STEP_M)).astype(np.int64)
        if count.sum() > MOST_ROAD_POINTS:
            continue
        which = np.repeat(np.arange(len(start)), count)
        share = (np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)) / count[which]
        out.append(start[which] + way[which] * share[:, None])
    return np.concatenate(out)
