"""Whether traces lie beside the roads, or some features beside their likes, as a Chinese web map would put them: a
proposal, never a correction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.china_offset import NAMES, in_china, to_wgs84
from twin.frame import Frame

NEAR_M, STEP_M = 25.0, 15.0                      # who is so near drives on a road; roads are looked at so finely
MOST_FIXES, LEAST_FIXES, MOST_ROAD_POINTS = 3000, 30, 2_000_000
LEAST_SHARE, GAIN = 0.6, 0.3                     # on the roads when shifted, and so much more than as they stand
LIKES_M, LEAST_FEATURES, MOST_FEATURES = 5.0, 5, 400_000     # two data sets draw one thing so near to each other
TURNS = (1j, -1, -1j)                            # the shift turned: what lies well by chance does so in any direction


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


@dataclass(frozen=True, eq=False)
class PartShift:
    """`features`: the rows that lie on their likes when read as `system`, and do not as they stand; of `of` in all."""

    system: str
    features: np.ndarray
    of: int


def part_shifted(middles: np.ndarray, likes: np.ndarray, frame: Frame) -> PartShift | None:
    """Whether some features of a layer, or all, are shifted against a layer of the same things.

    `middles` (n, 2), `likes` (m, 2): middles of the features in local metres, NaN = nowhere. None where no more of them
    come to lie on another than would by chance: as after the same shift in other directions.
    """
    from scipy.spatial import cKDTree
    rows = np.flatnonzero(np.isfinite(middles).all(axis=1))
    likes = likes[np.isfinite(likes).all(axis=1)].astype(np.float64)
    if not LEAST_FEATURES <= len(rows) <= MOST_FEATURES or not len(likes) or not frame.crs:
        return None
    places = middles[rows].astype(np.float64)
    lon, lat, _ = frame.to_lonlat(np.column_stack([places, np.zeros(len(places))])).T
    if not in_china((lon.min(), lat.min(), lon.max(), lat.max())):
        return None
    tree = cKDTree(likes)

    def lying(at: np.ndarray) -> np.ndarray:
        return np.isfinite(tree.query(at, distance_upper_bound=LIKES_M)[0])
    astray = ~lying(places)
    rows, places, lon, lat = rows[astray], places[astray], lon[astray], lat[astray]
    found = []
    for name in NAMES:
        way = frame.to_local(*to_wgs84(name, lon, lat), crs="EPSG:4326")[:, :2] - places
        back = lying(places + way)
        way = way @ (1, 1j)
        chance = max(int(lying(places + np.column_stack([turned.real, turned.imag])).sum())
                     for turned in (way * turn for turn in TURNS))
        found.append((int(back.sum()) - chance, chance, PartShift(name, rows[back], len(middles))))
    more, chance, best = max(found, key=lambda one: one[0])
    return best if more >= max(LEAST_FEATURES, chance) and more > 3.0 * (chance + 1) ** 0.5 else None


def lines_shifted(points: np.ndarray, offsets: np.ndarray, lines: list[tuple[np.ndarray, np.ndarray]],
                  frame: Frame) -> Shift | None:
    """Whether the lines of a layer lie on those of another if they are taken back from a web map. Lines that run along
    others on purpose (a pipe in its road) do so as they stand.
    """
    return shift_of(_dense([(points, offsets)]), lines, frame)


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
